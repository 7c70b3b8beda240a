"""How a line to a mail server is secured, for sending and for reading alike."""

import socket
import ssl
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import ip_address


class Security(Enum):
    """How what goes over a line is kept from others."""

    #: Encrypted from the first byte: ports 465 and 993.
    TLS = "TLS"
    #: Encrypted after a word in the clear, and never used without: ports 587 and 143.
    STARTTLS = "STARTTLS"
    #: Not at all: only to this machine itself, unless the team says otherwise.
    NONE = "NONE"


@dataclass(frozen=True)
class Server:
    """A server of the team's own choice; one in its own network is as good as any other."""

    host: str
    port: int
    security: Security
    #: Empty for a server that asks for no log-in.
    username: str = ""
    password: str = field(default="", repr=False)
    #: The team has said that its mail may go unencrypted to another machine.
    may_be_plain: bool = False

    @property
    def is_exposed(self) -> bool:
        """Whether others could read what goes over this line, and nobody has said that they may."""
        return self.security is Security.NONE and not (self.may_be_plain or is_loopback(self.host))


def is_loopback(host: str) -> bool:
    """Say whether a name or address is this machine itself."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def trusting() -> ssl.SSLContext:
    """Return what certificates are checked with: the machine's authorities, or those that SSL_CERT_FILE names."""
    return ssl.create_default_context()


def trouble(error: OSError) -> str:
    """Return in plain words why a line could not be opened or broke."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return "the encrypted line could not be set up. Is this the right port for this kind of encryption?"
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, socket.gaierror):
        return "there is no server of this name, or names cannot be looked up now"
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens there. Check host and port"
    return error.strerror or str(error) or "the line broke"
