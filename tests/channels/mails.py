"""Mails as programs write them, in our own words: a line for each header, then the body."""

from email.message import EmailMessage
from typing import Any

from leadlight.channels.rules.mail import Mail, read_mail

USUAL = {
    "From": "Marisol Ortega <Marisol@Example.com>",
    "To": "Dana Ruiz <dana@bayline.test>",
    "Subject": "Re: 214 Alder Ct",
    "Date": "Fri, 20 Nov 2026 10:00:00 -0500",
    "Message-ID": "<reply-1@mail.example.com>",
}


def raw(body: str | bytes = "Is it still for sale?\n", /, **headers: str | None) -> bytes:
    """Return a mail; headers are given with _ for -, None takes a usual one away."""
    told: dict[str, str | None] = {**USUAL, **{name.replace("_", "-"): value for name, value in headers.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items() if value is not None)
    content = body.encode() if isinstance(body, str) else body
    return head.encode("utf-8", "surrogateescape") + b"\r\n" + content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def read(body: str | bytes = "Is it still for sale?\n", /, **headers: str | None) -> Mail:
    return read_mail(raw(body, **headers))


def html(body: str) -> Mail:
    return read(body, Content_Type='text/html; charset="utf-8"')


def built(build: Any) -> Mail:
    """Read a mail that the standard library writes."""
    message = EmailMessage()
    for name, value in USUAL.items():
        message[name] = value
    build(message)
    return read_mail(message.as_bytes())


def parts(*inner: str, kind: str = "mixed") -> dict[str, str]:
    """Return header and body of a multipart mail, given the parts with their own headers."""
    body = "".join(f"--BOUND\r\n{part}\r\n" for part in inner) + "--BOUND--\r\n"
    return {"body": body, "Content_Type": f"multipart/{kind}; boundary=BOUND"}


def read_parts(*inner: str, kind: str = "mixed", **headers: str | None) -> Mail:
    told = parts(*inner, kind=kind)
    return read(told["body"], Content_Type=told["Content_Type"], **headers)
