"""What the log holds, and what it never does."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from django.db import DatabaseError, IntegrityError
from django.test import Client

from leadlight.config import logs
from leadlight.config.env import UnableToReadEnvironment, read
from leadlight.ui.middleware import RequestLog
from tests.web.build import person, user

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def written() -> Iterator[Callable[..., Lines]]:
    """Write the log into memory, as a process would write it to standard error."""
    root = logging.getLogger()
    handlers = root.handlers[:]
    levels = {name: logging.getLogger(name).level for name in ("leadlight", "leadlight.request")}
    added: list[logging.Handler] = []

    def begin(*, as_json: bool = True, show_internals: bool = False) -> Lines:
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(logs.formatter(as_json=as_json, show_internals=show_internals))
        root.addHandler(handler)
        added.append(handler)
        return lambda: [json.loads(line) if as_json else line for line in stream.getvalue().splitlines()]

    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield begin
    root.handlers = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def raise_with_a_person_in_it() -> None:
    name = "Ana Ortega"
    try:
        raise IntegrityError(f"DETAIL: Key (name)=({name}) already exists.")
    except IntegrityError as error:
        raise RuntimeError(f"could not store {name}") from error


def test_ours_and_the_librarys_look_alike(written) -> None:
    lines = written()
    structlog.get_logger("leadlight.jobs").info("job_done", job="intake.run_import", n=3)
    logging.getLogger("celery.worker").warning("lost %s of %s", 1, 2)
    ours, theirs = lines()
    assert {"event", "level", "logger", "timestamp"} <= ours.keys() & theirs.keys()
    assert (ours["event"], ours["n"], ours["level"]) == ("job_done", 3, "info")
    assert (theirs["event"], theirs["logger"], theirs["level"]) == ("lost 1 of 2", "celery.worker", "warning")


@pytest.mark.parametrize("name", ["leadlight.x", "some.library"])
def test_errors_are_told_by_type_and_place_alone(written, name: str) -> None:
    lines = written()
    logger = structlog.get_logger(name) if name.startswith("leadlight") else logging.getLogger(name)
    try:
        raise_with_a_person_in_it()
    except RuntimeError:
        logger.exception("it_broke")
    [line] = lines()
    assert "Ana" not in json.dumps(line)
    assert [error["type"] for error in line["exception"]] == [
        "builtins.RuntimeError",
        "django.db.utils.IntegrityError",
    ]
    assert line["exception"][0]["frames"][-1].endswith("raise_with_a_person_in_it")


def test_who_develops_leadlight_may_ask_for_the_message(written) -> None:
    lines = written(show_internals=True)
    try:
        raise_with_a_person_in_it()
    except RuntimeError:
        structlog.get_logger("leadlight.x").exception("it_broke")
    assert "could not store Ana Ortega" in lines()[0]["exception"]


def test_on_a_terminal_it_reads_as_text(written) -> None:
    lines = written(as_json=False)
    try:
        raise_with_a_person_in_it()
    except RuntimeError:
        structlog.get_logger("leadlight.x").exception("it_broke", mail="ana@example.com")
    text = "\n".join(lines())
    assert "it_broke" in text
    assert "builtins.RuntimeError" in text
    assert "raise_with_a_person_in_it" in text
    assert "Ana" not in text
    assert "ana@" not in text


def test_every_field_is_redacted(written) -> None:
    lines = written()
    token = "ll_" + "a1B2" * 8
    structlog.get_logger("leadlight.x").warning(
        f"sent to ana@example.com with {token}", to=["+1 (813) 555-0142"], more={"authorization": "anything"}
    )
    logging.getLogger("urllib3").warning("retry %s", "https://x.test/?email=ana@example.com")
    text = json.dumps(lines())
    for secret in ("ana@", "555-0142", "a1B2", "anything"):
        assert secret not in text


def test_a_record_that_cannot_be_formatted_spills_nothing(written, capsys) -> None:
    written()
    logging.getLogger("some.library").warning("%d people", "Ana Ortega")
    assert "Ana" not in capsys.readouterr().err


@pytest.mark.django_db
class TestRequests:
    def test_one_line_each_with_the_route_and_never_the_address(self, written) -> None:
        owner, someone, lines = user(), person("Ana Ortega"), written()
        client = Client()
        client.force_login(owner)
        client.get(f"/leads/{someone.pk}/", {"q": "Ana Ortega"})
        [line] = lines()
        assert (line["event"], line["method"], line["status"]) == ("request", "GET", 200)
        assert line["route"] == "/leads/<int:person_id>/"
        assert line["user"] == owner.pk
        assert line["duration_ms"] > 0
        assert "Ana" not in json.dumps(line)
        assert f"/{someone.pk}/" not in json.dumps(line)

    @pytest.mark.parametrize("address", ["/leads/999999/?q=ana@example.com", "/nobody/Ana-Ortega/?q=ana@example.com"])
    def test_what_is_not_there_leaks_nothing(self, written, address: str) -> None:
        client, lines = Client(), written()
        client.force_login(user())
        client.get(address)
        told = lines()
        assert [line["status"] for line in told] == [404, 404]  # Django's own and ours
        assert {line["logger"] for line in told} == {"django.request", "leadlight.request"}
        for secret in ("999999", "Ana", "ana@"):
            assert secret not in json.dumps(told)

    def test_a_host_that_is_not_ours_and_a_forged_form(self, written) -> None:
        lines = written()
        Client(headers={"host": "ana.example.com"}).get("/sign-in/?q=ana@example.com")
        Client(enforce_csrf_checks=True, headers={"referer": "https://ana.example.com/?q=ana"}).post("/sign-in/")
        told = lines()
        assert {line["logger"] for line in told} >= {"django.security.DisallowedHost", "django.security.csrf"}
        assert "ana" not in json.dumps(told)

    def test_an_error_of_ours(self, written, monkeypatch) -> None:
        from leadlight.web import views

        def broken(*_: object, **__: object) -> None:
            raise DatabaseError("Key (email)=(ana@example.com) already exists.")

        monkeypatch.setattr(views.list_queries, "counts", broken)
        client, lines = Client(raise_request_exception=False), written()
        client.force_login(user())
        assert client.get("/leads/?q=Ana").status_code == 500
        [theirs] = [line for line in lines() if line["logger"] == "django.request"]
        assert theirs["exception"][0]["type"] == "django.db.utils.DatabaseError"
        assert "ana" not in json.dumps(lines()).lower()

    def test_a_stranger_costs_no_look_at_the_table_of_users(self, written, django_assert_num_queries) -> None:
        lines = written()
        with django_assert_num_queries(0):
            Client().get("/sign-in/")
        assert lines()[0]["user"] is None

    def test_an_answer_without_content_is_for_who_looks_closely(self, written, rf) -> None:
        from django.http import HttpResponse

        lines = written()
        RequestLog(lambda _request: HttpResponse(status=204))(rf.get("/"))
        [line] = lines()
        assert line["level"] == "debug"


def test_the_form_is_a_setting() -> None:
    assert read({"LEADLIGHT_LOG": "JSON"}).log == "json"
    with pytest.raises(UnableToReadEnvironment, match="json or text"):
        read({"LEADLIGHT_LOG": "xml"})


@pytest.mark.parametrize(("form", "is_json"), [("", True), ("json", True), ("text", False)])
def test_a_process_writes_lines_of_json_unless_told_otherwise(tmp_path: Path, form: str, is_json: bool) -> None:
    program = (
        "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'leadlight.config.settings'; django.setup();"
        "import structlog; structlog.get_logger('leadlight.x').info('it_works')"
    )
    environment = {"LEADLIGHT_HOME": str(tmp_path), "LEADLIGHT_LOG": form, "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert "it_works" in line
    assert line.startswith("{") == is_json


def test_the_settings_can_be_read_from_a_file() -> None:
    """As the web server does."""
    import logging.config

    told = json.loads(json.dumps(logs.settings(form="json", show_internals=False)))
    logging.config.DictConfigurator(told).configure_formatter(told["formatters"]["leadlight"])
