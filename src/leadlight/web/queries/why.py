"""Why we contacted somebody, and all that is held of them: for them to read, and to take along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leadlight.accounts.models import AuditEntry, Brokerage, User
from leadlight.accounts.queries import brokerage
from leadlight.consent.models import Consent, Suppression
from leadlight.consent.queries import by_person
from leadlight.consent.rules import MessageClass
from leadlight.events.models import Event
from leadlight.events.queries import timeline, vocabulary
from leadlight.events.rules import REQUESTS, Group
from leadlight.leads.models import Identity, Lead, Person
from leadlight.leads.queries import gone_into, visible_to
from leadlight.listings.models import SavedSearch
from leadlight.messages.models import Message
from leadlight.messages.queries import ORIGIN, messages_of, messages_to
from leadlight.quality.queries import filled_gaps
from leadlight.quality.rules import gaps
from leadlight.routing.models import Alert, RecordedOutcome, Task, Wait
from leadlight.scoring.models import ScoreStep
from leadlight.scoring.queries import Explanation, explanation
from leadlight.web.queries.lead import Line, line_of
from leadlight.web.rules.decisions import DECIDED

#: Events that the page tells; the file has all.
MOST = 2_000


@dataclass(frozen=True)
class Decision:
    """Something that was decided about somebody."""

    at: datetime
    words: str
    #: Who decided; empty when it was the system.
    by: str


@dataclass(frozen=True)
class Written:
    """A message of ours, sent or not, with what decided about it."""

    message: Message
    #: What kind of message the law takes it for, in plain words.
    kind: str
    #: Each reason against it, and where the rule stands; none when it was allowed.
    reasons: Sequence[tuple[str, str]]
    #: When it would have been allowed; None when that is now or never.
    retry_at: datetime | None


@dataclass(frozen=True)
class Why:
    """What the page says."""

    person: Person
    us: Brokerage
    records: Sequence[Lead]
    asked: Sequence[Line]
    #: Calls, texts and emails that the team or other programs told of; messages of our own stand in `written`.
    contacts: Sequence[Line]
    written: Sequence[Written]
    consents: Sequence[Consent]
    suppressions: Sequence[Suppression]
    decisions: Sequence[Decision]
    explained: Explanation | None
    #: What they did beside asking.
    n_others: int


def why(actor: User, person_id: int) -> Why | None:
    """Return why we contacted a person, as the actor may see them; None when they may not."""
    person = visible_to(actor).select_related("source", "owner").filter(pk=person_id).first()
    if person is None:
        return None
    kinds = {kind.name: kind for kind in vocabulary()}
    events = [event for event in timeline(person_id)[:MOST] if event.retracted_at is None]
    ours = [event for event in events if event.kind in kinds and _is_contact(kinds[event.kind].group, event.kind)]
    asked = [event for event in events if event.kind in REQUESTS or event.kind.endswith("_replied")]
    told = {event.pk for event in (*ours, *asked)}
    others = [event for event in events if event.kind in kinds and kinds[event.kind].group in _THEIRS]
    return Why(
        person=person,
        us=brokerage(),
        records=list(Lead.objects.filter(person=person_id).select_related("source").order_by("contacted_at", "pk")),
        asked=[line_of(event, kinds) for event in asked],
        contacts=[line_of(event, kinds) for event in ours if event.origin != ORIGIN],
        written=[_written(message) for message in messages_to(person_id)],
        consents=list(Consent.objects.filter(lead__person=person_id).order_by("obtained_at", "pk")),
        suppressions=by_person([person_id]).get(person_id, []),
        decisions=_decisions(person_id),
        explained=explanation(person_id),
        n_others=sum(event.pk not in told for event in others),
    )


_THEIRS = (Group.BEHAVIOUR, Group.STATED, Group.ENGAGEMENT)


#: Class of a message → what it is to whoever got it.
_KINDS = {
    MessageClass.REQUESTED_RESPONSE: "answers what you asked",
    MessageClass.TRANSACTIONAL: "about an appointment or a deal",
    MessageClass.MARKETING: "advertises",
    MessageClass.COMPLIANCE: "the law wants it said",
}


def _written(message: Message) -> Written:
    decision = message.decision
    retry_at = decision.get("retry_at")
    return Written(
        message,
        _KINDS[MessageClass(message.message_class)],
        [(reason["words"], _source(reason["citation"])) for reason in decision.get("reasons", ())],
        datetime.fromisoformat(retry_at) if retry_at else None,
    )


def _source(citation: Mapping[str, str]) -> str:
    return f"{citation['source']} ({citation['version']})"


def _is_contact(group: Group, kind: str) -> bool:
    return (group is Group.TOUCH and kind != "note_added") or kind in ("call_answered", "call_received")


def _decisions(person_id: int) -> list[Decision]:
    """Return what was decided, the latest first, by a person or the system; the score's tiers among them."""
    leads = Lead.objects.filter(person=person_id).values_list("pk", flat=True)
    subjects = [f"person:{person_id}", *(f"lead:{pk}" for pk in leads)]
    entries = AuditEntry.objects.filter(subject__in=subjects, action__in=DECIDED).select_related("actor")
    found = [Decision(entry.at, DECIDED[entry.action], str(entry.actor or "")) for entry in entries]
    moves = ScoreStep.objects.filter(person=person_id, is_move=True).order_by("-as_of")[:50]
    found += [Decision(step.as_of, f"The score said: {step.get_tier_display().lower()}", "") for step in moves]
    return sorted(found, key=lambda one: one.at, reverse=True)


#: What a consent is told by; the digest of its wording says nothing more.
_CONSENT = (
    *("channel", "address", "basis", "wording", "wording_version", "seller", "words", "form", "page", "ip"),
    *("user_agent", "obtained_at", "expires_at", "revoked_at", "revoked_by", "revoked_words"),
)
#: Of what the team had to do for them: what and when, and not by whom; that stands with the events.
_TASK = ("kind", "why", "created_at", "due_at", "snoozed_until", "done_at", "outcome")
_WAIT = ("kind", "began_at", "due_at", "claimed_at", "answered_at", "ended_at", "raw_seconds", "open_seconds")
_ALERT = ("channel", "level", "state", "created_at", "handed_at")
_OUTCOME = ("outcome", "at", "undone_at")


def dossier(actor: User, person_id: int) -> dict[str, Any] | None:
    """Return all that is held of a person, as JSON holds it; None when the actor may not see them."""
    person = visible_to(actor).filter(pk=person_id).first()
    if person is None:
        return None
    leads = list(Lead.objects.filter(person=person_id).select_related("source").order_by("pk"))
    named: dict[int, dict[str, list[str]]] = {}
    for identity in Identity.objects.filter(lead__person=person_id).order_by("position", "pk"):
        named.setdefault(identity.lead_id, {}).setdefault(identity.kind.lower(), []).append(identity.value)
    return {
        "person": {"id": person.pk, "name": person.name, "state": person.state, "owner": person.owner_name},
        "merged_into_this": [{"id": gone.pk, "name": gone.name} for gone in gone_into(person_id)],
        "records": [_record(lead, named.get(lead.pk, {})) for lead in leads],
        "events": [
            _event(event) for event in Event.objects.filter(lead__person=person_id).order_by("occurred_at", "pk")
        ],
        "closed_channels": [
            {"channel": one.channel, "reason": one.reason, "evidence": one.evidence, "since": one.recorded_at}
            for one in by_person([person_id]).get(person_id, [])
        ],
        "messages": [_message(message) for message in messages_of(person_id)],
        "consents": list(
            Consent.objects.filter(lead__person=person_id).order_by("obtained_at", "pk").values(*_CONSENT)
        ),
        "tasks": list(Task.objects.filter(lead__person=person_id).order_by("created_at", "pk").values(*_TASK)),
        "waits": list(Wait.objects.filter(lead__person=person_id).order_by("began_at", "pk").values(*_WAIT)),
        "alerts": list(
            Alert.objects.filter(wait__lead__person=person_id).order_by("created_at", "pk").values(*_ALERT)
        ),
        "outcomes": list(
            RecordedOutcome.objects.filter(lead__person=person_id).order_by("at", "pk").values(*_OUTCOME)
        ),
        "saved_searches": list(
            SavedSearch.objects.filter(lead__person=person_id)
            .order_by("saved_at", "pk")
            .values("name", "criteria", "saved_at", "ended_at")
        ),
        "scores": list(
            ScoreStep.objects.filter(person=person_id)
            .order_by("as_of", "pk")
            .values("as_of", "value", "tier", "tier_before", "cause")
        ),
        "filled_in": [gaps.said(gap.name, gap.value, gap.rule) for gap in filled_gaps(person_id)],
        "decisions": [{"at": one.at, "what": one.words, "by": one.by} for one in _decisions(person_id)],
    }


def _record(lead: Lead, named: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    told = ("system", "external_id", "name", "kind", "source_label", "owner_name", "stage", "home", "tags")
    return {
        **{name: getattr(lead, name) for name in told},
        **{name: list(values) for name, values in named.items()},
        "attributes": lead.attributes,
        "first_contact": lead.contacted_at,
        "provenance": lead.provenance,
        "referred_by": lead.referred_by_name,
    }


def _event(event: Event) -> dict[str, Any]:
    told = ("kind", "occurred_at", "known_at", "listing", "area", "value", "duration_seconds", "actor", "props")
    return {**{name: getattr(event, name) for name in told}, "by_machine": event.is_machine}


def _message(message: Message) -> dict[str, Any]:
    told = (
        *("direction", "channel", "message_class", "purpose", "state", "sender_name", "is_automatic", "address"),
        *("subject", "text", "created_at", "tried_at", "finished_at", "outcome", "decision"),
    )
    return {name: getattr(message, name) for name in told}
