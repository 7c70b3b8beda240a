"""The card of a lead that is to be called, and what a page offers to do with one; a fixed number of queries each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from leadlight.accounts.models import User
from leadlight.accounts.queries import brokerage
from leadlight.consent.queries import by_person
from leadlight.events.queries import timeline, vocabulary
from leadlight.leads.models import Identity, IdentityKind, Person
from leadlight.leads.queries import visible_to
from leadlight.routing.queries import Open, open_with
from leadlight.web.queries.lead import Line, line, stated, told_of
from leadlight.web.queries.listing import Row, row
from leadlight.web.queries.live import history_mark, whole_mark
from leadlight.web.queries.standing import Standing, standing
from leadlight.web.queries.team import heirs
from leadlight.web.reaching import Way, ways
from leadlight.web.rules.card import Home, asked, last_words, looked_at
from leadlight.web.rules.moments import Clock, promise_clock
from leadlight.web.rules.next_step import free_channels
from leadlight.web.rules.opener import Occasion, opener
from leadlight.web.rules.profile import stated_facts

#: So far back somebody looks in the seconds before a call.
_MOST_EVENTS = 200


@dataclass(frozen=True)
class Acts:
    """What a page offers to do with a person."""

    open: Open
    #: What runs while they wait for an answer; None when they do not.
    clock: Clock | None
    #: To whom they may be handed over.
    colleagues: Sequence[User]
    #: Which of them may be a wrong number.
    phones: Sequence[str]
    #: Names the forms of this page: sent twice, an outcome is written down once.
    form: str


def acts(person: Person, found: Open, phones: Sequence[str], *, now: datetime) -> Acts:
    """Return what a page offers to do with somebody whom the reader may change; one query."""
    clock = promise_clock(found.wait.due_at, now=now) if found.wait else None
    return Acts(found, clock, heirs(person.owner_id or 0), phones, uuid4().hex)


@dataclass(frozen=True)
class Card:
    """All that somebody needs in the seconds before they call, but for the score's reasons."""

    row: Row
    acts: Acts
    stated: tuple[tuple[str, str], ...]
    homes: Sequence[Home]
    theirs: Line | None
    ours: Line | None
    opener: str
    ways: Sequence[Way]
    standing: Standing
    #: Says whether an open page still shows all this as it is.
    mark: str


def card(actor: User, person_id: int, *, now: datetime) -> Card | None:
    """Return the card of a person; None when the actor may not see them, or nobody is there."""
    person = visible_to(actor).select_related("source", "owner", "score").filter(pk=person_id).first()
    if person is None:
        return None
    # Before the events are read: what comes in between is then news to the page.
    history, found = history_mark(person_id), open_with(person_id, now=now)
    kinds = {kind.name: kind for kind in vocabulary()}
    events = [told_of(event, kinds) for event in timeline(person_id).filter(retracted_at=None)[:_MOST_EVENTS]]
    suppressions = by_person([person_id]).get(person_id, [])
    closed = frozenset(suppression.channel for suppression in suppressions)
    shown = row(person, closed, now=now)
    last, open_question = last_words(events), asked(events)
    about = Occasion(
        name=person.name,
        agent=str(actor),
        brokerage=brokerage().name,
        kind=open_question.kind if open_question else "",
        listing=open_question.listing if open_question else "",
        text=open_question.text if open_question else "",
    )
    words = opener(about)
    return Card(
        row=shown,
        acts=acts(person, found, _phones(person_id), now=now),
        stated=stated_facts(stated(person_id, kinds.values())),
        homes=looked_at(events, now=now),
        theirs=line(last.theirs, kinds) if last.theirs else None,
        ours=line(last.ours, kinds) if last.ours else None,
        opener=words,
        ways=ways(person, free_channels(closed), words=words),
        standing=standing(person, suppressions, now=now),
        mark=whole_mark(shown.mark, history, found),
    )


def _phones(person_id: int) -> list[str]:
    found = Identity.objects.filter(lead__person=person_id, kind=IdentityKind.PHONE).order_by("position", "id")
    return list(dict.fromkeys(found.values_list("value", flat=True)))
