"""Questions about an area and its people, which everybody gets the same neutral answer to."""

from dataclasses import dataclass
from functools import cache

from leadlight.messages.rules.language.folding import fold
from leadlight.messages.rules.language.phrases import Finder
from leadlight.messages.rules.language.words import WORDS


@dataclass(frozen=True)
class Steering:
    """A question that no agent and no machine answers from opinion; `start` and `end` are places in the text."""

    #: safety, people or schools.
    topic: str
    start: int
    end: int
    #: As written.
    words: str
    #: What to answer, in the language of the question.
    answer: str


_AREA = (
    "neighborhood|neighbourhood|area|community|street|block|town|city|place|building|complex|part of town|zip code"
    "|side of town"
)
_ZONA = "zona|barrio|vecindario|area|colonia|calle|lugar|comunidad|edificio|ciudad"
_WORDS = {**WORDS, "area": _AREA, "zona": _ZONA}

#: Topic and language → the ways to ask.
_QUESTIONS: dict[tuple[str, str], str] = {
    ("safety", "en"): """
        (is|are|was) [it|this|that|the|there|these|those|they] [{area}] [{area}|areas|parts] [really|very|pretty|a|an
            |considered|generally|super|actually] (safe|unsafe|dangerous|sketchy|rough|ghetto|shady) !(to|deposit
            |room)
        is [it|this|that|the] [{area}] [a|an|in a|in an|really|really a|considered a|considered] (safe|unsafe
            |dangerous|sketchy|rough|shady|bad|high crime|low crime|good|nice|decent) ({area}|side of town)
        (is|are) [it|this|that|the|there|these] [{area}] [really|pretty] safe (at night|to walk|to live|for (kids
            |children|women|my (kids|family|daughter|wife))|to raise)
        how (safe|dangerous|bad|rough|sketchy)
        (safe|safer|safest|dangerous|rough|bad|sketchy) [of a] {area} [or not]
        [much|any|a lot of|lots of|what about|how about|how is|hows|whats|what is|what are] [the] crime [rate|rates
            |there|here|in|level|stats|statistics]
        (any|many|lots of) (shootings|break ins|burglaries|gangs|gang|drugs|robberies|homeless)
        (sex offenders|registered offenders|gang activity|homeless (people|camp))
        (feel|feels|be|felt) safe [there|here|living|walking]
        bad part of town
    """,
    ("people", "en"): """
        (what|which) [kind|kinds|type|types|sort|sorts] [of] (people|folks|families|neighbors|crowd|person|residents)
            [mostly|usually|normally] (live|lives|living|are|is|would|do)
        (who|whos|who all) (lives|live|living|else lives|my neighbors would be|are the neighbors|are the people)
            !(with you)
        (what|how) (are|is|about) [the] (neighbors|neighbours|people|residents|demographics|demographic|racial makeup
            |ethnic makeup|makeup|population|crowd) [like|there|here]
        (how diverse|diversity|demographics|demographic|ethnicity|racial makeup|ethnic makeup|religious makeup)
        (any|many|lots of|a lot of|mostly|mainly|all|more|other|enough|too many|no|some|full of|are there|are they
            |predominantly) ({origin}|{color}|{faith}|{love}|american|foreign|immigrant|spanish|elderly|retired|young
            |single|military|section 8) ({people}|kids|children|communities|community|neighborhood|area|neighborhoods
            |areas|renters|here|there|nearby|around|in the area|in this area)
        (any|many|lots of|a lot of|mostly|mainly|are there|too many|full of|all|more|other|enough) ({peoples}
            |{faithful}|{lovers}|chinese|muslims|families|renters|students|old people|retirees|young (people|families
            |couples|professionals)|kids|children) (here|there|nearby|around|in (the|this|that) {area}|on (the|this
            |that) (street|block)|live|living)
        (is|are) [it|this|that|the|they|there] [{area}] [a|an|in a|very|mostly|mainly|predominantly|all|considered a
            |more|pretty|really] ({origin}|{color}|{faith}|{love}|diverse|family friendly|kid friendly|family oriented
            |gay|exclusive|mixed|gentrified|gentrifying|up and coming) [{area}|area|friendly|people|there|here]
        (good|right|nice|great|best|better) {area} for (families|kids|{origin} {people}|{faith} {people}|us|people
            like us|someone like me|young (professionals|families|people)|singles|a family)
        would (we|i|my family|they) (fit|fit in|blend in|be welcome|be comfortable|feel welcome)
        people like (me|us)
        where do [the|all|most] ({origin}|{color}|{faith}|{love}|young|rich) ({people}) live
        (where|which {area}|what {area}) [is|are|has|have] [the|most|more|a lot of|any] ({origin}|{faith}|{love}
            |{peoples}|{faithful})
    """,
    ("schools", "en"): """
        (good|great|best|better|decent|bad|top|rated|top rated|highly rated|excellent|nice) [public|elementary|middle
            |high|private|local|nearby] (school|schools|school district|school districts|school zone)
        (how|hows|what|whats) [are|is|about] [the|like the|about the] [local|public|elementary|high|middle|nearby]
            (schools|school|school district|school districts|school system) [like|there|here|rated|rating|ratings
            |quality]
        (are|is) [the] [local|public|elementary|high|middle|nearby] (schools|school|school district) [there|here
            |around there|really|very|any] (good|great|bad|decent|ok|okay|highly rated|rated|any good|safe)
        school (ratings|rating|quality|rankings|scores|score)
        (which|what) (school|schools) (is|are) [the] (best|better|good)
    """,
    ("safety", "es"): """
        (es|esta|son|sera) [muy|un|una|la|el|esa|ese|esta|este] [{zona}] [muy] (seguro|segura|seguros|peligroso
            |peligrosa|inseguro|insegura|tranquilo y seguro|buena zona|mal barrio|buen barrio|zona segura) !(de)
        (que tan|cuan) (seguro|segura|peligroso|peligrosa)
        (hay|mucha|mucho) [mucha|mucho] (crimen|criminalidad|delincuencia|robos|pandillas|violencia)
        {zona} (es|son) [muy] (seguro|segura|peligroso|peligrosa)
    """,
    ("people", "es"): """
        (que|cual) (tipo|clase) de (gente|personas|familias|vecinos) [viven|vive|hay]
        (quien|quienes) (vive|viven) [ahi|alli|en]
        como (son|es) (los vecinos|la gente)
        hay [muchos|muchas|mucha|mas|otros|otras] ({origenes}|{fieles}|familias|ninos|gente {origen}|familias {origen}
            |jovenes|gente como nosotros)
        (gente|personas|familias) como (nosotros|yo)
    """,
    ("schools", "es"): """
        (buenas|buena|mejores|malas) (escuelas|escuela|colegios)
        (que tal|como) (son|estan) [las] (escuelas|colegios)
        (las escuelas|los colegios) (son|estan) (buenas|buenos|malas)
    """,
}

#: What is answered, the same to everybody.
ANSWERS: dict[tuple[str, str], str] = {
    ("safety", "en"): (
        "That is something I am not able to judge for you, and everybody gets the same answer from me. Police"
        " departments publish figures and maps by address; please look at those, and visit at different times of"
        " day. Tell me what the home itself needs to have, and I will send you every one that matches."
    ),
    ("people", "en"): (
        "I cannot describe the people of an area, and everybody gets the same answer from me. The Census Bureau"
        " publishes figures for every place; please look there, and visit to see for yourself. Tell me about"
        " rooms, price and distances that matter to you, and I will send you every home that matches."
    ),
    ("schools", "en"): (
        "I cannot rate schools, and everybody gets the same answer from me. The state's department of education"
        " and the districts publish figures and maps of attendance zones; please confirm an address with the"
        " district. Tell me which schools or districts you want by name, and I will search by them."
    ),
    ("safety", "es"): (
        "No me corresponde juzgarlo, y a todos respondo lo mismo. La policía publica cifras y mapas por"
        " dirección; por favor consúltelos y visite a distintas horas. Dígame qué debe tener la casa y le envío"
        " todas las que coincidan."
    ),
    ("people", "es"): (
        "No puedo describir a las personas de una zona, y a todos respondo lo mismo. La Oficina del Censo publica"
        " cifras de cada lugar; por favor consúltelas y visite usted mismo. Dígame qué habitaciones, precio y"
        " distancias busca y le envío todas las casas que coincidan."
    ),
    ("schools", "es"): (
        "No puedo calificar escuelas, y a todos respondo lo mismo. El departamento de educación del estado y los"
        " distritos publican cifras y mapas; por favor confirme la dirección con el distrito. Dígame qué escuelas"
        " o distritos busca por su nombre y busco por ellos."
    ),
}

#: What asks for nothing of the kind.
_HARMLESS = """
    safe to (say|assume|use|send|sign|share|proceed|call|text|reply|remove|drink|plug|install|wire|open|buy|close|move
        in)
    (good|great|nice|best|better|bad) (area|place) (to|rug|rugs) [meet|start|begin|park]
    school (bus|supplies|year|taxes|tax)
    (who lives) with you
    area codes
"""
_TOPICS = tuple(_QUESTIONS)


@cache
def _finder() -> Finder:
    return Finder(list(_QUESTIONS.values()), _WORDS, allowed=_HARMLESS)


def steering_question(text: str) -> Steering | None:
    """
    Return the first thing a lead asks, in English or Spanish, that must get the neutral answer; None without one.

    Whether an area is safe, who lives there and whether its schools are good are judgments that lead people to some
    homes and away from others (42 USC 3604(a), 24 CFR 100.70(c)): nobody gets an opinion, and no machine is let to
    write one. When in doubt it is a question.
    """
    readings = fold(text)
    asked = min(_finder().find(readings), key=lambda one: (one.start, -one.end, one.rule), default=None)
    if asked is None:
        return None
    topic = _TOPICS[asked.rule]
    start, end = readings[0].span(asked.start, asked.end)
    return Steering(topic[0], start, end, text[start:end], ANSWERS[topic])
