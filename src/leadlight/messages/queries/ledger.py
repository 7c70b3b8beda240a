"""Messages as the pages show them; only of leads that the actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet

from leadlight.accounts.models import User
from leadlight.leads.models import Person
from leadlight.leads.queries import visible_to
from leadlight.messages.models import Direction, Message, Pause, State

#: Messages on one page.
PER_PAGE = 50

#: Tab → what stands under it.
TABS: dict[str, tuple[str, Q]] = {
    "all": ("All", Q()),
    "doubtful": ("In doubt", Q(state=State.MAYBE_SENT)),
    "waiting": ("Waiting", Q(state__in=(State.PLANNED, State.SENDING))),
    "refused": ("Not sent", Q(state__in=(State.REFUSED, State.CANCELLED))),
    "failed": ("Failed", Q(state=State.FAILED) | Q(bounced_at__isnull=False)),
}


def messages_for(actor: User) -> QuerySet[Message]:
    """Return the messages of leads that a user may see; what comes from nobody we know, only who sees everything."""
    if actor.sees_everything:
        return Message.objects.all()
    return Message.objects.filter(lead__person__in=visible_to(actor))


@dataclass(frozen=True)
class Sheet:
    """A page of the ledger."""

    messages: Sequence[Message]
    #: The id that the next page begins below; None on the last.
    before: int | None


def outgoing(actor: User, *, tab: str, before: int | None) -> Sheet:
    """Return what went out or was to, the latest first; an unknown tab shows all. One query."""
    _, chosen = TABS.get(tab, TABS["all"])
    found = messages_for(actor).filter(chosen, direction=Direction.OUT).select_related("lead__person")
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: PER_PAGE + 1])
    return Sheet(rows[:PER_PAGE], rows[PER_PAGE - 1].pk if len(rows) > PER_PAGE else None)


def n_doubtful(actor: User) -> int:
    """Return of how many messages nobody knows whether they arrived."""
    return messages_for(actor).filter(state=State.MAYBE_SENT).count()


@dataclass(frozen=True)
class Thread:
    """All that was said between a person and us, as the list of the inbox shows it."""

    person: Person
    latest: Message
    n_unread: int


def threads(actor: User, *, unread_only: bool, before: int | None) -> tuple[list[Thread], int | None]:
    """Return who wrote to us, the latest first, and where the next page begins. Three queries."""
    came = messages_for(actor).filter(direction=Direction.IN, lead__isnull=False)
    by_person = (
        came.order_by()
        .values("lead__person")
        .annotate(latest=Max("pk"), n_unread=Count("pk", filter=Q(state=State.RECEIVED, read_at=None)))
    )
    if unread_only:
        by_person = by_person.filter(n_unread__gt=0)
    if before is not None:
        by_person = by_person.filter(latest__lt=before)
    rows = list(by_person.order_by("-latest")[: PER_PAGE + 1])
    shown = rows[:PER_PAGE]
    latest = Message.objects.in_bulk([row["latest"] for row in shown])
    people = Person.objects.in_bulk([row["lead__person"] for row in shown])
    found = [Thread(people[row["lead__person"]], latest[row["latest"]], row["n_unread"]) for row in shown]
    return found, shown[-1]["latest"] if len(rows) > PER_PAGE else None


def conversation(actor: User, person_id: int) -> tuple[Person, list[Message]] | None:
    """Return a person and the latest two hundred messages with them, the oldest first; None when not to be seen."""
    person = visible_to(actor).filter(pk=person_id).first()
    if person is None:
        return None
    found = Message.objects.filter(lead__person=person_id).select_related("sender").order_by("-created_at", "-pk")
    return person, list(found[:200])[::-1]


def messages_of(person_id: int) -> list[Message]:
    """Return every message to or from a person, the oldest first. One query; whoever asks sees them."""
    return list(Message.objects.filter(lead__person=person_id).order_by("created_at", "pk"))


def messages_to(person_id: int) -> list[Message]:
    """Return every message to a person, sent or not, the oldest first. One query; whoever asks sees them."""
    return [message for message in messages_of(person_id) if message.direction == Direction.OUT]


def unfiled(actor: User) -> list[Message]:
    """Return what came from nobody whom we know and nobody has read; only for who sees everything."""
    if not actor.sees_everything:
        return []
    found = Message.objects.filter(lead=None, direction=Direction.IN, read_at=None)
    return list(found.order_by("-created_at")[:PER_PAGE])


def pauses() -> list[Pause]:
    """Return what is paused now."""
    return list(Pause.objects.filter(ended_at=None).select_related("began_by").order_by("pk"))
