"""What portals write, in our own words and after the shapes that their mails were seen to have."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.intake.rules.portal_adf import read_adf
from leadlight.intake.rules.portal_labels import read_labels
from leadlight.intake.rules.portal_mail import (
    BASIS,
    REPEAT_WITHIN,
    PortalLead,
    PortalMail,
    is_repeat,
    read_portal_mail,
)


def told(
    text: str, sender: str = "someone@site.example", subject: str = "New lead", **fields: str
) -> PortalLead | None:
    return read_portal_mail(
        PortalMail(sender, subject, text, **{"message_id": "m1@site.example", **fields}), country="US"
    )


def read(text: str, sender: str = "someone@site.example", subject: str = "New lead", **fields: str) -> PortalLead:
    found = told(text, sender, subject, **fields)
    assert found is not None
    return found


# --- portals --------------------------------------------------------------------------------------------------------

ZILLOW = """Marisol is asking about your home.

Marisol says:
I would love to see it on Saturday.
Is the roof new?

Reply to this email directly.
Zillow, Inc. Unsubscribe: https://www.zillow.com/u
"""


@pytest.mark.parametrize(
    ("subject", "name", "listing"),
    [
        (
            "Marisol is requesting information about 214 Alder Ct, Tampa, FL 33602",
            "Marisol",
            "214 Alder Ct, Tampa, FL 33602",
        ),
        ("Marisol Ortega is interested in 214 Alder Ct.", "Marisol Ortega", "214 Alder Ct"),
        ("MARISOL ORTEGA is requesting an application for 214 Alder Ct", "Marisol Ortega", "214 Alder Ct"),
        ("Marisol is requesting an application", "Marisol", ""),
    ],
)
def test_zillow(subject: str, name: str, listing: str) -> None:
    lead = read(ZILLOW, "4f9a1@convo.zillow.com", subject)
    assert (lead.portal, lead.row.name, lead.listing, lead.row.source) == ("zillow", name, listing, "Zillow")
    assert lead.row.message == "I would love to see it on Saturday.\nIs the roof new?"
    assert (lead.row.emails, lead.row.phones) == ((), ())
    assert (lead.relay_email, lead.is_relay) == ("4f9a1@convo.zillow.com", True)
    assert lead.basis == BASIS
    assert "writ" not in lead.basis


def test_zillow_with_the_persons_own_address() -> None:
    text = "Name: Marisol Ortega\nPhone: (813) 555-0142\nEmail: Marisol@Example.com\nMessage: Is it free?"
    lead = read(text, "4f9a1@convo.zillow.com", "Marisol is interested in 214 Alder Ct")
    assert (lead.row.name, lead.row.emails, lead.row.phones) == (
        "Marisol Ortega",
        ("marisol@example.com",),
        ("+18135550142",),
    )
    assert (lead.relay_email, lead.is_relay) == ("4f9a1@convo.zillow.com", False)
    # The relay is nobody's own address, wherever it stands.
    lead = read("Name: Ana\nEmail: x1@convo.zillow.com", "noreply@zillow.com")
    assert (lead.row.emails, lead.relay_email) == ((), "x1@convo.zillow.com")


REALTOR = """You have a new lead.

First Name: Marisol
Last Name: Ortega
Email Address: marisol@example.com
Phone Number: 813-555-0142
Comment: I am interested in
this property.

It looks lovely.
Property Address:
214 Alder Ct
Tampa, FL 33602
MLSID # 26003866
This lead was sent to: dana@bayline.test
"""


def test_realtor() -> None:
    lead = read(REALTOR, "leads@email.realtor.com", "New realtor.com lead - Marisol Ortega")
    assert lead.portal == "realtor"
    assert (lead.row.name, lead.row.emails, lead.row.phones) == (
        "Marisol Ortega",
        ("marisol@example.com",),
        ("+18135550142",),
    )
    assert lead.row.message == "I am interested in\nthis property.\n\nIt looks lovely."
    assert (lead.listing, lead.mls_number) == ("214 Alder Ct, Tampa, FL 33602", "26003866")
    assert (lead.row.source, lead.is_relay) == ("Realtor.com", False)


def test_realtor_in_the_subject_alone() -> None:
    lead = read(
        "See the app.", "no-reply@realtorpro.io", "New inquiry: Marisol Ortega (813) 555-0142 marisol@example.com."
    )
    assert (lead.row.name, lead.row.emails, lead.row.phones) == (
        "Marisol Ortega",
        ("marisol@example.com",),
        ("+18135550142",),
    )


def test_homes_and_follow_up_boss() -> None:
    lead = read("Name: Marisol\nEmail: m@example.com", "noreply@homes.com", "New Lead from Homes.com")
    assert (lead.portal, lead.row.source, lead.row.name) == ("homes", "Homes.com", "Marisol")
    lead = read(
        "Source: Zillow\nPhone: 813 555 0142", "leads@followupboss.com", "New Lead: Marisol Ortega from Zillow"
    )
    assert (lead.portal, lead.row.source, lead.row.name) == ("followupboss", "Zillow", "Marisol Ortega")
    assert read("Email: m@example.com", "leads@followupboss.com", "Lead Alert").row.source == "Follow Up Boss"


def test_who_only_looks_like_a_portal_is_read_by_labels() -> None:
    for sender in ("x@evilzillow.com", "zillow.com@evil.example", "x@zillow.com.evil.example"):
        lead = read("Name: Ana\nEmail: a@example.com", sender, "Ana is interested in 214 Alder Ct")
        assert (lead.portal, lead.listing) == ("labels", "")


# --- labels ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("Last Name: Ortega\nFirst Name: Marisol", {"last": "Ortega", "first": "Marisol"}),
        ("Agent Name: Dana\nName: Ana", {"name": "Ana"}),
        ("Agent Name: Dana\nAgent Email: dana@bayline.test", {}),
        ("Last\nName: Ortega\nFirst\nName:\nMarisol", {"last": "Ortega", "first": "Marisol"}),
        ("Email\nAddress: a@example.com", {"email": "a@example.com"}),
        ("Name:\n\nAna Silva\nPhone:\n813-555-0142", {"name": "Ana Silva", "phone": "813-555-0142"}),
        ("Name\nAna Silva\nEmail\na@example.com", {"name": "Ana Silva", "email": "a@example.com"}),
        ("* Name: Ana\n- Phone : 1", {"name": "Ana", "phone": "1"}),
        ("*Name:* Ana", {"name": "Ana"}),
        (
            "First Name: Ana Last Name: Silva Email: a@example.com",
            {"first": "Ana", "last": "Silva", "email": "a@example.com"},
        ),
        ("Name: Ana Agent Email: dana@bayline.test", {"name": "Ana Agent Email: dana@bayline.test"}),
        ("NAME: Ana\nE-MAIL: a@example.com", {"name": "Ana", "email": "a@example.com"}),
        ("Message: one\nTwo: three\nEmail: x@example.com", {"message": "one", "email": "x@example.com"}),
        ("Message: call me\n\nat my Email: no\nPhone: 1", {"message": "call me\n\nat my Email: no", "phone": "1"}),
        ("Message: hi\nUnsubscribe here\nfooter", {"message": "hi"}),
        (
            "Email: real@example.com\nMessage: hi\nEmail: other@example.com",
            {"email": "real@example.com", "message": "hi"},
        ),
        ("Email:\nMessage: hi\nEmail: later@example.com", {"email": "later@example.com", "message": "hi"}),
        ("Property Address: 1 Elm St\nTampa, FL\nand more", {"listing": "1 Elm St, Tampa, FL"}),
        ("MLS #: 123\nMLS Number: 4", {"mls": "123"}),
        ("Name: \nName:", {}),
        ("My name is Ana", {}),
        ("", {}),
    ],
)
def test_labels(text: str, fields: dict[str, str]) -> None:
    assert read_labels(text) == fields


@pytest.mark.parametrize(
    "text",
    [
        "Hello, when can I see the house?",
        "Name: Ana",
        "Name: Ana\nPhone: 999-999-9999",
        "Name: Ana\nPhone: 0000000000\nEmail: none@none.com",
        "Agent Name: Dana\nAgent Email: dana@bayline.test\nAgent Phone: 813-555-0100",
        "",
    ],
)
def test_what_tells_of_nobody_is_left_for_people(text: str) -> None:
    assert told(text) is None


def test_a_phone_that_only_fills_the_place_is_no_phone() -> None:
    lead = read("Name: Ana\nEmail: a@example.com\nPhone: 9999999999")
    assert lead.row.phones == ()


# --- sent on --------------------------------------------------------------------------------------------------------

INNER = ("New realtor.com lead - Marisol Ortega", "leads@email.realtor.com")


@pytest.mark.parametrize(
    ("subject", "wrapped"),
    [
        ("Fwd: lead", "Look at this one\n\n---------- Forwarded message ---------\nFrom: Leads <leads@email.realtor.com>\nDate: Fri\nSubject: {0}\nTo: <dana@bayline.test>\n\n{1}"),
        ("Fwd: lead", "Begin forwarded message:\n\n> From: Leads <leads@email.realtor.com>\n> Subject: {0}\n> Date: Friday\n> To: dana@bayline.test\n> \n{2}"),
        ("FW: {0}", "\n________________________________\nFrom: Leads <Leads@Email.Realtor.com>\nSent: Friday\nTo: Dana\nSubject: {0}\n\n{1}"),
        ("WG: x", "Von: Leads <leads@email.realtor.com>\nGesendet: Freitag\nAn: Dana\nBetreff: {0}\n\n{1}"),
        ("RV: x", "---------- Mensaje reenviado ---------\nDe: Leads <leads@email.realtor.com>\nFecha: vie\nAsunto: {0}\nPara: Dana\n\n{1}"),
        ("TR: x", "-----Message d'origine-----\nDe : Leads <leads@email.realtor.com>\nEnvoyé : vendredi\nÀ : Dana\nObjet : {0}\n\n{1}"),
        ("lead", "*From:* Leads <leads@email.realtor.com>\n\n---------- Forwarded message ---------\nFrom: Dana <dana@bayline.test>\nSubject: Fwd\n\n---------- Forwarded message ---------\nFrom: Leads <leads@email.realtor.com>\nSubject: {0}\n\n{1}"),
    ],
)  # fmt: skip
def test_mails_that_were_sent_on_are_read_as_what_is_in_them(subject: str, wrapped: str) -> None:
    quoted = "\n".join(f"> {line}" for line in REALTOR.split("\n"))
    text = wrapped.format(INNER[0], REALTOR, quoted)
    lead = read(text, "dana@bayline.test", subject.format(INNER[0]))
    straight = read(REALTOR, INNER[1], INNER[0])
    assert (lead.portal, lead.row, lead.listing, lead.mls_number) == (
        straight.portal, straight.row, straight.listing, straight.mls_number,
    )  # fmt: skip


def test_a_relay_is_found_in_what_was_sent_on_too() -> None:
    text = (
        "---------- Forwarded message ---------\nFrom: Marisol <4f9a1@convo.zillow.com>\n"
        f"Subject: Marisol is interested in 214 Alder Ct\n\n{ZILLOW}"
    )
    lead = read(text, "dana@bayline.test", "Fwd: Marisol")
    assert (lead.relay_email, lead.listing) == ("4f9a1@convo.zillow.com", "214 Alder Ct")


# --- ADF ------------------------------------------------------------------------------------------------------------

ADF = """Some words
<?adf version="1.0"?><?xml version="1.0"?>
<adf><prospect status="new"><id sequence="1" source="site">77</id><requestdate>2026-11-20T10:00:00-05:00</requestdate>
<customer><contact><name part="first">Marisol</name><name part="last">Ortega</name><email>marisol@example.com</email>
<phone type="voice">813-555-0142</phone><phone type="cell">813-555-0143</phone></contact>
<comments><![CDATA[Is it <still> free?]]></comments></customer>
<vendor><contact><name part="full">Bayline</name><email>dana@bayline.test</email></contact></vendor>
<provider><name>Some Site</name></provider></prospect></adf>"""


def test_adf() -> None:
    lead = read(ADF)
    assert (lead.portal, lead.row.name, lead.row.emails) == ("adf", "Marisol Ortega", ("marisol@example.com",))
    assert lead.row.phones == ("+18135550142", "+18135550143")
    assert (lead.row.message, lead.row.source) == ("Is it <still> free?", "Some Site")


BOMB = '<!DOCTYPE adf [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
FILE = '<!DOCTYPE adf [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    "text",
    [
        ADF.replace("<adf>", f"<adf>{BOMB}"),
        ADF.replace('<?xml version="1.0"?>', BOMB).replace("Is it <still> free?", "&b;"),
        ADF.replace('<?xml version="1.0"?>', FILE.lower()),
        ADF.replace("</customer>", ""),
        ADF.replace("<prospect", "<other").replace("</prospect", "</other"),
        "<adf>" + "<a>" * 60_000 + "</adf>",
        "<adf></adf>",
        "<adf>",
        ADF.replace("still", "x" * 300_000),
    ],
    ids=range(9),
)
def test_adf_that_is_broken_or_an_attack_is_none(text: str) -> None:
    assert read_adf(text) is None
    found = told(text)
    assert found is None or found.portal != "adf"


# --- twice ----------------------------------------------------------------------------------------------------------

AT = datetime(2026, 11, 20, tzinfo=UTC)


def test_the_same_mail_has_the_same_key() -> None:
    one = read(REALTOR, *INNER[::-1])
    assert one.key == "m1@site.example"
    assert read(REALTOR, *INNER[::-1], message_id="m2@site.example").key != one.key
    nameless = read(REALTOR, *INNER[::-1], message_id="")
    assert nameless.key == read(REALTOR, *INNER[::-1], message_id="").key
    assert nameless.key != read(REALTOR + "x", *INNER[::-1], message_id="").key
    assert len(read(REALTOR, *INNER[::-1], message_id="x" * 900).row.external_id) <= 120


def test_the_same_person_about_the_same_home_is_one_inquiry_for_a_day() -> None:
    one = read(REALTOR, *INNER[::-1])
    again = read(REALTOR.replace("214 Alder Ct\n", "214 ALDER CT,\n"), *INNER[::-1], message_id="m2@site.example")
    assert one.repeat_key == again.repeat_key
    for other in (REALTOR.replace("214 Alder", "215 Alder"), REALTOR.replace("marisol@", "ana@")):
        assert read(other, *INNER[::-1]).repeat_key != one.repeat_key
    assert read(REALTOR, "noreply@homes.com").repeat_key != one.repeat_key
    assert is_repeat(at=AT, before=AT)
    assert is_repeat(at=AT, before=AT - REPEAT_WITHIN + timedelta(seconds=1))
    assert not is_repeat(at=AT, before=AT - timedelta(hours=24))
    # Mails may come out of order.
    assert is_repeat(at=AT, before=AT + timedelta(hours=1))
    assert not is_repeat(at=AT, before=None)


# --- nothing is raised ----------------------------------------------------------------------------------------------

PIECES = (
    "Name:", "First Name:", "Last", "Email:", "a@example.com", "Phone:", "813-555-0142", "Message:", "\n", "\n\n", "> ", "From:",
    "x@convo.zillow.com", "Fwd:", "Begin forwarded message:\n", "---------- Forwarded message ---------\n", "<adf>", "</adf>",
    "<prospect>", "<!", "&x;", " is interested in ", "New inquiry: ", ":", "#", "MLSID # 1",
)  # fmt: skip
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=40).map("".join)


@given(
    texts,
    st.sampled_from(["x@convo.zillow.com", "leads@email.realtor.com", "leads@followupboss.com", "x@y.example", ""]),
    texts,
)
def test_whatever_comes_is_read_or_left(text: str, sender: str, subject: str) -> None:
    lead = told(text, sender, subject)
    if lead is not None:
        assert lead.row.emails or lead.row.phones or lead.relay_email or lead.row.name
        assert not any("convo.zillow.com" in email for email in lead.row.emails)
        assert "\n" not in lead.listing + lead.row.name
        assert lead.repeat_key


@pytest.mark.parametrize(
    "piece", ["Name: ", "Name:\n", "> ", "\n", "a ", "First\n", "<adf>", "Email: x ", "New inquiry: 1 ", ": "]
)
def test_text_made_to_be_slow(piece: str) -> None:
    long = piece * (200_000 // len(piece))
    told(long, "x@convo.zillow.com", long[:2_000])
    told(long, "no-reply@realtorpro.io", f"New inquiry: {long[:2_000]}")
