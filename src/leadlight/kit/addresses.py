"""Which addresses of the network Leadlight may talk to when somebody else names them (SSRF). Pure."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import httpx

from leadlight.kit.errors import DomainError

MOST_CHARACTERS = 1_000

#: Global unicast; everything that anybody in the world can be reached by lies in here.
_PUBLIC_V6 = IPv6Network("2000::/3")
#: Of that, what carries an IPv4 address within (6to4, Teredo), and what is for examples only.
_UNUSED_V6 = (IPv6Network("2002::/16"), IPv6Network("2001::/32"), IPv6Network("3fff::/20"))
#: Translates to the IPv4 address in its last 32 bits (RFC 6052).
_NAT64 = IPv6Network("64:ff9b::/96")
_RELAY_6TO4 = IPv4Network("192.88.99.0/24")
#: A brokerage's own network.
_OWN_V4 = tuple(IPv4Network(net) for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
_OWN_V6 = IPv6Network("fc00::/7")


class UnsafeAddress(DomainError):
    """An address that Leadlight does not talk to."""

    code = "unsafe_address"


@dataclass(frozen=True)
class Target:
    """Where a URL leads, in the one reading that is used for checking and for connecting."""

    #: The whole, normalised.
    url: str
    scheme: str
    #: A name in its ASCII form, or an IP address without brackets.
    host: str
    port: int
    #: Path and query.
    path: str
    #: What the `Host` header says.
    authority: str


def checked_target(url: str, *, private: bool) -> Target:
    """
    Return where a URL leads, when its form allows to go there; whither its name resolves is not looked at yet.

    `private` says that this installation may talk to its own network, and without encryption.

    Raises:
        UnsafeAddress: it is no URL, carries a password, or asks for a scheme or port that is not allowed.
    """
    if len(url) > MOST_CHARACTERS:
        raise UnsafeAddress(f"This address is longer than {MOST_CHARACTERS:,} characters.")
    if any(not character.isprintable() or character.isspace() or character == "\\" for character in url):
        raise UnsafeAddress("An address holds no spaces, backslashes or control characters.")
    try:
        parsed = httpx.URL(url)
        host = parsed.raw_host.decode("ascii")
    except (httpx.InvalidURL, ValueError) as error:
        raise UnsafeAddress(
            "This is no address that can be reached. It looks like https://example.com/hook."
        ) from error
    schemes = {"https": 443, "http": 80} if private else {"https": 443}
    if parsed.scheme not in schemes or not host:
        raise UnsafeAddress("The address must begin with https://, so that nobody on the way can read what is sent.")
    if parsed.userinfo:
        raise UnsafeAddress("Leave user name and password out of the address.")
    if parsed.fragment or len(str(parsed)) > MOST_CHARACTERS:
        raise UnsafeAddress("Leave out the part of the address that begins with #, and keep it short.")
    port = parsed.port or schemes[parsed.scheme]
    if not (port == 443 or 1024 < port < 65536 or (private and port == 80)):
        raise UnsafeAddress("Only port 443 and those above 1024 are used.")
    try:
        literal = ip_address(host)
    except ValueError:
        literal = None
    if literal is not None and not may_connect(literal, private=private):
        raise UnsafeAddress(refusal(literal))
    path, authority = parsed.raw_path.decode("ascii"), parsed.netloc.decode("ascii")
    return Target(str(parsed), parsed.scheme, host, port, path, authority)


def refusal(address: IPv4Address | IPv6Address) -> str:
    """Return why an address is refused, and what an operator who means it can do."""
    return f"{address} is not a public address. LEADLIGHT_OUTBOUND_PRIVATE=1 allows those of your own network."


def may_connect(address: IPv4Address | IPv6Address, *, private: bool) -> bool:
    """
    Say whether Leadlight may connect to an address that a name resolved to.

    Public ones always; with `private` also loopback and private networks, but never link-local ones, where clouds
    keep the keys of their machines.
    """
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return may_connect(address.ipv4_mapped, private=private)
        if address in _NAT64:
            return may_connect(IPv4Address(address.packed[-4:]), private=private)
        public = address in _PUBLIC_V6 and not any(address in network for network in _UNUSED_V6)
        own = address.is_loopback or address in _OWN_V6
    else:
        public = not (address.is_reserved or address in _RELAY_6TO4)
        own = address.is_loopback or any(address in network for network in _OWN_V4)
    return not address.is_multicast and ((public and address.is_global) or (private and own))
