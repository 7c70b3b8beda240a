"""What must hold when all is quiet again. What was sent says the mail server's journal, and not our ledger."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from leadlight.accounts.models import User
from leadlight.events.models import Event
from leadlight.jobs.models import Job
from leadlight.messages import queries
from leadlight.messages.models import Message, Purpose, State
from tests.servers.mail import Received
from tests.soak.sends.people import ANSWERED, Asker, Manner

_ENDS = {State.SENT, State.FAILED, State.REFUSED, State.CANCELLED, State.MAYBE_SENT}
#: Manner → how it may end, if no worker died of it.
_FATES: dict[Manner, set[State]] = {
    Manner.BUSY: {State.FAILED},
    Manner.DEFERRED: {State.SENT, State.FAILED},
    Manner.GONE: {State.FAILED},
    Manner.FULL: {State.FAILED},
    Manner.BREAKS: {State.FAILED},
    Manner.SILENT: {State.MAYBE_SENT},
    Manner.MUTE: {State.MAYBE_SENT},
    Manner.CLOSED: {State.REFUSED},
}


def is_idle() -> bool:
    """Say whether nothing of messages waits that will ever be done by itself."""
    is_moving = Message.objects.filter(state__in=(State.PLANNED, State.SENDING)).exists()
    return not is_moving and not _work().filter(parked_at=None).exists()


def _work() -> "QuerySet[Job]":
    """Return the work of messages but what recurs."""
    return Job.objects.filter(name__startswith="messages.").exclude(key__startswith="schedule:")


def left_over() -> list[str]:
    """Return the work that still waits, or was given up."""
    return [f"{job.name} {job.payload} is {'given up' if job.parked_at else 'open'}" for job in _work()]


def ledger(asked: Sequence[Asker]) -> list[str]:
    """Whoever may be answered has exactly one row, which has come to an end that is theirs."""
    wrong = []
    rows = list(Message.objects.filter(purpose=Purpose.ACKNOWLEDGMENT))
    n_of = Counter(row.address for row in rows)
    for asker in asked:
        wanted = int(asker.manner is not Manner.MACHINE)
        if n_of[asker.address] != wanted:
            wrong.append(f"{asker.address} has {n_of[asker.address]} answers, and should have {wanted}")
    known = {asker.address: asker for asker in asked}
    wrong += [f"{address} has an answer and never asked" for address in n_of.keys() - known.keys()]
    for row in rows:
        if row.state not in _ENDS:
            wrong.append(f"the answer to {row.address} is still {row.state}")
        fates = _FATES.get(known[row.address].manner, {State.SENT}) if row.address in known else _ENDS
        if row.state not in {*fates, State.MAYBE_SENT}:
            wrong.append(f"the answer to {row.address} is {row.state}: {row.outcome}")
    return wrong


def journal(accepted: Iterable[Received]) -> list[str]:
    """The server took each message and wrote to each address at most once, and the ledger tells of all that it took."""
    taken = list(accepted)
    states = dict(Message.objects.values_list("message_id", "state"))
    wrong = [
        f"{what} was taken {n} times"
        for counted in (Counter(one.message_id for one in taken), Counter(one.recipients[0] for one in taken))
        for what, n in counted.items()
        if n > 1
    ]
    names = {one.message_id for one in taken}
    for name in names:
        if states.get(name) not in {State.SENT, State.MAYBE_SENT}:
            wrong.append(f"{name} was taken, and the ledger says {states.get(name)}")
    missing = {name for name, state in states.items() if state == State.SENT} - names
    wrong += [f"{name} counts as sent, and nobody took it" for name in missing]
    allowed = {manner.value for manner in ANSWERED}
    wrong += [f"{to} was written to" for one in taken for to in one.recipients if to.split("-")[0] not in allowed]
    return wrong


def doubts(died: Sequence[tuple[int, int]], owner: User) -> list[str]:
    """What a worker died of is in doubt for good, with no try after that; and the page lists all that is in doubt."""
    wrong = []
    rows = Message.objects.in_bulk([pk for pk, _ in died])
    for pk, attempt in died:
        row = rows[pk]
        if (row.state, row.attempts) != (State.MAYBE_SENT, attempt):
            wrong.append(f"a worker died of try {attempt} of message {pk}, which is {row.state} after {row.attempts}")
    doubtful = set(Message.objects.filter(state=State.MAYBE_SENT).values_list("pk", flat=True))
    listed: set[int] = set()
    before: int | None = None
    while True:
        sheet = queries.outgoing(owner, tab="doubtful", before=before)
        listed |= {row.pk for row in sheet.messages}
        if (before := sheet.before) is None:
            break
    return wrong + [f"message {pk} is in doubt, or not, and the page says otherwise" for pk in doubtful ^ listed]


def touches() -> list[str]:
    """The event log tells of each message that was sent once, and of no other."""
    sent = {f"message:{pk}" for pk in Message.objects.filter(state=State.SENT).values_list("pk", flat=True)}
    told = Counter(Event.objects.filter(kind="email_sent").values_list("event_id", flat=True))
    wrong = [f"{event_id} is told {n} times" for event_id, n in told.items() if n > 1]
    return wrong + [f"{event_id} is sent, or not, and the log says otherwise" for event_id in sent ^ told.keys()]
