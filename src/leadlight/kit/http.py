"""
Talks to addresses that somebody else named: never to our own network, never for long, never following redirects.

The name is resolved once, every address that it has is checked, and the connection goes to the very address that
was: a name that resolves to something else a moment later gains nothing. Proxies of the environment are not used.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Self

import httpcore
import httpx

from leadlight.kit.addresses import UnsafeAddress, checked_target, may_connect, refusal

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
#: Of an answer's body no more is read.
MOST_BYTES = 16_384
_EXCERPT = 200

#: Name and port → IP addresses as text. Raises OSError when there are none.
Resolver = Callable[[str, int], list[str]]

_deadline: ContextVar[float] = ContextVar("deadline")


class Unreachable(Exception):
    """No answer came; the message says why, in plain words."""


@dataclass(frozen=True)
class Answer:
    """What the other side said."""

    status: int
    #: In lower case.
    headers: Mapping[str, str]
    #: The first words of the body, printable; empty when it has none.
    excerpt: str


def resolve(host: str, port: int) -> list[str]:
    """Return the IP addresses of a name, as the machine's own resolver gives them."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except UnicodeError as error:
        raise socket.gaierror(f"{host} is no name") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Client:
    """
    Posts to addresses that were named by others. Threads may share one; connections are kept until it is closed.

    `private` lets it talk to this machine's own network, and without encryption.
    """

    def __init__(self, *, private: bool, resolver: Resolver = resolve, total_seconds: float = TOTAL_SECONDS) -> None:
        self._private = private
        self._total_seconds = total_seconds
        self._pool = httpcore.ConnectionPool(
            ssl_context=_ssl_context(), network_backend=_Guarded(private=private, resolver=resolver), retries=0
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._pool.close()

    def post(self, address: str, *, body: bytes, headers: Mapping[str, str]) -> Answer:
        """
        Send a body; return the answer, whatever its status.

        Raises:
            UnsafeAddress: the address is none that this installation may talk to.
            Unreachable: no whole answer came in time.
        """
        target = checked_target(address, private=self._private)
        _deadline.set(time.monotonic() + self._total_seconds)
        timeouts = {"connect": CONNECT_SECONDS, "pool": CONNECT_SECONDS}
        # Built of the checked parts: another reading of the text could lead elsewhere.
        url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        named: list[tuple[bytes | str, bytes | str]] = [("Host", target.authority), *headers.items()]
        try:
            with self._pool.stream(
                "POST", url, headers=named, content=body, extensions={"timeout": timeouts}
            ) as response:
                read = b""
                for chunk in response.iter_stream():
                    read += chunk[: MOST_BYTES - len(read)]
                    if len(read) >= MOST_BYTES:
                        break
        except httpcore.ConnectTimeout as error:
            raise Unreachable(f"No connection within {CONNECT_SECONDS:.0f} seconds.") from error
        except httpcore.TimeoutException as error:
            raise Unreachable(f"No answer within {self._total_seconds:.0f} seconds.") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise Unreachable(_words(error)) from error
        found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        return Answer(response.status, found, _excerpt(read))


@lru_cache(maxsize=1)
def _ssl_context() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


def _excerpt(read: bytes) -> str:
    words = "".join(c if c.isprintable() else " " for c in read.decode("utf-8", errors="replace"))
    return " ".join(words.split())[:_EXCERPT]


def _words(error: BaseException) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"Its certificate cannot be trusted: {cause.verify_message}."
        if isinstance(cause, ssl.SSLError):
            return "No encrypted connection could be agreed on."
        if isinstance(cause, socket.gaierror):
            return "Its name cannot be found."
        if isinstance(cause, ConnectionRefusedError):
            return "It refused the connection."
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpcore.ProtocolError):
        return "It hung up, or its answer was no HTTP."
    return "The connection broke, or none could be made."


class _Guarded(httpcore.NetworkBackend):
    """Connects to checked addresses only, and gives up at the request's deadline."""

    def __init__(self, *, private: bool, resolver: Resolver) -> None:
        self._private = private
        self._resolve = resolver
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """
        Resolve, check, connect.

        Raises:
            UnsafeAddress: one of the name's addresses is not allowed.
        """
        addresses = [ip_address(found) for found in self._resolve(host, port)]
        for address in addresses:
            # One bad address spoils the name: who mixes them is trying to slip through.
            if not may_connect(address, private=self._private):
                raise UnsafeAddress(refusal(address))
        if not addresses:
            raise httpcore.ConnectError(f"{host} has no address")
        for address in addresses[:-1]:
            try:
                return self._connect(str(address), port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connect(str(addresses[-1]), port, timeout, local_address, socket_options)

    def _connect(
        self,
        address: str,
        port: int,
        timeout: float | None,
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.NetworkStream:
        stream = self._sockets.connect_tcp(address, port, _left(timeout), local_address, socket_options)
        return _Timed(stream)


class _Timed(httpcore.NetworkStream):
    """A connection whose every step ends at the request's deadline: dripping bytes buys no time."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come."""
        return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send."""
        self._stream.write(buffer, _left(timeout))

    def close(self) -> None:
        """Close."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Encrypt; the certificate must be that of the name, not of the address."""
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> object:
        """Return what is known of the connection."""
        return self._stream.get_extra_info(info)


def _left(timeout: float | None) -> float:
    """Return for how long to wait at most: the step's own limit, cut at the deadline."""
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the deadline has passed")
    return left if timeout is None else min(timeout, left)
