"""
A mail server that takes messages for real, fails as it is told, and counts by itself what it took.

It is a process of its own in a session of its own: whoever kills workers does not kill it. What it takes is written
to a file before it says so. What is to go wrong stands in another file, which it reads anew at every step.
"""

import asyncio
import contextlib
import fnmatch
import json
import ssl
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from pathlib import Path
from typing import Any, NoReturn

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers.certificates import certificate
from tests.servers.common import Program, free_port, listens, wait_until

#: In the order in which a message passes them. BODY is while it is being handed over, DOT when it is there but not yet
#: taken, TAKEN when it is taken but nobody was told.
STEPS = ("CONNECT", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "BODY", "DOT", "TAKEN", "RSET", "QUIT")


@dataclass(frozen=True)
class Trouble:
    """What happens at a step: first the wait, then the answer or the hanging up; else all goes on as usual."""

    step: str
    #: "550 5.1.1 No such user"; empty for the usual answer.
    answer: str = ""
    hangs_up: bool = False
    wait_seconds: float = 0
    #: Only for recipients (steps RCPT to TAKEN) that look like this.
    to: str = "*"
    #: So often, then no more; 0 for ever. Counted from when the script was given.
    times: int = 0
    #: So often nothing happens first.
    after: int = 0

    def __post_init__(self) -> None:
        assert self.step in STEPS, self.step


@dataclass(frozen=True)
class Received:
    """One message that the server took, for one envelope."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    #: Numbered from 1: two messages over one line have the same.
    line: int
    is_encrypted: bool
    user: str
    #: When, in seconds since the epoch.
    at: float

    @property
    def message(self) -> EmailMessage:
        found = message_from_bytes(self.raw, policy=WIRE)
        assert isinstance(found, EmailMessage)
        return found


@dataclass(frozen=True)
class Setup:
    """What kind of server it is."""

    #: "NONE", "STARTTLS" or "TLS".
    security: str = "NONE"
    #: Who may log in; when there is anybody, nobody else may send.
    users: dict[str, str] = field(default_factory=dict)
    size_limit: int = 30_000_000
    smtputf8: bool = False
    #: A message that is all there is taken also when the client has gone meanwhile, as Postfix and Exim do.
    is_steadfast: bool = False


@dataclass
class MailServer:
    """A running server."""

    port: int
    folder: Path
    _program: Program
    host: str = "127.0.0.1"

    @property
    def certificate(self) -> Path:
        return self.folder / "certificate.pem"

    @property
    def accepted(self) -> list[Received]:
        """All that was taken since `forget`, the first first."""
        path = self.folder / "accepted.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [
            Received(**{**told, "recipients": tuple(told["recipients"]), "raw": told["raw"].encode("latin-1")})
            for told in map(json.loads, lines)
        ]

    def script(self, *troubles: Trouble) -> None:
        """Have these troubles from now on, and no others."""
        _write_script(self.folder, troubles)

    def forget(self) -> None:
        """Count from nothing again."""
        (self.folder / "accepted.jsonl").unlink(missing_ok=True)

    def stop(self) -> None:
        """Take it away at once, as a crash would; what it took stays counted."""
        self._program.stop()

    def start(self) -> None:
        """Bring it back on the same port."""
        self._program.start()
        address = f"smtp://{self.host}:{self.port}"
        wait_until(lambda: listens(address), seconds=20, what="the mail server listens")


@contextlib.contextmanager
def mail_server(setup: Setup | None = None, *troubles: Trouble) -> Iterator[MailServer]:
    """Run a mail server while the block does."""
    with tempfile.TemporaryDirectory(prefix="leadlight-mail-") as name:
        folder = Path(name)
        certificate(folder)
        _write_script(folder, troubles)
        (folder / "setup.json").write_text(json.dumps(asdict(setup or Setup())))
        port = free_port()
        root = str(Path(__file__).parents[2])
        program = Program(
            [sys.executable, "-m", "tests.servers.mail", str(folder), str(port)],
            environment={"PYTHONPATH": root, "PATH": "/usr/bin:/bin"},
            log=folder / "log",
        )
        server = MailServer(port, folder, program)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _write_script(folder: Path, troubles: Sequence[Trouble]) -> None:
    new = folder / "script.new"
    new.write_text(json.dumps([asdict(trouble) for trouble in troubles]))
    new.replace(folder / "script.json")


class _Script:
    """The troubles as they are told now, and how often each came up."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "script.json"
        self._stamp: object = None
        self._troubles: list[Trouble] = []
        self._met: list[int] = []

    def at(self, step: str, recipients: Sequence[str] = ()) -> Trouble | None:
        stat = self._path.stat()
        if self._stamp != (stat.st_mtime_ns, stat.st_ino):
            self._stamp = (stat.st_mtime_ns, stat.st_ino)
            self._troubles = [Trouble(**told) for told in json.loads(self._path.read_text())]
            self._met = [0] * len(self._troubles)
        for number, trouble in enumerate(self._troubles):
            is_meant = trouble.to == "*" or any(fnmatch.fnmatch(to, trouble.to) for to in recipients)
            if trouble.step != step or not is_meant:
                continue
            self._met[number] += 1
            turn = self._met[number] - trouble.after
            if turn > 0 and (not trouble.times or turn <= trouble.times):
                return trouble
        return None


class _Server(SMTP):
    """aiosmtpd's server, which looks into the script before each step."""

    lines = 0

    def __init__(self, *args: Any, script: _Script, journal: "_Journal", is_steadfast: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        self._script, self._journal, self._is_steadfast = script, journal, is_steadfast
        _Server.lines += 1
        self.line = _Server.lines

    async def meet(self, step: str, recipients: Sequence[str] = ()) -> str:
        """Wait and hang up as the script says of a step; return what it answers, "" for the usual."""
        trouble = self._script.at(step, recipients)
        if trouble is None:
            return ""
        await asyncio.sleep(trouble.wait_seconds)
        if trouble.hangs_up:
            self._end(abort=True)
        return trouble.answer

    async def met(self, step: str, recipients: Sequence[str] = ()) -> bool:
        """Meet what the script says of a step and answer it; return whether the usual way ends here."""
        answer = await self.meet(step, recipients)
        if not answer:
            return False
        await self.push(answer)
        if answer.startswith("421"):
            self._end()
        return True

    def _end(self, *, abort: bool = False) -> NoReturn:
        # None when the client has hung up before.
        if self.transport is not None:
            assert isinstance(self.transport, asyncio.WriteTransport)
            if abort:
                self.transport.abort()
            self.transport.close()
        # What aiosmtpd itself ends a line by.
        raise asyncio.CancelledError

    @property
    def _recipients(self) -> list[str]:
        return self.envelope.rcpt_tos if self.envelope is not None else []

    async def _handle_client(self) -> None:
        try:
            if not await self.met("CONNECT"):
                await super()._handle_client()
        except asyncio.CancelledError:
            if self.transport is not None:
                self.transport.close()

    async def smtp_EHLO(self, hostname: str) -> None:
        if not await self.met("EHLO"):
            await super().smtp_EHLO(hostname)

    async def smtp_STARTTLS(self, arg: str) -> None:
        if not await self.met("STARTTLS"):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:
        if not await self.met("AUTH"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:
        if not await self.met("MAIL"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        to = (arg or "").partition(":")[2].strip().strip("<>")
        if not await self.met("RCPT", [to]):
            await super().smtp_RCPT(arg)

    async def smtp_RSET(self, arg: str) -> None:
        if not await self.met("RSET"):
            await super().smtp_RSET(arg)

    async def smtp_QUIT(self, arg: str) -> None:
        if not await self.met("QUIT"):
            await super().smtp_QUIT(arg)

    async def smtp_DATA(self, arg: str) -> None:
        if await self.met("DATA", self._recipients):
            return
        if self._script.at("BODY", self._recipients):
            await self.push("354 Go on")
            await self._reader.read(100)
            self._end(abort=True)
        await super().smtp_DATA(arg)

    async def take(self, session: Session, envelope: Envelope) -> str:
        """Take a message, all of which is there; return the answer."""
        assert self.transport is not None
        is_encrypted = self.transport.get_extra_info("ssl_object") is not None
        taking = self._take(session, envelope, is_encrypted=is_encrypted)
        return await (asyncio.shield(taking) if self._is_steadfast else taking)

    async def _take(self, session: Session, envelope: Envelope, *, is_encrypted: bool) -> str:
        if answer := await self.meet("DOT", envelope.rcpt_tos):
            return answer
        self._journal.add(self.line, session, envelope, is_encrypted=is_encrypted)
        return await self.meet("TAKEN", envelope.rcpt_tos) or "250 2.0.0 Taken as Q1"


class _Journal:
    """What was taken, written down before anybody is told."""

    def __init__(self, folder: Path) -> None:
        self._path, self._lock = folder / "accepted.jsonl", threading.Lock()

    def add(self, line: int, session: Session, envelope: Envelope, *, is_encrypted: bool) -> None:
        assert isinstance(envelope.content, bytes)
        login = session.auth_data
        told = Received(
            message_id=(message_from_bytes(envelope.content)["Message-ID"] or "").strip().strip("<>"),
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            raw=envelope.content,
            line=line,
            is_encrypted=is_encrypted,
            user=login.login.decode() if isinstance(login, LoginPassword) else "",
            at=time.time(),
        )
        with self._lock, self._path.open("a") as out:
            out.write(json.dumps({**asdict(told), "raw": envelope.content.decode("latin-1")}) + "\n")


async def _serve(folder: Path, port: int) -> None:
    setup = Setup(**json.loads((folder / "setup.json").read_text()))
    script, journal = _Script(folder), _Journal(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")

    def check(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, told: Any) -> AuthResult:
        is_known = isinstance(told, LoginPassword) and setup.users.get(told.login.decode()) == told.password.decode()
        return AuthResult(success=is_known, auth_data=told, handled=False)

    def line() -> SMTP:
        class Handler:
            async def handle_DATA(self, server: _Server, session: Session, envelope: Envelope) -> str:
                return await server.take(session, envelope)

        return _Server(
            Handler(),
            script=script,
            journal=journal,
            is_steadfast=setup.is_steadfast,
            hostname="mail.test",
            data_size_limit=setup.size_limit,
            enable_SMTPUTF8=setup.smtputf8,
            decode_data=False,
            tls_context=context if setup.security == "STARTTLS" else None,
            require_starttls=setup.security == "STARTTLS",
            auth_required=bool(setup.users),
            auth_require_tls=False,
            authenticator=check,
            timeout=600,
        )

    loop = asyncio.get_running_loop()
    tls = context if setup.security == "TLS" else None
    server = await loop.create_server(line, "127.0.0.1", port, ssl=tls)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), int(sys.argv[2])))
