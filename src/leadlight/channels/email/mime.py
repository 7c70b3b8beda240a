"""How a message is written down for the wire (RFC 5322). Nothing that a name or subject holds can become a header."""

import re
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime
from email import headerregistry
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Any

from leadlight.channels.email.base import Address, Email, UnableToSend

#: Headers of addresses and ids, which may be broken between them and nowhere else.
_WORDS_ONLY = frozenset({"message-id", "in-reply-to", "references", "list-unsubscribe", "list-unsubscribe-post"})
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,75}")
_MESSAGE_ID = re.compile(r"[!-;=?-~]{1,240}@[!-;=?-~]{1,240}")
_URL = re.compile(r"https?://[!-;=?-~]{1,900}")
_EMAIL = re.compile(r"[^\s<>()\[\],;:\\\"@\x00-\x20\x7f]{1,64}@[^\s<>()\[\],;:\\\"@\x00-\x20\x7f]{1,253}")
#: More of a conversation than any mail program shows; a longer chain would only grow.
_MOST_REFERENCES = 20
#: Bytes of a text in one encoded word, which has 75 characters at most.
_LONGEST_WORD = 45


class _Wire(EmailPolicy):
    """
    Folds as the standard library does, but for what it breaks.

    It writes long ids and links as encoded words, which nobody decodes there, and loses spaces between those of long
    texts.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return a header as bytes."""
        if name.lower() in _WORDS_ONLY:
            lines = str(value).split()
        elif self.utf8 or str(value).isascii():
            return super().fold_binary(name, value)
        elif addresses := getattr(value, "addresses", ()):
            [address] = addresses
            lines = [*_encoded_words(address.display_name), f"<{address.addr_spec}>"]
        else:
            lines = _encoded_words(str(value))
        return f"{name}: {f'{self.linesep} '.join(lines)}{self.linesep}".encode("ascii")


def _encoded_words(text: str) -> list[str]:
    """Return a text as encoded words (RFC 2047), none of which ends within a letter."""
    words, chunk = [], b""
    for letter in (character.encode() for character in text):
        if len(chunk) + len(letter) > _LONGEST_WORD:
            words.append(chunk)
            chunk = b""
        chunk += letter
    return [f"=?utf-8?b?{b64encode(word).decode('ascii')}?=" for word in (*words, chunk)]


#: Bodies in seven bits: every server takes them, and no signature breaks on the way.
_SEVEN_BITS = _Wire(linesep="\r\n", cte_type="7bit")
_UTF8 = _SEVEN_BITS.clone(utf8=True)


def ascii_email(email: str) -> str:
    """
    Return an address with its domain in the form that the network knows; what stands before the @ stays.

    Raises:
        UnableToSend: it is no address.
    """
    if _EMAIL.fullmatch(email) is None:
        raise UnableToSend(f"{one_line(email)[:80]!r} is no email address.", is_permanent=True, is_address=True)
    local, _, domain = email.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise UnableToSend(
            f"{domain[:80]!r} is no domain of an email address.", is_permanent=True, is_address=True
        ) from error


def one_line(text: str) -> str:
    """Return a text on one line, without what does not print."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def write(email: Email, *, at: datetime, utf8: bool = False) -> bytes:
    """
    Return a message as it goes over the wire, with lines that end in CRLF.

    With `utf8`, headers and addresses hold letters of any script (RFC 6532): only for servers that take them.
    The headers by which one click ends a kind of message (RFC 8058) are there once if it has an `unsubscribe_url`,
    and never otherwise.

    Raises:
        UnableToSend: an address, id, link or header cannot be written.
    """
    message = EmailMessage(policy=_UTF8 if utf8 else _SEVEN_BITS)
    try:
        message["Message-ID"] = _id(email.message_id)
        message["Date"] = at
        message["From"] = _address(email.sender)
        if email.reply_to is not None:
            message["Reply-To"] = _address(email.reply_to)
        message["To"] = _address(email.to)
        message["Subject"] = one_line(email.subject)
        if email.references:
            message["In-Reply-To"] = _id(email.references[-1])
            message["References"] = " ".join(map(_id, email.references[-_MOST_REFERENCES:]))
        if email.unsubscribe_url:
            message["List-Unsubscribe"] = ", ".join(_ways_out(email))
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        for name, value in email.headers.items():
            if _HEADER_NAME.fullmatch(name) is None or name in message or name.lower() in _OURS:
                raise UnableToSend(f"A header {one_line(name)[:80]!r} cannot be added.", is_permanent=True)
            message[name] = one_line(value)
        message.set_content(email.text or "\n")
        if email.html:
            message.add_alternative(email.html, subtype="html")
        return message.as_bytes()
    except (MessageError, ValueError, LookupError) as error:
        raise UnableToSend(f"The message cannot be written down: {error}", is_permanent=True) from error


#: Headers that say how the body is to be read, or that a server writes: nobody else may.
_OURS = frozenset(
    {
        "bcc", "cc", "content-transfer-encoding", "content-type", "in-reply-to", "list-unsubscribe",
        "list-unsubscribe-post", "mime-version", "received", "references", "reply-to", "return-path", "sender",
    }
)  # fmt: skip


def _address(told: Address) -> headerregistry.Address:
    local, _, domain = ascii_email(told.email).rpartition("@")
    return headerregistry.Address(one_line(told.name), local, domain)


def _id(message_id: str) -> str:
    if _MESSAGE_ID.fullmatch(message_id) is None:
        raise UnableToSend(f"{one_line(message_id)[:80]!r} is no id of a message.", is_permanent=True)
    return f"<{message_id}>"


def _ways_out(email: Email) -> Iterable[str]:
    if _URL.fullmatch(email.unsubscribe_url) is None:
        raise UnableToSend("The link that ends these messages is no link.", is_permanent=True)
    yield f"<{email.unsubscribe_url}>"
    if email.unsubscribe_email:
        yield f"<mailto:{ascii_email(email.unsubscribe_email)}>"
