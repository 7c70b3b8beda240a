"""Who lives with whom, and why we think so."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count

from leadlight.leads.models import HouseholdMember, Identity, SaidHousehold
from leadlight.leads.queries import apart_persons
from leadlight.leads.rules import fold
from leadlight.quality.duplicates.dwelling import dwellers
from leadlight.quality.duplicates.households import MOST_RECORDS, what_joins
from leadlight.quality.queries.duplicates import lead_table

#: Said of two whom a third record brings together.
BY_WAY_OF_ANOTHER = "both live with a third"
SAID = "somebody said so"


def n_households() -> int:
    """Return how many households there are of two and more people who are called differently."""
    by_number = HouseholdMember.objects.values("household").annotate(n=Count("lead__person__name_key", distinct=True))
    return by_number.filter(n__gt=1).count()


def near(lead_ids: Collection[int]) -> set[int]:
    """
    Return leads with all that share an e-mail or phone with one of them, and the households of these. Four queries.

    What more than MOST_RECORDS leads share is an office's, and names nobody.
    """
    own = Identity.objects.filter(lead__in=lead_ids).values_list("value", flat=True).distinct()
    counted = Identity.objects.filter(value__in=list(own)).values("value").annotate(n=Count("lead", distinct=True))
    few = [value for value, n in counted.order_by().values_list("value", "n") if n <= MOST_RECORDS]
    found = {*lead_ids, *Identity.objects.filter(value__in=few).values_list("lead_id", flat=True)}
    numbers = HouseholdMember.objects.filter(lead__in=found).values("household")
    return found | set(HouseholdMember.objects.filter(household__in=numbers).values_list("lead_id", flat=True))


@dataclass(frozen=True)
class Household:
    """Whom a person lives with."""

    #: Person → what makes them one household, in plain words.
    others: dict[int, str]
    #: What somebody said of it, the latest word; it goes before what records say.
    said: SaidHousehold | None


def household_of(person_id: int) -> Household:
    """
    Return whom a person lives with: two queries, and three more for who lives with somebody.

    Whoever is called the same is rather the same person, here twice, unless somebody said that they are two.
    """
    said = SaidHousehold.objects.select_related("said_by").filter(lead__person=person_id)
    latest = said.order_by("-said_at", "-pk").first()
    numbers = HouseholdMember.objects.filter(lead__person=person_id).values("household")
    members = HouseholdMember.objects.filter(household__in=numbers)
    person_of = dict(members.values_list("lead_id", "lead__person_id"))
    if set(person_of.values()) <= {person_id}:
        return Household({}, latest)
    table = lead_table(person_of)
    tell = dict(zip(table["lead"].to_list(), dwellers(table), strict=True))
    own = [tell[lead_id] for lead_id, who in person_of.items() if who == person_id]
    name_of = dict(zip(table["lead"].to_list(), map(fold, table["name"].to_list()), strict=True))
    own_names = {name_of[lead_id] for lead_id, who in person_of.items() if who == person_id}
    apart = apart_persons({*person_of.values()})
    others: dict[int, str] = {}
    for lead_id, who in person_of.items():
        is_two = tuple(sorted((who, person_id))) in apart or name_of[lead_id] not in own_names
        if who != person_id and is_two:
            why = next(filter(None, (what_joins(one, tell[lead_id]) for one in own)), "")
            others[who] = others.get(who) or (f"same {why}" if why else "")
    # Whom somebody put here need not have anything in common.
    missing = SAID if latest is not None else BY_WAY_OF_ANOTHER
    return Household({who: why or missing for who, why in others.items()}, latest)
