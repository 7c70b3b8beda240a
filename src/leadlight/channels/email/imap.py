"""A mailbox of the team's own choice, read over IMAP. Nothing there is ever changed, not even what was seen."""

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from leadlight.channels.email.lines import Security, Server, trouble, trusting
from leadlight.channels.email.mime import one_line
from leadlight.kit.errors import DomainError

#: Of a larger mail only the beginning is read: its headers, and mostly its text.
LARGEST = 25_000_000
BEGINNING = 256 * 1024
#: So much is asked for at once: it is all in memory.
_TOGETHER, _BYTES_TOGETHER = 50, 16_000_000


class UnableToReadMail(DomainError):
    """A mailbox cannot be read now."""

    code = "mail_not_read"


@dataclass(frozen=True)
class Patience:
    """How long a server may take, in seconds: to be reached, and to give the next of what was asked for."""

    connect: float = 20
    answer: float = 60


@dataclass(frozen=True)
class Fetched:
    """One mail as the server holds it."""

    uid: int
    #: All of it, or its beginning.
    raw: bytes
    #: Of the whole.
    size: int
    is_whole: bool
    #: When the server took it, in UTC.
    received_at: datetime


class Folder:
    """A folder that is being read."""

    def __init__(self, client: IMAPClient, *, uid_validity: int, uid_next: int) -> None:
        self._client = client
        #: Mails are known by their numbers as long as this stays the same (RFC 9051, 2.3.1.1).
        self.uid_validity = uid_validity
        #: No mail that is here now has this number or a higher one.
        self.uid_next = uid_next

    def uids_after(self, uid: int, *, since: date | None = None) -> list[int]:
        """Return the numbers of the mails after one, the lowest first; with `since`, only from that day on."""
        criteria: list[Any] = ["UID", f"{uid + 1}:*"]
        if since is not None:
            criteria += ["SINCE", since]
        with _plainly("search"):
            # `n:*` names the last mail even when that comes before n.
            return sorted(found for found in self._client.search(criteria) if found > uid)

    def fetch(self, uids: Sequence[int]) -> Iterator[list[Fetched]]:
        """
        Give mails in batches, in the order of their numbers; one that has gone meanwhile is left out.

        A mail that the server itself cannot give comes as what is to be had of it, so that it holds up no other.
        """
        for start in range(0, len(uids), _TOGETHER):
            with _plainly("read"):
                told = self._client.fetch(uids[start : start + _TOGETHER], ["RFC822.SIZE", "INTERNALDATE"])
            batch: list[int] = []
            n_bytes = 0
            for uid in sorted(told):
                size = int(told[uid].get(b"RFC822.SIZE") or 0)
                if batch and n_bytes + min(size, LARGEST) > _BYTES_TOGETHER:
                    yield self._bodies(batch, told)
                    batch, n_bytes = [], 0
                batch.append(uid)
                n_bytes += min(size, LARGEST)
            if batch:
                yield self._bodies(batch, told)

    def _bodies(self, uids: Sequence[int], told: dict[int, dict[bytes, Any]]) -> list[Fetched]:
        sizes = {uid: int(told[uid].get(b"RFC822.SIZE") or 0) for uid in uids}
        whole = [uid for uid in uids if sizes[uid] <= LARGEST]
        found = {**self._raw(whole, "BODY.PEEK[]")}
        found |= self._raw([uid for uid in uids if sizes[uid] > LARGEST], f"BODY.PEEK[]<0.{BEGINNING}>")
        return [
            Fetched(
                uid=uid,
                raw=found[uid],
                size=max(sizes[uid], len(found[uid])),
                is_whole=sizes[uid] <= len(found[uid]) and bool(found[uid]),
                received_at=_moment(told[uid].get(b"INTERNALDATE")),
            )
            for uid in uids
            if uid in found
        ]

    def _raw(self, uids: Sequence[int], what: str) -> dict[int, bytes]:
        if not uids:
            return {}
        with _plainly("read"):
            try:
                return _contents(self._client.fetch(uids, [what]))
            except IMAPClientAbortError:
                raise
            except IMAPClientError:
                if len(uids) == 1:
                    return {uids[0]: self._head(uids[0])}
        # The server refuses one of them: which?
        return {uid: raw for one in uids for uid, raw in self._raw([one], what).items()}

    def _head(self, uid: int) -> bytes:
        try:
            return _contents(self._client.fetch([uid], ["BODY.PEEK[HEADER]"])).get(uid, b"")
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            return b""


def _contents(told: dict[int, dict[bytes, Any]]) -> dict[int, bytes]:
    return {
        uid: next((value for name, value in items.items() if name.startswith(b"BODY[") and value), b"")
        for uid, items in told.items()
    }


def _moment(told: Any) -> datetime:
    if isinstance(told, datetime) and told.tzinfo is not None:
        return told.astimezone(UTC)
    return datetime.now(UTC)


@contextmanager
def open_folder(server: Server, name: str, *, patience: Patience | None = None) -> Iterator[Folder]:
    """
    Log in and open a folder for reading; the line is closed at the end of the block.

    Raises:
        UnableToReadMail: there is no line, no log-in or no such folder, or, within the block, the line broke.
    """
    if server.is_exposed:
        raise UnableToReadMail(
            f"The password for {server.host} would go unencrypted over the network. Choose TLS or STARTTLS, or say "
            "that this is meant."
        )
    client = _logged_in(server, patience or Patience())
    try:
        yield _selected(client, name)
    finally:
        with contextlib.suppress(IMAPClientError, OSError, ValueError):
            client.logout()
        with contextlib.suppress(OSError):
            client.shutdown()


def _logged_in(server: Server, patience: Patience) -> IMAPClient:
    with _plainly("open", server):
        client = IMAPClient(
            server.host,
            server.port,
            ssl=server.security is Security.TLS,
            ssl_context=trusting(),
            timeout=SocketTimeout(patience.connect, patience.answer),
        )
    try:
        with _plainly("open", server):
            # Else times come in the zone of this machine, without saying so.
            client.normalise_times = False
            if server.security is Security.STARTTLS:
                if not client.has_capability("STARTTLS"):
                    raise UnableToReadMail(
                        "The mailbox offers no encryption on this port (STARTTLS). Choose TLS on port 993."
                    )
                client.starttls(ssl_context=trusting())
            client.login(server.username, server.password)
    except UnableToReadMail:
        with contextlib.suppress(OSError, IMAPClientError):
            client.shutdown()
        raise
    return client


def _selected(client: IMAPClient, name: str) -> Folder:
    with _plainly("open"):
        try:
            told = client.select_folder(name, readonly=True)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            raise UnableToReadMail(
                f"The mailbox has no folder {one_line(name)[:80]!r} to be read ({_said(error)}). Most have INBOX."
            ) from error
        if not told.get(b"UIDVALIDITY"):
            raise UnableToReadMail(
                "The mailbox gives its mails no numbers that hold, so nothing new can be told from old."
            )
        uid_next = told.get(b"UIDNEXT") or max(client.search(["ALL"]), default=0) + 1
        return Folder(client, uid_validity=int(told[b"UIDVALIDITY"]), uid_next=int(uid_next))


@contextmanager
def _plainly(deed: str, server: Server | None = None) -> Iterator[None]:
    """Say in plain words what went wrong; what a server says may break the library in many ways."""
    where = f" {server.host}:{server.port}" if server is not None else ""
    try:
        yield
    except UnableToReadMail:
        raise
    except LoginError as error:
        raise UnableToReadMail(
            f"The mailbox refused the log-in ({_said(error)}). Check user name and password; Gmail and many others "
            "want an app password here, not the one you sign in with."
        ) from error
    except IMAPClientAbortError as error:
        raise UnableToReadMail(f"The line to the mailbox broke: {_said(error)}.") from error
    except OSError as error:
        raise UnableToReadMail(f"The mailbox{where} cannot be reached: {trouble(error)}.") from error
    except IMAPClientError as error:
        raise UnableToReadMail(f"The mailbox did not {deed}: {_said(error)}.") from error
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
        raise UnableToReadMail(f"The mailbox did not {deed}: what it answered cannot be understood.") from error


def _said(error: Exception) -> str:
    words = error.args[0] if error.args else ""
    return one_line(words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words))[:200] or "no words"
