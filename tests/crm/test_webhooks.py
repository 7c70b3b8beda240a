import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from standardwebhooks import Webhook

from leadlight.accounts.models import AuditEntry
from leadlight.crm import operations, queries, sending
from leadlight.crm.models import Delivery, DeliveryState, Endpoint
from leadlight.crm.rules.retries import FAILING_FOR, MOST_TRIES, WAITS, Tried
from leadlight.events.rules import Cause
from leadlight.jobs import worker
from leadlight.jobs.models import Job
from leadlight.jobs.operations import publish
from leadlight.jobs.rules import LIVE, OUTBOUND
from leadlight.kit.addresses import UnsafeAddress
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Lead
from leadlight.scoring import operations as scoring
from leadlight.scoring.models import Score
from tests.crm.build import endpoint, listening, only, plan, rescore
from tests.crm.receiver import Receiver
from tests.web.build import person

pytestmark = pytest.mark.django_db
NOW = utc_now()


def drain() -> None:
    """Run what is due; a job that raised fails the test."""
    worker.run_until_idle()
    assert not Job.objects.exclude(latest_error="").exists()


def words(body: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(body)
    return found


def test_a_changed_score_is_told_signed_and_in_full(receiver: Receiver) -> None:
    _, secret = listening(receiver)
    who = person(score=85.2)
    publish(facts={"scoring.scores_changed": [{"person_ids": [who.pk], "cause": "LIVE"}]}, now=utc_now())
    drain()
    [(_, headers, body)] = receiver.heard
    told = Webhook(secret).verify(body, headers)
    assert told["type"] == "lead.score_changed"
    assert told["data"]["score"] == 85
    assert told["data"]["tier"] == "hot"
    assert told["data"]["tier_before"] is None
    assert told["data"]["cause"] == "LIVE"
    lead = Lead.objects.get(person=who)
    assert told["data"]["lead_id"] == str(lead.pk)
    assert told["data"]["external_ids"] == [{"system": "test", "id": lead.external_id}]
    for private in (who.name, who.email, who.phone):
        assert private.encode() not in body
    delivery = only()
    assert (delivery.state, delivery.attempts, delivery.status) == (DeliveryState.SENT, 1, 204)
    assert delivery.outcome == "Taken (204)."
    assert headers["webhook-id"] == delivery.message_id
    assert headers["content-type"] == "application/json"
    assert not Job.objects.exists()


def test_the_tier_before_is_what_this_endpoint_heard_last(receiver: Receiver) -> None:
    listening(receiver)
    who = person(score=60.0)
    for value in (60.0, 85.0, 86.0):
        rescore(who, value)
        plan(who)
        drain()
    Score.objects.all().delete()
    plan(who, cause="TEAM")
    drain()
    told = [words(body)["data"] for _, _, body in receiver.heard]
    assert [(data["tier_before"], data["tier"]) for data in told] == [
        (None, "warm"), ("warm", "hot"), ("hot", "hot"), ("hot", None),
    ]  # fmt: skip
    assert told[-1]["score"] is None


def test_the_record_changed_last_speaks_and_all_ids_are_told(receiver: Receiver) -> None:
    listening(receiver)
    who, other = person(score=60.0), person("Other")
    second = Lead.objects.get(person=other)
    Lead.objects.filter(pk=second.pk).update(person=who, system="hubspot", updated_at=utc_now() + timedelta(days=1))
    plan(who)
    drain()
    data = words(receiver.heard[0][2])["data"]
    assert data["lead_id"] == str(second.pk)
    assert [entry["system"] for entry in data["external_ids"]] == ["hubspot", "test"]


def test_without_listeners_planning_costs_one_query() -> None:
    who = person(score=60.0)
    off, _ = endpoint()
    operations.disable_endpoint(endpoint_id=off.pk, now=NOW, actor=None)
    with CaptureQueriesContext(connection) as captured:
        assert plan(who) == 0
    assert sum(query["sql"].startswith("SELECT") for query in captured.captured_queries) == 1
    assert not any("INSERT" in query["sql"] for query in captured.captured_queries)
    assert not Job.objects.exists()


@pytest.mark.parametrize("n", [1, 12])
def test_planning_takes_a_fixed_number_of_queries(n: int, django_assert_num_queries: Any) -> None:
    for k in range(3):
        endpoint(f"https://hooks.example/{k}")
    people = [person(score=60.0) for _ in range(n)]
    # Listeners, what waits already, new messages, their jobs; and the savepoint. SQLite asks twice more what was new.
    with django_assert_num_queries(6 if connection.vendor == "postgresql" else 8):
        assert plan(*people) == 3 * n
    # What waits already is asked for once more.
    with django_assert_num_queries(6 if connection.vendor == "postgresql" else 7):
        assert plan(*people) == 0
    assert Job.objects.filter(name="crm.deliver", queue=OUTBOUND).count() == 3 * n


@pytest.mark.parametrize("n", [1, 10])
def test_sending_takes_a_fixed_number_of_queries(n: int, receiver: Receiver) -> None:
    listening(receiver)
    plan(*[person(score=60.0) for _ in range(n)])
    ids = list(Delivery.objects.values_list("id", flat=True))
    with CaptureQueriesContext(connection) as captured:
        sending.deliver(ids)
    assert len(receiver.heard) == n
    assert len(captured) == 13


def test_changes_on_the_way_are_one_message(receiver: Receiver) -> None:
    listening(receiver)
    who = person(score=60.0)
    assert [plan(who), plan(who), plan(who, cause="SWEEP")] == [1, 0, 0]
    rescore(who, 70.0)
    drain()
    [(_, _, body)] = receiver.heard
    assert words(body)["data"]["score"] == 70
    assert words(body)["data"]["cause"] == "SWEEP"
    assert plan(who) == 1


def test_what_somebody_waits_for_goes_before_what_a_new_model_said(receiver: Receiver) -> None:
    listening(receiver)
    people = [person(score=60.0) for _ in range(21)]
    plan(*people, cause="MODEL_CHANGE")
    rescore(people[20], 90.0)
    plan(people[20])
    worker.run_due(queues=[OUTBOUND])
    assert [words(body)["data"]["score"] for _, _, body in receiver.heard] == [90]
    drain()
    assert len(receiver.heard) == 21
    assert not Delivery.objects.exclude(state="SENT").exists()


def test_a_change_while_a_message_is_being_taken_is_told_too(receiver: Receiver) -> None:
    listening(receiver)
    who = person(score=60.0)
    plan(who)
    letters = operations.claim(delivery_ids=[only().pk], now=utc_now())
    rescore(who, 90.0)
    assert plan(who) == 0
    operations.record(tried=[(letters[0], Tried(204))], now=utc_now(), chance=0)
    assert only().state == DeliveryState.PLANNED
    drain()
    assert words(receiver.heard[-1][2])["data"]["score"] == 90
    assert only().state == DeliveryState.SENT
    assert receiver.heard[-1][1]["webhook-id"] != letters[0].headers["webhook-id"]


def test_a_message_that_was_taken_is_not_sent_again(receiver: Receiver) -> None:
    listening(receiver)
    plan(person(score=60.0))
    drain()
    sending.deliver([only().pk])
    assert len(receiver.heard) == 1


def test_a_worker_that_died_after_sending_sends_the_same_message_again(receiver: Receiver) -> None:
    listening(receiver)
    plan(person(score=60.0))
    [first] = operations.claim(delivery_ids=[only().pk], now=utc_now())
    [second] = operations.claim(delivery_ids=[only().pk], now=utc_now() + timedelta(minutes=1))
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert (first.attempts, second.attempts) == (1, 2)


def test_other_words_are_another_message() -> None:
    endpoint()
    who = person(score=60.0)
    plan(who)
    [first] = operations.claim(delivery_ids=[only().pk], now=NOW)
    operations.record(tried=[(first, Tried(None, "No answer."))], now=NOW, chance=0)
    rescore(who, 61.0)
    [second] = operations.claim(delivery_ids=[only().pk], now=NOW + timedelta(minutes=1))
    assert first.headers["webhook-id"] != second.headers["webhook-id"]


def test_what_fails_is_tried_again_on_schedule_and_given_up_at_last(receiver: Receiver) -> None:
    listening(receiver)
    receiver.answer(500, body=b"<b>oops</b>")
    plan(person(score=60.0))
    job = Job.objects.get()
    now, tries = utc_now(), 0
    ids = set()
    while Job.objects.exists():
        Job.objects.all().delete()
        [letter] = operations.claim(delivery_ids=[only().pk], now=now)
        ids.add(letter.headers["webhook-id"])
        operations.record(tried=[(letter, Tried(500, "<b>oops</b>"))], now=now, chance=0.5)
        tries += 1
        delivery = only()
        assert delivery.outcome == "It answered 500: <b>oops</b>"
        if tries < MOST_TRIES:
            run_at = Job.objects.get().run_at
            assert run_at == delivery.next_at
            assert WAITS[tries - 1] <= run_at - now <= 1.2 * WAITS[tries - 1]
            now = run_at
    assert (tries, len(ids)) == (MOST_TRIES, 1)
    assert (only().state, only().next_at) == (DeliveryState.FAILED, None)
    assert job.name == "crm.deliver"


def test_a_handler_does_not_raise_for_what_is_to_be_expected(receiver: Receiver) -> None:
    listening(receiver)
    endpoint("http://127.0.0.1:1031/closed", "Closed")
    receiver.answer(404)
    plan(person(score=60.0))
    drain()
    assert sorted(Delivery.objects.values_list("outcome", flat=True)) == [
        "It answered 404.", "It refused the connection.",
    ]  # fmt: skip
    assert set(Endpoint.objects.values_list("failures", flat=True)) == {1}


def test_retry_after_is_heard_and_the_endpoint_left_in_peace() -> None:
    endpoint()
    first, second = person(score=60.0), person(score=61.0)
    plan(first)
    [letter] = operations.claim(delivery_ids=[only().pk], now=NOW)
    operations.record(tried=[(letter, Tried(429, retry_after="3600"))], now=NOW, chance=0)
    assert only().next_at == NOW + timedelta(hours=1)
    Job.objects.all().delete()
    plan(second)
    waiting = Delivery.objects.latest("pk")
    assert operations.claim(delivery_ids=[waiting.pk], now=NOW + timedelta(minutes=30)) == []
    waiting.refresh_from_db()
    assert (waiting.attempts, waiting.state) == (0, DeliveryState.PLANNED)
    assert Job.objects.order_by("-run_at")[0].run_at == NOW + timedelta(hours=1)
    assert len(operations.claim(delivery_ids=[waiting.pk], now=NOW + timedelta(hours=1))) == 1


def test_an_answer_that_the_address_is_gone_turns_it_off(receiver: Receiver) -> None:
    added, _ = listening(receiver)
    receiver.answer(410)
    plan(person(score=60.0), person(score=61.0))
    first, second = Delivery.objects.order_by("id")
    sending.deliver([first.pk])
    added.refresh_from_db()
    assert added.disabled_reason == "It answered 410: this address is gone for good."
    second.refresh_from_db()
    assert (second.state, second.outcome) == (DeliveryState.FAILED, "Not sent: the webhook was turned off.")
    drain()
    assert len(receiver.heard) == 1
    assert plan(person(score=62.0)) == 0
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.subject, entry.actor) == ("webhook.disabled", f"webhook:{added.pk}", None)


def test_an_endpoint_that_fails_for_more_than_a_day_is_turned_off_and_a_success_forgives() -> None:
    added, _ = endpoint()

    def fail(n: int, now: datetime, *, last: Tried | None = None) -> None:
        Endpoint.objects.update(rests_until=None)
        plan(*[person(score=60.0) for _ in range(n)])
        ids = list(Delivery.objects.filter(attempts=0, state="PLANNED").values_list("id", flat=True))
        letters = operations.claim(delivery_ids=ids, now=now)
        results = [Tried(500)] * (len(letters) - 1) + [last or Tried(500)]
        operations.record(tried=list(zip(letters, results, strict=True)), now=now, chance=0)
        added.refresh_from_db()

    fail(9, NOW)
    assert (added.failures, added.failing_since) == (9, NOW)
    assert added.rests_until is not None
    fail(2, NOW + FAILING_FOR, last=Tried(200))
    assert (added.failures, added.failing_since, added.rests_until) == (0, None, None)
    fail(9, NOW)
    fail(9, NOW + FAILING_FOR)
    assert added.disabled_at is None
    fail(1, NOW + FAILING_FOR + timedelta(minutes=1))
    assert added.disabled_at is not None
    assert "19 tries in a row failed" in added.disabled_reason
    assert not Delivery.objects.filter(state="PLANNED").exists()
    operations.enable_endpoint(endpoint_id=added.pk, now=NOW, actor=None)
    added.refresh_from_db()
    assert (added.failures, added.disabled_at, added.disabled_reason) == (0, None, "")


def test_a_test_is_tried_once_also_when_off_and_says_nothing_of_the_endpoint(receiver: Receiver) -> None:
    added, secret = listening(receiver)
    operations.disable_endpoint(endpoint_id=added.pk, now=utc_now(), actor=None)
    receiver.answer(500)
    operations.plan_test(endpoint_id=added.pk, now=utc_now())
    drain()
    [(_, headers, body)] = receiver.heard
    assert Webhook(secret).verify(body, headers)["type"] == "webhook.test"
    assert only().state == DeliveryState.FAILED
    added.refresh_from_db()
    assert added.failures == 0


def test_a_new_secret_overlaps_with_the_old_one_for_a_day(receiver: Receiver) -> None:
    added, old = listening(receiver)
    new = operations.roll_secret(endpoint_id=added.pk, now=utc_now(), actor=None)
    assert new != old
    operations.plan_test(endpoint_id=added.pk, now=utc_now())
    drain()
    _, headers, body = receiver.heard[0]
    for secret in (old, new):
        Webhook(secret).verify(body, headers)
    operations.plan_test(endpoint_id=added.pk, now=utc_now())
    [letter] = operations.claim(delivery_ids=[Delivery.objects.latest("pk").pk], now=utc_now() + operations.OVERLAP)
    assert letter.headers["webhook-signature"].count("v1,") == 1


def test_secrets_are_sealed_at_rest(settings: Settings) -> None:
    _, secret = endpoint()
    assert secret.startswith("whsec_")
    assert secret not in json.dumps(list(Endpoint.objects.values()), default=str)
    assert secret not in json.dumps(list(AuditEntry.objects.values()), default=str)
    settings.SECRET_KEY = "another"
    plan(person(score=60.0))
    assert operations.claim(delivery_ids=[only().pk], now=NOW) == []
    assert "LEADLIGHT_SECRET_KEY" in only().outcome
    assert only().state == DeliveryState.FAILED


def test_a_name_that_leads_inside_is_refused_when_it_is_sent(receiver: Receiver, settings: Settings) -> None:
    settings.OUTBOUND_PRIVATE = False
    port = receiver.url.split(":")[2].split("/")[0]
    endpoint(f"https://inside.example:{port}/")
    plan(person(score=60.0))
    sending.deliver([only().pk], resolver=lambda _host, _port: ["127.0.0.1"])
    assert receiver.heard == []
    assert only().outcome.startswith("Not sent: 127.0.0.1 is not a public address.")
    assert only().state == DeliveryState.PLANNED


def test_what_was_turned_off_while_it_was_on_the_wire_is_recorded_as_it_ended() -> None:
    added, _ = endpoint()
    plan(person(score=60.0), person(score=61.0))
    ids = list(Delivery.objects.order_by("id").values_list("id", flat=True))
    operations.plan_test(endpoint_id=added.pk, now=NOW)
    arrived, refused = operations.claim(delivery_ids=ids, now=NOW)
    operations.disable_endpoint(endpoint_id=added.pk, now=NOW, actor=None)
    operations.record(tried=[(arrived, Tried(204)), (refused, Tried(500))], now=NOW, chance=0)
    states = list(Delivery.objects.order_by("id").values_list("state", "outcome"))
    assert states == [
        ("SENT", "Taken (204)."), ("FAILED", "Not sent: the webhook was turned off."), ("PLANNED", ""),
    ]  # fmt: skip
    operations.remove_endpoint(endpoint_id=added.pk, now=NOW, actor=None)
    operations.record(tried=[(arrived, Tried(204))], now=NOW, chance=0)
    assert not Delivery.objects.exists()


def test_a_lead_that_has_gone_is_not_spoken_of() -> None:
    endpoint()
    plan(person(score=60.0))
    Delivery.objects.update(person_id=10**12)
    assert operations.claim(delivery_ids=[only().pk], now=NOW) == []
    assert only().outcome == "Not sent: the lead is no longer here."


def test_what_is_refused_when_adding() -> None:
    endpoint("https://hooks.example/x")
    with pytest.raises(operations.UnableToAddEndpoint, match="has a webhook already"):
        endpoint("https://HOOKS.example/x")
    with pytest.raises(UnsafeAddress):
        endpoint("http://hooks.example/y")
    with pytest.raises(operations.UnableToAddEndpoint, match=r"no event lead\.sneezed\. Events are: lead\.score"):
        operations.add_endpoint(url="https://hooks.example/z", name="", events=["lead.sneezed"], now=NOW)
    for k in range(49):
        endpoint(f"https://hooks.example/{k}")
    with pytest.raises(operations.UnableToAddEndpoint, match="50 webhooks already"):
        endpoint("https://hooks.example/more")


def test_removing_takes_all_with_it_and_leaves_a_trace(receiver: Receiver) -> None:
    added, _ = listening(receiver)
    plan(person(score=60.0))
    operations.remove_endpoint(endpoint_id=added.pk, now=NOW, actor=None)
    assert not Delivery.objects.exists()
    drain()
    assert receiver.heard == []
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "webhook.added", "webhook.removed",
    ]  # fmt: skip
    with pytest.raises(operations.UnableToChangeEndpoint):
        operations.remove_endpoint(endpoint_id=added.pk, now=NOW, actor=None)


def test_old_messages_are_forgotten_and_lost_ones_given_up() -> None:
    endpoint()
    people = [person(score=60.0) for _ in range(3)]
    plan(*people)
    old, lost, waiting = Delivery.objects.order_by("id")
    Delivery.objects.filter(pk=old.pk).update(state="SENT", finished_at=NOW - operations.KEPT - timedelta(hours=1))
    Delivery.objects.filter(pk=lost.pk).update(next_at=NOW - operations.LOST - timedelta(hours=1))
    assert operations.tidy_deliveries(now=NOW) == 1
    assert dict(Delivery.objects.values_list("pk", "state")) == {lost.pk: "FAILED", waiting.pk: "PLANNED"}
    assert plan(*people) == 2


def test_facts_may_repeat_and_come_in_batches(receiver: Receiver) -> None:
    listening(receiver)
    people = [person(score=60.0) for _ in range(25)]
    ids = [who.pk for who in people]
    fact = {"person_ids": ids, "cause": "MODEL_CHANGE"}
    publish(facts={"scoring.scores_changed": [fact, fact, {"person_ids": ids[:3], "cause": "LIVE"}]}, now=utc_now())
    worker.run_until_idle(queues=[LIVE])
    drain()
    assert len(receiver.heard) == 25
    causes = [words(body)["data"]["cause"] for _, _, body in receiver.heard]
    assert sorted(causes) == ["LIVE"] * 3 + ["MODEL_CHANGE"] * 22


def test_the_reason_is_that_of_the_very_score(brokerage: Any, now: datetime) -> None:
    ids = brokerage(300)
    scoring.train(now=now)
    scoring.score_all(now=now, cause=Cause.MODEL_CHANGE)
    Score.objects.filter(pk__in=ids[:150]).update(reason="Of an older score", reason_is_stale=True)
    told = {who: scored.reason for who, scored in queries.scored_persons(ids[:150]).items()}
    scoring.find_reasons(limit=1000)
    shown = dict(Score.objects.filter(pk__in=ids[:150]).values_list("pk", "reason"))
    assert shown
    assert shown == {who: told[who] for who in shown}


def test_what_messages_say_is_read_in_a_fixed_number_of_queries(django_assert_num_queries: Any) -> None:
    people = [person(score=60.0) for _ in range(5)] + [person()]
    with django_assert_num_queries(3):
        found = queries.scored_persons([who.pk for who in people])
    assert len(found) == 6
    assert found[people[-1].pk].score is None
