"""What somebody should look at before it goes out: words that may hint at who is wanted, or judge an area."""

from leadlight.messages.rules.language.kinds import Kind, Rule, Severity

_SOFT = Severity.SOFT

RULES: tuple[Rule, ...] = (
    Rule(
        Kind.FAMILIAL,
        _SOFT,
        "Give the number of rooms, the size of the yard, or the school's or park's name.",
        """
        (family|kid|child|families) (friendly|oriented|centered|focused|centric)
        family (neighborhood|neighborhoods|community|communities|area|street|town|atmosphere|subdivision)
        {ideal} [a|an|your|any|the] [large|larger|big|small|young|growing|active|busy|new|extended|whole|entire
            |blended|multigenerational|expanding] (family|families|kids|children|newlyweds|newly weds|families with
            children|families with kids|empty nesters|honeymooners|parents|mom|dad|little ones|toddlers|teens)
        (growing|young|large|big|expanding) (family|families)
        families (with|of) (children|kids|all sizes|all ages)
        raise (a|your|the) (family|kids|children|little ones)
        (place|home|neighborhood|area|town) to raise (kids|children|families)
        (newlyweds|newly weds|empty nester|empty nesters|honeymooners|young couple|young couples|young marrieds)
        (bachelor|bachelorette) (pad|apartment|home|condo)
        starter home for [a|an|the|your|any|young|new|first time|growing] (family|families|couple|couples|newlyweds
            |young family|young couple)
        (children|kids) (play safely|will love)
        (quiet|peaceful|normal|stable) (tenant|tenants|people|person|individual|individuals|couple|couples|family
            |families)
        your (kids|children|little ones) will (love|enjoy|thrive)
        """,
    ),
    Rule(
        Kind.FAMILIAL,
        _SOFT,
        "Say “55+ community” only where the listing is marked as a qualified senior community; else leave it out.",
        """
        (retiree|retirees|retired couple|retired couples|retired people|retirees and snowbirds)
        {ideal} [a|the|active] (retirement|retired [person|couple|people]|seniors|senior citizens|golden years)
        retirement (community|communities|living|village|home|haven)
        (senior|seniors) (living|community|communities|housing|apartments|complex|building|park|citizens|citizen
            |welcome)
        (active|older) (adult|adults|seniors)
        (seniors|senior citizens|elderly people|the elderly)
        """,
        is_free_for_seniors=True,
    ),
    Rule(
        Kind.RACE,
        _SOFT,
        "Name the neighborhood as the city does, and say what stands there and how far away.",
        """
        [very|most|highly] (exclusive|restricted|select|elite) (neighborhood|neighborhoods|community|communities
            |enclave|area|area of|subdivision|building|address|living|residents|club|clientele|part of town|section
            |gated community)
        private (community|neighborhood|enclave|club) !(pool|pools|dock|docks|beach|gate|gates|park|access|boat
            |marina)
        (traditional|changing|transitional|transitioning|integrated|diverse|multicultural|ethnic|ethnically diverse
            |urban|evolving|emerging|gentrifying|revitalizing|homogeneous|established ethnic|culturally diverse|blue
            collar|working class|affluent|upscale) (neighborhood|neighborhoods|neighbourhood|community|communities
            |area|areas|part of town|population|suburb|crowd|values)
        (racially|ethnically|culturally) [and economically] (diverse|mixed|rich)
        (diversity|demographics) of (the|this|our) (neighborhood|area|community)
        up and coming [neighborhood|area|community|part of town]
        (inner city|innercity)
        ethnic (shops|shop|stores|restaurants|food|foods|grocery|groceries|markets|cuisine|flavor|mix|enclave)
        (gentrified|gentrification|gentrifying)
        (immigrant|refugee|foreign) (families|buyers only|owned|community)
        (white|black) (only|family|household)
        english only
        (english|french|german|irish|polish|italian|spanish|american) (family|families|buyers)
        (spanish|chinese|korean|russian|vietnamese|portuguese) speaking (buyers|tenants|residents|families|neighbors)
        (oriental|exotic) (style|feel|garden|flair)
        """,
    ),
    Rule(
        Kind.RELIGION,
        _SOFT,
        "Write “near houses of worship” among other places, or leave it out.",
        """
        (near|nearby|close to|next to|walk to|walking distance to|steps from|steps to|steps away from|minutes from
            |minutes to|blocks from|across from|around the corner from|short walk to|convenient to) [the|a|an|your
            |local|several|many|great|area|nearby] [shopping|shops|schools|parks|stores|catholic|baptist|methodist
            |lutheran|christian] [,] [and|schools and|shops and] (church|churches|temple|temples|chapel|cathedral
            |ministry)
        (church|churches|temple|synagogue|mosque|parish) (nearby|close by|around the corner|down the street|within
            walking distance|across the street|next door)
        (faith|church|christmas|religious) (community|loving|friendly|centered|oriented|minded)
        (catholic|christian|jewish|hebrew|islamic|lutheran|parochial|religious) (school|schools|academy|preschool
            |daycare)
        kosher (kitchen|home|style)
        """,
    ),
    Rule(
        Kind.DISABILITY,
        _SOFT,
        "Give the distance (“0.4 miles to the park”) or the fact (“third-floor walk-up”).",
        """
        [easy|short|quick|within|a] walking distance [to|of|from]
        (easy|short|quick|leisurely|brisk|quiet|two minute|five minute|ten minute|# minute|## minute) (walk|stroll
            |walks)
        (within|in|a) [a] (walk|stroll) of
        (active|athletic|healthy|sporty) (people|lifestyle|lifestyles|residents|tenants|couple|buyers|person
            |individuals)
        (drug|substance|alcohol|smoke and drug) free (community|building|complex|housing|home|tenants|environment
            |property|zone)
        drug free
        no pets [at all] [,] no exceptions
        (absolutely|strictly) no (pets|animals) [of any kind]
        (handicap|handicapped|wheelchair bound|invalid|special needs) (people|person|tenants|friendly|buyers
            |residents)
        """,
    ),
    Rule(
        Kind.SEX,
        _SOFT,
        "Say “bonus room”, “dual closets”, “guest suite” or “primary bedroom”.",
        """
        (man cave|man caves|mancave|she shed|she sheds|mans retreat|ladies lounge)
        (his|hers|her) and (hers|her|his) [closets|closet|sinks|vanities|walk in closets|baths|garages]
        (mother in law|mother in laws|father in law|granny) (suite|suites|apartment|unit|quarters|cottage|flat|plan
            |setup|set up|house|wing)
        master (bedroom|bedrooms|suite|suites|bath|baths|bathroom|bathrooms|closet|closets|retreat|wing|br|bed|on main
            |down|downstairs|upstairs|bedroom suite)
        (gay|lgbt|lgbtq) friendly
        {ideal} [a|the|any] (handyman|lady of the house|housewife|ladies|men|women|gentleman|guys|girls)
        """,
    ),
    Rule(
        Kind.AGE,
        _SOFT,
        "Leave age and occupation out.",
        """
        (young|busy|working|urban|mature|single) (professional|professionals|executive|executives)
        (young|youthful) (adults|people|crowd|vibe|neighbors|residents|buyers|tenants|renters|person|at heart)
        {ideal} [a|the|any|young|graduate|college] (student|students|college students|professional|professionals
            |executive|executives|millennials|millennial|grad students|interns|traveling nurses|teachers|nurses
            |doctors)
        (millennials|millennial buyers|gen z buyers|boomers|baby boomers)
        professionals only
        (executive|professional) (type|types|tenants|community|neighborhood|only)
        """,
    ),
    Rule(
        Kind.INCOME,
        _SOFT,
        "Give the rent or price and the deposit, the same for everybody.",
        """
        (low income|section 8|welfare|subsidized|poor|wealthy|rich|high income) (area|areas|neighborhood|neighborhoods
            |people|tenants|families|residents|side of town|part of town|buyers|neighbors)
        (cash income|verifiable employment|w2 income|w 2 income) (only|required)
        """,
    ),
    Rule(
        Kind.STEERING,
        _SOFT,
        "Leave the judgment out: name the school, give the distance, link to public figures and let people judge.",
        """
        [very|super|extremely|really|such a|nice and|quiet and|quiet|a|of the] [safe|safer|safest|secure|crime free
            |low crime|friendly] [and|,] [quiet|friendly|clean|family friendly|secure|desirable|peaceful] [and] (safe
            |safer|safest|secure|crime free|low crime) [,|and] [quiet|friendly|clean|secure|family friendly|peaceful]
            (neighborhood|neighborhoods|neighbourhood|area|areas|community|communities|street|streets|block|town|city
            |place to live|part of town|suburb|subdivision|location|side of town|zip code|schools)
        (area|neighborhood|street|town|community|it|place|city|block) (is|feels|seems|was) [very|really|so|super|quite
            |extremely|pretty|also|perfectly|not|more|less] (safe|safer|unsafe|dangerous|rough|sketchy|low crime)
        (is|feels) [very|really|so|quite|pretty] safe (at night|for (kids|children|families|women)|to walk)
        safe (at night|for (kids|children|families|women)|streets)
        safest
        (low|lower|lowest|high|little|no|zero|minimal) (crime|crime rate|crime rates)
        crime (free|rate|rates|is low|is high)
        (good|bad|nice|better|best|great|rough|sketchy|shady|decent|questionable|dangerous|unsafe|undesirable
            |respectable|wonderful|wholesome|seedy) (neighborhood|neighborhoods|neighbourhood|area|areas|part of town
            |side of town|parts of town|element)
        (good|great|excellent|top|best|top rated|highly rated|top notch|bad|better|award winning|blue ribbon
            |outstanding|amazing|wonderful|fantastic|desirable|sought after|high performing|a rated|10 rated|superb
            |poor|failing|worst|terrible|top ranked|highly ranked|nice|quality) [public|elementary|local|neighborhood
            |area|middle|high|nearby|rated|city|suburban] (school|schools|school district|school districts|school
            system|school zone)
        (buyers|homeowners|couples|others|someone|sellers) [just] like (you|yourself)
        schools (are|is) [very|really|so] (good|great|excellent|bad|terrible|top|amazing|outstanding|the best)
        (quiet|nice|good|great|friendly|wonderful|respectful|decent|lovely|clean|bad|noisy|professional|educated|like
            minded) (neighbors|neighbours|people live|residents)
        (neighbors|neighbours) are [very|really|so|all] (quiet|nice|good|great|friendly|wonderful|respectful|decent
            |lovely)
        """,
    ),
)
