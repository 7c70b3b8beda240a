"""Some seconds of messages under fire, and the proof that a message sent twice would be found."""

import subprocess
import sys

import pytest
from django.db import connection

from tests.soak.environment import ROOT

pytestmark = pytest.mark.xdist_group("soak")


def sends(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tests.soak.sends", "--database", connection.vendor, *words]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.mark.database
def test_no_message_is_lost_or_sent_twice_whatever_its_worker_dies_of() -> None:
    done = sends("--kills", "9")
    assert done.returncode == 0, done.stdout
    assert "between SENDING and the outcome" in done.stdout


def test_without_the_row_before_the_call_messages_are_sent_twice_and_it_fails() -> None:
    done = sends("--kills", "8", "--without", "row")
    assert done.returncode == 1, done.stdout
    assert "was taken 2 times" in done.stdout
