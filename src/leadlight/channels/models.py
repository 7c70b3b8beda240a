"""The team's own mail servers, and the mails that came in."""

from django.db import models
from django.db.models import Q

from leadlight.channels.email.lines import Security

_SECURITY = [(kind.value, kind.value) for kind in Security]


class MailAccount(models.Model):
    """
    How the team's mail leaves and comes in: one row, made when somebody connects a server.

    A part without a host is not connected. Passwords are sealed by `kit.secrets`.
    """

    from_email = models.CharField(max_length=320, default="", blank=True)
    from_name = models.CharField(max_length=120, default="", blank=True)
    #: Whether messages leave this machine.
    is_on = models.BooleanField(default=False)

    smtp_host = models.CharField(max_length=255, default="", blank=True)
    smtp_port = models.PositiveIntegerField(default=465)
    smtp_security = models.CharField(max_length=8, choices=_SECURITY, default=Security.TLS.value)
    smtp_username = models.CharField(max_length=320, default="", blank=True)
    smtp_password = models.TextField(default="", blank=True)
    #: The team has said that mail may go unencrypted to another machine.
    smtp_may_be_plain = models.BooleanField(default=False)

    imap_host = models.CharField(max_length=255, default="", blank=True)
    imap_port = models.PositiveIntegerField(default=993)
    imap_security = models.CharField(max_length=8, choices=_SECURITY, default=Security.TLS.value)
    imap_username = models.CharField(max_length=320, default="", blank=True)
    imap_password = models.TextField(default="", blank=True)
    imap_may_be_plain = models.BooleanField(default=False)
    imap_folder = models.CharField(max_length=255, default="INBOX", blank=True)

    #: Up to where the folder was read: mails by their numbers, which hold while `uid_validity` stays the same.
    uid_validity = models.BigIntegerField(null=True)
    last_uid = models.BigIntegerField(default=0)
    #: What came before is the team's own and is not read.
    reads_since = models.DateTimeField(null=True)
    #: When it was last read without an error.
    read_at = models.DateTimeField(null=True)
    #: Tries in a row that failed, since when, with what, and when the next is due; 0 and empty after any success.
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    latest_error = models.CharField(max_length=500, default="", blank=True)
    next_read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="channels_mail_account_one")]

    @property
    def mailbox(self) -> str:
        """What is read, in one word that tells it from any other: numbers of mails mean nothing beside it."""
        return f"{self.imap_username}@{self.imap_host}/{self.imap_folder}" if self.imap_host else ""


class ReceivedMail(models.Model):
    """One mail as it came in, kept once and never changed; what it says is read from `raw`."""

    #: `MailAccount.mailbox` when it was read.
    mailbox = models.CharField(max_length=900)
    uid_validity = models.BigIntegerField()
    uid = models.BigIntegerField()
    #: Without angle brackets; empty when it has none. Senders choose it: two mails may have the same.
    message_id = models.CharField(max_length=500, default="", blank=True)
    from_email = models.CharField(max_length=400, default="", blank=True)
    subject = models.CharField(max_length=500, default="", blank=True)
    #: When the mailbox took it.
    received_at = models.DateTimeField()
    stored_at = models.DateTimeField()
    #: Compressed by zlib; `queries.raw_mails` gives the bytes.
    raw = models.BinaryField()
    #: Of the bytes as they came.
    sha256 = models.CharField(max_length=64)
    #: Bytes of the whole mail; of one that is larger than is read, or that the server cannot give, `raw` has less.
    size = models.BigIntegerField()
    is_whole = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "uid_validity", "uid"], name="channels_received_mail_once")
        ]
        indexes = [
            models.Index(fields=["message_id"], name="channels_received_mail_id"),
            models.Index(fields=["sha256"], name="channels_received_mail_sha"),
            models.Index(fields=["stored_at"], name="channels_received_mail_stored"),
        ]
