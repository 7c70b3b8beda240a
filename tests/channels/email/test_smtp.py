"""SMTP, against a real server that fails as it is told and counts by itself what it took."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from leadlight.channels.email.base import Address, Email, UnableToSend
from leadlight.channels.email.lines import Security, Server
from leadlight.channels.email.smtp import Patience, Smtp
from tests.channels.email.build import email
from tests.channels.email.conformance import Conformance, refusal
from tests.servers.common import free_port
from tests.servers.mail import MailServer, Setup, Trouble, mail_server

#: Longer than a busy machine ever takes, and shorter than anybody waits for a test.
PATIENT = Patience(connect=10, answer=10, verdict=10)
#: For servers that say nothing on purpose, for so long.
HASTY, STALLS = Patience(connect=1, answer=1, verdict=1), 3.0


@pytest.fixture(scope="module")
def running() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def server(running: MailServer) -> MailServer:
    running.script()
    running.forget()
    return running


def smtp(server: MailServer, patience: Patience = PATIENT, **fields: object) -> Smtp:
    told = {"host": server.host, "port": server.port, "security": Security.NONE, **fields}
    return Smtp(Server(**told), patience)  # type: ignore[arg-type]


def patience_for(trouble: Trouble) -> Patience:
    return HASTY if trouble.wait_seconds else PATIENT


def ids(server: MailServer) -> list[str]:
    return [received.message_id for received in server.accepted]


def send_all(vendor: Smtp, *messages: Email) -> list[UnableToSend | None]:
    """Send messages over one line; return what each came to."""
    outcomes: list[UnableToSend | None] = []
    with vendor.open() as line:
        for message in messages:
            try:
                line.send(message)
                outcomes.append(None)
            except UnableToSend as error:
                outcomes.append(error)
    return outcomes


class TestSmtp(Conformance):
    @pytest.fixture(autouse=True)
    def _server(self, server: MailServer) -> None:
        self.server = server

    @contextmanager
    def opened(self) -> Iterator[tuple[Smtp, object]]:
        yield smtp(self.server), lambda: ids(self.server)


def test_one_line_carries_all_messages_of_a_session(server: MailServer) -> None:
    assert send_all(smtp(server), *(email() for _ in range(10))) == [None] * 10
    assert len({received.line for received in server.accepted}) == 1


def test_the_envelope_is_one_sender_and_one_recipient(server: MailServer) -> None:
    send_all(smtp(server), email("marisol@münchen.example"))
    [received] = server.accepted
    assert received.sender == "dana@bayline.test"
    assert received.recipients == ("marisol@xn--mnchen-3ya.example",)


def test_a_message_arrives_as_it_was_written(server: MailServer) -> None:
    told = email(text=".\n..\n.hidden\nGrüße\n", html="<p>.</p>\n.\n", subject="Grüße")
    send_all(smtp(server), told)
    message = server.accepted[0].message
    for kind, body in (("plain", told.text), ("html", told.html)):
        part = message.get_body((kind,))
        assert part is not None
        assert part.get_content().replace("\r\n", "\n") == body
    assert message["Subject"] == "Grüße"


# --- refused, and certainly not delivered ---------------------------------------------------------------------------

STEPS_BEFORE = ("MAIL", "RCPT", "DATA", "DOT")


@pytest.mark.parametrize("step", STEPS_BEFORE)
def test_a_refusal_of_the_moment_is_to_be_tried_again(server: MailServer, step: str) -> None:
    server.script(Trouble(step, "452 4.3.1 Out of space", times=1))
    second = email()
    [error, nothing] = send_all(smtp(server), email(), second)
    assert error is not None
    assert (error.is_permanent, error.is_address, error.maybe_delivered, error.retry_after) == (
        False, False, False, None,
    )  # fmt: skip
    assert "452" in error.message
    # The line is fit for the next message, which is not refused for what the first left behind.
    assert nothing is None
    assert ids(server) == [second.message_id]


@pytest.mark.parametrize("step", STEPS_BEFORE)
def test_a_refusal_for_good_is_permanent_and_blames_nobody(server: MailServer, step: str) -> None:
    server.script(Trouble(step, "554 5.7.1 Message refused by policy", times=1))
    [error, nothing] = send_all(smtp(server), email(), email())
    assert error is not None
    assert (error.is_permanent, error.is_address, error.maybe_delivered) == (True, False, False)
    assert nothing is None
    assert len(server.accepted) == 1


@pytest.mark.parametrize(
    ("step", "answer", "is_address"),
    [
        ("RCPT", "550 5.1.1 No such user here", True),
        ("RCPT", "550 User unknown", True),
        ("DOT", "550 5.1.1 The email account that you tried to reach does not exist", True),
        ("RCPT", "550 5.7.1 Relaying denied", False),
        ("RCPT", "552 5.2.2 Mailbox full", False),
        ("MAIL", "550 5.1.1 No such user here", False),
    ],
)
def test_only_a_recipient_that_does_not_exist_closes_the_address(
    server: MailServer, step: str, answer: str, is_address: bool
) -> None:
    server.script(Trouble(step, answer))
    [error] = send_all(smtp(server), email())
    assert error is not None
    assert (error.is_permanent, error.is_address) == (True, is_address)
    assert server.accepted == []


def test_one_refused_recipient_leaves_its_neighbours_alone(server: MailServer) -> None:
    server.script(Trouble("RCPT", "550 5.1.1 Unknown", to="gone@*"))
    first, last = email(), email()
    outcomes = send_all(smtp(server), first, email("gone@example.com"), last)
    assert [error is None for error in outcomes] == [True, False, True]
    assert ids(server) == [first.message_id, last.message_id]
    assert len({received.line for received in server.accepted}) == 1


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        ("451 4.7.1 Greylisted, come back in 120 seconds", timedelta(minutes=2)),
        ("450 4.2.0 Greylisted", timedelta(minutes=5)),
    ],
)
def test_who_greylists_is_asked_again_later(server: MailServer, answer: str, wait: timedelta) -> None:
    server.script(Trouble("RCPT", answer))
    [error] = send_all(smtp(server), email())
    assert error is not None
    assert (error.is_permanent, error.retry_after) == (False, wait)


def test_a_message_that_is_too_large_is_not_even_offered() -> None:
    with mail_server(Setup(size_limit=50_000)) as small:
        large, usual = email(text="x" * 60_000), email()
        [error, nothing] = send_all(smtp(small), large, usual)
        assert error is not None
        assert error.is_permanent
        assert "50,000" in error.message
        assert nothing is None
        assert ids(small) == [usual.message_id]


# --- the line breaks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
@pytest.mark.parametrize("how", [{"hangs_up": True}, {"wait_seconds": STALLS}], ids=["hangs up", "stalls"])
def test_what_breaks_before_the_message_was_handed_over_has_delivered_nothing(
    server: MailServer, step: str, how: dict[str, object]
) -> None:
    trouble = Trouble(step, times=1, **how)  # type: ignore[arg-type]
    server.script(trouble)
    second = email()
    [error, nothing] = send_all(smtp(server, patience_for(trouble)), email(), second)
    assert error is not None
    assert (error.is_permanent, error.maybe_delivered) == (False, False)
    assert nothing is None
    assert ids(server) == [second.message_id]


def test_what_breaks_while_a_message_is_handed_over_has_delivered_nothing(server: MailServer) -> None:
    server.script(Trouble("BODY", times=1))
    second = email()
    # Far more than the machine holds between two programs: it is certain that the end was never handed over.
    [error, nothing] = send_all(smtp(server), email(text="one more line\n" * 1_500_000), second)
    assert error is not None
    assert (error.is_permanent, error.maybe_delivered) == (False, False)
    assert nothing is None
    assert ids(server) == [second.message_id]


@pytest.mark.parametrize(
    ("trouble", "is_taken"),
    [
        (Trouble("TAKEN", hangs_up=True, times=1), True),
        (Trouble("TAKEN", wait_seconds=STALLS, times=1), True),
        (Trouble("TAKEN", "hello?", times=1), True),
        (Trouble("TAKEN", "354 go on", times=1), True),
        (Trouble("TAKEN", "250 " + "x" * 20_000, times=1), True),
        (Trouble("DOT", hangs_up=True, times=1), False),
        (Trouble("DOT", wait_seconds=STALLS, times=1), None),
    ],
    ids=str,
)
def test_without_an_answer_to_the_whole_message_nobody_knows(
    server: MailServer, trouble: Trouble, is_taken: bool | None
) -> None:
    server.script(trouble)
    first, second = email(), email()
    [error, nothing] = send_all(smtp(server, patience_for(trouble)), first, second)
    assert error is not None
    assert error.maybe_delivered
    assert not error.is_permanent
    assert nothing is None
    if is_taken is not None:
        assert (first.message_id in ids(server)) == is_taken
    assert second.message_id in ids(server)


def test_a_farewell_as_the_answer_to_the_message_is_an_answer(server: MailServer) -> None:
    server.script(Trouble("DOT", "421 4.3.2 Going down", times=1))
    second = email()
    [error, nothing] = send_all(smtp(server), email(), second)
    assert error is not None
    assert (error.is_permanent, error.maybe_delivered) == (False, False)
    assert nothing is None
    assert ids(server) == [second.message_id]


@pytest.mark.parametrize("how", [{"answer": "421 4.4.2 Idle for too long"}, {"hangs_up": True}], ids=str)
def test_a_line_that_the_server_let_go_is_opened_anew_for_the_same_message(
    server: MailServer, how: dict[str, object]
) -> None:
    server.script(Trouble("MAIL", after=1, times=1, **how))  # type: ignore[arg-type]
    messages = [email() for _ in range(3)]
    assert send_all(smtp(server), *messages) == [None] * 3
    assert ids(server) == [message.message_id for message in messages]


def test_a_server_that_always_says_farewell_is_not_asked_for_ever(server: MailServer) -> None:
    server.script(Trouble("MAIL", "421 4.3.2 Too many messages", after=1))
    [nothing, error] = send_all(smtp(server), email(), email())
    assert nothing is None
    assert error is not None
    assert not error.is_permanent


def test_a_server_that_comes_back_is_found_again(server: MailServer) -> None:
    with smtp(server).open() as line:
        line.send(email())
        server.stop()
        error = refusal(lambda: line.send(email()))
        assert not error.is_permanent
        assert not error.maybe_delivered
        server.start()
        last = email()
        line.send(last)
    assert ids(server)[-1] == last.message_id
    assert len(ids(server)) == 2


def test_a_server_that_is_slow_but_answers_is_waited_for(server: MailServer) -> None:
    server.script(*(Trouble(step, wait_seconds=0.2) for step in ("CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "DOT")))
    assert send_all(smtp(server), email()) == [None]


# --- opening --------------------------------------------------------------------------------------------------------


def opening(vendor: Smtp) -> UnableToSend:
    def act() -> None:
        with vendor.open():
            pass

    return refusal(act)


@pytest.mark.parametrize(
    ("trouble", "is_permanent"),
    [
        (Trouble("CONNECT", "554 5.7.1 You are not welcome"), True),
        (Trouble("CONNECT", "421 4.3.2 Too busy"), False),
        (Trouble("CONNECT", hangs_up=True), False),
        (Trouble("EHLO", hangs_up=True), False),
    ],
    ids=str,
)
def test_a_server_that_does_not_let_us_in(server: MailServer, trouble: Trouble, is_permanent: bool) -> None:
    server.script(trouble)
    error = opening(smtp(server))
    assert error.is_permanent == is_permanent
    assert not error.maybe_delivered


def test_a_server_that_says_nothing_is_not_waited_for_long() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mute = Server("127.0.0.1", silent.getsockname()[1], Security.NONE)
        error = opening(Smtp(mute, Patience(0.2, 0.2, 0.2)))
    assert not error.is_permanent
    assert "did not answer in time" in error.message


def test_nobody_there() -> None:
    error = opening(Smtp(Server("127.0.0.1", free_port(), Security.NONE), PATIENT))
    assert not error.is_permanent
    assert "nobody listens there" in error.message
    assert "no server of this name" in opening(Smtp(Server("mail.invalid", 25, Security.TLS), PATIENT)).message
    assert "no server of this name" in opening(Smtp(Server("x" * 70, 25, Security.TLS), PATIENT)).message


def test_mail_goes_unencrypted_to_this_machine_only_unless_it_is_meant() -> None:
    error = opening(Smtp(Server("192.0.2.1", 25, Security.NONE), PATIENT))
    assert error.is_permanent
    assert "unencrypted" in error.message
    assert not Server("192.0.2.1", 25, Security.NONE, may_be_plain=True).is_exposed
    assert [Server(host, 25, Security.NONE).is_exposed for host in ("localhost", "::1", "127.8.0.1", "localhost.example")] == [
        False, False, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_encrypted_lines(security: Security, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server(Setup(security=security.value, users={"dana": "correct horse"})) as server:
        told = {"host": "localhost", "security": security, "username": "dana", "password": "correct horse"}
        error = opening(smtp(server, **told))
        assert error.is_permanent
        assert "certificate is not trusted" in error.message
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        assert send_all(smtp(server, **told), email(), email()) == [None, None]
        assert {(received.user, received.is_encrypted) for received in server.accepted} == {("dana", True)}
        error = opening(smtp(server, **{**told, "password": "wrong"}))
        assert error.is_permanent
        assert "app password" in error.message
        assert "wrong" not in error.message
        # Whoever forgot to log in is told, and not that the message is at fault.
        [refused] = send_all(smtp(server, **{**told, "username": ""}), email())
        assert refused is not None
        assert refused.is_permanent
        assert not refused.is_address
        server.script(Trouble("AUTH", "454 4.7.0 Try again later"))
        assert not opening(smtp(server, **told)).is_permanent
        server.script()
        wrong = Security.STARTTLS if security is Security.TLS else Security.TLS
        assert not opening(smtp(server, HASTY, **{**told, "security": wrong})).maybe_delivered


def test_encryption_that_is_asked_for_is_never_gone_without(server: MailServer) -> None:
    error = opening(smtp(server, security=Security.STARTTLS))
    assert error.is_permanent
    assert "STARTTLS" in error.message
    error = opening(smtp(server, username="dana", password="x"))
    assert error.is_permanent
    assert server.accepted == []


def test_a_server_that_refuses_to_encrypt_gets_nothing() -> None:
    with mail_server(Setup(security="STARTTLS"), Trouble("STARTTLS", "454 4.7.0 Not now")) as server:
        assert not opening(smtp(server, host="localhost", security=Security.STARTTLS)).is_permanent


def test_addresses_in_other_letters_need_a_server_that_takes_them(server: MailServer) -> None:
    strange = email("мария@example.com")
    [error, nothing] = send_all(smtp(server), strange, email())
    assert error is not None
    assert (error.is_permanent, error.is_address) == (True, True)
    assert nothing is None
    [error] = send_all(smtp(server), email(sender=Address("даня@bayline.test")))
    assert error is not None
    assert (error.is_permanent, error.is_address) == (True, False)
    with mail_server(Setup(smtputf8=True)) as modern:
        assert send_all(smtp(modern), strange, email()) == [None, None]
        assert modern.accepted[0].recipients == ("мария@example.com",)
        assert modern.accepted[0].message["To"] == "Marisol Ortega <мария@example.com>"


@pytest.mark.parametrize(
    "address",
    ["", "marisol", "a@b@c.example", "a@b.example>\r\nRCPT TO:<evil@example.com", "a b@c.example", "a@" + "x" * 80],
)
def test_what_is_no_address_never_reaches_the_server(server: MailServer, address: str) -> None:
    [error, nothing] = send_all(smtp(server), email(address), email())
    assert error is not None
    assert (error.is_permanent, error.is_address) == (True, True)
    assert nothing is None
    assert len(server.accepted) == 1


def test_lines_side_by_side_in_threads(server: MailServer) -> None:
    messages = [email() for _ in range(40)]
    threads = [threading.Thread(target=send_all, args=(smtp(server), *messages[start::4])) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ids(server)) == sorted(message.message_id for message in messages)
