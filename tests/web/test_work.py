"""The page of the work, and its alarm."""

import traceback
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.test import Client

import leadlight
from leadlight.accounts.models import AuditEntry, Role, User
from leadlight.config.subscriptions import DRAINS, SCHEDULE, SUBSCRIPTIONS
from leadlight.events.models import Touched
from leadlight.jobs.models import Job, Worker
from leadlight.jobs.registry import Handler
from leadlight.jobs.rules import QUEUES
from leadlight.kit.clock import utc_now
from leadlight.kit.errors import DomainError
from leadlight.web.queries.work import Alarm, alarm
from leadlight.web.rules.work import JOB_WORDS, QUEUE_WORDS, job_words, plain_error
from tests.web.build import person, user
from tests.web.test_health import alive, job

SECOND = timedelta(seconds=1)


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


def page(client: Client) -> str:
    response = client.get("/jobs/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def failed_with(error: Exception) -> str:
    try:
        raise error
    except Exception:
        return traceback.format_exc()


@pytest.mark.django_db
class TestThePage:
    @pytest.mark.parametrize("role", [Role.AGENT, Role.ANALYST])
    def test_it_is_for_who_looks_after_the_installation(self, role: Role) -> None:
        parked = job(parked_at=utc_now())
        other = signed_in(user(role=role))
        assert other.get("/jobs/").status_code == 403
        for deed in ("try-again", "set-aside"):
            assert other.post(f"/jobs/{deed}/", {"job": parked.pk}).status_code == 403
        assert Job.objects.filter(parked_at__isnull=False).count() == 1
        person()
        assert ">Work</a>" not in other.get("/leads/?list=all").content.decode()
        assert ">Work</a>" in signed_in(user(role=Role.LEAD_MANAGER)).get("/leads/?list=all").content.decode()

    def test_all_is_done(self, client: Client) -> None:
        alive()
        job("scoring.sweep_warm", ago=-600)
        text = page(client)
        assert "Nothing waits, nothing runs, and nothing was given up." in text
        assert "Try again" not in text

    def test_what_is_to_be_done_and_who_does_it(self, client: Client) -> None:
        job(ago=90)
        job(ago=-60, failures=1)
        job("intake.run_undo", leased_until=utc_now() + 10 * SECOND)
        Touched.objects.create(person_id=1, cause="live", at=utc_now() - 200 * SECOND)
        alive(queues=("live",), done_of_intake__run_import=1203)
        text = page(client)
        for words in (
            "Import files",
            "Undo an import",
            "Score anew who did something",
            "2 waiting · 1 running",
            "longest wait <time",
            "anas-laptop:17",
            "Import files: done 1,203",
            "No worker is there for: Long work.",
        ):
            assert words in text

    def test_a_worker_that_fell_silent(self, client: Client) -> None:
        moment = utc_now() - 60 * SECOND
        Worker.objects.create(name="host:1:x", queues=["live"], started_at=moment, beat_at=moment, counters={})
        assert "silent for" in page(client)

    def test_no_worker_at_all(self, client: Client) -> None:
        assert "No worker is running. Nothing waits for one now" in page(client)
        job()
        assert "No worker is running, and work waits." in page(client)

    def test_what_failed_alike_stands_together_in_plain_words_first(self, client: Client) -> None:
        error = failed_with(ConnectionError("ana@example.com refused (813) 555-0142"))
        for _ in range(3):
            job(parked_at=utc_now(), latest_error=error)
        job("intake.run_undo", parked_at=utc_now(), latest_error="Its worker died 10 times while running it.")
        text = page(client)
        assert "Another system could not be reached." in text
        assert "3 times" in text
        assert text.count("Try again</button>") == 2
        assert text.index("Another system could not") < text.index("Traceback")
        assert "<details>" in text
        assert "ana@" not in text
        assert "555-0142" not in text

    def test_trying_again(self, client: Client, owner: User) -> None:
        parked = job(parked_at=utc_now(), failures=8, attempts=8, payload={"import_id": 12})
        other = job("intake.run_undo", parked_at=utc_now())
        response = client.post("/jobs/try-again/", {"job": [parked.pk]}, follow=True)
        assert "1 piece of work is tried again." in response.content.decode()
        parked.refresh_from_db()
        assert (parked.parked_at, parked.failures) == (None, 0)
        assert Job.objects.get(pk=other.pk).parked_at is not None
        entry = AuditEntry.objects.get(action="work.tried_again")
        assert (entry.actor, entry.subject) == (owner, "job:intake.run_import")
        assert entry.detail == {"jobs": [{"id": parked.pk, "payload": {"import_id": 12}}]}

    def test_setting_aside(self, client: Client, owner: User) -> None:
        ids = [job(parked_at=utc_now(), payload={"import_id": number}).pk for number in range(2)]
        still = job()
        response = client.post("/jobs/set-aside/", {"job": [*ids, still.pk, "x", "9" * 40]}, follow=True)
        assert "2 pieces of work are set aside." in response.content.decode()
        assert list(Job.objects.values_list("pk", flat=True)) == [still.pk]
        entry = AuditEntry.objects.get(action="work.set_aside")
        assert entry.actor == owner
        assert [found["payload"] for found in entry.detail["jobs"]] == [{"import_id": 0}, {"import_id": 1}]

    def test_a_second_click_does_nothing_and_writes_nothing(self, client: Client) -> None:
        parked = job(parked_at=utc_now())
        for _ in range(2):
            client.post("/jobs/try-again/", {"job": parked.pk})
        assert AuditEntry.objects.count() == 1
        assert client.get("/jobs/try-again/").status_code == 405

    def test_it_takes_a_fixed_number_of_queries(self, client: Client, django_assert_num_queries) -> None:
        job()
        with django_assert_num_queries(6):  # the session, who it is, and four of its own
            page(client)
        for number in range(20):
            job(f"intake.job_{number}", parked_at=utc_now() if number % 2 else None, latest_error="Broken.")
            alive(f"host:{number}:aaaa000{number}", done_of_intake__run_import=number)
            Touched.objects.create(person_id=number, cause="live", at=utc_now())
        with django_assert_num_queries(6):
            page(client)

    def test_text_from_outside_stays_text(self, client: Client) -> None:
        error = failed_with(DomainError("<script>alert(1)</script>"))
        job("intake.<b>x", parked_at=utc_now(), latest_error=error)
        text = page(client)
        assert "<script>alert" not in text
        assert "<b>x" not in text


@pytest.mark.django_db
class TestTheAlarm:
    def test_something_given_up(self, owner: User) -> None:
        assert alarm(owner, now=utc_now()) is None
        job(parked_at=utc_now())
        assert alarm(owner, now=utc_now()) is Alarm.PARKED

    @pytest.mark.parametrize("waits", ["job", "touched"])
    def test_work_waits_and_nobody_is_there(self, owner: User, waits: str) -> None:
        def add(ago: int) -> None:
            if waits == "job":
                job(ago=ago)
            else:
                Touched.objects.create(person_id=1, cause="live", at=utc_now() - ago * SECOND)

        add(30)
        assert alarm(owner, now=utc_now()) is None
        add(61)
        assert alarm(owner, now=utc_now()) is Alarm.DESERTED
        alive()
        assert alarm(owner, now=utc_now()) is None

    def test_work_for_later_needs_nobody_yet(self, owner: User) -> None:
        job(ago=-600)
        assert alarm(owner, now=utc_now()) is None

    def test_it_takes_one_query(self, owner: User, django_assert_num_queries) -> None:
        with django_assert_num_queries(1):
            alarm(owner, now=utc_now())

    def test_who_looks_after_the_installation_sees_it_on_every_page(self, client: Client) -> None:
        someone = person(score=60)
        job(parked_at=utc_now())
        for address in ("/leads/?list=all", f"/leads/{someone.pk}/", "/import/", "/model/"):
            assert "Some work could not be done and waits for you." in client.get(address).content.decode()
        assert "waits for you." not in page(client).replace("Could not be done: waits for you", "")
        agent = signed_in(user(role=Role.AGENT))
        assert "waits for you" not in agent.get("/leads/?list=all").content.decode()

    def test_parts_of_pages_and_agents_ask_nothing(self, client: Client, django_assert_num_queries) -> None:
        person("Tom Vance")

        def n(client: Client, **headers: str) -> int:
            from django.db import connection
            from django.test.utils import CaptureQueriesContext

            with CaptureQueriesContext(connection) as caught:
                client.get("/leads/?list=all&q=tom", headers=headers)
            return sum("jobs_worker" in query["sql"] for query in caught)

        assert n(client) == 1
        assert n(client, **{"HX-Request": "true", "HX-Target": "people"}) == 0
        assert n(signed_in(user(role=Role.AGENT))) == 0


class UnableToFly(DomainError):
    pass


UnableToFly.__module__ = "leadlight.rooms.operations"


class TestWords:
    def test_our_own_errors_stand_as_they_were_written(self) -> None:
        assert (
            plain_error(failed_with(UnableToFly("No wings: grow some.\nThen jump.")))
            == "No wings: grow some.\nThen jump."
        )

    def test_the_last_of_a_chain_counts(self) -> None:
        try:
            try:
                raise UnableToFly("No wings.")
            except UnableToFly as error:
                raise ValueError("leadlight.x: ana@example.com") from error
        except ValueError:
            told = plain_error(traceback.format_exc())
        assert told == "Something went wrong that Leadlight did not foresee (ValueError)."

    def test_others_are_explained_by_their_type(self) -> None:
        assert plain_error(failed_with(TimeoutError("ana"))) == "Another system did not answer in time."
        assert plain_error(failed_with(MemoryError())) == "The machine had too little memory."
        assert (
            plain_error("Its worker died 10 times while running it.") == "Its worker died 10 times while running it."
        )
        assert plain_error("") == "It was given up, and nothing was recorded."
        assert (
            plain_error('  File "x", line 1\n    a = b\n') == "Something went wrong that Leadlight did not foresee."
        )

    def test_every_queue_and_job_of_the_house_has_words(self) -> None:
        names = set(SCHEDULE) | {name for found in (*SUBSCRIPTIONS.values(), *DRAINS.values()) for name in found}
        for path in Path(leadlight.__path__[0]).glob("*/tasks.py"):
            found = vars(import_module(f"leadlight.{path.parent.name}.tasks"))
            names |= {f"{path.parent.name}.{name}" for name, task in found.items() if isinstance(task, Handler)}
        assert set(QUEUES) == set(QUEUE_WORDS)
        assert names == set(JOB_WORDS)

    def test_a_job_without_words_is_spelled_out(self) -> None:
        assert job_words("followups.on_tier_changed") == "On tier changed"
        assert job_words("odd") == "Odd"
