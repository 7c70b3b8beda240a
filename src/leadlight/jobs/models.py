"""The ledger's tables: jobs, and the workers that run them."""

from django.db import models
from django.db.models import Q


class Job(models.Model):
    """
    One piece of work that must happen. The row goes when the work is done.

    Open while `parked_at` is empty. A lease is a promise to finish by `leased_until`, renewed while its worker
    lives; when it runs out the job is open to everyone again.
    """

    #: `room.function`: the handler of that name in the room's `tasks.py`. Never renamed, as rows outlive code.
    name = models.CharField(max_length=80)
    queue = models.CharField(max_length=16)
    #: The lowest number first.
    priority = models.SmallIntegerField(default=0)
    #: At most one open job has a given key; empty means any number.
    key = models.CharField(max_length=160, default="", blank=True)
    payload = models.JSONField(default=dict)
    run_at = models.DateTimeField()
    created_at = models.DateTimeField()
    #: How often it was leased, and how many of these runs ended with an error.
    attempts = models.PositiveSmallIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    lease = models.CharField(max_length=32, default="", blank=True)
    leased_until = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    latest_error = models.TextField(default="", blank=True)

    class Meta:
        indexes = [
            # Nothing that a lease changes stands in an index: on PostgreSQL leasing then rewrites no index.
            models.Index(
                fields=["queue", "priority", "run_at", "id"],
                condition=Q(parked_at=None),
                name="jobs_job_open",
            ),
            models.Index(fields=["parked_at"], condition=Q(parked_at__isnull=False), name="jobs_job_parked"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(parked_at=None) & ~Q(key=""), name="jobs_job_key")
        ]


class Worker(models.Model):
    """A process that runs jobs, by its own latest word. One that fell silent is forgotten after a while."""

    #: Host, process and a random part.
    name = models.CharField(max_length=120, primary_key=True)
    queues = models.JSONField(default=list)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    #: What it has done since it started: "done:<job>", "failed:<job>" and the like → how often.
    counters = models.JSONField(default=dict)
