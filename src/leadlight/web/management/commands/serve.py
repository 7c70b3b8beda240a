"""`leadlight serve`: the pages and the workers, as processes under one."""

import json
import os
import signal
import socket
import subprocess
import sys
from argparse import ArgumentParser
from contextlib import closing
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from leadlight.jobs.rules import ALERTS, LIVE, LONG, MAIL, OUTBOUND
from leadlight.kit.errors import DomainError

#: A page waits for the database, not for the processor: a few threads keep it answering.
THREADS = 4

#: The queues of each worker process. A message is dozens of short questions to the database: beside a thread that
#: computes scores, each would wait for the interpreter, and an answer for seconds.
WORKERS = ((LIVE, OUTBOUND), (ALERTS, MAIL), (LONG,))


class UnableToServe(DomainError):
    """The address is taken, or not ours to take."""

    code = "address_taken"


class Command(BaseCommand):
    help = "Serve the pages and run the jobs until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        check_address(host, port)
        self.stdout.write(f"Leadlight is at http://{host}:{port}/   (Ctrl-C stops it)")
        self.stdout.flush()
        sys.exit(supervise(host, port))


def check_address(host: str, port: int) -> None:
    """
    Make sure that the address can be listened on.

    Raises:
        UnableToServe: it cannot.
    """
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UnableToServe(
                f"Port {port} on {host} cannot be used ({error.strerror}). Stop what uses it, or give another "
                "with --port."
            ) from error


def supervise(host: str, port: int) -> int:
    """
    Run the web and the workers until told to stop; return an exit code.

    Minutes of importing or training have a process of their own, so that a score never waits for them; and so has
    what is sent, so that it never waits for scores. A worker that dies is started again: the ledger knows what it was
    doing. When the web process dies, so does the whole, for whoever watches over it to see.
    """
    log_settings = settings.HOME / "web-log.json"
    log_settings.write_text(json.dumps(settings.LOGGING))
    web_command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "warning"),
        *("--log-config", str(log_settings)),
        *("--host", host, "--port", str(port), "--blocking-threads", str(THREADS)),
        "leadlight.config.wsgi:application",
    ]
    work = [sys.executable, "-m", "leadlight", "work", "--queues"]
    stopped = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True
        for child in (web, *workers):
            child.terminate()

    web = subprocess.Popen(web_command)
    workers = [subprocess.Popen([*work, *queues]) for queues in WORKERS]
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopped:
        died, _ = os.waitpid(-1, 0)
        if stopped or died == web.pid:
            break
        workers = [
            subprocess.Popen([*work, *queues]) if worker.pid == died else worker
            for worker, queues in zip(workers, WORKERS, strict=True)
        ]
    for child in (web, *workers):
        child.terminate()
        child.wait()
    return 0 if stopped else 1
