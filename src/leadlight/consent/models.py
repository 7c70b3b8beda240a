"""Who must not be contacted, and how we know."""

from django.db import models

from leadlight.leads.models import Lead


class Channel(models.TextChoices):
    """Through what a person could be contacted."""

    ALL = "ALL", "anything"
    EMAIL = "EMAIL", "email"
    SMS = "SMS", "texts"
    CALL = "CALL", "calls"


class SuppressionReason(models.TextChoices):
    """Why a channel is closed."""

    OPTED_OUT = "OPTED_OUT", "asked not to be contacted"
    DO_NOT_CALL = "DO_NOT_CALL", "on the do-not-call list"
    BOUNCED = "BOUNCED", "address does not work"
    TRASH = "TRASH", "set aside in the CRM"
    ERASED = "ERASED", "asked to be erased"
    WRONG = "WRONG", "is somebody else’s"


class Suppression(models.Model):
    """
    A closed channel of a lead.

    It belongs to the lead, as the record that said so, and binds the whole person: whoever may be contacted
    is decided over all leads of a person. One without an origin (`origin`) was set by hand.
    """

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="suppressions")
    channel = models.CharField(max_length=8, choices=Channel)
    reason = models.CharField(max_length=12, choices=SuppressionReason)
    #: The very words: "Do Not Call = yes", "stage Trash".
    evidence = models.CharField(max_length=300)
    recorded_at = models.DateTimeField()
    origin = models.CharField(max_length=40, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lead", "channel", "reason"], name="consent_suppression_once")]
        indexes = [models.Index(fields=["origin"], name="consent_suppression_origin")]


class ErasedAddress(models.Model):
    """
    An address or number of somebody who was erased, as a digest that names nobody.

    Whoever comes with it again, from another export or a bought list, is contacted by nobody.
    """

    #: `kit.secrets.fingerprints` of the normalised address.
    digest = models.CharField(max_length=64, unique=True)
    erased_at = models.DateTimeField()
