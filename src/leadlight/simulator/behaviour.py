"""What people do on the website and ask for, emitted with noise from their hidden state and their own habits."""

import numpy as np
from numpy.typing import NDArray

from leadlight.simulator.activities import Activities, Kind, Text, join, rows
from leadlight.simulator.clock import DAY, Calendar, time_of_day
from leadlight.simulator.ladder import Ladder
from leadlight.simulator.people import SOURCES, People
from leadlight.simulator.process import Paths, Persona, State
from leadlight.simulator.town import N_BANDS, Homes

# All by state: dormant, dreaming, searching, active, urgent, smitten, gone.
_VIEWS = np.array([0.6, 1.2, 1.6, 1.7, 1.6, 0.8, 0.6])
_MORE_VISITS = np.array([0.03, 0.08, 0.13, 0.25, 0.32, 0.50, 0.03])
_SAVE_PER_VIEW = np.array([0.01, 0.03, 0.05, 0.09, 0.11, 0.10, 0.01])
_SEARCHES = np.array([0.15, 0.25, 0.4, 0.45, 0.45, 0.2, 0.1])
_SAVE_SEARCH = np.array([0.005, 0.015, 0.05, 0.10, 0.10, 0.03, 0.0])
_CALCULATOR = np.array([0.01, 0.03, 0.06, 0.10, 0.12, 0.14, 0.0])
_OTHER_PAGE = np.array([0.12, 0.15, 0.15, 0.15, 0.15, 0.10, 0.15])
_ASK = np.array([0.001, 0.004, 0.013, 0.032, 0.060, 0.060, 0.0])
_ASK_SHOWING = np.array([0.0, 0.001, 0.004, 0.018, 0.045, 0.055, 0.0])
_OPEN_HOUSE = np.array([0.0, 0.002, 0.004, 0.008, 0.010, 0.015, 0.0])
_CALL_IN = np.array([0.0002, 0.0004, 0.0012, 0.0035, 0.0060, 0.0090, 0.0])
#: Chance in one visit to look at the same home again and again without meaning anything by it.
_IDLE_REPEAT = 0.0035
#: How much a good text says about readiness: shift of the words' quality.
_WORDS = np.array([-1.2, -0.7, 0.0, 0.7, 1.1, 1.0, -1.2])


def words(
    state: NDArray[np.int8], taste: NDArray[np.float64], levels: tuple[Text, Text, Text], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return the kind of text of each message, by state, own way with words, and chance."""
    level = 0.5 * taste + _WORDS[state] + rng.normal(0.0, 0.8, len(state))
    return np.asarray(np.array(levels, dtype=np.int64)[(level > -0.4).astype(np.int64) + (level > 0.7)])


INQUIRY_LEVELS = (Text.INQUIRY_POOR, Text.INQUIRY_FAIR, Text.INQUIRY_GOOD)
REPLY_LEVELS = (Text.REPLY_SHORT, Text.REPLY_FAIR, Text.REPLY_GOOD)
SELLER_LEVELS = (Text.SELLER_POOR, Text.SELLER_POOR, Text.SELLER_GOOD)


def _pick_home(
    people: People, person: NDArray[np.int64], day: NDArray[np.int64], homes: Homes, rng: np.random.Generator
) -> NDArray[np.int32]:
    """Homes near what each person wants: mostly their town and price band."""
    n = len(person)
    city = np.where(rng.random(n) < 0.75, people.city[person], rng.integers(0, 8, n))
    band = np.clip(people.band[person] + np.round(rng.normal(0.0, 0.6, n)).astype(np.int64), 0, N_BANDS - 1)
    return homes.pick(city, band, np.maximum(day, 0), rng.random(n))


def browse(
    people: People, paths: Paths, ladder: Ladder, homes: Homes, calendar: Calendar, rng: np.random.Generator
) -> Activities:
    """Return every visit to the website with what was done in it."""
    person, day = paths.visit_person, paths.visit_day
    log_row = paths.row_at(person, day)
    more = rng.random(len(person)) < _MORE_VISITS[paths.log_state[log_row]]
    person, day = np.concatenate([person, person[more]]), np.concatenate([day, day[more]])
    log_row = np.concatenate([log_row, log_row[more]])
    at = calendar.start + (day + time_of_day(rng.random(len(person)))) * DAY
    arrived = people.drivers.created_at[person]
    # Somebody who registers today browses around the moment of registering.
    at = np.where(day == calendar.day_of(arrived), arrived + rng.exponential(1_800.0, len(person)) + 20.0, at)
    keep = (at < ladder.over_at[person]) & (at < calendar.until)
    person, day, log_row, at = person[keep], day[keep], log_row[keep], at[keep]
    state = paths.log_state[log_row]
    n = len(person)
    smitten = state == State.SMITTEN
    habit = np.exp(0.45 * people.taste_views[person] - 0.10)
    n_views = rng.poisson(_VIEWS[state] * habit)
    visit = np.repeat(np.arange(n), n_views)
    home = _pick_home(people, person[visit], day[visit], homes, rng)
    # One home for each time that somebody falls in love, looked at again in nearly every visit.
    first_love = _pick_home(people, paths.log_person, paths.log_day, homes, rng)
    loved = np.flatnonzero(smitten & (rng.random(n) < 0.9))
    again = np.repeat(loved, 1 + (rng.random(len(loved)) < 0.5))
    idle = np.flatnonzero(~smitten & (n_views > 0) & (rng.random(n) < _IDLE_REPEAT))
    idle_home = _pick_home(people, person[idle], day[idle], homes, rng)
    view_visit = np.concatenate([visit, again, np.repeat(idle, 3)])
    view_home = np.concatenate([home, first_love[log_row[again]], np.repeat(idle_home, 3)])
    view_at = at[view_visit] + 15.0 + rng.exponential(240.0, len(view_visit))
    view_seconds = np.round(rng.lognormal(3.4, 0.9, len(view_visit))) + 3.0
    saves = rng.random(len(view_visit)) < _SAVE_PER_VIEW[state[view_visit]] * np.exp(
        0.8 * people.taste_views[person[view_visit]] - 0.3
    )
    stay = np.round(rng.lognormal(4.4 + 0.08 * np.minimum(n_views, 10), 0.8, n))
    parts = [
        rows(person, at, Kind.SITE_VISIT, seconds=np.minimum(stay, 7_200.0)),
        rows(person[view_visit], view_at, Kind.VIEW, home=view_home, seconds=np.minimum(view_seconds, 1_800.0)),
        rows(person[view_visit[saves]], view_at[saves] + rng.uniform(5.0, 60.0, saves.sum()), Kind.SAVE,
             home=view_home[saves]),
    ]  # fmt: skip

    def some(chance: NDArray[np.float64], delay: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        which = np.flatnonzero(rng.random(n) < chance)
        return which, at[which] + 10.0 + rng.exponential(delay, len(which))

    which, moment = some(_SEARCHES[state] * np.minimum(habit, 1.6), 60.0)
    parts.append(
        rows(person[which], moment, Kind.SEARCH, text=Text.SEARCH, variant=rng.integers(0, 1_000, len(which)))
    )
    which, moment = some(_SAVE_SEARCH[state], 300.0)
    parts.append(
        rows(person[which], moment, Kind.SEARCH_SAVE, text=Text.SEARCH, variant=rng.integers(0, 1_000, len(which)))
    )
    which, moment = some(_CALCULATOR[state], 400.0)
    parts.append(rows(person[which], moment, Kind.CALCULATOR, seconds=np.round(rng.lognormal(4.0, 0.7, len(which)))))
    which, moment = some(_OTHER_PAGE[state], 300.0)
    parts.append(rows(person[which], moment, Kind.PAGE, variant=rng.integers(0, 1_000, len(which))))

    at_loved = np.full(n, -1, dtype=np.int64)
    at_loved[loved] = first_love[log_row[loved]]
    chatty = np.exp(0.5 * people.taste_words[person] - 0.12)
    sells = np.isin(people.drivers.persona[person], (Persona.SELLER, Persona.LANDLORD))
    which, moment = some(_ASK[state] * chatty * np.where(sells, 0.6, 1.0), 500.0)
    target = np.where(
        at_loved[which] >= 0, at_loved[which], _pick_home(people, person[which], day[which], homes, rng)
    )
    general = rng.random(len(which)) < 0.25
    parts.append(
        rows(
            person[which],
            moment,
            np.where(general, Kind.GENERAL_INQUIRY, Kind.PROPERTY_INQUIRY),
            home=np.where(general, -1, target),
            text=words(state[which], people.taste_words[person[which]], INQUIRY_LEVELS, rng),
            variant=rng.integers(0, 1_000, len(which)),
        )
    )
    which, moment = some(_ASK[state] * chatty * sells, 500.0)
    parts.append(
        rows(
            person[which],
            moment,
            Kind.SELLER_INQUIRY,
            text=words(state[which], people.taste_words[person[which]], SELLER_LEVELS, rng),
            variant=rng.integers(0, 1_000, len(which)),
        )
    )
    which, moment = some(_ASK_SHOWING[state] * ~sells, 600.0)
    target = np.where(
        at_loved[which] >= 0, at_loved[which], _pick_home(people, person[which], day[which], homes, rng)
    )
    parts.append(
        rows(person[which], moment, Kind.SHOWING_REQUEST, home=target, text=Text.SHOWING,
             variant=rng.integers(0, 1_000, len(which)))
    )  # fmt: skip
    which, moment = some(_OPEN_HOUSE[state], 20_000.0)
    target = _pick_home(people, person[which], day[which], homes, rng)
    parts.append(rows(person[which], moment, Kind.OPEN_HOUSE, home=target))
    return join(parts)


def ring(people: People, paths: Paths, calendar: Calendar, rng: np.random.Generator) -> Activities:
    """Return the calls that people make by themselves."""
    days = np.diff(np.append(paths.log_day, 0))
    same = np.append(paths.log_person[1:] == paths.log_person[:-1], False)
    days = np.where(same, days, calendar.n_days - paths.log_day)
    rate = _CALL_IN[paths.log_state] * np.exp(0.6 * people.taste_phone[paths.log_person] - 0.18) * days
    calls = rng.poisson(rate * ~people.is_junk[paths.log_person])
    row = np.repeat(np.arange(len(calls)), calls)
    person = paths.log_person[row]
    day = paths.log_day[row] + (rng.random(len(row)) * days[row]).astype(np.int64)
    # Offices are rung in the daytime: 9 to 19 in town.
    at = calendar.start + day * DAY + (15.0 + 10.0 * rng.random(len(row))) * 3_600.0
    at = np.maximum(at, people.drivers.created_at[person] + 600.0)
    return rows(person, at, Kind.CALL_IN, seconds=np.round(rng.lognormal(4.6, 0.8, len(row))))


def arrive(people: People, homes: Homes, calendar: Calendar, rng: np.random.Generator) -> Activities:
    """Return the one activity with which each person's file opens."""
    kinds = {
        "Property Inquiry": Kind.PROPERTY_INQUIRY,
        "Registration": Kind.REGISTRATION,
        "Seller Inquiry": Kind.SELLER_INQUIRY,
        "Visited Open House": Kind.OPEN_HOUSE,
        "Incoming Call": Kind.CALL_IN,
        "Note": Kind.NOTE,
    }
    n = len(people)
    person = np.arange(n)
    kind = np.array([kinds[source.opening] for source in SOURCES])[people.source]
    state = people.drivers.first_state
    has_home = (kind == Kind.PROPERTY_INQUIRY) | (kind == Kind.OPEN_HOUSE)
    home = _pick_home(people, person, calendar.day_of(people.drivers.created_at), homes, rng)
    inquiry = words(state, people.taste_words, INQUIRY_LEVELS, rng)
    selling = words(state, people.taste_words, SELLER_LEVELS, rng)
    # Most portal inquiries are one tap on a button that writes the text for them.
    inquiry = np.where(rng.random(n) < 0.35, Text.INQUIRY_POOR, inquiry)
    text = np.select(
        [kind == Kind.PROPERTY_INQUIRY, kind == Kind.SELLER_INQUIRY, kind == Kind.NOTE],
        [inquiry, selling, np.full(n, Text.NOTE_REFERRED)],
        np.full(n, Text.NONE),
    )
    asks_to_see = (kind == Kind.PROPERTY_INQUIRY) & (rng.random(n) < 0.05 + 1.5 * _ASK_SHOWING[state])
    return rows(
        person,
        people.drivers.created_at,
        np.where(asks_to_see, Kind.SHOWING_REQUEST, kind),
        home=np.where(has_home, home, -1),
        text=np.where(asks_to_see, Text.SHOWING, text),
        variant=rng.integers(0, 1_000, n),
        seconds=np.where(kind == Kind.CALL_IN, np.round(rng.lognormal(4.6, 0.8, n)), np.nan),
    )
