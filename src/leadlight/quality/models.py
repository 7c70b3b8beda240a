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


class DuplicatePair(models.Model):
    """
    Two leads that may be of one person, as they were last found; found anew, all of them make room.

    What became of a pair stands where it happened: its leads are of one person by now, or were said to be of two.
    """

    left = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    right = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    #: Of being one person, and of being two of one household.
    probability = models.FloatField()
    p_household = models.FloatField()
    #: What of the two records says the same, nearly the same, and something else: words with commas.
    agrees = models.CharField(max_length=200, default="", blank=True)
    similar = models.CharField(max_length=200, default="", blank=True)
    differs = models.CharField(max_length=200, default="", blank=True)
    found_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["left", "right"], name="quality_duplicatepair_once")]
        indexes = [models.Index(fields=["-probability"], name="quality_duplicate_likely")]
