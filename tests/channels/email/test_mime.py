import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.channels.email.base import Address, Email, UnableToSend
from leadlight.channels.email.mime import write
from tests.channels.email.build import email
from tests.channels.email.conformance import refusal

AT = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=["Cs"]))
#: What ends a line somewhere, or begins a header.
nasty = st.text(
    st.sampled_from("ab:,;<>@\"'=?_ \r\n\t\0\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\u202eé家\\."), max_size=200
)


def read(message: Email, **more: bool) -> tuple[bytes, EmailMessage]:
    raw = write(message, at=AT, **more)
    found = message_from_bytes(raw, policy=default)
    assert isinstance(found, EmailMessage)
    return raw, found


def header_names(raw: bytes) -> list[str]:
    head = raw.partition(b"\r\n\r\n")[0].decode()
    return [line.partition(":")[0] for line in head.split("\r\n") if not line[:1].isspace()]


USUAL = ["Message-ID", "Date", "From", "To", "Subject"]


@given(subject=nasty, sender=nasty, to=nasty, value=nasty)
def test_no_name_or_subject_becomes_a_header_or_a_body(subject: str, sender: str, to: str, value: str) -> None:
    message = email(
        Address("marisol@example.com", to),
        subject=subject,
        sender=Address("dana@bayline.test", sender),
        reply_to=Address("team@bayline.test", to),
        headers={"X-Campaign": value},
    )
    for utf8 in (False, True):
        raw, found = read(message, utf8=utf8)
        names = header_names(raw)
        assert names[:3] == ["Message-ID", "Date", "From"]
        assert sorted(names) == sorted(
            [*USUAL, "Reply-To", "X-Campaign", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"]
        )
        assert found.get_content().replace("\r\n", "\n") == message.text
        for name, address in (("From", "dana@bayline.test"), ("To", "marisol@example.com")):
            assert [one.addr_spec for one in found[name].addresses] == [address]


@given(subject=texts, name=texts)
def test_what_people_write_arrives_as_they_wrote_it(subject: str, name: str) -> None:
    printable = " ".join("".join(c if c.isprintable() else " " for c in subject).split())
    raw, found = read(email(Address("marisol@example.com", name), subject=subject))
    assert raw.isascii()
    assert " ".join(found["Subject"].split()) == printable
    # No encoded word is longer (RFC 2047, 2).
    assert all(len(word) <= 75 for word in re.findall(rb"=\?utf-8\?b\?[^?]*\?=", raw))


def test_a_long_subject_in_other_letters_is_folded() -> None:
    raw, found = read(email(Address("marisol@example.com", "ñ" * 120), subject="ü " * 200))
    assert found["Subject"] == " ".join("ü" * 200)
    assert max(map(len, raw.split(b"\r\n"))) <= 90


@given(text=texts | nasty, html=nasty)
def test_bodies_arrive_and_hold_no_bare_line_break(text: str, html: str) -> None:
    raw, found = read(email(text=text, html=html))
    assert raw.isascii()
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    plain = found.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().split() == text.encode("utf-8").decode().split() or "\x00" in text
    assert (found.get_content_type() == "multipart/alternative") == bool(html)


@pytest.mark.parametrize(
    "fields",
    [
        {"sender": Address("dana@bayline.test\r\nBcc: evil@example.com")},
        {"to": Address("a@example.com, b@example.com")},
        {"reply_to": Address("not an address")},
        {"message_id": "x@y>\r\nBcc: <evil@example.com"},
        {"message_id": "nothing"},
        {"references": ("fine@example.com", "bad one@example.com")},
        {"unsubscribe_url": "https://x.test/\r\nBcc: evil@example.com"},
        {"unsubscribe_url": "javascript:alert(1)"},
        {"unsubscribe_url": "https://x.test/1", "unsubscribe_email": "a@b.test>,<mailto:evil@example.com"},
        {"headers": {"X-A\r\nBcc": "evil@example.com"}},
        {"headers": {"Bcc": "evil@example.com"}},
        {"headers": {"subject": "Another"}},
        {"headers": {"List-Unsubscribe": "<https://x.test/2>"}},
        {"text": "half of a letter: \ud800"},
    ],
    ids=str,
)
def test_what_cannot_be_written_is_refused_for_good(fields: dict[str, object]) -> None:
    error = refusal(lambda: write(email(**fields), at=AT))
    assert error.is_permanent
    assert isinstance(error, UnableToSend)


def test_one_click_ends_it_exactly_where_it_can_be_ended() -> None:
    url = "https://bayline.test/u/" + "t" * 150
    raw, found = read(email(unsubscribe_url=url, unsubscribe_email="stop@bayline.test"))
    assert found.get_all("List-Unsubscribe-Post") == ["List-Unsubscribe=One-Click"]
    [ways] = found.get_all("List-Unsubscribe", [])
    assert ways.split() == [f"<{url}>,", "<mailto:stop@bayline.test>"]
    # As it stands on the wire: receivers decode no encoded words here.
    assert f"<{url}>".encode() in raw
    raw, _ = read(email(unsubscribe_email="stop@bayline.test"))
    assert b"List-Unsubscribe" not in raw


def test_an_answer_names_what_it_answers() -> None:
    ids = tuple(f"{n}-{'x' * 90}@mail.example.com" for n in range(30))
    raw, found = read(email(references=ids))
    assert found["In-Reply-To"].split() == [f"<{ids[-1]}>"]
    assert found["References"].split() == [f"<{name}>" for name in ids[-20:]]
    assert b"=?utf-8" not in raw
    assert re.search(rb"^In-Reply-To: <29-x+@mail\.example\.com>\r$", raw, re.M)


def test_a_message_says_when_by_whom_and_to_whom() -> None:
    message = email(reply_to=Address("team@bayline.test", "Bayline"), headers={"Auto-Submitted": "auto-generated"})
    _, found = read(message)
    assert found["Date"].datetime == AT
    assert found["Message-ID"] == f"<{message.message_id}>"
    assert found["From"] == "Dana Ruiz <dana@bayline.test>"
    assert found["To"] == "Marisol Ortega <marisol@example.com>"
    assert found["Reply-To"] == "Bayline <team@bayline.test>"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found.get_content_type() == "text/plain"
