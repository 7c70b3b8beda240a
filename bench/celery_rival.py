"""What a team would write first: a Celery task for each event, which scores its lead. The rival of `bench.rescoring`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadlight.config.settings")

import django

django.setup()

import numpy as np  # noqa: E402
from django.conf import settings  # noqa: E402

from leadlight.events.queries import event_arrays  # noqa: E402
from leadlight.kit.clock import utc_now  # noqa: E402
from leadlight.scoring import queries  # noqa: E402
from leadlight.scoring.models import Score  # noqa: E402
from leadlight.scoring.queries.pages import rows_for  # noqa: E402
from leadlight.scoring.rules.scale import tier  # noqa: E402

app = Celery("rival", broker=settings.BROKER_URL)
app.conf.update(
    task_ignore_result=True,
    task_acks_late=False,
    worker_prefetch_multiplier=64,
    worker_send_task_events=False,
    task_store_errors_even_if_ignored=False,
    task_serializer="json",
)


@app.task(name="rival.rescore")
def rescore(person_id: int) -> None:
    """Load one person's events, compute their signals, predict, save."""
    now = utc_now()
    version = queries.serving()
    assert version is not None
    fitted = queries.scorer(version).serving
    _, table = rows_for([person_id], np.array([now.timestamp()]), events=event_arrays([person_id]))
    predicted = fitted.predict(table)
    value = float(predicted.scores[0])
    word = tier(None, value, hot_earned=fitted.verdict.earns_hot)
    Score.objects.filter(person=person_id).update(
        value=value, tier=word.value, p_target=float(predicted.p[0]), as_of=utc_now(), version=version
    )
