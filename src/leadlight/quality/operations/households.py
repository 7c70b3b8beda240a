"""Writes of who lives with whom, as records and people say."""

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from leadlight.accounts.models import User
from leadlight.jobs.operations import enqueue
from leadlight.leads import operations as leads
from leadlight.leads.models import Lead
from leadlight.leads.queries import said_households
from leadlight.leads.rules import settle_households
from leadlight.quality import queries
from leadlight.quality.duplicates.dwelling import find_households as search

#: Leads that are placed at a time.
_BATCH = 500


def find_households() -> int:
    """
    Look for households among all leads, and keep them in place of what was; return how many leads live with others.

    Nobody waits meanwhile. Leads that come while the others are read are placed at the end.
    """
    latest = Lead.objects.aggregate(latest=Max("pk"))["latest"] or 0
    found = _found(None)
    with transaction.atomic():
        leads.hold_households()
        numbers = settle_households(found, said_households())
        leads.keep_households(numbers=numbers)
        new = iter(list(Lead.objects.filter(pk__gt=latest).order_by("pk").values_list("pk", flat=True)))
        while batch := list(islice(new, _BATCH)):
            place_in_households(lead_ids=batch)
    return len(numbers)


@transaction.atomic
def place_in_households(*, lead_ids: Collection[int]) -> None:
    """
    Place leads that are new, or that somebody said something of, in the households of who shares a contact with them.

    Who shares only the home with them is found with all others, by `find_households`. A fixed number of queries.
    """
    if not lead_ids:
        return
    leads.hold_households()
    said = said_households(lead_ids)
    around = queries.near({*lead_ids, *said, *(other for other in said.values() if other is not None)})
    said = said_households(around)
    leads.keep_households(numbers=settle_households(_found(around), said), of=around)


def _found(lead_ids: Collection[int] | None) -> Mapping[int, int]:
    """Return under which number records put leads."""
    table = queries.lead_table(lead_ids)
    if table.is_empty():
        return {}
    ids = table["lead"].to_list()
    places = search(table.drop("lead"), country=settings.COUNTRY)
    return {lead_id: ids[place] for lead_id, place in zip(ids, places, strict=True)}


@transaction.atomic
def say_household(*, person_id: int, with_person: int | None, actor: User, now: datetime) -> None:
    """
    Remember whom a person lives with, None for nobody whom we know; it goes before what records say.

    Raises:
        UnableToSayHousehold: they are one person, or one of them is no longer here.
    """
    lead_ids = leads.say_household(person_id=person_id, with_person=with_person, actor=actor, now=now)
    place_in_households(lead_ids=lead_ids)


@transaction.atomic
def unsay_household(*, person_id: int, actor: User, now: datetime) -> None:
    """Let records say again whom a person lives with."""
    lead_ids = leads.unsay_household(person_id=person_id, actor=actor, now=now)
    if lead_ids:
        place_in_households(lead_ids=lead_ids)
        # Who shares nothing but the home with them is found among all.
        enqueue(name="quality.find_households", payload={}, now=now, key="quality.find_households")
