"""What servers report of mails: that one could not be delivered, was read, or was called spam. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message

from leadlight.channels.rules import headers
from leadlight.channels.rules.answers import is_unknown_recipient
from leadlight.channels.rules.bodies import Part, children, content_type, part_text, walk


@dataclass(frozen=True)
class Failure:
    """One recipient whom a mail did not reach, or not yet."""

    #: In lower case; "" when the report does not say who.
    recipient: str
    #: By RFC 3463, "5.1.1"; "" when there is none.
    status: str
    #: Given up for good; else it is being tried again, or may be.
    is_hard: bool
    #: The address itself does not work.
    is_address: bool
    #: What the other server said.
    diagnostic: str


@dataclass(frozen=True)
class Report:
    """What a server's report says."""

    failures: tuple[Failure, ...] = ()
    #: The id of the mail that it is about; "" when that is not said.
    original_id: str = ""
    #: Whom the mail that it is about went to; empty when that is not said.
    recipients: tuple[str, ...] = ()
    #: It says of every recipient that all went well.
    is_success: bool = False


_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<![\d.-])([45]\d\d)[ -](?=\D)")
_EMAIL = re.compile(r"[^\s<>()\[\],;:\"@]{1,64}@[a-z0-9.-]{1,253}\.[a-z0-9-]{2,63}", re.I)
_FIELD = re.compile(r"^([A-Za-z][A-Za-z0-9-]*)[ \t]*:[ \t]*(.*(?:\n[ \t]+.*)*)", re.M)
_ORIGINAL_ID = re.compile(r"^[>\s]*Message-ID:\s*<([^<>\s]+)>", re.I | re.M)

_DAEMON = re.compile(r"^(?:mailer-?daemon|postmaster|mail-?delivery|mdaemon|microsoftexchange[0-9a-f]+)\b", re.I)
_BOUNCE_SUBJECT = re.compile(
    r"^\s*(?:undeliver(?:able|ed)|mail delivery (?:failed|failure|system)|mail system error|message not delivered"
    r"|delivery (?:status notification|failure|has failed|report)|returned mail|failure notice"
    r"|warning: (?:message|could not)|no se puede entregar|no entregado|correo devuelto|non remis|non distribuable"
    r"|[eé]chec de (?:la )?remise|unzustellbar|nicht zugestellt|zustellung fehlgeschlagen|n[aã]o entregue"
    r"|falha na entrega|devolvido)",
    re.I,
)
_GAVE_UP = re.compile(r"\bpermanent|\bfatal error|\bgiv(?:en|ing) up|\bgave up|\bnot be retried", re.I)
_DELAYED = re.compile(
    r"\b(?:delayed|warning|will (?:keep trying|retry|be retried)|not yet been delivered|still trying)", re.I
)


def delivery_report(message: Part) -> Report | None:
    """Return what a delivery status notification says (RFC 3464); None when the mail is none."""
    parts = list(walk(message))
    status = next((part for part in parts if content_type(part) == "message/delivery-status"), None)
    if status is None:
        return None
    failures, n_fine = [], 0
    for fields in _groups(status):
        if "final-recipient" not in fields and "original-recipient" not in fields:
            continue
        action = fields.get("action", "").strip().lower()
        if action in {"delivered", "relayed", "expanded"}:
            n_fine += 1
            continue
        failures.append(_failure(fields, action))
    original_id, recipients = _about(message, parts)
    is_success = n_fine > 0 and not failures
    return Report(tuple(failures), original_id, recipients, is_success)


def _failure(fields: dict[str, str], action: str) -> Failure:
    # Whom we wrote to comes before whom their server made of it.
    told = fields.get("original-recipient") or fields.get("final-recipient", "")
    diagnostic = " ".join(fields.get("diagnostic-code", "").partition(";")[2].split())[:500]
    status = "".join(_STATUS.findall(fields.get("status", ""))[:1])
    if status[2:] in {"0.0", ""}:
        # "5.0.0" says nothing; the words of the other server often say more.
        status = "".join(_STATUS.findall(diagnostic)[:1]) or status
    recipient = _recipient(told.rpartition(";")[2])
    return _made(recipient, status, diagnostic, is_delayed=action == "delayed", gave_up=action == "failed")


def _made(recipient: str, status: str, diagnostic: str, *, is_delayed: bool, gave_up: bool) -> Failure:
    words = f"{status} {diagnostic}" if status else diagnostic
    said = _CODE.search(diagnostic)
    code = status or (said[1] if said is not None else "")
    is_hard = not is_delayed and (code.startswith("5") if code else gave_up or is_unknown_recipient(words))
    return Failure(recipient, status, is_hard, is_hard and is_unknown_recipient(words), diagnostic)


def other_bounce(message: Part, *, sender: str, subject: str, text: str) -> Report | None:
    """Return what the bounce of a server says that writes no reports for machines; None when the mail is none."""
    failed = headers.raw_values(message, "X-Failed-Recipients")
    is_daemon = _DAEMON.match(sender) is not None
    if not (failed or (is_daemon and (_BOUNCE_SUBJECT.match(subject) or _STATUS.search(text)))):
        return None
    head = text[:5_000]
    own = {sender}
    # What follows is the mail itself, where we stand as well.
    above = re.split(
        r"^.{0,20}(?:original message|copy of the message|message headers|returned message)", head, flags=re.I | re.M
    )[0]
    recipients = [_recipient(part) for value in failed for part in value.split(",")] or [
        email.lower() for email in _EMAIL.findall(above) if email.lower() not in own
    ]
    words = " ".join(above.split())
    status = "".join(_STATUS.findall(words)[:1])
    said = _CODE.search(words)
    start = min((match.start() for match in (said, _STATUS.search(words)) if match), default=0)
    is_delayed = _DELAYED.search(f"{subject} {words[:500]}") is not None
    gave_up = _GAVE_UP.search(words) is not None
    failures = tuple(
        _made(recipient, status, words[start : start + 300], is_delayed=is_delayed, gave_up=gave_up)
        for recipient in list(dict.fromkeys(recipients))[: 1 if not failed else 50] or [""]
    )
    original_id, known = _about(message, list(walk(message)))
    quoted = _ORIGINAL_ID.search(text)
    return Report(failures, original_id or (quoted[1] if quoted else ""), known)


def complaint(message: Part) -> Report | None:
    """Return what a report of spam says (ARF, RFC 5965); None when the mail is none."""
    parts = list(walk(message))
    told = next((part for part in parts if content_type(part) == "message/feedback-report"), None)
    if told is None:
        return None
    fields = {name: value for group in _groups(told) for name, value in group.items()}
    if fields.get("feedback-type", "abuse").strip().lower() == "not-spam":
        return None
    original_id, recipients = _about(message, parts)
    named = _recipient(fields.get("original-rcpt-to", ""))
    return Report((), original_id, (named,) if named else recipients)


def read_receipt(message: Part) -> Report | None:
    """Return what a note says that a mail was read, or deleted unread (MDN, RFC 8098); None when the mail is none."""
    told = next((part for part in walk(message) if content_type(part) == "message/disposition-notification"), None)
    if told is None:
        return None
    fields = {name: value for group in _groups(told) for name, value in group.items()}
    ids = headers.message_ids([fields.get("original-message-id", "")])
    recipient = _recipient(fields.get("final-recipient", "").rpartition(";")[2])
    return Report((), next(iter(ids), ""), (recipient,) if recipient else ())


def _groups(part: Part) -> list[dict[str, str]]:
    """Return the groups of fields that a report for machines consists of."""
    inner = children(part)
    if inner:
        # The parser takes each group for a message of its own.
        texts: Iterable[str] = (_as_text(child) for child in inner)
    else:
        texts = re.split(r"\n\s*\n", part_text(part))
    return [
        {name.lower(): " ".join(value.split()) for name, value in _FIELD.findall(text)}
        for text in texts
        if text.strip()
    ]


def _as_text(part: Part) -> str:
    lines = [f"{name}: {headers.raw_value(part, name)}" for name in part]
    return "\n".join([*lines, "" if part.is_multipart() else part_text(part)[:20_000]])


def _about(message: Part, parts: list[Part]) -> tuple[str, tuple[str, ...]]:
    """Return the id of the mail that a report is about, and whom it went to, as its copy within the report says."""
    for part in parts:
        kind = content_type(part)
        if part is message or kind not in {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"}:
            continue
        for inner in children(part) or [_headers_of(part)]:
            found = headers.message_id(inner)
            if found:
                to = headers.addresses(headers.raw_values(inner, "To"))
                return found, tuple(address.email for address in to)
    # Not of the report itself: what it answers is the mail that it is about.
    ids = headers.message_ids(
        value
        for name in ("X-Original-Message-ID", "In-Reply-To", "References")
        for value in headers.raw_values(message, name)
    )
    return next(iter(ids), ""), ()


def _headers_of(part: Part) -> Part:
    found: Part = Message()
    for name, value in _FIELD.findall(part_text(part)):
        found[name] = " ".join(value.split())
    return found


def _recipient(text: str) -> str:
    match = _EMAIL.search(text)
    return match[0].lower() if match else ""
