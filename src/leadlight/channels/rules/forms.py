"""What somebody types about a mail server becomes a server. Pure."""

import re
from collections.abc import Mapping
from email.utils import parseaddr

from leadlight.channels.email.base import Address
from leadlight.channels.email.lines import Security, Server
from leadlight.channels.email.mime import ascii_email, one_line
from leadlight.kit.errors import DomainError

_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[?[0-9A-Fa-f:]{2,45}\]?")


class UnreadableSettings(DomainError):
    """What was typed names no server that could be talked to."""

    code = "bad_mail_settings"


def read_server(told: Mapping[str, str]) -> Server:
    """
    Return the server that the fields host, port, security, username, password and may_be_plain describe.

    Raises:
        UnreadableSettings: one of them cannot be meant so.
    """
    host = told.get("host", "").strip().strip("[]").removesuffix(".")
    if _HOST.fullmatch(host) is None:
        raise UnreadableSettings("The host is a name such as smtp.example.com, without https:// and without a port.")
    port = told.get("port", "").strip()
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) < 65_536):
        raise UnreadableSettings("The port is a number from 1 to 65535: mostly 465 or 587 to send, 993 to read.")
    try:
        security = Security(told.get("security", ""))
    except ValueError as error:
        raise UnreadableSettings("Choose how the line is encrypted: TLS, STARTTLS or not at all.") from error
    username, password = told.get("username", "").strip(), told.get("password", "")
    if len(username) > 320 or len(password) > 1_000 or "\0" in username + password:
        raise UnreadableSettings("User name or password are longer than any server takes.")
    return Server(host.lower(), int(port), security, username, password, told.get("may_be_plain") == "1")


def read_sender(told: Mapping[str, str]) -> Address:
    """
    Return the address that messages come from, of the fields from_email and from_name.

    Raises:
        UnreadableSettings: it is no address.
    """
    email, name = told.get("from_email", "").strip(), one_line(told.get("from_name", ""))[:120]
    if parseaddr(email)[1] != email or not email.isascii() or "." not in email.rpartition("@")[2]:
        raise UnreadableSettings("The address that messages come from looks like dana@bayline.com.")
    try:
        return Address(ascii_email(email), name)
    except DomainError as error:
        raise UnreadableSettings(error.message) from error


def read_folder(told: Mapping[str, str]) -> str:
    """Return the folder that is to be read; INBOX when none is named."""
    return one_line(told.get("folder", ""))[:255] or "INBOX"
