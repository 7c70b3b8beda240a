"""
The figures in the format of Prometheus.

Built anew from the database at every scrape, so that they are right however many processes serve and work. No label
holds what a person is called, typed, or did.
"""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from leadlight.jobs.rules import QUEUES
from leadlight.web.queries.figures import Figures

_STATES = ("waiting", "running", "retrying", "later", "parked")


def exposition(figures: Figures, *, now: datetime) -> bytes:
    """Return the page that Prometheus reads."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Told([*_ledger(figures, now), *_workers(figures), *_stored(figures)]))
    return generate_latest(registry)


class _Told(Collector):
    def __init__(self, told: list[Metric]) -> None:
        self._told = told

    def collect(self) -> list[Metric]:
        return self._told


def _ledger(figures: Figures, now: datetime) -> Iterator[Metric]:
    jobs = GaugeMetricFamily("leadlight_jobs", "Jobs in the ledger.", labels=["queue", "name", "state"])
    oldest = GaugeMetricFamily(
        "leadlight_jobs_oldest_due_seconds",
        "How long the oldest job that is due has waited for a worker.",
        labels=["queue", "name"],
    )
    for depth in figures.depths:
        for state in _STATES:
            jobs.add_metric([depth.queue, depth.name, state], getattr(depth, state))
        oldest.add_metric([depth.queue, depth.name], _seconds(depth.oldest_due_at, now))
    yield jobs
    yield oldest
    n_parked = sum(depth.parked for depth in figures.depths)
    yield GaugeMetricFamily("leadlight_jobs_parked", "Jobs that wait for a person.", value=n_parked)
    yield GaugeMetricFamily("leadlight_touched", "News that no score reflects yet.", value=figures.inbox.n)
    yield GaugeMetricFamily(
        "leadlight_touched_oldest_seconds",
        "How long the oldest such news has waited.",
        value=_seconds(figures.inbox.oldest_at, now),
    )


def _workers(figures: Figures) -> Iterator[Metric]:
    alive = GaugeMetricFamily(
        "leadlight_workers_alive", "Workers that gave a sign of life just now.", labels=["queue"]
    )
    for queue in QUEUES:
        alive.add_metric([queue], sum(found.lives and queue in found.worker.queues for found in figures.workers))
    yield alive
    # One series for each worker: their sum would fall whenever one leaves, which Prometheus takes for a fresh start
    # of all. `sum without (worker) (rate(…))` adds them up rightly.
    work = CounterMetricFamily(
        "leadlight_work",
        "What each worker has done since it started: done, failed, parked, or drained from an inbox.",
        labels=["worker", "outcome", "name"],
    )
    for found in figures.workers:
        # The last part is random; the others name a machine, and machines are named for people.
        worker = found.worker.name.rpartition(":")[2]
        for what, n in sorted(found.worker.counters.items()):
            outcome, _, name = what.partition(":")
            work.add_metric([worker, outcome, name], n)
    yield work


def _stored(figures: Figures) -> Iterator[Metric]:
    yield GaugeMetricFamily("leadlight_events_stored", "Events ever stored.", value=figures.n_events)
    yield GaugeMetricFamily("leadlight_leads", "Leads.", value=figures.n_leads)
    scores = GaugeMetricFamily("leadlight_scores", "Persons with a score.", labels=["tier"])
    for tier, n in figures.n_scores.items():
        scores.add_metric([tier.lower()], n)
    yield scores
    version = figures.serving
    if version is not None:
        yield InfoMetricFamily(
            "leadlight_model",
            "The model whose scores are shown.",
            value={
                "version": str(version.pk),
                "target": version.target,
                "serving": str(version.card["serving"]),
                "verdict": str(version.card["verdict"]),
            },
        )
        yield GaugeMetricFamily(
            "leadlight_model_trained_timestamp_seconds", "When it was trained.", value=version.trained_at.timestamp()
        )


def _seconds(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
