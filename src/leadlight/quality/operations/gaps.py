"""Writes of what rules fill in where nobody has said anything."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice

from django.db import transaction

from leadlight.kit.db import insert_rows
from leadlight.leads.models import Lead
from leadlight.quality import queries
from leadlight.quality.models import FilledGap
from leadlight.quality.rules.gaps import fill

#: Leads whose gaps are filled in one transaction.
_BATCH = 2_000


def fill_gaps(*, now: datetime) -> int:
    """
    Fill in what nobody has said, of all leads, by named rules; return how many values stand filled.

    What has been said meanwhile, or no longer follows, is taken back. Six queries a batch of leads.
    """
    city_of = queries.cities()
    lead_ids, n = iter(list(Lead.objects.order_by("pk").values_list("pk", flat=True))), 0
    while batch := list(islice(lead_ids, _BATCH)):
        n += _fill(batch, city_of, now)
    return n


@transaction.atomic
def _fill(lead_ids: Sequence[int], city_of: Mapping[str, str], now: datetime) -> int:
    filled = fill(queries.known_for_gaps(lead_ids, now=now), city_of)
    wanted = {(gap.lead_id, gap.name, gap.value, gap.rule) for gap in filled}
    stored = FilledGap.objects.filter(lead__in=lead_ids).values_list("pk", "lead_id", "name", "value", "rule")
    held = {tuple(row): pk for pk, *row in stored}
    FilledGap.objects.filter(pk__in=[pk for row, pk in held.items() if row not in wanted]).delete()
    new = [(*row, now) for row in sorted(wanted - held.keys())]
    insert_rows(FilledGap, ("lead", "name", "value", "rule", "filled_at"), new)
    return len(wanted)
