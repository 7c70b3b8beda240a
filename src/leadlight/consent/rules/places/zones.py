"""The time zones of each state, and those among which a person may be of whom nothing is known."""

ATLANTIC, EASTERN, CENTRAL, MOUNTAIN = "America/Puerto_Rico", "America/New_York", "America/Chicago", "America/Denver"
#: Mountain time without daylight saving.
ARIZONA = "America/Phoenix"
PACIFIC, ALASKA, ALEUTIAN, HAWAII = "America/Los_Angeles", "America/Anchorage", "America/Adak", "Pacific/Honolulu"
CHAMORRO, SAMOA = "Pacific/Guam", "Pacific/Pago_Pago"

_SPLIT: dict[str, tuple[str, ...]] = {
    "AK": (ALASKA, ALEUTIAN),
    "AZ": (ARIZONA, MOUNTAIN),
    "FL": (EASTERN, CENTRAL),
    "ID": (MOUNTAIN, PACIFIC),
    "IN": (EASTERN, CENTRAL),
    "KS": (CENTRAL, MOUNTAIN),
    "KY": (EASTERN, CENTRAL),
    "MI": (EASTERN, CENTRAL),
    "ND": (CENTRAL, MOUNTAIN),
    "NE": (CENTRAL, MOUNTAIN),
    "NV": (PACIFIC, MOUNTAIN),
    "OR": (PACIFIC, MOUNTAIN),
    "SD": (CENTRAL, MOUNTAIN),
    "TN": (EASTERN, CENTRAL),
    "TX": (CENTRAL, MOUNTAIN),
}

_OF_ONE_ZONE: dict[str, str] = {
    ATLANTIC: "PR VI",
    EASTERN: "CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV",
    CENTRAL: "AL AR IA IL LA MN MO MS OK WI",
    MOUNTAIN: "CO MT NM UT WY",
    PACIFIC: "CA WA",
    HAWAII: "HI",
    CHAMORRO: "GU MP",
    SAMOA: "AS",
}

#: State → every zone that is kept anywhere in it.
STATE_ZONES: dict[str, tuple[str, ...]] = _SPLIT | {
    state: (zone,) for zone, states in _OF_ONE_ZONE.items() for state in states.split()
}

#: Of whom nothing is known, and of numbers that are nowhere. Without the islands beyond Hawaii, whose numbers and
#: postal codes are their own: with them no hour of the day would be left.
ALL_US_ZONES = frozenset({ATLANTIC, EASTERN, CENTRAL, MOUNTAIN, ARIZONA, PACIFIC, ALASKA, ALEUTIAN, HAWAII})

#: What somebody may say of where they are → how people name it, from east to west.
ZONE_CHOICES: dict[str, str] = {
    ATLANTIC: "Atlantic (Puerto Rico)",
    EASTERN: "Eastern (New York)",
    CENTRAL: "Central (Chicago)",
    MOUNTAIN: "Mountain (Denver)",
    ARIZONA: "Arizona (Phoenix)",
    PACIFIC: "Pacific (Los Angeles)",
    ALASKA: "Alaska (Anchorage)",
    ALEUTIAN: "Aleutians (Adak)",
    HAWAII: "Hawaii (Honolulu)",
    SAMOA: "Samoa (Pago Pago)",
    CHAMORRO: "Guam",
}
