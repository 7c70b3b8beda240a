import html
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leadlight.accounts.models import AuditEntry, Role, User
from leadlight.consent.operations import suppress
from leadlight.events.operations import refresh_activity
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Lead, Person
from leadlight.scoring.models import Score
from leadlight.web import views
from leadlight.web.queries import listing as queries
from leadlight.web.rules import listing as rules
from leadlight.web.rules.listing import SavedList, Sort, Wanted, last_page
from tests.clock import NOON_IN_NEW_YORK, stand_at
from tests.web.build import EARNED, explanation, person, tell, user

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def signed_in(actor: User) -> Client:
    client = Client()
    client.force_login(actor)
    return client


@pytest.fixture
def owner() -> User:
    return user()


@pytest.fixture
def client(owner: User) -> Client:
    return signed_in(owner)


class Names(HTMLParser):
    """Collects the names in the main table, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = self.reading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.inside |= given.get("id") == "people"
        if self.inside and tag == "a" and given.get("class") == "name":
            self.found.append("")
            self.reading = True

    def handle_endtag(self, tag: str) -> None:
        self.reading &= tag != "a"

    def handle_data(self, data: str) -> None:
        if self.reading:
            self.found[-1] += data


def names(client: Client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    parser = Names()
    parser.feed(response.content.decode())
    return parser.found


def test_an_empty_brokerage_teaches_the_next_step(client: Client) -> None:
    page = client.get("/leads/").content.decode()
    assert "Import a file" in page
    assert "Import a file" not in signed_in(user(role=Role.AGENT)).get("/leads/").content.decode()


def test_everything_asks_for_a_sign_in() -> None:
    someone = person()
    for address in ("/", f"/leads/{someone.pk}/"):
        response = Client().get(address)
        assert (response.status_code, response["Location"]) == (302, f"/sign-in/?next={address}")


def test_sorts(client: Client) -> None:
    person("Cara", score=40, events=(("page_view", 2 * DAY),), contacted_at=utc_now() - DAY)
    person("álvaro", score=90, events=(("page_view", 9 * DAY),), contacted_at=utc_now() - 9 * DAY)
    person("Bo", contacted_at=None)
    person("de la Cruz", score=60, events=(("page_view", HOUR),), contacted_at=utc_now() - 30 * DAY)
    assert names(client, "/leads/?list=all") == ["álvaro", "de la Cruz", "Cara", "Bo"]
    assert names(client, "/leads/?list=all&sort=name") == ["álvaro", "Bo", "Cara", "de la Cruz"]
    assert names(client, "/leads/?list=all&sort=active") == ["de la Cruz", "Cara", "álvaro", "Bo"]
    assert names(client, "/leads/?list=all&sort=first") == ["Cara", "álvaro", "de la Cruz", "Bo"]


@pytest.mark.parametrize("sort", [Sort.SCORE, Sort.NAME, Sort.ACTIVE, Sort.FIRST, Sort.WAITING])
@pytest.mark.parametrize("many", [0, 10_000])
def test_pages_hold_everybody_once_in_one_order(owner: User, monkeypatch, sort: Sort, many: int) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 7)
    monkeypatch.setattr(rules, "PAGE_SIZE", 7)
    monkeypatch.setattr(queries, "MANY", many)
    for number in range(40):
        person(
            f"Person {number:02}",
            score=number % 5 * 20 if number % 3 else None,
            events=(("page_view" if number % 4 else "inquiry", number * HOUR),) if number % 6 else (),
        )
    now = utc_now()
    saved = SavedList.NEEDS if sort is Sort.WAITING else SavedList.ALL
    n = queries.counts(owner, now=now).by_list[saved]
    whole, with_counts = [], []
    for page in range(1, last_page(n) + 1):
        wanted = Wanted(saved=saved, sort=sort, page=page)
        with_counts += queries.listed(owner, wanted, queries.counts(owner, now=now), now=now).rows
        whole += queries.listed(owner, wanted, None, now=now).rows
    ids = [row.person.pk for row in whole]
    assert ids == [row.person.pk for row in with_counts]
    assert len(set(ids)) == len(ids) == n
    assert n == (40 if saved is SavedList.ALL else 6)


def test_the_saved_lists_and_their_counts(owner: User) -> None:
    hot = person("Hot", score=90, owner="Dana Ruiz", events=(("page_view", 15 * DAY),))
    person("Warm", score=60, kind="seller", events=(("page_view", 13 * DAY),))
    person("New", contacted_at=utc_now() - 6 * DAY)
    waiting = person("Asks", events=(("inquiry", DAY),))
    expected = {
        SavedList.NEEDS: {hot.pk, waiting.pk},
        SavedList.MINE: {hot.pk},
        SavedList.HOT: {hot.pk},
        SavedList.QUIET: {hot.pk},
    }
    now = utc_now()
    counted = queries.counts(owner, now=now)
    for saved, tab in zip(SavedList, queries.tabs(counted), strict=True):
        found = set(queries.people(owner, Wanted(saved=saved), now=now).values_list("pk", flat=True))
        assert tab.n == len(found)
        assert found == expected.get(saved, found)
    assert [tab.n for tab in queries.tabs(counted)] == [2, 0, 4, 1, 1, 1, 1, 1, 1]
    agent = user("Some Agent", Role.AGENT)
    assert [tab.n for tab in queries.tabs(queries.counts(agent, now=now))] == [1, 0, 3, 0, 0, 1, 0, 1, 1]


def test_needs_me_is_mine_or_nobodys_and_the_longest_wait_first(client: Client) -> None:
    person("Asked an hour ago", events=(("inquiry", HOUR),))
    person("Asked two days ago", events=(("inquiry", 2 * DAY), ("page_view", HOUR)), owner="Dana Ruiz")
    person("Answered", events=(("inquiry", DAY), ("sms_sent", HOUR)))
    person("Long ago", events=(("showing_request", 31 * DAY),))
    user("Sam Lee", Role.AGENT)
    person("Sam's own", events=(("inquiry", HOUR),), owner="Sam Lee")
    person("Hot and calm", score=90)
    away = person("Opted out", score=90, events=(("inquiry", HOUR),))
    suppress(rows=[(away.leads.get().pk, "ALL", "OPTED_OUT", "said so")], origin="t", now=utc_now())
    assert names(client, "/leads/") == ["Asked two days ago", "Asked an hour ago", "Hot and calm"]
    assert "waiting <time" in client.get("/leads/").content.decode()


def test_without_anybody_waiting_the_list_opens_with_all(client: Client) -> None:
    person("Calm", score=30)
    assert names(client, "/leads/") == ["Calm"]
    assert names(client, "/leads/?list=needs") == []


def test_search_and_filters(client: Client) -> None:
    person("Aleksandra Wiśniewska", phones=("+18135550142",), source="Zillow", owner="Sam Lee", score=60)
    person("Tom Vance", phones=("+17275550199",), emails=("tom_v@example.com",), source="Referral")
    zillow = Person.objects.get(name="Tom Vance").source_id
    assert names(client, "/leads/?q=wisniewska") == ["Aleksandra Wiśniewska"]
    assert names(client, "/leads/?q=(813)+555-0142") == ["Aleksandra Wiśniewska"]
    assert names(client, "/leads/?q=tom_v%40example") == ["Tom Vance"]
    assert names(client, "/leads/?q=tom%25v") == []
    assert names(client, "/leads/?q=sandra+alek") == ["Aleksandra Wiśniewska"]
    assert names(client, f"/leads/?list=all&source={zillow}") == ["Tom Vance"]
    assert names(client, "/leads/?list=all&owner=Sam+Lee") == ["Aleksandra Wiśniewska"]
    assert names(client, "/leads/?list=all&owner=-") == ["Tom Vance"]
    assert names(client, "/leads/?list=all&tier=WARM") == ["Aleksandra Wiśniewska"]
    assert names(client, "/leads/?list=all&tier=-") == ["Tom Vance"]
    assert names(client, "/leads/?list=all&state=LOST") == []
    assert "Sam Lee</option>" in client.get("/leads/?list=all&filter=1").content.decode()


def test_a_page_beyond_the_end_is_the_last(client: Client) -> None:
    for number in range(51):
        person(f"Person {number:02}")
    assert len(names(client, "/leads/?list=all&sort=name&page=99")) == 1


def test_typing_brings_only_the_table(client: Client) -> None:
    person("Tom Vance")
    part = client.get("/leads/?q=tom", headers={"HX-Request": "true", "HX-Target": "people"}).content.decode()
    assert part.startswith("<section")
    assert "<html" not in part
    assert "Tom Vance" in part


def test_priority_leads_until_the_word_hot_is_earned(client: Client, monkeypatch) -> None:
    person("Best", score=70)
    person("No phone", score=79, phones=())
    page = client.get("/leads/").content.decode()
    assert "Priority: the best 1 you can call today" in page
    assert "Nobody is called hot yet" in page
    assert "Priority" not in client.get("/leads/?q=best").content.decode()
    monkeypatch.setattr(views, "hot_word", lambda version: EARNED)
    page = client.get("/leads/").content.decode()
    assert "Priority" not in page
    assert "Nobody is called hot" not in page


def test_who_sees_what() -> None:
    sam, kim = user("Sam Lee", Role.AGENT), user("Kim Park", Role.AGENT)
    sams, nobodys = person("Sam's", owner="Sam Lee"), person("Nobody's")
    for actor, seen in ((sam, ["Nobody's", "Sam's"]), (kim, ["Nobody's"]), (user(), ["Nobody's", "Sam's"])):
        client = signed_in(actor)
        assert names(client, "/leads/?list=all&sort=name") == seen
        assert client.get(f"/leads/{sams.pk}/").status_code == (200 if "Sam's" in seen else 404)
        assert client.get(f"/leads/{nobodys.pk}/").status_code == 200
    assert signed_in(kim).post(f"/leads/{sams.pk}/edit/", {"name": "Mine now"}).status_code == 404
    assert signed_in(kim).get("/leads/?q=sam").content.decode().count("Sam&#x27;s") == 0


def test_a_change_by_hand(client: Client, owner: User) -> None:
    someone = person("Tom Vance")
    response = client.post(f"/leads/{someone.pk}/edit/", {"name": "Thomas Vance", "stage": "Hot", "source": "x"})
    assert response["Location"] == f"/leads/{someone.pk}/"
    someone.refresh_from_db()
    assert (someone.name, someone.stage) == ("Thomas Vance", "Hot")
    assert AuditEntry.objects.get(action="lead.edited").actor == owner
    client.post(f"/leads/{someone.pk}/edit/", {"stated_zone": "America/Denver"})
    assert (
        '<option value="America/Denver" selected>Mountain (Denver)'
        in client.get(f"/leads/{someone.pk}/").content.decode()
    )
    client.post(f"/leads/{someone.pk}/edit/", {"name": " "})
    assert "Give a name." in client.get(f"/leads/{someone.pk}/").content.decode()
    assert client.get(f"/leads/{someone.pk}/edit/").status_code == 405
    analyst = signed_in(user(role=Role.ANALYST))
    assert analyst.post(f"/leads/{someone.pk}/edit/", {"name": "No"}).status_code == 403
    assert "Save</button>" not in analyst.get(f"/leads/{someone.pk}/").content.decode()
    assert Client(enforce_csrf_checks=True).post(f"/leads/{someone.pk}/edit/", {"name": "No"}).status_code in (
        302,
        403,
    )


def test_handing_a_lead_over_leads_back_to_the_list() -> None:
    sam = user("Sam Lee", Role.AGENT)
    user("Kim Park", Role.AGENT)
    someone = person(owner="Sam Lee")
    response = signed_in(sam).post(f"/leads/{someone.pk}/edit/", {"owner_name": "Kim Park"})
    assert response["Location"] == "/leads/"


def test_the_lead_page_tells_all(client: Client, monkeypatch) -> None:
    stand_at(monkeypatch, NOON_IN_NEW_YORK)
    someone = person(
        "Marisol Ortega",
        score=77.4,
        before=54.0,
        provenance="OPEN_HOUSE",
        attributes={"Lender": "First Coast"},
        events=(("showing_request", HOUR), ("sms_sent", 2 * DAY)),
    )
    suppress(rows=[(someone.leads.get().pk, "CALL", "DO_NOT_CALL", "DNC = yes")], origin="t", now=utc_now() - DAY)
    monkeypatch.setattr(views, "explanation", lambda person_id: explanation())
    monkeypatch.setattr(views, "score_line", lambda person_id: [])
    page = html.unescape(client.get(f"/leads/{someone.pk}/").content.decode())
    for words in (
        "What makes 77",
        "+23",
        "31 of 100 leads like this booked an appointment within 60 days (n = 214)",
        "Quiet for 9 days",
        "What they did",
        "Open house",
        "First Coast",
        "No calls: on the do-not-call list.",
        "“DNC = yes”",
        "Text now",
        "Asked to see a home",
        "We sent them a text",
        "(813) 555-0142",
    ):
        assert words in page
    assert "tel:" not in page
    assert "sms:" in page


def test_a_lead_without_events_or_score(client: Client) -> None:
    page = client.get(f"/leads/{person().pk}/").content.decode()
    assert "Nothing recorded yet" in page
    assert "Not scored yet" in page
    assert client.get("/leads/999999/").status_code == 404


def test_a_long_history_is_told_fifty_visits_at_a_time(client: Client) -> None:
    someone = person()
    lead_id = someone.leads.get().pk
    tell(lead_id, *(("page_view", k * HOUR) for k in range(120)))
    seen, address = [], f"/leads/{someone.pk}/"
    for _ in range(3):
        page = client.get(address).content.decode().partition("<main")[2]
        seen.append(page.count('class="visit"'))
        if "?before=" in page:
            address = f"/leads/{someone.pk}/?before=" + page.split("?before=")[1].split('"')[0]
    assert seen == [50, 50, 20]
    assert "?before=" not in page


def test_a_visit_of_thousands_of_events_ends_somewhere(client: Client, monkeypatch) -> None:
    from leadlight.web.queries import lead

    monkeypatch.setattr(lead, "MOST_EVENTS", 20)
    someone = person()
    tell(someone.leads.get().pk, *(("page_view", k * MINUTE) for k in range(50)))
    page = client.get(f"/leads/{someone.pk}/").content.decode()
    assert "?before=" in page
    assert "Viewed a page of the website, 21 times" in page


@pytest.mark.parametrize("bad", ["x", "2026-13-45T00:00:00Z", "2026-01-01T00:00:00", "'"])
def test_any_moment_in_the_address_opens_the_page(client: Client, bad: str) -> None:
    assert client.get(f"/leads/{person().pk}/", {"before": bad}).status_code == 200


ADDRESSES = (
    "/leads/",
    "/leads/?list=all",
    "/leads/?list=all&page=2",
    "/leads/?list=all&sort=name",
    "/leads/?list=all&sort=active",
    "/leads/?list=quiet",
    "/leads/?q=person",
    "/leads/?list=all&tier=COLD&filter=1",
)


def n_queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("role", [Role.OWNER, Role.AGENT])
def test_a_list_takes_as_many_queries_for_many_as_for_few(role: Role) -> None:
    client = signed_in(user(role=role))

    def add(n: int) -> None:
        for number in range(n):
            events = (("inquiry", DAY), ("page_view", 20 * DAY)) if number % 2 else (("page_view", 20 * DAY),)
            person(f"Person {number}", score=30, events=events, owner="", kind="seller")

    add(55)
    few = {address: n_queries(client, address) for address in ADDRESSES}
    add(60)
    many = {address: n_queries(client, address) for address in ADDRESSES}
    assert many == few
    assert max(many.values()) <= 23


def test_a_lead_page_takes_a_fixed_number_of_queries(client: Client, django_assert_num_queries) -> None:
    someone = person(score=40)
    address = f"/leads/{someone.pk}/"
    few = n_queries(client, address)
    lead_id = someone.leads.get().pk
    tell(lead_id, *(("listing_view", k * HOUR) for k in range(200)), listing="12 Elm St")
    suppress(rows=[(lead_id, channel, "BOUNCED", "x") for channel in ("EMAIL", "SMS")], origin="t", now=utc_now())
    refresh_activity(person_ids=[someone.pk])
    with django_assert_num_queries(few):
        client.get(address)
    assert few <= 42


ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7|add:7 }}{% now 'Y' %}",
    "&lt;script&gt;",
    "<!--",
)


class Markup(HTMLParser):
    """Collects tags, attributes and addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in ("href", "src", "action"):
                self.addresses.add(value or "")


@pytest.mark.parametrize("attack", ATTACKS)
def test_text_from_outside_stays_text(client: Client, monkeypatch, attack: str) -> None:
    someone = person(
        attack,
        score=77,
        reason=attack,
        owner=attack,
        source=attack,
        emails=(attack,),
        phones=(attack[:30],),
        kind=attack[:24],
        stage=attack,
        tags=(attack,),
        attributes={attack: attack, "nested": {"value": attack}},
        events=(("inquiry", HOUR),),
    )
    lead_id = someone.leads.get().pk
    tell(
        lead_id,
        ("sms_replied", HOUR),
        ("area_stated", HOUR),
        listing=attack,
        area=attack,
        actor=attack,
        props={"text": attack},
    )
    tell(lead_id, (attack[:40], DAY))
    suppress(rows=[(lead_id, "CALL", "DO_NOT_CALL", attack)], origin="t", now=utc_now())
    Score.objects.update(reason=attack)
    client.get("/leads/", {"q": attack})
    for address, query in (
        ("/leads/", {"list": "all"}),
        ("/leads/", {"q": attack}),
        ("/leads/", {"list": "all", "owner": attack, "filter": "1"}),
        (f"/leads/{someone.pk}/", {}),
    ):
        response = client.get(address, query)
        page = response.content.decode()
        markup = Markup()
        markup.feed(page)
        assert "img" not in markup.tags
        assert not {name for name in markup.attributes if name.startswith("on")}
        assert "style" not in markup.attributes | markup.tags
        assert not {found for found in markup.addresses if found.lower().startswith("javascript:")}
        assert page.count("<script") == 2
        assert "script-src 'self'" in response["Content-Security-Policy"]
        if address != "/leads/":
            assert html.escape(attack) in page


def test_pages_for_what_went_wrong(client: Client) -> None:
    assert "There is nothing here" in client.get("/nowhere/").content.decode()
    from django.views.defaults import bad_request, permission_denied, server_error

    request = client.get("/leads/?list=all").wsgi_request
    assert "Something broke on our side" in server_error(request).content.decode()
    assert "not for you to see" in permission_denied(request, Exception()).content.decode()
    assert "not understood" in bad_request(request, Exception()).content.decode()
    strict = Client(enforce_csrf_checks=True)
    assert "had grown old" in strict.post("/sign-in/", {"username": "x"}).content.decode()


def test_signing_in_and_out(owner: User) -> None:
    client = Client()
    wrong = client.post("/sign-in/", {"username": owner.email, "password": "nope"})
    assert 'role="alert"' in wrong.content.decode()
    right = client.post(
        "/sign-in/", {"username": owner.email.upper(), "password": "correct horse", "next": "/leads/?list=hot"}
    )
    assert right["Location"] == "/leads/?list=hot"
    away = client.post(
        "/sign-in/", {"username": owner.email, "password": "correct horse", "next": "https://evil.example/"}
    )
    assert away["Location"] == "/"
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/leads/").status_code == 302
    part = client.get("/sign-in/?next=/", headers={"HX-Request": "true"})
    assert part["HX-Refresh"] == "true"


def test_a_long_name_and_an_unnamed_lead(client: Client) -> None:
    person("N" * 200)
    person("", emails=("who@example.com",))
    assert names(client, "/leads/?list=all&sort=name") == ["N" * 200, "who@example.com"]
    assert Lead.objects.count() == 2
