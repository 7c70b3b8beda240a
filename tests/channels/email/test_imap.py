"""Reading a mailbox: a real Dovecot, and a server that behaves badly on purpose."""

import socket
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from leadlight.channels.email import imap
from leadlight.channels.email.imap import Fetched, Patience, UnableToReadMail, open_folder
from leadlight.channels.email.lines import Security, Server
from tests.channels.email.slow_imap import talking
from tests.channels.mails import raw
from tests.servers.common import free_port
from tests.servers.mailbox import Mailbox

AT = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
PATIENT = Patience(connect=10, answer=10)


def server(box: Mailbox, **fields: object) -> Server:
    told = {
        "host": box.host,
        "port": box.port,
        "security": Security.NONE,
        "username": box.user,
        "password": box.password,
    }
    return Server(**{**told, **fields})  # type: ignore[arg-type]


def read(box: Mailbox, after: int = 0, **more: object) -> list[Fetched]:
    with open_folder(server(box), "Leads") as folder:
        return [mail for batch in folder.fetch(folder.uids_after(after, **more)) for mail in batch]  # type: ignore[arg-type]


def words(act: Server, folder: str = "Leads", patience: Patience = PATIENT) -> str:
    with pytest.raises(UnableToReadMail) as caught, open_folder(act, folder, patience=patience) as found:
        found.uids_after(0)
        list(found.fetch([1]))
    return caught.value.message


def test_new_mails_come_whole_and_in_their_order(box: Mailbox) -> None:
    told = [raw(f"number {n}\n", Message_ID=f"<{n}@x.test>") for n in range(3)]
    box.put(*told, into="Leads", at=AT)
    mails = read(box)
    assert [mail.raw for mail in mails] == told
    assert [mail.uid for mail in mails] == [1, 2, 3]
    assert {(mail.received_at, mail.is_whole) for mail in mails} == {(AT, True)}
    assert [mail.size for mail in mails] == [len(mail) for mail in told]
    assert [mail.uid for mail in read(box, after=1)] == [2, 3]
    assert read(box, after=3) == []


def test_reading_leaves_no_trace(box: Mailbox) -> None:
    box.put(raw(), raw(), into="Leads")
    assert len(read(box)) == 2
    assert all(b"\\Seen" not in flags and b"\\Deleted" not in flags for flags in box.flags("Leads"))
    assert len(box.flags("Leads")) == 2


def test_an_empty_folder(box: Mailbox) -> None:
    with open_folder(server(box), "Leads") as folder:
        assert folder.uid_next == 1
        assert folder.uids_after(0) == []
        assert list(folder.fetch([])) == []


def test_a_folder_made_anew_says_so(box: Mailbox) -> None:
    with open_folder(server(box), "Leads") as folder:
        before = folder.uid_validity
    box.renew("Leads")
    with open_folder(server(box), "Leads") as folder:
        assert folder.uid_validity != before


def test_since_a_day(box: Mailbox) -> None:
    box.put(raw(), into="Leads", at=AT - timedelta(days=9))
    box.put(raw(), into="Leads", at=AT)
    assert [mail.uid for mail in read(box, since=AT.date())] == [2]


def test_what_has_gone_meanwhile_is_left_out(box: Mailbox) -> None:
    box.put(*(raw(f"{n}\n") for n in range(3)), into="Leads")
    with open_folder(server(box), "Leads") as folder:
        uids = folder.uids_after(0)
        with box.client() as client:
            client.select_folder("Leads")
            client.delete_messages([2])
            client.expunge()
        assert [mail.uid for batch in folder.fetch(uids) for mail in batch] == [1, 3]


def test_a_huge_mail_is_read_from_its_beginning(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "LARGEST", 50_000)
    monkeypatch.setattr(imap, "BEGINNING", 10_000)
    huge, small = raw("a line of words\n" * 10_000), raw("small\n")
    box.put(small, huge, small, into="Leads")
    first, second, third = read(box)
    assert (first.raw, first.is_whole, third.raw, third.is_whole) == (small, True, small, True)
    assert second.raw == huge[:10_000]
    assert (second.size, second.is_whole) == (len(huge), False)


def test_mails_are_asked_for_in_batches_that_fit_into_memory(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "_BYTES_TOGETHER", 2_500)
    monkeypatch.setattr(imap, "_TOGETHER", 4)
    told = [raw("x" * 900 + "\n") for _ in range(6)]
    box.put(*told, into="Leads")
    with open_folder(server(box), "Leads") as folder:
        batches = list(folder.fetch(folder.uids_after(0)))
    assert [len(batch) for batch in batches] == [2, 2, 2]
    assert [mail.uid for batch in batches for mail in batch] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_encrypted_lines(box: Mailbox, security: Security, monkeypatch: pytest.MonkeyPatch) -> None:
    port = box.tls_port if security is Security.TLS else box.port
    told = server(box, port=port, security=security)
    assert "certificate is not trusted" in words(told)
    monkeypatch.setenv("SSL_CERT_FILE", str(box.certificate))
    box.put(raw(), into="Leads")
    with open_folder(told, "Leads") as folder:
        assert folder.uids_after(0) == [1]


def test_what_is_wrong_is_said_in_plain_words(box: Mailbox) -> None:
    refused = words(server(box, password="wrong"))
    assert "refused the log-in" in refused
    assert "app password" in refused
    assert "has no folder 'Nowhere'" in words(server(box), "Nowhere")
    assert "nobody listens there" in words(server(box, port=free_port()))
    assert "no server of this name" in words(server(box, host="mail.invalid", may_be_plain=True))
    assert "unencrypted" in words(Server("192.0.2.1", 143, Security.NONE, "u", "p"))
    assert "right port" in words(server(box, security=Security.TLS), patience=Patience(2, 2))


def test_a_server_that_says_nothing_is_not_waited_for_long() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        told = Server("127.0.0.1", silent.getsockname()[1], Security.NONE, "u", "p")
        assert "did not answer in time" in words(told, patience=Patience(0.2, 0.2))


# --- servers that behave badly --------------------------------------------------------------------------------------

MAIL = raw()
SIZE = f'* 1 FETCH (UID 1 RFC822.SIZE {len(MAIL)} INTERNALDATE "20-Nov-2026 15:30:00 +0000")\r\n'.encode()
BODY = f"* 1 FETCH (UID 1 BODY[] {{{len(MAIL)}}}\r\n".encode() + MAIL + b")\r\n"


def usual(command: str) -> bytes | None:
    if command.startswith("EXAMINE"):
        return b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 2] x\r\n"
    if command.startswith("UID SEARCH"):
        return b"* SEARCH 1\r\n"
    if "RFC822.SIZE" in command:
        return SIZE
    return BODY if "BODY.PEEK[]" in command else b""


def read_from(port: int, patience: Patience = PATIENT) -> list[Fetched]:
    told = Server("127.0.0.1", port, Security.NONE, "u", "p")
    with open_folder(told, "INBOX", patience=patience) as folder:
        return [mail for batch in folder.fetch(folder.uids_after(0)) for mail in batch]


def test_a_literal_that_comes_drop_by_drop_is_waited_for() -> None:
    # All of it takes longer than any single piece may.
    with talking(usual, bytes_at_once=8, pause=0.05) as port:
        [mail] = read_from(port, Patience(connect=5, answer=1))
    assert (mail.raw, mail.received_at) == (MAIL, AT)


def test_a_line_that_breaks_within_a_mail() -> None:
    def answers(command: str) -> bytes | None:
        return None if "BODY.PEEK[]" in command else usual(command)

    with talking(answers) as port, pytest.raises(UnableToReadMail, match=r"broke|reached"):
        read_from(port)


def test_a_mail_that_the_server_cannot_give_holds_up_no_other() -> None:
    def answers(command: str) -> bytes | None:
        if command.startswith("UID SEARCH"):
            return b"* SEARCH 1 2\r\n"
        if "RFC822.SIZE" in command:
            return SIZE + SIZE.replace(b"* 1 FETCH (UID 1", b"* 2 FETCH (UID 2")
        if "BODY.PEEK[]" in command:
            return BODY if command.startswith("UID FETCH 1 ") else b"NO refused\r\n"
        if "BODY.PEEK[HEADER]" in command:
            return b"* 2 FETCH (UID 2 BODY[HEADER] {14}\r\nSubject: x\r\n\r\n)\r\n"
        return usual(command)

    with talking(answers) as port:
        first, second = read_from(port)
    assert (first.raw, first.is_whole) == (MAIL, True)
    assert (second.raw, second.is_whole) == (b"Subject: x\r\n\r\n", False)


def test_a_mail_that_is_nothing() -> None:
    with talking(lambda c: b"* 1 FETCH (UID 1 BODY[] NIL)\r\n" if "BODY.PEEK[]" in c else usual(c)) as port:
        [mail] = read_from(port)
    assert (mail.raw, mail.is_whole) == (b"", False)


NONSENSE = [b"* 1 FETCH (UID\r\n", b"* 1 FETCH UID 1 BODY[] x\r\n", b"* SEARCH a b\r\n", b"*\r\n", b"\r\n"]


@pytest.mark.parametrize("nonsense", NONSENSE)
@pytest.mark.parametrize("at", ["EXAMINE", "UID SEARCH", "UID FETCH"])
def test_nonsense_is_no_mail_and_no_other_error(at: str, nonsense: bytes) -> None:
    mails: list[Fetched] = []
    with talking(lambda c: nonsense if c.startswith(at) else usual(c)) as port, suppress(UnableToReadMail):
        mails = read_from(port)
    assert mails == []


def test_a_folder_whose_numbers_do_not_hold_is_not_read() -> None:
    with talking(lambda c: b"* 1 EXISTS\r\n" if c.startswith("EXAMINE") else usual(c)) as port:
        assert "no numbers that hold" in words(Server("127.0.0.1", port, Security.NONE, "u", "p"))
