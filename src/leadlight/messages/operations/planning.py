"""Writes of what is to be said: decided, put into words and planned, or refused with every reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import make_msgid

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.consent.rules import Channel, MessageClass
from leadlight.kit.db import insert_new_rows
from leadlight.messages import queries
from leadlight.messages.models import Direction, Message, Purpose, State, Through
from leadlight.messages.operations.delivering import enqueue_deliveries, fate
from leadlight.messages.queries import Asked, Decision


@dataclass(frozen=True)
class Draft:
    """What is to be said to a lead."""

    lead_id: int
    message_class: MessageClass
    purpose: Purpose
    #: Names it: said once and no more.
    key: str
    subject: str
    text: str
    #: Normalised; one of the lead's own.
    address: str
    sender: User | None = None
    is_automatic: bool = False
    channel: Through = Through.EMAIL
    template: str = ""
    template_version: int | None = None
    #: What its merge fields hold.
    values: Mapping[str, str] = field(default_factory=dict)
    #: The event that it answers.
    event_id: str = ""
    references: tuple[str, ...] = field(default=())
    due_at: datetime | None = None
    stale_at: datetime | None = None


_COLUMNS = (
    "lead", "direction", "channel", "message_class", "purpose", "key", "state", "sender", "sender_name",
    "is_automatic", "address", "subject", "text", "message_id", "references", "template", "template_version",
    "values", "event_id", "decision", "decided_at", "created_at", "due_at", "stale_at", "finished_at", "outcome",
)  # fmt: skip


@transaction.atomic
def prepare(*, drafts: Sequence[Draft], now: datetime) -> dict[str, int]:
    """
    Write down what is to be said, and have it handed over as far as it may be; return the new messages by key.

    What may not be said is written down too, with every reason. What has been planned under its key is left alone.
    A fixed number of queries however many drafts.
    """
    if not drafts:
        return {}
    person_of = queries.persons_of({draft.lead_id for draft in drafts})
    asked = [
        Asked(
            person_of[draft.lead_id], Channel(draft.channel), draft.message_class, draft.purpose, draft.is_automatic
        )
        for draft in drafts
    ]
    decisions, domain = queries.decide_each(asked, now=now), queries.mail_domain()
    rows = [_row(draft, decision, domain, now) for draft, decision in zip(drafts, decisions, strict=True)]
    new = insert_new_rows(Message, _COLUMNS, rows, returning="key")
    planned = Message.objects.filter(key__in=list(new)).values_list("key", "pk", "state", "due_at")
    made: dict[str, int] = {}
    by_moment: dict[datetime | None, list[int]] = {}
    for key, pk, state, due_at in planned:
        made[key] = pk
        if state == State.PLANNED:
            by_moment.setdefault(due_at, []).append(pk)
    for due_at, ids in by_moment.items():
        enqueue_deliveries(ids, now=now, run_at=due_at)
    return made


def _row(draft: Draft, decision: Decision, domain: str, now: datetime) -> tuple[object, ...]:
    state, due_at, finished_at = State.PLANNED, draft.due_at, None
    if not decision.is_allowed:
        state, wait = fate(decision, stale_at=draft.stale_at)
        due_at = max(filter(None, (wait, draft.due_at)), default=None)
        finished_at = now if state == State.REFUSED else None
    return (
        draft.lead_id, Direction.OUT.value, draft.channel.value, draft.message_class.value, draft.purpose.value,
        draft.key, state.value, draft.sender.pk if draft.sender else None, str(draft.sender) if draft.sender else "",
        draft.is_automatic, draft.address, draft.subject[:300], draft.text, make_msgid(domain=domain).strip("<>"),
        list(draft.references), draft.template, draft.template_version, dict(draft.values), draft.event_id,
        decision.as_dict(), now, now, due_at, draft.stale_at, finished_at, decision.words[:300],
    )  # fmt: skip
