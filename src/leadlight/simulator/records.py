"""The files that the CRM keeps of people: second files, test entries, stages, tags, gaps and typing mistakes."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from leadlight.simulator.activities import Activities, Kind, Outcome, Text, join, rows
from leadlight.simulator.clock import DAY, Calendar
from leadlight.simulator.identities import emails, names, phones
from leadlight.simulator.ladder import Ladder
from leadlight.simulator.people import SOURCES, People
from leadlight.simulator.process import Persona, State

TIMEFRAMES = ("0-3 Months", "3-6 Months", "6-12 Months", "12+ Months", "No Plans")
_PERSONA_TAGS = ("Buyer", "Buyer", "Investor", "Seller", "Landlord", "Renter", "Buyer")


@dataclass(frozen=True)
class Records:
    """The people file, one entry for each record, ordered as the export is; text as it stands there."""

    lead_id: tuple[str, ...]
    #: The person behind it; -1 for a test entry.
    person: NDArray[np.int64]
    created_at: NDArray[np.float64]
    created: tuple[str, ...]
    first_name: tuple[str, ...]
    last_name: tuple[str, ...]
    email_1: tuple[str, ...]
    email_2: tuple[str, ...]
    phone_1: tuple[str, ...]
    phone_2: tuple[str, ...]
    source: tuple[str, ...]
    stage: tuple[str, ...]
    agent: NDArray[np.int64]
    price: tuple[str, ...]
    tags: tuple[str, ...]
    is_contacted: NDArray[np.bool_]
    last_activity_at: NDArray[np.float64]
    timeframe: tuple[str, ...]
    background: tuple[str, ...]
    birthday: tuple[str, ...]
    #: For each activity, the place of its record in these arrays.
    of_activity: NDArray[np.int32]


def part(records: Records, first: int, end: int) -> Records:
    """Return the records from one place up to another, as if there were no others."""
    found = {field.name: getattr(records, field.name)[first:end] for field in fields(Records)}
    of = records.of_activity
    return Records(**{**found, "of_activity": of[(of >= first) & (of < end)] - first})


def moment_text(moments: NDArray[np.float64]) -> list[str]:
    """Return moments as the export writes them: ISO 8601 in UTC, to the second; empty for NaN."""
    stamps = np.where(np.isnan(moments), 0.0, np.floor(moments)).astype("datetime64[s]")
    texts = np.datetime_as_string(stamps, timezone="UTC")
    return np.where(np.isnan(moments), "", texts).tolist()  # type: ignore[no-any-return]  # numpy knows no str lists


def build_records(
    people: People,
    ladder: Ladder,
    opted: NDArray[np.float64],
    seen: Activities,
    calendar: Calendar,
    n_second: int,
    n_test: int,
    rng: np.random.Generator,
) -> tuple[Records, Activities]:
    """Return the people file and all activities in the order of time, those of second and test files among them."""
    n = len(people)
    created = people.drivers.created_at
    latest = np.minimum(calendar.until, ladder.over_at)
    open_long = np.flatnonzero(latest - created > 5.0 * DAY)
    second = np.sort(rng.choice(open_long, min(n_second, len(open_long)), replace=False))
    # Where too few people were here long enough, test entries make up the number.
    n_test += n_second - len(second)
    second_at = np.floor(created[second] + DAY + rng.random(len(second)) * (latest[second] - created[second] - DAY))
    test_at = np.floor(calendar.start + rng.random(n_test) * (calendar.until - calendar.start - DAY))
    tester = n + np.arange(n_test)
    activities = join(
        [
            seen,
            rows(second, second_at, Kind.GENERAL_INQUIRY, text=Text.INQUIRY_FAIR,
                 variant=rng.integers(0, 1_000, len(second))),
            rows(tester, test_at, Kind.REGISTRATION),
            rows(tester, test_at + 40.0, Kind.SITE_VISIT, seconds=30.0),
        ]
    )  # fmt: skip
    activities = activities.take(np.argsort(activities.at, kind="stable"))
    record = _assign(activities, n, second, second_at, rng)
    person = np.concatenate([np.arange(n), second, np.full(n_test, -1)])
    of = np.where(person >= 0, person, 0)
    is_test = person < 0
    is_second = np.zeros(len(person), dtype=np.bool_)
    is_second[n : n + len(second)] = True
    m = len(person)
    created_at = np.concatenate([created, second_at, test_at])
    first, last = names(of, is_second, is_test, n, rng)
    email_1, email_2 = emails(people, of, first, last, is_second, is_test, rng)
    phone_1, phone_2 = phones(people, of, is_second, is_test, n, rng)
    sources = _source_labels(people, of, is_second, is_test, rng)
    two_way, touched, last_at = _contact(activities, record, m)
    last_at = np.fmax(last_at, created_at)
    stage = _stages(people, ladder, opted, of, is_second, is_test, two_way, touched, calendar, rng)
    # Ids are drawn, so that neither quality nor time can be read from them; the export comes newest first.
    ids = rng.choice(np.arange(10_000, 10_000 + 12 * m), m, replace=False)
    order = np.argsort(-created_at, kind="stable")
    place = np.empty(m, dtype=np.int32)
    place[order] = np.arange(m)
    order_list = order.tolist()

    def sort(values: list[str]) -> tuple[str, ...]:
        return tuple(values[i] for i in order_list)

    agent = np.where(is_second & (rng.random(m) < 0.6), rng.integers(0, people.agent.max() + 1, m), people.agent[of])
    return (
        Records(
            lead_id=sort([str(i) for i in ids.tolist()]),
            person=person[order],
            created_at=created_at[order],
            created=sort(_created_texts(created_at, rng)),
            first_name=sort(first),
            last_name=sort(last),
            email_1=sort(email_1),
            email_2=sort(email_2),
            phone_1=sort(phone_1),
            phone_2=sort(phone_2),
            source=sort(sources),
            stage=sort(stage),
            agent=agent[order].astype(np.int64),
            price=sort(_prices(people, of, is_test, rng)),
            tags=sort(_tags(people, opted, of, is_test, stage, rng)),
            is_contacted=touched[order],
            last_activity_at=last_at[order],
            timeframe=sort(_timeframes(people, of, is_test, rng)),
            background=sort(_backgrounds(people, of, is_test, rng)),
            birthday=sort(_birthdays(m, rng)),
            of_activity=place[record],
        ),
        activities,
    )


def _assign(
    activities: Activities,
    n: int,
    second: NDArray[np.int64],
    second_at: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Return the record that holds each activity; what the desk does stays in one file, the web goes to both."""
    record = activities.person.astype(np.int64)
    record[record >= n] += len(second)
    place = np.full(n + int(activities.person.max()) + 1, -1, dtype=np.int64)
    place[second] = np.arange(len(second))
    j = place[activities.person]
    rows_ = np.flatnonzero(j >= 0)
    j = j[rows_]
    later = activities.at[rows_] >= second_at[j]
    by_hand = activities.kind[rows_] >= Kind.CALL_OUT
    worked = (rng.random(len(second)) < 0.3)[j]
    chosen = later & np.where(by_hand, worked, rng.random(len(rows_)) < 0.5)
    chosen |= activities.at[rows_] == second_at[j]
    record[rows_[chosen]] = n + j[chosen]
    return record


def _source_labels(
    people: People,
    of: NDArray[np.int64],
    is_second: NDArray[np.bool_],
    is_test: NDArray[np.bool_],
    rng: np.random.Generator,
) -> list[str]:
    m = len(of)
    another = rng.integers(0, 4, m)
    gap = rng.random(m)
    labels = []
    for i, p in enumerate(of.tolist()):
        if is_test[i]:
            labels.append("Website")
        elif is_second[i] and gap[i] < 0.7:
            labels.append(SOURCES[another[i]].labels[0])
        elif gap[i] > 0.985:
            labels.append(("", "<unspecified>", "Import")[i % 3])
        else:
            labels.append(SOURCES[people.source[p]].labels[people.label[p]])
    return labels


def _contact(
    activities: Activities, record: NDArray[np.int64], m: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.float64]]:
    """Whether each record shows a talk in both directions, any touch by hand, and its latest activity."""
    talked = (activities.kind == Kind.CALL_OUT) & np.isin(
        activities.outcome, (Outcome.INTERESTED, Outcome.NOT_INTERESTED)
    )
    talked |= np.isin(activities.kind, (Kind.TEXT_IN, Kind.EMAIL_IN, Kind.CALL_IN))
    touched = np.isin(activities.kind, (Kind.CALL_OUT, Kind.TEXT_OUT, Kind.APPOINTMENT))
    touched |= (activities.kind == Kind.EMAIL_OUT) & (activities.text == Text.AGENT_MAIL)
    two_way = np.bincount(record[talked], minlength=m) > 0
    by_hand = np.bincount(record[touched], minlength=m) > 0
    latest = np.full(m, np.nan)
    # Activities come in the order of time: the last assignment wins.
    latest[record] = activities.at
    return two_way, by_hand, latest


def _stages(
    people: People,
    ladder: Ladder,
    opted: NDArray[np.float64],
    of: NDArray[np.int64],
    is_second: NDArray[np.bool_],
    is_test: NDArray[np.bool_],
    two_way: NDArray[np.bool_],
    touched: NDArray[np.bool_],
    calendar: Calendar,
    rng: np.random.Generator,
) -> list[str]:
    """Stages as hurried agents leave them: mostly right, some never moved on."""
    m = len(of)
    now = calendar.until
    draw, lazy = rng.random(m), rng.random(m)
    age_days = (now - people.drivers.created_at[of]) / DAY
    booked = ladder.booked_at[of] < now
    met = booked & ladder.was_held[of] & (ladder.appointment_at[of] < now)
    met |= ladder.second_was_held[of] & (ladder.second_appointment_at[of] < now)
    signed = ladder.agreement_at[of] < now
    pending = ladder.contract_at[of] < now
    closed = ladder.closed_at[of] < now
    long_closed = ladder.closed_at[of] < now - 120.0 * DAY
    lost = ladder.lost_at[of] < now
    quiet = touched & ~two_way & (age_days > 45.0)
    stage = np.select(
        [
            is_test,
            is_second & (draw < 0.7),
            long_closed & (draw < 0.6),
            closed,
            lost,
            pending,
            signed,
            met,
            booked,
            people.is_junk[of] & (draw < 0.7),
            people.phone_is_bad[of] & ~two_way & (draw < 0.4),
            (opted[of] < now) & (draw < 0.5),
            (people.source[of] == 8) & (draw < 0.5),
            quiet & (draw < 0.65),
            two_way & (draw < 0.55),
            two_way & (draw < 0.65),
            touched & (draw < 0.25),
        ],
        [
            "Lead",
            "Lead",
            "Past Client",
            "Closed",
            np.select([draw < 0.5, draw < 0.8], ["Nurture", "Unresponsive"], "Trash"),
            "Pending",
            "Active Client",
            "Met with Customer",
            "Appointment Set",
            "Trash",
            "Trash",
            "Trash",
            "Sphere",
            "Unresponsive",
            "Nurture",
            "Hot Prospect",
            "Attempted Contact",
        ],
        "Lead",
    )
    forgotten = (lazy < 0.08) & ~closed
    return np.where(forgotten, "Lead", stage).tolist()  # type: ignore[no-any-return]  # numpy knows no str lists


def _created_texts(created_at: NDArray[np.float64], rng: np.random.Generator) -> list[str]:
    texts = moment_text(created_at)
    wrong = np.flatnonzero(rng.random(len(texts)) < 0.003)
    way = rng.integers(0, 3, len(wrong))
    for i, w in zip(wrong.tolist(), way.tolist(), strict=True):
        if w == 0:
            texts[i] = "0000-00-00T00:00:00Z"
        elif w == 1:
            # A year typed wrong: 2052 for 2025.
            texts[i] = texts[i][:2] + texts[i][3] + texts[i][2] + texts[i][4:]
        else:
            texts[i] = ""
    return texts


def _prices(people: People, of: NDArray[np.int64], is_test: NDArray[np.bool_], rng: np.random.Generator) -> list[str]:
    m = len(of)
    stated = np.round(people.budget[of] * rng.lognormal(0.0, 0.08, m), -3).astype(np.int64).tolist()
    draw = rng.random(m).tolist()
    known = rng.random(m) < 0.68
    prices = []
    for i, price in enumerate(stated):
        if is_test[i] or not known[i]:
            prices.append("")
        elif draw[i] < 0.04:
            prices.append(f"${price:,}")
        elif draw[i] < 0.05:
            prices.append(f"{price // 1_000}k")
        else:
            prices.append(str(price))
    return prices


def _tags(
    people: People,
    opted: NDArray[np.float64],
    of: NDArray[np.int64],
    is_test: NDArray[np.bool_],
    stage: list[str],
    rng: np.random.Generator,
) -> list[str]:
    m = len(of)
    draw = rng.random((m, 5))
    out = np.isfinite(opted[of])
    texts = []
    for i, p in enumerate(of.tolist()):
        tags: list[str] = []
        if is_test[i]:
            texts.append("")
            continue
        if draw[i, 0] < 0.55:
            tag = _PERSONA_TAGS[people.drivers.persona[p]]
            tags.append(tag if draw[i, 1] > 0.08 else tag.lower())
        if people.drivers.persona[p] == Persona.FIRST_TIME_BUYER and draw[i, 1] > 0.8:
            tags.append("First Time Buyer")
        if people.speaks_spanish[p] and draw[i, 2] < 0.4:
            tags.append("Habla español")
        if out[i] and draw[i, 3] < 0.92:
            tags.append(("Unsubscribed", "DNC", "Do Not Call", "unsubscribed", "Do Not Contact")[int(draw[i, 4] * 5)])
        elif draw[i, 3] > 0.992:
            tags.append("DNC")
        if people.email_bounces[p] and draw[i, 2] > 0.4:
            tags.append("Bounced" if draw[i, 4] < 0.7 else "bad email")
        if people.phone_is_bad[p] and stage[i] == "Trash":
            tags.append("Wrong Number")
        texts.append(", ".join(tags))
    return texts


def _timeframes(
    people: People, of: NDArray[np.int64], is_test: NDArray[np.bool_], rng: np.random.Generator
) -> list[str]:
    """What they said at arrival: people are hopeful and vague."""
    m = len(of)
    level = rng.normal(np.array([4.0, 2.9, 1.7, 0.9, 0.4, 0.4, 4.0])[people.drivers.first_state[of]], 0.9)
    place = np.clip(np.round(level), 0, len(TIMEFRAMES) - 1).astype(np.int64)
    known = (rng.random(m) < 0.65) & ~is_test
    return np.where(known, np.array(TIMEFRAMES)[place], "").tolist()  # type: ignore[no-any-return]  # numpy knows no str lists


_BACKGROUNDS = (
    "Relocating for work", "Lease is up soon", "Owns a home, needs to sell first", "Looking for investment property",
    "Growing family, needs more space", "Just browsing for now", "Met at open house", "Wants a yard and a garage",
    "Downsizing", "Works nights, best reached by text", "Has been talking to another agent", "Pre-approved",
)  # fmt: skip


def _backgrounds(
    people: People, of: NDArray[np.int64], is_test: NDArray[np.bool_], rng: np.random.Generator
) -> list[str]:
    m = len(of)
    known = (rng.random(m) < 0.22) & ~is_test
    place = rng.integers(0, len(_BACKGROUNDS), m)
    ready = (people.drivers.first_state[of] >= State.ACTIVE) & (rng.random(m) < 0.3)
    place = np.where(ready, len(_BACKGROUNDS) - 1, place)
    return np.where(known, np.array(_BACKGROUNDS)[place], "").tolist()  # type: ignore[no-any-return]  # numpy knows no str lists


def _birthdays(m: int, rng: np.random.Generator) -> list[str]:
    known = rng.random(m) < 0.03
    days = (np.datetime64("1945-01-01") + rng.integers(0, 20_000, m)).astype("datetime64[D]")
    return np.where(known, np.datetime_as_string(days), "").tolist()  # type: ignore[no-any-return]  # numpy knows no str lists
