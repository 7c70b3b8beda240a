"""The words in messages: what people ask and answer, from one word to a full plan, and what the desk writes."""

from leadlight.simulator.activities import Text

#: `{street}`, `{city}`, `{price}` are the home's, or what the person looks for; `{name}`, `{agent}` the two people.
ENGLISH: dict[Text, tuple[str, ...]] = {
    Text.INQUIRY_POOR: (
        "I am interested in {street}.",
        "I would like more information about {street}, {city}.",
        "info",
        "price?",
        "is this available",
        "Is this still available?",
        "more pics",
        "hi",
    ),
    Text.INQUIRY_FAIR: (
        "Is {street} still for sale? What are the taxes and the HOA?",
        "Could you send me more about homes around {price} in {city}?",
        "Hi, what is the monthly payment on a home like this with 10% down?",
        "Do you know why {street} has been on the market this long?",
        "We are looking in {city}, 3 beds. What do you have?",
    ),
    Text.INQUIRY_GOOD: (
        "Hi, we are pre-approved up to {price} and our lease ends in two months. Is {street} still open to offers,"
        " and when could we see it? Evenings after 6 work for us.",
        "We sold our house and need to be in {city} by the end of next month. Budget {price}, 3+ beds, a garage."
        " Could you call me tomorrow morning?",
        "I start a new job in {city} in six weeks and want to buy there. I have a letter from my lender for {price}."
        " Which homes should I see this weekend?",
        "I drove by {street} twice. Is the roof original, are there any offers yet, and would the seller look at"
        " one close to {price} with a quick closing?",
    ),
    Text.SHOWING: (
        "I would like to schedule a showing of {street}.",
        "Tour request for {street}, {city}: Saturday 11:00 AM",
        "Can we see {street} this week? We are free after 5.",
        "Requested a tour: {street}, first available time.",
    ),
    Text.SELLER_POOR: ("What's my home worth?", "value of my house", "Home valuation request"),
    Text.SELLER_GOOD: (
        "We want to list our home in {city} this season and would like to know what it would bring. Three beds, new"
        " roof in 2021, about {price} by our own guess. When could you come by?",
        "I have bought elsewhere and need to sell my house in {city} within three months. What would you list it at?",
    ),
    Text.AGENT_TEXT: (
        "Hi {name}, it's {agent}. I saw you were looking at homes in {city}. Is now a good time to talk?",
        "Hi {name}, {agent} here. Two new homes in {city} came up today near {price}. Want the links?",
        "{name}, are you still thinking about a move this year? No rush. {agent}",
    ),
    Text.REPLY_SHORT: ("ok", "yes", "who is this", "maybe later", "k thx", "not sure yet"),
    Text.REPLY_FAIR: (
        "Yes, still looking. Can you send some?",
        "We like {city} but prices are high. What is there under {price}?",
        "Call me next week please.",
        "Is the one on {street} gone?",
    ),
    Text.REPLY_GOOD: (
        "Yes. We talked to the bank and can go to {price}. Thursday after 5 or Saturday morning works to see a few.",
        "We'd like to see {street} and anything similar in {city} this weekend. What time is good for you?",
        "Our lease ends on the 31st, so we need to decide soon. Can you call me at noon?",
    ),
    Text.NO_THANKS: (
        "no thanks",
        "Not interested anymore.",
        "We already bought.",
        "please remove me",
        "wrong person",
    ),
    Text.STOP: ("STOP", "Stop", "stop texting me", "Unsubscribe"),
    Text.PLAN_MAIL: (
        "Thank you for reaching out",
        "New homes in {city}",
        "What homes sold for in {city} last month",
        "Five questions to ask before you tour",
        "{city} market update",
    ),
    Text.AGENT_MAIL: ("Homes near {price} in {city}", "Following up, {name}", "Quick question about your move"),
    Text.NOTE_FINANCE: (
        "Pre-approved to {price}. Wants to see homes this week.",
        "Spoke at length. Lender letter in hand, lease ends soon. {city} only.",
        "Cash buyer, ready when the right one comes. Looking around {price}.",
        "Has to sell first; wants a number for the house. Timeline 60 days.",
    ),
    Text.NOTE_NEED: (
        "Looking in {city}, around {price}. Timeline 3-6 months.",
        "Wants 3 beds and a yard. Has not talked to a lender yet.",
        "Nice talk. Send listings, follow up in two weeks.",
    ),
    Text.NOTE_COLD: ("Just looking.", "Not ready, maybe next year.", "No budget yet.", "Short call, busy."),
    Text.NOTE_REFERRED: ("Referred by a past client.", "Came through the office.", "Asked for us by name."),
    Text.CALL_SUMMARY: ("",),
    Text.SEARCH: ("{city}, up to {price}", "{city}, 3+ beds, up to {price}", "{city}, single family, up to {price}"),
}
SPANISH: dict[Text, tuple[str, ...]] = {
    Text.INQUIRY_POOR: ("¿Sigue disponible?", "información por favor", "Me interesa {street}."),
    Text.INQUIRY_FAIR: ("¿Qué casas tiene en {city} por menos de {price}?", "¿Cuánto es el enganche para {street}?"),
    Text.INQUIRY_GOOD: (
        "Buenas tardes, tenemos la carta del banco hasta {price} y el contrato de renta termina en dos meses."
        " ¿Podemos ver {street} este sábado?",
    ),
    Text.REPLY_SHORT: ("sí", "ok gracias", "luego"),
    Text.REPLY_FAIR: ("Sí, todavía buscamos. ¿Me manda opciones?",),
    Text.REPLY_GOOD: ("Sí, podemos ver las casas el sábado en la mañana. Ya hablamos con el banco: {price}.",),
    Text.NO_THANKS: ("No, gracias.", "Ya compramos."),
    Text.STOP: ("STOP", "ALTO"),
    Text.SHOWING: ("Quisiera ver {street} esta semana.",),
}
PAGES = ("Our agents", "Buyer guide", "Seller guide", "Neighborhoods", "Blog: closing costs", "Contact us", "About")
CALCULATORS = ("Mortgage calculator", "Affordability calculator")
LINKS = ("listing", "market report", "book a call")
