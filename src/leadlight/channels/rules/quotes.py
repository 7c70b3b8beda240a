"""
Which part of a mail is new: without what it answers and without signatures. Pure.

Knows how programs introduce both in English, Spanish, French, German and Portuguese.
"""

import re

#: An attribution is broken over so many lines at most.
_ATTRIBUTION_LINES = 4
_LONGEST_ATTRIBUTION = 400
#: A signature has no more lines; what follows a line of two dashes and is longer is text.
_LONGEST_SIGNATURE = 30

_DATE_LIKE = r"(?=.*(?:\d{1,2}[:.h]\d{2}|\d{4}|\d{1,2}[./-]\d{1,2}))"
#: "On … wrote:" as Gmail, Apple Mail, Outlook, Yahoo and Thunderbird say it.
_ATTRIBUTION = re.compile(
    rf"^{_DATE_LIKE}(?:"
    r"on\b.{5,350}\bwrote\s?:"
    r"|el\b.{5,350}\bescribi[oó]\s?:"
    r"|le\b.{5,350}\ba\s[eé]crit\s?:"
    r"|am\b.{5,350}\bschrieb\b.{0,200}:"
    r"|em\b.{5,350}\bescreveu\s?:"
    r"|.{1,200}<[^<>@\s]+@[^<>\s]+>.{0,100}\b(?:wrote|escribi[oó]|a\s[eé]crit|schrieb|escreveu)\b.{0,60}:"
    r"|.{1,200}\b(?:schrieb\sam|wrote\son|escribi[oó]\sel|a\s[eé]crit\sle|escreveu\sem)\b.{5,100}:"
    r")$",
    re.I,
)
_BEGINS = re.compile(r"^(?:on|el|le|am|em)\b|<[^<>@\s]+@|\b(?:schrieb|wrote|escribi|escreveu|crit)", re.I)

_SEPARATOR = re.compile(
    r"^\s*(?:"
    r"-{2,}\s*(?:original message|original appointment|mensaje original|message d'origine|message original"
    r"|urspr(?:ü|ue)ngliche nachricht|original-?nachricht|mensagem original"
    r"|forwarded message|forwarded by .*|mensaje reenviado|message transf[eé]r[eé]|message transmis"
    r"|weitergeleitete nachricht|mensagem (?:encaminhada|reencaminhada))\s*-{2,}"
    r"|begin forwarded message:|inicio del mensaje reenviado:|d[eé]but du message r[eé]exp[eé]di[eé]\s?:"
    r"|d[eé]but du message transf[eé]r[eé]\s?:|anfang der weitergeleiteten nachricht:"
    r"|in[ií]cio da mensagem (?:encaminhada|reencaminhada):"
    r"|-{2,}\s*on .{5,200} wrote\s*-{2,}"
    r")\s*$",
    re.I,
)

#: The block that Outlook sets above what is answered; the words of each language for who, when, to whom, what.
_LABELS = (
    ("from", "sent|date", "to", "subject"),
    ("de", "enviado(?: el)?|fecha", "para", "asunto"),
    ("de", "envoy[eé]|date", "[aà]", "objet"),
    ("von", "gesendet|datum", "an", "betreff"),
    ("de", "enviad[ao](?: em)?|data", "para", "assunto"),
)
_BLOCKS = tuple(
    tuple(re.compile(rf"^[\s*]*(?:{label})[\s*]*:[\s*]*\S", re.I) for label in labels) for labels in _LABELS
)
_BLOCK_LINES = 8
_RULE = re.compile(r"^\s*(?:_{5,}|-{5,}|\*{5,})\s*$")

#: What phones and programs write under a text.
_SENT_FROM = re.compile(
    r"^\s*(?:"
    r"sent (?:from|via|with) (?:my |the |an? )?(?:i?phone|ipad|ipod|android|samsung|galaxy|mobile|blackberry"
    r"|windows|outlook|yahoo|mail|gmail|aol|proton|verizon|t-mobile|at&t)\b.{0,60}"
    r"|get outlook for .{1,40}"
    r"|enviado desde (?:mi|el|yahoo|outlook|correo)\b.{0,60}|obtener outlook para .{1,40}"
    r"|envoy[eé] (?:de mon|depuis mon|[aà] partir de|de l'|avec)\b.{0,60}|t[eé]l[eé]charger outlook pour .{1,40}"
    r"|(?:von meinem .{1,40} gesendet|gesendet (?:von|mit|aus)\b.{1,60})"
    r"|outlook f[uü]r .{1,40} (?:herunterladen|beziehen)"
    r"|enviado (?:do meu|pelo meu|a partir do|do)\b.{0,60}|obter o outlook para .{1,40}"
    r")\s*\.?(?:\s*[(<]https?://\S+[)>])?\s*$",
    re.I,
)


def new_part(text: str) -> str:
    """
    Return what the writer of a mail wrote in it: "" when it only sends something on.

    Answers between the lines of what is quoted are kept. In doubt text stays: what is missing here would be
    overlooked, and what is too much is only read twice.
    """
    lines = text.split("\n")
    lines = lines[: _end(lines)]
    lines = _without_quotes(lines)
    return "\n".join(_without_signature(lines)).strip()


def _end(lines: list[str]) -> int:
    """Return the line from which on all is quoted history, without marks before its lines."""
    for number, line in enumerate(lines):
        if _SEPARATOR.match(line) or _is_block(lines, number):
            before = number
            while before and (not lines[before - 1].strip() or _RULE.match(lines[before - 1])):
                before -= 1
            return before
        n = _attribution(lines, number)
        if n:
            following = [later for later in lines[number + n :] if later.strip()]
            # Without marks all that follows is quoted; with them, answers may stand below and between.
            if not following or not following[0].lstrip().startswith((">", "|")):
                return number
    return len(lines)


def _is_block(lines: list[str], number: int) -> bool:
    for who, *others in _BLOCKS:
        if who.match(lines[number]):
            near = lines[number + 1 : number + _BLOCK_LINES]
            if sum(any(label.match(line) for line in near) for label in others) >= 2:
                return True
    return False


def _attribution(lines: list[str], number: int) -> int:
    """Return how many lines from here on are the words that introduce a quotation; 0 when they do not."""
    first = lines[number].strip()
    if not first or first.startswith(">") or not _BEGINS.search(first):
        return 0
    joined = ""
    for n, line in enumerate(lines[number : number + _ATTRIBUTION_LINES], 1):
        if not line.strip():
            return 0
        joined = f"{joined} {line.strip()}".strip()
        if len(joined) > _LONGEST_ATTRIBUTION:
            return 0
        if joined.endswith(":") and _ATTRIBUTION.match(joined):
            return n
    return 0


def _without_quotes(lines: list[str]) -> list[str]:
    kept: list[str] = []
    number = 0
    while number < len(lines):
        n = _attribution(lines, number)
        if n:
            number += n
            continue
        if not lines[number].lstrip().startswith(">"):
            kept.append(lines[number])
        number += 1
    return kept


def _without_signature(lines: list[str]) -> list[str]:
    for number, line in enumerate(lines):
        if line.rstrip() in {"--", "\u2014"} and number and len(lines) - number <= _LONGEST_SIGNATURE:
            lines = lines[:number]
            break
    while lines and (not lines[-1].strip() or _SENT_FROM.match(lines[-1]) or _RULE.match(lines[-1])):
        lines = lines[:-1]
    return lines
