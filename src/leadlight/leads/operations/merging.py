"""Writes of who is one person with whom, and of taking that back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.accounts.operations import Deed, record_audits
from leadlight.jobs.operations import publish
from leadlight.kit.db import allocate_ids, insert_rows, is_postgresql, lock_until_commit, update_rows
from leadlight.kit.errors import DomainError
from leadlight.leads import queries
from leadlight.leads.models import Lead, Merge, MovedLead, Person
from leadlight.leads.operations.persons import refresh_persons, remove_empty
from leadlight.leads.operations.turns import share_leads
from leadlight.leads.rules import Wish, followed, plan_merges


class UnableToMerge(DomainError):
    """They cannot become one person, or a merge cannot be undone."""

    code = "bad_merge"


@dataclass(frozen=True)
class Merged:
    """A merge that was made."""

    merge_id: int
    kept: int
    gone: tuple[int, ...]


@dataclass(frozen=True)
class Parted:
    """Persons that are not one any more."""

    #: Who had them until now.
    kept: int
    #: Who are persons of their own again, as far as anything is left of them.
    back: tuple[int, ...]


@transaction.atomic
def join_persons(*, wishes: Sequence[Wish], actor: User | None, now: datetime) -> list[Merged | str]:
    """
    Make persons one, as far as leads are concerned; return for each wish the merge, or in words why there is none.

    `events.operations.merge_persons` does it with all that follows, and is what to call. A fixed number of queries
    however many wishes.
    """
    take_turn()
    named = {person_id for wish in wishes for person_id in (wish.keep, *wish.gone)}
    here = queries.whom(named)
    planned = plan_merges(wishes, here=here, apart=queries.apart_persons(set(here.values())))
    merges = [wish for wish in planned if isinstance(wish, Wish)]
    if not merges:
        return list(planned)  # type: ignore[arg-type]  # words alone
    merge_ids = allocate_ids(Merge, len(merges))
    into: dict[int, int | None] = {wish.keep: None for wish in merges}
    into |= {gone: wish.keep for wish in merges for gone in wish.gone}
    whose = hold([person for person, kept in into.items() if kept is not None], [*into])
    insert_rows(
        Merge,
        ("id", "kept", "reason", "made_by", "made_at"),
        [
            (merge_id, wish.keep, wish.reason[:200], actor.pk if actor else None, now)
            for merge_id, wish in zip(merge_ids, merges, strict=True)
        ],
    )
    by = [(gone, merge_id) for merge_id, wish in zip(merge_ids, merges, strict=True) for gone in wish.gone]
    update_rows(Person, ("merge",), by)
    # One that was brought here by an earlier merge is known already, and with whom it arrived.
    insert_rows(MovedLead, ("lead", "person"), whose.items(), ignore_conflicts=True)
    update_rows(Lead, ("person",), [(lead, followed(person, into)) for lead, person in whose.items()])
    refresh_persons(person_ids=sorted({followed(wish.keep, into) for wish in merges}))
    done = iter(Merged(merge_id, wish.keep, wish.gone) for merge_id, wish in zip(merge_ids, merges, strict=True))
    found = [next(done) if isinstance(wish, Wish) else wish for wish in planned]
    _tell_merged(found, merges, whose, actor, now)
    return found


def _tell_merged(
    found: Sequence[Merged | str],
    merges: Sequence[Wish],
    whose: Mapping[int, int],
    actor: User | None,
    now: datetime,
) -> None:
    leads: dict[int, list[int]] = {}
    for lead_id, person_id in whose.items():
        leads.setdefault(person_id, []).append(lead_id)
    made = [merge for merge in found if isinstance(merge, Merged)]
    record_audits(
        deeds=[
            Deed(
                "persons.merged",
                f"person:{merge.kept}",
                {
                    "merge": merge.merge_id,
                    "gone": list(merge.gone),
                    "leads": sorted(lead for gone in merge.gone for lead in leads.get(gone, ())),
                    "reason": wish.reason,
                },
            )
            for merge, wish in zip(made, merges, strict=True)
        ],
        now=now,
        actor=actor,
    )
    facts = [{"merge_id": merge.merge_id, "person_ids": [merge.kept, *merge.gone]} for merge in made]
    publish(facts={"leads.persons_merged": facts}, now=now)


def take_turn() -> None:
    """Let nobody else change who is one with whom meanwhile, and no file bring leads."""
    share_leads()
    lock_until_commit("merging")


def hold(person_ids: Sequence[int], all_ids: Sequence[int]) -> dict[int, int]:
    """Return the leads of some persons with whose they are; nobody else writes to these, or scores any of all."""
    leads = Lead.objects.filter(person__in=person_ids).order_by("pk")
    if is_postgresql():
        # Leads first: whoever edits one holds it when it comes to settle its person.
        list(leads.select_for_update(no_key=True).values_list("pk"))
    queries.hold_persons(all_ids)
    # Read anew: one may have come while we waited.
    return dict(leads.values_list("pk", "person_id"))


@transaction.atomic
def part_persons(*, merge_id: int, actor: User | None, now: datetime) -> Parted | None:
    """
    Undo a merge, as far as leads are concerned; None when it is not in force (any more).

    Each lead goes to whoever it belongs to by the merges that stay in force: whom it arrived with, if they are by
    themselves. What arrived with the person kept stays there. `events.operations.undo_merge` does it with all that
    follows, and is what to call.

    Raises:
        UnableToMerge: there is no such merge.
    """
    take_turn()
    kept_id = Merge.objects.filter(pk=merge_id).values_list("kept_id", flat=True).first()
    if kept_id is None:
        raise UnableToMerge("There is no such merge.", code="no_merge")
    gone = sorted(Person.everyone.filter(merge=merge_id).values_list("pk", flat=True))
    if not gone:
        return None
    kept = queries.whom([kept_id])[kept_id]
    held = hold([kept], [kept])
    Person.everyone.filter(pk__in=gone).update(merge=None)
    Merge.objects.filter(pk=merge_id).update(undone_by=actor, undone_at=now)
    arrived = dict(MovedLead.objects.filter(lead__in=held).values_list("lead_id", "person_id"))
    whose = queries.whom(arrived.values())
    moved = {lead: whose[person] for lead, person in arrived.items() if whose[person] != kept}
    update_rows(Lead, ("person",), moved.items())
    MovedLead.objects.filter(lead__in=[lead for lead, person in moved.items() if person == arrived[lead]]).delete()
    remove_empty(person_ids={kept_id, kept, *gone})
    refresh_persons(person_ids=[kept, *gone])
    detail = {"merge": merge_id, "back": gone, "leads": sorted(moved)}
    record_audits(deeds=[Deed("persons.parted", f"person:{kept}", detail)], now=now, actor=actor)
    publish(facts={"leads.persons_parted": [{"merge_id": merge_id, "person_ids": [kept, *gone]}]}, now=now)
    return Parted(kept, tuple(gone))
