"""Who wants to hear from us, and what each was told."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Endpoint(models.Model):
    """An address of another system that hears of what happens here. Off while `disabled_at` is set."""

    name = models.CharField(max_length=120)
    #: As `kit.addresses.checked_target` writes it; one address hears everything once.
    url = models.CharField(max_length=1000, unique=True)
    #: Types of `rules.payload.EVENTS`.
    events = models.JSONField(default=list)
    #: Sealed by `kit.secrets`, as everything that could be used to pretend to be us.
    secret = models.TextField()
    #: The one before, sealed: messages carry both signatures until that moment, so that nobody misses one.
    old_secret = models.TextField(default="", blank=True)
    old_secret_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    disabled_at = models.DateTimeField(null=True)
    #: Plain words; empty when somebody of the team turned it off.
    disabled_reason = models.CharField(max_length=300, default="", blank=True)
    #: Tries in a row that failed, over all that was to be told, and since when; 0 and empty after any success.
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    #: Until then nothing is tried: it asked for a pause, or has failed too often to be asked again at once.
    rests_until = models.DateTimeField(null=True)


class DeliveryState(models.TextChoices):
    """What became of a message."""

    PLANNED = "PLANNED", "On its way"
    SENT = "SENT", "Delivered"
    FAILED = "FAILED", "Not delivered"


class Delivery(models.Model):
    """
    One message to one endpoint, written down before it is sent.

    What it says is read when it is sent. While it is on its way, further changes of the same person only raise
    `asks`; a success counts only if nobody asked meanwhile.
    """

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=40)
    #: No foreign key: a person may go while word of them waits. Empty for a test.
    person_id = models.BigIntegerField(null=True)
    #: Why the score was computed: a word of `events.rules.Cause`; empty for a test.
    cause = models.CharField(max_length=16, default="", blank=True)
    #: The `webhook-id`: the same over all tries of the same words, another once the words have changed.
    message_id = models.CharField(max_length=40)
    #: The words of the latest try, and since when they are so; empty before the first.
    data = models.JSONField(null=True)
    told_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=DeliveryState, default=DeliveryState.PLANNED)
    asks = models.PositiveIntegerField(default=1)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    #: Empty once it is sent or given up.
    next_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    #: The status that the other side answered with; empty when it gave none.
    status = models.PositiveSmallIntegerField(null=True)
    #: What came of the latest try, in plain words.
    outcome = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "person_id"], condition=Q(state="PLANNED"), name="crm_delivery_coalesced"
            )
        ]
        indexes = [
            models.Index(fields=["endpoint", "person_id", "id"], name="crm_delivery_heard"),
            models.Index(fields=["finished_at"], condition=~Q(state="PLANNED"), name="crm_delivery_finished"),
        ]
