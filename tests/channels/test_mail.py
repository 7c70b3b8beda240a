"""What a mail says: headers, charsets, parts; and that nothing is too broken to be read."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadlight.channels.email.base import Address
from leadlight.channels.rules.mail import Kind, Mail, read_mail
from tests.channels.mails import built, html, raw, read, read_parts


def test_a_plain_mail() -> None:
    mail = read(
        Cc="Team <team@bayline.test>, Lee@Example.com",
        Reply_To="<marisol.home@example.com>",
        References="<a@x.test>\r\n <b@x.test>",
        In_Reply_To="<b@x.test>",
    )
    assert mail == Mail(
        kind=Kind.HUMAN,
        message_id="reply-1@mail.example.com",
        sender=Address("marisol@example.com", "Marisol Ortega"),
        reply_to=(Address("marisol.home@example.com"),),
        to=(Address("dana@bayline.test", "Dana Ruiz"),),
        cc=(Address("team@bayline.test", "Team"), Address("lee@example.com")),
        subject="Re: 214 Alder Ct",
        sent_at=datetime(2026, 11, 20, 15, tzinfo=UTC),
        references=("a@x.test", "b@x.test"),
        new_text="Is it still for sale?",
        text="Is it still for sale?",
    )


def test_nothing_at_all_is_a_mail_too() -> None:
    mail = read_mail(b"")
    assert (mail.kind, mail.sender, mail.text, mail.message_id, mail.sent_at) == (
        Kind.HUMAN,
        Address(""),
        "",
        "",
        None,
    )


@pytest.mark.parametrize(
    ("told", "subject"),
    [
        ("=?utf-8?q?Caf=C3=A9_?= =?utf-8?b?w7xiZXI=?=", "Café über"),
        # One letter over two words.
        ("=?utf-8?b?w7zD?= =?utf-8?b?vA==?=", "üü"),
        ("=?iso-8859-1?Q?M=FCnchen?= and =?windows-1252?Q?=93x=94?=", "München and “x”"),
        ("=?utf-8?q?M=C3=BCn?= =?iso-8859-1?q?chen?=", "München"),
        ("=?utf-8?q?one?= and =?utf-8?q?two?=", "one and two"),
        ("=?utf-8*en?q?plain?=", "plain"),
        ("=?x-unknown?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        ("raw Größe", "raw Größe"),
        ("folded\r\n over lines", "folded over lines"),
        ("=?utf-8?q?a=0D=0ABcc:_evil?=", "a Bcc: evil"),
        ("nul=?utf-8?q?=00?= inside", "nul inside"),
        ("", ""),
    ],
)
def test_subjects(told: str, subject: str) -> None:
    assert read(Subject=told).subject == subject


def test_a_subject_in_bytes_of_an_old_program() -> None:
    assert read_mail(b"Subject: Gr\xfc\xdfe\r\n\r\nx").subject == "Grüße"


@pytest.mark.parametrize(
    ("told", "sender"),
    [
        ('"Ortega, Marisol" <m@example.com>', Address("m@example.com", "Ortega, Marisol")),
        ("=?utf-8?q?Ortega=2C_Mari=C3=B3n?= <M@Example.com>", Address("m@example.com", "Ortega, Marión")),
        ("m@example.com (Marisol)", Address("m@example.com", "Marisol")),
        ("m@example.com", Address("m@example.com")),
        ("Marisol m@example.com>", Address("m@example.com")),
        ("Nobody", Address("")),
        ("<>", Address("")),
        ("undisclosed-recipients:;", Address("")),
    ],
)
def test_senders(told: str, sender: Address) -> None:
    assert read(From=told).sender == sender


def test_ids_and_dates() -> None:
    mail = read(Message_ID="no-brackets@example.com", In_Reply_To="your mail of Monday", References=None)
    assert mail.message_id == "no-brackets@example.com"
    assert mail.references == ()
    assert read(Message_ID="  <a@b>  <c@d>").message_id == "a@b"
    assert read(Date="yesterday").sent_at is None
    assert read(Date="Fri, 20 Nov 2026 10:00:00").sent_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert read(Date="Fri, 20 Nov 99999999 10:00:00 +9999").sent_at is None


# --- charsets and encodings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        ("Grüße, 家".encode(), "utf-8"),
        ("Grüße, 家".encode(), "us-ascii"),
        ("Grüße, 家".encode(), "iso-8859-1"),
        ("Grüße, 家".encode(), "x-no-such-charset"),
        ("Grüße, 家".encode(), "punycode"),
        ("Grüße, 家".encode(), "rot13"),
        ("Grüße, 家".encode("gb18030"), "GB2312"),
        ("Grüße, 家".encode("gb18030"), "'gbk'"),
        ("Grüße, 家".encode("gb18030"), "gb18030"),
    ],
)
def test_what_charsets_claim_and_what_is_so(body: bytes, charset: str) -> None:
    mail = read(body, Content_Type=f"text/plain; charset={charset}", Content_Transfer_Encoding="8bit")
    assert mail.text == "Grüße, 家"


def test_windows_letters_under_another_name() -> None:
    said = "“It’s 5 €”".encode("cp1252")
    for charset in ("iso-8859-1", "utf-8", "us-ascii", ""):
        assert read(said, Content_Type=f"text/plain; charset={charset}").text == "“It’s 5 €”"


@pytest.mark.parametrize(
    ("encoding", "body", "text"),
    [
        ("base64", "SGVsbG8gd29ybGQ=", "Hello world"),
        ("base64", "SGVsbG8g!!d29y\nbGQ", "Hello world"),
        ("base64", "SGVsbG8gd29ybGQ=\n-- \nadded by a gateway", "Hello world"),
        ("BASE64 ", "SGVsbG8gd29ybGQ", "Hello world"),
        ("base64", "SGVsbG8gd29ybGQhX", "Hello world!"),
        ("quoted-printable", "Hello=20w=\norld =C3=BC =ZZ", "Hello world ü =ZZ"),
        ("x-uuencode", "begin 644 a\n+2&5L;&\\@=V]R;&0 \nend", "Hello world"),
        ("7bit", "Hello world", "Hello world"),
        ("of-its-own", "Hello world", "Hello world"),
    ],
)
def test_encodings(encoding: str, body: str, text: str) -> None:
    assert read(body, Content_Transfer_Encoding=encoding).text.startswith(text)


def test_lines_broken_for_old_programs_are_joined() -> None:
    body = "It is a long \nsentence.\nNext.\n\n-- \nDana\n> quoted \n> on\n"
    mail = read(body, Content_Type="text/plain; format=flowed")
    assert mail.text.split("\n")[:2] == ["It is a long sentence.", "Next."]
    assert mail.new_text == "It is a long sentence.\nNext."


# --- parts ----------------------------------------------------------------------------------------------------------

PLAIN = "Content-Type: text/plain\r\n\r\nplain words\r\n"
HTML = "Content-Type: text/html\r\n\r\n<p>words in <b>HTML</b></p>\r\n"


def test_the_plain_part_is_read_where_there_are_two() -> None:
    assert read_parts(PLAIN, HTML, kind="alternative").text == "plain words"
    assert read_parts(HTML, PLAIN, kind="alternative").text == "plain words"
    empty = "Content-Type: text/plain\r\n\r\n \r\n"
    assert read_parts(empty, HTML, kind="alternative").text == "words in HTML"


def test_a_plain_part_that_only_says_that_it_is_none() -> None:
    stub = "Content-Type: text/plain\r\n\r\nThis message needs a program that shows HTML.\r\n"
    much = "Content-Type: text/html\r\n\r\n<p>" + "First Name: Ana. " * 60 + "</p>\r\n"
    assert read_parts(stub, much, kind="alternative").text.startswith("First Name: Ana.")


def test_attachments_are_not_read() -> None:
    attached = 'Content-Type: text/plain\r\nContent-Disposition: attachment; filename="a.txt"\r\n\r\nsecret\r\n'
    image = "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n"
    calendar = "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n"
    assert read_parts(PLAIN, attached, image, calendar).text == "plain words"


def test_parts_within_parts() -> None:
    def build(message: EmailMessage) -> None:
        message.set_content("outer words")
        message.add_alternative("<p>outer words</p>", subtype="html")
        message.add_attachment(b"\x00", maintype="application", subtype="pdf")

    assert built(build).text == "outer words"


def test_a_mail_sent_on_as_an_attachment_is_read_as_if_in_the_text() -> None:
    inner = "Content-Type: message/rfc822\r\n\r\nFrom: Zillow <a@convo.zillow.com>\r\nSubject: New lead\r\n\r\nCall me\r\n"
    mail = read_parts(PLAIN, inner)
    assert "plain words" in mail.text
    assert "From: Zillow <a@convo.zillow.com>" in mail.text
    assert "Subject: New lead" in mail.text
    assert mail.text.endswith("Call me")
    assert mail.new_text == "plain words"


def test_html() -> None:
    mail = html(
        "<html><head><title>t</title><style>p{}</style></head><body>"
        '<div style="display:none">preheader</div><span style="font-size:0px">x</span><p hidden>y</p>'
        "<p>Hello&nbsp;Dana, a &lt; b</p>one<br>two<script>alert(1)</script>"
        "<ul><li>first</li><li>second</li></ul><table><tr><td>Name</td><td>Ana</td></tr></table>"
        '<a href="https://x.test/1">the house</a> <a href="https://x.test/2"></a> '
        '<a href="mailto:a@x.test">a@x.test</a> <a href="javascript:alert(1)">no</a>'
        "<blockquote>quoted<br>twice</blockquote></body></html>"
    )
    assert mail.text == (
        "Hello Dana, a < b\n\none\ntwo\n\n- first\n- second\n\nName Ana\n\n"
        "the house (https://x.test/1) https://x.test/2 a@x.test no\n\n> quoted\n> twice"
    )


def test_html_goes_on_after_a_quotation_and_after_a_picture() -> None:
    lines = html("<blockquote>one<blockquote>two</blockquote>three</blockquote>four").text.split("\n")
    assert [line for line in lines if line.strip("> ")] == ["> one", "> > two", "> three", "four"]
    picture = "<p>before</p><img src='data:image/png;base64," + "iVBORw0KGgo" * 3_000 + "'><p>after</p>"
    assert html(picture).text == "before\n\nafter"
    link = "https://x.test/" + "u" * 5_000
    # Wherever the pieces end in which it is read.
    assert html("x" * 7_000 + f' <a href="{link}">the house</a>').text.endswith(f" the house ({link})")


def test_html_under_a_plain_name() -> None:
    assert read("<!DOCTYPE html><html><body><p>Hello</p></body></html>").text == "Hello"


def test_text_that_hides_by_size_zero_but_not_by_a_size_that_begins_with_zero() -> None:
    assert html('<p style="opacity:0.9">seen</p><p style="max-height:0;">hidden</p>').text == "seen"


# --- nothing is too broken ------------------------------------------------------------------------------------------

HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "References", "Content-Type", "Content-Transfer-Encoding",
           "Auto-Submitted", "Precedence", "List-Id", "Content-Disposition", "X-Failed-Recipients")  # fmt: skip
WORDS = (
    "multipart/mixed", "multipart/report", "multipart/alternative", "message/rfc822", "message/delivery-status",
    "message/feedback-report", "message/disposition-notification", "text/html", "text/plain", "boundary=B", "--B", "--B--",
    "charset=utf-16", "charset=idna", "base64", "quoted-printable", "; ", "name*0*=x''%", "=?utf-8?q?", "?=", "<", ">",
    "@", '"', "(", "\\", "On 1/1/2026 x wrote:", "> ", "-- ", "<div hidden>", "<!--", "<![x[", "&#x110000;", "&#0;",
    "mailer-daemon@x.test", "550 5.1.1 ", "Final-Recipient: rfc822;", "Status: 5.1.1", "Mon, 99 Foo 2026", "From:", "Sent:",
)  # fmt: skip
pieces = st.one_of(
    st.sampled_from(WORDS).map(str.encode), st.binary(max_size=12), st.sampled_from([b"\r\n", b"\n", b"\r\n\r\n"])
)
lines = st.builds(
    lambda name, rest: name.encode() + b": " + b"".join(rest).replace(b"\n", b"") + b"\r\n",
    st.sampled_from(HEADERS),
    st.lists(pieces, max_size=6),
)
mails = st.builds(
    lambda head, body: b"".join(head) + b"\r\n" + b"".join(body),
    st.lists(lines, max_size=10),
    st.lists(pieces, max_size=40),
)


@settings(max_examples=400)
@given(mails | st.binary(max_size=400))
def test_any_bytes_can_be_read_and_stored(told: bytes) -> None:
    mail = read_mail(told)
    for text in (mail.text, mail.new_text, mail.subject, mail.message_id, mail.sender.name, mail.sender.email):
        assert "\0" not in text
        text.encode()
    assert len(mail.new_text) <= len(mail.text)
    assert "\n" not in mail.subject


@given(mails)
def test_reading_twice_says_the_same(told: bytes) -> None:
    assert read_mail(told) == read_mail(told)


def test_mails_made_to_be_slow_are_read_all_the_same() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=B%d\r\n\r\n--B%d\r\n" % (n, n) for n in range(2_000))
    assert read_mail(deep).kind is Kind.HUMAN
    nested = b"Content-Type: message/rfc822\r\n\r\n" * 3_000
    assert read_mail(nested + b"end").kind is Kind.HUMAN
    many = b"Content-Type: multipart/mixed; boundary=B\r\n\r\n" + b"--B\r\n\r\nx\r\n" * 20_000
    assert read_mail(many).kind is Kind.HUMAN


@pytest.mark.parametrize(
    "piece", ["<", "<!--", "<![CDATA[", "<a href='", "&", "<div>", "</div>", "<blockquote>", "x<p>", "<!a "]
)
def test_html_made_to_be_slow(piece: str) -> None:
    assert read_mail(raw(piece * (400_000 // len(piece)), Content_Type="text/html")).kind is Kind.HUMAN


@pytest.mark.parametrize(
    "piece",
    ["On ", "On 1:00 ", "<a@b> ", "> ", "wrote: ", "From: x\n", "-- \n", "=?utf-8?q?x?= ", "\n", "a@b ", "1.1.1 "],
)
def test_text_made_to_be_slow(piece: str) -> None:
    long = piece * (200_000 // len(piece))
    assert read_mail(raw(long, Subject=long[:20_000].replace("\n", " "), From=long[:20_000].replace("\n", " "))).kind
