"""
What passes although words of a rule stand in it: names of places and people, and terms of the trade.

A finding that shares a word with one of these is none.
"""

#: In the notation of `phrases`.
ALLOWED = """
    (church|temple|chapel|parish|mosque|synagogue|cathedral|mission|abbey) [st|street|hill|hills|creek|view|park|oak
        |lake] (street|st|ave|avenue|road|rd|dr|drive|lane|ln|court|ct|way|blvd|boulevard|pl|place|ter|terrace|circle
        |cir|hill|hills|creek|square|university|city|cove|ridge|heights|point|landing|row|hwy|highway|trail|plaza
        |station|crossing|bend|mills|mound|rock|run|garden|gardens|museum|theater|island|isle|bay|harbor)
    (christian|jewish|catholic) (street|st|ave|avenue|road|rd|drive|dr|lane|ln|blvd|museum|hospital)
    temple [,] (tx|texas|pa|ga|nh)
    (parish) (line|lines|seat|office|offices|courthouse|council|taxes|tax|school board|road|government|clerk|assessor)
    ({faith}|{origin}|{color}) community (center|centre|centers|church|school|schools|college|hall|garden|gardens
        |foundation|association|hospital|credit union|bank)
    (hi|hello|hey|hola|thanks|thank you|good morning|good afternoon|good evening) christian ({home}|area|homes)
    area (rug|rugs|code|codes)
    owners [en suite|private] (suite|suites|bath|baths|bathroom|bedroom|closet|retreat|manual|association|title|policy
        |unit)
    (sellers|buyers|landlords|tenants) (disclosure|disclosures|agent|agents|credit|market|rights|association)
    (single|multi|two|three|four|1|2|3|4) family
    family (room|rooms|den|bath|bathroom|kitchen|gathering|gatherings|dinner|dinners|meals|time|game|games|movie
        |reunions|reunion|room addition|compound|owned|business|law|trust|practice|doctor|medicine|dollar|holiday
        |holidays|photos|members)
    (kids|childrens|children s) (room|rooms|bedroom|bedrooms|playroom|play|bath|museum|hospital|clothing|menu|club)
    (50|55|62) (+|plus) (acre|acres|home|homes|photos|pictures|units|lots|years|feet|ft|sq|square|minutes|miles
        |properties|listings|homesites|reviews|sales|closings|clients|families|agents|stores|shops|parks|trails
        |restaurants|amenities)
    deed restricted
    traditional neighborhood (development|design)
    up and coming (listing|listings|events|open houses|showings|weekend|homes)
    exclusive (right|listing|agency|buyer)
    drug free workplace
    (high school|college) (seniors|senior)
    (chinese|asbestos) drywall
    barrio chino
    safe to (say|assume|use|send|sign|share|proceed|call|text|reply)
    good area to (start|begin)
    best of [both|all] worlds
"""
