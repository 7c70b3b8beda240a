"""The ledger of messages: each is a row before it is sent, and what became of it is the same row after."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from leadlight.leads.models import Lead


class Direction(models.TextChoices):
    """Who speaks."""

    OUT = "OUT", "from us"
    IN = "IN", "from them"


class Through(models.TextChoices):
    """Through what a message goes; calls are no messages."""

    EMAIL = "EMAIL", "email"
    SMS = "SMS", "text"


class State(models.TextChoices):
    """What became of a message."""

    #: Waits for its moment; what may be sent is decided once more when it comes.
    PLANNED = "PLANNED", "Planned"
    #: May not be sent; the decision says why.
    REFUSED = "REFUSED", "Not sent"
    #: Taken back before it was sent: they answered, or somebody of the team stopped it.
    CANCELLED = "CANCELLED", "Stopped"
    #: Being handed over right now. Whoever finds it so after a crash cannot know whether it went out.
    SENDING = "SENDING", "Being sent"
    #: Whoever carries messages has taken it.
    SENT = "SENT", "Sent"
    #: Nobody will get it.
    FAILED = "FAILED", "Failed"
    #: Handed over perhaps: never sent again by itself.
    MAYBE_SENT = "MAYBE_SENT", "Perhaps sent"
    #: Came in.
    RECEIVED = "RECEIVED", "Received"


class Purpose(models.TextChoices):
    """What a message is for."""

    ACKNOWLEDGMENT = "ACKNOWLEDGMENT", "Answers their inquiry at once"
    BY_HAND = "BY_HAND", "Somebody of the team wrote it"
    INQUIRY = "INQUIRY", "They asked through a portal"
    ANSWER = "ANSWER", "What they wrote"
    AUTO_REPLY = "AUTO_REPLY", "Their mailbox answered by itself"


class Message(models.Model):
    """
    A message to or from a lead.

    It belongs to the lead whose address it went to, and so to whoever that lead is a record of: a merge moves it,
    and its undoing moves it back. What comes from nobody whom we know has no lead.
    """

    lead = models.ForeignKey(Lead, null=True, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction)
    channel = models.CharField(max_length=8, choices=Through)
    #: A word of `consent.rules`; empty for what came in.
    message_class = models.CharField(max_length=20, default="", db_default="", blank=True)
    purpose = models.CharField(max_length=16, choices=Purpose)
    #: Names what is to be said once and no more: "ack:<event id>". Whoever plans it again finds it planned.
    key = models.CharField(max_length=220, default="", db_default="", blank=True)
    state = models.CharField(max_length=12, choices=State)
    #: In whose name it goes out; for what came in, nobody.
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    sender_name = models.CharField(max_length=120, default="", db_default="", blank=True)
    #: Nobody of the team pressed a button for it.
    is_automatic = models.BooleanField(default=False, db_default=False)
    #: Theirs, normalised.
    address = models.CharField(max_length=254)
    subject = models.CharField(max_length=300, default="", db_default="", blank=True)
    text = models.TextField(default="", db_default="", blank=True)
    #: By which email programs thread it; without angle brackets. Of what goes out, made with the row.
    message_id = models.CharField(max_length=300, default="", db_default="", blank=True)
    references = models.JSONField(default=list, db_default=models.Value([], models.JSONField()), blank=True)
    #: The template and its version that the words come from; empty for words of somebody's own.
    template = models.CharField(max_length=60, default="", db_default="", blank=True)
    template_version = models.PositiveIntegerField(null=True)
    #: What its merge fields held.
    values = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), blank=True)
    #: The event that it answers or tells of.
    event_id = models.CharField(max_length=200, default="", db_default="", blank=True)
    #: What was decided about it last (`consent.rules`), and when.
    decision = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), blank=True)
    decided_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    #: Not before this moment, and of no use after the other; empty for never stale.
    due_at = models.DateTimeField(null=True)
    stale_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    tried_at = models.DateTimeField(null=True)
    #: When it was taken, came in, or was given up.
    finished_at = models.DateTimeField(null=True)
    #: What came of the latest try, in plain words.
    outcome = models.CharField(max_length=300, default="", db_default="", blank=True)
    #: When it came back, and why.
    bounced_at = models.DateTimeField(null=True)
    vendor = models.CharField(max_length=20, default="", db_default="", blank=True)
    vendor_id = models.CharField(max_length=300, default="", db_default="", blank=True)
    #: When somebody of the team first saw what came in.
    read_at = models.DateTimeField(null=True)
    #: The mail as it came in (`channels.models.ReceivedMail`); no relation, as its bytes may go before these words.
    mail_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="messaging_message_once"),
            models.UniqueConstraint(
                fields=["mail_id"], condition=Q(mail_id__isnull=False), name="messaging_message_of_mail"
            ),
        ]
        indexes = [
            models.Index(fields=["lead", "created_at"], name="messaging_message_of_lead"),
            models.Index(fields=["message_id"], condition=~Q(message_id=""), name="messaging_message_thread"),
            models.Index(
                fields=["state", "due_at"],
                condition=Q(state__in=("PLANNED", "SENDING", "MAYBE_SENT")),
                name="messaging_message_unsettled",
            ),
            models.Index(fields=["-created_at"], name="messaging_message_latest"),
            models.Index(
                fields=["created_at"],
                condition=Q(state="RECEIVED", read_at=None),
                name="messaging_message_unread",
            ),
        ]


class PauseOf(models.TextChoices):
    """What a pause holds back."""

    ALL = "ALL", "all automatic sending"
    EMAIL = "EMAIL", "automatic emails"
    SMS = "SMS", "automatic texts"


class Pause(models.Model):
    """Since when nothing goes out by itself, of all or of one channel; while it lasts."""

    what = models.CharField(max_length=8, choices=PauseOf)
    why = models.CharField(max_length=200, default="", blank=True)
    began_at = models.DateTimeField()
    began_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["what"], condition=Q(ended_at=None), name="messaging_pause_once")
        ]


class Wording(models.Model):
    """The words of a template as the team changed them: the latest version counts; those that ship are version 0."""

    template = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    subject = models.CharField(max_length=300, default="", blank=True)
    text = models.TextField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["template", "version"], name="messaging_wording_version")]
