"""
Leadlight's workers under Celery: many hosts that drain the ledger when a bell rings.

    celery -A leadlight.config.celery worker -Q live,alerts,mail,outbound,long
    celery -A leadlight.config.celery beat

The ledger knows what is to be done; a message carries the name of a queue and nothing else. Beat rings every queue
once in a while, for bells that were lost, and keeps recurring work in the ledger.
"""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_process_init, worker_process_shutdown

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadlight.config.settings")

import django

django.setup()

from django.conf import settings

from leadlight.jobs import bell, worker
from leadlight.jobs.operations import ensure_schedule
from leadlight.jobs.rules import QUEUES
from leadlight.kit.clock import utc_now

#: A bell that nobody heard is made good for after so many seconds.
SWEEP_SECONDS = 2.0

app = Celery("leadlight", broker=settings.BROKER_URL or None)
app.conf.update(
    task_ignore_result=True,
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"socket_connect_timeout": 2} if bell.is_redis() else {},
    task_default_queue="live",
    timezone="UTC",
    beat_schedule={
        **{
            f"sweep {queue}": {
                "task": bell.TASK,
                "args": (queue,),
                "schedule": SWEEP_SECONDS,
                "options": {"queue": queue, "expires": SWEEP_SECONDS},
            }
            for queue in QUEUES
        },
        "schedule": {
            "task": "leadlight.schedule",
            "schedule": 15.0,
            "options": {"queue": "live", "expires": 15.0},
        },
    },
    # Where beat last rang is no state: everything that recurs is a row of the ledger.
    beat_scheduler="celery.beat:Scheduler",
)

_hearts: dict[str, Any] = {}


@setup_logging.connect
def _keep_our_logs(**_: Any) -> None:
    """Keep Celery from writing logs its own way: Django's setup has said how they are written."""


@worker_process_init.connect
def _begin_beating(**_: Any) -> None:
    """Give this process of the pool a heart, which keeps its leases alive."""
    heart = worker.Heart(tuple(QUEUES))
    beating = heart.beating()
    beating.__enter__()
    _hearts.update(heart=heart, beating=beating)


@worker_process_shutdown.connect
def _stop_beating(**_: Any) -> None:
    """Take this process off the list of workers."""
    beating = _hearts.pop("beating", None)
    if beating is not None:
        beating.__exit__(None, None, None)


@app.task(name=bell.TASK)
def drain(queue: str) -> None:
    """Run all that is due in a queue."""
    worker.run_until_idle(queues=[queue], heart=_hearts.get("heart"))


@app.task(name="leadlight.schedule")
def schedule() -> None:
    """Keep recurring work in the ledger."""
    ensure_schedule(now=utc_now())
