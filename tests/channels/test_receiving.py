"""Mail that comes in: kept once, in one piece with how far the mailbox was read, and told of."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from leadlight.channels import operations, queries, receiving
from leadlight.channels.email import imap
from leadlight.channels.email.imap import Fetched
from leadlight.channels.models import MailAccount, ReceivedMail
from leadlight.channels.operations import Place, record_mails
from leadlight.channels.receiving import read_mailbox
from leadlight.channels.rules.waits import LONGEST, rest
from leadlight.jobs import operations as jobs
from leadlight.jobs import worker
from leadlight.jobs.models import Job
from leadlight.kit.clock import utc_now
from tests.channels.accounts import connected, imap_of
from tests.channels.mails import raw
from tests.servers.mailbox import Mailbox

AT = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def numbered(n: int, body: str = "Is it still for sale?\n", **headers: str | None) -> bytes:
    return raw(body, **{"Message_ID": f"<{n}@mail.example.com>", **headers})


def ids() -> list[str]:
    return list(ReceivedMail.objects.order_by("id").values_list("message_id", flat=True))


def fetched(uid: int, mail: bytes, *, at: datetime = AT) -> Fetched:
    return Fetched(uid, mail, len(mail), True, at)


@pytest.fixture
def account() -> MailAccount:
    return MailAccount.objects.create(
        pk=1, imap_host="imap.example.com", imap_username="team", uid_validity=7, last_uid=0, reads_since=AT
    )


def keep(account: MailAccount, *mails: Fetched, uid_validity: int = 7, now: datetime = AT) -> list[int]:
    return record_mails(mailbox=account.mailbox, uid_validity=uid_validity, mails=mails, now=now)


# --- the whole way --------------------------------------------------------------------------------------------------


def test_what_comes_after_connecting_is_kept_and_what_was_there_before_is_not(box: Mailbox) -> None:
    box.put(numbered(1), into="Leads")
    connected(box)
    assert read_mailbox() == 0
    told = [numbered(2, Subject="=?utf-8?q?Caf=C3=A9?="), numbered(3, From=None)]
    box.put(*told, into="Leads", at=AT)
    assert read_mailbox() == 2
    assert read_mailbox() == 0
    first, second = ReceivedMail.objects.order_by("id")
    assert (first.message_id, first.from_email, first.subject) == (
        "2@mail.example.com",
        "marisol@example.com",
        "Café",
    )
    assert (first.received_at, first.is_whole, first.size) == (AT, True, len(told[0]))
    assert second.from_email == ""
    assert queries.raw_mails([first.pk, second.pk, 99]) == {first.pk: told[0], second.pk: told[1]}
    assert queries.mails([first.pk])[first.pk].mail.new_text == "Is it still for sale?"
    assert all(b"\\Seen" not in flags for flags in box.flags("Leads"))


def test_each_mail_is_told_of_once(box: Mailbox, settings: Settings) -> None:
    settings.LEDGER_SUBSCRIPTIONS = {**settings.LEDGER_SUBSCRIPTIONS, "channels.mail_received": ("crm.deliver",)}
    connected(box)
    box.put(numbered(1), numbered(2), into="Leads")
    read_mailbox()
    read_mailbox()
    told = [payload["mail_id"] for payload in Job.objects.values_list("payload", flat=True)]
    assert sorted(told) == sorted(ReceivedMail.objects.values_list("id", flat=True))


def test_the_worker_reads_every_minute(box: Mailbox) -> None:
    connected(box)
    box.put(numbered(1), into="Leads")
    jobs.ensure_schedule(now=utc_now())
    job = Job.objects.get(name="channels.read_mail")
    assert job.run_at - utc_now() <= timedelta(minutes=1)
    Job.objects.filter(pk=job.pk).update(run_at=utc_now())
    worker.run_due(queues=["outbound"])
    assert ids() == ["1@mail.example.com"]
    assert not Job.objects.filter(pk=job.pk).exists()


def test_nothing_is_read_while_nothing_is_connected() -> None:
    assert read_mailbox() == 0
    assert not MailAccount.objects.exists()


def test_a_folder_made_anew_is_read_anew_without_doubling(box: Mailbox) -> None:
    connected(box)
    nameless = raw("nameless\n", Message_ID=None)
    box.put(numbered(1), numbered(2), nameless, into="Leads")
    assert read_mailbox() == 3
    box.renew("Leads")
    box.put(numbered(2), nameless, numbered(1), numbered(3), into="Leads")
    assert read_mailbox() == 1
    assert ids() == ["1@mail.example.com", "2@mail.example.com", "", "3@mail.example.com"]
    box.put(numbered(4), into="Leads")
    assert read_mailbox() == 1


def test_a_folder_made_anew_does_not_bring_back_what_was_there_before_connecting(box: Mailbox) -> None:
    connected(box)
    box.renew("Leads")
    box.put(numbered(1), into="Leads", at=utc_now() - timedelta(days=30))
    box.put(numbered(2), into="Leads")
    assert read_mailbox() == 1
    assert read_mailbox() == 0
    box.renew("Leads")
    box.put(numbered(1), into="Leads", at=utc_now() - timedelta(days=30))
    assert read_mailbox() == 0
    # Nor when nothing new lies beside it.
    assert read_mailbox() == 0
    assert ids() == ["2@mail.example.com"]


def test_a_long_queue_is_read_piece_by_piece(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MOST_AT_ONCE", 2)
    connected(box)
    box.put(*(numbered(n) for n in range(5)), into="Leads")
    assert [read_mailbox() for _ in range(4)] == [2, 2, 1, 0]
    assert ids() == [f"{n}@mail.example.com" for n in range(5)]


def test_a_huge_mail_keeps_its_beginning_and_says_so(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "LARGEST", 20_000)
    monkeypatch.setattr(imap, "BEGINNING", 5_000)
    connected(box)
    huge = numbered(1, "Please call me.\n" + "x\n" * 20_000)
    box.put(huge, numbered(2), into="Leads")
    assert read_mailbox() == 2
    first, second = ReceivedMail.objects.order_by("id")
    assert (first.is_whole, first.size, second.is_whole) == (False, len(huge), True)
    assert queries.mails([first.pk])[first.pk].mail.text.startswith("Please call me.")


def test_a_line_that_breaks_keeps_what_came_before_and_goes_on_from_there(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "_TOGETHER", 1)
    connected(box)
    box.put(*(numbered(n) for n in range(3)), into="Leads")
    keep_usual, kept = operations.record_mails, []

    def breaking(**told: object) -> list[int]:
        kept.append(told)
        new = keep_usual(**told)  # type: ignore[arg-type]
        if len(kept) == 2:
            box.stop()
        return new

    monkeypatch.setattr(operations, "record_mails", breaking)
    try:
        assert read_mailbox() == 0
    finally:
        box.start()
    assert ids() == ["0@mail.example.com", "1@mail.example.com"]
    account = MailAccount.objects.get()
    assert account.failures == 1
    MailAccount.objects.update(next_read_at=None)
    assert read_mailbox() == 1
    assert ids() == [f"{n}@mail.example.com" for n in range(3)]


# --- what goes wrong ------------------------------------------------------------------------------------------------


def test_what_goes_wrong_is_kept_in_plain_words_until_it_is_well_again(box: Mailbox) -> None:
    account = connected(box)
    assert queries.inbox_is_read(now=utc_now())
    box.stop()
    try:
        assert read_mailbox() == 0
        account.refresh_from_db()
        since = account.failing_since
        assert "nobody listens there" in account.latest_error
        assert since is not None
        assert account.failures == 1
        assert account.next_read_at is not None
        assert not queries.inbox_is_read(now=utc_now())
        # It is left alone until then.
        assert read_mailbox() == 0
        account.refresh_from_db()
        assert account.failures == 1
        MailAccount.objects.update(next_read_at=utc_now())
        assert read_mailbox() == 0
        account.refresh_from_db()
        assert (account.failures, account.failing_since) == (2, since)
    finally:
        box.start()
    MailAccount.objects.update(next_read_at=utc_now())
    box.put(numbered(1), into="Leads")
    assert read_mailbox() == 1
    account.refresh_from_db()
    assert (account.failures, account.failing_since, account.latest_error, account.next_read_at) == (
        0,
        None,
        "",
        None,
    )
    assert queries.inbox_is_read(now=utc_now())


def test_a_password_that_cannot_be_unsealed_is_said_too(box: Mailbox) -> None:
    connected(box)
    MailAccount.objects.update(imap_password="damaged")
    assert read_mailbox() == 0
    assert "LEADLIGHT_SECRET_KEY" in MailAccount.objects.get().latest_error


def test_a_mailbox_that_nobody_has_read_for_ten_minutes_is_not_being_read(account: MailAccount) -> None:
    assert not queries.inbox_is_read(now=AT)
    MailAccount.objects.update(read_at=AT)
    assert queries.inbox_is_read(now=AT + timedelta(minutes=10))
    assert not queries.inbox_is_read(now=AT + timedelta(minutes=10, seconds=1))
    MailAccount.objects.update(failures=1)
    assert not queries.inbox_is_read(now=AT)
    MailAccount.objects.update(failures=0, imap_host="")
    assert not queries.inbox_is_read(now=AT)


@given(st.integers(0, 10_000))
def test_a_mailbox_that_fails_is_asked_ever_less_often_but_never_given_up(failures: int) -> None:
    assert timedelta(0) <= rest(failures) <= rest(failures + 1) <= LONGEST
    assert rest(0) == timedelta(0)
    assert [rest(n) for n in (1, 2, 5, 6)] == [timedelta(minutes=minutes) for minutes in (1, 2, 16, 30)]


# --- keeping --------------------------------------------------------------------------------------------------------


def test_mails_and_progress_are_kept_together_or_not_at_all(
    account: MailAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_told: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(operations, "publish", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        keep(account, fetched(3, numbered(3)))
    account.refresh_from_db()
    assert account.last_uid == 0
    assert ids() == []


def test_the_same_number_is_the_same_mail_and_the_same_id_is_not(account: MailAccount) -> None:
    same = numbered(1)
    assert len(keep(account, fetched(1, same), fetched(2, numbered(1, "Another text\n")), fetched(3, same))) == 3
    assert keep(account, fetched(1, same), fetched(3, same)) == []
    account.refresh_from_db()
    assert account.last_uid == 3


def test_progress_is_never_put_back(account: MailAccount) -> None:
    keep(account, fetched(9, numbered(9)))
    keep(account, fetched(4, numbered(4)))
    operations.note_read(mailbox=account.mailbox, upto=Place(7, 5), now=AT)
    account.refresh_from_db()
    assert account.last_uid == 9
    operations.note_read(mailbox=account.mailbox, upto=Place(8, 5), now=AT)
    account.refresh_from_db()
    assert (account.uid_validity, account.last_uid) == (8, 5)


def test_under_other_numbers_an_id_is_the_same_mail_unless_it_comes_long_after(account: MailAccount) -> None:
    keep(account, fetched(1, numbered(1)))
    # The server has added a line on the way: the bytes differ.
    changed = numbered(1, X_Moved="yes")
    assert keep(account, fetched(1, changed, at=AT + timedelta(days=1)), uid_validity=8) == []
    # A portal that gives all its mails one id writes again.
    assert len(keep(account, fetched(2, changed, at=AT + timedelta(days=1, seconds=1)), uid_validity=8)) == 1
    assert keep(account, fetched(3, numbered(1), at=AT + timedelta(days=99)), uid_validity=8) == []


def test_nothing_is_kept_of_a_mailbox_that_is_no_longer_the_connected_one(account: MailAccount) -> None:
    MailAccount.objects.update(imap_username="another")
    assert keep(account, fetched(1, numbered(1))) == []
    operations.note_read(mailbox=account.mailbox, upto=Place(7, 5), now=AT)
    operations.note_failure(mailbox=account.mailbox, error="x", now=AT)
    found = MailAccount.objects.get()
    assert (found.last_uid, found.read_at, found.failures) == (0, None, 0)
    # Numbers of another mailbox are other mails.
    assert len(keep(found, fetched(1, numbered(1)))) == 1


def test_whatever_bytes_come_are_kept(account: MailAccount) -> None:
    nasty = [
        b"", b"\0", b"Subject: =?utf-8?q?=00=FF?=\r\n\r\n\xff", b"Message-ID: <" + b"x" * 3_000 + b"@y>\r\n\r\n",
        b"Subject: " + b"y" * 5_000 + b"\r\nFrom: " + b"a" * 900 + b"@b\r\n\r\n", b"\xed\xa0\x80" * 9,
    ]  # fmt: skip
    new = keep(account, *(fetched(uid, told) for uid, told in enumerate(nasty, 1)))
    assert list(queries.raw_mails(new).values()) == nasty
    assert len(queries.mails(new)) == len(nasty)


def test_a_batch_takes_a_fixed_number_of_queries(account: MailAccount, django_assert_num_queries: object) -> None:
    for n, size in enumerate((1, 40)):
        mails = [fetched(100 * n + uid, numbered(100 * n + uid)) for uid in range(1, size + 1)]
        with django_assert_num_queries(9):  # type: ignore[operator]
            assert len(keep(account, *mails)) == size
    mail_ids = list(ReceivedMail.objects.values_list("id", flat=True))
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(queries.mails(mail_ids)) == 41


def test_the_database_itself_refuses_a_second_copy(account: MailAccount) -> None:
    [kept] = keep(account, fetched(1, numbered(1)))
    copy = ReceivedMail.objects.get(pk=kept)
    copy.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()


def side_by_side(*deeds: Callable[[], object]) -> None:
    errors: list[BaseException] = []

    def run(deed: Callable[[], object]) -> None:
        try:
            deed()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


@pytest.mark.django_db(transaction=True)
def test_two_who_read_at_once_keep_each_mail_once(box: Mailbox) -> None:
    connected(box)
    box.put(*(numbered(n) for n in range(30)), into="Leads")
    side_by_side(*[read_mailbox] * 4)
    assert sorted(ids()) == sorted(f"{n}@mail.example.com" for n in range(30))
    assert MailAccount.objects.get().failures == 0


@pytest.mark.django_db(transaction=True)
def test_two_who_connect_at_once_make_one_account(box: Mailbox) -> None:
    side_by_side(*[lambda: operations.connect_imap(server=imap_of(box), folder="Leads", now=utc_now())] * 4)
    assert MailAccount.objects.count() == 1
