"""The ledger's table."""

from django.db import models
from django.db.models import Q


class Job(models.Model):
    """
    One piece of work that must happen.

    Open while `finished_at` and `parked_at` are empty. A lease is a promise to finish by `leased_until`;
    when it runs out, because its worker died, the job is open to everyone again.
    """

    #: `room.function`: the function of that name in the room's `tasks.py`. Never renamed, as rows outlive code.
    name = models.CharField(max_length=80)
    #: At most one open job has a given key; empty means any number.
    key = models.CharField(max_length=160, default="", blank=True)
    payload = models.JSONField(default=dict)
    run_at = models.DateTimeField()
    created_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.CharField(max_length=32, default="", blank=True)
    leased_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    latest_error = models.TextField(default="", blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["run_at", "id"],
                condition=Q(finished_at=None, parked_at=None),
                name="jobs_job_open",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(finished_at=None, parked_at=None) & ~Q(key=""), name="jobs_job_key"
            )
        ]
