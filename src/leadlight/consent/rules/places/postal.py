"""
Postal codes of the United States: the state of each by its first three figures, and its zones where they tell them.

By the Postal Service's list of three-digit prefixes. A prefix that lies across zones, or of which we are not certain,
gives every zone of its state.
"""

from leadlight.consent.rules.places.zones import (
    ARIZONA,
    CENTRAL,
    EASTERN,
    MOUNTAIN,
    PACIFIC,
    STATE_ZONES,
)

#: State → its prefixes. The forces abroad (090-098, 340, 962-966) are in no state.
_PREFIXES: dict[str, str] = {
    "AK": "995-999",
    "AL": "350-352 354-369",
    "AR": "716-729",
    "AZ": "850-853 855-857 859-860 863-865",
    "CA": "900-908 910-928 930-961",
    "CO": "800-816",
    "CT": "060-069",
    "DC": "200 202-205 569",
    "DE": "197-199",
    "FL": "320-339 341-342 344 346-347 349",
    "GA": "300-319 398-399",
    "HI": "967-968",
    "IA": "500-516 520-528",
    "ID": "832-838",
    "IL": "600-620 622-629",
    "IN": "460-479",
    "KS": "660-662 664-679",
    "KY": "400-418 420-427",
    "LA": "700-701 703-708 710-714",
    "MA": "010-027 055",
    "MD": "206-212 214-219",
    "ME": "039-049",
    "MI": "480-499",
    "MN": "550-551 553-567",
    "MO": "630-631 633-641 644-658",
    "MS": "386-397",
    "MT": "590-599",
    "NC": "270-289",
    "ND": "580-588",
    "NE": "680-681 683-693",
    "NH": "030-038",
    "NJ": "070-089",
    "NM": "870-871 873-884",
    "NV": "889-891 893-895 897-898",
    "NY": "005 100-149",
    "OH": "430-459",
    "OK": "730-731 734-741 743-749",
    "OR": "970-979",
    "PA": "150-196",
    "PR": "006-007 009",
    "RI": "028-029",
    "SC": "290-299",
    "SD": "570-577",
    "TN": "370-385",
    "TX": "733 750-770 772-799 885",
    "UT": "840-847",
    "VA": "201 220-246",
    "VI": "008",
    "VT": "050-054 056-059",
    "WA": "980-986 988-994",
    "WI": "530-532 534-535 537-549",
    "WV": "247-268",
    "WY": "820-831",
}

#: Codes that are not where their prefix is.
_EXCEPTIONS: dict[str, tuple[str, ...]] = {"06390": ("NY",), "96799": ("AS",)}
#: Guam and the Northern Marianas share one prefix; the freely associated states are in it too.
_SHARED: dict[str, tuple[str, ...]] = {"969": ("GU", "MP")}


def _spread(ranges: str) -> list[str]:
    found: list[str] = []
    for part in ranges.split():
        first, _, last = part.partition("-")
        found += [f"{number:03}" for number in range(int(first), int(last or first) + 1)]
    return found


_STATES_BY_PREFIX: dict[str, tuple[str, ...]] = {
    prefix: (state,) for state, ranges in _PREFIXES.items() for prefix in _spread(ranges)
} | _SHARED

#: Prefixes of states with several zones that lie in one for certain.
_CERTAIN: dict[str, str] = {
    prefix: zone
    for zone, ranges in {
        EASTERN: "320-322 326-339 341-342 344 346-347 349 376-379 400 402-418 460-462 466-474 478 480-497",
        CENTRAL: "325 370-372 380-384 420-424 464 477 570-574 580-584 587 660-662 664-676 679-681 683-689 750-797",
        MOUNTAIN: "577 693 799 832-834 836-837 885",
        ARIZONA: "850-853 855-857 863-864",
        PACIFIC: "838 889-891 893-895 897 970-978",
    }.items()
    for prefix in _spread(ranges)
}


def states_of(postal_code: str) -> tuple[str, ...]:
    """Return the states of a five-digit code; none for one that is nowhere."""
    return _EXCEPTIONS.get(postal_code) or _STATES_BY_PREFIX.get(postal_code[:3], ())


def zones_of(postal_code: str) -> tuple[str, ...]:
    """Return every zone in which a five-digit code may lie; none for one that is nowhere."""
    certain = _CERTAIN.get(postal_code[:3])
    if certain is not None:
        return (certain,)
    return tuple(dict.fromkeys(zone for state in states_of(postal_code) for zone in STATE_ZONES[state]))
