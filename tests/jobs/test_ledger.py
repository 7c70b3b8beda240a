from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError, transaction
from hypothesis import given
from hypothesis import strategies as st

from leadlight.jobs import operations, queries, registry, rules, worker
from leadlight.jobs.models import Job, Worker
from leadlight.jobs.registry import Handler, Payload
from leadlight.jobs.rules import LIVE, LONG, Daily, Every, Queue
from leadlight.kit.errors import DomainError

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")


class Ran:
    """What the handlers of these tests were given."""

    def __init__(self) -> None:
        self.lists: list[list[Any]] = []

    @property
    def all(self) -> list[Any]:
        return [n for batch in self.lists for n in batch]

    def handle(self, payloads: Sequence[Payload]) -> None:
        for payload in payloads:
            match payload.get("raises"):
                case "domain":
                    raise DomainError("There are no leads yet.")
                case "database":
                    raise OperationalError("server closed the connection")
                case "bug":
                    raise ValueError("broken")
        self.lists.append([payload.get("n") for payload in payloads])


@pytest.fixture(autouse=True)
def ran(monkeypatch: pytest.MonkeyPatch) -> Ran:
    told = Ran()
    known = {
        "a.one": Handler(told.handle),
        "a.urgent": Handler(told.handle, priority=-1),
        "b.two": Handler(told.handle, batch=3),
        "c.slow": Handler(told.handle, queue=LONG, batch=1),
    }
    for module in (operations, worker):
        monkeypatch.setattr(module, "handler", known.__getitem__)
    return told


def enqueue(name: str = "a.one", **more: Any) -> None:
    operations.enqueue(name=name, payload=more.pop("payload", {}), now=NOW, **more)


def lease(now: datetime = NOW, limit: int = 500, queues: Sequence[str] = (LIVE, LONG)) -> list[Job]:
    return operations.lease_due(queues=queues, now=now, limit=limit)


LATER = timedelta(seconds=operations.LEASE_SECONDS)


@pytest.mark.django_db
class TestLedger:
    def test_a_rolled_back_caller_leaves_no_job(self) -> None:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            enqueue()
            raise ZeroDivisionError
        assert not Job.objects.exists()

    def test_a_key_makes_work_known_once_until_it_is_done(self) -> None:
        enqueue(key="import:1")
        enqueue(key="import:1")
        enqueue()
        enqueue()
        assert Job.objects.count() == 3
        operations.finish(jobs=lease())
        assert Job.objects.count() == 0
        enqueue(key="import:1")
        assert Job.objects.count() == 1

    def test_parked_work_gives_way_to_the_same_work_asked_for_anew(self) -> None:
        enqueue(key="import:1")
        operations.fail(jobs=lease(), error="E: no", now=NOW, chance=0.5, permanent=True)
        enqueue(key="import:1")
        assert Job.objects.get().parked_at is None

    def test_leased_work_is_nobody_elses_until_the_lease_runs_out(self) -> None:
        enqueue()
        (job,) = lease()
        assert lease(NOW + LATER - timedelta(seconds=1)) == []
        (again,) = lease(NOW + LATER)
        assert (again.pk, again.attempts) == (job.pk, 2)

    def test_a_beating_heart_keeps_its_leases_and_no_others(self) -> None:
        enqueue()
        (job,) = lease()
        beat = {"worker": "w", "queues": [LIVE], "started_at": NOW, "counters": {"done:a.one": 1}}
        operations.beat(**beat, leases=["somebody else's"], now=NOW)
        assert Job.objects.get().leased_until == NOW + LATER
        operations.beat(**beat, leases=[job.lease], now=NOW + LATER / 2)
        assert lease(NOW + LATER) == []
        assert Worker.objects.get().beat_at == NOW + LATER / 2
        # A heart that stood still for too long has lost what it held.
        operations.beat(**beat, leases=[job.lease], now=NOW + 3 * LATER)
        assert len(lease(NOW + 3 * LATER)) == 1

    def test_whoever_lost_the_lease_cannot_finish_or_fail_the_job(self) -> None:
        enqueue()
        lost = lease()
        held = lease(NOW + LATER)
        assert operations.finish(jobs=lost) == 0
        assert operations.fail(jobs=lost, error="late", now=NOW, chance=0.5) == 0
        stored = Job.objects.get()
        assert (stored.latest_error, stored.lease) == ("", held[0].lease)
        assert operations.finish(jobs=held) == 1

    def test_a_batch_is_of_one_name_the_most_urgent_first_and_no_larger_than_its_handler_bears(self) -> None:
        enqueue("a.one", run_at=NOW - timedelta(minutes=1))
        for minutes in (5, 4, 3, 2):
            enqueue("b.two", run_at=NOW - timedelta(minutes=minutes))
        enqueue("b.two", run_at=NOW + timedelta(seconds=1))
        enqueue("a.urgent")
        names = []
        while jobs := lease():
            names.append([job.name for job in jobs])
        assert names == [["a.urgent"], ["b.two"] * 3, ["b.two"], ["a.one"]]

    def test_queues_do_not_see_each_other(self) -> None:
        enqueue("c.slow")
        assert lease(queues=[LIVE]) == []
        assert len(lease(queues=[LONG])) == 1

    def test_a_queue_runs_no_more_at_once_than_it_may(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(rules.QUEUES, LONG, Queue(LONG, "", concurrency=2))
        for _ in range(3):
            enqueue("c.slow")
        first, second = lease(queues=[LONG]), lease(queues=[LONG])
        assert len(first) == len(second) == 1
        assert lease(queues=[LONG]) == []
        operations.finish(jobs=first)
        assert len(lease(queues=[LONG])) == 1

    def test_what_kills_its_workers_comes_to_run_alone_and_is_parked_in_the_end(self) -> None:
        for n in range(3):
            enqueue(payload={"n": n})
        sizes, now = [], NOW
        while jobs := lease(now):
            sizes.append(len(jobs))
            now += LATER
        assert sizes[:3] == [3, 3, 1]
        parked = Job.objects.exclude(parked_at=None).first()
        assert parked is not None
        assert parked.attempts == rules.MAX_DEATHS
        assert "died 10 times" in parked.latest_error

    def test_a_parked_job_can_be_tried_again_or_set_aside(self) -> None:
        for key in ("one", "two", "three"):
            enqueue(key=key)
        jobs = lease()
        operations.fail(jobs=jobs, error="E: no", now=NOW, chance=0.5, permanent=True)
        assert queries.n_parked() == 3
        operations.enqueue_many(name="a.one", payloads=[{}], now=NOW, key="two")
        assert operations.retry_parked(job_ids=[jobs[0].pk, jobs[1].pk], now=NOW) == 1
        assert operations.discard_parked(job_ids=[job.pk for job in jobs]) == 1
        assert sorted(Job.objects.values_list("key", flat=True)) == ["one", "two"]
        assert {job.attempts for job in lease()} == {1}

    def test_depths_tell_what_is_in_the_ledger_in_one_query(self, django_assert_num_queries: Any) -> None:
        enqueue(run_at=NOW - timedelta(minutes=3))
        enqueue(run_at=NOW + timedelta(minutes=3))
        enqueue("c.slow")
        operations.fail(jobs=lease(queues=[LONG]), error="E: no", now=NOW, chance=0.5)
        enqueue("a.urgent")
        lease(limit=1)
        with django_assert_num_queries(1):
            found = {depth.name: depth for depth in queries.depths(now=NOW)}
        assert (found["a.one"].waiting, found["a.one"].later) == (1, 1)
        assert found["a.one"].oldest_due_at == NOW - timedelta(minutes=3)
        assert (found["c.slow"].retrying, found["a.urgent"].running) == (1, 1)

    def test_the_number_of_queries_does_not_grow_with_the_batch(self, django_assert_max_num_queries: Any) -> None:
        for _ in range(30):
            enqueue()
        with django_assert_max_num_queries(6):
            jobs = lease(queues=[LIVE])
        assert len(jobs) == 30
        with django_assert_max_num_queries(1):
            operations.finish(jobs=jobs)
        with django_assert_max_num_queries(1):
            assert lease(queues=[LIVE]) == []


@pytest.mark.django_db
class TestPublishing:
    def test_each_subscriber_has_a_job_for_each_fact(self, settings: Any) -> None:
        settings.LEDGER_SUBSCRIPTIONS = {"x.happened": ("a.one", "c.slow"), "x.other": ()}
        operations.publish(facts={"x.happened": [{"n": 1}, {"n": 2}], "x.other": [{"n": 3}]}, now=NOW)
        told = sorted(Job.objects.values_list("name", "queue", "payload__n"))
        assert told == [("a.one", LIVE, 1), ("a.one", LIVE, 2), ("c.slow", LONG, 1), ("c.slow", LONG, 2)]

    def test_a_fact_that_nobody_declared_is_a_fault(self) -> None:
        with pytest.raises(KeyError):
            operations.publish(facts={"x.unheard_of": [{}]}, now=NOW)

    def test_recurring_work_is_open_once_and_comes_again_when_done(self, settings: Any) -> None:
        settings.LEDGER_SCHEDULE = {"a.one": Every(timedelta(hours=1))}
        operations.ensure_schedule(now=NOW)
        operations.ensure_schedule(now=NOW + timedelta(minutes=1))
        assert Job.objects.get().run_at == NOW + timedelta(hours=1)
        operations.finish(jobs=lease(NOW + timedelta(hours=1)))
        operations.ensure_schedule(now=NOW + timedelta(hours=1, minutes=1))
        assert Job.objects.get().run_at == NOW + timedelta(hours=2)

    def test_a_worker_long_silent_is_forgotten(self, settings: Any) -> None:
        settings.LEDGER_SCHEDULE = {}
        operations.beat(worker="w", queues=[LIVE], started_at=NOW, counters={}, leases=[], now=NOW)
        operations.ensure_schedule(now=NOW + operations.FORGOTTEN)
        assert Worker.objects.exists()
        operations.ensure_schedule(now=NOW + operations.FORGOTTEN + timedelta(seconds=1))
        assert not Worker.objects.exists()


@pytest.mark.django_db
class TestWorker:
    def test_jobs_of_one_name_run_in_one_list(self, ran: Ran) -> None:
        for n in range(5):
            enqueue(payload={"n": n})
        assert worker.run_due() == 5
        assert ran.lists == [[0, 1, 2, 3, 4]]
        assert not Job.objects.exists()

    def test_a_failing_batch_is_halved_until_the_culprit_stands_alone(self, ran: Ran) -> None:
        for payload in ({"n": 1}, {"n": 2}, {"raises": "bug"}, {"n": 4}, {"n": 5}):
            enqueue(payload=payload)
        heart = worker.Heart([LIVE])
        assert worker.run_due(heart=heart) == 5
        assert sorted(ran.all) == [1, 2, 4, 5]
        failed = Job.objects.get()
        assert failed.parked_at is None
        assert failed.failures == 1
        assert failed.run_at > NOW
        assert "ValueError: broken" in failed.latest_error
        heart.beat()
        assert Worker.objects.get().counters == {"done:a.one": 4, "failed:a.one": 1}

    def test_when_the_database_is_away_the_whole_batch_waits_together(self, ran: Ran) -> None:
        for payload in ({"n": 1}, {"raises": "database"}):
            enqueue(payload=payload)
        assert worker.run_due() == 2
        assert ran.lists == []
        assert set(Job.objects.values_list("failures", "parked_at")) == {(1, None)}

    def test_what_repetition_cannot_mend_is_parked_at_once_with_its_words(self) -> None:
        enqueue(payload={"raises": "domain"})
        worker.run_due()
        assert Job.objects.get().parked_at is not None
        assert queries.parked_error("a.one") == "There are no leads yet."
        assert queries.open_job("a.one") is None

    def test_a_job_is_parked_after_its_last_attempt(self) -> None:
        enqueue(payload={"raises": "bug"})
        Job.objects.update(failures=rules.MAX_FAILURES - 2)
        worker.run_due()
        assert Job.objects.get().parked_at is None
        Job.objects.update(run_at=NOW)
        worker.run_due()
        assert Job.objects.get().parked_at is not None

    def test_what_waits_in_tables_of_its_own_is_drained(self, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        waiting = [3, 2, 0, 0]
        monkeypatch.setattr(worker, "drain", {"d.take": lambda: waiting.pop(0)}.__getitem__)
        settings.LEDGER_DRAINS = {LIVE: ("d.take",)}
        worker.run_until_idle(queues=[LIVE])
        assert waiting == [0]
        assert worker.run_drains(queues=[LONG]) == 0

    @pytest.mark.django_db(transaction=True)
    def test_working_until_idle_ends_with_nothing_due(self, ran: Ran) -> None:
        for n in range(45):
            enqueue("b.two", payload={"n": n})
        worker.work(until_idle=True)
        assert sorted(ran.all) == list(range(45))
        assert not Worker.objects.exists()


def test_a_job_name_stands_for_a_handler_of_the_rooms_tasks() -> None:
    from leadlight.scoring import tasks

    assert registry.handler("scoring.train_and_score") is tasks.train_and_score
    for name in ("scoring.nothing", "nowhere.at_all", "scoring.Sequence"):
        with pytest.raises(LookupError):
            registry.handler(name)


@given(st.integers(1, rules.MAX_FAILURES - 1), st.floats(0, 1))
def test_waits_grow_and_are_spread_by_half_either_way(failures: int, chance: float) -> None:
    at = rules.next_attempt_at(failures, now=NOW, chance=chance)
    assert at is not None
    wait = (at - NOW).total_seconds()
    assert 2.5 * 2 ** (failures - 1) <= wait + 1e-6
    assert wait <= 7.5 * 2 ** (failures - 1) + 1e-6


def test_after_the_last_attempt_there_is_no_next() -> None:
    assert rules.next_attempt_at(rules.MAX_FAILURES, now=NOW, chance=0.5) is None


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.integers(1, 500))  # noqa: DTZ001
def test_what_recurs_every_so_often_is_due_at_the_next_multiple(naive: datetime, minutes: int) -> None:
    now, every = naive.replace(tzinfo=UTC), Every(timedelta(minutes=minutes))
    at = every.next_after(now, ZONE)
    assert timedelta(0) < at - now <= timedelta(minutes=minutes)
    assert at.timestamp() % (60 * minutes) == 0
    assert every.next_after(at, ZONE) - at == timedelta(minutes=minutes)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001
def test_what_recurs_daily_is_due_at_that_time_of_the_teams_day(naive: datetime) -> None:
    now = naive.replace(tzinfo=UTC)
    at = Daily(time(3, 30)).next_after(now, ZONE)
    assert timedelta(0) < at - now <= timedelta(hours=25)
    assert (at.astimezone(ZONE).hour, at.astimezone(ZONE).minute) == (3, 30)


def test_what_recurs_daily_is_not_due_again_at_the_very_moment() -> None:
    at = datetime(2026, 7, 1, 3, 30, tzinfo=ZONE).astimezone(UTC)
    assert Daily(time(3, 30)).next_after(at, ZONE) == at + timedelta(days=1)


@given(st.integers(0, 40), st.integers(0, 40))
def test_only_deaths_count_against_a_job_that_is_leased_again(deaths: int, failures: int) -> None:
    leased = {"attempts": deaths + failures, "failures": failures}
    assert rules.is_killer(**leased) == (deaths >= rules.MAX_DEATHS)
    assert rules.batch_size(500, **leased) == (1 if deaths >= rules.LONELY_DEATHS else 500)
