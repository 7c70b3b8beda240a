"""Kinds by clocks: for each kind its total, three windows, three decays and the hours since the last."""

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from leadlight.events.rules import Group, Kind
from leadlight.signals.rules.batch import DAY, HOUR, Batch
from leadlight.signals.rules.exact import count, on_grid, smallest, total
from leadlight.signals.rules.shapes import Family, Signal, Unit, Verdict

#: Windows are half open: an event exactly as old as the window is outside it.
WINDOWS = {"48h": 48 * HOUR, "7d": 7 * DAY, "30d": 30 * DAY}
HALF_LIVES = {"1d": DAY, "7d": 7 * DAY, "30d": 30 * DAY}
#: A weight halved so often rounds to nothing on the grid that sums are kept on.
HALVINGS_TO_NOTHING = 33

FAMILY = {Group.BEHAVIOUR: Family.BEHAVIOURAL, Group.ENGAGEMENT: Family.ENGAGEMENT}

#: Engagement kinds that tell what we sent, not what they did: denominators, never signals of their own.
OUR_EFFORT = frozenset({"email_delivered", "sms_delivered"})

HOMES = "Homes they viewed"
SITE = "Visits to the website"
SEARCHES = "Searches"
MONEY = "Working out the money"
REQUESTS = "Asking to see or sell a home"
WRITING = "What they wrote"
READING = "Our emails opened and clicked"
ANSWERING = "Answers to us"
REACH = "Whether they can be reached"

GROUP_OF_KIND = {
    "page_view": SITE,
    "site_visit": SITE,
    "registered": SITE,
    "listing_view": HOMES,
    "listing_save": HOMES,
    "listing_share": HOMES,
    "search": SEARCHES,
    "search_save": SEARCHES,
    "calculator_use": MONEY,
    "valuation_request": REQUESTS,
    "showing_request": REQUESTS,
    "open_house_visit": REQUESTS,
    "inquiry": WRITING,
    "form_submit": WRITING,
    "email_opened": READING,
    "email_clicked": READING,
    "email_replied": ANSWERING,
    "sms_replied": ANSWERING,
    "call_answered": ANSWERING,
    "call_received": ANSWERING,
    "email_bounced": REACH,
    "email_complained": REACH,
    "unsubscribed": REACH,
    "opted_out": REACH,
}
OTHER = {Group.BEHAVIOUR: "Other activity", Group.ENGAGEMENT: "Other answers"}

#: Words whose facts fair housing keeps out of scores. A team's own kind that names one never enters a model.
#: Words that also name homes or pages (single family, photo, partner site) are not here.
DENIED = re.compile(
    r"\b(age|aged|birth|birthdate|birthday|sex|gender|marital|married|divorced|spouse|wife|husband|anniversary"
    r"|child|children|kid|kids|familial|pregnan\w*|religio\w*|church|mosque|synagogue|race|racial|ethnic\w*"
    r"|nationality|immigra\w*|citizen\w*|language|disab\w*|handicap\w*|wheelchair|voucher|vouchers|section_8"
    r"|first_name|last_name|surname|zip|school|schools)\b",
    re.IGNORECASE,
)


def denied(*texts: str) -> bool:
    """Return whether a text names a fact that fair housing denies to scoring."""
    return any(DENIED.search(text.replace("_", " ")) or DENIED.search(text) for text in texts)


def clocked(kinds: tuple[Kind, ...]) -> Iterator[Kind]:
    """Yield the kinds that get clocks: what people did and answered, never what we did or how it ended."""
    return (kind for kind in kinds if kind.group in FAMILY and kind.name not in OUR_EFFORT)


def entries(kind: Kind) -> tuple[Signal, ...]:
    """Return the eight entries of one kind, in the order in which `fill` writes them."""
    verdict = Verdict.DENY if denied(kind.name, kind.sentence) else Verdict.ALLOW
    family, group = FAMILY[kind.group], GROUP_OF_KIND.get(kind.name, OTHER[kind.group])
    said = f"{{n}} {{{kind.noun}|{kind.nouns}}}"

    def entry(clock: str, unit: Unit, sentence: str, template: str, zero: str = "", unknown: str = "") -> Signal:
        return Signal(
            name=f"{kind.name}_{clock}",
            family=family,
            unit=unit,
            sentence=sentence,
            group=group,
            template=template,
            zero=zero,
            unknown=unknown,
            verdict=verdict,
            in_model=verdict is not Verdict.DENY,
        )

    none = f"No {kind.noun}"
    spans = {"48h": "48 hours", "7d": "7 days", "30d": "30 days"}
    lives = {"1d": "a day", "7d": "7 days", "30d": "30 days"}
    return (
        entry("total", Unit.COUNT, f"Number of {kind.nouns} so far.", f"{said} so far", f"{none} yet"),
        *(
            entry(
                clock,
                Unit.COUNT,
                f"Number of {kind.nouns} in the last {span}.",
                f"{said} in the last {span}",
                f"{none} in the last {span}",
            )
            for clock, span in spans.items()
        ),
        *(
            entry(
                f"decay_{clock}",
                Unit.DECAYED_COUNT,
                f"Number of {kind.nouns}, each counting half for every {life.removeprefix('a ')} since.",
                f"{said}, each counting half after {life}",
                f"{none} lately" if clock != "30d" else f"{none} yet",
            )
            for clock, life in lives.items()
        ),
        entry(
            "hours_since",
            Unit.HOURS,
            f"Hours since the last {kind.noun}; unknown when there was none.",
            f"Last {kind.noun} {{duration}} ago",
            unknown=f"{none} yet",
        ),
    )


def fill(batch: Batch, kind: Kind, out: NDArray[np.float32]) -> None:
    """Write the eight signals of one kind into `out` (8 by m, zeros), in the order of `entries`."""
    some, m = batch.of(kind.name), batch.m
    if some.row.size == 0:
        out[7] = np.nan
        return
    row, age = some.row, some.age
    out[0] = count(row, m)
    hours = smallest(row, age, m) / HOUR
    hours[np.isinf(hours)] = np.nan
    out[7] = hours
    # From the longest clock to the shortest each step keeps only what the next can still see.
    for place, half_life in ((6, HALF_LIVES["30d"]), (5, HALF_LIVES["7d"]), (4, HALF_LIVES["1d"])):
        near = age < HALVINGS_TO_NOTHING * half_life
        row, age = row[near], age[near]
        out[place] = total(row, on_grid(np.exp2(age / -half_life)), m)
    for place, window in ((3, WINDOWS["30d"]), (2, WINDOWS["7d"]), (1, WINDOWS["48h"])):
        near = age < window
        row, age = row[near], age[near]
        out[place] = count(row, m)
