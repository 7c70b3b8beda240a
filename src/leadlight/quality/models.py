"""What was found in the team's data, and what the team decided about it."""

from django.conf import settings
from django.db import models

from leadlight.leads.models import Lead


class Baseline(models.Model):
    """How the team did before Leadlight, kept as it was computed; claims stand against the latest."""

    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    #: The last moment of the history that it was computed from.
    until = models.DateTimeField()
    n_people = models.PositiveIntegerField()
    #: `rules.before.Figure.plain`, in order.
    figures = models.JSONField()


class FilledGap(models.Model):
    """
    A value that a rule filled in where nobody has said it.

    It stands apart from what was told: nothing reads it as if it had been, no score among them.
    """

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="filled_gaps")
    name = models.CharField(max_length=24)
    value = models.CharField(max_length=120)
    #: A word of `rules.gaps.RULES`.
    rule = models.CharField(max_length=24)
    filled_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lead", "name"], name="quality_filledgap_once")]
