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


class AuditRun(models.Model):
    """The audit of the whole history, as it was at a moment; earlier ones stay, to compare with."""

    taken_at = models.DateTimeField()
    n_leads = models.PositiveIntegerField()
    #: `audit.findings.Finding.as_dict`, the gravest first.
    findings = models.JSONField()
    figures = models.JSONField()


class Verdict(models.TextChoices):
    """What is done with a column of the team's own."""

    LEFT_OUT = "left_out", "Left out"
    KEPT = "kept", "Learned from"


class ColumnVerdict(models.Model):
    """
    What the audit holds of a column of the team's own, and what the team decided; training obeys.

    Stays from import to import once somebody has decided; else as long as the audit finds anything.
    """

    column = models.CharField(max_length=200, unique=True)
    #: A word of `audit.findings.KINDS`, with its sentence and its weight.
    kind = models.CharField(max_length=40)
    severity = models.CharField(max_length=8)
    sentence = models.TextField()
    #: What the audit says: left_out, or ask, which leaves it out too until somebody has decided.
    action = models.CharField(max_length=8)
    found_at = models.DateTimeField()
    #: What somebody decided; empty until then.
    decided = models.CharField(max_length=8, choices=Verdict, default="", blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)

    @property
    def is_learned_from(self) -> bool:
        """Whether training uses the column."""
        return self.decided == Verdict.KEPT
