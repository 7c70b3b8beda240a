"""Model versions, score scales and scores."""

from django.conf import settings
from django.db import models

from leadlight.leads.models import Person


class Tier(models.TextChoices):
    """How warm a lead is, after hysteresis."""

    HOT = "HOT", "Hot"
    WARM = "WARM", "Warm"
    COLD = "COLD", "Cold"


class Scale(models.Model):
    """A score scale, declared once per target; a retrain keeps it."""

    target = models.CharField(max_length=60, unique=True)
    p_warm = models.FloatField()
    p_hot = models.FloatField()
    declared_at = models.DateTimeField()


class ModelVersion(models.Model):
    """One trained model with its card. What serves is the newest version that is `serving`."""

    target = models.CharField(max_length=60)
    #: The card, as `leadlight train --json` prints it.
    card = models.JSONField()
    #: The fitted scorer as JSON text; never a pickle.
    artefact = models.TextField()
    artefact_sha256 = models.CharField(max_length=64)
    trained_at = models.DateTimeField()
    #: Nothing known after this moment was used.
    data_until = models.DateTimeField()
    serving = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["serving"], condition=models.Q(serving=True), name="scoring_one_serving")
        ]


class _ScoreFields(models.Model):
    #: 0 to 100, exact; shown rounded down.
    value = models.FloatField()
    tier = models.CharField(max_length=4, choices=Tier)
    #: Calibrated chance of the target.
    p_target = models.FloatField()
    as_of = models.DateTimeField()
    version = models.ForeignKey(ModelVersion, null=True, on_delete=models.SET_NULL, related_name="+")
    #: The strongest reason in words.
    reason = models.CharField(max_length=200, default="", blank=True)
    #: The score has moved since `reason` was found. Finding one costs many times what scoring does, so it follows.
    reason_is_stale = models.BooleanField(default=True)
    #: Value before the latest change by their own doing or by time, for "+23"; empty after a change of ours.
    value_before = models.FloatField(null=True)
    #: As of when the score last was `value_before`, and as of when it had changed: the change lies between.
    before_as_of = models.DateTimeField(null=True)
    changed_as_of = models.DateTimeField(null=True)
    #: Somebody of the team set the tier by hand (`TierOverride`).
    is_held = models.BooleanField(default=False)

    class Meta:
        abstract = True


class Score(_ScoreFields):
    """A person's score as of a moment. A person who needs none (closed, lost, booked) has no row."""

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.CASCADE, related_name="score")

    class Meta:
        indexes = [
            models.Index(fields=["value", "person"], name="scoring_score_value"),
            models.Index(fields=["tier"], name="scoring_score_tier"),
            models.Index(fields=["-value"], condition=models.Q(reason_is_stale=True), name="scoring_score_stale"),
        ]


class ScoreAside(_ScoreFields):
    """The score of somebody who went into another person by a merge, as it was then: it comes back with them."""

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.CASCADE, related_name="+")


class ScoreStep(models.Model):
    """The history of a score: a row whenever the shown number or the tier changed."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="score_steps")
    value = models.FloatField()
    tier = models.CharField(max_length=4, choices=Tier)
    as_of = models.DateTimeField()
    #: Empty for a first score.
    tier_before = models.CharField(max_length=4, choices=Tier, default="", blank=True)
    #: Whether the tier is another than before.
    is_move = models.BooleanField(default=False)
    cause = models.CharField(max_length=16)
    version = models.ForeignKey(ModelVersion, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["person", "as_of"], name="scoring_step_person"),
            models.Index(fields=["as_of"], condition=models.Q(is_move=True), name="scoring_step_moved"),
        ]


class TierOverride(models.Model):
    """
    A tier that somebody of the team set by hand: no rescoring, retraining or import moves it.

    It stays with the person it was set for, and holds for whoever they went into by a merge, unless one of their own
    does.
    """

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.CASCADE, related_name="+")
    tier = models.CharField(max_length=4, choices=Tier)
    note = models.CharField(max_length=200, default="", blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    set_at = models.DateTimeField()
