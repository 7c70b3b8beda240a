"""Exactly one takes a lead, whatever the others do at the same moment. On both databases."""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test import Client

from leadlight.accounts.models import Role, User
from leadlight.events.rules import Cause
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Person
from leadlight.routing import operations
from leadlight.routing.models import Assignment, Breach, Task, Wait
from leadlight.routing.operations import LINK_LASTS, Claim, UnableToClaim
from tests.routing.build import HOUR, MINUTE, NOON, agent, ask, happen, lead


def link(wait: Wait, who: User) -> str:
    return f"/claim/{operations.claim_token(wait_id=wait.pk, user_id=who.pk, now=utc_now())}/"


def side_by_side(deeds: Sequence[Callable[[], object]]) -> None:
    go, errors = threading.Barrier(len(deeds)), list[BaseException]()

    def run(deed: Callable[[], object]) -> None:
        try:
            go.wait()
            deed()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


@pytest.mark.django_db(transaction=True)
def test_of_fifty_at_once_one_wins_and_the_others_are_told_who() -> None:
    people = [agent(f"Agent {k:02}") for k in range(50)]
    ask(lead(owner=people[0]))
    wait = Wait.objects.get()
    found: list[tuple[User, Claim]] = []

    def take(who: User) -> None:
        found.append((who, operations.claim(wait_id=wait.pk, user=who, now=NOON + MINUTE)))

    side_by_side([partial(take, who) for who in people])
    [winner] = [who for who, claim in found if claim.is_won]
    assert [claim.by for who, claim in found if who != winner] == [winner.name] * 49
    wait.refresh_from_db()
    assert wait.claimed_by == winner
    assert Person.objects.get().owner == winner
    assert Assignment.objects.count() == (0 if winner == people[0] else 1)


def hear(ids: Sequence[str]) -> None:
    operations.hear_inquiries(event_ids=ids, cause=Cause.LIVE, now=NOON)


@pytest.mark.django_db(transaction=True)
def test_leads_that_several_workers_hear_of_at_once_each_get_one_owner() -> None:
    team = [agent(f"Agent {k}") for k in range(3)]
    people = [lead(f"Lead {k}") for k in range(12)]
    ids = [happen(who, "inquiry", NOON) for who in people]
    side_by_side([partial(hear, mine) for mine in (ids[:6], ids[:6], ids[6:], ids[3:9])])
    assert sorted(Assignment.objects.values_list("person", flat=True)) == sorted(who.pk for who in people)
    assert [Person.objects.filter(owner=one).count() for one in team] == [4, 4, 4]
    assert Wait.objects.count() == Task.objects.count() == 12


@pytest.mark.django_db(transaction=True)
def test_turns_are_one_for_all_workers() -> None:
    team = [agent(f"Agent {k}") for k in range(3)]
    ids = [happen(lead(f"Lead {k}"), "inquiry", NOON) for k in range(12)]
    side_by_side([partial(hear, [event_id]) for event_id in ids])
    assert [Person.objects.filter(owner=one).count() for one in team] == [4, 4, 4]


@pytest.fixture
def ann(db: None) -> User:
    return agent("Ann Blake")


@pytest.fixture
def bea(db: None) -> User:
    return agent("Bea Cole")


def take(who: User, wait: Wait | None = None) -> Claim:
    return operations.claim(wait_id=(wait or Wait.objects.get()).pk, user=who, now=NOON + MINUTE)


def test_whoever_takes_them_has_them_with_all_that_is_to_be_done(ann: User, bea: User) -> None:
    who = lead(owner=ann)
    ask(who)
    assert take(bea) == Claim(who.pk, is_won=True)
    assert take(bea).is_won, "asked again, they stay theirs"
    assert take(ann) == Claim(who.pk, is_won=False, by="Bea Cole")
    who.refresh_from_db()
    given, task = Assignment.objects.get(), Task.objects.get()
    assert (who.owner, task.owner) == (bea, bea)
    assert (given.agent, given.by, given.reason, given.is_turn) == (bea, bea, "The first to take it", False)
    operations.escalate(reached={(Wait.objects.get().pk, 1)}, now=NOON + 5 * MINUTE)
    assert not Breach.objects.exists()


def test_the_owner_who_takes_them_stays_the_owner(ann: User) -> None:
    who = lead(owner=ann)
    ask(who)
    assert take(ann).is_won
    assert not Assignment.objects.exists()


def test_a_claim_holds_for_all_that_the_person_waits_for(ann: User, bea: User) -> None:
    who = lead(owner=ann, score=91.0)
    ask(who)
    turned = [operations.Turned(who.pk, NOON + 2 * HOUR)]
    operations.hear_hot(turned=turned, cause=Cause.LIVE, now=NOON + 2 * HOUR)
    first, second = Wait.objects.order_by("began_at")
    assert take(bea, second).is_won
    assert take(ann, first) == Claim(who.pk, is_won=False, by="Bea Cole")


def test_who_was_answered_needs_nobody_any_more(ann: User, bea: User) -> None:
    who = lead(owner=ann)
    ask(who)
    happen(who, "call_answered", NOON, actor="Ann Blake")
    operations.settle_waits(person_ids=[who.pk], now=NOON)
    assert take(bea) == Claim(who.pk, is_won=False, by="Ann Blake")
    assert take(ann).is_won
    with pytest.raises(UnableToClaim, match="no longer here"):
        operations.claim(wait_id=10**9, user=ann, now=NOON)


def test_a_link_is_one_persons_and_runs_out(ann: User) -> None:
    ask(lead(owner=ann))
    wait = Wait.objects.get()
    token = operations.claim_token(wait_id=wait.pk, user_id=ann.pk, now=NOON)
    assert operations.read_token(token, now=NOON + LINK_LASTS - timedelta(seconds=1)) == (wait.pk, ann)
    with pytest.raises(UnableToClaim, match="has run out"):
        operations.read_token(token, now=NOON + LINK_LASTS)
    with pytest.raises(UnableToClaim, match="not whole"):
        operations.read_token(token[:-1], now=NOON)
    for change in ({"is_active": False}, {"is_active": True, "role": Role.ANALYST}):
        User.objects.filter(pk=ann.pk).update(**change)
        with pytest.raises(UnableToClaim, match="takes no leads here"):
            operations.read_token(token, now=NOON)


class TestPage:
    def test_looking_changes_nothing_and_pressing_takes(self, ann: User, bea: User) -> None:
        who = lead("Marisol Ortega", owner=ann)
        ask(who, listing="214 Alder Ct", props={"text": "Call me at 813-555-0142"})
        wait = Wait.objects.get()
        scanner = Client()
        for _ in range(2):
            page = scanner.get(link(wait, bea))
            assert page.status_code == 200
        text = page.content.decode()
        assert "Marisol asked about 214 Alder Ct" in text
        assert "Take them as Bea Cole" in text
        assert "Ortega" not in text
        assert "0142" not in text
        assert page["Cache-Control"].startswith("max-age=0")
        wait.refresh_from_db()
        assert wait.claimed_by is None
        answer = scanner.post(link(wait, bea))
        assert (answer.status_code, answer["Location"]) == (302, f"/today/?person={who.pk}")
        late = scanner.post(link(wait, ann))
        assert late.status_code == 409
        assert "Bea Cole was faster" in late.content.decode()
        assert "Bea Cole has them already" in scanner.get(link(wait, ann)).content.decode()

    def test_a_form_from_elsewhere_takes_nothing(self, ann: User) -> None:
        ask(lead(owner=ann))
        wait = Wait.objects.get()
        assert Client(enforce_csrf_checks=True).post(link(wait, ann)).status_code == 403
        wait.refresh_from_db()
        assert wait.claimed_by is None

    def test_a_link_of_somebody_else_is_refused_to_whom_is_signed_in(self, ann: User, bea: User) -> None:
        ask(lead(owner=ann))
        wait, client = Wait.objects.get(), Client()
        client.force_login(bea)
        answer = client.post(link(wait, ann))
        assert answer.status_code == 403
        assert "sent to Ann Blake, and you are signed in as Bea Cole" in answer.content.decode()
        wait.refresh_from_db()
        assert wait.claimed_by is None
        client.force_login(ann)
        assert client.post(link(wait, ann)).status_code == 302

    def test_what_is_no_link_of_ours_says_so(self, ann: User) -> None:
        ask(lead(owner=ann))
        wait = Wait.objects.get()
        old = operations.claim_token(wait_id=wait.pk, user_id=ann.pk, now=NOON)
        gone = link(wait, ann)
        for address, status in (("/claim/x/", 404), (f"/claim/{old}/", 410)):
            for answer in (Client().get(address), Client().post(address)):
                assert answer.status_code == status
        Wait.objects.all().delete()
        assert Client().get(gone).status_code == Client().post(gone).status_code == 404

    def test_who_was_answered_is_shown_so(self, ann: User) -> None:
        who = lead(owner=ann)
        ask(who)
        wait = Wait.objects.get()
        happen(who, "call_answered", NOON, actor="Somebody of another office")
        operations.settle_waits(person_ids=[who.pk], now=NOON)
        assert "They have been answered already" in Client().get(link(wait, ann)).content.decode()
        assert "They have been answered" in Client().post(link(wait, ann)).content.decode()
