"""Tables of the people who use Leadlight and of what they did."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower


class Role(models.TextChoices):
    """What a user may do."""

    OWNER = "OWNER", "Owner"
    LEAD_MANAGER = "LEAD_MANAGER", "Lead manager"
    AGENT = "AGENT", "Agent"
    ANALYST = "ANALYST", "Analyst"


class UserManager(BaseUserManager["User"]):
    """Makes users, who sign in by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create and store a user; without a password nobody can sign in as them."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a user by e-mail address, whatever its case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person of the team."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=16, choices=Role, default=Role.AGENT)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    #: E.164; empty when nobody has said. Alerts and the words that agents send go by it.
    mobile = models.CharField(max_length=32, default="", db_default="", blank=True)
    #: When they work, by day (`rules.hours.DAYS`), in the team's zone; empty for the brokerage's hours.
    hours = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), blank=True)
    #: The first and the last day of their vacation; empty for none.
    away_from = models.DateField(null=True, blank=True)
    away_until = models.DateField(null=True, blank=True)
    #: Whether new leads may go to them; agents who only look after the leads they have say no.
    takes_leads = models.BooleanField(default=True, db_default=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_email")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        """Two letters for the disc beside the name."""
        words = (self.name or self.email).split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def sees_everything(self) -> bool:
        """Whether every lead of the brokerage is visible, not only one's own and the unowned."""
        return self.role != Role.AGENT

    @property
    def may_edit(self) -> bool:
        """Whether this user may change leads; analysts only look."""
        return self.role != Role.ANALYST

    @property
    def may_import(self) -> bool:
        """Whether this user may bring in or undo data, and train models."""
        return self.role in {Role.OWNER, Role.LEAD_MANAGER}


class Brokerage(models.Model):
    """
    Who we are to the people we write to: one row, made when the installation is.

    Until it is complete nothing that advertises may be sent: the law wants the sender and a postal address in it.
    """

    #: As it stands under every message: "Bayline Realty".
    name = models.CharField(max_length=120, default="", blank=True)
    #: Street, place and country, in lines.
    postal_address = models.TextField(default="", blank=True)
    phone = models.CharField(max_length=32, default="", blank=True)
    website = models.CharField(max_length=200, default="", blank=True)
    #: When somebody is there, by day (`rules.hours.DAYS`), in the team's zone; empty when nobody has said.
    hours = models.JSONField(default=dict, blank=True)
    #: The privacy notice that forms and first messages point to.
    privacy_url = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="accounts_brokerage_one")]

    def __str__(self) -> str:
        return self.name or "Your brokerage"

    @property
    def missing(self) -> list[str]:
        """Name in plain words what has to be filled in before anything may be advertised."""
        told = {"the name": self.name, "the postal address": self.postal_address.strip(), "your hours": self.hours}
        return [what for what, value in told.items() if not value]


class AuditEntry(models.Model):
    """One decision or deed, kept for ever. `actor` is empty when the system acted by itself."""

    at = models.DateTimeField()
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject", "at"], name="accounts_audit_subject")]


class ApiToken(models.Model):
    """
    A key with which another program speaks to the API.

    Only a digest is kept: a token is shown once, when it is made. It acts for the whole brokerage, within its scopes.
    """

    name = models.CharField(max_length=120)
    #: SHA-256 of the token, in hex. The token is long and random: a slow hash would guard nothing more.
    digest = models.CharField(max_length=64, unique=True)
    #: Words of `rules.tokens.SCOPES`.
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    #: To the minute.
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
