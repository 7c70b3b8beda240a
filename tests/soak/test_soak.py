"""Some seconds of the soak, and the proof that it would find a ledger that does not keep its promises."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.xdist_group("soak")


def soak(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tests.soak", "--database", connection.vendor, *words]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.mark.database
def test_nothing_is_lost_doubled_or_forgotten_under_fire() -> None:
    done = soak("--seconds", "8", "--broker", "redis")
    assert done.returncode == 0, done.stdout
    assert "kills per point: " in done.stdout


def test_without_leases_the_soak_fails() -> None:
    done = soak("--seconds", "3", "--without", "lease")
    assert done.returncode == 1, done.stdout
    assert "two workers had it at once" in done.stdout
