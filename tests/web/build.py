"""A small brokerage for page tests: people with events, scores and suppressions, as few lines as it takes."""

from datetime import UTC, datetime, timedelta
from itertools import count

from leadlight.accounts.models import Role, User
from leadlight.events.operations import NewEvent, append, refresh_activity
from leadlight.events.rules import Cause
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Person
from leadlight.leads.operations import ensure_sources, refresh_persons, store_leads
from leadlight.leads.rules import NewLead
from leadlight.scoring.learners.scorer import MODEL
from leadlight.scoring.models import ModelVersion, Score
from leadlight.scoring.queries import Explanation, HotWord, Reason

_numbers = count(1)

EARNED = HotWord(True, "")
CARD = {"serving": MODEL, "verdict": "INSUFFICIENT", "by_time": {"n_hot": 4}, "random": None}


def user(name: str = "Dana Ruiz", role: Role = Role.OWNER) -> User:
    number = next(_numbers)
    return User.objects.create_user(f"user{number}@example.com", "correct horse", name=name, role=role)


def person(
    name: str = "Marisol Ortega",
    *,
    score: float | None = None,
    before: float | None = None,
    reason: str = "Viewed 12 Elm St four times since Tuesday",
    owner: str = "",
    source: str = "Zillow",
    emails: tuple[str, ...] = (),
    phones: tuple[str, ...] = ("+18135550142",),
    events: tuple[tuple[str, timedelta], ...] = (),
    **fields: object,
) -> Person:
    """Store a person with one lead; `events` are (kind, how long ago)."""
    now, number = utc_now(), next(_numbers)
    lead = NewLead(
        system="test",
        external_id=str(number),
        name=name,
        owner_name=owner,
        source_id=ensure_sources(names=[source])[source],
        source_label=source,
        contacted_at=fields.pop("contacted_at", now - timedelta(days=90)),  # type: ignore[arg-type]
        emails=emails or (f"person{number}@example.com",),
        phones=phones,
        **fields,  # type: ignore[arg-type]
    )
    [lead_id] = store_leads(leads=[lead], now=now)
    tell(lead_id, *events)
    found = Person.objects.get(leads=lead_id)
    refresh_persons(person_ids=[found.pk])
    refresh_activity(person_ids=[found.pk])
    if score is not None:
        tier = "HOT" if score > 80 else "WARM" if score >= 50 else "COLD"
        moved = {} if before is None else {"value_before": before, "before_as_of": now, "changed_as_of": now}
        Score.objects.create(
            person=found, value=score, tier=tier, p_target=score / 100, as_of=now, reason=reason, **moved
        )
    found.refresh_from_db()
    return found


def tell(lead_id: int, *events: tuple[str, timedelta], **fields: object) -> None:
    """Append events: (kind, how long ago)."""
    now = utc_now()
    append(
        events=[
            NewEvent(
                event_id=f"test-{next(_numbers)}",
                lead_id=lead_id,
                kind=kind,
                occurred_at=now - ago,
                known_at=now - ago,
                **fields,  # type: ignore[arg-type]
            )
            for kind, ago in events
        ],
        cause=Cause.IMPORT,
        origin="test",
        now=now,
    )


def explanation(score: float = 77.0) -> Explanation:
    """Make up reasons; the version is not stored."""
    return Explanation(
        score=score,
        tier="HOT" if score > 80 else "WARM",
        p_target=0.31,
        chance="31 of 100 leads like this booked an appointment within 60 days (n = 214)",
        base=22.0,
        reasons=(
            Reason("Asked to see 214 Alder Ct", 31.4, "What they did", "showing_request"),
            Reason("Said they want to move within 3 months", 16.2, "What they need", "timeline_stated"),
            Reason("Replied to 2 of the last 3 texts", 12.0, "How they answer", "replies"),
            Reason("Quiet for 9 days", -4.6, "What they did", "quiet"),
        ),
        families={
            "What they did": 26.8,
            "What they need": 16.2,
            "How they answer": 12.0,
            "What your records say": 0.0,
        },
        version=ModelVersion(pk=1, target="appointment_60d", card=CARD, trained_at=datetime(2026, 11, 2, tzinfo=UTC)),
    )
