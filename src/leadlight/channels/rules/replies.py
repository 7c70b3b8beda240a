"""What tells a machine's mail from a person's, and when somebody who is away will be back. Pure."""

import re
from datetime import date

_AUTOMATIC_SUBJECT = re.compile(
    r"^\s*(?:"
    r"auto(?:matic|mated)?[\s-]*(?:reply|response|answer)|out[\s-]of[\s-](?:the[\s-])?office|ooo\b"
    r"|vacation (?:reply|response)"
    r"|away from (?:the |my )?(?:office|email)|on (?:vacation|leave|holiday)\b"
    r"|(?:respuesta|contestaci[oó]n) autom[aá]tica|fuera de (?:la )?oficina|ausente de la oficina|de vacaciones\b"
    r"|r[eé]ponse automatique|message (?:d'absence|automatique)|absen(?:t|ce) du bureau|en cong[eé]s?\b|en vacances\b"
    r"|automatische (?:antwort|r[uü]ckantwort|abwesenheits\w*)|abwesenheits?(?:notiz|nachricht|meldung|assistent)"
    r"|abwesend\b|nicht im (?:b[uü]ro|haus)|im urlaub\b"
    r"|resposta autom[aá]tica|fora do escrit[oó]rio|aus[eê]ncia (?:do|tempor[aá]ria)|de f[eé]rias\b"
    r")",
    re.I,
)
_PREFIX = re.compile(r"^\s*(?:(?:re|aw|sv|rv|res|r)\s*(?:\[\d+\])?\s*:\s*)+", re.I)


def is_automatic_subject(subject: str, *, after_prefix: bool = False) -> bool:
    """
    Say whether a subject is what machines write for people who are away.

    `after_prefix` also looks behind "Re:". A person's answer to such a mail has one: only for mails that carry
    another sign of a machine.
    """
    return _AUTOMATIC_SUBJECT.match(_PREFIX.sub("", subject) if after_prefix else subject) is not None


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero ene janvier janv januar januar jan janeiro jänner",
            "february feb febrero février fevrier févr fevr februar fevereiro fev",
            "march mar marzo mars märz maerz mrz março marco",
            "april apr abril abr avril avr",
            "may mayo mai maio",
            "june jun junio juin juni junho",
            "july jul julio juillet juil juli julho",
            "august aug agosto ago août aout",
            "september sep sept septiembre septembre setembro set",
            "october oct octubre octobre oktober okt outubro out",
            "november nov noviembre novembre novembro",
            "december dec diciembre dic décembre decembre dezember dez dezembro",
        ),
        1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))

#: What stands before the day on which somebody is back, or until which they are away.
_LEAD = (
    r"(?:\b(?:back|return(?:ing)?|available(?: again)?|in the office(?: again)?)\b(?:\s+(?:to|in)\s+the\s+office)?"
    r"(?:\s+(?:on|from|by))?"
    r"|\b(?:until|till|through)\b"
    r"|\b(?:hasta|de vuelta|de regreso|regres(?:o|ar[eé])|volver[eé]|vuelvo)\b(?:\s+el)?"
    r"|\b(?:jusqu['\u2019]au|de retour|reviens|reviendrai|rentre(?:rai)?)\b(?:\s+(?:le|au bureau le))?"
    r"|\b(?:bis(?:\s+(?:zum|einschlie(?:ß|ss)lich))?|wieder(?:\s+\w+){0,3}?|zur[uü]ck|ab(?:\s+dem)?)\b"
    r"(?:\s+(?:am|ab|zum))?(?:\s+(?:dem|den))?"
    r"|\b(?:at[eé]|de volta|retorno|retornarei|volto|voltarei)\b(?:\s+(?:em|no dia|dia|ao escrit[oó]rio em))?)"
)
_WEEKDAY = r"(?:[^\W\d_]{2,13}(?:-feira)?\.?,?\s+)?(?:(?:the|le|el|den|dem|dia)\s+)?"
_WORDS = re.compile(
    rf"{_LEAD}\s+{_WEEKDAY}(?:"
    rf"(?P<month1>{_MONTH})\.?\s+(?P<day1>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<year1>\d{{4}}))?"
    rf"|(?P<day2>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?\s+(?:of\s+|de\s+)?(?P<month2>{_MONTH})\.?"
    r"(?:,?\s+(?:de\s+|del\s+)?(?P<year2>\d{4}))?"
    r"|(?P<year3>\d{4})-(?P<month3>\d{2})-(?P<day3>\d{2})"
    r"|(?P<first>\d{1,2})(?P<mark>[./-])(?P<second>\d{1,2})(?:(?P=mark)(?P<year4>\d{4}|\d{2}))?"
    r")(?!\w)",
    re.I,
)
#: Nobody is away for longer, and a date without a year lies within it.
_LONGEST_DAYS = 366


def back_on(text: str, *, today: date) -> date | None:
    """
    Return the day that a note of absence names for the return, or as the last of the absence; None if it says none.

    A date in figures alone that could be read in two ways is not plain, and neither is one that has passed.
    `today` is the day of the note.
    """
    for match in _WORDS.finditer(text[:5_000]):
        found = _day(match, today)
        if found is not None and 0 <= (found - today).days <= _LONGEST_DAYS:
            return found
    return None


def _day(match: re.Match[str], today: date) -> date | None:
    told = match.groupdict()
    if told["month1"]:
        month, day, year = _MONTHS[told["month1"].lower()], told["day1"], told["year1"]
    elif told["month2"]:
        month, day, year = _MONTHS[told["month2"].lower()], told["day2"], told["year2"]
    elif told["month3"]:
        month, day, year = int(told["month3"]), told["day3"], told["year3"]
    else:
        first, second, year = int(told["first"]), int(told["second"]), told["year4"]
        if told["mark"] == "." or first > 12 or first == second:
            day, month = str(first), second
        elif second > 12:
            month, day = first, str(second)
        else:
            return None
    if year is not None:
        return _date(int(year) + (2000 if len(year) == 2 else 0), month, int(day))
    this_year = _date(today.year, month, int(day))
    return this_year if this_year is not None and this_year >= today else _date(today.year + 1, month, int(day))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
