"""What a text in Spanish must not say, and what somebody should look at first. Folded: no accents, n for ñ."""

from leadlight.messages.rules.language.kinds import Kind, Rule, Severity

_HARD, _SOFT = Severity.HARD, Severity.SOFT
_DROP = "Leave out who lives there or should: describe the home."

RULES: tuple[Rule, ...] = (
    Rule(
        Kind.FAMILIAL,
        _HARD,
        "Give the number of rooms, the size of the yard, or the lawful occupancy limit that holds for everybody.",
        """
        {sin} {ninos}
        {sin} (mascotas|fumadores|animales|perros) [,] [y|ni|o|no] {ninos}
        {ninos} {noes}
        no [es] (apto|apta|adecuado|adecuada|recomendable|recomendado|recomendada|ideal) para {ninos}
        libre de ninos
        {sin} (familias|familias numerosas|familias grandes|madres solteras|mujeres embarazadas|embarazadas)
        [{solo}] (adultos|gente adulta|personas adultas) {solos}
        {solo} (adultos|gente adulta|personas adultas|personas mayores|parejas|solteros|solteras|parejas sin hijos|una
            persona|persona sola|personas solas|pareja sin hijos)
        (parejas|solteros|solteras|una persona|una sola persona) {solos}
        (adultos|pareja|parejas|personas|personas mayores) (maduros|maduras|madura)
        {idealpara} [una|un|la|el] (soltero|solteros|soltera|solteras|pareja|parejas|parejas sin hijos|persona sola
            |personas solas) [o parejas|y parejas]
        (maximo|hasta|limite de|solo) (un|uno|dos|1|2) (nino|ninos|hijo|hijos)
        """,
    ),
    Rule(
        Kind.FAMILIAL,
        _HARD,
        "Say “55+ community” only where the listing is marked as a qualified senior community; else leave it out.",
        """
        (comunidad|edificio|complejo|residencial) (para|de) (adultos|adultos mayores|mayores de 55|mayores de edad)
        (mayores|adultos mayores|personas mayores) de (55|62) [anos]
        """,
        is_free_for_seniors=True,
    ),
    Rule(
        Kind.RACE,
        _HARD,
        _DROP,
        """
        {lugar} [mayormente|mayoritariamente|predominantemente|muy|casi todo|casi toda] {origen}
        {lugar} (de|con|lleno de|llena de) [muchos|puros|solo] {origenes}
        {sin} {origenes}
        {origenes} {noes}
        {solo} [para] {origenes}
        ({origenes}|americanos) {solos}
        {solo} [para] (americanos|ciudadanos|ciudadanos americanos|residentes legales|estadounidenses|gente blanca)
        (ciudadanos|ciudadanos americanos|residentes legales) {solos}
        (debe|deben|debera|tiene que|tienen que|hay que|necesita|se requiere|es necesario|imprescindible|obligatorio)
            [saber] (hablar|hablen|hable|entender|dominar) [bien|buen] [el] ingles
        (solo|solamente|unicamente) [hablamos|se habla|se aceptan los que hablen|personas que hablen] ingles
        {gente} (blanca|blancas|blancos|negra|negras|negros|hispana|hispanas|hispanos|latina|latinas|latinos|asiatica
            |asiaticas|asiaticos) [{solos}]
        """,
    ),
    Rule(
        Kind.RELIGION,
        _HARD,
        "Leave faith out, of the home and of its people.",
        """
        (hogar|casa|familia|familias|comunidad|barrio|vecindario|ambiente|edificio|inquilinos|vecinos|gente|personas)
            {fe}
        {sin} {fieles}
        {fieles} {noes}
        {solo} [para] [familias] ({fieles}|{fe})
        {fieles} {solos}
        {idealpara} [una|un|la] (familia|familias|pareja|parejas|comunidad) {fe}
        (debe|tiene que|deben) ser (cristiano|catolico|cristiana|catolica|creyente|creyentes)
        cocina kosher {idealpara}
        [muy] cerca (de|a) [la|una|el] (parroquia|sinagoga|mezquita)
        (a pasos|a minutos|a una cuadra|caminando|al lado) (de|a) [la|una|el] (parroquia|sinagoga|mezquita)
        """,
    ),
    Rule(
        Kind.DISABILITY,
        _HARD,
        "Describe the home: “third-floor walk-up”, “no elevator”, “step-free entrance”.",
        """
        {sin} (sillas de ruedas|discapacitados|discapacitadas|discapacidad|discapacidades|minusvalidos|enfermos
            mentales|enfermedades mentales|invalidos|incapacitados|personas (discapacitadas|con discapacidad
            |enfermas))
        (sillas de ruedas|discapacitados|personas con discapacidad) {noes}
        no [es] (apto|apta|adecuado|adecuada|recomendable|ideal) para [personas] (discapacitados|discapacitadas|con
            discapacidad|sillas de ruedas|en silla de ruedas|ancianos|minusvalidos)
        (debe|deben|tiene que|tienen que|hay que) (poder|ser capaz de|ser capaces de) (subir|usar) [las] (escaleras
            |gradas)
        (debe|deben|tiene que|tienen que) subir [las] (escaleras|gradas)
        {solo} [personas|gente|inquilinos] (sanas|sanos|saludables|sana)
        (personas|gente|inquilinos) (sanas|sanos|saludables|sana) {solos}
        (debe|deben|tiene que) (ser|estar) (sano|sanos|saludable|fisicamente apto|fisicamente aptos|en buena forma)
        (fisicamente|mentalmente) (aptos|apto|aptas|sanos|estables)
        {sin} (animales|perros|mascotas) de (servicio|asistencia|apoyo|apoyo emocional|terapia)
        {sin} perros guia
        {sin} (hogares grupales|hogar grupal|casas de rehabilitacion|hogares de recuperacion|adictos)
        """,
    ),
    Rule(
        Kind.SEX,
        _HARD,
        _DROP,
        """
        {solo} [para] ({hombres}|{mujeres}) [solteros|solteras|solas|solos]
        ({hombres}|{mujeres}) {solos}
        {sin} ({hombres}|{mujeres})
        (prefiero|preferimos|se busca|busco|buscamos) [un|una] (hombre|mujer|caballero|dama|senorita|muchacha|chica)
        (pareja|parejas|familia|familias|gente|personas) (heterosexual|heterosexuales|normal|normales)
        {sin} (gays|homosexuales|lesbianas|travestis|transexuales|parejas gays|parejas gay|parejas del mismo sexo)
        (rento|rentamos|renta|alquilo|alquila|se renta|se alquila|rentar) a (hombre|mujer|caballero|dama|senorita
            |muchacha|chica|{hombres}|{mujeres}) [solo|sola|soltero|soltera]
        edificio (de|para) (damas|mujeres|senoritas|hombres|caballeros)
        """,
    ),
    Rule(
        Kind.STEERING,
        _HARD,
        "Send homes by what was asked for, and point to public figures about any area.",
        """
        (gente|personas|familias|vecinos) como (usted|ustedes|tu|ti|vos|nosotros|su familia)
        (usted|ustedes|tu familia|su familia|tu) [si|no] (encajaria|encajarian|encajaria|encajarias|encaja|encajan)
            [muy|bien] [bien] (ahi|alli|aqui|alla|en)
        (su|tu|nuestro) tipo de (barrio|zona|gente|vecindario|vecinos|lugar)
        (evite|eviten|evita|evitar|alejese de|no vaya a|no busque en) (el|la|ese|esa) [lado] (norte|sur|este|oeste
            |zona mala|parte mala|lado malo) [de la ciudad|del pueblo]
        (evite|eviten|evita|alejese de|no vaya a|no busque en) (esa|esas|ese|esos|aquella) (zona|zonas|barrio|barrios
            |parte|area|areas|vecindario)
        (gente|personas|familias) de (su|tu) [mismo|misma] (pais|cultura|raza|religion|comunidad|origen)
        (mejor|cierto|otro) tipo de (gente|personas|vecinos|familias)
        """,
    ),
    Rule(
        Kind.AGE,
        _HARD,
        "Leave age out.",
        """
        (de|entre) [los] ## (a|y) [los] ## anos [de edad]
        {sin} (estudiantes|ancianos|jubilados|personas mayores|viejos|gente mayor|jovenes)
        estudiantes {noes}
        """,
    ),
    Rule(
        Kind.MARITAL,
        _HARD,
        "Leave out whether people are married.",
        """
        {solo} [para] [parejas|personas|gente] (casadas|casados|matrimonios)
        (parejas casadas|matrimonios|casados) {solos}
        {sin} [parejas|personas] (no casadas|solteros|solteras|divorciados|divorciadas|viudas)
        (debe|deben|tienen que) (estar|ser) (casado|casados|casada)
        """,
    ),
    Rule(
        Kind.INCOME,
        _HARD,
        "Give the rent or price; everybody who can pay it may apply.",
        """
        {sin} [plan|programa|programas de] (seccion 8|section 8|seccion ocho|plan 8|vales de vivienda|cupones de
            vivienda|vouchers|asistencia de vivienda|asistencia publica|ayuda del gobierno|welfare|vales)
        (seccion 8|section 8|vouchers|vales de vivienda) {noes}
        (debe|deben|tiene que) (tener|estar) (empleo|empleado|trabajo)
        """,
    ),
    Rule(
        Kind.VETERAN,
        _HARD,
        "Leave military service out.",
        """
        {sin} (militares|veteranos|soldados)
        {solo} [para] (militares|veteranos|civiles)
        """,
    ),
    Rule(
        Kind.FAMILIAL,
        _SOFT,
        "Give the number of rooms, the size of the yard, or the school's or park's name.",
        """
        {idealpara} [una|la|su|tu] [gran] (familia|familias|ninos|hijos|recien casados|familias grandes|familias
            jovenes|jubilados|retirados)
        (ambiente|barrio|vecindario|zona) (familiar|familiares)
        recien casados
        """,
    ),
    Rule(
        Kind.STEERING,
        _SOFT,
        "Leave the judgment out: name the school, give the distance, link to public figures and let people judge.",
        """
        {lugar} [muy|bastante|mas] (seguro|segura|tranquilo y seguro|tranquila y segura|peligroso|peligrosa|malo|mala
            |exclusivo|exclusiva|bueno|buena)
        (buen|mal|mejor) (barrio|vecindario)
        (buena|mala|mejor) (zona|area)
        (buenas|excelentes|mejores|malas) escuelas
        escuelas (buenas|excelentes|malas)
        (baja|poca|sin|alta) (criminalidad|delincuencia)
        (buenos|buenas|tranquilos|malos) vecinos
        (cerca de|a pasos de) [la|una] iglesia
        """,
    ),
    Rule(
        Kind.AGE,
        _SOFT,
        "Leave age and occupation out.",
        """
        {idealpara} [un|una|los] (estudiante|estudiantes|profesional|profesionales|ejecutivos|jovenes|jovenes
            profesionales)
        jovenes profesionales
        """,
    ),
    Rule(
        Kind.DISABILITY,
        _SOFT,
        "Give the distance (“0.4 miles to the park”).",
        """
        (a poca|a corta) distancia (a pie|caminando)
        """,
    ),
)
