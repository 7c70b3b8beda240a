"""The event log."""

from django.db import models

from leadlight.events.rules import Cause, Group
from leadlight.leads.models import Lead

#: What signals are computed from, beside lead and moment.
SIGNALLED = (
    "known_at",
    "retracted_at",
    "kind",
    "is_machine",
    "is_automatic",
    "listing",
    "area",
    "value",
    "duration_seconds",
)


class Event(models.Model):
    """
    One thing that happened, kept as it was told; the log only grows.

    An event keeps the lead it arrived with, unless somebody moves it by hand: the audit trail keeps where it was. The
    two exceptions to "only grows" are the erasure of a person and the undoing of the import that brought the event.
    """

    #: Unique in the world that it comes from: telling the same event twice changes nothing.
    event_id = models.CharField(max_length=160, unique=True)
    #: Without an index of its own: the one by lead and moment serves.
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="events", db_index=False)
    kind = models.CharField(max_length=40)
    occurred_at = models.DateTimeField()
    #: When it could first be known; signals and training read by this clock.
    known_at = models.DateTimeField()
    stored_at = models.DateTimeField()
    cause = models.CharField(max_length=16, choices=[(cause.value, cause.value) for cause in Cause])
    #: What the event is about: a listing's address or id, as told.
    listing = models.CharField(max_length=160, default="", blank=True)
    area = models.CharField(max_length=120, default="", blank=True)
    #: A measurement, as the kind's vocabulary says; never used for accounts.
    value = models.FloatField(null=True)
    duration_seconds = models.FloatField(null=True)
    #: Who did it, when it was one of the team: their name as told.
    actor = models.CharField(max_length=120, default="", blank=True)
    #: Text and whatever else was told.
    props = models.JSONField(default=dict)
    #: Done by a machine (prefetch, scanner, bot): kept, and counts for nothing.
    is_machine = models.BooleanField(default=False)
    #: Ours, and nobody pressed a button for it, as an acknowledgment: it answers nobody. Follows from `props`.
    is_automatic = models.BooleanField(default=False, db_default=False)
    #: What brought it, "import:12" for one.
    origin = models.CharField(max_length=40, default="", blank=True)
    #: Since when it is known to be wrong; before that moment it counted. Follows from `Retraction`.
    retracted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # All that a score reads of an event: the events of a lead lie side by side in here, and scattered over
            # the whole table otherwise.
            models.Index(fields=["lead", "occurred_at", *SIGNALLED], name="events_event_signalled"),
            models.Index(fields=["origin"], name="events_event_origin"),
        ]


class CustomKind(models.Model):
    """A word that the team added to the vocabulary."""

    name = models.CharField(max_length=40, unique=True)
    group = models.CharField(max_length=12, choices=[(group.value, group.value) for group in Group])
    sentence = models.CharField(max_length=200)


class Retraction(models.Model):
    """
    An event that was told in error; it counts for nothing as of any moment after `known_at`.

    May come before its event does, and is kept for that.
    """

    event_id = models.CharField(max_length=160, unique=True)
    known_at = models.DateTimeField()
    reason = models.CharField(max_length=200, default="", blank=True)


class Touched(models.Model):
    """
    Somebody of whom something new became known, and whose score must be computed anew.

    Rows are only added, in the transaction that made them true, and removed by whoever has taken them into account:
    exactly the rows that were read. So what comes meanwhile is never lost.
    """

    #: Not a foreign key: a person may be gone by now. Who went into another by a merge counts for that one.
    person_id = models.BigIntegerField()
    cause = models.CharField(max_length=16, choices=[(cause.value, cause.value) for cause in Cause])
    at = models.DateTimeField()
