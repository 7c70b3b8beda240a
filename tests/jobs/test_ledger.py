from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from leadlight.jobs import operations, queries, rules, worker
from leadlight.jobs.models import Job
from leadlight.kit.errors import DomainError

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def enqueue(name: str = "intake.run_import", **more: Any) -> None:
    operations.enqueue(name=name, payload=more.pop("payload", {}), now=NOW, **more)


def lease(now: datetime = NOW, limit: int = 10, seconds: int = 60) -> list[Job]:
    return operations.lease_due(now=now, limit=limit, seconds=seconds)


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
        operations.finish(jobs=lease(), now=NOW)
        enqueue(key="import:1")
        assert Job.objects.filter(finished_at=None).count() == 1

    def test_leased_work_is_nobody_elses_until_the_lease_runs_out(self) -> None:
        enqueue()
        (job,) = lease(seconds=60)
        assert lease(NOW + timedelta(seconds=59)) == []
        (again,) = lease(NOW + timedelta(seconds=60))
        assert (again.pk, again.attempts) == (job.pk, 2)

    def test_whoever_lost_the_lease_cannot_finish_or_fail_the_job(self) -> None:
        enqueue()
        (lost,) = lease(seconds=1)
        (held,) = lease(NOW + timedelta(seconds=2))
        operations.finish(jobs=[lost], now=NOW)
        operations.fail(job=lost, error="late", now=NOW, chance=0.5)
        stored = Job.objects.get()
        assert stored.finished_at is None
        assert stored.latest_error == ""
        operations.finish(jobs=[held], now=NOW)
        assert Job.objects.get().finished_at == NOW

    def test_extending_keeps_a_long_job_from_others(self) -> None:
        enqueue(key="k")
        lease(seconds=60)
        operations.extend_lease(name="intake.run_import", key="k", now=NOW + timedelta(seconds=50), seconds=60)
        assert lease(NOW + timedelta(seconds=100)) == []

    def test_a_batch_is_of_one_name_the_longest_waiting_first(self) -> None:
        enqueue("a.one", run_at=NOW - timedelta(minutes=1))
        enqueue("b.two", run_at=NOW - timedelta(minutes=2))
        enqueue("b.two")
        enqueue("b.two", run_at=NOW + timedelta(seconds=1))
        assert [job.name for job in lease()] == ["b.two", "b.two"]
        assert [job.name for job in lease()] == ["a.one"]

    def test_the_number_of_queries_does_not_grow_with_the_batch(self, django_assert_max_num_queries: Any) -> None:
        for _ in range(30):
            enqueue()
        with django_assert_max_num_queries(5):
            jobs = lease(limit=30)
        assert len(jobs) == 30
        with django_assert_max_num_queries(3):
            operations.finish(jobs=jobs, now=NOW)


@pytest.mark.django_db
class TestWorker:
    @pytest.fixture(autouse=True)
    def _handlers(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ran: list[int] = []

        def handle(payload: dict[str, Any]) -> None:
            if payload.get("raises") == "domain":
                raise DomainError("There are no leads yet.")
            if payload.get("raises"):
                raise ValueError("broken")
            self.ran.append(payload["n"])

        monkeypatch.setattr(worker, "handler", lambda _name: handle)

    def test_one_failing_job_stops_no_other_and_is_tried_again(self) -> None:
        for payload in ({"n": 1}, {"raises": "bug"}, {"n": 3}):
            enqueue(payload=payload)
        assert worker.run_due() == 3
        assert self.ran == [1, 3]
        failed = Job.objects.get(finished_at=None)
        assert failed.parked_at is None
        assert failed.run_at > NOW
        assert "ValueError: broken" in failed.latest_error

    def test_what_repetition_cannot_mend_is_parked_at_once_with_its_words(self) -> None:
        enqueue(payload={"raises": "domain"})
        worker.run_due()
        assert Job.objects.get().parked_at is not None
        assert queries.parked_error("intake.run_import") == "There are no leads yet."
        assert queries.open_job("intake.run_import") is None

    def test_a_job_is_parked_after_its_last_attempt(self) -> None:
        enqueue(payload={"raises": "bug"})
        Job.objects.update(attempts=rules.MAX_ATTEMPTS - 1)
        worker.run_due()
        assert Job.objects.get().parked_at is not None

    @pytest.mark.django_db(transaction=True)
    def test_working_until_idle_ends_with_nothing_due(self) -> None:
        for n in range(45):
            enqueue(payload={"n": n})
        worker.work(until_idle=True)
        assert sorted(self.ran) == list(range(45))


def test_a_job_name_stands_for_a_function_of_the_rooms_tasks() -> None:
    from leadlight.scoring import tasks

    assert worker.handler("scoring.train_and_score") is tasks.train_and_score


@given(st.integers(1, rules.MAX_ATTEMPTS - 1), st.floats(0, 1))
def test_waits_grow_and_are_spread_by_half_either_way(attempts: int, chance: float) -> None:
    at = rules.next_attempt_at(attempts, now=NOW, chance=chance)
    assert at is not None
    wait = (at - NOW).total_seconds()
    assert 2.5 * 2 ** (attempts - 1) <= wait + 1e-6
    assert wait <= 7.5 * 2 ** (attempts - 1) + 1e-6


def test_after_the_last_attempt_there_is_no_next() -> None:
    assert rules.next_attempt_at(rules.MAX_ATTEMPTS, now=NOW, chance=0.5) is None
