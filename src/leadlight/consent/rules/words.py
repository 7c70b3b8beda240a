"""
What a reply means for whether we may go on: stop, start, help, not now, wrong number, or none of these.

A request to stop counts in whatever reasonable words it comes (47 CFR 64.1200(a)(10)), and one that is missed costs
$500 to $1,500 (47 USC 227), so a doubt is decided for stopping; what anybody else makes of a reply, a language model
among them, may only add to what is found here. English and Spanish, and a little French. What somebody quotes of our
own messages is not theirs.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from leadlight.consent.rules.vocabulary import PHONE_CHANNELS, Channel


class Meaning(StrEnum):
    """What a reply means."""

    OPT_OUT = "OPT_OUT"
    OPT_IN = "OPT_IN"
    HELP = "HELP"
    #: Nothing by machine until somebody of the team has looked; `Reply.reason` says why.
    PAUSE = "PAUSE"
    WRONG_NUMBER = "WRONG_NUMBER"
    NOTHING = "NOTHING"


class PauseReason(StrEnum):
    """Why somebody of the team should look first."""

    LEGAL = "speaks of lawyers or the law"
    ANGRY = "is angry"
    NOT_INTERESTED = "is not interested"
    HAS_BOUGHT = "has bought, sold or found already"
    HAS_AGENT = "works with an agent"
    TIME = "asks for another time"
    CANCEL = "wrote only “cancel”, and may mean an appointment"


@dataclass(frozen=True)
class Reply:
    """What a reply means."""

    meaning: Meaning
    #: Why somebody should look at it, beside or instead of stopping.
    reason: PauseReason | None = None
    #: What an opt-out closes; empty unless it is one.
    closes: frozenset[Channel] = frozenset()
    #: The channel that they ask to be contacted by instead of the one that they close.
    prefers: Channel | None = None
    #: Whether whoever answers says that they are not whom we mean; an opt-out may be that too.
    is_wrong_number: bool = False


_EVERYTHING = frozenset(Channel)
#: Of a text so many characters are read.
MOST = 20_000

#: Small letters of other alphabets that look like Latin ones: Cyrillic, Greek, and a few more signs.
_ALIKE = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0455\u0456\u0458\u0442"
    "\u043c\u043d\u043a\u044c\u0433\u0475\u0501\u051b\u051d\u04bb\u04cf"
    "\u03bf\u03c1\u03b1\u03b5\u03c4\u03b9\u03ba\u03c5\u03bd\u03c2\u03c3\u03c7"
    "\u0131\u00f8\u0142\u01110$@",
    "aeopcxysijtmhkbrvdqwhlopaetikuvssxioldosa",
)
#: Letters to Unicode, and to the eye nothing.
_FILLERS = frozenset("\u115f\u1160")
_REACTION = re.compile(
    r"^\s*(?:liked|loved|disliked|laughed at|emphasized|questioned|reacted .{1,12} to|"
    r"le gustó|le encantó|no le gustó|le dio risa)\s+[“\"«\u2018']",
    re.I,
)
_QUOTE_BEGINS = re.compile(
    r"^\s*(?:>|\|\s|-{2,}\s*(?:original|forwarded|mensaje)|_{8,}\s*$|on\b.{4,200}\bwrote:|el\b.{4,200}\bescribió:|"
    r"(?:from|de|sent|enviado):\s.*|sent from my\b.*|get outlook for\b.*|enviado desde mi\b.*)",
    re.I,
)
#: How our own texts say how to stop.
_OUR_WORDS = re.compile(
    r"\b(?:reply|text|txt|send|responda|responde|envie)\s+(?:with\s+)?[\"“'\u2018]?(?:stop|alto|baja|"
    r"unsubscribe)\b[^.!?\n]*",
    re.I,
)
_SENTENCE_ENDS = re.compile(r"[.!?;\n…¡¿]+")
#: "Wrong number, stop".
_CLAUSE_ENDS = re.compile(r"[,:]+|[.!?;\n…¡¿]+")
_SPELLED = re.compile(r"\b(?:[a-z] ){3,}[a-z]\b")


def _own_words(text: str) -> str:
    """Return what somebody wrote themselves, without what they quote below or at the end of it."""
    kept: list[str] = []
    for line in text[:MOST].splitlines():
        if _QUOTE_BEGINS.match(line):
            break
        kept.append(line)
    return "\n".join(kept)


def _folded(text: str) -> str:
    """Return small Latin letters without accents, whatever widths, alphabets and invisible marks were typed."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text)).casefold()
    seen = "".join(c for c in plain if unicodedata.category(c) not in {"Mn", "Cf", "Me"} and c not in _FILLERS)
    return seen.translate(_ALIKE)


def _bare(sentence: str) -> str:
    """Return the words alone: no punctuation, no emoji, single spaces, contractions in one word."""
    words = re.sub(r"[’'`\u00b4\u02bc]", "", sentence)
    words = " ".join(re.sub(r"[^a-z0-9]+", " ", words).split())
    return _SPELLED.sub(lambda found: found.group().replace(" ", ""), words)


_OPT_OUT_WORDS = frozenset(
    {"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out", "remove",
     "arret"}
)  # fmt: skip
#: "stopp", "stop stop", "sto p".
_STOPS = re.compile(r"(?:sto+p+)+")
_SPANISH_WORDS = frozenset({"alto", "parar", "pare", "baja", "cancelar", "detener", "basta", "para"})
_OPT_IN_WORDS = frozenset({"start", "unstop"})
_YES_WORDS = frozenset({"yes", "y", "yeah", "yep", "si", "sure", "ok", "okay"})
_HELP_WORDS = frozenset({"help", "info", "ayuda"})

_BEFORE = r"^(?:(?:please|pls|plz|plse|ok|okay|hi|hello|hey|just|por favor)\s+)*"
_AFTER = (
    r"(?:\s+(?:please|pls|plz|thanks|thank you|thx|now|already|immediately|asap|it|this|all|everything|"
    r"por favor|gracias|ya))*$"
)
_POLITE = re.compile(_BEFORE + r"(.*?)" + _AFTER)

#: What one does to somebody by a message, in any form of the verb.
_CONTACTING = (
    r"(?:text|txt|messag|msg|sms|call|phon|ring|contact|e ?mail|spam|bother|harass|writ|send|reach|solicit|bug|"
    r"blow|pester|hit)"
)
_FREE_OPT_OUT = tuple(
    re.compile(pattern)
    for pattern in (
        # "stop texting me", "quit with the calls", but not "I can't stop calling", "I'll stop texting now".
        rf"(?<!\bcant )(?<!\bcannot )(?<!\bcouldnt )(?<!\bdont )(?<!\bdidnt )(?<!\bill )(?<!\bi will )"
        rf"\b(?:stop|quit|cease|end|halt)\s+(?:(?:with|all|the|these|those|this|your|any|sending|further|"
        rf"from)\s+)*{_CONTACTING}",
        rf"\b(?:do not|dont)\s+(?:(?:ever|please|you|u)\s+)*{_CONTACTING}\w*"
        r"(?!.{0,24}\b(?:before|after|until|till|between|during|at|on (?:weekends|mon|tue|wed|thu|fri|sat|sun))\b)"
        r"(?!.{0,24}\bon (?:mon|tues|wednes|thurs|fri|satur|sun)days?\b)"
        r"(?! (?:him|her|them|the (?:seller|owner|lender|agent|listing|link)|my (?:wife|husband|agent|lender))\b)",
        # "Never call me", but not "you never called me back".
        r"(?<!\byou )(?<!\bu )(?<!\bi )(?<!\bwe )(?<!\bthey )(?<!\bhe )(?<!\bshe )\bnever (?:ever )?"
        r"(?:text|txt|message|msg|sms|call|phone|ring|contact|e ?mail|write|send|reach|bother)\b",
        rf"\bno (?:more|further)\s+(?:(?:of|these|your)\s+)*{_CONTACTING}",
        r"\bstop (?:it )?(?:please|pls|now)\b",
        r"\b(?:remove|delete|erase) (?:me|us|my (?:number|name|info|information|phone|cell|email|contact|data))\b",
        r"\bforget my (?:number|phone|e ?mail|contact|info)",
        r"\btake (?:me|us|my (?:number|name|info|phone|e ?mail)) off\b(?! the (?:hook|market)\b)",
        r"\bget me off\b|\boff (?:of )?(?:your|this|the) (?:\w+ )?list\b",
        r"\bunsub\w*|\bopt(?:ing)? (?:me )?out\b|\boptout\b|\b(?:revoke|withdraw) (?:my )?(?:consent|permission)\b",
        r"\bleave (?:me|us) (?:the \w+ )?alone\b|\blose (?:my|this) number\b|\bblock(?:ing)? (?:you|this number)\b",
        r"\bi (?:do not|dont) (?:want|wish) (?:to (?:receive|get|be contacted|hear)|(?:any|"
        r"your) (?:more )?(?:text|messag|call|email))",
        r"\bno mas (?:mensaj|llamad|texto|correo|sms|emails?)",
        r"\bno (?:me|nos) (?:vuelva[ns]? a )?(?:escrib|llam|mand|envi|contact|molest|text|marqu|habl)\w*",
        r"\b(?:para|pare|paren|deja|deje|dejen|dejar|basta) (?:ya )?de (?:escrib|llam|mand|envi|contact|"
        r"molest|text)\w*",
        r"\b(?:quit|borr|elimin|saqu|sac)\w* (?:mi|de (?:la|su|tu)|me de (?:la|su|tu)) (?:lista|numero)",
        r"\b(?:quite|quita|borre|borra|elimine|elimina|saque|saca)(?:me|n)?me? de\b",
        r"\b(?:dar|de|dame|deme|denme)(?:me)? de baja\b|\bdarme de baja\b",
        r"\bno quiero (?:mas |recibir|sus |tus )|\bdeje(?:n)?me en paz\b|\bdejame en paz\b",
        r"\barretez?\b.{0,20}\b(?:messages?|appel|ecri|contact|textos?)",
    )
)
#: A sentence that begins so, but for "stop by", "stop sign" and other ways of passing.
_LEADING_STOP = re.compile(
    _BEFORE
    + r"stop+\b(?!\s+(?:by|in|at|over|off|on|and|for|sign|signs|light|near|there|here|along|around|past|up|through|"
    r"into|the press(?:es)?)\b)"
)
#: Of all contact, not of one channel.
_OF_ALL = re.compile(
    r"\b(?:stop|quit|cease|end|halt|dont|do not|never|no)\b(?: \w+){0,3} contact|"
    r"\b(?:leave (?:me|us)|remove me|delete me|take me off|off (?:of )?(?:your|this|the)|"
    r"lose (?:my|this) number|"
    r"unsubscribe (?:me )?from (?:all|everything)|en paz|de (?:la|su|tu) lista)"
)
#: Which channel a sentence names.
_NAMED = {
    Channel.SMS: re.compile(r"\b(?:text|txt|sms|messag|msg|mensaj)"),
    Channel.CALL: re.compile(r"\b(?:call|phon|ring|llam)"),
    Channel.EMAIL: re.compile(r"\b(?:e ?mail|unsub|corre|newsletter)"),
}
_CALLS_ONLY = re.compile(r"\b(?:stop|quit|dont|do not|no more|never|no me)\b.{0,12}\b(?:call|phon|llam)\w*")
_TEXTS_ONLY = re.compile(
    r"\b(?:stop|quit|dont|do not|no more|never|no me)\b.{0,12}\b(?:text|txt|messag|msg|mensaj)\w*"
)
_WISH = r"(?: me)?(?: instead| only| is (?:fine|ok|okay|better|best|good)| works| preferred| please)"
_TEXT_ME = re.compile(
    rf"\b(?:just |only |please |instead )(?:text|txt|message)(?: me)?\b|\b(?:text|texts|txt|message|"
    rf"messages){_WISH}\b"
)
_CALL_ME = re.compile(rf"\b(?:just |only |please |instead )call(?: me)?\b|\b(?:call|calls){_WISH}\b")

_WRONG_NUMBER = re.compile(
    r"\bwrong (?:number|num|person|phone|guy|lady|contact|cell|e ?mail)\b|"
    r"\b(?:not|isnt) (?:my|the right|his|her) (?:number|phone|e ?mail)\b|\b(?:have|got|reached) the wrong\b|"
    r"\b(?:nobody|no one|noone|no) (?:\w+ )?(?:here )?(?:by|with) that name\b|\bnot (?:the right person|"
    r"the person)\b|"
    r"\b(?:numero|telefono|persona) (?:equivocad|incorrect)[oa]\b|\b(?:se|te) equivoc\w* de (?:numero|persona)\b|"
    r"\bno soy (?:esa persona|el|ella)$|\bnew (?:owner of|phone).{0,12} number\b"
)
_PAUSES: tuple[tuple[PauseReason, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern))
    for reason, pattern in (
        (
            PauseReason.LEGAL,
            r"\battorneys?\b|\blawyers?\b|\btcpa\b|\blawsuit|\blegal action|\bcease and desist|\bharass|"
            r"\b(?:will|going to|gonna|ill) (?:sue|report)\b|\bfcc\b|\bftc\b|\bdo not call (?:list|registry)|"
            r"\babogado|"
            r"\bdemandar\w*|\bacoso",
        ),
        (
            PauseReason.ANGRY,
            r"\bf off\b|\bfuck\w*|\bpiss off\b|\bscrew you\b|\bgo away\b|\bgo to hell\b|\bscam\w*|"
            r"\bvete al?\b|\bchinga\w*",
        ),
        (
            PauseReason.HAS_AGENT,
            r"\b(?:have|got|using|hired|with|has) (?:an?|my|our|another|already an?) (?:\w+ )?(?:agent|realtor|"
            r"broker)\b|\bworking with (?:someone|somebody) else\b|"
            r"\b(?:have|got|already have) (?:agent|realtor)\b|\b(?:tengo|tenemos) (?:un |una )?(?:agente|corredor)",
        ),
        (
            PauseReason.HAS_BOUGHT,
            r"\balready (?:bought|purchased|closed|sold|found|moved|rented|signed|under contract|in contract|own)|"
            r"\b(?:we|i) (?:just |already |have )?(?:bought|purchased|sold|closed on|found) (?:a|an|our|my|one|"
            r"the)\b|"
            r"\bya (?:compr|vend|encontr|rent)",
        ),
        (
            PauseReason.NOT_INTERESTED,
            r"\b(?:not|no longer|not really|not at all|never|never been|isnt|arent|aint) interested\b|"
            r"\bno interest\b|"
            r"\b(?:no longer|not|arent|stopped) (?:looking|searching|in the market|buying|selling)\b|"
            r"\bno thank(?:s| you)\b|\bno (?:me |nos )?(?:interesa|estoy interesad)",
        ),
        (
            PauseReason.TIME,
            rf"\b(?:do not|dont)\s+{_CONTACTING}\w*|\b(?:not now|not right now|not a good time|call me later|"
            r"(?:maybe|not until|until|me|back) next (?:year|month|spring|summer|fall)|"
            r"in a few (?:weeks|months))\b|\bahora no\b|\bmas tarde\b",
        ),
    )
)  # fmt: skip


def meaning_of(text: str, *, channel: Channel | None = Channel.SMS, asked_to_opt_in: bool = False) -> Reply:
    """
    Return what a reply that came by `channel` means; None is a form on a page.

    `asked_to_opt_in` says that our last message asked whether they want to hear from us: only then does a yes opt in.
    An empty text means nothing.
    """
    if _REACTION.match(text):
        return Reply(Meaning.NOTHING)
    own = _own_words(text)
    whole = _bare(_folded(own))
    if not whole:
        # The sign alone.
        return _opt_out(["stop"], "stop", channel) if "🛑" in own else Reply(Meaning.NOTHING)
    sentences = [bare for part in _SENTENCE_ENDS.split(_OUR_WORDS.sub(" ", _folded(own))) if (bare := _bare(part))]
    out = [sentence for sentence in sentences if _is_word_of_opting_out(sentence) or _says_stop(sentence)]
    out += [
        clause for clause in map(_bare, _CLAUSE_ENDS.split(_OUR_WORDS.sub(" ", _folded(own)))) if _is_stop(clause)
    ]
    if _is_word_of_opting_out(whole):
        out.append(whole)
    is_wrong = any(_WRONG_NUMBER.search(sentence) for sentence in sentences)
    reason = next((reason for reason, pattern in _PAUSES if any(map(pattern.search, sentences))), None)
    if out:
        # "Don't contact me" names no other time.
        reason = None if reason is PauseReason.TIME else reason
        return _opt_out(out, whole, channel, reason=reason, is_wrong_number=is_wrong)
    if is_wrong:
        return Reply(Meaning.WRONG_NUMBER, is_wrong_number=True)
    if _word(whole) in _OPT_IN_WORDS or (asked_to_opt_in and _word(whole) in _YES_WORDS):
        return Reply(Meaning.OPT_IN)
    if _word(whole) in _HELP_WORDS:
        return Reply(Meaning.HELP)
    return Reply(Meaning.NOTHING) if reason is None else Reply(Meaning.PAUSE, reason)


def _word(sentence: str) -> str:
    """Return a sentence without the words of politeness around its one word."""
    found = _POLITE.match(sentence)
    word = found.group(1) if found else sentence
    return word or sentence


def _is_word_of_opting_out(sentence: str) -> bool:
    for said in (sentence, _word(sentence)):
        if said in _OPT_OUT_WORDS or said in _SPANISH_WORDS or _is_stop(said):
            return True
    return False


def _is_stop(clause: str) -> bool:
    return _STOPS.fullmatch(_word(clause).replace(" ", "")) is not None


def _says_stop(sentence: str) -> bool:
    return bool(_LEADING_STOP.match(sentence)) or any(pattern.search(sentence) for pattern in _FREE_OPT_OUT)


def _opt_out(
    out: Sequence[str],
    whole: str,
    channel: Channel | None,
    *,
    reason: PauseReason | None = None,
    is_wrong_number: bool = False,
) -> Reply:
    """Return the opt-out that the sentences `out` of the whole say: of where they came, and of what they name."""
    prefers = None
    named = {way for way, pattern in _NAMED.items() if any(map(pattern.search, out))}
    if any(map(_OF_ALL.search, out)):
        closes = _EVERYTHING
    elif _CALLS_ONLY.search(whole) and _TEXT_ME.search(whole):
        closes, prefers = frozenset({Channel.CALL}), Channel.SMS
    elif _TEXTS_ONLY.search(whole) and _CALL_ME.search(whole):
        closes, prefers = frozenset({Channel.SMS}), Channel.CALL
    elif channel is None:
        closes = frozenset(named) or _EVERYTHING
    else:
        closes = (PHONE_CHANNELS if channel.is_phone else frozenset({channel})) | named
    if _word(whole) in {"cancel", "cancelar"}:
        reason = PauseReason.CANCEL
    return Reply(Meaning.OPT_OUT, reason, closes, prefers, is_wrong_number)
