"""Lists of words that phrases name, folded: no accents, no apostrophes, a blank for a hyphen."""

#: List → its words. A list may name another.
WORDS: dict[str, str] = {
    # What keeps somebody out, before and after whom it names.
    "no": "no|sorry no|absolutely no|not for|never|no to|not open to|not available to|closed to|wont take|do not"
    " want|dont want|does not want|doesnt want|do not accept|dont accept|does not accept|doesnt accept|not accepting"
    "|do not allow|dont allow|does not allow|doesnt allow|not allowing|will not allow|wont allow|cannot have|cant"
    " have|do not rent to|dont rent to|will not rent to|wont rent to|not renting to|do not sell to|dont sell to|will"
    " not sell to|wont sell to|not selling to|would rather not have|prefer no|prefers no|prefer not to have|must not"
    " have|may not have|without any|will not accept|wont accept|cannot accept|cant accept|not taking|not take|unable"
    " to accept|no longer accepting",
    "not": "[are] (not allowed|not permitted|not accepted|not welcome|not welcomed|not wanted|not invited|prohibited"
    "|forbidden)|need not (apply|inquire|call)|should not (apply|inquire|call)|not considered",
    "only": "only|exclusively|preferred|prefered|need apply|wanted",
    "unfit": "unsuitable|inappropriate|unsafe|too (dangerous|small)|(not|isnt|arent) [really|exactly] [a|the] [good"
    "|great|right|best] (place|home|house|building|unit|property|fit)|(not|isnt|arent) [really|well|at all]"
    " (suitable|suited|appropriate|recommended|ideal|good|right|safe|meant|intended|designed|equipped|set up|a good"
    " fit)",
    "ideal": "(perfect|ideal|great|best|suited|suitable|excellent|wonderful|fantastic|amazing|terrific|designed|made"
    "|meant|just right|tailored|good|built|awesome|super) [home|place|spot|choice|option|condo|apartment|unit|house"
    "|pick|setup|set up|size|layout] (for|to)|a dream for|caters to|catering to|geared toward|geared towards|aimed"
    " at",
    # Whom.
    "children": "children|kids|kiddos|babies|infants|toddlers|teens|teenagers|teen agers|youngsters|little ones"
    "|minor children|school age children|small children|young children",
    "adults": "adults|grown ups|grownups",
    "one": "person|individual|tenant|renter|buyer|occupant|resident|roommate|housemate|applicant|homeowner|owner"
    "|household|couple|neighbor|landlord|seller|professional|client",
    "people": "people|persons|individuals|folks|tenants|renters|buyers|occupants|residents|roommates|housemates"
    "|applicants|homeowners|owners|households|couples|neighbors|neighbours|landlords|sellers|professionals|families"
    "|home buyers|homebuyers|clients|crowd|{one}",
    # Where.
    "place": "neighborhood|neighborhoods|neighbourhood|neighbourhoods|area|areas|community|communities|enclave"
    "|enclaves|subdivision|subdivisions|suburb|suburbs|part of (town|the city|the county)|side of (town|the city)"
    "|section of (town|the city)|end of town|population|demographic|zip code|zip codes",
    "home": "home|house|household|building|complex|apartment|apartments|condo|condos|community|communities"
    "|neighborhood|neighborhoods|area|residence|residences|property|unit",
    # Origin. Colors are apart: kitchens and granite have them too.
    "color": "white|black",
    "origin": "[all|mostly|mainly|predominantly|largely|nearly all|heavily|traditionally|historically] (african"
    " american|african|afro american|asian american|asian|hispanic|latino|latina|latinx|latin|mexican american"
    "|mexican|puerto rican|cuban|dominican|haitian|jamaican|caribbean|colombian|venezuelan|brazilian|guatemalan"
    "|salvadoran|honduran|central american|south american|chinese|japanese|korean|vietnamese|filipino|thai|cambodian"
    "|hmong|laotian|indian|east indian|american indian|native american|indigenous|pakistani|bangladeshi|nepali|arab"
    "|arabic|arab american|middle eastern|persian|iranian|iraqi|syrian|lebanese|egyptian|turkish|afghan|somali"
    "|ethiopian|nigerian|ghanaian|russian|ukrainian|polish|italian|irish|german|greek|french|english|portuguese"
    "|scandinavian|european|pacific islander|samoan|caucasian|anglo|oriental|gypsy|biracial|interracial|multiracial)",
    "peoples": "blacks|whites|non whites|asians|hispanics|latinos|latinas|mexicans|puerto ricans|cubans|haitians"
    "|jamaicans|dominicans|africans|african americans|asian americans|koreans|filipinos|indians|pakistanis|arabs"
    "|russians|italians|germans|europeans|caucasians|orientals|native americans|somalis|nigerians|colombians"
    "|venezuelans|brazilians|iranians|iraqis|syrians|afghans|gypsies|immigrants|migrants|refugees|foreigners"
    "|illegals|illegal (aliens|immigrants)|undocumented (people|immigrants|tenants|workers)|minorities|people of"
    " color|colored people|non citizens|noncitizens|non americans",
    # Faith.
    "faith": "christian|catholic|protestant|evangelical|baptist|mormon|lds|jewish|orthodox jewish|orthodox|hasidic"
    "|muslim|islamic|hindu|buddhist|sikh|amish|mennonite|atheist",
    "faithful": "christians|catholics|protestants|evangelicals|baptists|mormons|jews|jewish people|muslims|moslems"
    "|hindus|buddhists|sikhs|atheists|non christians|nonchristians|non believers|nonbelievers|unbelievers",
    # Body and health.
    "disabled": "disabled|handicapped|wheelchair bound|crippled|mentally ill|mentally handicapped|mentally disabled"
    "|physically challenged|physically disabled|physically handicapped|mentally challenged|retarded|autistic",
    "disabilities": "disabilities|handicaps|wheelchairs|wheelchair users|mobility scooters|mental illness|walkers or"
    " wheelchairs|wheelchairs or walkers|mental health issues|mobility issues",
    "helpers": "service (animals|animal|dogs|dog)|assistance (animals|animal|dogs)|support (animals|animal|dogs)"
    "|emotional support (animals|animal|dogs|pets)|therapy (animals|dogs)|guide dogs|guide dog|seeing eye dogs|esas"
    "|esa",
    # Sex.
    "men": "men|males|gentlemen|guys|boys|bachelors",
    "women": "women|females|ladies|girls|gals|bachelorettes",
    "love": "gay|lesbian|homosexual|bisexual|queer|trans|transgender|lgbt|lgbtq|same sex",
    "lovers": "gays|lesbians|homosexuals|bisexuals|queers|transgenders|trans people|gay couples|gay people|lesbian"
    " couples|same sex couples|lgbt [people|couples]|lgbtq [people|couples]",
    # In Spanish.
    "sin": "no [se] [aceptan|aceptamos|acepta|admiten|admitimos|admite|permiten|permitimos|permite|queremos|quieren"
    "|rentamos a|rentan a|renta a|alquilamos a|alquila a|vendemos a|vende a]|sin|nada de|ni|prohibido|prohibidos",
    "noes": "[son] (no permitidos|no permitidas|no aceptados|no aceptadas|no bienvenidos|no bienvenidas|no)",
    "solo": "solo|solamente|unicamente|exclusivo para|exclusivamente|solo para|solamente para|unicamente para"
    "|preferible|preferimos|se prefieren|se prefiere|preferiblemente|exclusivamente para",
    "solos": "solo|solos|solamente|unicamente|nada mas|exclusivamente|preferiblemente|preferidos",
    "idealpara": "(ideal|perfecto|perfecta|excelente|bueno|buena|genial|hecho|hecha|disenado|disenada) para",
    "ninos": "ninos|ninas|ninos pequenos|hijos|menores|bebes|adolescentes|menores de edad",
    "lugar": "vecindario|barrio|zona|area|comunidad|sector|vecinos|colonia|urbanizacion",
    "gente": "gente|personas|familias|inquilinos|compradores|residentes|parejas|duenos|propietarios|vecinos",
    "origen": "blanc(o|a|os|as)|negr(o|a|os|as)|hispan(o|a|os|as)|latin(o|a|os|as)|mexican(o|a|os|as)|cuban(o|a|os"
    "|as)|asiatic(o|a|os|as)|african(o|a|os|as)|afroamerican(o|a|os|as)|chin(o|a|os|as)|corean(o|a|os|as)|hindu"
    "|hindues|puertorriquen(o|a|os|as)|dominican(o|a|os|as)|haitian(o|a|os|as)|colombian(o|a|os|as)|venezolan(o|a|os"
    "|as)|arabe|arabes|ruso|rusa|rusos|rusas|italian(o|a|os|as)|anglosajon|anglosajona|anglosajones|gringos"
    "|indigenas",
    "origenes": "negros|blancos|hispanos|latinos|mexicanos|cubanos|asiaticos|africanos|afroamericanos|chinos"
    "|coreanos|dominicanos|haitianos|colombianos|venezolanos|arabes|rusos|inmigrantes|migrantes|extranjeros"
    "|refugiados|ilegales|indocumentados|gitanos|gringos|puertorriquenos",
    "fe": "cristian(o|a|os|as)|catolic(o|a|os|as)|judi(o|a|os|as)|musulman|musulmana|musulmanes|musulmanas"
    "|evangelic(o|a|os|as)|protestante|protestantes|mormon|mormones|hindu|budista|budistas|ortodox(o|a|os|as)",
    "fieles": "cristianos|catolicos|judios|musulmanes|evangelicos|protestantes|mormones|hindues|budistas|ateos"
    "|testigos de jehova",
    "hombres": "hombres|varones|caballeros|muchachos|chicos",
    "mujeres": "mujeres|damas|senoritas|senoras|muchachas|chicas",
}
