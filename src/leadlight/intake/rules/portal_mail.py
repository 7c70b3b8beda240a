"""
What portals write when somebody asks about a home becomes a lead. Pure.

The shapes are those that portals' mails were seen to have; they publish none. What is not understood is said to be
so, never guessed. All of it is text of strangers.
"""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from leadlight.intake import normalise
from leadlight.intake.rules.cells import MAX_TEXT, shortened
from leadlight.intake.rules.portal_adf import read_adf
from leadlight.intake.rules.portal_labels import read_labels
from leadlight.intake.rules.records import LeadRow

#: The same person asks a portal about the same home again within this: it is one inquiry, told twice.
REPEAT_WITHIN = timedelta(hours=24)
#: How somebody agreed to be contacted who asked through a portal: by its terms, and never in writing to us.
BASIS = "express, by the portal's terms"
#: Who sends a mail on that was sent on is read no further.
_MOST_FORWARDS = 3
_LONGEST_ID = 120


@dataclass(frozen=True)
class PortalMail:
    """A mail as far as it matters here; `text` is all that it says."""

    #: The address that it comes from, in lower case.
    sender: str
    subject: str
    text: str
    #: Without angle brackets; "" when it has none.
    message_id: str = ""
    #: Where an answer goes, when that is not the sender.
    reply_to: str = ""


@dataclass(frozen=True)
class PortalLead:
    """Somebody who asked through a portal."""

    #: As `intake.operations.telling` takes it; its e-mails are the person's own, never a relay's.
    row: LeadRow
    #: "zillow", "realtor", "homes", "followupboss", "adf", or "labels" for what only its labels were read of.
    portal: str
    #: The home, in the portal's words.
    listing: str
    mls_number: str
    #: An address of the portal that leads to the person for as long as it likes: answers may go there, and it tells
    #: nobody apart.
    relay_email: str
    #: Names the mail: the same told again is the same inquiry.
    key: str
    basis: str = BASIS

    @property
    def is_relay(self) -> bool:
        """Whether the person can be written to through the portal only."""
        return bool(self.relay_email) and not self.row.emails

    @property
    def repeat_key(self) -> str:
        """Names portal, person and home: a second mail with the same is a repeat while `is_repeat` says so."""
        who = next(iter((*self.row.emails, *self.row.phones)), "") or self.relay_email or self.row.name.lower()
        home = re.sub(r"\W+", " ", self.listing.lower()).strip() or self.mls_number
        return _digest(self.portal, who, home)


def is_repeat(*, at: datetime, before: datetime | None) -> bool:
    """Say whether an inquiry repeats one of the same `repeat_key`, given when that came; None when none did."""
    return before is not None and abs(at - before) < REPEAT_WITHIN


def read_portal_mail(mail: PortalMail, *, country: str) -> PortalLead | None:
    """
    Return the lead that a notification tells of, or None when it tells of none that can be read.

    A mail that somebody of the team sent on is read as what is in it. `country` is that of phone numbers without a
    prefix; numbers and addresses that only fill a place are dropped.
    """
    mail = _innermost(mail)
    if (adf := read_adf(mail.text)) is not None:
        return _lead("adf", adf, mail, source=adf.get("source", ""), country=country)
    portal = _portal_of(mail)
    told = read_labels(mail.text)
    if portal == "zillow":
        return _lead(portal, {**_zillow(mail), **told}, mail, source="Zillow", country=country, relay=_relay(mail))
    if portal == "realtor":
        return _lead(portal, {**_realtor(mail.subject), **told}, mail, source="Realtor.com", country=country)
    if portal == "homes":
        return _lead(portal, told, mail, source="Homes.com", country=country)
    if portal == "followupboss":
        told = {**_followupboss(mail.subject), **told}
        return _lead(portal, told, mail, source=told.get("source", "Follow Up Boss"), country=country)
    return _lead("labels", told, mail, source=told.get("source", ""), country=country)


def comes_from_portal(mail: PortalMail) -> bool:
    """
    Say whether a mail, or what it sends on, comes from a portal that is known.

    One that does and tells of no lead may hold one all the same, in words that are new: somebody has to look.
    """
    return bool(_portal_of(_innermost(mail)))


def _innermost(mail: PortalMail) -> PortalMail:
    for _ in range(_MOST_FORWARDS):
        inner = _unwrapped(mail)
        if inner is None:
            break
        mail = inner
    return mail


def _portal_of(mail: PortalMail) -> str:
    return next((name for name, known in _SENDERS.items() if known.search(mail.sender)), "")


_SENDERS = {
    "zillow": re.compile(r"@(?:[\w.-]+\.)?zillow\.com$"),
    "realtor": re.compile(r"@(?:[\w.-]+\.)?(?:realtor\.com|realtorpro\.io)$"),
    "homes": re.compile(r"@(?:[\w.-]+\.)?homes\.com$"),
    "followupboss": re.compile(r"@(?:[\w.-]+\.)?followupboss\.com$"),
}


def _lead(
    portal: str, told: dict[str, str], mail: PortalMail, *, source: str, country: str, relay: str = ""
) -> PortalLead | None:
    name = normalise.name(told.get("name", "")) or normalise.joined_name(told.get("first", ""), told.get("last", ""))
    emails = tuple(email for email in normalise.emails(told.get("email", "")) if not _RELAY.search(email))
    relay = relay or next((email for email in normalise.emails(told.get("email", "")) if _RELAY.search(email)), "")
    phones = normalise.phones(told.get("phone", ""), country)
    # Without a way to the person, a name alone is a lead only where a portal is known to write so.
    if not (emails or phones or relay) and (not name or portal in {"labels", "adf"}):
        return None
    listing, key = normalise.one_line(told.get("listing", ""))[:300], _key(mail)
    row = LeadRow(
        external_id=shortened(f"mail:{key}", _LONGEST_ID),
        name=name,
        emails=emails,
        phones=phones,
        source=normalise.one_line(source)[:120],
        source_label=normalise.one_line(source)[:120],
        message=told.get("message", "").strip()[:MAX_TEXT],
    )
    return PortalLead(row, portal, listing, normalise.one_line(told.get("mls", "")).strip(" #")[:60], relay, key)


def _key(mail: PortalMail) -> str:
    return mail.message_id or _digest(mail.sender, mail.subject, mail.text)


def _digest(*parts: str) -> str:
    text = "\x1f".join(parts).encode("utf-8", "replace")
    return hashlib.blake2b(text, digest_size=16).hexdigest()


# --- portals --------------------------------------------------------------------------------------------------------

_RELAY = re.compile(r"@(?:[\w-]+\.)*convo\.zillow\.com$|@(?:[\w-]+\.)*(?:reply|relay)\.[\w.-]+$")

_ZILLOW_SUBJECT = re.compile(
    r"^(?P<name>.{1,80}?) is (?:interested in|requesting (?:information about|an application(?: for)?|a tour of))"
    r"\s*(?P<listing>.{0,200})$",
    re.I,
)
_SAYS = re.compile(r"^.{0,80}\b(?:says|wrote|message|sent you a message)\b.{0,40}:\s*$", re.I)
_ZILLOW_FOOTER = re.compile(
    r"zillow|unsubscribe|\breply\b.{0,40}\b(?:email|directly)|https?://|^\s*(?:call|respond|view)\b", re.I
)


def _zillow(mail: PortalMail) -> dict[str, str]:
    match = _ZILLOW_SUBJECT.match(normalise.one_line(mail.subject))
    found = {"message": _spoken(mail.text)}
    if match is not None:
        found |= {"name": match["name"], "listing": match["listing"].strip(" .")}
    return {field: value for field, value in found.items() if value}


def _spoken(text: str) -> str:
    """Return what the person wrote: what follows "Ana says:", as far as the portal's own words."""
    lines = text.split("\n")
    start = next((number + 1 for number, line in enumerate(lines) if _SAYS.match(line)), None)
    if start is None:
        return ""
    kept: list[str] = []
    for line in lines[start:]:
        if _ZILLOW_FOOTER.search(line):
            break
        kept.append(line)
    return "\n".join(kept).strip().strip('"\u201c\u201d')


def _relay(mail: PortalMail) -> str:
    return next((address for address in (mail.reply_to, mail.sender) if _RELAY.search(address)), "")


_REALTOR_SUBJECT = re.compile(r"^new realtor\.com lead\s*[-\u2013:]\s*(?P<name>.{1,120})$", re.I)
_REALTOR_INQUIRY = re.compile(
    r"^new inquiry:\s*(?P<name>[^\d@+(]{1,80}?)\s+(?P<phone>[+(]?\d[\d\s().-]{6,20}\d)?\s*"
    r"(?P<email>\S+@\S+?)?\.?\s*$",
    re.I,
)


def _realtor(subject: str) -> dict[str, str]:
    subject = normalise.one_line(subject)
    match = _REALTOR_SUBJECT.match(subject) or _REALTOR_INQUIRY.match(subject)
    return {field: value for field, value in match.groupdict().items() if value} if match is not None else {}


_FUB_SUBJECT = re.compile(
    r"^(?:lead alert|new lead)\s*[-\u2013:!]+\s*(?P<name>[^\d@|]{2,80}?)(?:\s+(?:from|\||-)\s.*)?$", re.I
)


def _followupboss(subject: str) -> dict[str, str]:
    match = _FUB_SUBJECT.match(normalise.one_line(subject))
    return {"name": match["name"]} if match is not None else {}


# --- mails that were sent on ----------------------------------------------------------------------------------------

_FORWARD_PREFIX = re.compile(r"^\s*(?:(?:fwd?|fw|wg|tr|rv|enc|i)\s*:\s*)+", re.I)
_FORWARD_LINE = re.compile(
    r"^[\s>*]*(?:-{2,}\s*(?:forwarded message|original message|mensaje reenviado|message transf[eé]r[eé]"
    r"|weitergeleitete nachricht|mensagem (?:encaminhada|reencaminhada)|urspr(?:ü|ue)ngliche nachricht"
    r"|mensaje original|message d'origine|mensagem original)\s*-{2,}"
    r"|begin forwarded message:|inicio del mensaje reenviado:|d[eé]but du message r[eé]exp[eé]di[eé]\s?:"
    r"|anfang der weitergeleiteten nachricht:|in[ií]cio da mensagem (?:encaminhada|reencaminhada):)\s*$",
    re.I,
)
_FORWARD_FIELD = re.compile(
    r"^[\s>*]*(?P<name>from|de|von|reply-to|subject|asunto|objet|betreff|assunto|date|sent|to|cc|fecha|envoy[eé]"
    r"|enviado(?: el)?|enviad[ao](?: em)?|gesendet|datum|data|para|[aà]|an)[\s*]*:[\s*]*(?P<value>.*)$",
    re.I,
)
_FROM, _SUBJECT = {"from", "de", "von"}, {"subject", "asunto", "objet", "betreff", "assunto"}
_HEADER_LINES = 12
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{1,128}@[^\s<>()\[\],;:\"@]{1,253}")


def _unwrapped(mail: PortalMail) -> PortalMail | None:
    """Return the mail that this one sends on; None when it sends none on."""
    lines = mail.text.split("\n")
    start = next((number + 1 for number, line in enumerate(lines) if _FORWARD_LINE.match(line)), None)
    if start is None and _FORWARD_PREFIX.match(mail.subject):
        # Outlook writes no line of its own above the block.
        start = next(
            (n for n, line in enumerate(lines) if re.match(r"^[\s>*]*(?:from|de|von)[\s*]*:", line, re.I)), None
        )
    if start is None:
        return None
    fields: dict[str, str] = {}
    number = start
    while number < min(len(lines), start + _HEADER_LINES):
        match = _FORWARD_FIELD.match(lines[number])
        if match is None and (fields or lines[number].strip(" >")):
            break
        if match is not None:
            fields.setdefault(match["name"].lower(), match["value"].strip())
        number += 1
    sender = _ADDRESS.search(next((fields[name] for name in _FROM if name in fields), ""))
    if sender is None:
        return None
    subject = next((fields[name] for name in _SUBJECT if name in fields), _FORWARD_PREFIX.sub("", mail.subject))
    reply_to = _ADDRESS.search(fields.get("reply-to", ""))
    text = "\n".join(re.sub(r"^\s*>\s?", "", line) for line in lines[number:])
    return replace(
        mail,
        sender=sender[0].lower(),
        subject=subject,
        text=text,
        reply_to=reply_to[0].lower() if reply_to else "",
    )
