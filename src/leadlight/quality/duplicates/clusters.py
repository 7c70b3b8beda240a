"""Which records are one person, from pairs: what may be merged by itself, and what a person is asked about. Pure."""

from collections.abc import Hashable, Iterable
from typing import Any, NamedTuple

from leadlight.kit.groups import Groups

#: Pairs at least this likely may be merged without asking.
AUTOMATIC = 0.985
#: Pairs at least this likely, and less than AUTOMATIC, are put before a person.
REVIEW = 0.3
#: Two records that are less likely than this to be one person never end in one group.
LEAST_WITHIN = 0.5
#: What `agrees` says of two records that say the same of everything.
EVERYTHING = "everything"


class Pair(NamedTuple):
    """Two records and how likely they are one person; `equal` when they say exactly the same."""

    left: Hashable
    right: Hashable
    probability: float
    equal: bool = False


def pairs_of(found: Any) -> list[Pair]:
    """Return the pairs of a data frame as `find_duplicates` gives it, pandas or polars."""
    columns = [list(found[name]) for name in ("left", "right", "probability", "agrees")]
    return [Pair(left, right, p, agrees == EVERYTHING) for left, right, p, agrees in zip(*columns, strict=True)]


def clusters(pairs: Iterable[Pair], threshold: float = AUTOMATIC) -> list[list[Any]]:
    """
    Return the groups of two and more records that are one person, each sorted, in the order of their first records.

    Groups grow from the likeliest pair on, down to `threshold`. Two are joined only if each record of the one is
    likelier than not the same person as each of the other; a pair that is not given is not. So John and Mary, who
    have nothing in common but a record "J. Smith" between them, stay apart. Pairs may come in any order.
    """
    given = sorted(pairs, key=lambda pair: (-pair.probability, pair.left, pair.right))
    first = _one_for_equal(pair for pair in given if pair.equal and pair.probability >= threshold)
    likely: dict[tuple[Any, Any], float] = {}
    for pair in given:
        ends = first.get(pair.left, pair.left), first.get(pair.right, pair.right)
        for key in (ends, ends[::-1]):
            likely.setdefault(key, pair.probability)
    group: dict[Any, list[Any]] = {}
    for (left, right), probability in likely.items():
        if probability < threshold or left == right:
            continue
        one, other = group.setdefault(left, [left]), group.setdefault(right, [right])
        if one is not other and all(likely.get((a, b), 0.0) >= LEAST_WITHIN for a in one for b in other):
            one += other
            for member in other:
                group[member] = one
    for equal, record in first.items():
        if equal != record:
            group.setdefault(record, [record]).append(equal)
    found = {id(members): sorted(members) for members in group.values() if len(members) > 1}
    return sorted(found.values())


def _one_for_equal(pairs: Iterable[Pair]) -> dict[Any, Any]:
    """Return for each record with equal ones the first of them: equality, unlike likeness, is passed on."""
    groups: Groups[Any] = Groups()
    records: dict[Any, None] = {}
    for pair in pairs:
        groups.join(pair.left, pair.right)
        records |= {pair.left: None, pair.right: None}
    return {record: groups.first(record) for record in records}
