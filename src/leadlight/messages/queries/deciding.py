"""What the gate is told of people, and what it answers: the one place that asks it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from leadlight.accounts.queries import brokerage
from leadlight.channels.queries import inbox_is_read
from leadlight.consent.queries import contact_facts
from leadlight.consent.rules import Allowed, Channel, Facts, MessageClass, Refused, Sender, Touch, decide
from leadlight.events.models import Event
from leadlight.leads.queries import housemates
from leadlight.messages.models import Direction, Message, Pause, PauseOf, Purpose, State

#: No cap looks back farther.
_LOOKS_BACK = timedelta(days=31)
#: The log's words for what we do to reach somebody → through what. A call that was answered is one call, and is
#: written down as that alone.
CHANNEL_OF = {
    "email_sent": Channel.EMAIL,
    "sms_sent": Channel.SMS,
    "call_attempted": Channel.CALL,
    "call_answered": Channel.CALL,
    "voicemail_left": Channel.CALL,
}
#: What of these answers somebody: a call that nobody took does not.
_ANSWERING = ("email_sent", "sms_sent", "call_answered")
#: Said even while no mailbox is read: the first answer to an inquiry.
_NEEDS_NO_INBOX = frozenset({Purpose.ACKNOWLEDGMENT})


@dataclass(frozen=True)
class Asked:
    """What is to be decided: may this be said to a person?"""

    person_id: int
    channel: Channel
    message_class: MessageClass
    purpose: Purpose
    is_automatic: bool


@dataclass(frozen=True)
class Decision:
    """What the gate answered, and what it was told."""

    answer: Allowed | Refused
    facts: Facts

    @property
    def is_allowed(self) -> bool:
        """Whether nothing speaks against it."""
        return isinstance(self.answer, Allowed)

    @property
    def until(self) -> datetime | None:
        """Until when it is allowed; None where there are no hours, or when it is not."""
        return self.answer.until if isinstance(self.answer, Allowed) else None

    @property
    def reasons(self) -> tuple[str, ...]:
        """Each reason in plain words; none when it is allowed."""
        return tuple(reason.words for reason in self.answer.reasons) if isinstance(self.answer, Refused) else ()

    @property
    def retry_at(self) -> datetime | None:
        """When it would be allowed if nothing else happened; None when that is now, or never."""
        return self.answer.retry_at if isinstance(self.answer, Refused) else None

    @property
    def words(self) -> str:
        """Every reason, in plain words; empty when it is allowed."""
        return " ".join(self.reasons)

    @property
    def is_only_paused(self) -> bool:
        """Whether nothing but a pause, and what passes by itself, stands in the way."""
        reasons = self.answer.reasons if isinstance(self.answer, Refused) else ()
        lasting = [reason.code for reason in reasons if reason.clears_at is None]
        return bool(lasting) and set(lasting) == {"paused"}

    @property
    def codes(self) -> frozenset[str]:
        """The codes of the reasons."""
        reasons = self.answer.reasons if isinstance(self.answer, Refused) else ()
        return frozenset(reason.code for reason in reasons)

    def as_dict(self) -> dict[str, Any]:
        """Return it as the ledger keeps it, facts and all."""
        return {**self.answer.as_dict(), "facts": self.facts.as_dict()}


def decide_each(asked: Sequence[Asked], *, now: datetime) -> list[Decision]:
    """
    Return what the gate answers to each, in order; a fixed number of queries however many they are.

    It decides for the address that speaks for the person now. What is on its way counts as said.
    """
    if not asked:
        return []
    persons = {one.person_id for one in asked}
    known = contact_facts(sorted(persons), now=now)
    ledger = _Ledger(persons, now)
    is_read, is_complete = inbox_is_read(now=now), not brokerage().missing
    paused = set(Pause.objects.filter(ended_at=None).values_list("what", flat=True))

    def answered(one: Asked) -> Decision:
        # Texts and calls by hand go by the phone of whoever presses the button, where the answers are seen too.
        by_phone = one.channel.is_phone and not one.is_automatic
        may_send = by_phone or (not one.channel.is_phone and (is_read or one.purpose in _NEEDS_NO_INBOX))
        facts = replace(
            known[one.person_id],
            answered_at=ledger.answered_at(one.person_id, by_hand_only=not one.is_automatic),
            touches=ledger.touches(one.person_id),
            household_touches=ledger.household_touches(one.person_id),
            is_profile_complete=is_complete,
            connected=frozenset({one.channel} if may_send else ()),
            is_paused=bool(paused & {PauseOf.ALL, one.channel.value}),
        )
        sender = Sender.AUTOMATED if one.is_automatic else Sender.HAND
        return Decision(decide(facts, one.channel, one.message_class, now, sender=sender), facts)

    return [answered(one) for one in asked]


class _Ledger:
    """What we did to reach some persons and whoever lives with them; three queries."""

    def __init__(self, persons: Collection[int], now: datetime) -> None:
        self._mates = housemates(persons)
        everybody = {*persons, *(mate for mates in self._mates.values() for mate in mates)}
        self._touches: dict[int, list[Touch]] = defaultdict(list)
        self._answered: dict[tuple[int, bool], datetime] = {}
        self._read_messages(everybody, now)
        self._read_events(everybody, now)

    def touches(self, person_id: int) -> tuple[Touch, ...]:
        return _in_order(self._touches[person_id])

    def household_touches(self, person_id: int) -> tuple[Touch, ...]:
        return _in_order(touch for mate in self._mates.get(person_id, ()) for touch in self._touches[mate])

    def answered_at(self, person_id: int, *, by_hand_only: bool) -> datetime | None:
        automatic = (False,) if by_hand_only else (False, True)
        return max(
            (self._answered[key] for way in automatic if (key := (person_id, way)) in self._answered), default=None
        )

    def _read_messages(self, persons: Collection[int], now: datetime) -> None:
        said = Message.objects.filter(
            lead__person__in=persons,
            direction=Direction.OUT,
            state__in=(State.SENDING, State.SENT, State.MAYBE_SENT),
            tried_at__gt=now - _LOOKS_BACK,
        )
        columns = ("lead__person_id", "channel", "message_class", "is_automatic", "tried_at")
        for person_id, channel, message_class, is_automatic, at in said.values_list(*columns):
            self._touches[person_id].append(Touch(at, Channel(channel), MessageClass(message_class), is_automatic))
            if message_class != MessageClass.COMPLIANCE:
                self._note_answer(person_id, is_automatic, at)

    def _read_events(self, persons: Collection[int], now: datetime) -> None:
        told = Event.objects.filter(
            lead__person__in=persons,
            kind__in={*CHANNEL_OF, *_ANSWERING},
            occurred_at__gt=now - _LOOKS_BACK,
            retracted_at=None,
            is_machine=False,
        ).exclude(origin=ORIGIN)
        for person_id, kind, is_automatic, at in told.values_list(
            "lead__person_id", "kind", "is_automatic", "occurred_at"
        ):
            if kind in CHANNEL_OF:
                # Of what others sent nobody knows the class: it counts as what the caps count.
                self._touches[person_id].append(Touch(at, CHANNEL_OF[kind], is_automated=is_automatic))
            if kind in _ANSWERING:
                self._note_answer(person_id, is_automatic, at)

    def _note_answer(self, person_id: int, is_automatic: bool, at: datetime) -> None:
        key = (person_id, is_automatic)
        self._answered[key] = max(at, self._answered.get(key, at))


#: What the event log calls what this room tells it.
ORIGIN = "messages"


def _in_order(touches: Iterable[Touch]) -> tuple[Touch, ...]:
    return tuple(sorted(touches, key=lambda touch: (touch.at, touch.channel)))
