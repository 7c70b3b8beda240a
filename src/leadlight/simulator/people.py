"""Who came: persons with their hidden readiness, their tastes, and what the desk made of them at arrival."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leadlight.simulator.clock import DAY, Calendar, local_hour, time_of_day
from leadlight.simulator.process import PERSONA_HAZARD, Drivers, Persona, State
from leadlight.simulator.town import BANDS, CITIES, Desk


@dataclass(frozen=True)
class Source:
    """Where people come from."""

    name: str
    #: How the same source is written in a CRM that many hands have fed, most frequent first.
    labels: tuple[str, ...]
    #: The activity that opens the file.
    opening: str
    #: Share of all arrivals.
    share: float
    #: Multiplies the hazard of booking.
    hazard: float
    #: Chance to arrive dormant, dreaming, searching, active, urgent.
    arrival: tuple[float, float, float, float, float]
    #: Chance of each persona, in their order.
    personas: tuple[float, ...]
    #: Chance that they ever use the brokerage's website.
    online: float
    #: Contact to closing: median days and sigma of the logarithm.
    days_to_close: tuple[float, float]
    #: Other desks got the same lead: the first to answer has an edge.
    is_shared: bool = False


_BUYERS = (0.36, 0.22, 0.09, 0.05, 0.02, 0.14, 0.12)
SOURCES: tuple[Source, ...] = (
    Source("zillow", ("Zillow", "zillow.com", "Zillow ", "ZG", "Zillow Premier Agent"), "Property Inquiry",
           0.21, 1.0, (0.06, 0.36, 0.34, 0.18, 0.06), _BUYERS, 0.80, (120.0, 0.9), True),
    Source("realtor", ("Realtor.com", "realtor com", "REALTOR.COM", "Move Inc"), "Property Inquiry",
           0.11, 0.95, (0.06, 0.38, 0.34, 0.17, 0.05), _BUYERS, 0.80, (120.0, 0.9), True),
    Source("website", ("Website", "website", "brokerage-homes.com", "IDX", "Our site"), "Registration",
           0.13, 0.95, (0.06, 0.44, 0.32, 0.13, 0.05), _BUYERS, 0.97, (210.0, 1.0)),
    Source("google_ads", ("Google PPC", "Google Ads", "PPC", "google ppc"), "Registration",
           0.15, 0.80, (0.10, 0.54, 0.26, 0.08, 0.02), _BUYERS, 0.97, (210.0, 1.0)),
    Source("facebook", ("Facebook", "FB Ads", "facebook ads", "Facebook Lead Ad", "Meta"), "Registration",
           0.13, 0.70, (0.16, 0.58, 0.20, 0.05, 0.01), _BUYERS, 0.82, (210.0, 1.0)),
    Source("valuation", ("Home Valuation", "What's my home worth", "home valuation form", "CMA request"),
           "Seller Inquiry", 0.07, 0.85, (0.12, 0.50, 0.25, 0.10, 0.03),
           (0.0, 0.14, 0.04, 0.70, 0.08, 0.0, 0.04), 0.55, (120.0, 0.9)),
    Source("open_house", ("Open House", "open house", "OH sign in"), "Visited Open House",
           0.05, 1.0, (0.06, 0.40, 0.34, 0.15, 0.05), (0.34, 0.34, 0.05, 0.08, 0.01, 0.04, 0.14), 0.55, (120.0, 0.9)),
    Source("referral", ("Referral", "referral", "Ref", "Agent Referral"), "Note",
           0.07, 3.2, (0.01, 0.10, 0.34, 0.39, 0.16), (0.34, 0.30, 0.06, 0.25, 0.02, 0.03, 0.0), 0.68, (75.0, 0.7)),
    Source("past_client", ("Past Client", "past client", "Sphere", "SOI"), "Note",
           0.05, 2.6, (0.08, 0.24, 0.32, 0.26, 0.10), (0.05, 0.44, 0.08, 0.38, 0.03, 0.02, 0.0), 0.60, (75.0, 0.7)),
    Source("sign_call", ("Sign Call", "Yard sign", "sign", "Direct call"), "Incoming Call",
           0.03, 1.3, (0.03, 0.24, 0.36, 0.28, 0.09), (0.30, 0.32, 0.14, 0.08, 0.03, 0.06, 0.07), 0.40, (120.0, 0.9)),
)  # fmt: skip

#: Spread (sigma of the logarithm) of the seriousness that nothing visible tells.
_SERIOUSNESS = 0.40
#: Answered within 15 min, 1 h, 4 h, the same day, the next day, later, never: what is left of the hazard.
_DELAY_EDGES = np.array([900.0, 3_600.0, 14_400.0, 43_200.0, 129_600.0])
_DELAY_EFFECT = np.array([1.00, 0.97, 0.92, 0.80, 0.55, 0.45])
_NEVER_ANSWERED = 0.35
_FIRST_ON_SHARED = 1.3


@dataclass(frozen=True)
class People:
    """Persons in the order of their arrival; arrays of one length."""

    drivers: Drivers
    source: NDArray[np.int8]
    label: NDArray[np.int8]
    agent: NDArray[np.int16]
    #: Seconds until the desk first answered; infinite for never.
    answered_after: NDArray[np.float64]
    city: NDArray[np.int64]
    band: NDArray[np.int64]
    budget: NDArray[np.float64]
    speaks_spanish: NDArray[np.bool_]
    #: A made-up entry: nobody is there.
    is_junk: NDArray[np.bool_]
    has_email: NDArray[np.bool_]
    email_bounces: NDArray[np.bool_]
    has_phone: NDArray[np.bool_]
    phone_is_bad: NDArray[np.bool_]
    #: Their mail program fetches every picture at once, so that each mail counts as opened.
    opens_by_machine: NDArray[np.bool_]
    #: Their employer's mail filter follows every link.
    links_scanned: NDArray[np.bool_]
    #: Own habits (mean about 0, standard normal) that have nothing to do with readiness.
    taste_views: NDArray[np.float64]
    taste_mail: NDArray[np.float64]
    taste_phone: NDArray[np.float64]
    taste_words: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.source)


def build_people(n: int, desk: Desk, calendar: Calendar, rng: np.random.Generator) -> People:
    """Return `n` persons who arrived before the export."""
    weights = calendar.arrivals[: calendar.n_days]
    day = rng.choice(calendar.n_days, n, p=weights / weights.sum())
    created_at = np.sort(calendar.start + (day + time_of_day(rng.random(n))) * DAY)
    # The last day may end at the moment of the export; who would have come after it came the day before.
    # Whole seconds, as the export has them, so that a snapshot taken at arrival lies at arrival.
    created_at = np.floor(np.sort(np.where(created_at >= calendar.until, created_at - DAY, created_at)))
    source = rng.choice(len(SOURCES), n, p=np.array([s.share for s in SOURCES]))
    persona = _choose(np.array([s.personas for s in SOURCES])[source], rng)
    state = _choose(np.array([s.arrival for s in SOURCES])[source], rng)
    # Dreamers come to dream, whatever the source.
    dreaming = (persona == Persona.DREAMER) & (state > State.DREAMING) & (rng.random(n) < 0.8)
    state[dreaming] = State.DREAMING
    agent = rng.choice(len(desk.name), n, p=desk.share)
    answered_after = _answer_delays(created_at, agent, desk, rng)
    shared = np.array([s.is_shared for s in SOURCES])[source]
    effect = np.where(
        np.isfinite(answered_after),
        _DELAY_EFFECT[np.searchsorted(_DELAY_EDGES, answered_after)],
        _NEVER_ANSWERED,
    )
    effect = np.where(shared & (answered_after <= 300.0), effect * _FIRST_ON_SHARED, effect)
    is_junk = rng.random(n) < np.where(np.isin(source, (3, 4)), 0.05, 0.012)
    seriousness = rng.lognormal(-(_SERIOUSNESS**2) / 2.0, _SERIOUSNESS, n)
    multiplier = (
        seriousness
        * np.array([s.hazard for s in SOURCES])[source]
        * PERSONA_HAZARD[persona]
        * effect
        * (0.8 + 0.4 * desk.diligence[agent])
        * ~is_junk
    )
    online = (rng.random(n) < np.array([s.online for s in SOURCES])[source]) & ~is_junk
    browsing = np.where(
        online,
        np.minimum(rng.lognormal(-0.15, 0.55, n), 4.0) * np.where(persona == Persona.DREAMER, 1.5, 1.0),
        0.0,
    )
    answered_day = np.where(
        np.isfinite(answered_after),
        np.floor((created_at + np.where(np.isfinite(answered_after), answered_after, 0.0) - calendar.start) / DAY),
        10 * calendar.n_days,
    ).astype(np.int64)
    band = np.clip(np.round(rng.normal(1.9, 1.25, n)), 0, len(BANDS) - 2).astype(np.int64)
    no_email = rng.random(n) < np.where(np.isin(source, (7, 8, 9)), 0.35, 0.05)
    no_phone = rng.random(n) < np.where(np.isin(source, (2, 3)), 0.22, 0.06)
    return People(
        drivers=Drivers(
            persona=persona.astype(np.int8),
            created_at=created_at,
            first_state=state.astype(np.int8),
            multiplier=multiplier,
            answered_day=answered_day,
            browsing=browsing,
        ),
        source=source.astype(np.int8),
        label=np.minimum(rng.geometric(0.55, n) - 1, np.array([len(s.labels) for s in SOURCES])[source] - 1).astype(
            np.int8
        ),
        agent=agent.astype(np.int16),
        answered_after=answered_after,
        city=rng.choice(len(CITIES), n, p=np.array([0.22, 0.18, 0.15, 0.12, 0.11, 0.09, 0.07, 0.06])),
        band=band,
        budget=np.round((BANDS[band] + BANDS[band + 1]) / 2.0 * rng.lognormal(0.0, 0.12, n), -3),
        speaks_spanish=rng.random(n) < 0.04,
        is_junk=is_junk,
        has_email=~no_email | no_phone,
        email_bounces=(rng.random(n) < 0.02) | (is_junk & (rng.random(n) < 0.6)),
        has_phone=~no_phone,
        phone_is_bad=(rng.random(n) < 0.025) | (is_junk & (rng.random(n) < 0.7)),
        opens_by_machine=rng.random(n) < 0.42,
        links_scanned=rng.random(n) < 0.04,
        taste_views=rng.standard_normal(n),
        taste_mail=rng.standard_normal(n),
        taste_phone=rng.standard_normal(n),
        taste_words=rng.standard_normal(n),
    )


def _choose(chances: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw one column for each row."""
    edges = chances.cumsum(axis=1)
    draw = rng.random(len(chances)) * edges[:, -1]
    return np.asarray((draw[:, None] >= edges[:, :-1]).sum(axis=1), dtype=np.int64)


def _answer_delays(
    created_at: NDArray[np.float64], agent: NDArray[np.int64], desk: Desk, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Seconds until the desk first answers; at night most wait for the morning."""
    n = len(created_at)
    delay = desk.pace[agent] * rng.lognormal(0.0, 1.1, n)
    hour = local_hour(created_at)
    closed = (hour >= 21.0) | (hour < 8.0)
    until_eight = ((8.0 - hour) % 24.0) * 3_600.0
    delay = np.where(closed & (rng.random(n) < 0.75), until_eight + delay * 0.7, delay)
    never = rng.random(n) < 0.02 + 0.33 * (1.0 - desk.diligence[agent]) ** 1.5
    return np.where(never, np.inf, np.maximum(delay, 40.0))
