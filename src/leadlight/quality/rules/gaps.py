"""What may be filled in where nobody has said it, each by a rule with a name. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from statistics import median

import phonenumbers

#: Rule → how a page says where the value comes from.
RULES = {
    "phone_country": "from the phone number",
    "postcode_city": "from the postcode, as your other leads write it",
    "viewed_budget": "the middle price of the homes viewed; never stated",
}

#: Leads that must name a city for a postcode, and how many of 100 of them must agree.
_ENOUGH, _AGREE = 3, 90
#: Homes that must have been viewed for a budget.
_HOMES = 3

_POSTCODE = re.compile(r"\b(\d{5})(?:-\d{4})?\b")
#: A part that begins with a house number, which a name follows.
_STREET = re.compile(r"\d+[A-Za-z]?\s+.*[A-Za-z]{2}")
_STATE = re.compile(r"[A-Za-z]{2}")


@dataclass(frozen=True)
class Filled:
    """A value that a rule filled in; it stands beside what was told, and is never taken for it."""

    lead_id: int
    #: country, city or budget.
    name: str
    value: str
    rule: str


def country(phones: Iterable[str]) -> str | None:
    """Return the country (ISO 3166, two letters) of the first number (E.164) that belongs to one country alone."""
    for text in phones:
        try:
            number = phonenumbers.parse(text)
        except phonenumbers.NumberParseException:
            continue
        region = phonenumbers.region_code_for_number(number)
        if region is not None and region != "001":
            return region
    return None


@dataclass(frozen=True)
class Home:
    """What an address in one line says of its place."""

    postcode: str = ""
    city: str = ""
    street: str = ""


def read_home(text: str) -> Home:
    """
    Read street, city and postcode from an address with commas between its parts: "12 Elm St, Tampa, FL, 33606".

    The city is the one part without figures that is neither a state's two letters nor a country; none when several
    could be. Only American postcodes are read.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    streets = [part for part in parts if _STREET.match(part)]
    parts = [part for part in parts if part not in streets]
    codes = [found for part in parts if (found := _POSTCODE.search(part))]
    cities = [name for part in parts if (name := _city(part))]
    return Home(
        codes[0].group(1) if len(codes) == 1 else "",
        cities[0] if len(cities) == 1 else "",
        streets[0] if len(streets) == 1 else "",
    )


_COUNTRIES = frozenset({"us", "usa", "united states", "united states of america"})


def _city(part: str) -> str:
    words = _POSTCODE.sub("", part).split()
    if words and len(words) > 1 and _STATE.fullmatch(words[-1]) and words[-1].isupper():
        words = words[:-1]
    name = " ".join(words)
    if not name or any(c.isdigit() for c in name) or _STATE.fullmatch(name) or name.casefold() in _COUNTRIES:
        return ""
    return name


def cities_by_postcode(homes: Iterable[Home]) -> dict[str, str]:
    """Return the city of each postcode that enough homes name, nearly all of them the same, as most write it."""
    named: dict[str, Counter[str]] = {}
    for home in homes:
        if home.postcode and home.city:
            named.setdefault(home.postcode, Counter())[home.city] += 1
    found = {}
    for postcode, written in named.items():
        folded: Counter[str] = Counter()
        for city, n in written.items():
            folded[city.casefold()] += n
        most, n = max(folded.items(), key=lambda item: (item[1], item[0]))
        if n >= _ENOUGH and 100 * n >= _AGREE * folded.total():
            spellings = [(k, city) for city, k in written.items() if city.casefold() == most]
            found[postcode] = max(spellings)[1]
    return found


def budget(prices: Collection[float]) -> int | None:
    """Return the middle of the prices of the homes somebody viewed, in whole thousands; None for too few."""
    return round(median(prices) / 1_000) * 1_000 if len(prices) >= _HOMES else None


@dataclass(frozen=True)
class Known:
    """What was told of a lead that gaps are filled from."""

    lead_id: int
    home: str
    phones: tuple[str, ...]
    #: Latest price of each home viewed lately, by listing.
    viewed: Mapping[str, float]
    #: They said a budget themselves.
    has_budget: bool


def fill(leads: Iterable[Known], city_of: Mapping[str, str]) -> list[Filled]:
    """Return what may be filled in, by the cities of `cities_by_postcode`; never what was told."""
    filled = []
    for lead in leads:
        home = read_home(lead.home)
        if (of_phone := country(lead.phones)) is not None:
            filled.append(Filled(lead.lead_id, "country", of_phone, "phone_country"))
        if home.postcode and not home.city and home.postcode in city_of:
            filled.append(Filled(lead.lead_id, "city", city_of[home.postcode], "postcode_city"))
        if not lead.has_budget and (amount := budget(lead.viewed.values())) is not None:
            filled.append(Filled(lead.lead_id, "budget", str(amount), "viewed_budget"))
    return filled


_LABELS = {"country": "Country", "city": "City", "budget": "Budget"}


def said(name: str, value: str, rule: str) -> tuple[str, str, str]:
    """Return a filled value as a page shows it: what it is, the value, and where it comes from."""
    words = f"about ${int(value):,}" if name == "budget" else value
    return _LABELS[name], words, RULES[rule]
