import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from leadlight.accounts.models import Role, User
from leadlight.events.models import Event, Touched
from leadlight.leads.models import Lead, Person
from leadlight.web.rules import adding
from tests.web.build import person, user

pytestmark = pytest.mark.django_db

ADDRESS = "/leads/add/"
ANA = {"name": "Ana Silva", "email": "ana@example.com", "phone": "813 555 0142"}


def signed_in(actor: User) -> Client:
    client = Client()
    client.force_login(actor)
    return client


@pytest.fixture
def dana() -> User:
    return user("Dana Ruiz")


@pytest.fixture
def client(dana: User) -> Client:
    return signed_in(dana)


def token(client: Client) -> str:
    found = re.search(r'name="token" value="([0-9a-f]{32})"', client.get(ADDRESS).content.decode())
    assert found is not None
    return found[1]


def test_who_may_add() -> None:
    person("Somebody")
    for role, may in ((Role.OWNER, True), (Role.LEAD_MANAGER, True), (Role.AGENT, True), (Role.ANALYST, False)):
        client = signed_in(user(role=role))
        assert ("Add a lead" in client.get("/leads/?list=all").content.decode()) is may
        for address in (
            ADDRESS,
            f"{ADDRESS}known/?email=a@example.com",
            f"{ADDRESS}referrers/?referred_by_name=some",
        ):
            assert client.get(address).status_code == (200 if may else 403)
        assert client.post(ADDRESS, {"name": "X"}).status_code == (302 if may else 403)
    assert Person.objects.count() == 4
    assert Client().get(ADDRESS).status_code == 302


def test_an_empty_brokerage_offers_to_add_one(client: Client) -> None:
    assert "add a lead by hand" in client.get("/leads/").content.decode()


def test_somebody_is_added_and_shown(client: Client, dana: User) -> None:
    page = client.get(ADDRESS).content.decode()
    assert 'name="owner" value="Dana Ruiz"' in page
    sent = {
        **ANA,
        "token": token(client),
        "kind": "Buyer",
        "source": "zillow.com",
        "stage": "Appointment set",
        "owner": "Dana Ruiz",
        "message": "Is 14 Elm St still there?",
        "note": "Met at the fair",
    }
    response = client.post(ADDRESS, sent)
    someone = Person.objects.get()
    assert response["Location"] == f"/leads/{someone.pk}/"
    assert (someone.name, someone.email, someone.phone) == ("Ana Silva", "ana@example.com", "+18135550142")
    assert (someone.kind, str(someone.source), someone.owner, someone.state) == ("buyer", "Zillow", dana, "BOOKED")
    page = html.unescape(client.get(f"/leads/{someone.pk}/").content.decode())
    for words in ("Is 14 Elm St still there?", "Met at the fair", "Added by hand", "Added."):
        assert words in page
    assert "Referred by" not in page
    assert Touched.objects.filter(person_id=someone.pk, cause="LIVE").exists()
    # The same form once more, as by a second click.
    assert client.post(ADDRESS, sent)["Location"] == f"/leads/{someone.pk}/"
    assert (Person.objects.count(), Event.objects.count()) == (1, 2)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Give a name, an email or a phone."),
        ({"name": " \0 "}, "Give a name, an email or a phone."),
        ({"name": "A", "email": "nope"}, "This is no email address."),
        ({"name": "A", "phone": "12"}, "This is no phone number."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client: Client, sent: dict[str, str], words: str) -> None:
    response = client.post(ADDRESS, {**sent, "note": "Keep <me>"})
    assert response.status_code == 400
    page = response.content.decode()
    assert words in page
    assert "Keep &lt;me&gt;" in page
    assert not Person.objects.exists()


def test_who_is_here_already_is_offered_instead(client: Client) -> None:
    ana = person("Ana Silva", emails=("ana@example.com",), phones=("+18135550142",))
    known = client.get(f"{ADDRESS}known/", {"email": "ANA@example.com", "phone": ""}).content.decode()
    assert f'href="/leads/{ana.pk}/">Ana Silva</a> is here already, with this email' in known
    assert client.get(f"{ADDRESS}known/", {"email": "ana@exa"}).content.decode().strip() == ""
    response = client.post(ADDRESS, {**ANA, "phone": "", "name": "Ana S", "although_phone": "1"})
    assert response.status_code == 200
    page = response.content.decode()
    assert f'href="/leads/{ana.pk}/">Ana Silva</a>' in page
    assert "Add anyway" not in page
    assert Person.objects.count() == 1


def test_a_couple_shares_a_phone(client: Client) -> None:
    person("Ana Silva", emails=("ana@example.com",), phones=("+18135550142",))
    ben = {"name": "Ben Silva", "email": "ben@example.com", "phone": "813-555-0142"}
    response = client.post(ADDRESS, ben)
    assert response.status_code == 200
    page = response.content.decode()
    assert "is here already, with this phone" in page
    assert 'value="ben@example.com"' in page
    assert client.post(ADDRESS, {**ben, "although_phone": "1"}).status_code == 302
    assert set(Person.objects.values_list("name", flat=True)) == {"Ana Silva", "Ben Silva"}


def test_a_colleagues_lead_is_not_shown() -> None:
    user("Sam Lee", Role.AGENT)
    person("Secret Name", owner="Sam Lee", emails=("ana@example.com",), phones=())
    client = signed_in(user("Kim Park", Role.AGENT))
    known = client.get(f"{ADDRESS}known/", {"email": "ana@example.com"}).content.decode()
    assert "with a colleague’s lead" in known
    response = client.post(ADDRESS, ANA)
    assert response.status_code == 200
    assert "Secret" not in known + response.content.decode()
    assert "Secret" not in client.get(f"{ADDRESS}referrers/", {"referred_by_name": "Secret"}).content.decode()


def test_giving_to_a_colleague_leads_back_to_the_list() -> None:
    user("Sam Lee", Role.AGENT)
    client = signed_in(user("Kim Park", Role.AGENT))
    assert client.post(ADDRESS, {**ANA, "owner": "Sam Lee"})["Location"] == "/leads/"


def test_who_sent_them(client: Client) -> None:
    ana = person("Ana Silva", emails=("ana@example.com",))
    offered = client.get(f"{ADDRESS}referrers/", {"referred_by_name": "silva"}).content.decode()
    assert f'value="{ana.pk}"' in offered
    client.post(ADDRESS, {"name": "By choice", "referred_by_name": "silva", "referred_by": str(ana.pk)})
    client.post(ADDRESS, {"name": "By name", "referred_by_name": "ana silva", "source": "Open house"})
    client.post(ADDRESS, {"name": "By word", "referred_by_name": "Aunt Rosa"})
    client.post(ADDRESS, {"name": "Just a name", "referred_by_name": "Ana Silva", "referred_by": "-"})
    client.post(ADDRESS, {"name": "Nobody", "referred_by_name": "", "referred_by": str(ana.pk)})
    told = {
        lead.name: (lead.referred_by_id, lead.referred_by_name, str(lead.source or ""))
        for lead in Lead.objects.filter(system="leadlight").select_related("source")
    }
    assert told == {
        "By choice": (ana.pk, "Ana Silva", "Referral"),
        "By name": (ana.pk, "Ana Silva", "Open house"),
        "By word": (None, "Aunt Rosa", "Referral"),
        "Just a name": (None, "Ana Silva", "Referral"),
        "Nobody": (None, "", ""),
    }
    page = client.get(f"/leads/{Person.objects.get(name='By choice').pk}/").content.decode()
    assert f'<dt>Referred by</dt><dd dir="auto"><a class="link" href="/leads/{ana.pk}/">Ana Silva</a>' in page
    page = client.get(f"/leads/{Person.objects.get(name='By word').pk}/").content.decode()
    assert '<dt>Referred by</dt><dd dir="auto">Aunt Rosa</dd>' in page
    ana.leads.get().delete()
    ana.delete()
    page = client.get(f"/leads/{Person.objects.get(name='By choice').pk}/").content.decode()
    assert '<dt>Referred by</dt><dd dir="auto">Ana Silva</dd>' in page


def test_namesakes_ask_who_is_meant(client: Client) -> None:
    first, second = person("Ana Silva"), person("Ana Silva")
    response = client.post(ADDRESS, {"name": "Ben", "referred_by_name": "Ana Silva"})
    assert response.status_code == 400
    page = response.content.decode()
    assert "Several people here are called Ana Silva." in page
    assert f'value="{first.pk}"' in page
    client.post(ADDRESS, {"name": "Ben", "referred_by_name": "Ana Silva", "referred_by": str(second.pk)})
    assert Lead.objects.get(name="Ben").referred_by == second


def test_only_who_is_seen_can_be_chosen() -> None:
    user("Sam Lee", Role.AGENT)
    hidden = person("Secret Name", owner="Sam Lee")
    client = signed_in(user("Kim Park", Role.AGENT))
    client.post(ADDRESS, {"name": "Ben", "referred_by_name": "x", "referred_by": str(hidden.pk)})
    found = Lead.objects.get(name="Ben")
    assert (found.referred_by, found.referred_by_name) == (None, "x")
    Lead.objects.filter(name="Ben").update(referred_by=hidden, referred_by_name="Somebody")
    page = client.get(f"/leads/{found.person_id}/").content.decode()
    assert "Secret" not in page
    assert "Somebody" in page


def test_text_from_outside_stays_text(client: Client) -> None:
    attack = '"><script>alert(1)</script>'
    someone = person(attack, emails=("x@example.com",))
    pages = [
        client.post(ADDRESS, {**dict.fromkeys(("name", "email", "note", "message", "stage", "owner"), attack)}),
        client.post(ADDRESS, {"name": attack, "email": "x@example.com"}),
        client.get(f"{ADDRESS}known/", {"email": "x@example.com"}),
        client.get(f"{ADDRESS}referrers/", {"referred_by_name": "script"}),
    ]
    assert str(someone.pk) in pages[3].content.decode()
    for response in pages:
        assert "<script>alert" not in response.content.decode()


def test_the_page_takes_a_fixed_number_of_queries(client: Client, django_assert_max_num_queries) -> None:
    for number in range(30):
        person(f"Ana {number}", phones=("+18135550142",))
    with django_assert_max_num_queries(5):
        client.get(ADDRESS)
    with django_assert_max_num_queries(5):
        client.get(f"{ADDRESS}known/", {"phone": "8135550142"})
    with django_assert_max_num_queries(4):
        client.get(f"{ADDRESS}referrers/", {"referred_by_name": "ana"})


texts = st.dictionaries(
    st.sampled_from(
        ["token", "name", "email", "phone", "kind", "source", "stage", "referred_by", "referred_by_name", "message"]
    ),
    st.text(max_size=40),
)


@given(texts)
def test_any_form_is_read_or_refused(parameters: dict[str, str]) -> None:
    form = adding.sent(parameters, token="0" * 32)
    assert re.fullmatch("[0-9a-f]{32}", form.token)
    if adding.errors(form, country="US"):
        return
    row = adding.row(form, country="US")
    assert row.name or row.emails or row.phones
    assert (row.source == "Referral") >= (bool(form.referred_by_name) and not form.source)


def test_what_is_added_counts_as_new_today(client: Client) -> None:
    client.post(ADDRESS, ANA)
    found = Person.objects.get()
    assert found.first_contact_at is not None
    assert found.first_contact_at - Lead.objects.get().updated_at < timedelta(seconds=1)
