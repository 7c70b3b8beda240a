"""Writes of what is to be said: decided, put into words and planned, or refused with every reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import make_msgid

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.kit.db import insert_new_rows
from leadlight.messages import queries
from leadlight.messages.models import Direction, Message, Purpose, State, Through
from leadlight.messages.operations.delivering import enqueue_deliveries


@dataclass(frozen=True)
class Draft:
    """What is to be said to a lead."""

    lead_id: int
    message_class: str
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
    #: The event that it answers.
    event_id: str = ""
    references: tuple[str, ...] = field(default=())
    due_at: datetime | None = None
    stale_at: datetime | None = None


_COLUMNS = (
    "lead", "direction", "channel", "message_class", "purpose", "key", "state", "sender", "sender_name",
    "is_automatic", "address", "subject", "text", "message_id", "references", "template", "template_version",
    "event_id", "decision", "decided_at", "created_at", "due_at", "stale_at", "finished_at", "outcome",
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
    decisions = queries.decide_drafts(drafts, now=now)
    rows = [_row(draft, decision, now) for draft, decision in zip(drafts, decisions, strict=True)]
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


def _row(draft: Draft, decision: queries.Decision, now: datetime) -> tuple[object, ...]:
    due_at, state, finished_at, outcome = draft.due_at, State.PLANNED, None, ""
    if not decision.is_allowed:
        outcome, wait = decision.words[:300], decision.retry_at
        if wait is not None and (draft.stale_at is None or wait < draft.stale_at):
            due_at = max(filter(None, (wait, draft.due_at)))
        else:
            state, finished_at = State.REFUSED, now
    return (
        draft.lead_id,
        Direction.OUT.value,
        draft.channel.value,
        draft.message_class,
        draft.purpose.value,
        draft.key,
        state.value,
        draft.sender.pk if draft.sender else None,
        str(draft.sender) if draft.sender else "",
        draft.is_automatic,
        draft.address,
        draft.subject[:300],
        draft.text,
        new_message_id(draft.address),
        list(draft.references),
        draft.template,
        draft.template_version,
        draft.event_id,
        decision.as_dict(),
        now,
        now,
        due_at,
        draft.stale_at,
        finished_at,
        outcome,
    )


def new_message_id(_address: str) -> str:
    """Return a Message-ID that nobody can guess, without angle brackets."""
    return make_msgid(domain=queries.mail_domain()).strip("<>")


def values_of(lead: "queries.Addressee") -> Mapping[str, str]:
    """Return what the merge fields of a template hold for a lead."""
    return lead.values
