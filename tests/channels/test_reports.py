"""Bounces as servers write them, complaints and receipts."""

import pytest

from leadlight.channels.rules.mail import Kind
from leadlight.channels.rules.reports import Failure
from tests.channels.mails import read, read_parts

COPY = (
    "Content-Type: {kind}\r\n\r\nMessage-ID: <m7@bayline.test>\r\nFrom: dana@bayline.test\r\n"
    "To: Lead <Gone@example.com>\r\nSubject: 214 Alder Ct\r\n\r\nHello\r\n"
)
WORDS = "Content-Type: text/plain\r\n\r\nThis is the mail system. Your message could not be delivered.\r\n"


def status(*groups: str) -> str:
    body = "\r\n\r\n".join(
        ("Reporting-MTA: dns; mx.example.com\r\nArrival-Date: Fri, 20 Nov 2026 10:00:00 -0500", *groups)
    )
    return f"Content-Type: message/delivery-status\r\n\r\n{body}\r\n"


def recipient(
    email: str = "rfc822; Gone@example.com",
    action: str = "failed",
    code: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 <gone@example.com>: Recipient address rejected: User unknown",
    **more: str,
) -> str:
    fields = {"Final-Recipient": email, "Action": action, "Status": code, "Diagnostic-Code": diagnostic, **more}
    return "\r\n".join(f"{name}: {value}" for name, value in fields.items() if value)


def dsn(*groups: str, copy: str = "message/rfc822", **headers: str):
    told = {"From": "MAILER-DAEMON@mx.example.com", "Subject": "Undelivered Mail Returned to Sender", **headers}
    inner = [WORDS, status(*groups)] + ([COPY.format(kind=copy)] if copy else [])
    return read_parts(*inner, kind="report; report-type=delivery-status", **told)


def test_postfix() -> None:
    # Their server had a name of its own for whom we wrote to.
    ours = {"Original-Recipient": "rfc822;Gone@Example.com"}
    mail = dsn(recipient("rfc822; mailbox7@inner.example.com", **ours), Auto_Submitted="auto-replied")
    assert mail.kind is Kind.BOUNCE
    assert mail.failures == (
        Failure(
            recipient="gone@example.com",
            status="5.1.1",
            is_hard=True,
            is_address=True,
            diagnostic="550 5.1.1 <gone@example.com>: Recipient address rejected: User unknown",
        ),
    )
    assert mail.original_id == "m7@bayline.test"
    assert mail.original_recipients == ("gone@example.com",)
    assert mail.text == "This is the mail system. Your message could not be delivered."


@pytest.mark.parametrize("copy", ["message/rfc822", "text/rfc822-headers", "message/rfc822-headers"])
def test_the_mail_that_it_is_about(copy: str) -> None:
    assert dsn(recipient(), copy=copy).original_id == "m7@bayline.test"


def test_without_a_copy_what_it_answers_is_what_it_is_about() -> None:
    assert dsn(recipient(), copy="", In_Reply_To="<m7@bayline.test>").original_id == "m7@bayline.test"
    assert dsn(recipient(), copy="").original_id == ""


@pytest.mark.parametrize(
    ("fields", "is_hard", "is_address"),
    [
        ({}, True, True),
        ({"code": "4.4.1", "action": "delayed", "diagnostic": "smtp; 451 4.4.1 Timed out"}, False, False),
        ({"code": "4.4.7", "diagnostic": "smtp; 451 4.4.7 Gave up after 3 days"}, False, False),
        ({"code": "5.1.1", "action": "delayed"}, False, False),
        ({"code": "5.2.2", "diagnostic": "smtp; 552 5.2.2 Mailbox full"}, True, False),
        ({"code": "5.7.1", "diagnostic": "smtp; 550 5.7.1 Blocked as spam"}, True, False),
        ({"code": "5.0.0", "diagnostic": "smtp; 550 5.1.1 No such user"}, True, True),
        ({"code": "", "diagnostic": "smtp; 550 No such user"}, True, True),
        ({"code": "", "diagnostic": ""}, True, False),
        ({"code": "", "diagnostic": "", "action": ""}, False, False),
        ({"code": "", "diagnostic": "smtp; 450 busy"}, False, False),
    ],
    ids=str,
)
def test_hard_and_soft(fields: dict[str, str], is_hard: bool, is_address: bool) -> None:
    [failure] = dsn(recipient(**fields)).failures
    assert (failure.is_hard, failure.is_address) == (is_hard, is_address)


def test_several_recipients_of_whom_one_was_reached() -> None:
    mail = dsn(
        recipient(),
        recipient("rfc822; fine@example.com", "delivered", "2.0.0", ""),
        recipient("rfc822; b@example.com", code="4.2.2", action="delayed"),
    )
    assert mail.kind is Kind.BOUNCE
    assert [(failure.recipient, failure.is_hard) for failure in mail.failures] == [
        ("gone@example.com", True), ("b@example.com", False),
    ]  # fmt: skip


def test_a_note_that_all_arrived_is_a_receipt() -> None:
    mail = dsn(recipient(action="delivered", code="2.0.0", diagnostic=""), Subject="Successful delivery")
    assert mail.kind is Kind.RECEIPT
    assert mail.failures == ()
    assert mail.original_id == "m7@bayline.test"


def test_exchange() -> None:
    mail = dsn(
        recipient(
            "rfc822;gone@example.com",
            code="5.1.10",
            diagnostic="smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient gone@example.com not found by SMTP\r\n address lookup",
        ),
        From="Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.com>",
        Subject="Undeliverable: 214 Alder Ct",
    )
    assert mail.kind is Kind.BOUNCE
    [failure] = mail.failures
    assert (failure.status, failure.is_address) == ("5.1.10", True)


def test_gmail() -> None:
    mail = dsn(
        recipient(
            "rfc822; gone@example.com",
            diagnostic="smtp; 550-5.1.1 The email account that you tried to reach does not exist.",
        ),
        From="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        Subject="Delivery Status Notification (Failure)",
        X_Failed_Recipients="gone@example.com",
        Auto_Submitted="auto-replied",
        In_Reply_To="<m7@bayline.test>",
    )
    assert mail.kind is Kind.BOUNCE
    [failure] = mail.failures
    assert (failure.recipient, failure.is_hard, failure.is_address) == ("gone@example.com", True, True)


QMAIL = """Hi. This is the qmail-send program at example.com.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<gone@example.com>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <dana@bayline.test>
Message-ID: <m7@bayline.test>
From: dana@bayline.test
"""


def test_a_server_that_writes_for_people_only() -> None:
    mail = read(QMAIL, From="MAILER-DAEMON@example.com", Subject="failure notice")
    assert mail.kind is Kind.BOUNCE
    [failure] = mail.failures
    assert (failure.recipient, failure.status, failure.is_hard, failure.is_address) == (
        "gone@example.com", "5.1.1", True, True,
    )  # fmt: skip
    assert mail.original_id == "m7@bayline.test"


EXIM = """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its recipients.

  gone@example.com
    host mx.example.com [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<gone@example.com>:
    {answer}

------ This is a copy of the message, including all the headers. ------

Message-ID: <m7@bayline.test>
"""


@pytest.mark.parametrize(
    ("answer", "is_hard", "is_address"),
    [
        ("550 No such user", True, True),
        ("550 5.7.1 Blocked", True, False),
        ("452 Mailbox full", False, False),
        ("Connection timed out", False, False),
    ],
)
def test_exim(answer: str, is_hard: bool, is_address: bool) -> None:
    mail = read(
        EXIM.replace("{answer}", answer),
        From="Mail Delivery System <Mailer-Daemon@host.example.com>",
        Subject="Mail delivery failed: returning message to sender",
        X_Failed_Recipients="gone@example.com",
        Auto_Submitted="auto-replied",
    )
    assert mail.kind is Kind.BOUNCE
    [failure] = mail.failures
    assert (failure.recipient, failure.is_hard, failure.is_address) == ("gone@example.com", is_hard, is_address)
    assert mail.original_id == "m7@bayline.test"


def test_a_warning_of_delay_is_soft() -> None:
    body = "Your message to <slow@example.com> was delayed: 550 5.1.1 is what it said. It will be retried.\n"
    mail = read(body, From="postmaster@example.com", Subject="Warning: message delayed 4 hours")
    assert mail.kind is Kind.BOUNCE
    assert [failure.is_hard for failure in mail.failures] == [False]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Subject": "Undeliverable: your offer"}, "My agent says it is undeliverable. 550 5.1.1"),
        ({"From": "Postmaster <postmaster@example.com>", "Subject": "550 Main St"}, "Is 550 Main St for sale?"),
        ({"From": "daemon.hale@example.com", "Subject": "failure notice"}, "5.1.1"),
    ],
    ids=str,
)
def test_people_who_only_sound_like_servers(headers: dict[str, str], body: str) -> None:
    assert read(body, **headers).kind is Kind.HUMAN


FEEDBACK = (
    "Content-Type: message/feedback-report\r\n\r\nFeedback-Type: {kind}\r\nUser-Agent: Loop/1.0\r\nVersion: 1\r\n"
    "Original-Rcpt-To: Marisol@example.com\r\n"
)


def test_a_complaint() -> None:
    mail = read_parts(
        WORDS,
        FEEDBACK.format(kind="abuse"),
        COPY.format(kind="message/rfc822"),
        kind="report; report-type=feedback-report",
        From="loop@isp.example",
    )
    assert mail.kind is Kind.COMPLAINT
    assert mail.original_id == "m7@bayline.test"
    assert mail.original_recipients == ("marisol@example.com",)
    hidden = FEEDBACK.format(kind="abuse").replace("Marisol@example.com", "redacted")
    mail = read_parts(WORDS, hidden, COPY.format(kind="text/rfc822-headers"), kind="report")
    assert (mail.kind, mail.original_recipients) == (Kind.COMPLAINT, ("gone@example.com",))
    assert read_parts(WORDS, FEEDBACK.format(kind="not-spam"), kind="report").kind is not Kind.COMPLAINT


def test_a_read_receipt() -> None:
    told = (
        "Content-Type: message/disposition-notification\r\n\r\nReporting-UA: phone\r\nFinal-Recipient: rfc822;marisol@example.com\r\n"
        "Original-Message-ID: <m7@bayline.test>\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n"
    )
    mail = read_parts(WORDS, told, kind="report; report-type=disposition-notification", Subject="Read: 214 Alder Ct")
    assert (mail.kind, mail.original_id, mail.original_recipients) == (
        Kind.RECEIPT,
        "m7@bayline.test",
        ("marisol@example.com",),
    )
