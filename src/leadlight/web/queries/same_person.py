"""Who a person may be one with, and who went into them by merges: a part of the Lead page."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from leadlight.accounts.models import User
from leadlight.events.models import Event
from leadlight.leads.models import Identity, IdentityKind, Lead, Merge, Person
from leadlight.leads.queries import apart_from, gone_into, visible_to

#: More are a switchboard's, and nobody's choice.
_SHOWN = 8


@dataclass(frozen=True)
class Candidate:
    """Somebody who has an e-mail or phone in common with the person, or of whom somebody said who they are not."""

    person: Person
    #: "email", "phone", "email and phone", or empty.
    agrees: str
    n_records: int
    n_events: int


@dataclass(frozen=True)
class PastMerge:
    """A merge that can be undone."""

    merge: Merge
    gone: tuple[Person, ...]


@dataclass(frozen=True)
class SamePerson:
    """What the page shows and offers of who is who."""

    candidates: tuple[Candidate, ...]
    #: Those of whom somebody said that they are somebody else.
    apart: tuple[Candidate, ...]
    merges: tuple[PastMerge, ...]

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to show."""
        return not (self.candidates or self.apart or self.merges)


def same_person(actor: User, person_id: int, *, emails: Collection[str], phones: Collection[str]) -> SamePerson:
    """
    Return who may be the same person, as the actor may see them, and the merges that can be undone, the latest first.

    Three queries where there is nobody, and three more where there is.
    """
    merges: dict[int, list[Person]] = {}
    found: dict[int, Merge] = {}
    for person in gone_into(person_id):
        assert person.merge is not None
        found[person.merge.pk] = person.merge
        merges.setdefault(person.merge.pk, []).append(person)
    apart = apart_from(person_id)
    candidates = _candidates(actor, person_id, emails, phones, apart)
    return SamePerson(
        candidates=tuple(one for one in candidates if one.person.pk not in apart)[:_SHOWN],
        apart=tuple(one for one in candidates if one.person.pk in apart)[:_SHOWN],
        merges=tuple(PastMerge(merge, tuple(merges[pk])) for pk, merge in found.items()),
    )


def _candidates(
    actor: User, person_id: int, emails: Collection[str], phones: Collection[str], apart: Collection[int]
) -> Sequence[Candidate]:
    shared = Q(kind=IdentityKind.EMAIL, value__in=emails) | Q(kind=IdentityKind.PHONE, value__in=phones)
    others = Identity.objects.filter(shared).exclude(lead__person=person_id).order_by("kind", "lead")
    agrees: dict[int, dict[str, None]] = {}
    for other_id, kind in others.values_list("lead__person_id", "kind")[: _SHOWN * 10]:
        agrees.setdefault(other_id, {})[IdentityKind(kind).label.replace("-", "").lower()] = None
    others_ids = {*agrees, *apart}
    if not others_ids:
        return []
    persons = list(visible_to(actor).select_related("source").filter(pk__in=others_ids).order_by("pk"))
    ids = [person.pk for person in persons]
    n_records = dict(Lead.objects.filter(person__in=ids).values_list("person").annotate(Count("pk")))
    n_events = dict(Event.objects.filter(lead__person__in=ids).values_list("lead__person").annotate(Count("pk")))
    return [
        Candidate(
            person, " and ".join(agrees.get(person.pk, ())), n_records.get(person.pk, 0), n_events.get(person.pk, 0)
        )
        for person in persons
    ]
