"""The Lead page: one person with all that is known, in a fixed number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leadlight.accounts.models import User
from leadlight.consent.models import Suppression
from leadlight.consent.queries import by_person
from leadlight.events.models import Event
from leadlight.events.queries import timeline, vocabulary
from leadlight.events.rules import VISIT_GAP, Group, Kind
from leadlight.intake.operations import BY_HAND
from leadlight.leads.models import Identity, IdentityKind, Lead, Provenance
from leadlight.leads.queries import visible_to, whom
from leadlight.quality.queries import filled_gaps
from leadlight.quality.rules import gaps
from leadlight.routing.queries import Open, open_with
from leadlight.web.queries.listing import Row, row
from leadlight.web.queries.live import history_mark, whole_mark
from leadlight.web.queries.standing import Standing, standing
from leadlight.web.rules.profile import stated_facts
from leadlight.web.rules.timeline import VISITS_PER_PAGE, Told, Visit, sentence, visits

#: Events read for one page of the timeline.
MOST_EVENTS = 2_000


@dataclass(frozen=True)
class Record:
    """One lead of the person, as its system gave it."""

    lead: Lead
    came: str
    #: The record as its system knows it.
    known_as: str


@dataclass(frozen=True)
class Referrer:
    """Who sent the person to us."""

    name: str
    #: None when it is nobody whom the actor may see.
    person_id: int | None


@dataclass(frozen=True)
class Line:
    """One line of the timeline."""

    told: Told
    words: str


@dataclass(frozen=True)
class Telling:
    """One visit as the timeline shows it."""

    visit: Visit
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class LeadPage:
    """All that the page shows of a person but the score's reasons."""

    row: Row
    #: The record that a change by hand goes to: the one that speaks.
    edited: Lead
    records: tuple[Record, ...]
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    referrer: Referrer | None
    stated: tuple[tuple[str, str], ...]
    attributes: tuple[tuple[str, str], ...]
    #: What nobody has said and a rule filled in: what it is, the value, where it comes from.
    filled: tuple[tuple[str, str, str], ...]
    standing: Standing
    suppressions: Sequence[Suppression]
    tellings: tuple[Telling, ...]
    #: Where the next page of the timeline begins; None when all is told.
    earlier: datetime | None
    open: Open
    #: Says whether an open page still shows all this as it is.
    mark: str


def lead_page(actor: User, person_id: int, *, before: datetime | None, now: datetime) -> LeadPage | None:
    """
    Return a person as the actor may see them; None when they may not, or nobody is there.

    `before` turns to an older page of the timeline: only what happened earlier is told.
    """
    person = visible_to(actor).select_related("source", "owner", "score").filter(pk=person_id).first()
    if person is None:
        return None
    leads = list(Lead.objects.filter(person=person_id).order_by("-updated_at", "-id"))
    identities = list(Identity.objects.filter(lead__person=person_id).order_by("position", "id"))
    suppressions = by_person([person_id]).get(person_id, [])
    closed = frozenset(suppression.channel for suppression in suppressions)
    kinds = {kind.name: kind for kind in vocabulary()}
    # Before the events are read: what comes in between is then news to the page.
    history, found = history_mark(person_id), open_with(person_id, now=now)
    tellings, earlier = _timeline(person_id, kinds, before)
    shown = row(person, closed, now=now)
    return LeadPage(
        row=shown,
        edited=leads[0],
        records=tuple(Record(lead, _came(lead), _known_as(lead)) for lead in leads),
        emails=_values(identities, IdentityKind.EMAIL),
        phones=_values(identities, IdentityKind.PHONE),
        referrer=_referrer(actor, leads),
        stated=stated_facts(stated(person_id, kinds.values())),
        attributes=_attributes(leads),
        filled=tuple(gaps.said(gap.name, gap.value, gap.rule) for gap in filled_gaps(person_id)),
        standing=standing(person, now=now),
        suppressions=suppressions,
        tellings=tellings,
        earlier=earlier,
        open=found,
        mark=whole_mark(shown.mark, history, found),
    )


def speaking_lead(person_id: int) -> int:
    """Return the record of a person that speaks for them, as `leads.rules.survivor` has it."""
    return Lead.objects.filter(person=person_id).order_by("-updated_at", "-id").values_list("pk", flat=True)[0]


def _values(identities: Iterable[Identity], kind: IdentityKind) -> tuple[str, ...]:
    return tuple(dict.fromkeys(identity.value for identity in identities if identity.kind == kind))


def _came(lead: Lead) -> str:
    return "Nobody said how" if lead.provenance == Provenance.UNKNOWN else lead.get_provenance_display()


def _known_as(lead: Lead) -> str:
    if lead.system == BY_HAND:
        return "Added by hand"
    # Whom their system gave no id we named by what reaches them, which stands on the page already.
    return lead.system if "|" in lead.external_id else f"{lead.system} {lead.external_id}"


def _referrer(actor: User, leads: Sequence[Lead]) -> Referrer | None:
    told = next((lead for lead in leads if lead.referred_by_name), None)
    if told is None:
        return None
    # Whom they were sent by may have gone into another person.
    ids = whom([told.referred_by_id]).values() if told.referred_by_id else ()
    person = visible_to(actor).filter(pk__in=ids).first() if ids else None
    return Referrer(str(person), person.pk) if person else Referrer(told.referred_by_name, None)


def stated(person_id: int, kinds: Iterable[Kind]) -> Iterable[tuple[str, float | None, str, str]]:
    """Return what the person stated, the latest word first."""
    names = [kind.name for kind in kinds if kind.group is Group.STATED]
    events = timeline(person_id).filter(kind__in=names, is_machine=False, retracted_at=None)
    return events.values_list("kind", "value", "listing", "area")[:200]


def _attributes(leads: Sequence[Lead]) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for lead in leads:
        for name, value in lead.attributes.items():
            if value not in (None, "", [], {}):
                found.setdefault(name, _plain(value))
    return tuple(sorted(found.items()))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping) and "value" in value:
        return _plain(value["value"])
    if isinstance(value, float) and value.is_integer():
        return f"{value:,.0f}"
    return str(value)


def _timeline(
    person_id: int, kinds: Mapping[str, Kind], before: datetime | None
) -> tuple[tuple[Telling, ...], datetime | None]:
    events = timeline(person_id).filter(retracted_at=None)
    if before is not None:
        events = events.filter(occurred_at__lt=before)
    # One more than a page may hold tells whether the last visit is whole.
    read = list(events[: MOST_EVENTS + 1])
    found = visits((told_of(event, kinds) for event in read), gap=VISIT_GAP)
    if len(read) > MOST_EVENTS and len(found) > 1:
        found.pop()
        more = True
    else:
        more = len(read) > MOST_EVENTS
    more = more or len(found) > VISITS_PER_PAGE
    found = found[:VISITS_PER_PAGE]
    tellings = tuple(Telling(visit, tuple(line(told, kinds) for told in visit.events)) for visit in found)
    return tellings, found[-1].began_at if more else None


def line_of(event: Event, kinds: Mapping[str, Kind]) -> Line:
    """Return how the timeline tells one event, given the vocabulary by name."""
    return line(told_of(event, kinds), kinds)


def line(told: Told, kinds: Mapping[str, Kind]) -> Line:
    """Return how the timeline tells something, given the vocabulary by name."""
    return Line(told, sentence(told, _sentence(told.kind, kinds)))


def _sentence(kind: str, kinds: Mapping[str, Kind]) -> str:
    return kinds[kind].sentence if kind in kinds else kind.replace("_", " ")


def told_of(event: Event, kinds: Mapping[str, Kind]) -> Told:
    """Return an event as it is told, given the vocabulary by name."""
    words = [event.props.get(name) for name in ("subject", "text")]
    return Told(
        occurred_at=event.occurred_at,
        kind=event.kind,
        count=1,
        listing=event.listing,
        area=event.area,
        actor=event.actor,
        text="\n".join(word for word in words if isinstance(word, str) and word.strip()),
        seconds=event.duration_seconds,
        value=event.value,
        is_machine=event.is_machine,
        is_ours=event.kind in kinds and kinds[event.kind].group is Group.TOUCH,
        is_automatic=event.is_automatic,
    )
