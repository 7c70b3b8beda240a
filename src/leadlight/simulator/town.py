"""The town: homes on the market and the agents of the brokerage. Names are invented or very common."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leadlight.simulator.clock import Calendar

CITIES = (
    ("Maple Grove", "78601"),
    ("Cedar Bend", "78602"),
    ("Stonebrook", "78603"),
    ("Harmon Falls", "78604"),
    ("Lakeline", "78605"),
    ("Old Mill", "78606"),
    ("Prairie View", "78607"),
    ("Kingsport", "78608"),
)
STATE = "TX"
#: Lower edges of the price bands, dollars, with one upper edge.
BANDS = np.array([180_000.0, 260_000.0, 340_000.0, 430_000.0, 560_000.0, 750_000.0, 1_200_000.0])
N_BANDS = len(BANDS) - 1

STREETS = (
    "Oak", "Pecan", "Elm", "Juniper", "Willow", "Bluebonnet", "Ridge", "Canyon", "Meadow", "Sunset", "Laurel",
    "Hickory", "Mesquite", "Sage", "Heron", "Quail", "Foxglove", "Cypress", "Magnolia", "Aspen", "Briar", "Falcon",
)  # fmt: skip
STREET_KINDS = ("St", "Ave", "Dr", "Ln", "Ct", "Blvd", "Way", "Trl")

#: Homes that enter the market between two days of one city and price band.
_DAYS_BETWEEN_HOMES = 1.0
#: How many of the newest homes of a city and price band somebody may come upon.
_ON_MARKET = 75


@dataclass(frozen=True)
class Homes:
    """Homes that were on the market, ordered by city, price band and day of listing."""

    street: tuple[str, ...]
    city: NDArray[np.int16]
    price: NDArray[np.float64]
    mls: NDArray[np.int64]
    _keys: NDArray[np.int64]

    def pick(
        self,
        city: NDArray[np.int64],
        band: NDArray[np.int64],
        day: NDArray[np.int64],
        draw: NDArray[np.float64],
    ) -> NDArray[np.int32]:
        """Return one home for each row that is on the market that day; `draw` (0 to 1) chooses, 0 is the newest."""
        bucket = (city * N_BANDS + band) * 4096
        newest = np.searchsorted(self._keys, bucket + day + 100, side="right") - 1
        oldest = np.searchsorted(self._keys, bucket, side="left")
        return np.maximum(newest - (draw * _ON_MARKET).astype(np.int64), oldest).astype(np.int32)


def build_homes(calendar: Calendar, rng: np.random.Generator) -> Homes:
    """Return the homes of all cities and price bands, from a hundred days before the first day on."""
    days = np.arange(0.0, calendar.n_days + 100, _DAYS_BETWEEN_HOMES)
    per_bucket = len(days)
    buckets = len(CITIES) * N_BANDS
    city = np.repeat(np.arange(len(CITIES)), N_BANDS * per_bucket)
    band = np.tile(np.repeat(np.arange(N_BANDS), per_bucket), len(CITIES))
    n = buckets * per_bucket
    share = rng.random(n)
    price = BANDS[band] + share * (BANDS[band + 1] - BANDS[band])
    numbers = rng.integers(100, 9_999, n)
    names = rng.integers(0, len(STREETS), n)
    kinds = rng.integers(0, len(STREET_KINDS), n)
    return Homes(
        street=tuple(
            f"{number} {STREETS[name]} {STREET_KINDS[kind]}"
            for number, name, kind in zip(numbers.tolist(), names.tolist(), kinds.tolist(), strict=True)
        ),
        city=city.astype(np.int16),
        price=np.round(price, -2) - rng.integers(0, 2, n) * 100.0,
        mls=rng.permutation(np.arange(1_000_000, 1_000_000 + 3 * n))[:n],
        _keys=(city * N_BANDS + band) * 4096 + np.tile(days.astype(np.int64), buckets),
    )


AGENT_NAMES = (
    "Dana Whitfield", "Marcus Bell", "Priya Raman", "Tom Alvarez", "Jessica Moore", "Kevin O'Neal",
    "Sofia Grant", "Ben Carter", "Linda Cho", "Rob Fischer", "Angela Diaz", "Peter Novak", "Monica Reyes",
    "Greg Larson", "Tara Singh", "Will Hughes", "Nadia Karim", "Chris Dunn", "Amy Patel", "Derek Stone",
    "Ruth Keller", "Omar Haddad", "Julie Park", "Sam Whitaker",
)  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """The agents; arrays of one length."""

    name: tuple[str, ...]
    #: 0 to 1: how reliably they answer, call again and keep the file in order.
    diligence: NDArray[np.float64]
    #: Median seconds until they first answer, in working hours.
    pace: NDArray[np.float64]
    #: Share of all leads that they are given.
    share: NDArray[np.float64]


def build_desk(n_leads: int, rng: np.random.Generator) -> Desk:
    """Return the agents of a brokerage with so many leads in two years: about one for each 250."""
    n = int(np.clip(n_leads // 250, 4, len(AGENT_NAMES)))
    diligence = rng.beta(2.2, 1.6, n)
    share = rng.dirichlet(np.full(n, 6.0))
    return Desk(
        name=AGENT_NAMES[:n],
        diligence=diligence,
        # From five minutes for the best to most of a day for the worst.
        pace=300.0 * np.exp((1.0 - diligence) * np.log(200.0)) * rng.lognormal(0.0, 0.3, n),
        share=share,
    )
