"""The page of the day: who is next, what came of it, and what is taken back."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leadlight.accounts.models import Role, User
from leadlight.consent.models import Suppression
from leadlight.events.models import Event
from leadlight.events.rules import Cause
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Person
from leadlight.routing import operations
from leadlight.routing.models import LatestVisit, RecordedOutcome, Task, TaskKind, Wait
from leadlight.routing.operations import make_task
from tests.routing.build import agent, ask, happen, lead, open_always
from tests.web.test_live import opened

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NASTY = "<script>alert(1)</script>"


@pytest.fixture
def ann() -> User:
    open_always()
    return agent("Ann Blake")


@pytest.fixture
def page(client: Client, ann: User) -> Client:
    client.force_login(ann)
    return client


def read(client: Client, address: str = "/today/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def waiting(name: str, ann: User, ago: timedelta, **fields: object) -> Person:
    who = lead(name, owner=ann, score=77.0)
    ask(who, utc_now() - ago, **fields)
    return who


def form_of(told: str) -> str:
    found = re.search(r'name="form" value="(\w+)"', told)
    assert found is not None
    return found[1]


def record(client: Client, who: Person, outcome: str, **fields: str):
    told = {"page": "today", "form": f"f{who.pk}{outcome}"[:32], "outcome": outcome, **fields}
    return client.post(f"/leads/{who.pk}/outcome/", told, follow=True)


def test_everybody_begins_where_their_work_is(client: Client) -> None:
    for role, there in ((Role.AGENT, "/today/"), (Role.OWNER, "/today/"), (Role.ANALYST, "/leads/")):
        client.force_login(agent("Sam Lee", role=role))
        assert client.get("/")["Location"] == there
    assert client.get("/today/")["Location"] == "/leads/"
    client.force_login(agent("Sam Lee"))
    assert client.get("/?list=all&q=ana")["Location"] == "/leads/?list=all&q=ana"


def test_an_empty_day_says_what_comes_and_offers_the_best(page: Client) -> None:
    lead("Calm Person")
    told = read(page)
    assert "Nobody waits, and nothing is due" in told
    assert "See the leads" in told


def test_who_waits_longest_is_next_with_what_somebody_needs_before_the_call(page: Client, ann: User) -> None:
    waiting("Ben Cole", ann, 2 * MINUTE)
    waiting(
        "Marisol Ortega", ann, 20 * MINUTE, listing="12 Elm St", props={"text": f"Is it free on Saturday? {NASTY}"}
    )
    told = read(page)
    assert "2 people to answer" in told
    assert "1 of 2 still inside five minutes" in told
    card, _, rest = told.partition("<aside")
    assert "Marisol Ortega" in card
    assert "Is it free on Saturday?" in card
    assert NASTY not in told
    assert "12 Elm St" in card
    assert 'href="tel:+18135550142"' in card
    assert 'href="sms:+18135550142?body=Hi%20Marisol' in card
    assert "/inbox/" in card
    assert "Ben Cole" in rest
    ben = Person.objects.get(name="Ben Cole")
    assert "Ben Cole" in read(page, f"/today/?person={ben.pk}").partition("<aside")[0]


def test_the_opener_invents_nothing(page: Client, ann: User) -> None:
    waiting("Marisol Ortega", ann, MINUTE, props={"text": "Does it have a permit for the deck?"})
    opener = re.search(r'class="say"[^>]*>([^<]*)<', read(page))
    assert opener is not None
    assert "permit" not in opener[1].lower() or "let me" in opener[1].lower()


@pytest.mark.parametrize(
    ("outcome", "fields", "kind"),
    [
        ("REACHED", {}, "call_answered"),
        ("VOICEMAIL", {}, "voicemail_left"),
        ("HAS_AGENT", {}, "lost"),
        ("NOT_INTERESTED", {"words": "Bought elsewhere"}, "lost"),
        ("APPOINTMENT", {"at": f"{utc_now() + 2 * DAY:%Y-%m-%dT14:30}"}, "appointment_booked"),
        ("NOT_NOW", {"day": f"{utc_now() + 40 * DAY:%Y-%m-%d}", "words": "in summer"}, "call_answered"),
        ("WRONG_NUMBER", {"number": "+18135550142"}, "call_answered"),
        ("STOP", {"words": "Leave me alone"}, "opted_out"),
    ],
)
def test_what_came_of_a_call_is_an_event_ends_the_wait_and_can_be_taken_back(
    page: Client, ann: User, outcome: str, fields: dict[str, str], kind: str
) -> None:
    who = waiting("Marisol Ortega", ann, 2 * MINUTE)
    before = Event.objects.count()
    answer = record(page, who, outcome, **fields)
    told = answer.content.decode()
    assert answer.status_code == 200
    assert "Written down." in told
    assert "Undo" in told
    assert Event.objects.filter(kind=kind, retracted_at=None).exists() or outcome == "WRONG_NUMBER"
    assert Wait.objects.get().ended_at is not None
    assert Suppression.objects.exists() == (outcome in {"STOP", "WRONG_NUMBER"})
    done = RecordedOutcome.objects.get()
    page.post(f"/leads/{who.pk}/outcome/undo/", {"page": "today", "outcome": done.pk})
    assert Wait.objects.get().ended_at is None
    assert not Suppression.objects.exists()
    assert Event.objects.filter(retracted_at=None).count() == before


def test_sent_twice_a_form_writes_one_down(page: Client, ann: User) -> None:
    who = waiting("Marisol Ortega", ann, MINUTE)
    form = form_of(read(page))
    for _ in range(2):
        record(page, who, "REACHED", form=form)
    assert RecordedOutcome.objects.count() == 1


@pytest.mark.parametrize(
    ("outcome", "fields", "why"),
    [
        ("APPOINTMENT", {}, "Say when the appointment is."),
        ("APPOINTMENT", {"at": "2001-01-01T10:00"}, "That moment has passed."),
        ("APPOINTMENT", {"at": "whenever"}, "Write day and time as"),
        ("NOT_NOW", {"day": "2001-01-01"}, "to come"),
        ("NOT_INTERESTED", {"words": " "}, "why"),
        ("STOP", {"words": ""}, "own words"),
        ("WRONG_NUMBER", {"number": "+19995550000"}, "none of theirs"),
        ("NONSENSE", {}, "Choose what came of it."),
    ],
)
def test_what_cannot_be_written_down_says_why_and_changes_nothing(
    page: Client, ann: User, outcome: str, fields: dict[str, str], why: str
) -> None:
    who = waiting("Marisol Ortega", ann, MINUTE)
    before = Event.objects.count()
    for where in ("today", "lead"):
        answer = record(page, who, outcome, page=where, **fields)
        assert answer.status_code == 400
        assert why in answer.content.decode()
    assert Event.objects.count() == before
    assert not RecordedOutcome.objects.exists()
    assert Wait.objects.get().ended_at is None


def test_what_was_typed_is_kept_when_it_is_refused(page: Client, ann: User) -> None:
    who = waiting("Marisol Ortega", ann, MINUTE)
    told = record(page, who, "APPOINTMENT", at="2001-01-01T10:00").content.decode()
    assert 'value="2001-01-01T10:00"' in told


def test_taking_a_lead_calls_nobody_else(page: Client, ann: User) -> None:
    who = waiting("Marisol Ortega", ann, MINUTE)
    told = page.post(f"/leads/{who.pk}/take/", {"page": "today"}, follow=True).content.decode()
    assert "They are yours." in told
    assert Wait.objects.get().claimed_by == ann
    Wait.objects.update(ended_at=utc_now())
    answer = page.post(f"/leads/{who.pk}/take/", {"page": "today"})
    assert answer.status_code == 400
    assert "They do not wait any more" in answer.content.decode()


def test_a_task_is_put_off_done_and_a_note_kept(page: Client, ann: User) -> None:
    who = lead("Marisol Ortega", owner=ann)
    make_task(
        person_id=who.pk,
        kind=TaskKind.CALL,
        why="Ask about the loan",
        due_at=utc_now() - HOUR,
        actor=ann,
        now=utc_now(),
    )
    task = Task.objects.get()
    assert "Ask about the loan" in read(page)
    page.post(f"/leads/{who.pk}/snooze/", {"page": "today", "task": task.pk, "for": "hour"})
    assert "Ask about the loan" not in read(page)
    answer = page.post(f"/leads/{who.pk}/snooze/", {"page": "today", "task": task.pk, "until": "2001-01-01T10:00"})
    assert answer.status_code == 400
    page.post(f"/leads/{who.pk}/finish/", {"page": "lead", "task": task.pk})
    task.refresh_from_db()
    assert task.done_by == ann
    page.post(f"/leads/{who.pk}/note/", {"page": "lead", "text": "Has a dog"})
    assert "Has a dog" in read(page, f"/leads/{who.pk}/")


def test_a_lead_that_is_handed_over_is_the_others(page: Client, ann: User) -> None:
    ben = agent("Ben Cole")
    who = waiting("Marisol Ortega", ann, MINUTE)
    answer = page.post(f"/leads/{who.pk}/hand-over/", {"page": "today", "to": ben.pk}, follow=True)
    assert "Handed over" in answer.content.decode()
    assert "Marisol" not in read(page)
    who.refresh_from_db()
    assert who.owner == ben
    assert page.post(f"/leads/{who.pk}/note/", {"text": "mine"}).status_code == 404


def test_since_you_were_here_tells_what_came_and_what_was_missed(page: Client, ann: User) -> None:
    read(page)
    LatestVisit.objects.filter(user=ann).update(seen_at=utc_now() - 3 * HOUR)
    who = waiting("Marisol Ortega", ann, HOUR)
    event_id = happen(who, "email_replied", utc_now() - 30 * MINUTE, props={"text": "Saturday?"})
    operations.hear_replies(event_ids=[event_id], cause=Cause.LIVE, now=utc_now() - 30 * MINUTE)
    told = read(page)
    assert "Since you were here" in told
    assert "Replied" in told


def test_an_analyst_and_a_stranger_do_nothing(client: Client, ann: User) -> None:
    who = waiting("Marisol Ortega", ann, MINUTE)
    acts = ("outcome", "outcome/undo", "take", "snooze", "finish", "hand-over", "note")
    for actor in (agent("Ann Lyst", role=Role.ANALYST), agent("Sam Other")):
        client.force_login(actor)
        for act in acts:
            answer = client.post(f"/leads/{who.pk}/{act}/", {"outcome": "REACHED", "text": "x", "page": "today"})
            assert answer.status_code in (403, 404), act
    assert not RecordedOutcome.objects.exists()
    client.force_login(agent("Sam Other"))
    assert client.get(f"/today/?person={who.pk}").status_code == 404
    assert client.get(f"/today/live/?person={who.pk}").status_code == 404


def test_a_manager_looks_at_everybodys_or_at_their_own(client: Client, ann: User) -> None:
    dana = agent("Dana Ruiz", role=Role.OWNER)
    client.force_login(dana)
    waiting("Marisol Ortega", ann, MINUTE)
    waiting("Ben Cole", dana, 2 * MINUTE)
    assert "Marisol Ortega" in read(client)
    own = read(client, "/today/?mine=1")
    assert "Marisol Ortega" not in own
    assert "Ben Cole" in own


def test_an_open_page_hears_what_is_new_and_nothing_else(ann: User) -> None:
    waiting("Marisol Ortega", ann, MINUTE)
    page = opened(ann, "/today/")
    assert page.ask().status_code == 204
    waiting("Ben Cole", ann, timedelta(seconds=30))
    assert "Ben Cole" in page.ask().content.decode()


def test_the_page_takes_a_fixed_number_of_queries(page: Client, ann: User) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            read(page)
        return len(caught)

    waiting("First Person", ann, 40 * MINUTE)
    read(page)
    few = cost()
    for number in range(30):
        waiting(f"Person {number}", ann, timedelta(minutes=number + 1))
    assert cost() == few <= 40
