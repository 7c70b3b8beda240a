"""Who lives under one roof, which is not the same as being one person. Pure."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

from leadlight.kit.groups import Groups

#: An address, e-mail or phone of more surnames than this belongs to a building or an office,
MOST_SURNAMES = 5
#: and so does one of more records that differ than this.
MOST_RECORDS = 50


@dataclass(frozen=True)
class Dweller:
    """What a record says of where somebody lives, in one spelling (`spelling`); "" where it says nothing."""

    surname: str = ""
    number: str = ""
    street: str = ""
    unit: str = ""
    #: Postal code, or the town where there is none.
    place: str = ""
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()


def what_joins(one: Dweller, other: Dweller) -> str:
    """
    Return in plain words what makes two records one household; empty when they are none.

    They are when they share the home and its unit, the home and the surname, a contact and the surname, or a contact
    and the home. A street address alone is a building, a contact alone may be an office's, a surname alone is a name.
    """
    home = _home(one, other)
    surname = bool(one.surname) and one.surname == other.surname
    unit = home and bool(one.unit) and one.unit == other.unit
    contact = "phone" if one.phones & other.phones else "email" if one.emails & other.emails else ""
    shared = [contact, "address and unit" if unit else "address" if home else "", "surname" if surname else ""]
    told = [name for name in shared if name]
    return " and ".join(told) if unit or len(told) > 1 else ""


def _home(one: Dweller, other: Dweller) -> bool:
    """Say whether both name one address; places and units that differ speak against it, missing ones do not."""
    if not (one.number and one.street and one.number == other.number and one.street == other.street):
        return False
    places = not (one.place and other.place) or one.place == other.place
    units = not (one.unit and other.unit) or one.unit == other.unit
    return places and units


def households(dwellers: Sequence[Dweller]) -> list[int]:
    """
    Return for each record the place of the first record of its household; alone, its own place.

    Whoever is of one household with a second record is so with the second's household. What more than
    MOST_SURNAMES surnames or MOST_RECORDS records share joins nobody.
    """
    joined: Groups[int] = Groups()
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for place, dweller in enumerate(dwellers):
        for key in _keys(dweller):
            groups[key].append(place)
    for members in groups.values():
        kinds: dict[Dweller, list[int]] = defaultdict(list)
        for member in members:
            kinds[dwellers[member]].append(member)
        if len({kind.surname for kind in kinds} - {""}) > MOST_SURNAMES or len(kinds) > MOST_RECORDS:
            continue
        for one, other in _close(kinds):
            joined.join(one, other)
    return [joined.first(place) for place in range(len(dwellers))]


def _keys(dweller: Dweller) -> Iterator[Hashable]:
    if dweller.number and dweller.street:
        yield dweller.number, dweller.street
        if dweller.unit:
            yield dweller.number, dweller.street, dweller.unit
    yield from dweller.emails
    yield from dweller.phones


def _close(kinds: Mapping[Dweller, Sequence[int]]) -> Iterator[tuple[int, int]]:
    """Return pairs of one household among records with one thing in common, enough of them to join all that are."""
    for (one, own), (other, others) in combinations_with_replacement(kinds.items(), 2):
        if what_joins(one, other):
            yield from ((own[0], place) for place in others)
