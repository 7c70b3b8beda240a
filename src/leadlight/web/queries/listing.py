"""The Leads list: which people, how many, in which order, and all that a row shows, in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from leadlight.accounts.models import User
from leadlight.consent.models import Channel, Suppression
from leadlight.consent.queries import by_person
from leadlight.leads.models import Person, Source, State
from leadlight.leads.queries import visible_to
from leadlight.leads.rules import fold
from leadlight.scoring.models import Score, Tier
from leadlight.scoring.rules.scale import display
from leadlight.scoring.rules.serving import RECENT
from leadlight.web.rules.listing import (
    LABELS,
    NOBODY,
    PAGE_SIZE,
    SavedList,
    Sort,
    Wanted,
    last_page,
    search_terms,
    slice_of,
)
from leadlight.web.rules.live import STORED, Shown, mark
from leadlight.web.rules.next_step import ASKED, FRESH_REQUEST, QUIET, Facts, Step, next_step

NEW = timedelta(days=7)
#: More than so many, and it is quicker to walk an order and look who fits than to gather all who fit.
MANY = 2_000
_TIER_OF = {SavedList.HOT: Tier.HOT, SavedList.WARM: Tier.WARM}
SELLER_KINDS = ("seller", "buyer and seller", "landlord")


@dataclass(frozen=True)
class Chip:
    """A score as people read it."""

    number: int
    tier: str
    #: By how much it moved within a day; 0 shows none.
    change: int
    #: Somebody of the team set the tier by hand.
    is_held: bool = False


@dataclass(frozen=True)
class Row:
    """One person of the list."""

    person: Person
    chip: Chip | None
    why: str
    next: Step
    owner: str
    #: Since when their request waits for an answer; None when none does.
    waiting_since: datetime | None
    #: Says whether an open page still shows this row as it is.
    mark: str


@dataclass(frozen=True)
class Tab:
    """A saved list with how many are in it."""

    saved: SavedList
    label: str
    n: int


@dataclass(frozen=True)
class Counts:
    """How many are in each saved list."""

    by_list: Mapping[SavedList, int]
    #: How many of all have a score.
    scored: int


def people(actor: User, wanted: Wanted, *, now: datetime) -> QuerySet[Person]:
    """Return the people of a saved list, narrowed by search and filters."""
    saved = wanted.saved or SavedList.ALL
    if saved is SavedList.NEEDS:
        return _narrow(_needing(actor, now), wanted)
    return _narrow(visible_to(actor).filter(_belongs(saved, actor, now)), wanted)


def _belongs(saved: SavedList, actor: User, now: datetime) -> Q:
    """Return who is in a saved list, other than "Needs me"."""
    match saved:
        case SavedList.MINE:
            return Q(owner=actor)
        case SavedList.CALL:
            return Q(to_call_since__isnull=False, waiting_since__isnull=False)
        case SavedList.HOT | SavedList.WARM:
            return Q(score__tier=_TIER_OF[saved])
        case SavedList.QUIET:
            return Q(state=State.OPEN, active_at__lte=now - QUIET)
        case SavedList.NEW:
            return Q(first_contact_at__gt=now - NEW)
        case SavedList.SELLERS:
            return Q(kind__in=SELLER_KINDS)
    return Q()


def _needing(actor: User, now: datetime) -> QuerySet[Person]:
    """Return who waits for an answer or is hot and needs the actor."""
    asked = Person.objects.filter(asked_at__gt=now - FRESH_REQUEST).values("pk")
    hot = Score.objects.filter(tier=Tier.HOT).values("person")
    return needing(actor, among=asked.union(hot))


def needing(actor: User, *, among: QuerySet[Any, Any] | Sequence[int]) -> QuerySet[Person]:
    """Return who among some is the actor's or nobody's, and may be contacted somehow."""
    shut = Suppression.objects.filter(lead__person=OuterRef("pk"), channel=Channel.ALL)
    persons = visible_to(actor).filter(Q(owner=actor) | Q(owner=None), pk__in=among)
    return persons.exclude(Exists(shut))


def _narrow(persons: QuerySet[Person], wanted: Wanted) -> QuerySet[Person]:
    for term in search_terms(fold(wanted.q)):
        persons = persons.filter(search_text__contains=term)
    if wanted.source:
        persons = persons.filter(source=None if wanted.source == NOBODY else int(wanted.source))
    if wanted.owner:
        persons = persons.filter(owner_name="" if wanted.owner == NOBODY else wanted.owner)
    if wanted.tier == NOBODY:
        persons = persons.filter(score=None)
    elif wanted.tier:
        persons = persons.filter(score__tier=wanted.tier)
    if wanted.state:
        persons = persons.filter(state=wanted.state)
    return persons


def counts(actor: User, *, now: datetime) -> Counts:
    """
    Count every saved list.

    For who sees everything each count is a walk over one narrow index; for an agent, whose own view narrows every
    list, one pass over the people does it all.
    """
    by_list = {SavedList.NEEDS: _needing(actor, now).count()}
    others = [saved for saved in SavedList if saved is not SavedList.NEEDS]
    if actor.sees_everything:
        for saved in others:
            tier = _TIER_OF.get(saved)
            belong = Score.objects.filter(tier=tier) if tier else Person.objects.filter(_belongs(saved, actor, now))
            by_list[saved] = belong.count()
        return Counts(by_list, Score.objects.count())
    filters = {saved.value: Count("pk", filter=_belongs(saved, actor, now)) for saved in others}
    found = visible_to(actor).aggregate(**filters, scored=Count("score__value"))
    return Counts(by_list | {saved: found[saved.value] for saved in others}, found["scored"])


def tabs(counted: Counts) -> list[Tab]:
    """Return the saved lists with their counts, in order."""
    return [Tab(saved, LABELS[saved], counted.by_list[saved]) for saved in SavedList]


def page_ids(
    persons: QuerySet[Person],
    order: Sort,
    *,
    n: int,
    n_scored: int | None,
    is_everybody: bool,
    start: int,
    now: datetime,
) -> list[int]:
    """
    Return the ids of one page of n people from row `start`.

    Those who have what the order goes by come first, the others after them. Where it is known how many come first
    (`n_scored`, for the order by score), a late page is read from the end, which is nearer. Of `is_everybody` the
    scores alone tell the order.
    """
    first, rest = _parts(persons, order, n, now, is_everybody=is_everybody)
    n_first = n_scored if order is Sort.SCORE else n if order is Sort.NAME else None
    ids = _slice(first, n_first, start, PAGE_SIZE)
    if len(ids) == PAGE_SIZE or rest is None:
        return ids
    if n_first is None:
        n_first = len(ids) if start == 0 else first.count()
    return ids + _slice(rest, n - n_first, max(0, start - n_first), PAGE_SIZE - len(ids))


_Ids: TypeAlias = QuerySet[Any, int]


def _parts(
    persons: QuerySet[Person], order: Sort, n: int, now: datetime, *, is_everybody: bool
) -> tuple[_Ids, _Ids | None]:
    """Return the ids of those who have what the order goes by, in order, and of the others."""
    match order:
        case Sort.SCORE:
            return _by_score(persons, n, is_everybody=is_everybody), _ids(persons.filter(score=None), "-pk")
        case Sort.NAME:
            return _ids(persons, "name_key", "pk"), None
        case Sort.ACTIVE:
            return _ids(persons.filter(active_at__isnull=False), "-active_at", "-pk"), _ids(
                persons.filter(active_at=None), "-pk"
            )
        case Sort.FIRST:
            return _ids(persons.filter(first_contact_at__isnull=False), "-first_contact_at", "-pk"), _ids(
                persons.filter(first_contact_at=None), "-pk"
            )
        case Sort.WAITING:
            since = now - FRESH_REQUEST
            return _ids(persons.filter(asked_at__gt=since), "waiting_since", "pk"), _ids(
                persons.filter(Q(asked_at=None) | Q(asked_at__lte=since)), "-score__value", "-score__person"
            )


def _ids(persons: QuerySet[Person], *order: str) -> _Ids:
    return persons.order_by(*order).values_list("pk", flat=True)


def _by_score(persons: QuerySet[Person], n: int, *, is_everybody: bool) -> _Ids:
    """Order by score; of many people, walk the scores from the highest and look who fits."""
    if n > MANY:
        fits = Exists(persons.filter(pk=OuterRef("person")))
        scores = Score.objects.all() if is_everybody else Score.objects.filter(fits)
        return scores.order_by("-value", "-person").values_list("person_id", flat=True)
    return _ids(persons.filter(score__isnull=False), "-score__value", "-score__person")


def _slice(ids: _Ids, n: int | None, start: int, size: int) -> list[int]:
    if n is None:
        return list(ids[start : start + size])
    part = slice_of(n, start, size)
    if part.limit == 0:
        return []
    if part.backwards:
        return list(ids.reverse()[part.offset : part.offset + part.limit])[::-1]
    return list(ids[part.offset : part.offset + part.limit])


def rows(ids: Sequence[int], *, now: datetime) -> list[Row]:
    """Return what the list shows of people, in the order of `ids`, in two queries."""
    persons = Person.objects.filter(pk__in=ids).select_related("source", "owner", "score").defer("search_text")
    by_id = {person.pk: person for person in persons}
    closed = by_person(ids)
    return [
        row(by_id[pk], frozenset(shut.channel for shut in closed.get(pk, ())), now=now) for pk in ids if pk in by_id
    ]


def row(person: Person, closed: frozenset[str], *, now: datetime) -> Row:
    """Return what a list shows of a person whose source, owner and score are at hand."""
    score: Score | None = getattr(person, "score", None)
    waits = person.asked_at is not None and now - person.asked_at <= FRESH_REQUEST
    facts = Facts(
        state=person.state,
        tier=score.tier if score else "",
        asked_for=person.asked_for,
        asked_at=person.asked_at,
        active_at=person.active_at,
        has_phone=bool(person.phone),
        has_email=bool(person.email),
        closed=closed,
    )
    why = ASKED.get(person.asked_for, "") if waits else ""
    return Row(
        person=person,
        chip=chip(score, now=now) if score else None,
        why=why or (score.reason if score else ""),
        next=next_step(facts, now=now),
        owner=str(person.owner or person.owner_name),
        waiting_since=person.waiting_since if waits else None,
        mark=_mark(person, score, closed),
    )


def _mark(person: Person, score: Score | None, closed: frozenset[str]) -> str:
    stored = [getattr(person, name) for name in STORED]
    before = None if score is None or score.value_before is None else display(score.value_before)
    told: tuple[object, ...] = (None, None, "", False, "")
    if score is not None:
        told = (display(score.value), before, score.tier, score.is_held, score.reason)
    return mark(Shown._make((*stored, *told, tuple(sorted(closed)))))


def chip(score: Score, *, now: datetime) -> Chip:
    """Return a score as people read it."""
    number = display(score.value)
    is_recent = score.changed_as_of is not None and now - score.changed_as_of <= RECENT
    change = number - display(score.value_before) if is_recent and score.value_before is not None else 0
    return Chip(number, score.tier, change, score.is_held)


def sources() -> list[tuple[int, str]]:
    """Return the sources that can be asked for."""
    return list(Source.objects.filter(same_as=None).order_by("name").values_list("id", "name"))


def owners(actor: User) -> list[str]:
    """Return the names of those who own leads that the actor sees."""
    named = visible_to(actor).exclude(owner_name="").order_by("owner_name")
    return list(named.values_list("owner_name", flat=True).distinct())


@dataclass(frozen=True)
class Listed:
    """One page of the list."""

    rows: list[Row]
    #: How many people are on all pages.
    n: int
    page: int


def listed(actor: User, wanted: Wanted, counted: Counts | None, *, now: datetime) -> Listed:
    """Return the page asked for, or the last when it lies beyond; `counted` saves counting again."""
    persons = people(actor, wanted, now=now)
    n = n_scored = None
    if counted is not None and not wanted.is_narrowed:
        n = counted.by_list[wanted.saved or SavedList.ALL]
        n_scored = counted.scored if wanted.saved is SavedList.ALL else None
    if n is None or n <= MANY:
        # A few are gathered once, and only they are sorted: planners guess badly how few a search will find.
        gathered = list(persons.order_by().values_list("pk", flat=True)[: MANY + 1])
        if len(gathered) <= MANY:
            n, persons = len(gathered), Person.objects.filter(pk__in=gathered)
    if n is None:
        n = persons.count()
    page = min(wanted.page, last_page(n))
    ids = page_ids(
        persons,
        wanted.order,
        n=n,
        n_scored=n_scored,
        is_everybody=actor.sees_everything and wanted.saved in (None, SavedList.ALL) and not wanted.is_narrowed,
        start=(page - 1) * PAGE_SIZE,
        now=now,
    )
    return Listed(rows(ids, now=now), n, page)
