"""What a text in English must not say: words that say who is wanted and who is not."""

from leadlight.messages.rules.language.kinds import Kind, Rule, Severity

_HARD = Severity.HARD
_ROOMS = "Give the number of rooms, the size of the yard, or the lawful occupancy limit that holds for everybody."
_DROP = "Leave out who lives there or should: describe the home."
_ACCESS = "Describe the home: “third-floor walk-up”, “no elevator”, “step-free entrance”."
_SENIORS = "Say “55+ community” only where the listing is marked as a qualified senior community; else leave it out."

RULES: tuple[Rule, ...] = (
    # -- children and families
    Rule(
        Kind.FAMILIAL,
        _HARD,
        _ROOMS,
        """
        {no} [small|young|little|minor|more|loud|noisy|screaming|crying|new] {children} !(room|rooms|pool|menu|club
            |bedroom|bedrooms|play|playroom|area|furniture|toys)
        {no} (pets|smoking|smokers|dogs|cats|animals|parties|drugs|roommates|students) [,] [and|or|no|nor] {children}
        {no} (pets|smoking|smokers|dogs|cats) [,] (pets|smoking|smokers|dogs|cats) [,] [and|or|no|nor] {children}
        no (child|minor) (allowed|please|under #)
        no [large|big] families
        no (single|teen|teenage|unwed|pregnant|expectant|expecting|nursing) (mothers|mother|moms|mom|parents|women)
        no (pregnant|expecting) (tenants|women|couples)
        no (newborns|pregnancies|pregnancy)
        (no one|nobody|noone|none|anyone|no residents|no occupants|no persons) [is allowed] under [the age of] (18|16
            |14|12)
        {children} [under [age|the age of] # [#]] {not}
        {children} (unwelcome|discouraged|need not apply|under # [#] need not apply)
        {unfit} for [small|young|little|the] ({children}|families|family|families with children)
        (child|kid|children) free [home|building|community|complex|zone|living|neighborhood|property]
        free of (children|kids)
        (max|maximum|limit|limited to|limit of|no more than|up to|at most) [of] (one|two|three|1|2|3) (child|children
            |kid|kids)
        (one|two|1|2) (child|children|kid|kids) (only|max|maximum|limit)
        (residents|tenants|occupants|everyone|everybody|all|all occupants|all residents) must be [over|at least|aged
            |age] (18|19|21|16) [years] [old|of age|or older|and older|and over|plus|+]
        """,
    ),
    Rule(
        Kind.FAMILIAL,
        _HARD,
        _ROOMS,
        """
        {adults} [##] [+|and over|and older|or older|and up] {only}
        ({people}|{adults}|anyone|anybody|someone|somebody) (without|with no|who have no|who do not have|who dont
            have) {children}
        {no} (one|{people}|anyone|anybody|someone) (with|who have|who has) [small|young|little|any] {children}
        (empty nesters|retirees|newlyweds|dinks) only
        (adult|grownup) (only|preferred|exclusive)
        (all adult|only adult) (tenants|residents|household|building|community|complex|living)
        only adults [apply|need apply|allowed|please]
        (prefer|prefers|we prefer|seeking|seek|looking for|want|wants|wanted|suited to|restricted to|limited to
            |reserved for|strictly for|only for) [mature|quiet|responsible|older|two|single] {adults} [only|without
            children]
        mature ({adults}|adult|couple|couples|{people}|woman|man|lady|gentleman) [only|preferred|wanted]
        older ({adults}|couple|couples|{people}) (only|preferred|wanted)
        (prefer|prefers|seeking|looking for|wanted|want) [a|an] [quiet|mature|older|professional|clean|nice
            |responsible] (couple|couples|single person|single people|single professional|bachelor|bachelors) !(of
            |more)
        (prefer|prefers|seeking|looking for|wanted|want) [a|an] (quiet|mature|older|professional|clean|nice
            |responsible) (family|families)
        (quiet|professional|retired|older|responsible|working|childless) (couple|couples) {only}
        (couple|couples|singles) {only}
        (couples|singles) or (couples|singles) only
        (single|one) (person|occupant|professional|tenant|individual|adult) {only}
        {ideal} [a|an|the|young|busy|quiet|professional|retired] (single person|single people|single professional
            |single professionals|singles|single adult|single adults|couple|couples|bachelor|bachelors|bachelorette
            |childless couple|childless couples|dinks) !(of|more|hundred) [only]
        {ideal} (singles|couples) [or|and] (singles|couples)
        childless [couple|couples|home|household]
        """,
    ),
    Rule(
        Kind.FAMILIAL,
        _HARD,
        _SENIORS,
        """
        [active] adult (community|communities|living|building|complex|park|neighborhood|housing|condo|condos
            |apartments|lifestyle|resort)
        (55|62|50) (+|plus|or older|and older|and over|or over|and up|and better|or better) [gated|golf|active|resort
            |lake|manufactured home|mobile home|adult|senior|over] (community|communities|living|park|complex|building
            |housing|subdivision|condo|condos|neighborhood|village|development|only|please|residents|adults)
        (55|62) (+|plus|or older|and older|and over|or over|and up|and better|or better)
        55 (community|communities|living|and older community)
        (over|age|ages|aged|at least) (55|62|50) [+|plus] (only|and over|and older|and up|or older|residents
            |community)
        age (restricted|qualified) [home|homes|community|communities|living|building|development|gated]
        seniors only
        senior only
        """,
        is_free_for_seniors=True,
    ),
    # -- race, color, origin
    Rule(
        Kind.RACE,
        _HARD,
        "Name the neighborhood as the city does, and give distances.",
        """
        {origin} [speaking|dominated|dominant|majority] {place}
        ({color}|brown|colored) [majority] (neighborhood|neighborhoods|neighbourhood|community|communities|enclave
            |suburb|suburbs|population|part of (town|the city)|side of (town|the city)|section of town|zip code)
        [in] (all|mostly|mainly|predominantly|largely|nearly all|heavily|majority) ({color}|minority|immigrant|latinx)
            ({place}|{people}|block|street|school|schools)
        {color} area
        (immigrant|migrant|refugee|minority|ethnic minority) ({place}|section)
        (mostly|mainly|predominantly|largely|nearly all|heavily|full of|lots of|lot of|many|too many) {peoples}
        {origin} and {origin} {place}
        {color} and {origin} {place}
        (neighborhood|area|community|street|block|town|building|part of town|zip code) (is|are|has become|is becoming
            |is getting|is turning|was|seems|feels) [very|so|too|more|more and more] ({origin}|(mostly|mainly
            |predominantly|too|very|all|largely) {color})
        racially (mixed|diverse|homogeneous|changing|integrated|pure)
        the ghetto
        ghetto (neighborhood|area|part of town)
        """,
    ),
    Rule(
        Kind.RACE,
        _HARD,
        _DROP,
        """
        {origin} ({people}|family|tenants) [only|preferred|welcome|wanted]
        {color} (people|persons|person|folks|tenants|renters|buyers|occupants|residents|roommates|homeowners|owners
            |households|couples|couple|neighbors|landlord|landlords|professionals|families|applicants|individuals)
        (american|foreign|immigrant|refugee|migrant|minority) (tenants|renters|residents|neighbors) [only|preferred]
        {no} [more|other] {peoples}
        {no} {origin} ({people}|need apply|allowed|please|accepted|wanted)
        ({peoples}|{origin}) {not}
        {peoples} {only}
        (asian|hispanic|latino|caucasian|african american|indian|arab|middle eastern) (only|preferred)
        (whites|blacks|asians|latinos|hispanics) (welcome|need apply)
        (real|true|red blooded|native born|natural born|us born|american born) (american|americans) [only]
        americans only
        (must|should|has to|have to|need to|needs to|required to|ability to) [be able to] (speak|read|know|understand)
            [fluent|good|some|proper|native] english
        (english|spanish|mandarin|russian|korean|vietnamese|portuguese|polish) (speakers|speaking) [tenants|buyers
            |residents|people|only] (only|preferred|required)
        [fluent] english (required|a must|is a must|is required)
        no (non english|foreign) (speakers|speaking|languages|language)
        no foreign (tenants|renters|people|nationals|students)
        [us|u s|american|united states] (citizens|nationals) (only|required|preferred)
        must be [a|an] [us|u s|american|united states|legal] (citizen|citizens|national|resident)
        must be [an] american
        only [us|u s|american|united states] citizens
        (proof of|must have|must prove) [us|u s|american] citizenship
        {no} (non citizens|green cards|green card holders|visa holders|work visas)
        (legal residents|green card holders|native speakers) only
        """,
    ),
    # -- religion
    Rule(
        Kind.RELIGION,
        _HARD,
        "Leave faith out, of the home and of its people; houses of worship may stand among other places, by name.",
        """
        {faith} [oriented|owned|friendly|based|run] ({place}|{people}|{home}|homes|family|values|atmosphere
            |environment|lifestyle|principles|tenants)
        [good|devout|practicing|fellow] {faith} (family|families|people|{people}|home)
        {no} {faithful}
        {no} {faith} ({people}|allowed|please|family|need apply)
        ({faithful}|{faith}) {not}
        ({faithful}|{faith}) (only|preferred|wanted|need apply)
        {ideal} [a|an|the|any] [good|devout|large|young] ({faith}|observant) ({people}|family|families|household
            |living)
        must (be|be a|be an) [practicing|devout|born again|good] ({faith}|believer|religious)
        (god fearing|bible believing|church going|churchgoing|born again|religious) ({people}|family|home|neighbors
            |place)
        kosher (kitchen|home|house) {ideal}
        kosher (kitchen|home|house) for
        [very|conveniently|located|walking distance|short walk|steps|minutes|blocks|right] (close|near|next|nearby
            |close by|adjacent|convenient) [to] [all|both] [the|a|an|your|our|local|several|many] [orthodox|reform
            |jewish|catholic|local|nearby|main|big] (parish|parishes|synagogue|synagogues|shul|mosque|mosques|masjid
            |eruv|mikvah)
        (walking distance|short walk|steps|minutes|blocks|stroll|walk) (to|from) [the|a|an|your|our|local] (parish
            |synagogue|synagogues|shul|mosque|mosques|masjid)
        (within|inside) [of] the eruv
        """,
    ),
    # -- body and health
    Rule(
        Kind.DISABILITY,
        _HARD,
        _ACCESS,
        """
        {no} {disabilities}
        {no} ({disabled}|{disabled} or {disabled}) [{people}|allowed|please] !(parking|access|ramp|ramps|accessible
            |sticker|space|spaces|spot|spots|bath|bathroom|entrance)
        {no} (deaf|blind|impaired|disability|wheelchair) ({people}|users|bound|allowed|please|modifications
            |accommodations)
        {disabled} [{people}] {not}
        no (crazy|insane|mental) {people}
        {no} ({people}|one|anyone|anybody|someone) (with|who has|who have) [a|any|physical|mental] ({disabilities}
            |disability|handicap|walker|wheelchair)
        must be in (good|excellent|perfect) (health|physical condition|shape)
        {disabilities} {not}
        {unfit} for [the|a|any|persons with|people with] ({disabled}|{disabilities}|elderly or disabled|elderly
            |disabled or elderly|infirm|frail)
        able bodied [{people}|only|adults|required]
        (must|should|have to|has to|need to|needs to) be (able bodied|physically fit|ambulatory|healthy|agile)
        must [be able to|be capable of] (climb|climbing|walk up|manage|handle|use|navigate) [up] [the|a|some|several
            |many] [#|two|three|four] [flights|flights of] (stairs|steps|flights)
        (should|have to|has to|need to|needs to) (be able to|be capable of) (climb|climbing|walk up|manage|handle|use
            |navigate) [the|a|some|several|many|# flights of|two flights of|three flights of] (stairs|steps)
        (only|all) (healthy|physically fit|able bodied|ambulatory) [{people}|tenants|adults|apply]
        (physically fit|ambulatory|mentally stable|mentally healthy) ({people}|adults) [only|preferred]
        healthy ({people}|adults) (only|preferred)
        (healthy|physically fit|ambulatory) only
        (must be|capable of|able to live) (independent living|living independently|independently)
        independent living only
        {no} {helpers}
        {helpers} {not}
        {no} (group homes|group home|halfway houses|halfway house|sober living|sober homes|rehab patients|recovering
            addicts|recovering alcoholics|addicts in recovery|alcoholics|hospice patients|aids patients|mental
            patients)
        (no one|nobody|no persons|no people|no tenants|no buyers) with [a|any|mental|physical] [health] (disability
            |disabilities|handicap|illness|illnesses|mental illness|hiv|aids|impairments)
        """,
    ),
    # -- sex, and whom people love
    Rule(
        Kind.SEX,
        _HARD,
        "Leave out who lives there; say “bonus room”, “dual closets”, “guest suite”.",
        """
        ({men}|{women}) {only} !(gym|gyms|spa|spas|fitness|salon|salons|sauna|club|college)
        (male|female|man|woman|lady|gentleman|guy|girl|boy) [{one}|{people}|student|students] (only|preferred|wanted)
        (male|female) ({people}|student|students)
        all (male|female|girls|womens|ladies) ({home}|{people})
        only (male|female|males|females|men|women|girls|ladies) [{people}] [apply|need apply|allowed|please|welcome]
        (prefer|prefers|we prefer|seeking|looking for|want|wants|rent to|sell to) [a|an|only] [single|quiet|young
            |older] (male|female|males|females|woman|women|man|men|lady|ladies|girl|girls|gentleman) [only|{one}]
            !(cave|caves|s)
        no ({men}|{women}|male|female|single men|single women|single males|single females) [{people}|allowed|please]
        (ladies|womens|mens|gentlemens|girls) (building|house|residence|apartment building|complex|community) [only]
        ({men}|{women}) {not}
        """,
    ),
    Rule(
        Kind.SEX,
        _HARD,
        _DROP,
        """
        (straight|heterosexual|normal|non gay|cisgender) (couple|couples|people|men|man|women|woman|tenants|person
            |persons|married couple|married couples|family|families|household|households|buyers|renters)
        traditional (couple|couples|married couple|married couples|marriage|marriages)
        (heterosexuals|heterosexual|straights) (only|preferred)
        {no} ({lovers}|{love}) [{people}|allowed|please|lifestyle|lifestyles]
        ({lovers}|{love} {people}) {not}
        ({lovers}) only
        {love} (neighborhood|neighborhoods|area|district|part of town|side of town|enclave)
        """,
    ),
    # -- steering
    Rule(
        Kind.STEERING,
        _HARD,
        "Send homes by what was asked for, and point to public figures about any area.",
        """
        (people|folks|families|family|neighbors|residents) [just|exactly|who are] like (you|yours|yourself|yourselves
            |us|ours|your family|you guys)
        (lots|lot|many|plenty|more|full) of (your|their) (people|kind|own kind|countrymen)
        (i|you|we|they|youd|id) (wouldnt|would not|dont|do not|wont|will not) [really] want (to live|to be|to raise|to
            look|to buy|your family|your kids) [living] (there|over there|around there|in that (area|neighborhood|part
            of town)|on that (side|street|side of town))
        (i|you|we) (wouldnt|would not) live (there|over there|in that (area|neighborhood|part of town)|on that (side
            |street))
        (more comfortable|happier|better off|at home|feel at home) (in|near|with|around|among) [a|an|the|some|your]
            (different|other|another|more|own) (neighborhood|area|part of town|community|side of town|areas
            |neighborhoods)
        (you|you all|your family|yall|your kids) [guys] (would|will|should|might|could|wouldnt|wont|may) [really|just
            |probably|never|not|all|so|definitely|surely] (fit|blend) [right|well|nicely] (in|there) !(a|an|the|your
            |two)
        (youd|youll) [really|just|probably|never|all|definitely] (fit|blend) [right|well] (in|there) !(a|an|the|your
            |two)
        (you|your family) [wont|wouldnt|dont|do not|would not|will not] (fit in|blend in|belong) [there|here]
        (your|our|their|his|her|his own|her own|your own|their own|our own) (kind|sort|type) of (area|people
            |neighborhood|place|folks|crowd|community|neighbors|families|town)
        (stick|stay|live|be|living|comfortable|happier|better off|at home) (with|near|around|among|close to) (your
            |their|our) (own kind|own people|people|kind|countrymen)
        not (your|our) kind of (area|people|neighborhood|place|crowd)
        (avoid|stay away from|stay out of|steer clear of|keep away from|do not look in|dont look in|skip) [the|that
            |this] (north|south|east|west|northern|southern|eastern|western|other|whole|bad|old|entire) (side|end|part
            |section) [of (town|the city|the county)]
        (avoid|stay away from|stay out of|steer clear of|keep away from|do not look in|dont look in|skip) (the|that
            |this|those|any) (side|end|part|parts|section|areas) of (town|the city|the county)
        (avoid|stay away from|stay out of|steer clear of|keep away from|do not look in|dont look in) (that|this|those
            |these) (area|areas|neighborhood|neighborhoods|zip code|part)
        (people|folks|families|buyers) (from|of) your (country|culture|background|race|religion|faith|community
            |homeland)
        (many|lots of|plenty of|other|more) (people|families|folks) (from|of) (your|the same) (country|culture
            |background|race|religion|faith)
        (wrong|bad|other) side of the tracks
        people of your [own] kind
        the wrong (element|crowd)
        (right|certain|better|nicer|wrong|undesirable) (kind|type|sort|class) of (people|tenants|neighbors|families
            |residents|folks|element)
        """,
    ),
    # -- what states and cities protect
    Rule(
        Kind.AGE,
        _HARD,
        "Leave age out.",
        """
        (age|aged|ages|between the ages of) ## [to|and|through] ## [only|years|preferred|please]
        ## [to|and] ## (year olds|years of age|age group|year old {people})
        must be [over|at least|under|above|below|older than|younger than] (25|30|35|40|45|50|55|60|65) (+|years old
            |years of age|or older|and older|or over|and over|or younger|and under)
        ({people}) must be (over|at least|under|above|below|older than|younger than) (25|30|35|40|45|50|55|60|65)
        (no one|nobody|noone|none|no tenants) (under|over|below|above|younger than|older than) [the age of] (25|28|30
            |35|40|45|50|55|60|65|70)
        (over|under) (25|30|35|40|45|50|60|65) only
        {no} [college|university|grad|undergraduate|undergrad] students
        students {not}
        [college|university|grad|graduate] students only
        {no} (elderly|old people|older people|old folks|senior citizens|seniors|millennials|retirees|young people)
            [{people}|tenants|allowed]
        (young|younger|youthful|elderly|older) (people|tenants|persons|renters|buyers|crowd|residents) (only|preferred
            |wanted)
        """,
    ),
    Rule(
        Kind.MARITAL,
        _HARD,
        "Leave out whether people are married.",
        """
        [legally] married [couple|couples|people|tenants|persons] (only|preferred|wanted|need apply)
        must be [legally] married
        {no} (unmarried|unwed|cohabiting|divorced|separated|widowed) [couples|people|tenants|persons|parents|men
            |women]
        {no} (cohabitation|shacking up|living together)
        unmarried (couples|people|tenants) {not}
        no single (people|persons|tenants)
        {no} (divorcees|widows|widowers|bachelors|bachelorettes)
        (divorcees|widows|unmarried people) only
        """,
    ),
    Rule(
        Kind.INCOME,
        _HARD,
        "Give the rent or price; everybody who can pay it may apply.",
        """
        {no} [government|housing|rental|rent|public|hud|hcv|choice] (section (8|eight)|sec 8|vouchers|voucher
            |subsidies|welfare|hcv|vash|food stamps|public assistance|housing assistance|rental assistance|government
            assistance|rent assistance|assistance programs|government programs|housing programs|housing authority)
            [tenants|holders|vouchers|please]
        (section (8|eight)|sec 8|vouchers|housing vouchers|voucher holders|housing assistance|rental assistance|public
            assistance|hud vouchers|subsidies) [tenants|vouchers|holders] [is|are] {not}
        not [a] (section (8|eight)|voucher|hud) [approved|eligible|accepted]
        [unit|home|property] (does not|doesnt|do not|dont|cannot|cant|wont|will not) (qualify for|accept|take
            |participate in) [the] [housing] (section (8|eight)|vouchers|voucher program|voucher programs|housing
            choice program)
        {no} (ssi|ssdi|disability income|social security income|child support income|alimony income)
        must (be employed|have a job|have full time employment|be gainfully employed)
        {no} (unemployed|low income) [{people}|tenants|people]
        (employed|working) (people|persons|tenants|adults|professionals|individuals) only
        """,
    ),
    Rule(
        Kind.VETERAN,
        _HARD,
        "Leave military service out; a loan may be named: “VA financing possible”.",
        """
        {no} [active duty] (military|military personnel|veterans|vets|soldiers|service members|servicemembers|sailors
            |marines|reservists|national guard) [families|tenants|people|personnel|members|please|allowed]
        (military|military personnel|veterans|service members|soldiers) {not}
        (civilians|civilian tenants|non military|veterans|military) only
        """,
    ),
)
