"""The writing that leaves nothing behind: a person and all that is known of them, gone for good."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from leadlight.accounts.models import AuditEntry, User
from leadlight.accounts.operations import record_audit
from leadlight.channels.operations import forget_mails
from leadlight.consent.operations import remember_erased
from leadlight.crm.models import Delivery
from leadlight.events.models import Event, Retraction, Touched
from leadlight.intake.models import LeadChange, RejectedRow
from leadlight.kit.errors import DomainError
from leadlight.leads import operations as leads
from leadlight.leads.models import Identity, Lead
from leadlight.leads.queries import gone_into
from leadlight.messages.models import Message


class UnableToErase(DomainError):
    """A person cannot be erased."""

    code = "nobody"


@dataclass(frozen=True)
class Erased:
    """How much was known of somebody."""

    n_leads: int
    n_events: int
    n_messages: int


@transaction.atomic
def erase_person(*, person_id: int, actor: User, now: datetime) -> Erased:
    """
    Erase a person with every record, event and score, those who went into them by merges among them.

    What stays names nobody: that they were erased, and when; what was done with them, without its details; and, as
    digests, their addresses, so that nobody writes to them when another export brings them. Files that were imported
    stay as they are. It cannot be undone.

    Raises:
        UnableToErase: there is no such person.
    """
    leads.share_leads()
    lead_ids = list(Lead.objects.filter(person=person_id).values_list("pk", flat=True))
    if not lead_ids:
        raise UnableToErase("There is nobody to erase.")
    persons = [person_id, *(person.pk for person in gone_into(person_id))]
    addresses = set(Identity.objects.filter(lead__in=lead_ids).values_list("value", flat=True))
    events = Event.objects.filter(lead__in=lead_ids)
    Retraction.objects.filter(event_id__in=events.values("event_id")).delete()
    # What they wrote before anybody knew whose it is goes too.
    messages = Message.objects.filter(Q(lead__in=lead_ids) | Q(lead=None, address__in=addresses))
    forget_mails(mail_ids=_mails_of(messages, events), addresses=addresses)
    n_messages = messages.delete()[0]
    erased = Erased(len(lead_ids), events.delete()[0], n_messages)
    LeadChange.objects.filter(lead_id__in=lead_ids).delete()
    Delivery.objects.filter(person_id__in=persons).delete()
    Touched.objects.filter(person_id__in=persons).delete()
    Lead.objects.filter(referred_by__in=persons).update(referred_by=None, referred_by_name="")
    _forget_rows(addresses)
    remember_erased(addresses=addresses, now=now)
    subjects = [*(f"person:{pk}" for pk in persons), *(f"lead:{pk}" for pk in lead_ids)]
    AuditEntry.objects.filter(subject__in=subjects).update(detail={})
    leads.delete_leads(lead_ids=lead_ids)
    record_audit(action="person.erased", subject=f"person:{person_id}", now=now, actor=actor, detail=asdict(erased))
    return erased


def _mails_of(messages: QuerySet[Message], events: QuerySet[Event]) -> set[int]:
    """Return the mails that messages and events came by; reports that one did not arrive are events alone."""
    told = events.filter(event_id__startswith="mail:").values_list("event_id", flat=True)
    by_events = {int(number) for number in (name.removeprefix("mail:") for name in told) if number.isdecimal()}
    by_messages = messages.values_list("mail_id", flat=True)
    return by_events | {mail_id for mail_id in by_messages if mail_id is not None}


def _forget_rows(addresses: Collection[str]) -> None:
    """Remove rows of files that could not be read and name one of the addresses."""
    if not addresses:
        return
    named = Q()
    for address in addresses:
        # As files write numbers: the last digits, whatever stands between the first ones.
        named |= Q(cells__icontains=address[-4:] if address.startswith("+") else address)
    wanted = [
        row.pk
        for row in RejectedRow.objects.filter(named).only("cells").iterator()
        if any(_names(str(cell), address) for cell in row.cells for address in addresses)
    ]
    RejectedRow.objects.filter(pk__in=wanted).delete()


def _names(cell: str, address: str) -> bool:
    if address.startswith("+"):
        return address.lstrip("+")[-10:] in "".join(filter(str.isdigit, cell))
    return address in cell.lower()
