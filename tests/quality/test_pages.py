from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from leadlight.accounts.models import AuditEntry, Role
from leadlight.consent.operations import suppress
from leadlight.events.models import Event
from leadlight.events.operations import refresh_activity
from leadlight.jobs import worker
from leadlight.jobs.operations import enqueue
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Person, State
from leadlight.quality import operations, queries
from leadlight.quality.models import Baseline
from tests.web.build import person, tell, user

pytestmark = pytest.mark.django_db
PAGE = "/data/"
DAY = timedelta(days=1)


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(user())
    return client


def read(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


def waiting(name: str, *, asked: float, back: float | None = None, **fields: Any) -> Person:
    events = [("inquiry", asked * DAY)] + ([] if back is None else [("listing_view", back * DAY)])
    return person(name, events=tuple(events), **fields)


def test_an_empty_page_teaches_the_next_step(owner: Client) -> None:
    assert "Begin with the files" in read(owner)


@pytest.mark.parametrize("role", [Role.AGENT, Role.ANALYST])
def test_only_managers_come_in(client: Client, role: Role) -> None:
    client.force_login(user(role=role))
    assert client.get(PAGE).status_code == 403
    assert {client.post(f"{PAGE}{deed}/").status_code for deed in ("baseline", "call-list")} == {403}


class TestFoundMoney:
    def test_who_asked_and_got_no_answer_is_counted(self, owner: Client) -> None:
        waiting("Ann", asked=90)
        waiting("Bob", asked=90, back=3)
        waiting("Cy", asked=90, back=60)
        # Answered, lost, or not to be contacted.
        person("Di", events=(("inquiry", 9 * DAY), ("call_attempted", 8 * DAY)))
        Person.objects.filter(pk=waiting("Ed", asked=5).pk).update(state=State.LOST)
        shut = waiting("Flo", asked=5).leads.get()
        suppress(rows=[(shut.pk, "ALL", "OPTED_OUT", "said so")], origin="t", now=utc_now())
        found = queries.found_money(user(), now=utc_now())
        assert found == queries.FoundMoney(n=3, n_back=1, n_to_list=3)
        assert "3 people asked for something and nobody answered; 1 was back" in read(owner)

    def test_one_button_puts_them_on_the_call_list_once(self, owner: Client) -> None:
        ann, bob = waiting("Ann", asked=90), waiting("Bob", asked=40)
        person("Di")
        answer = owner.post(f"{PAGE}call-list/", follow=True)
        assert "New on the call list: 2." in answer.content.decode()
        assert {row.person.pk for row in answer.context["rows"]} == {ann.pk, bob.pk}
        since = Person.objects.get(pk=ann.pk).to_call_since
        waiting("Cy", asked=1)
        owner.post(f"{PAGE}call-list/")
        assert Person.objects.get(pk=ann.pk).to_call_since == since
        assert AuditEntry.objects.filter(action="call_list.filled").count() == 2
        assert "on the call list</button>" not in read(owner)

    def test_who_is_answered_is_off_the_list(self, owner: Client) -> None:
        ann = waiting("Ann", asked=90)
        owner.post(f"{PAGE}call-list/")
        assert "Ann" in owner.get("/leads/?list=call").content.decode()
        tell(ann.leads.get().pk, ("call_attempted", timedelta(0)))
        refresh_activity(person_ids=[ann.pk])
        assert "Ann" not in owner.get("/leads/?list=call").content.decode()


class TestBaseline:
    def test_it_is_computed_as_a_job_and_kept(self, owner: Client) -> None:
        for k in range(4):
            booked = (("appointment_booked", 85 * DAY),) if k == 0 else ()
            person(f"P{k}", events=(("call_attempted", (89 - k) * DAY), *booked))
        assert "Compute and freeze" in read(owner)
        assert owner.post(f"{PAGE}baseline/").status_code == 302
        worker.run_until_idle()
        page = read(owner)
        assert "25 of 100" in page
        assert "n = 4" in page
        assert "Not in your data" in page
        assert Baseline.objects.get().n_people == 4
        person("More")
        assert "n = 4" in read(owner)

    def test_what_was_taken_back_or_done_by_machines_does_not_count(self) -> None:
        ann = person("Ann", events=(("call_attempted", 80 * DAY), ("email_sent", 79 * DAY), ("sms_sent", 78 * DAY)))
        Event.objects.filter(kind="call_attempted").update(retracted_at=utc_now())
        Event.objects.filter(kind="email_sent").update(is_machine=True)
        history = queries.log(until=utc_now())
        assert [history.kinds[kind] for kind in history.kind] == ["sms_sent"]
        assert history.first_contact_at.tolist() == [ann.first_contact_at.timestamp()]  # type: ignore[union-attr]

    def test_the_number_of_queries_is_fixed(self, django_assert_num_queries: Any) -> None:
        for k in range(5):
            person(f"P{k}", events=(("inquiry", DAY), ("call_attempted", DAY)))
        with django_assert_num_queries(3):
            history = queries.log(until=utc_now())
        assert (history.n, history.at.size) == (5, 10)
        assert history.person.tolist() == sorted(history.person.tolist())

    def test_one_that_somebody_asked_for_stays_and_one_taken_by_itself_makes_room(self) -> None:
        person("Ann")
        dana = user()
        for actor in (None, None, dana, dana):
            operations.freeze_baseline(actor=actor, now=utc_now())
        assert list(Baseline.objects.values_list("taken_by", flat=True)) == [dana.pk, dana.pk]
        enqueue(name="quality.on_import_finished", payload={"import_id": 1}, now=utc_now())
        worker.run_until_idle()
        assert Baseline.objects.count() == 2

    def test_an_empty_history_lacks_everything(self) -> None:
        frozen = operations.freeze_baseline(actor=None, now=utc_now())
        assert {figure["value"] for figure in frozen.figures} == {None}
