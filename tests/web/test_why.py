"""The page that tells somebody why they were contacted, and what they can ask for."""

import html
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leadlight.accounts.models import Role
from leadlight.accounts.operations import describe_brokerage
from leadlight.consent.models import Basis, Channel, Consent, Suppression
from leadlight.consent.operations import Given, record_consent, suppress
from leadlight.events.models import Event
from leadlight.events.operations import merge_persons
from leadlight.events.rules import Cause
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Person
from leadlight.leads.operations import edit_lead
from leadlight.messages import operations as messages
from leadlight.messages.models import Message
from leadlight.routing.models import Task, TaskKind
from leadlight.routing.operations import hear_inquiries, make_task, record_outcome
from leadlight.routing.rules.outcomes import Outcome, Said
from leadlight.web.rules.decisions import DECIDED
from tests.messages.build import deliver, ready
from tests.routing.build import agent, happen
from tests.web.build import person, tell, user
from tests.web.test_pages import signed_in

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def owner() -> Client:
    return signed_in(user())


@pytest.fixture
def ana() -> Person:
    found = person(
        "Ana Silva",
        emails=("ana@example.com",),
        provenance="OWN_INQUIRY",
        events=(("inquiry", 9 * HOUR), ("listing_view", 8 * HOUR), ("note_added", 3 * HOUR)),
    )
    tell(found.leads.get().pk, ("email_sent", 7 * HOUR), actor="Sam Lee", props={"subject": "Three homes"})
    tell(found.leads.get().pk, ("call_answered", 6 * HOUR), actor="Sam Lee")
    return found


def page(client: Client, who: Person) -> str:
    response = client.get(f"/leads/{who.pk}/why/")
    assert response.status_code == 200
    return response.content.decode()


def test_it_says_where_from_what_was_asked_and_every_touch(owner: Client, ana: Person) -> None:
    describe_brokerage(told={"name": "Bayline Realty"}, hours={}, actor=user(), now=utc_now())
    told = page(owner, ana)
    assert 'They asked us: <span dir="auto">Zillow</span>' in told
    assert "Asked a question" in told
    assert "We sent them an email" in told
    assert "“Three homes”" in told
    assert "Answered a call of ours" in told
    assert "Sam Lee" in told
    assert "by Bayline Realty" in told
    assert "Beside this we hold 1 record of what you did" in told
    assert "wrote a note" not in told


def test_what_was_decided_is_told_with_who_did(owner: Client, ana: Person) -> None:
    dana = user("Dana Boss")
    other = person("A. Silva")
    merge_persons(keep=ana.pk, gone=[other.pk], reason="same phone", actor=dana, now=utc_now())
    edit_lead(lead_id=ana.leads.order_by("pk")[0].pk, changes={"stage": "Nurture"}, actor=dana, now=utc_now())
    told = page(owner, ana)
    assert DECIDED["persons.merged"] in told
    assert DECIDED["lead.edited"] in told
    assert "Dana Boss" in told
    assert "same phone" not in told, "only what they may read is on the paper"


def test_stop_closes_everything_at_once_for_all_records(owner: Client, ana: Person) -> None:
    other = person("A. Silva")
    merge_persons(keep=ana.pk, gone=[other.pk], reason="", actor=None, now=utc_now())
    response = owner.post(f"/leads/{ana.pk}/why/stop/", {"words": " leave me\0 alone "}, follow=True)
    told = response.content.decode()
    assert "Nobody calls, texts or writes to them any more." in told
    assert "leave me alone, written down by" in told
    assert list(Suppression.objects.values_list("channel", "reason")) == [("ALL", "OPTED_OUT")] * 2
    stopped = Event.objects.get(kind="opted_out")
    assert stopped.props == {"channel": "ALL", "text": "leave me alone"}
    assert "Stopped all contact" in told
    owner.post(f"/leads/{ana.pk}/why/stop/")
    assert Event.objects.filter(kind="opted_out").count() == 1


def test_a_stop_leaves_nothing_to_be_sent_done_or_agreed_to(owner: Client, ana: Person) -> None:
    """Before any worker has heard of it."""
    now = utc_now()
    own = ana.leads.get()
    given = Given(own.pk, Channel.EMAIL, "ana@example.com", Basis.EXPRESS, now - DAY)
    record_consent(given=given, now=now)
    Message.objects.create(lead=own, direction="OUT", channel="EMAIL", state="PLANNED", key="k", created_at=now)
    make_task(person_id=ana.pk, kind=TaskKind.CALL, why="Call", due_at=now, actor=user(), now=now)
    owner.post(f"/leads/{ana.pk}/why/stop/", {"words": "leave me alone"})
    assert Message.objects.get().state == "CANCELLED"
    assert Task.objects.get().done_at is not None
    consent = Consent.objects.get()
    assert consent.revoked_at is not None
    assert consent.revoked_words == "leave me alone"


def test_the_file_holds_all(owner: Client, ana: Person) -> None:
    response = owner.get(f"/leads/{ana.pk}/why/all.json")
    assert response["Content-Disposition"] == f'attachment; filename="ana-silva-{ana.pk}.json"'
    held = json.loads(response.content)
    assert held["person"]["name"] == "Ana Silva"
    assert held["records"][0]["email"] == ["ana@example.com"]
    assert [one["kind"] for one in held["events"]] == [
        "inquiry",
        "listing_view",
        "email_sent",
        "call_answered",
        "note_added",
    ]
    assert set(held) == {
        *(
            "person",
            "messages",
            "merged_into_this",
            "records",
            "events",
            "closed_channels",
            "consents",
            "scores",
            "filled_in",
            "tasks",
            "waits",
            "alerts",
            "outcomes",
            "saved_searches",
        ),
        "decisions",
    }


def test_the_file_holds_what_the_team_had_to_do_for_them(owner: Client, ana: Person) -> None:
    now = utc_now()
    make_task(person_id=ana.pk, kind=TaskKind.CALL, why="Call about Elm St", due_at=now, actor=user(), now=now)
    ready(now)
    agent("Sam Lee")
    event_id = happen(ana, "inquiry", now)
    hear_inquiries(event_ids=[event_id], cause=Cause.LIVE, now=now)
    record_outcome(person_id=ana.pk, said=Said(Outcome.REACHED), actor=user(), now=now + HOUR)
    held = json.loads(owner.get(f"/leads/{ana.pk}/why/all.json").content)
    assert {task["why"] for task in held["tasks"]} == {"Call about Elm St", "Asked about a home"}
    assert [wait["kind"] for wait in held["waits"]] == ["INQUIRY"]
    assert [alert["channel"] for alert in held["alerts"]] == ["EMAIL"]
    assert [one["outcome"] for one in held["outcomes"]] == ["REACHED"]


def test_the_file_holds_what_they_agreed_to(owner: Client, ana: Person) -> None:
    lead_id, now = ana.leads.get().pk, utc_now()
    agreed = Given(
        lead_id, Channel.EMAIL, "ana@example.com", Basis.EXPRESS, now, words="Yes, write to me", origin="page"
    )
    record_consent(given=agreed, now=now)
    [told] = json.loads(owner.get(f"/leads/{ana.pk}/why/all.json").content)["consents"]
    assert (told["channel"], told["address"], told["basis"], told["words"], told["revoked_at"]) == (
        *("EMAIL", "ana@example.com", "EXPRESS", "Yes, write to me"),
        None,
    )


def test_only_who_may_see_and_change(ana: Person) -> None:
    Person.objects.filter(pk=ana.pk).update(owner=user("Eve"))
    agent, analyst = signed_in(user("Sam", role=Role.AGENT)), signed_in(user(role=Role.ANALYST))
    for address in ("why/", "why/all.json"):
        assert agent.get(f"/leads/{ana.pk}/{address}").status_code == 404
        assert analyst.get(f"/leads/{ana.pk}/{address}").status_code == 200
    assert agent.post(f"/leads/{ana.pk}/why/stop/").status_code == 404
    assert analyst.post(f"/leads/{ana.pk}/why/stop/").status_code == 403
    assert "Stop everything" not in page(analyst, ana)
    assert not Suppression.objects.exists()


def test_it_takes_a_fixed_number_of_queries(owner: Client, ana: Person) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(owner, ana)
        return len(captured)

    few = counted()
    tell(ana.leads.get().pk, *(("call_attempted", k * HOUR) for k in range(1, 30)))
    assert counted() == few


def test_what_we_wrote_stands_in_it_with_what_allowed_or_forbade_it(owner: Client) -> None:
    now = utc_now()
    ready(now)
    ana = person("Ana Silva", emails=("ana@example.com",), provenance="OWN_INQUIRY")
    own = ana.leads.get().pk
    given = Given(
        own, Channel.EMAIL, "ana@example.com", Basis.EXPRESS, now, words="Yes, write to me.", ip="192.0.2.7"
    )
    record_consent(given=given, now=now)
    messages.acknowledge(event_ids=[happen(ana, "inquiry", now)], now=now)
    deliver(at=now)
    suppress(rows=[(own, "EMAIL", "OPTED_OUT", "“stop”")], origin="t", now=now)
    messages.write(person_id=ana.pk, subject="New homes", text="One more.", token="t", actor=user(), now=now)
    told = html.unescape(page(owner, ana))
    assert "We have your message about your home search" in told
    assert "by itself; answers what you asked" in told
    assert "Nothing spoke against it." in told
    assert "They asked for no e-mails" in told
    assert "15 U.S.C. 7704" in told
    assert "“Yes, write to me.”" in told
    assert "From 192.0.2.7" in told
    assert "We sent them an email" not in told
    held = owner.get(f"/leads/{ana.pk}/why/all.json").json()
    assert [one["state"] for one in held["messages"]] == ["SENT", "REFUSED"]
    assert held["messages"][1]["decision"]["reasons"][0]["code"] == "opted_out"
