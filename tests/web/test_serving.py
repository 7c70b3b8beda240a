"""Starting, serving and stopping, as processes of their own on a home of their own."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from leadlight.jobs.rules import ALERTS, LIVE, MAIL, QUEUES
from leadlight.web.management.commands.serve import WORKERS

Run = Callable[..., "subprocess.Popen[str]"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(condition: Callable[[], object], *, seconds: float = 40.0) -> None:
    tick = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if condition():
            return
        tick.wait(0.05)
    raise AssertionError("it did not come true in time")


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in/", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def children(pid: int) -> dict[int, str]:
    listed = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True
    ).stdout
    return {int(line.split()[0]): line for line in listed.splitlines()}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LEADLIGHT_", "DJANGO_"))}
    return {**kept, "LEADLIGHT_HOME": str(tmp_path / "home")}


@pytest.fixture
def leadlight(environment: dict[str, str], tmp_path: Path) -> Iterator[Run]:
    started: list[subprocess.Popen[str]] = []

    def run(*words: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "leadlight", *words],
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def test_start_makes_an_owner_serves_pages_and_keeps_a_worker(leadlight: Run) -> None:
    port = free_port()
    process = leadlight("start", "--port", str(port))
    wait_until(lambda: answers(port))

    def worker() -> int:
        return next(
            (
                pid
                for pid, command in children(process.pid).items()
                if command.endswith(" work --queues live outbound")
            ),
            0,
        )

    wait_until(worker)
    killed = worker()
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: worker() not in (0, killed))
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=40)
    assert process.returncode == 0
    assert re.search(r"Sign in as owner@leadlight\.local with the password \S{10,}", said)
    assert not answers(port)


def test_starting_again_keeps_the_owner(leadlight: Run) -> None:
    first, _ = leadlight("start", "--no-serve", "--email", "dana@example.com").communicate()
    second, _ = leadlight("start", "--no-serve").communicate()
    assert "Sign in as dana@example.com" in first
    assert "Sign in" not in second


def test_a_taken_port_is_said_and_nothing_is_started(leadlight: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = leadlight("serve", "--port", str(port))
        said, _ = process.communicate(timeout=40)
    assert process.returncode == 2
    assert f"Port {port} on 127.0.0.1 cannot be used" in said
    assert "Traceback" not in said


def test_a_copy_is_kept_before_a_migration_and_only_then(leadlight: Run, environment: dict[str, str]) -> None:
    home = Path(environment["LEADLIGHT_HOME"])
    leadlight("migrate", "-v0").communicate()
    leadlight("migrate", "-v0").communicate()
    assert not (home / "backups").exists()
    with closing(sqlite3.connect(home / "leadlight.sqlite3")) as database, database:
        database.execute("INSERT INTO leads_source (name) VALUES ('Kept')")
        database.execute("DROP TABLE scoring_scorestep")
        database.execute("DROP TABLE scoring_score")
        database.execute("DROP TABLE scoring_modelversion")
        database.execute("DROP TABLE scoring_scale")
        database.execute("DELETE FROM django_migrations WHERE app = 'scoring'")
    said, _ = leadlight("migrate").communicate()
    (copy,) = (home / "backups").iterdir()
    assert str(copy) in said
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT name FROM leads_source").fetchall() == [("Kept",)]
        assert database.execute("SELECT 1 FROM sqlite_master WHERE name = 'scoring_score'").fetchall() == []


def test_a_setting_that_is_none_is_said_in_a_sentence(leadlight: Run, environment: dict[str, str]) -> None:
    environment["LEADLIGHT_DATABASE_URL"] = "mysql://nowhere"
    process = leadlight("train")
    said, _ = process.communicate()
    assert process.returncode == 2
    assert "LEADLIGHT_DATABASE_URL must look like postgresql://" in said
    assert "Traceback" not in said


def test_the_demo_goes_all_the_way_apart_from_the_brokerage(leadlight: Run, environment: dict[str, str]) -> None:
    import json

    process = leadlight("demo", "--no-serve", "--leads", "300", "--seed", "3", "--json")
    said, _ = process.communicate(timeout=110)
    document = json.loads(said)
    assert process.returncode == 0
    # One or another arrives only after the export.
    assert 295 <= document["counts"]["import"]["created"] <= 300
    assert document["counts"]["import"]["rejected"] == 0
    assert document["counts"]["scored"] > 100
    assert {"generate", "import", "train", "score", "total"} <= document["seconds"].keys()
    assert {"target", "verdict", "serving", "model", "by_time", "random"} <= document["card"].keys()
    home = Path(environment["LEADLIGHT_HOME"])
    assert (home / "demo" / "leadlight.sqlite3").exists()
    assert not (home / "leadlight.sqlite3").exists()


def test_each_queue_is_worked_by_one_process_and_what_is_sent_never_beside_scores() -> None:
    assert sorted(queue for queues in WORKERS for queue in queues) == sorted(QUEUES)
    assert not any(LIVE in queues and {ALERTS, MAIL} & set(queues) for queues in WORKERS)
