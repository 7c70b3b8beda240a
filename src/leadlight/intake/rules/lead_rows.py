"""Rows of a people file become people. The reader is made once per file and is fast; nothing is stored here. Pure."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

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
from leadlight.intake.rules.fields import CLOSES, OUTCOME_OF
from leadlight.intake.rules.mapping import Column, Mapping
from leadlight.intake.rules.records import LeadRow, Rejected, Suppressed
from leadlight.leads.rules import canonical_source, fold

_TAG_SPLIT = re.compile(r"[,;|\n]+")
_TAG_KINDS = frozenset({"buyer", "seller", "renter", "tenant", "landlord", "investor", "buyers", "sellers"})
_NOT_CLOSING = re.compile(r"\b(?:not|opt(?:ed)?[ -]?in|subscribed|allowed|ok)\b", re.IGNORECASE)


def lead_reader(
    mapping: Mapping, columns: Sequence[str], *, now: datetime, exported_at: datetime
) -> Callable[[Cells], LeadRow | Rejected]:
    """
    Return the function that makes a person of a row of a people file.

    `columns` are the file's headers; mapped columns that it lacks are passed over. A value that cannot be read is
    dropped with a note and the row is kept; a row is rejected only when it says of nobody in particular.
    """
    latest = min(now, exported_at + AHEAD) if exported_at <= now else now
    found = Places(mapping, columns)
    zone = ZoneInfo(mapping.time_zone)
    country = mapping.country
    id_at, name_at = found.one("lead_id"), found.one("name")
    first_at, last_at = found.one("first_name"), found.one("last_name")
    kind_at, source_at, owner_at = found.one("kind"), found.one("source"), found.one("owner")
    converted_at, sequence_at, message_at = found.one("converted"), found.one("sequence"), found.one("message")
    email_at, phone_at = found.places("email"), found.places("phone")
    stage_at, tag_at, home_at = found.places("stage"), found.places("tags"), found.places("home")
    contacted = [(place, DatesOf(column, zone, latest)) for place, column in found.all("contacted_at")]
    dated = [
        (place, OUTCOME_OF[field], DatesOf(column, zone, latest))
        for field in OUTCOME_OF
        for place, column in found.all(field)
    ]
    closing = [(place, column, *CLOSES[field]) for field in CLOSES for place, column in found.all(field)]
    own = [(place, column.name, column.type) for place, column in found.all("attribute")]
    own += [(place, column.name, "yes_no") for place, column, _, _ in closing if column.type]
    sources, stages = dict(mapping.sources), stage_reader(mapping)
    needs = needs_reader(found, ("budget", "timeframe", "financing", "property_type", "area"))
    repeats = Repeats()
    identified = any(
        found.by_field.get(field) for field in ("lead_id", "name", "first_name", "last_name", "email", "phone")
    )
    # A table with a final outcome and no people in it (sessions, calls) still has rows that count.
    anonymous = converted_at >= 0 or not identified
    tag_cache: dict[str, tuple[tuple[str, ...], tuple[Suppressed, ...], str]] = {}
    flag_cache: dict[tuple[int, str], Suppressed | None] = {}

    def read(row: Cells) -> LeadRow | Rejected:
        cells = row.cells
        notes: list[str] = []
        emails: tuple[str, ...] = ()
        for place in email_at:
            if cells[place] and (text := clean(cells[place])):
                addresses = normalise.emails(text)
                emails += addresses
                if not addresses and not normalise.is_placeholder_email(text):
                    notes.append(f"{columns[place]}: {text[:60]!r} is no email address")
        phones: tuple[str, ...] = ()
        for place in phone_at:
            if cells[place] and (text := clean(cells[place])):
                numbers = normalise.phones(text, country)
                phones += numbers
                if not numbers and not normalise.is_placeholder_phone(text):
                    notes.append(f"{columns[place]}: {text[:40]!r} is no phone number")
        if len(email_at) > 1:
            emails = tuple(dict.fromkeys(emails))
        if len(phone_at) > 1:
            phones = tuple(dict.fromkeys(phones))
        name = ""
        if first_at >= 0 or last_at >= 0:
            name = normalise.joined_name(cell(cells, first_at), cell(cells, last_at))
        if not name and name_at >= 0:
            name = normalise.name(cell(cells, name_at))

        external_id = cell(cells, id_at)
        if not external_id:
            if id_at < 0 and (emails or phones):
                external_id = f"{(emails or phones)[0]}|{fold(name)}"
            elif anonymous or emails or phones or name:
                external_id = repeats.name(cells)
            else:
                return Rejected("the row has no id, name, email or phone: it says of nobody in particular")

        contacted_at = None
        for place, dates in contacted:
            if text := clean(cells[place]):
                contacted_at, why = dates(text)
                if why:
                    notes.append(why)
        stage, meaning = stages(cells, stage_at)
        suppressed: tuple[Suppressed, ...] = ()
        for place, column, channel, reason in closing:
            raw = cells[place]
            if raw:
                flag = (place, raw)
                if flag not in flag_cache:
                    if len(flag_cache) > MAX_CACHE:
                        flag_cache.clear()
                    flag_cache[flag] = _flag(column, clean(raw), channel, reason)
                told = flag_cache[flag]
                if told is not None:
                    suppressed += (told,)
        if stage:
            suppressed += _stage_closes(stage, meaning)
        tags: tuple[str, ...] = ()
        kind = normalise.person_kind(text) if kind_at >= 0 and (text := clean(cells[kind_at])) else ""
        for place in tag_at:
            raw = cells[place]
            if raw:
                known = tag_cache.get(raw)
                if known is None:
                    if len(tag_cache) > MAX_CACHE:
                        tag_cache.clear()
                    known = tag_cache[raw] = _tags(raw)
                tags += known[0]
                suppressed += known[1]
                kind = kind or known[2]
        label = clean(cells[source_at]) if source_at >= 0 else ""
        source = ""
        if label:
            source = sources.get(label, "")
            if not source:
                source = canonical_source(label)
                if len(sources) < MAX_CACHE:
                    sources[label] = source

        attributes: dict[str, object] = {}
        for place, title, type_ in own:
            raw = cells[place]
            if raw and (text := clean(raw)):
                value = _typed(text, type_)
                if value is not None:
                    attributes[title] = value

        outcomes: tuple[tuple[str, datetime], ...] = ()
        for place, kind_of, dates in dated:
            if cells[place] and (text := clean(cells[place])):
                at, why = dates(text)
                # Of an open deal the close date is only a plan; it says nothing was closed.
                if kind_of == "closed" and meaning in _UNFINISHED and (at is None or stage):
                    continue
                if at is None:
                    notes.append(why)
                    continue
                if contacted_at is not None and at < contacted_at - AHEAD:
                    notes.append(f"{dates.name}: {text[:40]} is before the first contact")
                outcomes += ((kind_of, at),)

        return LeadRow(
            external_id=shortened(external_id, 200),
            name=name,
            emails=emails,
            phones=phones,
            kind=kind,
            source=source[:120],
            source_label=label[:200],
            owner_name=normalise.one_line(cell(cells, owner_at))[:120] if owner_at >= 0 else "",
            stage=stage[:120],
            stage_meaning=meaning,
            converted=normalise.outcome(cells[converted_at]) if converted_at >= 0 else None,
            sequence=normalise.number(cells[sequence_at]) if sequence_at >= 0 else None,
            contacted_at=contacted_at,
            tags=tags,
            attributes=attributes,
            stated=needs(cells),
            suppressed=suppressed,
            outcomes=outcomes,
            message=cell(cells, message_at)[:MAX_TEXT] if message_at >= 0 else "",
            home=", ".join(text for place in home_at if (text := clean(cells[place])))[:200] if home_at else "",
            notes=tuple(notes),
        )

    return read


_UNFINISHED = frozenset({"open", "appointment", "agreement", "under_contract"})


def _flag(column: Column, text: str, channel: str, reason: str) -> Suppressed | None:
    """Return what a cell of an opt-out column closes: yes, a date or a reason close; no and 0 do not."""
    if not text:
        return None
    said = normalise.yes_no(text)
    if said is False or (said is None and _NOT_CLOSING.search(text)):
        return None
    if said is None and normalise.number(text) == 0:
        return None
    return Suppressed(channel, reason, f"{column.name} = {normalise.one_line(text)}"[:300])


def _stage_closes(stage: str, meaning: str) -> tuple[Suppressed, ...]:
    told = labels.closing(stage)
    if told is not None:
        return (Suppressed(*told, f"stage {stage}"[:300]),)
    return (Suppressed("ALL", "TRASH", f"stage {stage}"[:300]),) if meaning == "do_not_contact" else ()


def _tags(raw: str) -> tuple[tuple[str, ...], tuple[Suppressed, ...], str]:
    tags = tuple(
        dict.fromkeys(tag[:100] for part in _TAG_SPLIT.split(raw) if (tag := normalise.one_line(clean(part))))
    )
    closed = tuple(Suppressed(*told, f"tag {tag}"[:300]) for tag in tags if (told := labels.closing(tag)))
    kind = next((normalise.person_kind(tag) for tag in tags if tag.lower() in _TAG_KINDS), "")
    return tags, closed, kind


def _typed(text: str, type_: str) -> object:
    if type_ == "number":
        return normalise.number(text)
    if type_ == "yes_no":
        return normalise.yes_no(text)
    return text[:2000]
