"""A mail server of the team's own choice, over SMTP. Says exactly how far a message had come when something broke."""

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from leadlight.channels.email.base import Accepted, Email, UnableToSend
from leadlight.channels.email.lines import Security, Server, trouble, trusting
from leadlight.channels.email.mime import ascii_email, one_line, write
from leadlight.channels.rules.answers import Step, judge
from leadlight.kit.clock import utc_now


@dataclass(frozen=True)
class Patience:
    """How long a server may take, in seconds."""

    connect: float = 20
    #: For each answer.
    answer: float = 60
    #: After the whole message was handed over: who hangs up earlier will never know whether it was taken.
    verdict: float = 300


@dataclass(frozen=True)
class Smtp:
    """Hands messages to a mail server."""

    server: Server
    patience: Patience = field(default_factory=Patience)

    name = "smtp"
    is_real = True

    @contextmanager
    def open(self) -> Iterator["SmtpSession"]:
        """Open a line and log in; see `EmailVendor.open`."""
        session = SmtpSession(self.server, self.patience)
        session.connect()
        try:
            yield session
        finally:
            session.close()


class _Broken(Exception):
    """The line broke, or what came over it is no answer."""


class _Stale(Exception):
    """A line that was good before was let go meanwhile: nothing of the message has been handed over."""

    def __init__(self, reason: UnableToSend) -> None:
        super().__init__(reason)
        self.reason = reason


class SmtpSession:
    """A line to a server, kept from message to message and opened anew where it broke."""

    def __init__(self, server: Server, patience: Patience) -> None:
        self._server, self._patience = server, patience
        self._line: smtplib.SMTP | None = None
        #: Whether this line has carried a message before: then the server may have hung up meanwhile.
        self._is_used = False

    def send(self, email: Email) -> Accepted:
        """Hand a message over; see `Session.send`."""
        sender, recipient = ascii_email(email.sender.email), ascii_email(email.to.email)
        was_used = self._line is not None and self._is_used
        try:
            return self._hand_over(email, sender, recipient)
        except _Stale as stale:
            if not was_used:
                raise stale.reason from stale
        try:
            return self._hand_over(email, sender, recipient)
        except _Stale as stale:
            raise stale.reason from stale

    def _hand_over(self, email: Email, sender: str, recipient: str) -> Accepted:
        line = self._line or self.connect()
        self._is_used = True
        utf8 = not (sender + recipient).isascii()
        if utf8 and not line.has_extn("smtputf8"):
            raise UnableToSend(
                "This address holds letters that the mail server cannot write to (it has no SMTPUTF8).",
                is_permanent=True,
                is_address=not recipient.isascii(),
            )
        body = _dotted(write(email, at=utc_now(), utf8=utf8))
        most = line.esmtp_features.get("size", "")
        if most.isdigit() and 0 < int(most) < len(body):
            raise UnableToSend(
                f"The message has {len(body):,} bytes, and the mail server takes {int(most):,}. Shorten it.",
                is_permanent=True,
            )
        options = " SMTPUTF8 BODY=8BITMIME" if utf8 else ""
        try:
            code, said = self._ask(line, f"MAIL FROM:<{sender}>{options}")
        except _Broken as error:
            self._drop()
            raise _Stale(_lost(error)) from error
        if code == 421:
            raise _Stale(self._refused(code, said, Step.SENDER))
        self._expect(code, said, Step.SENDER)
        try:
            self._expect(*self._ask(line, f"RCPT TO:<{recipient}>"), Step.RECIPIENT)
            self._expect(*self._ask(line, "DATA"), Step.DATA, success=354)
            # Without its last line the server cannot have taken it: whatever breaks until then has delivered nothing.
            self._put(line, body)
        except _Broken as error:
            self._drop()
            raise _lost(error) from error
        return self._finish(line)

    def _finish(self, line: smtplib.SMTP) -> Accepted:
        try:
            self._patient(line, self._patience.verdict)
            self._put(line, b".\r\n")
            code, said = self._answer(line)
            self._patient(line, self._patience.answer)
        except _Broken as error:
            self._drop()
            raise _unknown(str(error)) from error
        if not 200 <= code < 300 and not 400 <= code < 600:
            self._drop()
            raise _unknown(f"it answered {code} {said}")
        self._expect(code, said, Step.CONTENT)
        return Accepted(said=f"{code} {said}"[:300])

    def connect(self) -> smtplib.SMTP:
        """
        Open a line and log in.

        Raises:
            UnableToSend: there is no line to be had; permanent when the settings must change first.
        """
        server = self._server
        if server.is_exposed:
            raise UnableToSend(
                f"Mail to {server.host} would go unencrypted over the network. Choose TLS or STARTTLS, or say that "
                "this is meant.",
                is_permanent=True,
            )
        try:
            line = self._greeted()
        except smtplib.SMTPConnectError as error:
            raise self._refused(error.smtp_code, _text(error.smtp_error), Step.CONNECT) from error
        except (OSError, UnicodeError) as error:
            raise self._unreachable(error) from error
        self._line, self._is_used = line, False
        try:
            self._introduce(line)
            self._log_in(line)
        except _Broken as error:
            self._drop()
            raise _lost(error) from error
        except UnableToSend:
            self._drop()
            raise
        return line

    def _greeted(self) -> smtplib.SMTP:
        server, seconds = self._server, self._patience.connect
        # A name of our own would be looked up in the DNS, which may take long and helps nobody.
        line = (
            smtplib.SMTP_SSL(server.host, server.port, _own_name(), timeout=seconds, context=trusting())
            if server.security is Security.TLS
            else smtplib.SMTP(server.host, server.port, _own_name(), timeout=seconds)
        )
        self._patient(line, self._patience.answer)
        if line.sock is not None:
            # Else the last line of each message waits 40 ms for the server to acknowledge those before it.
            line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line

    def _introduce(self, line: smtplib.SMTP) -> None:
        self._hello(line)
        if self._server.security is not Security.STARTTLS:
            return
        if not line.has_extn("starttls"):
            raise UnableToSend(
                "The mail server offers no encryption on this port (STARTTLS). Choose TLS on port 465.",
                is_permanent=True,
            )
        try:
            code, said = line.starttls(context=trusting())
        except (ssl.SSLError, TimeoutError, ConnectionError) as error:
            raise self._unreachable(error) from error
        except (smtplib.SMTPException, OSError) as error:
            raise _Broken(_words(error)) from error
        if code != 220:
            raise self._refused(code, _text(said), Step.CONNECT)
        self._hello(line)

    def _hello(self, line: smtplib.SMTP) -> None:
        try:
            line.ehlo_or_helo_if_needed()
        except smtplib.SMTPHeloError as error:
            raise self._refused(error.smtp_code, _text(error.smtp_error), Step.CONNECT) from error
        except (smtplib.SMTPException, OSError) as error:
            raise _Broken(_words(error)) from error

    def _log_in(self, line: smtplib.SMTP) -> None:
        if not self._server.username:
            return
        try:
            line.login(self._server.username, self._server.password)
        except smtplib.SMTPAuthenticationError as error:
            said = one_line(_text(error.smtp_error))
            if not 500 <= error.smtp_code < 600:
                raise self._refused(error.smtp_code, said, Step.LOG_IN) from error
            raise UnableToSend(
                f"The mail server refused the log-in ({error.smtp_code} {said[:200]}). Check user name and password; "
                "Gmail and many others want an app password here, not the one you sign in with.",
                is_permanent=True,
            ) from error
        except smtplib.SMTPServerDisconnected as error:
            raise _Broken(_words(error)) from error
        except (smtplib.SMTPException, UnicodeError) as error:
            raise UnableToSend(
                "The mail server takes no user name and password on this line. Leave both empty if it needs none, or "
                "choose another port or encryption.",
                is_permanent=True,
            ) from error
        except OSError as error:
            raise _Broken(_words(error)) from error

    def close(self) -> None:
        """Say goodbye and hang up; a line that is broken already is let go."""
        if self._line is None:
            return
        with contextlib.suppress(smtplib.SMTPException, OSError, _Broken):
            self._patient(self._line, min(self._patience.answer, 5))
            self._line.quit()
        self._drop()

    def _drop(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None

    def _ask(self, line: smtplib.SMTP, words: str) -> tuple[int, str]:
        self._put(line, f"{words}\r\n".encode())
        return self._answer(line)

    def _put(self, line: smtplib.SMTP, data: bytes) -> None:
        try:
            assert line.sock is not None
            line.sock.sendall(data)
        except OSError as error:
            raise _Broken(trouble(error)) from error

    def _answer(self, line: smtplib.SMTP) -> tuple[int, str]:
        try:
            code, said = line.getreply()
        except (smtplib.SMTPException, OSError) as error:
            # Among them a 500 that the library makes up for a line that is too long.
            raise _Broken(_words(error)) from error
        return code, one_line(_text(said))

    def _patient(self, line: smtplib.SMTP, seconds: float) -> None:
        try:
            assert line.sock is not None
            line.sock.settimeout(seconds)
        except OSError as error:
            raise _Broken(trouble(error)) from error

    def _expect(self, code: int, said: str, step: Step, *, success: int = 0) -> None:
        """Take an answer for good or raise what it means, with a line that is fit for the next message, or none."""
        if code == success or (not success and 200 <= code < 300):
            return
        raise self._refused(code, said, step)

    def _refused(self, code: int, said: str, step: Step) -> UnableToSend:
        if code == 421 or step is Step.CONNECT:
            self._drop()
        elif self._line is not None and step is not Step.LOG_IN:
            try:
                is_fresh = self._ask(self._line, "RSET")[0] == 250
            except _Broken:
                is_fresh = False
            if not is_fresh:
                self._drop()
        verdict = judge(code, said, step=step)
        return UnableToSend(
            f"The mail server answered {code} to the {step.value}: {one_line(said)[:300]}",
            is_permanent=verdict.is_permanent,
            is_address=verdict.is_address,
            retry_after=verdict.retry_after,
        )

    def _unreachable(self, error: Exception) -> UnableToSend:
        # A name that no network could know fails before it is looked up.
        words = "there is no server of this name" if isinstance(error, UnicodeError) else _words(error)
        return UnableToSend(
            f"The mail server {self._server.host}:{self._server.port} cannot be reached: {words}.",
            # What is wrong with a certificate stays wrong until somebody changes it or the settings.
            is_permanent=isinstance(error, ssl.SSLCertVerificationError),
        )


def _own_name() -> str:
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"


def _dotted(message: bytes) -> bytes:
    """Return a message with its leading dots doubled (RFC 5321, 4.5.2), ended by a line break."""
    text = message if message.endswith(b"\r\n") else message + b"\r\n"
    return text.replace(b"\r\n.", b"\r\n..")


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return trouble(error.__context__) if isinstance(error.__context__, OSError) else "it hung up"
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        return trouble(error)
    return one_line(str(error))[:200]


def _lost(error: _Broken) -> UnableToSend:
    return UnableToSend(f"The line to the mail server broke before it took the message: {error}.")


def _unknown(what: str) -> UnableToSend:
    return UnableToSend(
        f"Nobody knows whether the mail server took the message: after all of it was handed over, {what[:300]}.",
        maybe_delivered=True,
    )
