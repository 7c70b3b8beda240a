"""Writes of who may be here twice, and of what becomes of them."""

from datetime import datetime

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.events.operations import merge_many, merge_persons
from leadlight.kit.db import insert_rows
from leadlight.leads import operations as leads
from leadlight.leads.models import Lead
from leadlight.leads.operations import Merged
from leadlight.leads.rules import Wish
from leadlight.quality import queries
from leadlight.quality.duplicates.clusters import EVERYTHING, LEAST_WITHIN, REVIEW, Pair, clusters
from leadlight.quality.models import DuplicatePair


def find_duplicates(*, now: datetime) -> int:
    """
    Look for leads of one person among all, and keep what is found in place of what was; return how many pairs.

    Nothing is merged. Minutes for a hundred thousand leads; nothing is locked meanwhile.
    """
    # Only here: DuckDB is nothing that each web process should load.
    from leadlight.quality.duplicates.finding import find_duplicates as search

    found = search(queries.lead_table(), id_column="lead", least_probability=REVIEW)
    columns = ("left", "right", "probability", "p_household", "agrees", "similar", "differs")
    rows = found.select(columns).rows()
    with transaction.atomic():
        DuplicatePair.objects.all().delete()
        here = set(Lead.objects.values_list("pk", flat=True))
        insert_rows(
            DuplicatePair,
            (*columns, "found_at"),
            [
                (left, right, *chances, *(words[:200] for words in said), now)
                for left, right, *chances, said in ((*row[:4], row[4:]) for row in rows)
                if left in here and right in here
            ],
        )
    return len(rows)


def merge_certain(*, actor: User | None, now: datetime) -> int:
    """
    Make one whoever is certainly one person, by what was last found; return how many persons went into another.

    Whoever came first is kept. Each merge can be undone by itself.
    """
    pairs = queries.unsettled_pairs(least=LEAST_WITHIN)
    person = {lead.pk: lead.person_id for pair in pairs for lead in (pair.left, pair.right)}
    told = [Pair(pair.left_id, pair.right_id, pair.probability, pair.agrees == EVERYTHING) for pair in pairs]
    wishes = []
    for group in clusters(told):
        keep, *gone = dict.fromkeys(person[lead_id] for lead_id in group)
        if gone:
            wishes.append(Wish(keep, tuple(gone), "Their records agree"))
    done = merge_many(wishes=wishes, actor=actor, now=now)
    return sum(len(merge.gone) for merge in done if isinstance(merge, Merged))


def settle_pair(*, pair_id: int, is_same: bool, actor: User | None, now: datetime) -> None:
    """
    Say of a pair whether it is one person; nothing happens when that is settled already.

    Raises:
        UnableToMerge: they cannot become one, for a reason that the message gives.
    """
    pair = DuplicatePair.objects.select_related("left", "right").filter(pk=pair_id).first()
    if pair is None or pair.left.person_id == pair.right.person_id:
        return
    persons = [pair.left.person_id, pair.right.person_id]
    if is_same:
        merge_persons(keep=persons[0], gone=persons[1:], reason="Somebody said so", actor=actor, now=now)
    else:
        leads.keep_apart(person_ids=persons, actor=actor, now=now)
