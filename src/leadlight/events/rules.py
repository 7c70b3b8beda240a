"""The vocabulary of what can happen to a lead, and the plain arrays that carry events. Pure; knows no storage."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Group(StrEnum):
    """The five groups of event kinds."""

    BEHAVIOUR = "BEHAVIOUR"
    STATED = "STATED"
    ENGAGEMENT = "ENGAGEMENT"
    TOUCH = "TOUCH"
    OUTCOME = "OUTCOME"


class Cause(StrEnum):
    """How an event or fact came about. Only `LIVE` and `SWEEP` may ever alert, enroll or message."""

    LIVE = "LIVE"
    SWEEP = "SWEEP"
    IMPORT = "IMPORT"
    MODEL_CHANGE = "MODEL_CHANGE"
    MERGE = "MERGE"
    SETTINGS = "SETTINGS"
    #: Something of ours: a touch, an outcome that we wrote down, a correction.
    TEAM = "TEAM"


@dataclass(frozen=True)
class Kind:
    """One word of the vocabulary."""

    name: str
    group: Group
    #: What it means, one sentence.
    sentence: str
    #: How people count it: "listing view", "listing views".
    noun: str
    nouns: str
    #: What `Event.value` means for this kind, with its unit; empty when the kind carries none. A stated area stands
    #: in `Event.area`, a stated property type in `Event.listing`, the length of a call in `Event.duration_seconds`.
    value: str = ""

    def takes(self, value: float | None) -> bool:
        """Say whether an event of this kind can have a value: the quality of a text lies between 0 and 1."""
        return value is None or self.value != QUALITY or 0 <= value <= 1


PRICE = "price in the account's currency"
QUALITY = "quality of the text, 0 to 1"

#: So long without a sign of theirs ends a visit.
VISIT_GAP = timedelta(minutes=30)

#: Outcomes in the order in which a deal ripens. `lost` and `appointment_missed` stand outside the ladder.
LADDER = ("appointment_booked", "appointment_held", "agreement_signed", "offer_made", "under_contract", "closed")

KINDS: tuple[Kind, ...] = (
    Kind("page_view", Group.BEHAVIOUR, "They viewed a page of the website.", "page view", "page views"),
    Kind("site_visit", Group.BEHAVIOUR, "They came to the website.", "website visit", "website visits"),
    Kind("listing_view", Group.BEHAVIOUR, "They viewed a listing.", "listing view", "listing views", PRICE),
    Kind("listing_save", Group.BEHAVIOUR, "They saved a listing.", "saved listing", "saved listings", PRICE),
    Kind("listing_share", Group.BEHAVIOUR, "They shared a listing.", "shared listing", "shared listings", PRICE),
    Kind("search", Group.BEHAVIOUR, "They searched for listings.", "search", "searches", "highest price searched"),
    Kind(
        "search_save",
        Group.BEHAVIOUR,
        "They saved a search.",
        "saved search",
        "saved searches",
        "highest price searched",
    ),
    Kind(
        "calculator_use",
        Group.BEHAVIOUR,
        "They used a mortgage or affordability calculator.",
        "calculator use",
        "calculator uses",
        PRICE,
    ),
    Kind(
        "valuation_request",
        Group.BEHAVIOUR,
        "They asked what a home is worth.",
        "valuation request",
        "valuation requests",
        PRICE,
    ),
    Kind("inquiry", Group.BEHAVIOUR, "They wrote or called with a question.", "inquiry", "inquiries", QUALITY),
    Kind(
        "form_submit",
        Group.BEHAVIOUR,
        "They submitted a form other than an inquiry.",
        "form sent",
        "forms sent",
        QUALITY,
    ),
    Kind(
        "showing_request", Group.BEHAVIOUR, "They asked to see a home.", "showing request", "showing requests", PRICE
    ),
    Kind("open_house_visit", Group.BEHAVIOUR, "They came to an open house.", "open house visit", "open house visits"),
    Kind("registered", Group.BEHAVIOUR, "They registered on the website.", "registration", "registrations"),
    Kind(
        "budget_stated",
        Group.STATED,
        "They said how much they want to spend.",
        "stated budget",
        "stated budgets",
        PRICE,
    ),
    Kind(
        "timeline_stated",
        Group.STATED,
        "They said when they want to move.",
        "stated timeline",
        "stated timelines",
        "days until the move",
    ),
    Kind(
        "financing_stated",
        Group.STATED,
        "They said how they will pay.",
        "stated financing",
        "stated financing",
        "readiness: 0 none, 1 looking, 2 pre-approved, 3 cash",
    ),
    Kind(
        "property_type_stated",
        Group.STATED,
        "They said what kind of home they want.",
        "stated property type",
        "stated property types",
    ),
    Kind(
        "area_stated",
        Group.STATED,
        "They said where they want to live.",
        "stated area",
        "stated areas",
    ),
    Kind(
        "email_delivered", Group.ENGAGEMENT, "An email of ours reached them.", "email delivered", "emails delivered"
    ),
    Kind("email_opened", Group.ENGAGEMENT, "They opened an email.", "email opened", "emails opened"),
    Kind("email_clicked", Group.ENGAGEMENT, "They clicked a link in an email.", "link clicked", "links clicked"),
    Kind("email_replied", Group.ENGAGEMENT, "They replied to an email.", "email reply", "email replies", QUALITY),
    Kind("email_bounced", Group.ENGAGEMENT, "An email to them came back.", "bounced email", "bounced emails"),
    Kind("email_complained", Group.ENGAGEMENT, "They marked an email as spam.", "spam complaint", "spam complaints"),
    Kind("sms_delivered", Group.ENGAGEMENT, "A text of ours reached them.", "text delivered", "texts delivered"),
    Kind("sms_replied", Group.ENGAGEMENT, "They replied to a text.", "text reply", "text replies", QUALITY),
    Kind(
        "call_answered",
        Group.ENGAGEMENT,
        "They answered a call of ours.",
        "call answered",
        "calls answered",
    ),
    Kind(
        "call_received",
        Group.ENGAGEMENT,
        "They called us.",
        "call from them",
        "calls from them",
    ),
    Kind("unsubscribed", Group.ENGAGEMENT, "They unsubscribed from emails.", "unsubscribe", "unsubscribes"),
    Kind("opted_out", Group.ENGAGEMENT, "They asked not to be contacted.", "opt-out", "opt-outs"),
    Kind("email_sent", Group.TOUCH, "We sent them an email.", "email sent", "emails sent"),
    Kind("sms_sent", Group.TOUCH, "We sent them a text.", "text sent", "texts sent"),
    Kind("call_attempted", Group.TOUCH, "We called them.", "call", "calls"),
    Kind("voicemail_left", Group.TOUCH, "We left a voicemail.", "voicemail", "voicemails"),
    Kind("note_added", Group.TOUCH, "Somebody of the team wrote a note.", "note", "notes"),
    Kind("appointment_booked", Group.OUTCOME, "An appointment was booked.", "appointment", "appointments"),
    Kind("appointment_held", Group.OUTCOME, "An appointment took place.", "appointment held", "appointments held"),
    Kind(
        "appointment_missed",
        Group.OUTCOME,
        "They did not come to an appointment.",
        "missed appointment",
        "missed appointments",
    ),
    Kind("agreement_signed", Group.OUTCOME, "They signed an agreement with us.", "agreement", "agreements", PRICE),
    Kind("offer_made", Group.OUTCOME, "An offer was made.", "offer", "offers", PRICE),
    Kind("under_contract", Group.OUTCOME, "A home went under contract.", "contract", "contracts", PRICE),
    Kind("closed", Group.OUTCOME, "A deal closed.", "closing", "closings", PRICE),
    Kind("lost", Group.OUTCOME, "The lead was lost.", "loss", "losses"),
)

KIND_BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True)
class EventArrays:
    """
    Events as a struct of arrays, all of length n, in no particular order.

    Machine opens, scanner clicks and bots are not in here: they are kept in the log but count for nothing.
    Moments are seconds since the epoch, UTC. No events is n = 0.
    """

    #: Row number of the entity (person or lead) that the event belongs to, from 0.
    entity: NDArray[np.int64]
    #: Place in `kinds`.
    kind: NDArray[np.int16]
    occurred_at: NDArray[np.float64]
    #: When it could first be known; what an `as_of` filters on.
    known_at: NDArray[np.float64]
    #: Place in `listings`, -1 for none.
    listing: NDArray[np.int32]
    #: Place in `areas`, -1 for none.
    area: NDArray[np.int32]
    #: As the kind's vocabulary says; NaN for none.
    value: NDArray[np.float64]
    #: Duration; NaN for none.
    seconds: NDArray[np.float64]
    kinds: tuple[Kind, ...] = KINDS
    listings: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    #: Since when each is known to be wrong, infinity for never; None when none is.
    retracted_at: NDArray[np.float64] | None = None
    #: Whether nobody of the team pressed a button for it; None when all were by people, or theirs.
    automatic: NDArray[np.bool_] | None = None


#: What reaches them without any doing of theirs.
PASSIVE = frozenset({"email_delivered", "sms_delivered", "email_bounced"})

#: What is told so long after it happened is history, and moves scores without alerting anybody.
LATE = timedelta(days=1)

_THEIRS = frozenset({Group.BEHAVIOUR, Group.STATED, Group.ENGAGEMENT})


def cause_of(kind: Kind, *, occurred_at: datetime, known_at: datetime) -> Cause:
    """Return how an event told through the API may move its lead: live only by the lead's own doing, told in time."""
    if known_at - occurred_at > LATE:
        return Cause.IMPORT
    return Cause.LIVE if kind.group in _THEIRS and kind.name not in PASSIVE else Cause.TEAM


def is_automatic(props: Mapping[str, Any]) -> bool:
    """Say by what was told with an event whether nobody pressed a button for it: an acknowledgment, for one."""
    return props.get("automatic") is True


#: Kind → the fact that others wait for. Views and the like are no facts: the score is what tells of them.
FACT_OF: dict[str, str] = {
    **dict.fromkeys(("inquiry", "showing_request", "valuation_request"), "events.inquiry_received"),
    **dict.fromkeys(("email_replied", "sms_replied", "call_received"), "events.reply_received"),
    **dict.fromkeys(("unsubscribed", "opted_out", "email_complained"), "events.opted_out"),
    "form_submit": "events.form_submitted",
    **dict.fromkeys(
        ("email_sent", "sms_sent", "call_attempted", "voicemail_left", "call_answered"), "events.touch_recorded"
    ),
    **{kind.name: "events.outcome_recorded" for kind in KINDS if kind.group is Group.OUTCOME},
}

#: What a person asks of us and waits for, the most pressing first.
REQUESTS = ("showing_request", "valuation_request", "inquiry")

#: Requests older than this before the latest one are another story.
REQUEST_MEMORY = timedelta(days=30)

#: What answers a request: any try of a person of ours to reach them, or what can only follow from having spoken.
ANSWERS = frozenset({"email_sent", "sms_sent", "call_attempted", "voicemail_left", "call_answered", *LADDER, "lost"})


@dataclass(frozen=True)
class Waiting:
    """A person whose request nobody has answered."""

    #: The latest request.
    asked_at: datetime
    #: The most pressing kind among those that wait.
    asked_for: str
    #: The first of those that wait.
    since: datetime


def waiting(requests: Iterable[tuple[str, datetime]], answered_at: datetime | None) -> Waiting | None:
    """
    Say what a person waits for: the requests (kind, moment) after our latest answer; None when none is left.

    An answer at the very moment of the request counts: many exports know only the day.
    """
    open_ones = [(kind, at) for kind, at in requests if answered_at is None or at > answered_at]
    if not open_ones:
        return None
    asked_at = max(at for _, at in open_ones)
    recent = [(kind, at) for kind, at in open_ones if asked_at - at < REQUEST_MEMORY]
    return Waiting(
        asked_at=asked_at,
        asked_for=min((kind for kind, _ in recent), key=REQUESTS.index),
        since=min(at for _, at in recent),
    )


@dataclass(frozen=True)
class Activity:
    """What lists show of a person's events."""

    #: The latest thing that the person did.
    active_at: datetime | None
    #: The kinds of outcomes that came.
    outcomes: tuple[str, ...]
    waiting: Waiting | None


def activity(events: EventArrays, n: int) -> list[Activity]:
    """Return what lists show of each of n entities; what is known to be wrong does not count."""
    code_of = {kind.name: code for code, kind in enumerate(events.kinds)}
    counts = np.ones(events.entity.size, bool) if events.retracted_at is None else np.isinf(events.retracted_at)

    by_people = counts if events.automatic is None else counts & ~events.automatic

    def among(kinds: Iterable[str], counts: NDArray[np.bool_] = counts) -> NDArray[np.bool_]:
        chosen = np.zeros(len(events.kinds), dtype=bool)
        chosen[[code_of[name] for name in kinds if name in code_of]] = True
        return np.asarray(chosen[events.kind] & counts, dtype=bool)

    def latest(mask: NDArray[np.bool_]) -> list[datetime | None]:
        at = np.full(n, -np.inf)
        np.maximum.at(at, events.entity[mask], events.occurred_at[mask])
        return [None if np.isneginf(moment) else _moment(moment) for moment in at]

    def gathered(kinds: Iterable[str]) -> dict[int, list[tuple[str, datetime]]]:
        found: dict[int, list[tuple[str, datetime]]] = {}
        for place in np.flatnonzero(among(kinds)):
            told = events.kinds[events.kind[place]].name, _moment(events.occurred_at[place])
            found.setdefault(int(events.entity[place]), []).append(told)
        return found

    own = {kind.name for kind in events.kinds if kind.group in (Group.BEHAVIOUR, Group.ENGAGEMENT)}
    active_at, answered_at = latest(among(own - PASSIVE, by_people)), latest(among(ANSWERS, by_people))
    requests = gathered(REQUESTS)
    outcomes = gathered(kind.name for kind in events.kinds if kind.group is Group.OUTCOME)
    return [
        Activity(
            active_at=active_at[entity],
            outcomes=tuple(dict.fromkeys(kind for kind, _ in outcomes.get(entity, ()))),
            waiting=waiting(requests.get(entity, ()), answered_at[entity]),
        )
        for entity in range(n)
    ]


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)
