"""
Where somebody may be: every country, state and time zone that any evidence points at.

Each piece of evidence adds candidates and takes none away, so that no evidence can loosen what the law of another
candidate asks. Only what the person says of themselves replaces zones. The home that somebody looks at is no evidence
of where they are.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import available_timezones

import phonenumbers
from phonenumbers import PhoneNumberType
from phonenumbers.timezone import time_zones_for_number

from leadlight.consent.rules.law.states import STATES
from leadlight.consent.rules.places import area_codes, postal
from leadlight.consent.rules.places.zones import ALL_US_ZONES, STATE_ZONES

#: Regions of the numbering plan that are territories of the United States.
_US = frozenset({"US", "PR", "VI", "GU", "AS", "MP"})
#: Who has a number of these states is presumed to live there, whatever they say (Fla. Stat. 501.059; 15 Okla. Stat.
#: 775C.5).
_PRESUMED = frozenset({"FL", "OK"})
_NOWHERE = frozenset({
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.VOIP,
    PhoneNumberType.PERSONAL_NUMBER,
    PhoneNumberType.PAGER,
    PhoneNumberType.UAN,
    PhoneNumberType.VOICEMAIL,
})  # fmt: skip


@dataclass(frozen=True)
class Whereabouts:
    """Where somebody may be."""

    #: ISO 3166, two letters; the territories of the United States are "US".
    countries: frozenset[str]
    #: Keys of `law.states.STATES`.
    states: frozenset[str]
    #: IANA names; never empty.
    zones: frozenset[str]

    def __or__(self, other: "Whereabouts") -> "Whereabouts":
        """Return the candidates of both."""
        return Whereabouts(self.countries | other.countries, self.states | other.states, self.zones | other.zones)


@dataclass(frozen=True)
class Stated:
    """What somebody said of where they are: "I'm in Denver"."""

    zones: frozenset[str]
    #: Empty when they named none.
    states: frozenset[str] = frozenset()


_NOTHING = Whereabouts(frozenset(), frozenset(), frozenset())


def whereabouts(
    *,
    phones: Iterable[str] = (),
    postal_codes: Iterable[str] = (),
    states: Iterable[str] = (),
    countries: Iterable[str] = (),
    browser_zones: Iterable[str] = (),
    stated: Stated | None = None,
) -> Whereabouts:
    """
    Return where somebody may be, from their phones (E.164), postal codes, states and the zones their browser told.

    What is no state, code or zone of ours is passed over. Without any evidence of a zone it is every zone of the
    United States.
    """
    found = _NOTHING
    presumed: frozenset[str] = frozenset()
    for phone in phones:
        own = of_phone(phone)
        found |= own
        presumed |= own.states & _PRESUMED
    in_codes: set[str] = set()
    for code in (code[:5] for code in postal_codes):
        of_code = postal.states_of(code)
        in_codes |= set(of_code)
        found |= _in_us(of_code, postal.zones_of(code))
    for state in (state.upper() for state in states):
        # A postal code of the state knows better where in it they are.
        found |= _in_us([state] if state in STATES else [], () if state in in_codes else STATE_ZONES.get(state, ()))
    seen = frozenset(zone for zone in browser_zones if zone in _known_zones())
    found |= Whereabouts(frozenset(countries), frozenset(), seen)
    zones, in_states = found.zones, found.states
    if stated is not None:
        zones = stated.zones & _known_zones() or zones
        in_states = (stated.states & STATES.keys()) | presumed if stated.states & STATES.keys() else in_states
    return Whereabouts(found.countries, in_states, zones or ALL_US_ZONES)


def _in_us(states: Collection[str], zones: Iterable[str]) -> Whereabouts:
    return Whereabouts(frozenset({"US"} if states else ()), frozenset(states), frozenset(zones))


@lru_cache
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


@lru_cache(maxsize=65_536)
def of_phone(phone: str) -> Whereabouts:
    """
    Return where a number (E.164) may be.

    Numbers that lie nowhere (toll-free and the like), and area codes that are not known, may be anywhere in the
    United States. What is no number says nothing.
    """
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return _NOTHING
    area_code = str(number.national_number)[:3]
    if number.country_code == 1 and area_code in area_codes.STATE_OF:
        return _in_us([area_codes.STATE_OF[area_code]], area_codes.zones_of(area_code))
    region = phonenumbers.region_code_for_number(number)
    if number.country_code == 1 and (region is None or region in _US or phonenumbers.number_type(number) in _NOWHERE):
        return Whereabouts(frozenset({"US"}), frozenset(), ALL_US_ZONES)
    zones = area_codes.CANADA_ACROSS.get(area_code) if number.country_code == 1 else None
    known = zones or tuple(
        zone for zone in time_zones_for_number(number) if zone != phonenumbers.timezone.UNKNOWN_TIMEZONE
    )
    # A country code that belongs to no country: abroad all the same.
    country = region if region is not None and region.isalpha() else "ZZ"
    return Whereabouts(frozenset({country}), frozenset(), frozenset(known) & _known_zones())


_POSTAL_CODE = re.compile(r"\b(\d{5})(?:-\d{4})?\b")
_CANADIAN_CODE = re.compile(r"\b[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d\b", re.I)
_NAMES = {name.lower(): state for state, name in STATES.items()} | {
    "washington dc": "DC",
    "u.s. virgin islands": "VI",
}
_PROVINCES = frozenset({"AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"})
_COUNTRIES = {
    "canada": "CA",
    "mexico": "MX",
    "méxico": "MX",
    "united kingdom": "GB",
    "england": "GB",
    "uk": "GB",
    "germany": "DE",
    "australia": "AU",
    "israel": "IL",
    "india": "IN",
    "china": "CN",
    "brazil": "BR",
    "france": "FR",
}


@dataclass(frozen=True)
class Place:
    """What an address in one line says of where it is."""

    postal_codes: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


def read_place(address: str) -> Place:
    """
    Read postal codes, states and a foreign country from an address as people write it: "12 Elm St, Tampa, FL 33602".

    Parts are parted by commas or lines. A house number is no postal code: it stands at the beginning of its part,
    and something follows.
    """
    codes: dict[str, None] = {}
    states: dict[str, None] = {}
    countries: dict[str, None] = dict.fromkeys(["CA"] if _CANADIAN_CODE.search(address) else [])
    for part in re.split(r"[,\n;]", address):
        words = part.strip()
        for code in _POSTAL_CODE.finditer(words):
            if code.start() > 0 or code.end() == len(words):
                codes[code.group(1)] = None
        bare = _CANADIAN_CODE.sub("", _POSTAL_CODE.sub("", words)).strip(" .")
        last = bare.rsplit(" ", 1)[-1]
        state = _NAMES.get(bare.lower()) or next((word for word in (bare.upper(), last) if word in STATES), None)
        if state is not None:
            states[state] = None
        elif bare.upper() in _PROVINCES or last in _PROVINCES:
            countries["CA"] = None
        elif bare.lower() in _COUNTRIES:
            countries[_COUNTRIES[bare.lower()]] = None
    if "DC" in states and "WA" in states:
        # "Washington, DC" names a town.
        del states["WA"]
    return Place(tuple(codes), tuple(states), tuple(countries))
