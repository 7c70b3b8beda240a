"""Who must not be contacted and who agreed to be, with how we know; and the National Do Not Call list."""

from django.db import models
from django.db.models import Q

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
    DECEASED = "DECEASED", "said to have died"
    LEGAL_HOLD = "LEGAL_HOLD", "a lawyer or a court has to do with them"


class InForce(models.Manager["Suppression"]):
    """Suppressions but for those that were lifted: nobody lists or counts these as closed."""

    def get_queryset(self) -> models.QuerySet["Suppression"]:
        """Return them."""
        return super().get_queryset().filter(lifted_at=None)


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
    #: When they themselves opened the channel again; it is kept for what it proves.
    lifted_at = models.DateTimeField(null=True)

    objects = InForce()
    #: Those that were lifted too.
    ever: models.Manager["Suppression"] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "channel", "reason"], condition=Q(lifted_at=None), name="consent_suppression_once"
            )
        ]
        indexes = [models.Index(fields=["origin"], name="consent_suppression_origin")]


class ClosedAddress(models.Model):
    """
    A closed channel of an e-mail address or phone number, of which only a keyed digest is kept.

    It outlives the lead that it came with: whoever comes with that address again, after an erasure too, is closed at
    once. Nobody learns an address from it.
    """

    #: The first of `kit.secrets.fingerprints` of the normalised address.
    digest = models.CharField(max_length=64)
    #: E-mail, or texts and calls, as the address is; ALL of somebody who was erased.
    channel = models.CharField(max_length=8, choices=Channel)
    reason = models.CharField(max_length=12, choices=SuppressionReason)
    #: Whose record closed it, 0 for nobody's. Not a foreign key: it stays when the lead is gone.
    lead_id = models.BigIntegerField(default=0)
    recorded_at = models.DateTimeField()
    origin = models.CharField(max_length=40, default="", blank=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "channel", "reason", "lead_id"],
                condition=Q(lifted_at=None),
                name="consent_closedaddress_once",
            )
        ]
        indexes = [models.Index(fields=["lead_id"], name="consent_closedaddress_lead")]


class Basis(models.TextChoices):
    """On what a consent rests, the strongest first."""

    WRITTEN = "WRITTEN", "signed"
    EXPRESS = "EXPRESS", "given"
    INQUIRY = "INQUIRY", "implied by a question"
    TRANSACTION = "TRANSACTION", "implied by a deal"


class Consent(models.Model):
    """
    A consent of a lead to be contacted, with all that proves it.

    What was given never changes: a consent is added, and at most revoked once. Like a suppression it is of the record
    that gave it, and is read over all leads of a person.
    """

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="consents")
    channel = models.CharField(max_length=8, choices=[choice for choice in Channel.choices if choice[0] != "ALL"])
    #: Normalised, as in `Identity.value`: it holds for this address alone.
    address = models.CharField(max_length=254)
    basis = models.CharField(max_length=12, choices=Basis)
    #: The text that they saw, whole, with the version that whoever wrote it gave it and its SHA-256 in hex.
    wording = models.TextField(default="", blank=True)
    wording_version = models.CharField(max_length=40, default="", blank=True)
    wording_digest = models.CharField(max_length=64, default="", blank=True)
    #: Whom that text names as the one who will contact them.
    seller = models.CharField(max_length=200, default="", blank=True)
    #: What they said or typed themselves: "START".
    words = models.CharField(max_length=1_000, default="", blank=True)
    #: The form as it was sent: name of each field → value.
    form = models.JSONField(default=dict)
    page = models.CharField(max_length=1_000, default="", blank=True)
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=400, default="", blank=True)
    origin = models.CharField(max_length=40, default="", blank=True)
    obtained_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    #: Through what it was revoked: "text", "email", "web form", "call".
    revoked_by = models.CharField(max_length=40, default="", blank=True)
    #: Their very words.
    revoked_words = models.CharField(max_length=1_000, default="", blank=True)
    #: The event that told it, if one did: taken back, it revokes nothing.
    revoked_event = models.CharField(max_length=160, default="", db_default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "channel", "address", "basis", "obtained_at"], name="consent_consent_once"
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=models.F("obtained_at")),
                name="consent_consent_expires_later",
            ),
        ]


class ListedArea(models.Model):
    """An area code of the National Do Not Call list of which we have a copy."""

    area_code = models.PositiveSmallIntegerField(primary_key=True)
    #: The day on which the copy was drawn from the list.
    drawn_on = models.DateField()
    n_numbers = models.PositiveIntegerField()
    imported_at = models.DateTimeField()


class ListedBlock(models.Model):
    """The listed numbers of one exchange: ten thousand bits. No row where none is listed."""

    #: Area code and exchange: 813555.
    prefix = models.PositiveIntegerField(primary_key=True)
    #: 1,250 bytes; the bit of line number 0000 is the highest of the first.
    bits = models.BinaryField()
