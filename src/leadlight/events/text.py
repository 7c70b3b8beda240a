"""How much a message of a lead tells: a pure rule over its words. Knows no storage and never who wrote it."""

import re
from functools import lru_cache

#: Facts of who people are. They are struck out before anything is read: they can neither help nor hurt.
_WHO = re.compile(
    r"\b(?:famil(?:y|ies|ia|ias)|kids?|child|children|sons?|daughters?|bab(?:y|ies)|pregnan\w*|embaraz\w*"
    r"|hij[oa]s?|niñ[oa]s?|beb[eé]s?|husband|wife|spouse|married|divorced|single|widow\w*|espos[oa]|marido"
    r"|casad[oa]s?|divorciad[oa]s?|solter[oa]s?|viud[oa]s?|christian|catholic|jewish|muslim|hindu|cristian[oa]s?"
    r"|cat[oó]lic[oa]s?|jud[ií][oa]s?|musulm[aá]n\w*|disabled|disability|wheelchair|discapacidad|discapacitad[oa]s?"
    r"|hispanic|latin[oa]s?|asian|black|white|african|mexican[oa]?s?|retired|jubilad[oa]s?|elderly|immigrants?"
    r"|inmigrantes?|vouchers?)\b",
    re.IGNORECASE,
)

# Words that are also names (Sun, Domingo, Cash, Loan, Calle) count only in a phrase that no name stands in.
_DAYS = (
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    r"|lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|(?:el|este|los)\s+domingos?"
)
_MONTHS = (
    r"january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul"
    r"|aug|sept?|oct|nov|dec|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
)

_TIME = re.compile(
    rf"\b(?:{_DAYS}|today|tonight|tomorrow|weekend|asap|hoy|ma[ñn]ana|fin\s+de\s+semana"
    r"|(?:this|next)\s+(?:week|month|year|morning|afternoon|evening|spring|summer|fall|winter)"
    r"|(?:esta|la\s+pr[oó]xima|este|el\s+pr[oó]ximo)\s+(?:semana|mes|tarde|a[ñn]o)"
    r"|(?:in|within|en|dentro\s+de)\s+(?:\d+|a|one|two|three|un|una|dos|tres)\s+"
    r"(?:hours?|days?|weeks?|months?|horas?|d[ií]as?|semanas?|mes(?:es)?)"
    rf"|(?:{_MONTHS})\s+\d{{1,2}}|\d{{1,2}}\s+de\s+(?:{_MONTHS})|\d{{1,2}}/\d{{1,2}}"
    r"|\d{1,2}\s*(?:am|pm|a\.m|p\.m|o'clock)|\d{1,2}:\d{2}|a\s+las\s+\d{1,2}|at\s+\d{1,2}|noon|mediod[ií]a)\b",
    re.IGNORECASE,
)

_HOME = re.compile(
    r"\b\d{1,6}\s+(?:[\w.'-]+\s+){1,4}?"
    r"(?:st|street|ave|avenue|rd|road|dr|drive|ln|lane|blvd|boulevard|ct|court|way|pl|place|ter|terrace|cir|circle"
    r"|hwy|pkwy|trl|trail|loop)\b"
    r"|\b(?:la|en)\s+(?:calle|avenida|camino|paseo)\s+\w+|\b(?:calle|avenida|camino|paseo)\s+\d+"
    r"|\b(?:mls|listing|anuncio)\b|#\s?\d{3,}|https?://\S+"
    r"|\$\s?\d|\b\d{1,3}(?:,\d{3})+\b|\b\d{2,4}\s?(?:k|mil)\b|\b\d(?:\.\d+)?\s?(?:million|millones|mill[oó]n|m)\b",
    re.IGNORECASE,
)

_FINANCING = re.compile(
    r"\b(?:pre-?\s?approv\w*|pre-?\s?qualif\w*|mortgage|(?:a|the|my|our|home|va)\s+loan|loans|lender|down\s?payment|financ\w*|fha"
    r"|(?:in|all|pay|paying)\s+cash|cash\s+(?:buyers?|offer)"
    r"|interest\s+rates?|closing\s+costs?|budget|hipoteca\w*|pr[eé]stamo|banco|enganche|pago\s+inicial|pre-?aprobad\w*"
    r"|efectivo|al\s+contado|presupuesto|tasas?\s+de\s+inter[eé]s)\b",
    re.IGNORECASE,
)

_QUESTION = re.compile(
    r"[?¿]|\b(?:can|could|may|would|will)\s+(?:i|we|you)\b|\b(?:is|are)\s+(?:it|this|that|there|they)\b"
    r"|\b(?:when|where|what|which|how)\s+(?:is|are|do|does|can|could|would|much|many|long|soon)\b"
    r"|\b(?:puedo|podemos|puede|podr[ií]a\w*|cu[aá]nto|cu[aá]ndo|d[oó]nde|est[aá]\s+disponible)\b",
    re.IGNORECASE,
)

#: What each thing a message can tell is worth; together with the length they make 1.
_TELLS = ((_QUESTION, 0.15), (_TIME, 0.2), (_HOME, 0.2), (_FINANCING, 0.2))
_LENGTH_WEIGHT = 0.25
_ENOUGH_WORDS = 40
#: Longer texts are pasted documents; reading on would cost time and tell no more.
_READ_CHARACTERS = 20_000

_WORD = re.compile(r"\w+")


# Forms and portals send the same sentence for thousands of people.
@lru_cache(maxsize=4_096)
def message_quality(text: str) -> float:
    """
    Return how much a message tells, 0 to 1, in English or Spanish.

    A quarter is its length (up to 40 words); the rest is whether it asks something, names a day or time, an
    address, listing or price, and speaks of financing. Saying more never lowers it. Empty text is 0. Names
    are not looked at, and words for who people are (family, origin, faith, disability) are struck out unread.
    """
    read = _WHO.sub(" ", " ".join(text[:_READ_CHARACTERS].split()))
    n_words = sum(1 for _ in _WORD.finditer(read))
    quality = _LENGTH_WEIGHT * min(n_words / _ENOUGH_WORDS, 1.0)
    quality += sum(worth for tell, worth in _TELLS if tell.search(read))
    return round(min(quality, 1.0), 6)
