"""The Lead page on what they agreed to, and what somebody of the team writes down of it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leadlight.accounts.models import AuditEntry, Role, User
from leadlight.consent.models import Basis, Channel, Consent, Suppression
from leadlight.consent.operations import Given, TakenBack, record_consent, revoke, suppress
from leadlight.events.operations import merge_persons
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Person
from tests.web.build import person, user
from tests.web.test_pages import signed_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TEXTS = "SMS +18135550142"


@pytest.fixture
def dana() -> User:
    return user("Dana Ruiz", role=Role.AGENT)


@pytest.fixture
def ana() -> Person:
    return person("Ana Berg", emails=("ana@example.com",))


def page(client: Client, who: Person) -> str:
    response = client.get(f"/leads/{who.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def write(client: Client, who: Person, **form: str) -> HttpResponse:
    told = {"way": TEXTS, "words": "Sure, text me", "at": "", **form}
    return client.post(f"/leads/{who.pk}/consent/", told)


def keep(who: Person, **fields: object) -> None:
    told = {
        "lead_id": who.leads.get().pk,
        "channel": Channel.EMAIL,
        "address": "ana@example.com",
        "basis": Basis.EXPRESS,
        "obtained_at": utc_now() - DAY,
    }
    record_consent(given=Given(**{**told, **fields}), now=utc_now())  # type: ignore[arg-type]


def test_what_they_said_is_kept_as_spoken_and_in_the_audit_trail(dana: User, ana: Person) -> None:
    before = utc_now()
    response = write(signed_in(dana), ana)
    assert (response.status_code, response["Location"]) == (302, f"/leads/{ana.pk}/")
    kept = Consent.objects.get()
    assert (kept.lead, kept.channel, kept.address) == (ana.leads.get(), "SMS", "+18135550142")
    assert (kept.basis, kept.words, kept.origin) == ("EXPRESS", "Sure, text me", "page")
    assert kept.form == {"written_down_by": "Dana Ruiz"}
    assert before - timedelta(minutes=1) <= kept.obtained_at <= utc_now()
    entry = AuditEntry.objects.get(action="consent.recorded")
    assert (entry.actor, entry.subject, entry.detail) == (dana, f"person:{ana.pk}", {"channel": "SMS"})
    told = page(signed_in(dana), ana)
    assert "Texts to (813) 555-0142" in told
    assert "“Sure, text me”" in told
    assert "Given, written down by Dana Ruiz" in told


def test_nobody_signs_for_somebody_else(dana: User, ana: Person) -> None:
    lead_id = ana.leads.get().pk
    suppress(rows=[(lead_id, "SMS", "OPTED_OUT", "STOP")], origin="test", now=utc_now() - DAY)
    write(signed_in(dana), ana, basis="WRITTEN", wording="I agree", seller="Tidewater Homes")
    assert Consent.objects.get().basis == "EXPRESS"
    assert Suppression.objects.get().channel == "SMS"


def test_it_was_said_when_the_form_says_by_the_clock_of_the_team(dana: User, ana: Person) -> None:
    write(signed_in(dana), ana, at="2026-01-05T14:30")
    assert Consent.objects.get().obtained_at == datetime(2026, 1, 5, 19, 30, tzinfo=UTC)


def test_pressed_twice_it_is_written_down_once(dana: User, ana: Person) -> None:
    client = signed_in(dana)
    for _ in range(2):
        response = write(client, ana, at="2026-01-05T14:30")
    assert "This was written down before." in client.get(response["Location"]).content.decode()
    assert Consent.objects.count() == AuditEntry.objects.filter(action="consent.recorded").count() == 1


def test_a_moment_that_nobody_typed_has_no_seconds(dana: User, ana: Person) -> None:
    write(signed_in(dana), ana)
    at = Consent.objects.get().obtained_at
    assert (at.second, at.microsecond) == (0, 0)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"words": " \0 "}, "Write down what they said"),
        ({"way": ""}, "Choose what they agreed to"),
        ({"way": "ALL +18135550142"}, "Choose what they agreed to"),
        ({"way": "EMAIL +18135550142"}, "Choose what they agreed to"),
        ({"way": "SMS ana@example.com"}, "Choose what they agreed to"),
        ({"way": "SMS +18135550199"}, "Choose what they agreed to"),
        ({"at": "9000-01-01T00:00"}, "in the future"),
        ({"at": "yesterday"}, "Write day and time"),
    ],
)
def test_what_cannot_be_written_down_is_said_with_all_that_was_typed(
    dana: User, ana: Person, form: dict[str, str], words: str
) -> None:
    person("Eve", phones=("+18135550199",))
    response = write(signed_in(dana), ana, **form)
    told = response.content.decode()
    assert response.status_code == 400
    assert words in told
    assert 'href="#consents"' in told
    assert '<details class="edit spaced" open><summary class="button">They agreed…' in told
    if "words" not in form:
        assert ">Sure, text me</textarea>" in told
    if "at" in form:
        assert f'name="at" value="{form["at"]}"' in told
        assert f'<option value="{TEXTS}" selected>' in told
    assert not Consent.objects.exists()
    assert not AuditEntry.objects.filter(action="consent.recorded").exists()


def test_it_is_of_the_record_that_has_the_address(dana: User, ana: Person) -> None:
    other = person("Ana B.", emails=("ana@work.example.com",), phones=("+18135550177",))
    lead = other.leads.get()
    merge_persons(keep=ana.pk, gone=[other.pk], reason="", actor=None, now=utc_now())
    assert write(signed_in(dana), ana, way="EMAIL ana@work.example.com").status_code == 302
    assert Consent.objects.get().lead == lead


def test_who_only_looks_sees_and_does_not_write(dana: User, ana: Person) -> None:
    write(signed_in(dana), ana)
    analyst = signed_in(user("Ann Lyst", role=Role.ANALYST))
    told = page(analyst, ana)
    assert "“Sure, text me”" in told
    assert "They agreed…" not in told
    assert write(analyst, ana, at="2026-01-05T14:30").status_code == 403
    assert Consent.objects.count() == 1


def test_of_a_lead_that_is_not_theirs_nobody_writes(dana: User, ana: Person) -> None:
    Person.objects.filter(pk=ana.pk).update(owner=user("Eve", role=Role.AGENT))
    assert write(signed_in(dana), ana).status_code == 404
    assert signed_in(user()).get(f"/leads/{ana.pk}/consent/").status_code == 405
    assert not Consent.objects.exists()


def test_all_on_record_is_listed_the_latest_first_with_what_became_of_it(dana: User, ana: Person) -> None:
    now = utc_now()
    keep(ana, obtained_at=now - 3 * DAY, origin="messages", words="by the portal’s terms")
    keep(ana, channel=Channel.SMS, address="+18135550142", obtained_at=now - 2 * DAY, expires_at=now - DAY)
    keep(ana, channel=Channel.CALL, address="+18135550142", basis=Basis.INQUIRY, expires_at=now + DAY)
    lead_id = ana.leads.get().pk
    revoke(taken_back=[TakenBack(lead_id, "EMAIL", now, "email", "<b>no more</b>")])
    section = page(signed_in(dana), ana).split('id="consents"')[1].split("</section>")[0]
    places = [section.index(words) for words in ("Calls to", "Texts to", "Email to")]
    assert places == sorted(places)
    calls, texts, email = section.split("<p")[1:4]
    assert ", until " in calls
    assert "Implied by a question, " in calls
    assert ": ended on " in texts
    assert ": taken back on " in email
    assert 'by email, <span dir="auto">“&lt;b&gt;no more&lt;/b&gt;”' in email
    assert "“by the portal’s terms”" in email
    assert "Given, with an inquiry through a portal, " in email


def test_with_nothing_on_record_and_no_address_the_page_says_so(dana: User) -> None:
    nobody = person("Nobody", phones=())
    nobody.leads.get().identities.all().delete()
    told = page(signed_in(dana), nobody)
    assert "Nothing is on record." in told
    assert "Add an email or phone first" in told
    assert "They agreed…" not in told


def test_the_section_takes_a_fixed_number_of_queries(dana: User, ana: Person) -> None:
    client = signed_in(dana)

    def counted() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client, ana)
        return len(captured)

    keep(ana)
    few = counted()
    for days in range(2, 9):
        keep(ana, obtained_at=utc_now() - days * DAY)
    assert counted() == few
