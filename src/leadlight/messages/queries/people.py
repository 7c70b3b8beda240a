"""To whom a message goes, whose a mail is, and in whose name we write."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from leadlight.accounts.models import User
from leadlight.accounts.queries import brokerage
from leadlight.channels.email.base import Address
from leadlight.channels.queries import sender
from leadlight.intake.rules.portal_mail import REPEAT_WITHIN
from leadlight.kit.errors import DomainError
from leadlight.leads.models import Identity, IdentityKind, Lead, Person
from leadlight.leads.queries import visible_to
from leadlight.messages.models import Direction, Message, Purpose, State
from leadlight.messages.queries.unsubscribing import unsubscribe_token
from leadlight.messages.rules.letters import Letterhead
from leadlight.messages.rules.receiving import Ours

#: A server that says so much later that something did not arrive is not believed without our Message-ID.
_REPORTS_WITHIN = timedelta(days=7)


class UnableToFind(DomainError):
    """Nobody, or more than one, is meant."""

    code = "nobody_found"


@dataclass(frozen=True)
class Addressee:
    """Whom we write to: the person, the record of theirs that has the address, and the address."""

    person_id: int
    lead_id: int
    email: str


def addressees(person_ids: Iterable[int]) -> dict[int, Addressee]:
    """Return whom we write to for each person, by their email address; who has none is left out. Two queries."""
    emails = dict(Person.objects.filter(pk__in=list(person_ids)).exclude(email="").values_list("pk", "email"))
    owned = Identity.objects.filter(
        lead__person__in=emails, kind=IdentityKind.EMAIL, value__in=set(emails.values())
    ).order_by("lead__updated_at", "lead_id")
    found: dict[int, Addressee] = {}
    for person_id, lead_id, value in owned.values_list("lead__person_id", "lead_id", "value"):
        if value == emails[person_id]:
            found[person_id] = Addressee(person_id, lead_id, value)
    return found


def latest_incoming(person_id: int) -> Message | None:
    """Return the latest message that a person wrote to us."""
    found = Message.objects.filter(lead__person=person_id, direction=Direction.IN)
    return found.order_by("-created_at", "-pk").first()


def ours(named: Collection[str]) -> dict[str, Ours]:
    """Return our messages of the Message-IDs named, with their leads. One query."""
    found = Message.objects.filter(message_id__in=named, direction=Direction.OUT)
    return {name: (pk, lead_id) for name, pk, lead_id in found.values_list("message_id", "pk", "lead_id")}


def sent_lately(addresses: Iterable[str], *, now: datetime) -> dict[str, Ours]:
    """Return by address the latest message that went there within a week, and its lead. One query."""
    sent = Message.objects.filter(
        address__in=set(addresses),
        direction=Direction.OUT,
        state__in=(State.SENT, State.MAYBE_SENT),
        tried_at__gt=now - _REPORTS_WITHIN,
    )
    return {
        address: (pk, lead_id) for address, pk, lead_id in sent.order_by("pk").values_list("address", "pk", "lead_id")
    }


def asked_before(repeat_keys: Collection[str], *, now: datetime) -> dict[str, datetime]:
    """Return when the same was last asked through a portal, within a day, by `PortalLead.repeat_key`. One query."""
    if not repeat_keys:
        return {}
    lately = Message.objects.filter(purpose=Purpose.INQUIRY, created_at__gt=now - REPEAT_WITHIN).exclude(event_id="")
    found: dict[str, datetime] = {}
    for key, at in lately.order_by("created_at").values_list("key", "created_at"):
        repeat_key = key.split(":")[1]
        if repeat_key in repeat_keys:
            found[repeat_key] = at
    return found


def persons_of(lead_ids: Collection[int]) -> dict[int, int]:
    """Return whose leads are. One query."""
    return dict(Lead.objects.filter(pk__in=lead_ids).values_list("pk", "person_id"))


def leads_by_address(addresses: Iterable[str]) -> dict[str, int]:
    """Return by email address the record that was told of last and has it. One query."""
    known = Identity.objects.filter(
        kind=IdentityKind.EMAIL, value__in=set(addresses), lead__person__merge=None
    ).order_by("lead__updated_at", "lead_id")
    return dict(known.values_list("value", "lead_id"))


def only_person(actor: User, named: str) -> Person:
    """
    Return the one person whom an email address, number or name means, among those whom a user may see.

    Raises:
        UnableToFind: nobody is meant, or more than one.
    """
    visible = visible_to(actor)
    found = list(visible.filter(leads__identities__value__iexact=named).distinct()[:2])
    found = found or list(visible.filter(name__iexact=named)[:2])
    if len(found) == 1:
        return found[0]
    if found:
        raise UnableToFind(f"More than one is called “{named}”: give an email address or a phone number.")
    raise UnableToFind(
        f"Nobody is known by “{named}”: give the email address, number or whole name of somebody here."
    )


def mail_domain() -> str:
    """Return what our Message-IDs end in: the domain that messages come from, or this installation's."""
    own = sender()
    return own.email.rpartition("@")[2] if own else urlsplit(settings.PUBLIC_URL).hostname or "localhost"


def letterhead(message: Message) -> Letterhead:
    """Return under what a message goes out. Two queries."""
    told = brokerage()
    account = sender() or Address(f"office@{mail_domain()}")
    name = message.sender_name or account.name or told.name
    return Letterhead(
        sender=Address(account.email, name),
        brokerage=told.name,
        postal_address=tuple(line.strip() for line in told.postal_address.splitlines() if line.strip()),
        unsubscribe_url=settings.PUBLIC_URL + reverse("messaging:unsubscribe", args=[unsubscribe_token(message.pk)]),
    )
