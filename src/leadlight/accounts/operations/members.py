"""Writes of the people of the team, and of who the brokerage is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils.crypto import salted_hmac
from email_validator import EmailNotValidError, validate_email

from leadlight.accounts.models import Brokerage, Role, User
from leadlight.accounts.operations.audit import record_audit
from leadlight.accounts.rules.hours import BadHours, read_week
from leadlight.accounts.rules.phones import read_phone
from leadlight.kit.errors import DomainError


class UnableToCreateUser(DomainError):
    """There is already somebody with this e-mail address."""

    code = "user_exists"


@transaction.atomic
def create_user(*, email: str, name: str, role: Role, password: str) -> User:
    """
    Create a user who can sign in.

    Raises:
        UnableToCreateUser: the address is taken, whatever its case.
    """
    if User.objects.filter(email__iexact=email).exists():
        raise UnableToCreateUser(f"Somebody already signs in as {email}.")
    return User.objects.create_user(email, password, name=name, role=role)


class UnableToChangeTeam(DomainError):
    """What was said of somebody of the team, or of the brokerage, cannot be kept."""

    code = "bad_member"


@dataclass(frozen=True)
class Member:
    """What is said of somebody of the team, as it was typed."""

    name: str
    email: str
    role: str = Role.AGENT
    mobile: str = ""
    #: By day (`rules.hours.DAYS`); all empty for the brokerage's hours.
    hours: Mapping[str, str] = field(default_factory=dict)
    away_from: date | None = None
    away_until: date | None = None
    takes_leads: bool = True


@transaction.atomic
def add_member(*, member: Member, actor: User, now: datetime) -> User:
    """
    Add somebody to the team; they cannot sign in before they have chosen a password (`welcome_token`).

    Raises:
        UnableToChangeTeam: something of it cannot be read, somebody signs in with this address already, or it is an
            owner and the actor is none.
    """
    fields = _checked(member, None)
    _only_owners(actor, fields["role"] == Role.OWNER)
    user = User(**fields)
    user.set_unusable_password()
    user.save()
    record_audit(action="member.added", subject=f"user:{user.pk}", now=now, actor=actor, detail={"role": user.role})
    return user


@transaction.atomic
def change_member(*, user_id: int, member: Member, actor: User, now: datetime) -> None:
    """
    Change what is said of somebody of the team.

    Raises:
        UnableToChangeTeam: something of it cannot be read, the address is taken, no owner would be left, or it
            concerns an owner and the actor is none.
    """
    user = User.objects.select_for_update().filter(pk=user_id, is_active=True).first()
    if user is None:
        raise UnableToChangeTeam("They are not of the team any more.")
    fields = _checked(member, user)
    _only_owners(actor, Role.OWNER in (user.role, fields["role"]))
    owners = User.objects.filter(role=Role.OWNER, is_active=True).exclude(pk=user_id)
    if user.role == Role.OWNER and fields["role"] != Role.OWNER and not owners.exists():
        raise UnableToChangeTeam("Make somebody else an owner first: somebody has to be one.")
    changed = {name: value for name, value in fields.items() if getattr(user, name) != value}
    for name, value in changed.items():
        setattr(user, name, value)
    user.save(update_fields=list(changed) or None)
    if changed:
        detail = {"changed": sorted(changed)}
        record_audit(action="member.changed", subject=f"user:{user_id}", now=now, actor=actor, detail=detail)


def _only_owners(actor: User, concerns_owners: bool) -> None:
    if concerns_owners and actor.role != Role.OWNER:
        raise UnableToChangeTeam("Only an owner says who is one, and changes what is said of one.")


def _checked(member: Member, user: User | None) -> dict[str, object]:
    name = " ".join(member.name.split())
    if not name:
        raise UnableToChangeTeam("Give a name.")
    if member.role not in Role:
        raise UnableToChangeTeam("Choose what they may do.")
    try:
        email = validate_email(member.email.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise UnableToChangeTeam(f"“{member.email}” is no email address.") from error
    taken = User.objects.filter(email__iexact=email)
    if (taken.exclude(pk=user.pk) if user else taken).exists():
        raise UnableToChangeTeam(f"Somebody already signs in as {email}.")
    mobile = read_phone(member.mobile, country=settings.COUNTRY) if member.mobile.strip() else ""
    if mobile is None:
        raise UnableToChangeTeam(f"“{member.mobile}” is no phone number.")
    if member.away_from and member.away_until and member.away_until < member.away_from:
        raise UnableToChangeTeam("The vacation ends before it begins.")
    return {
        "name": name[:120],
        "email": email,
        "role": Role(member.role),
        "mobile": mobile,
        "hours": _hours(member.hours),
        "away_from": member.away_from,
        "away_until": member.away_until,
        "takes_leads": member.takes_leads,
    }


def _hours(told: Mapping[str, str]) -> dict[str, str]:
    said = {day: text.strip() for day, text in told.items() if text.strip()}
    try:
        read_week(said)
    except BadHours as error:
        raise UnableToChangeTeam(str(error)) from error
    return said


#: For so long somebody who was added can choose a password.
WELCOME = timedelta(days=7)
_WELCOME_SALT = "leadlight.accounts.welcome"


def welcome_token(user: User) -> str:
    """Return what lets somebody choose a password, for `WELCOME` and once: it is of no use after they have."""
    return signing.dumps([user.pk, _password_mark(user)], salt=_WELCOME_SALT)


def welcomed(token: str) -> User | None:
    """Return whom a token welcomes; None when it has run out, was used, or they are not of the team any more."""
    try:
        user_id, mark = signing.loads(token, salt=_WELCOME_SALT, max_age=WELCOME)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return user if user is not None and _password_mark(user) == mark else None


def _password_mark(user: User) -> str:
    # A token can be read by whoever holds it: nothing of the stored password may stand in it.
    return salted_hmac(_WELCOME_SALT, user.password).hexdigest()[:16]


@transaction.atomic
def choose_password(*, user: User, password: str, now: datetime) -> None:
    """Let somebody sign in with a password of their own choice."""
    user.set_password(password)
    user.save(update_fields=["password"])
    record_audit(action="member.password_chosen", subject=f"user:{user.pk}", now=now, actor=user)


#: What of the brokerage is text of one line.
_LINES = ("name", "phone", "website", "privacy_url")


@transaction.atomic
def describe_brokerage(*, told: Mapping[str, str], hours: Mapping[str, str], actor: User, now: datetime) -> Brokerage:
    """
    Say who we are to the people we write to.

    Raises:
        UnableToChangeTeam: hours cannot be read, or an address of the web is none.
    """
    for name in ("website", "privacy_url"):
        url = told.get(name, "").strip()
        if url and not url.startswith(("http://", "https://")):
            raise UnableToChangeTeam(f"“{url}” is no address of the web. It begins with https://.")
    address = "\n".join(
        filter(None, (" ".join(line.split()) for line in told.get("postal_address", "").splitlines()))
    )
    fields = {name: " ".join(told.get(name, "").split())[:200] for name in _LINES}
    brokerage, _ = Brokerage.objects.update_or_create(
        pk=1,
        defaults={**fields, "name": fields["name"][:120], "postal_address": address[:1_000], "hours": _hours(hours)},
    )
    record_audit(action="brokerage.described", subject="brokerage", now=now, actor=actor)
    return brokerage
