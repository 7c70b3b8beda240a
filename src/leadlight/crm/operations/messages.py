"""Writes of what endpoints are told: planned, tried, delivered or given up, forgotten."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from leadlight.crm import queries
from leadlight.crm.models import Delivery, DeliveryState, Endpoint
from leadlight.crm.operations.endpoints import locked, turn_off
from leadlight.crm.rules import retries, signing
from leadlight.crm.rules.payload import SCORE_CHANGED, TEST, URGENT, ScoredPerson, body, score_data
from leadlight.crm.rules.retries import Tried
from leadlight.jobs.operations import enqueue_many
from leadlight.kit.db import insert_new_rows, update_rows
from leadlight.kit.secrets import UnableToUnseal, unseal

#: Two jobs, so that 100,000 scores of a new model keep no word of a lead that acts now waiting.
JOB = "crm.deliver"
BULK_JOB = "crm.deliver_in_bulk"
#: What was delivered or given up is kept so long.
KEPT = timedelta(days=30)
#: A message that should have been tried so long ago has lost its job.
LOST = timedelta(days=7)


@transaction.atomic
def plan_test(*, endpoint_id: int, now: datetime) -> None:
    """
    Send a webhook a message that says nothing but that it is a test; it is tried once, also when it is off.

    Raises:
        UnableToChangeEndpoint: there is no such webhook.
    """
    endpoint = locked(endpoint_id)
    planned = Delivery.objects.create(endpoint=endpoint, kind=TEST, message_id=_new_id(), created_at=now, next_at=now)
    _enqueue([(planned.pk, "")], now=now)


@transaction.atomic
def plan_score_messages(*, person_ids: Iterable[int], cause: str, now: datetime) -> int:
    """
    Have every endpoint that is on hear of the scores of persons; return how many messages are new.

    A message that is on its way already will say what is so when it is sent, and none is added beside it. One
    query when nobody listens, else a fixed number.
    """
    listeners = queries.listeners(SCORE_CHANGED)
    persons = sorted(set(person_ids))
    if not listeners or not persons:
        return 0
    waiting = Delivery.objects.filter(state=DeliveryState.PLANNED, endpoint__in=listeners, person_id__in=persons)
    # Locked in the one order in which everybody locks them.
    known = list(waiting.select_for_update().order_by("id").values_list("id", "cause", "attempts"))
    Delivery.objects.filter(pk__in=[pk for pk, _, _ in known]).update(asks=F("asks") + 1, cause=cause)
    rows = [
        (endpoint_id, SCORE_CHANGED, person_id, cause, _new_id(), DeliveryState.PLANNED.value, 1, 0, now, now, "")
        for endpoint_id in listeners
        for person_id in persons
    ]
    columns = ("endpoint", "kind", "person_id", "cause", "message_id", "state", "asks", "attempts")
    new = insert_new_rows(Delivery, (*columns, "created_at", "next_at", "outcome"), rows, returning="id")
    # What waits among the many and has become urgent gets a job of its own; the other one will find it sent.
    hurried = [pk for pk, before, attempts in known if not attempts and cause in URGENT and before not in URGENT]
    _enqueue([(pk, cause) for pk in sorted([*new, *hurried])], now=now)
    return len(new)


@dataclass(frozen=True)
class Letter:
    """A message as it goes out now."""

    delivery_id: int
    endpoint_id: int
    url: str
    body: bytes
    headers: Mapping[str, str]
    #: How often it had been asked for when its words were read.
    asks: int
    #: Tries, this one included.
    attempts: int
    is_test: bool


@transaction.atomic
def claim(*, delivery_ids: Sequence[int], now: datetime) -> list[Letter]:
    """
    Write down that messages are tried now, with the words that are so now, and return them as they go out.

    Left out is what was delivered or given up meanwhile, and what must wait while its endpoint rests: that is put
    off. A fixed number of queries.
    """
    # Locked in the order in which everybody locks them: an update of many rows takes them in the order of its plan.
    deliveries = list(queries.due(delivery_ids).select_for_update(of=("self",)))
    persons = queries.scored_persons({d.person_id for d in deliveries if d.person_id is not None})
    letters, tries, futile = [], [], []
    resting: dict[datetime, list[tuple[int, str]]] = {}
    for delivery in deliveries:
        rests_until = delivery.endpoint.rests_until
        if delivery.kind != TEST and rests_until is not None and rests_until > now:
            resting.setdefault(rests_until, []).append((delivery.pk, delivery.cause))
            continue
        try:
            data, secrets = _data(delivery, persons), _secrets(delivery.endpoint, now)
        except (_Futile, UnableToUnseal) as error:
            futile.append((delivery.pk, DeliveryState.FAILED.value, now, None, None, str(error)))
            continue
        message_id, told_at = delivery.message_id, delivery.told_at
        if told_at is None or data != delivery.data:
            # Other words are another message: a receiver that has seen the id passes over it.
            message_id, told_at = (message_id if told_at is None else _new_id()), now
        text = body(delivery.kind, data, told_at=told_at)
        letters.append(
            Letter(
                delivery_id=delivery.pk,
                endpoint_id=delivery.endpoint_id,
                url=delivery.endpoint.url,
                body=text,
                headers=signing.headers(secrets, message_id=message_id, at=now, body=text),
                asks=delivery.asks,
                attempts=delivery.attempts + 1,
                is_test=delivery.kind == TEST,
            )
        )
        tries.append((delivery.pk, message_id, data, told_at, delivery.attempts + 1, now))
    update_rows(Delivery, ("message_id", "data", "told_at", "attempts", "tried_at"), tries)
    update_rows(Delivery, _OUTCOME, futile)
    for run_at, ids in resting.items():
        _enqueue(ids, now=now, run_at=run_at)
    return letters


#: What a try leaves behind.
_OUTCOME = ("state", "finished_at", "next_at", "status", "outcome")


class _Futile(Exception):
    """A message that nobody is to get any more."""


def _data(delivery: Delivery, persons: Mapping[int, ScoredPerson]) -> dict[str, Any]:
    if delivery.kind == TEST:
        return {"webhook": delivery.endpoint.name, "text": "This is a test. No lead has changed."}
    if delivery.endpoint.disabled_at is not None:
        raise _Futile("Not sent: the webhook is off.")
    person = persons.get(delivery.person_id or 0)
    if person is None:
        raise _Futile("Not sent: the lead is no longer here.")
    heard = getattr(delivery, "heard", None) or {}
    return score_data(person, tier_before=heard.get("tier"), cause=delivery.cause)


def _secrets(endpoint: Endpoint, now: datetime) -> list[str]:
    secrets = [unseal(endpoint.secret)]
    if endpoint.old_secret_until is not None and endpoint.old_secret_until > now:
        secrets.append(unseal(endpoint.old_secret))
    return secrets


@transaction.atomic
def record(*, tried: Sequence[tuple[Letter, Tried]], now: datetime, chance: float) -> None:
    """
    Write down what came of messages: delivered, to be tried again, or given up; and what it says of their endpoints.

    One that was delivered while somebody asked for it again goes out once more. `chance`, from 0 to 1, spreads the
    next tries. A fixed number of queries for so many messages as a job takes.
    """
    endpoint_ids = sorted({letter.endpoint_id for letter, _ in tried})
    # In one order for all, so that no two wait for each other.
    endpoints = Endpoint.objects.select_for_update(no_key=True).order_by("pk").in_bulk(endpoint_ids)
    current = {delivery.pk: delivery for delivery in _locked([letter.delivery_id for letter, _ in tried])}
    off = _judge_endpoints(endpoints, tried, now)
    outcomes = []
    again: dict[datetime, list[tuple[int, str]]] = {}
    for letter, result in tried:
        delivery = current.get(letter.delivery_id)
        is_over = delivery is not None and delivery.state != DeliveryState.PLANNED
        if delivery is None or (is_over and not result.arrived):
            # Removed, or given up meanwhile: only that it arrived after all would be news.
            continue
        gone = letter.is_test or result.status == retries.GONE
        if not result.arrived:
            state = DeliveryState.FAILED
            run_at = None if gone else retries.next_try(letter.attempts, result, now=now, chance=chance)
        else:
            state = DeliveryState.SENT
            run_at = now if delivery.asks != letter.asks and not is_over else None
        if run_at is not None:
            state = DeliveryState.PLANNED
            if letter.endpoint_id not in off:
                again.setdefault(run_at, []).append((delivery.pk, delivery.cause))
        finished_at = now if run_at is None else None
        outcomes.append((delivery.pk, state.value, finished_at, run_at, result.status, result.said[:300]))
    update_rows(Delivery, _OUTCOME, outcomes)
    for run_at, ids in again.items():
        _enqueue(ids, now=now, run_at=run_at)
    if off:
        turn_off(reasons=off, now=now)


def _locked(delivery_ids: Sequence[int]) -> QuerySet[Delivery]:
    # In the order in which `plan_score_messages` locks them.
    found = Delivery.objects.filter(pk__in=delivery_ids).only("state", "asks", "cause")
    return found.select_for_update().order_by("id")


def _judge_endpoints(
    endpoints: Mapping[int, Endpoint], tried: Sequence[tuple[Letter, Tried]], now: datetime
) -> dict[int, str]:
    """Write down how endpoints fare; return those to turn off, each with the reason. Tests say nothing of them."""
    results: dict[int, list[Tried]] = {}
    for letter, result in tried:
        if not letter.is_test and letter.endpoint_id in endpoints:
            results.setdefault(letter.endpoint_id, []).append(result)
    fares: list[tuple[int, int, datetime | None, datetime | None]] = []
    off: dict[int, str] = {}
    for endpoint_id, found in results.items():
        endpoint = endpoints[endpoint_id]
        failed = [result for result in found if not result.arrived]
        if len(failed) < len(found):
            fares.append((endpoint_id, 0, None, None))
            continue
        failures, failing_since = endpoint.failures + len(failed), endpoint.failing_since or now
        rest = max(retries.rest(failures), *(retries.pause(result, now=now) for result in failed))
        fares.append((endpoint_id, failures, failing_since, now + rest if rest else None))
        reason = retries.reason_to_disable(
            gone=any(result.status == retries.GONE for result in failed),
            failures=failures,
            failing_since=failing_since,
            latest=failed[-1].said,
            now=now,
        )
        if reason and endpoint.disabled_at is None:
            off[endpoint_id] = reason
    update_rows(Endpoint, ("failures", "failing_since", "rests_until"), fares)
    return off


@transaction.atomic
def tidy_deliveries(*, now: datetime) -> int:
    """
    Forget what was delivered or given up a month ago, and give up what lost its job; return how many were forgotten.

    A message whose job a person discarded would otherwise keep every later one of the same lead from being sent.
    """
    Delivery.objects.filter(state=DeliveryState.PLANNED, next_at__lt=now - LOST).update(
        state=DeliveryState.FAILED, finished_at=now, next_at=None, outcome="Not sent: its job was discarded."
    )
    return Delivery.objects.filter(finished_at__lt=now - KEPT).exclude(state=DeliveryState.PLANNED).delete()[0]


def _enqueue(messages: Sequence[tuple[int, str]], *, now: datetime, run_at: datetime | None = None) -> None:
    """Write down jobs that send messages, given with their causes."""
    for name, is_urgent in ((JOB, True), (BULK_JOB, False)):
        payloads = [{"delivery_id": pk} for pk, cause in messages if (cause in URGENT) == is_urgent]
        enqueue_many(name=name, payloads=payloads, now=now, run_at=run_at)


def _new_id() -> str:
    return f"msg_{uuid.uuid4().hex}"
