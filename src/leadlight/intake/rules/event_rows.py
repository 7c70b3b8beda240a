"""Rows of activities and deals become events. Readers are made once per file; nothing is stored here. Pure."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from leadlight.events.rules import KIND_BY_NAME, PRICE, QUALITY
from leadlight.events.text import message_quality
from leadlight.intake import normalise
from leadlight.intake.normalise import clean
from leadlight.intake.rules import labels
from leadlight.intake.rules.cells import (
    AHEAD,
    MAX_CACHE,
    MAX_TEXT,
    Cells,
    DatesOf,
    Places,
    Repeats,
    cell,
    needs_reader,
    shortened,
    stage_reader,
)
from leadlight.intake.rules.fields import ACTIVITIES, OUTCOME_OF
from leadlight.intake.rules.labels import IGNORE
from leadlight.intake.rules.mapping import Mapping
from leadlight.intake.rules.presets import PRESET_BY_NAME
from leadlight.intake.rules.records import EventRow, Rejected

_STOP = re.compile(
    r"\s*(?:stop|stopall|unsubscribe|cancel|quit|end|optout|opt out|alto|stop texting me|(?:please "
    r")?remove me)\s*[.!]*\s*",
    re.IGNORECASE,
)
_CALCULATOR = re.compile(r"\bcalculator|\baffordab", re.IGNORECASE)


@lru_cache(maxsize=65_536)
def _tidy(raw: str) -> str:
    """Return the cell on one line; agents, towns and homes come again and again."""
    return normalise.one_line(clean(raw))


def event_reader(
    mapping: Mapping, columns: Sequence[str], *, now: datetime, exported_at: datetime
) -> Callable[[Cells], list[EventRow] | Rejected]:
    """
    Return the function that makes events of a row of an activities or deals file.

    A row that tells of nothing (an open deal, a planned task) gives an empty list. Without a person, a readable
    date or a known kind the row is rejected.
    """
    if mapping.table == ACTIVITIES:
        return _activity_reader(mapping, columns, now=now, exported_at=exported_at)
    return _deal_reader(mapping, columns, now=now)


class _Whose:
    """Reads whose row it is, by what the row gives."""

    def __init__(self, mapping: Mapping, found: Places) -> None:
        self.id_at = found.one("lead_id")
        self.email_at, self.phone_at = found.places("email"), found.places("phone")
        self.country = mapping.country

    def __call__(self, cells: tuple[str, ...]) -> tuple[str, str, str]:
        lead_id = cell(cells, self.id_at)
        if lead_id and (";" in lead_id or "," in lead_id):
            # Several people of one deal: the first is the one it was opened for.
            lead_id = re.split(r"[;,]", lead_id)[0].strip()
        email = phone = ""
        for place in self.email_at:
            if not email and cells[place]:
                email = next(iter(normalise.emails(clean(cells[place]))), "")
        for place in self.phone_at:
            if not phone and cells[place]:
                phone = next(iter(normalise.phones(clean(cells[place]), self.country)), "")
        return lead_id[:200], email, phone


def _seconds(text: str, scale: float) -> float | None:
    """Return a duration in seconds: a number in the column's unit, or hours:minutes:seconds."""
    if ":" in text:
        total = 0.0
        for part in text.split(":"):
            value = normalise.number(part)
            if value is None or value < 0:
                return None
            total = total * 60 + value
        return total
    value = normalise.number(text)
    if value is None:
        found = re.fullmatch(r"(?:(\d+)\s*h\w*)?\s*(?:(\d+)\s*m\w*)?\s*(?:(\d+)\s*s\w*)?", text.strip().lower())
        if not found or not any(found.groups()):
            return None
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return float(hours * 3600 + minutes * 60 + seconds)
    return value * scale if value >= 0 else None


def _kind_reader(mapping: Mapping) -> Callable[[str, str, str], str]:
    preset = PRESET_BY_NAME.get(mapping.preset)
    known = preset.activities if preset else {}
    exact = mapping.activities
    by_plain = {labels.plain(label): kind for label, kind in exact.items() if kind}

    def kind_of(type_: str, direction: str, outcome: str) -> str:
        label = labels.activity_label(type_, direction, outcome)
        if label in exact:
            return exact[label]
        told = by_plain.get(labels.plain(label))
        if told:
            return told
        own = by_plain.get(labels.plain(type_)) or known.get(labels.plain(type_), "")
        return labels.activity_kind(type_, direction, outcome, own=own)

    return kind_of


_MEETINGS = frozenset({"appointment_booked", "appointment_held", "appointment_missed"})


def _activity_reader(
    mapping: Mapping, columns: Sequence[str], *, now: datetime, exported_at: datetime
) -> Callable[[Cells], list[EventRow] | Rejected]:
    found = Places(mapping, columns)
    zone = ZoneInfo(mapping.time_zone)
    whose, kind_of = _Whose(mapping, found), _kind_reader(mapping)
    id_at, type_at, direction_at = found.one("event_id"), found.one("type"), found.one("direction")
    outcome_at, text_at, listing_at = found.places("outcome"), found.places("text"), found.places("listing")
    area_at, price_at, owner_at, machine_at = (found.one(field) for field in ("area", "price", "owner", "is_machine"))
    durations = [
        (found.one(field), scale)
        for field, scale in (("duration_seconds", 1.0), ("duration_minutes", 60.0), ("duration_milliseconds", 0.001))
        if found.one(field) >= 0
    ]

    def dates_of(field: str, *, future: bool = False) -> tuple[int, DatesOf | None]:
        for place, column in found.all(field):
            return place, DatesOf(column, zone, now, future=future)
        return -1, None

    occurred_place, occurred_dates = dates_of("occurred_at", future=True)
    recorded_place, recorded_dates = dates_of("recorded_at")
    starts_place, starts_dates = dates_of("starts_at", future=True)
    needs = needs_reader(found, ("budget", "timeframe", "financing", "property_type"))
    repeats = Repeats()
    kinds: dict[tuple[str, str, str], str] = {}
    latest = now + AHEAD
    prefix = f"{mapping.system}:"
    values = {name: kind.value for name, kind in KIND_BY_NAME.items()}
    groups = mapping.kinds

    def read(row: Cells) -> list[EventRow] | Rejected:
        cells = row.cells
        type_ = cells[type_at] if type_at >= 0 else ""
        direction = cells[direction_at] if direction_at >= 0 else ""
        outcome = "" if not outcome_at else cells[outcome_at[0]] if len(outcome_at) == 1 else " ".join(
            text for place in outcome_at if (text := clean(cells[place]))
        )  # fmt: skip
        key = (type_, direction, outcome)
        kind = kinds.get(key)
        if kind is None:
            kind = kind_of(clean(type_), clean(direction), clean(outcome))
            if len(kinds) < MAX_CACHE:
                kinds[key] = kind
        if kind == IGNORE:
            return []
        if not kind:
            if not clean(type_):
                return Rejected("the row does not say what happened")
            label = labels.activity_label(clean(type_), clean(direction), clean(outcome))
            return Rejected(f"nobody has said what {label[:80]!r} means: say so in the mapping")
        if kind not in values and kind not in groups:
            return Rejected(f"{kind[:40]!r} is no kind of event")
        lead_id, email, phone = whose(cells)
        if not (lead_id or email or phone):
            return Rejected("the row does not say whose activity it is")

        recorded: datetime | None = None
        if recorded_dates is not None and (text := clean(cells[recorded_place])):
            recorded, _ = recorded_dates(text)
        starts: datetime | None = None
        if starts_dates is not None and (text := clean(cells[starts_place])):
            starts, _ = starts_dates(text)
        at = None
        if occurred_dates is not None and (text := clean(cells[occurred_place])):
            at, why = occurred_dates(text)
            if at is None:
                return Rejected(why)
        meeting = kind in _MEETINGS
        if at is None:
            at = (starts or recorded) if meeting else (recorded or starts)
            if at is None:
                return Rejected("the row has no date")
        if at > latest and not (meeting and (recorded is not None or starts is not None or exported_at <= now)):
            return Rejected(f"the date lies in the future: {at:%Y-%m-%d}")

        words = ""
        for place in text_at:
            if cells[place] and (text := clean(cells[place])):
                words = f"{words}\n{text}" if words else text
        if kind == "page_view" and words and _CALCULATOR.search(words):
            kind = "calculator_use"
        meaning = values.get(kind, "")
        value: float | None = None
        if meaning:
            if meaning == QUALITY:
                value = message_quality(words) if words else None
            elif meaning == PRICE or meaning == "highest price searched":
                if price_at >= 0 and (text := clean(cells[price_at])):
                    amount = normalise.money(text)
                    value = float(amount) if amount is not None else None
            elif price_at >= 0 and (text := clean(cells[price_at])):
                value = normalise.number(text)
        seconds: float | None = None
        for place, scale in durations:
            if cells[place] and (text := clean(cells[place])):
                seconds = _seconds(text, scale)
        listing = ""
        for place in listing_at:
            if not listing and cells[place]:
                listing = _tidy(cells[place])[:160]
        area = _tidy(cells[area_at])[:120] if area_at >= 0 and cells[area_at] else ""
        own_id = clean(cells[id_at]) if id_at >= 0 else ""
        event_id = prefix + shortened(own_id, 100) if own_id else prefix + "row:" + repeats.name(cells)
        actor = _tidy(cells[owner_at])[:120] if owner_at >= 0 and cells[owner_at] else ""
        steps = _meeting(kind, at, recorded, starts, now, exported_at) if meeting else [(kind, at)]
        result = []
        for n, (step, moment) in enumerate(steps):
            result.append(
                EventRow(
                    event_id=event_id if n == 0 else f"{event_id}:{step}",
                    kind=step,
                    occurred_at=moment,
                    known_at=recorded if recorded is not None and recorded > moment else moment,
                    lead_external_id=lead_id,
                    lead_email=email,
                    lead_phone=phone,
                    listing=listing,
                    area=area,
                    value=value,
                    duration_seconds=seconds,
                    actor=actor,
                    props={"text": words[:MAX_TEXT]} if words else {},
                    stated=needs(cells) if n == 0 else (),
                    is_machine=machine_at >= 0 and normalise.yes_no(cells[machine_at]) is True,
                )
            )
        if kind == "sms_replied" and words and _STOP.fullmatch(words):
            reply = result[0]
            result.append(
                EventRow(
                    event_id=f"{event_id}:stop",
                    kind="opted_out",
                    occurred_at=reply.occurred_at,
                    known_at=reply.known_at,
                    lead_external_id=lead_id,
                    lead_email=email,
                    lead_phone=phone,
                    props={"text": words, "channel": "SMS"},
                )
            )
        return result

    return read


def _meeting(
    kind: str,
    at: datetime,
    recorded: datetime | None,
    starts: datetime | None,
    now: datetime,
    exported_at: datetime,
) -> list[tuple[str, datetime]]:
    """
    Return the steps of an appointment with their moments: booked when it was written down, held when it took place.

    A row gives one or two moments: with a start, the other is the booking; without, the one date is the meeting's
    and `recorded` the booking. An appointment that lies ahead was booked at the export at the latest.
    """
    takes_place = starts or at
    booked = at if starts is not None else recorded
    known_by = min(now, exported_at)
    if booked is not None and booked > known_by:
        booked = None
    steps: list[tuple[str, datetime]] = []
    if kind == "appointment_booked":
        return [(kind, booked or min(takes_place, known_by))]
    if takes_place > now + AHEAD:
        # Nobody can have held a meeting that lies ahead; that it is booked is all we know.
        return [("appointment_booked", booked or known_by)]
    steps.append((kind, takes_place))
    if booked is not None and booked <= takes_place:
        steps.append(("appointment_booked", booked))
    return steps


def _deal_reader(
    mapping: Mapping, columns: Sequence[str], *, now: datetime
) -> Callable[[Cells], list[EventRow] | Rejected]:
    found = Places(mapping, columns)
    zone = ZoneInfo(mapping.time_zone)
    whose, stages = _Whose(mapping, found), stage_reader(mapping)
    id_at, price_at, owner_at = found.one("event_id"), found.one("price"), found.one("owner")
    stage_at, listing_at = found.places("stage"), found.places("listing")
    dated = [
        (place, OUTCOME_OF[field], DatesOf(column, zone, now, future=field == "closed_at"))
        for field in OUTCOME_OF
        for place, column in found.all(field)
    ]
    moments = {
        field: [(place, DatesOf(column, zone, now)) for place, column in found.all(field)]
        for field in ("recorded_at", "stage_at")
    }
    repeats = Repeats()
    latest = now + AHEAD
    prefix = f"{mapping.system}:deal:"
    outcome_of = {
        "appointment": "appointment_booked",
        "agreement": "agreement_signed",
        "under_contract": "under_contract",
        "closed": "closed",
        "past_client": "closed",
        "lost": "lost",
        "do_not_contact": "lost",
    }

    def first(cells: tuple[str, ...], field: str) -> datetime | None:
        for place, dates in moments[field]:
            if text := clean(cells[place]):
                return dates(text)[0]
        return None

    def read(row: Cells) -> list[EventRow] | Rejected:
        cells = row.cells
        lead_id, email, phone = whose(cells)
        if not (lead_id or email or phone):
            return Rejected("the row does not say whose deal it is")
        stage, meaning = stages(cells, stage_at)
        final = outcome_of.get(meaning, "")
        recorded, since = first(cells, "recorded_at"), first(cells, "stage_at")
        steps: dict[str, datetime] = {}
        ended: datetime | None = None
        problem = ""
        for place, kind, dates in dated:
            if cells[place] and (text := clean(cells[place])):
                at, why = dates(text)
                if at is None:
                    problem = problem or why
                elif kind == "closed":
                    # Systems keep one close date for the plan, the closing and the loss: the stage says which it is.
                    if meaning in {"lost", "do_not_contact"}:
                        ended = at
                    elif not stage_at or final == "closed":
                        if at > latest:
                            problem = problem or f"{dates.name}: {text[:40]} lies in the future"
                        else:
                            steps[kind] = at
                else:
                    steps[kind] = at
        if final and final not in steps:
            moment = since or (ended if ended is not None and ended <= latest else None)
            if moment is None and final in {"appointment_booked", "agreement_signed"}:
                moment = recorded
            if moment is not None:
                steps[final] = moment
            elif not steps:
                return Rejected(problem or f"the deal is {stage!r} but no date says since when")
        if not steps:
            return Rejected(problem) if problem else []
        amount = normalise.money(clean(cells[price_at])) if price_at >= 0 else None
        own_id = cell(cells, id_at)
        base = prefix + (shortened(own_id, 80) if own_id else "row:" + repeats.name(cells))
        actor = normalise.one_line(cell(cells, owner_at))[:120]
        listing = next((normalise.one_line(text)[:160] for place in listing_at if (text := clean(cells[place]))), "")
        props = {"stage": stage} if stage else {}
        return [
            EventRow(
                event_id=f"{base}:{kind}",
                kind=kind,
                occurred_at=at,
                known_at=recorded if recorded is not None and recorded > at else at,
                lead_external_id=lead_id,
                lead_email=email,
                lead_phone=phone,
                listing=listing,
                value=float(amount) if amount is not None and KIND_BY_NAME[kind].value == PRICE else None,
                actor=actor,
                props=dict(props),
            )
            for kind, at in sorted(steps.items(), key=lambda step: step[1])
        ]

    return read
