"""The Lead page on what came to the wrong person: events that move, and records that are somebody else's."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leadlight.accounts.models import Role
from leadlight.events.models import Event
from leadlight.events.operations import move_events
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Lead, Person
from leadlight.leads.operations import store_leads
from leadlight.leads.rules import NewLead
from tests.web.build import person, user
from tests.web.test_pages import signed_in

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def owner() -> Client:
    return signed_in(user())


@pytest.fixture
def pair() -> tuple[Person, Person]:
    events = (("inquiry", HOUR), ("listing_view", HOUR), ("call_attempted", 5 * HOUR))
    return person("Ana Silva", events=events), person("Ben Lee", emails=("ben@example.com",), phones=())


def events_of(who: Person) -> list[str]:
    return sorted(Event.objects.filter(lead__person=who.pk).values_list("kind", flat=True))


def span(who: Person) -> dict[str, str]:
    """Return the visit of an hour ago as the timeline names it."""
    visit = Event.objects.filter(lead__person=who.pk, kind__in=("inquiry", "listing_view")).order_by("occurred_at")
    first, last = visit[0].occurred_at, visit[1].occurred_at
    return {"since": first.isoformat(), "until": last.isoformat()}


def number(who: Person, kind: str) -> int:
    return int(Event.objects.get(lead__person=who.pk, kind=kind).pk)


def test_events_are_moved_and_moved_back(owner: Client, pair: tuple[Person, Person]) -> None:
    ana, ben = pair
    page = owner.get(f"/leads/{ana.pk}/").content.decode()
    assert f"/leads/{ana.pk}/move/?{urlencode(span(ana))}".replace("&", "&amp;") in page
    page = owner.get(f"/leads/{ana.pk}/move/", span(ana)).content.decode()
    assert "Asked a question" in page
    assert "Viewed a listing" in page
    assert "We called them" not in page, "that was another visit"
    asked = {**span(ana), "event": number(ana, "inquiry"), "q": "ben@example"}
    page = owner.get(f"/leads/{ana.pk}/move/", asked).content.decode()
    assert f'name="person" value="{ben.pk}" checked' in page
    moved = owner.post(f"/leads/{ana.pk}/move/", {**asked, "person": ben.pk}, follow=True)
    assert events_of(ben) == ["inquiry"]
    assert events_of(ana) == ["call_attempted", "listing_view"]
    assert "1 event is with" in moved.content.decode()
    assert f'href="/leads/{ana.pk}/">Ana Silva' in moved.content.decode()
    back = owner.post(f"/leads/{ben.pk}/move/undo/", {"event": number(ben, "inquiry")}, follow=True)
    assert "All is where it was." in back.content.decode()
    assert events_of(ana) == ["call_attempted", "inquiry", "listing_view"]
    assert events_of(ben) == []


def test_what_lacks_is_said_and_nothing_moves(owner: Client, pair: tuple[Person, Person]) -> None:
    ana, ben = pair
    address, inquiry = f"/leads/{ana.pk}/move/", number(ana, "inquiry")
    for sent, told in (
        ({"person": ben.pk}, "Choose what is to move."),
        ({"person": ben.pk, "event": 10**9}, "Choose what is to move."),
        ({"event": inquiry}, "Choose whose it is."),
        ({"event": inquiry, "person": ana.pk}, "Choose whose it is."),
        ({"event": inquiry, "person": 10**9}, "Choose whose it is."),
    ):
        assert told in owner.post(address, {**span(ana), **sent}).content.decode()
    page = owner.get(address, {**span(ana), "q": "Ana"}).content.decode()
    assert "Nobody else here fits “Ana”" in page
    assert len(events_of(ana)) == 3
    theirs = person("Cy", events=(("inquiry", HOUR),))
    sent = {**span(ana), "event": number(theirs, "inquiry"), "person": ben.pk}
    assert "Choose what is to move." in owner.post(address, sent).content.decode()
    assert events_of(theirs) == ["inquiry"]
    for bad in ({}, {"since": "x", "until": "y"}, {"since": "2026-01-01"}):
        assert owner.get(address, bad).status_code == 404
    assert owner.get(f"/leads/{ana.pk}/move/done/").status_code == 404
    assert owner.get(f"/leads/{ana.pk}/move/done/", {"event": number(ana, "inquiry")}).status_code == 200
    assert owner.post(f"/leads/{ana.pk}/move/undo/", {"event": inquiry}).status_code == 404
    later = utc_now() + HOUR
    empty = {"since": later.isoformat(), "until": later.isoformat()}
    assert "Nothing happened then." in owner.get(address, empty).content.decode()


def test_only_between_leads_that_one_may_change(pair: tuple[Person, Person]) -> None:
    ana, ben = pair
    agent, analyst = signed_in(user("Sam", role=Role.AGENT)), signed_in(user(role=Role.ANALYST))
    Person.objects.filter(pk=ben.pk).update(owner=user("Eve"))
    sent = {**span(ana), "event": number(ana, "inquiry"), "person": ben.pk, "q": "ben@example"}
    assert "Choose whose it is." in agent.post(f"/leads/{ana.pk}/move/", sent).content.decode()
    assert "Ben Lee" not in agent.get(f"/leads/{ana.pk}/move/", sent).content.decode()
    assert agent.get(f"/leads/{ben.pk}/move/", sent).status_code == 404
    assert agent.post(f"/leads/{ben.pk}/part/", {"lead": ben.leads.get().pk}).status_code == 404
    for address in ("move/", "part/", "move/undo/"):
        assert analyst.post(f"/leads/{ana.pk}/{address}", sent).status_code == 403
    page = analyst.get(f"/leads/{ana.pk}/").content.decode()
    assert "Not theirs?" not in page
    assert len(events_of(ana)) == 3


def test_nothing_goes_back_to_whom_one_may_not_see(pair: tuple[Person, Person]) -> None:
    ana, ben = pair
    cy, sam = person("Cy", events=(("inquiry", HOUR),)), user("Sam", role=Role.AGENT)
    numbers = [number(ana, "inquiry"), number(cy, "inquiry")]
    for one in (ana, cy):
        event_ids = list(Event.objects.filter(lead__person=one.pk, kind="inquiry").values_list("event_id", flat=True))
        move_events(event_ids=event_ids, to_lead=ben.leads.get().pk, actor=None, now=utc_now())
    Person.objects.filter(pk=cy.pk).update(owner=user("Eve"))
    agent = signed_in(sam)
    page = agent.get(f"/leads/{ben.pk}/move/done/", {"event": numbers}).content.decode()
    assert "2 events are with" in page
    assert "Undo" not in page
    for chosen in (numbers, numbers[::-1], numbers[1:], [number(ana, "listing_view")]):
        assert agent.post(f"/leads/{ben.pk}/move/undo/", {"event": chosen}).status_code == 404
    assert events_of(ben) == ["inquiry", "inquiry"]
    assert agent.post(f"/leads/{ben.pk}/move/undo/", {"event": numbers[:1]})["Location"] == f"/leads/{ana.pk}/"
    assert (events_of(ben), events_of(cy)) == (["inquiry"], [])
    # Once back, it is not Ben's to take back.
    assert agent.post(f"/leads/{ben.pk}/move/undo/", {"event": numbers[:1]}).status_code == 404
    # Of several moves only the latest is taken back.
    [event_id] = Event.objects.filter(pk=numbers[1]).values_list("event_id", flat=True)
    for whose in (ana, ben):
        move_events(event_ids=[event_id], to_lead=whose.leads.get().pk, actor=None, now=utc_now())
    assert agent.post(f"/leads/{ben.pk}/move/undo/", {"event": numbers[1:]})["Location"] == f"/leads/{ana.pk}/"


def test_a_record_that_is_somebody_elses(owner: Client, pair: tuple[Person, Person]) -> None:
    ana, _ = pair
    assert "Somebody else’s record" not in owner.get(f"/leads/{ana.pk}/").content.decode()
    told = NewLead("csv", "78", name="Eve Silva", emails=(ana.email,), person_id=ana.pk)
    [wrong] = store_leads(leads=[told], now=utc_now())
    page = owner.get(f"/leads/{ana.pk}/").content.decode()
    assert page.count("Somebody else’s record") == 2
    assert '<span dir="auto">Eve Silva</span> · csv 78' in page
    parted = owner.post(f"/leads/{ana.pk}/part/", {"lead": wrong}, follow=True)
    eve = Lead.objects.get(pk=wrong).person_id
    assert parted.redirect_chain == [(f"/leads/{eve}/", 302)]
    page = parted.content.decode()
    assert "a person of its own now" in page
    assert "Maybe the same after all" in page
    assert owner.post(f"/leads/{ana.pk}/part/", {"lead": wrong}).status_code == 404
    only = ana.leads.get().pk
    assert "only record" in owner.post(f"/leads/{ana.pk}/part/", {"lead": only}, follow=True).content.decode()


def test_the_page_takes_a_fixed_number_of_queries(owner: Client, pair: tuple[Person, Person]) -> None:
    ana, _ = pair

    def counted() -> int:
        with CaptureQueriesContext(connection) as captured:
            owner.get(f"/leads/{ana.pk}/move/", {**span(ana), "q": "ben"})
        return len(captured)

    few = counted()
    for n in range(5):
        person(f"Ben{n} Ben", phones=())
    assert counted() == few
