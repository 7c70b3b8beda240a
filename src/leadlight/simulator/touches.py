"""What the desk does about each lead, and how people answer: calls, texts, mails, opt-outs, appointments."""

import numpy as np
from numpy.typing import NDArray

from leadlight.simulator.activities import Activities, Kind, Outcome, Text, join, rows
from leadlight.simulator.behaviour import REPLY_LEVELS, words
from leadlight.simulator.clock import DAY, Calendar, local_hour
from leadlight.simulator.ladder import Ladder
from leadlight.simulator.people import People
from leadlight.simulator.process import Paths, State
from leadlight.simulator.town import Desk

#: Days after the first answer on which a diligent agent tries again.
_CADENCE = np.array([0.0, 0.25, 1.0, 2.0, 4.0, 7.0, 11.0, 16.0, 24.0, 35.0, 50.0, 75.0, 105.0, 150.0])
#: Days after arrival on which the automatic plan sends a mail; then the market letters.
_PLAN = np.array([0.002, 3.0, 7.0, 14.0, 30.0, 60.0, 120.0, 240.0, 420.0])

# Odds that people answer, by state: dormant, dreaming, searching, active, urgent, smitten, gone.
_PICK_UP = np.array([-3.1, -2.5, -1.8, -1.1, -0.6, -0.5, -3.2])
_TEXT_BACK = np.array([-3.8, -3.1, -2.3, -1.5, -1.0, -0.9, -3.6])
_OPEN = np.array([-2.2, -1.45, -1.2, -1.0, -0.95, -0.8, -2.4])
_CLICK = np.array([-4.4, -3.4, -2.8, -2.2, -1.9, -1.7, -4.4])
_MAIL_BACK = np.array([-5.6, -4.8, -3.9, -3.0, -2.4, -2.3, -5.4])
#: Chance that somebody who has gone elsewhere says so by opting out.
_GONE_OPTS_OUT = 0.10


def _sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1.0 / (1.0 + np.exp(-x))


def opt_outs(people: People, paths: Paths, calendar: Calendar, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return when each person opts out; infinite for most. It follows from having gone, or from mere annoyance."""
    opted = np.full(len(people), np.inf)
    gone = np.flatnonzero((paths.log_state == State.GONE) & (rng.random(len(paths.log_state)) < _GONE_OPTS_OUT))
    opted[paths.log_person[gone]] = (
        calendar.start + (paths.log_day[gone] + rng.exponential(12.0, len(gone)) + 0.5) * DAY
    )
    annoyed = np.flatnonzero(rng.random(len(people)) < 0.025)
    after = people.drivers.created_at[annoyed] + (1.0 + rng.exponential(60.0, len(annoyed))) * DAY
    opted[annoyed] = np.minimum(opted[annoyed], after)
    return np.where(opted < calendar.until, opted, np.inf)


def _within(
    at: NDArray[np.float64],
    person: NDArray[np.int64],
    ladder: Ladder,
    opted: NDArray[np.float64],
    calendar: Calendar,
) -> NDArray[np.bool_]:
    """Whether the desk still writes to a person at a moment: before an appointment, an opt-out and the export."""
    booked = np.where(np.isfinite(ladder.booked_at), ladder.booked_at, np.inf)
    return (at < booked[person]) & (at < opted[person]) & (at < calendar.until)


def _state(paths: Paths, calendar: Calendar, person: NDArray[np.int64], at: NDArray[np.float64]) -> NDArray[np.int8]:
    return paths.state_at(person, calendar.day_of(at))


def _call_notes(
    person: NDArray[np.int64], at: NDArray[np.float64], state: NDArray[np.int8], rng: np.random.Generator
) -> Activities:
    """Notes that agents write after some of the talks."""
    noted = np.flatnonzero(rng.random(len(person)) < 0.45)
    keen = rng.normal(state[noted] * 1.0, 1.2)
    keen = np.where(state[noted] == State.GONE, 0.0, keen)
    text = np.select(
        [keen > 3.2, keen > 1.4], [Text.NOTE_FINANCE, Text.NOTE_NEED], np.full(len(noted), Text.NOTE_COLD)
    )
    return rows(
        person[noted],
        at[noted] + rng.uniform(200.0, 1_500.0, len(noted)),
        Kind.NOTE,
        text=text,
        variant=rng.integers(0, 1_000, len(noted)),
    )


def calls(
    person: NDArray[np.int64],
    at: NDArray[np.float64],
    people: People,
    paths: Paths,
    calendar: Calendar,
    rng: np.random.Generator,
) -> list[Activities]:
    """Return calls by the desk, answered or not, with the notes after them."""
    state = _state(paths, calendar, person, at)
    hour = local_hour(at)
    # Late afternoon is a little better than noon; more than that the evidence does not carry.
    daypart = 0.12 * np.cos((hour - 17.0) / 24.0 * 2.0 * np.pi)
    fresh = at - people.drivers.created_at[person] < 900.0
    answered = rng.random(len(person)) < _sigmoid(
        _PICK_UP[state] + 0.5 * people.taste_phone[person] + daypart + 0.9 * fresh
    )
    bad = people.phone_is_bad[person]
    answered &= ~bad
    likes = rng.random(len(person)) < np.array([0.08, 0.2, 0.5, 0.8, 0.92, 0.95, 0.03])[state]
    missed = np.where(rng.random(len(person)) < 0.4, Outcome.LEFT_MESSAGE, Outcome.NO_ANSWER)
    outcome = np.where(answered, np.where(likes, Outcome.INTERESTED, Outcome.NOT_INTERESTED), missed)
    outcome = np.where(bad, Outcome.BAD_NUMBER, outcome)
    talk = np.round(rng.lognormal(np.where(likes, 5.0, 3.9), 0.7))
    seconds = np.where(answered, talk, np.where(outcome == Outcome.LEFT_MESSAGE, 25.0, 0.0))
    return [
        rows(person, at, Kind.CALL_OUT, outcome=outcome, seconds=seconds),
        _call_notes(person[answered], at[answered], state[answered], rng),
    ]


def texts(
    person: NDArray[np.int64],
    at: NDArray[np.float64],
    nth: NDArray[np.int64],
    people: People,
    paths: Paths,
    calendar: Calendar,
    rng: np.random.Generator,
) -> list[Activities]:
    """Return texts by the desk and the replies to them."""
    state = _state(paths, calendar, person, at)
    odds = _TEXT_BACK[state] + 0.6 * people.taste_phone[person] + nth * np.log(0.75)
    replied = np.flatnonzero((rng.random(len(person)) < _sigmoid(odds)) & ~people.phone_is_bad[person])
    # People who want something answer sooner.
    wait = rng.lognormal(8.3 - 0.35 * np.minimum(state[replied], 5), 1.4)
    reply = words(state[replied], people.taste_words[person[replied]], REPLY_LEVELS, rng)
    no_thanks = rng.random(len(replied)) < np.array([0.5, 0.2, 0.06, 0.03, 0.02, 0.01, 0.75])[state[replied]]
    return [
        rows(person, at, Kind.TEXT_OUT, text=Text.AGENT_TEXT, variant=rng.integers(0, 1_000, len(person))),
        rows(
            person[replied],
            at[replied] + wait + 20.0,
            Kind.TEXT_IN,
            text=np.where(no_thanks, Text.NO_THANKS, reply),
            variant=rng.integers(0, 1_000, len(replied)),
        ),
    ]


def mails(
    person: NDArray[np.int64],
    at: NDArray[np.float64],
    text: NDArray[np.int64],
    people: People,
    paths: Paths,
    calendar: Calendar,
    rng: np.random.Generator,
) -> list[Activities]:
    """Return mails with what came back: bounces, opens and clicks of people and of machines, replies."""
    state = _state(paths, calendar, person, at)
    taste = people.taste_mail[person]
    variant = rng.integers(0, 1_000, len(person))
    parts = [rows(person, at, Kind.EMAIL_OUT, text=text, variant=variant)]
    bounced = people.email_bounces[person]
    parts.append(rows(person[bounced], at[bounced] + rng.uniform(2.0, 90.0, bounced.sum()), Kind.EMAIL_BOUNCE))
    arrived = ~bounced & ~people.is_junk[person]
    by_machine = np.flatnonzero(arrived & people.opens_by_machine[person] & (rng.random(len(person)) < 0.95))
    parts.append(
        rows(person[by_machine], at[by_machine] + rng.uniform(1.0, 3.0, len(by_machine)), Kind.EMAIL_OPEN,
             variant=variant[by_machine])
    )  # fmt: skip
    scanned = np.repeat(np.flatnonzero(arrived & people.links_scanned[person]), 3)
    parts.append(
        rows(person[scanned], at[scanned] + rng.uniform(4.0, 20.0, len(scanned)), Kind.EMAIL_CLICK,
             variant=np.tile([0, 1, 2], len(scanned) // 3))
    )  # fmt: skip
    opened = np.flatnonzero(arrived & (rng.random(len(person)) < _sigmoid(_OPEN[state] + 0.9 * taste)))
    read_at = at[opened] + 60.0 + rng.lognormal(9.0, 1.5, len(opened))
    parts.append(rows(person[opened], read_at, Kind.EMAIL_OPEN, variant=variant[opened]))
    # Most clicks and replies come from mails that were opened.
    clicked = np.flatnonzero(rng.random(len(opened)) < 2.6 * _sigmoid(_CLICK[state[opened]] + 0.6 * taste[opened]))
    parts.append(
        rows(person[opened[clicked]], read_at[clicked] + rng.uniform(5.0, 120.0, len(clicked)), Kind.EMAIL_CLICK,
             variant=rng.integers(0, 3, len(clicked)))
    )  # fmt: skip
    replied = np.flatnonzero(
        rng.random(len(opened))
        < 2.6 * _sigmoid(_MAIL_BACK[state[opened]] + 0.4 * taste[opened] + 0.4 * people.taste_words[person[opened]])
    )
    answer = opened[replied]
    reply = words(state[answer], people.taste_words[person[answer]], REPLY_LEVELS, rng)
    parts.append(
        rows(person[answer], read_at[replied] + rng.lognormal(6.5, 1.2, len(answer)), Kind.EMAIL_IN, text=reply,
             variant=rng.integers(0, 1_000, len(answer)))
    )  # fmt: skip
    return parts


def follow_up(
    people: People,
    paths: Paths,
    ladder: Ladder,
    asked: Activities,
    desk: Desk,
    opted: NDArray[np.float64],
    calendar: Calendar,
    rng: np.random.Generator,
) -> Activities:
    """Return all touches before the first appointment; `asked` are requests that an agent may answer by a call."""
    n = len(people)
    diligence = desk.diligence[people.agent]
    attempts = np.minimum(1 + rng.poisson(0.6 + 6.0 * diligence**1.3), len(_CADENCE))
    attempts = np.where(np.isfinite(people.answered_after), attempts, 0)
    person = np.repeat(np.arange(n), attempts)
    nth = np.arange(len(person)) - np.repeat(np.cumsum(attempts) - attempts, attempts)
    first = people.drivers.created_at[person] + people.answered_after[person]
    slack = 1.0 + (1.0 - diligence[person]) * rng.exponential(0.7, len(person))
    at = first + np.where(nth > 0, _CADENCE[nth] * slack * DAY + rng.uniform(-5_000.0, 5_000.0, len(person)), 0.0)
    at = np.maximum(at, first)
    at = np.where(nth > 0, _move_to_daytime(at), at)
    way = rng.random(len(person)) + np.where(nth == 0, -0.10, 0.0)
    by_call = (way < 0.50) & people.has_phone[person]
    by_text = ~by_call & (way < 0.80) & people.has_phone[person]
    by_mail = ~by_call & ~by_text & people.has_email[person]
    ok = _within(at, person, ladder, opted, calendar)
    # A good agent also calls back who asks for something, as fast as usual.
    back = np.flatnonzero(rng.random(len(asked)) < 0.25 + 0.6 * desk.diligence[people.agent[asked.person]])
    back_person = asked.person[back].astype(np.int64)
    back_at = asked.at[back] + desk.pace[people.agent[back_person]] * rng.lognormal(0.0, 1.0, len(back)) + 60.0
    back_ok = _within(back_at, back_person, ladder, opted, calendar) & people.has_phone[back_person]
    first_ok = back_at > (people.drivers.created_at + people.answered_after)[back_person]
    back_ok &= first_ok
    pick = by_call & ok
    parts = calls(
        np.concatenate([person[pick], back_person[back_ok]]),
        np.concatenate([at[pick], back_at[back_ok]]),
        people,
        paths,
        calendar,
        rng,
    )
    pick = by_text & ok
    parts += texts(person[pick], at[pick], nth[pick] // 3, people, paths, calendar, rng)
    plan_person = np.repeat(np.arange(n), len(_PLAN))
    plan_at = np.tile(_PLAN * DAY, n) + people.drivers.created_at[plan_person]
    plan_at = np.where(np.tile(np.arange(len(_PLAN)) > 0, n), _move_to_daytime(plan_at), plan_at)
    plan_ok = _within(plan_at, plan_person, ladder, opted, calendar) & people.has_email[plan_person]
    # Bounced addresses are taken off the plan after a few tries.
    plan_ok &= ~people.email_bounces[plan_person] | np.tile(np.arange(len(_PLAN)) < 2, n)
    pick = by_mail & ok & ~people.email_bounces[person]
    parts += mails(
        np.concatenate([person[pick], plan_person[plan_ok]]),
        np.concatenate([at[pick], plan_at[plan_ok]]),
        np.concatenate([np.full(pick.sum(), int(Text.AGENT_MAIL)), np.full(plan_ok.sum(), int(Text.PLAN_MAIL))]),
        people,
        paths,
        calendar,
        rng,
    )
    leaving = np.flatnonzero(np.isfinite(opted))
    by_word = people.has_phone[leaving] & (~people.has_email[leaving] | (rng.random(len(leaving)) < 0.4))
    parts.append(rows(leaving[by_word], opted[leaving[by_word]], Kind.TEXT_IN, text=Text.STOP))
    parts.append(rows(leaving[~by_word], opted[leaving[~by_word]], Kind.UNSUBSCRIBED))
    return join(parts)


def _move_to_daytime(at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shift moments outside 8 to 20 o'clock, town time, by half a day."""
    hour = local_hour(at)
    return np.where((hour < 8.0) | (hour >= 20.0), at + DAY / 2.0, at)


def appointments(people: People, ladder: Ladder, calendar: Calendar, rng: np.random.Generator) -> Activities:
    """Return the appointments as the calendar holds them, each with the talk, text or request that led to it."""
    booked = np.flatnonzero(ladder.booked_at < calendar.until)
    again = np.flatnonzero(ladder.rebooked_at < calendar.until)
    parts = []
    for who, at, start, held in (
        (booked, ladder.booked_at, ladder.appointment_at, ladder.was_held),
        (again, ladder.rebooked_at, ladder.second_appointment_at, ladder.second_was_held),
    ):
        known = (start[who] < calendar.until) & (rng.random(len(who)) < 0.95)
        outcome = np.where(held[who], Outcome.MET, Outcome.NO_SHOW)
        parts.append(
            rows(who, at[who], Kind.APPOINTMENT, outcome=np.where(known, outcome, Outcome.NONE), starts_at=start[who])
        )
    # The talk in which it was arranged ends a moment before it is entered.
    draw = rng.random(len(booked))
    talked = booked[(draw < 0.60) & people.has_phone[booked]]
    seconds = np.round(rng.lognormal(5.6, 0.5, len(talked)))
    talk_at = np.maximum(ladder.booked_at[talked] - seconds - 60.0, people.drivers.created_at[talked] + 5.0)
    parts.append(rows(talked, talk_at, Kind.CALL_OUT, outcome=Outcome.INTERESTED, seconds=seconds,
                      text=Text.CALL_SUMMARY))  # fmt: skip
    wrote = booked[(draw >= 0.60) & (draw < 0.85) & people.has_phone[booked]]
    wrote_at = ladder.booked_at[wrote] - rng.uniform(30.0, 600.0, len(wrote))
    wrote_at = np.maximum(wrote_at, people.drivers.created_at[wrote] + 5.0)
    parts.append(
        rows(wrote, wrote_at, Kind.TEXT_IN, text=Text.REPLY_GOOD, variant=rng.integers(0, 1_000, len(wrote)))
    )
    return join(parts)
