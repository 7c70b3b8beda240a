"""A message as it leaves: who speaks, under what name, and what the law wants below. Pure."""

from dataclasses import dataclass
from html import escape

from leadlight.channels.email.base import Address, Email


@dataclass(frozen=True)
class Letterhead:
    """What every message of a brokerage carries beside its words."""

    sender: Address
    brokerage: str
    #: In lines.
    postal_address: tuple[str, ...]
    #: Where one click ends it.
    unsubscribe_url: str


@dataclass(frozen=True)
class Words:
    """What is said, and to whom."""

    message_id: str
    to: Address
    subject: str
    text: str
    references: tuple[str, ...] = ()
    #: Advertises: then the law wants the postal address and a way to end it in the message itself.
    is_marketing: bool = False
    #: Nobody pressed a button for it: mailboxes must not answer it by themselves (RFC 3834).
    is_automatic: bool = False
    #: Sends a message that answers one of theirs.
    is_answer: bool = False


def letter_of(words: Words, head: Letterhead) -> Email:
    """Return a message as it is handed over; its footer stands below the words, in text and HTML alike."""
    foot = _foot(words, head)
    text = "\n\n-- \n".join(filter(None, (words.text.strip(), foot)))
    headers = {}
    if words.is_automatic:
        headers["Auto-Submitted"] = "auto-replied" if words.is_answer else "auto-generated"
    return Email(
        message_id=words.message_id,
        sender=head.sender,
        to=words.to,
        subject=" ".join(words.subject.split()),
        text=text + "\n",
        html=_html(words.text.strip(), foot, head.unsubscribe_url if words.is_marketing else ""),
        references=words.references,
        unsubscribe_url=head.unsubscribe_url if words.is_marketing else "",
        headers=headers,
    )


def _foot(words: Words, head: Letterhead) -> str:
    lines = [", ".join(filter(None, (head.brokerage, *head.postal_address)))]
    if words.is_marketing:
        lines.append(f"You get this because you asked us about homes. No more of it: {head.unsubscribe_url}")
        lines.append("Or reply “stop”.")
    return "\n".join(filter(None, lines))


def _html(text: str, foot: str, unsubscribe_url: str) -> str:
    """Return the words as plain HTML: paragraphs, no pictures, nothing that tells when it is opened."""
    paragraphs = [f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in text.split("\n\n") if part.strip()]
    below = escape(foot).replace("\n", "<br>")
    if unsubscribe_url:
        link = escape(unsubscribe_url)
        below = below.replace(link, f'<a href="{link}">unsubscribe</a>')
    small = f'<p style="color:#666;font-size:13px">{below}</p>' if below else ""
    return f"<!doctype html><html><body>{''.join(paragraphs)}{small}</body></html>"
