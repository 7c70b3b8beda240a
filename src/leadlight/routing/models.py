"""Whose leads are, what is to be done, who waits for us, and whom we called about it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Greatest

from leadlight.events.rules import Cause
from leadlight.leads.models import Lead, Person
from leadlight.routing.rules.outcomes import OUTCOME_WORDS
from leadlight.routing.rules.promise import WaitKind


class Assignment(models.Model):
    """A lead that went to somebody of the team, and why."""

    #: Empty when the person was erased: whose turn it was stays.
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="assignments")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    #: Plain words.
    reason = models.CharField(max_length=200)
    #: Among whom: ids of users, whose turn was next first.
    candidates = models.JSONField(default=list)
    at = models.DateTimeField()
    cause = models.CharField(max_length=16, choices=[(cause.value, cause.value) for cause in Cause])
    #: It came by turns, and so counts as one.
    is_turn = models.BooleanField(default=False)
    #: Who decided it; empty for the rule.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["agent", "id"], condition=Q(is_turn=True), name="routing_assignment_turn"),
            models.Index(fields=["at"], name="routing_assignment_at"),
        ]


class TaskKind(models.TextChoices):
    """What is to be done."""

    CALL = "CALL", "Call"
    TEXT = "TEXT", "Text"
    EMAIL = "EMAIL", "Email"
    LOOK = "LOOK", "Look"


#: When a task is due, given until when it was put off: as `rules.queue.effective_due` has it.
COMES_UP = Greatest("due_at", Coalesce("snoozed_until", "due_at"))


class Task(models.Model):
    """
    Something that somebody of the team has to do for a lead; open while `done_at` is empty.

    It belongs to the lead, as events do: a merge brings it to the person kept, and its undoing back.
    """

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="tasks")
    kind = models.CharField(max_length=8, choices=TaskKind)
    #: Plain words.
    why = models.CharField(max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    cause = models.CharField(max_length=16, choices=[(cause.value, cause.value) for cause in Cause])
    #: What it comes from, once: "inquiry:<event id>", "hot:<person>:<as of>", "outcome:<id>", "hand:<random>".
    origin = models.CharField(max_length=200, unique=True)
    snoozed_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    #: Empty when it was done by what happened, not by a person.
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    #: What came of it: a word of `rules.outcomes`, or plain words.
    outcome = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["lead"], condition=Q(done_at=None), name="routing_task_open"),
            models.Index(fields=["created_at"], name="routing_task_created"),
            models.Index(COMES_UP, "id", condition=Q(done_at=None), name="routing_task_comes_up"),
            models.Index(fields=["done_at"], condition=Q(done_at__isnull=False), name="routing_task_done"),
        ]


class Wait(models.Model):
    """
    Somebody who waits for us, from a moment on; open while `ended_at` is empty.

    It belongs to the lead by which they began to wait: see `Task`.
    """

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="waits")
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in WaitKind])
    #: As of its task.
    origin = models.CharField(max_length=200, unique=True)
    began_at = models.DateTimeField()
    #: Five open minutes later.
    due_at = models.DateTimeField()
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField(null=True)
    #: The first touch by a person; empty as well when they need no answer any more.
    answered_at = models.DateTimeField(null=True)
    #: Empty when whoever answered does not sign in here.
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    #: How long it took until the answer, by the clock on the wall and in open time.
    raw_seconds = models.FloatField(null=True)
    open_seconds = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead", "kind"], condition=Q(ended_at=None), name="routing_wait_one_open")
        ]
        indexes = [
            models.Index(fields=["began_at"], condition=Q(ended_at=None), name="routing_wait_open"),
            models.Index(fields=["lead", "began_at"], name="routing_wait_of_lead"),
        ]


class Breach(models.Model):
    """A level of a wait that was reached: the promise was broken. Kept for ever."""

    wait = models.ForeignKey(Wait, on_delete=models.CASCADE, related_name="breaches")
    #: `rules.promise.SECOND` after five open minutes, `TEAM_LEAD` after ten.
    level = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wait", "level"], name="routing_breach_once")]
        indexes = [models.Index(fields=["at"], name="routing_breach_at")]


class AlertChannel(models.TextChoices):
    """How somebody of the team is called."""

    EMAIL = "EMAIL", "Email"
    PUSH = "PUSH", "On their devices"


class AlertState(models.TextChoices):
    """What became of an alert."""

    PLANNED = "PLANNED", "On its way"
    SENDING = "SENDING", "Being sent"
    SENT = "SENT", "Sent"
    FAILED = "FAILED", "Not sent"
    MAYBE_SENT = "MAYBE_SENT", "Nobody knows whether it was sent"


class Alert(models.Model):
    """Somebody of the team who is called about a wait; written down before the call, its outcome after."""

    wait = models.ForeignKey(Wait, on_delete=models.CASCADE, related_name="alerts")
    level = models.PositiveSmallIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, choices=AlertChannel)
    state = models.CharField(max_length=12, choices=AlertState, default=AlertState.PLANNED)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True)
    #: Plain words.
    error = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wait", "level", "user", "channel"], name="routing_alert_once")
        ]


class PushKey(models.Model):
    """The key by which services that wake browsers know us (RFC 8292): one row, made when it is first needed."""

    #: Base64url without padding; the private half sealed.
    private = models.TextField()
    public = models.CharField(max_length=120)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="routing_push_key_one")]


class PushSubscription(models.Model):
    """A browser that shows somebody's alerts, as it described itself (RFC 8030)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    endpoint = models.CharField(max_length=1000, unique=True)
    #: Its public key and secret, base64url.
    p256dh = models.CharField(max_length=200)
    auth = models.CharField(max_length=60)
    #: As `rules.devices` names it.
    device = models.CharField(max_length=120, default="", blank=True)
    created_at = models.DateTimeField()


class LatestVisit(models.Model):
    """When somebody of the team was here last, and when before that."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    seen_at = models.DateTimeField()
    #: The end of the visit before this one.
    before_at = models.DateTimeField(null=True)


class RecordedOutcome(models.Model):
    """What somebody wrote down after a call, with all that it did, so that it can be taken back."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=16, choices=[(word.value, text) for word, text in OUTCOME_WORDS.items()])
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    event_ids = models.JSONField(default=list)
    #: The tasks and waits that it ended.
    task_ids = models.JSONField(default=list)
    wait_ids = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True)
    #: What the form bore that it came by, so that sending it twice writes down one; empty for none.
    form = models.CharField(max_length=32, default="", db_default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form"], condition=~Q(form=""), name="routing_outcome_once_a_form")
        ]
        indexes = [
            models.Index(fields=["by", "at"], name="routing_outcome_by"),
            models.Index(fields=["at"], name="routing_outcome_at"),
        ]
