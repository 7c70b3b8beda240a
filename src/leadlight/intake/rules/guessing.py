"""How a file's columns are guessed, from names first and values second; the face is `mapping.guess`. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath

from leadlight.intake import normalise
from leadlight.intake.rules import headers, labels, listing_tables
from leadlight.intake.rules.attributes import ID_WORDS, attribute_type
from leadlight.intake.rules.dates import settle
from leadlight.intake.rules.fields import ACTIVITIES, CLOSES, DEALS, FIELDS, LEADS, LISTINGS, TABLES
from leadlight.intake.rules.fitting import LOOKED_AT, by_values, fits, share
from leadlight.intake.rules.mapping import Column, Guess, Mapping, UnableToMapFile
from leadlight.intake.rules.presets import PRESET_BY_NAME, find_preset
from leadlight.intake.rules.presets.preset import Preset
from leadlight.leads.rules import canonical_source

_MAX_LABELS = 400
_IDENTITY = frozenset({"lead_id", "name", "first_name", "last_name", "email", "phone"})
_GENERIC = frozenset(
    ["people", "person", "leads", "lead", "contacts", "contact", "activities", "activity", "deals", "deal",
     "opportunities", "opportunity", "tasks", "task", "events", "event", "export", "exports", "data",
     "file", "csv", "all", "my", "final", "copy", "the", "report", "of", "xlsx"]
)  # fmt: skip


class Guesser:
    """One file being guessed."""

    def __init__(
        self,
        name: str,
        columns: tuple[str, ...],
        sample: Sequence[tuple[str, ...]],
        *,
        country: str,
        time_zone: str,
        outcome: str | None,
        order: str | None,
        exclude: Collection[str],
        remembered: Mapping | None,
        table: str | None,
    ) -> None:
        self.name = name
        self.columns = columns
        self.remembered = remembered
        self.country = remembered.country if remembered else country
        self.time_zone = remembered.time_zone if remembered else time_zone
        # Rows are counted as a spreadsheet shows them: the names of the columns are row 1.
        self.values: list[list[tuple[int, str]]] = [
            [
                (n, text)
                for n, cells in enumerate(sample, start=2)
                if place < len(cells) and (text := normalise.clean(cells[place]))
            ]
            for place in range(len(columns))
        ]
        self.outcome = self._column(outcome) if outcome else None
        self.order = self._column(order) if order else None
        self.excluded = {self._column(column) for column in exclude}
        self.notes: list[str] = []
        self.left_out: dict[str, str] = {}
        self.decimal_comma = self._has_decimal_commas()
        self.preset: Preset | None = None
        self.table = ""
        self._settle_table(table)

    # --- the whole ----------------------------------------------------------------------------------------------

    def guess(self) -> Guess:
        """Return the mapping and what the person who imports should know."""
        columns = self._without_rivals([self._read_column(place) for place in range(len(self.columns))])
        columns = self._with_id(columns)
        if self.table == LISTINGS:
            columns, notes = listing_tables.settled(columns)
            self.notes += notes
        columns = [self._with_dates(place, column) for place, column in enumerate(columns)]
        columns = [self._with_type(place, column) for place, column in enumerate(columns)]
        stages, unmapped_stages = self._stages(columns)
        activities, unmapped_activities = self._activities(columns)
        sources = {
            label: (self.remembered.sources.get(label) if self.remembered else None) or canonical_source(label)
            for label, _ in self._counted(columns, "source")
        }
        mapping = Mapping(
            table=self.table,
            system=self.remembered.system if self.remembered else self._system(),
            preset=self.preset.name if self.preset else "",
            columns=tuple(columns),
            stages=stages,
            activities=activities,
            sources=sources,
            time_zone=self.time_zone,
            country=self.country,
            kinds=dict(self.remembered.kinds) if self.remembered else {},
        )
        has_opt_outs = self._has_opt_outs(mapping)
        self._say(columns, has_opt_outs)
        return Guess(
            mapping,
            tuple(self.notes),
            tuple(unmapped_stages),
            tuple(unmapped_activities),
            has_opt_outs,
            self.left_out,
        )

    def _say(self, columns: Sequence[Column], has_opt_outs: bool) -> None:
        held = {column.field for column in columns}
        if self.preset and not self.preset.verified:
            self.notes.append(f"Read as {self.preset.label}, unverified. {self.preset.source}")
        if self.table == LEADS:
            if not held & {"email", "phone"} and self.outcome is None:
                self.notes.append("No column holds email addresses or phone numbers.")
            if not has_opt_outs:
                self.notes.append("This file says of nobody that they must not be contacted.")
            if not held & {"contacted_at", "sequence"}:
                self.notes.append("No column says when a lead came in.")
            if "lead_id" not in held:
                self.notes.append(
                    "No column holds an id: people are told apart by email or phone and name, else by the whole row."
                )
        texts = [column.name for column in columns if column.field == "attribute" and column.type in {"text", "date"}]
        if texts:
            self.notes.append(
                "Kept for people to read, not for the score (long text, ids or dates): "
                + ", ".join(texts[:12])
                + (f" and {len(texts) - 12} more." if len(texts) > 12 else ".")
            )
        allowing = [column.name for column in columns if column.field == "attribute" and headers.allows(column.name)]
        if allowing:
            self.notes.append(f"A yes allows messages and closes nothing: {', '.join(allowing[:12])}.")
        if self.left_out:
            self.notes.append(f"Left out and not stored: {', '.join(self.left_out)}.")

    # --- names of columns ---------------------------------------------------------------------------------------

    def _column(self, wanted: str) -> int:
        """Return the place of a column that somebody named."""
        for same in (lambda name: name == wanted, lambda name: headers.key(name) == headers.key(wanted)):
            for place, name in enumerate(self.columns):
                if same(name):
                    return place
        raise UnableToMapFile(
            f"There is no column {wanted!r} in {self.name}. It has: {', '.join(self.columns[:40])}."
        )

    def _system(self) -> str:
        if self.preset:
            return self.preset.system
        found = re.split(r"[^a-z0-9]+", PurePath(self.name).stem.lower())
        return "_".join(word for word in found if word and word not in _GENERIC and not word.isdigit())[:40] or "file"

    def _has_decimal_commas(self) -> bool:
        commas = points = 0
        for column in self.values:
            for _, text in column[:100]:
                commas += bool(re.fullmatch(r"-?\d{1,3}(?:\.\d{3})*,\d{1,2}(?: ?€)?", text))
                points += bool(re.fullmatch(r"[-$]*\d{1,3}(?:,\d{3})*\.\d{1,2}", text))
        return commas > points

    def _settle_table(self, wanted: str | None) -> None:
        if wanted is not None and wanted not in TABLES:
            raise UnableToMapFile(f"There is no kind of table {wanted!r}; it can be {', '.join(TABLES)}.")
        if self.outcome is not None:
            wanted = LEADS
        if self.remembered and wanted is None:
            wanted = self.remembered.table
        self.preset = (
            None if self.outcome is not None else find_preset(self.columns, tables={wanted} if wanted else TABLES)
        )
        if self.remembered and self.remembered.preset in PRESET_BY_NAME:
            self.preset = PRESET_BY_NAME[self.remembered.preset]
        self.table = wanted or (self.preset.table if self.preset else self._guess_table())

    def _guess_table(self) -> str:
        if listing_tables.is_listings(self.columns):
            return LISTINGS
        held = {table: {headers.by_name(name, table): name for name in self.columns} for table in TABLES}
        activities, deals = held[ACTIVITIES], held[DEALS]
        whose = {"lead_id", "email", "phone"}
        if "type" in activities and {"occurred_at", "recorded_at"} & activities.keys() and whose & activities.keys():
            values = self.values[self.columns.index(activities["type"])][:LOOKED_AT]
            told = sum(bool(labels.activity_kind(text, "", "")) for _, text in values)
            if told * 2 >= max(1, len(values)) or headers.key(activities["type"]) in {
                "activitytype",
                "eventtype",
                "engagementtype",
            }:
                return ACTIVITIES
        named = any({"deal", "opportunity", "transaction"} & set(headers.words(name)) for name in self.columns)
        moments = {"closed_at", "agreement_at", "under_contract_at"} & deals.keys()
        people = {"first_name", "last_name", "contacted_at", "source"} & held[LEADS].keys()
        if whose & deals.keys() and ((named and (moments or "stage" in deals)) or (moments and not people)):
            return DEALS
        return LEADS

    # --- one column ---------------------------------------------------------------------------------------------

    def _read_column(self, place: int) -> Column:
        name = self.columns[place]
        if place == self.outcome:
            self._check_outcome(place)
            return Column(name, "converted", why="chosen")
        if place in self.excluded:
            return Column(name, "ignored", why="chosen")
        if place == self.order:
            return self._order_column(place)
        if self.remembered:
            told = next((column for column in self.remembered.columns if column.name == name), None)
            if told is not None:
                if told.field == "left_out":
                    self.left_out[name] = headers.denied(name) or "chosen"
                return replace(told, why=told.why or "chosen")
        if self.table == LISTINGS:
            # By its name alone: a row whose status or price cannot be read must be told, not its column passed over.
            # What no field is made for is never stored: neither schools nor whom a building is for.
            return Column(name, headers.by_name(name, LISTINGS) or "ignored", why="name")
        reason = headers.denied(name)
        if reason:
            self.left_out[name] = reason if reason.startswith("too") else f"fair housing: {reason}"
            return Column(name, "left_out", why="fair housing")
        known = self._known()
        if self.preset:
            field = self.preset.headers.get(headers.key(name), "")
            if field:
                return Column(name, field, known="creation" if field == "message" else known, why="preset")
        field, why = self._by_name(place)
        if not field:
            field, why = by_values(self.values[place], self.country), "values"
        if not field or (self.table == LEADS and field == "ignored" and why == "values"):
            return Column(name, "attribute" if self.table == LEADS else "ignored", known=known, why="name")
        return Column(name, field, known=known, why=why)

    def _known(self) -> str:
        return "creation" if self.outcome is not None else "export"

    def _by_name(self, place: int) -> tuple[str, str]:
        """Return the field that the name says, when the values do not speak against it."""
        name = self.columns[place]
        if self.table == LEADS:
            closing = headers.closes(name)
            if closing and (closing == "ignored" or fits(closing, name, self.values[place], self.country)):
                return closing, "name"
            if headers.allows(name):
                return "attribute", "name"
        field = headers.by_name(name, self.table)
        if field and fits(field, name, self.values[place], self.country):
            return field, "name"
        return "", ""

    def _check_outcome(self, place: int) -> None:
        strange = sorted({text for _, text in self.values[place] if normalise.outcome(text) is None})
        values = {normalise.outcome(text) for _, text in self.values[place]}
        name = self.columns[place]
        if strange:
            shown = ", ".join(repr(text) for text in strange[:5])
            raise UnableToMapFile(
                f"The outcome {name!r} must have two values such as yes and no, 1 and 0, won and lost; it "
                f"also has {shown}."
            )
        if values != {True, False}:
            raise UnableToMapFile(
                f"The outcome {name!r} is the same in every row; a model needs both kinds of leads."
            )

    def _order_column(self, place: int) -> Column:
        name, values = self.columns[place], self.values[place]
        if values and share(values, lambda text: normalise.number(text) is not None) == 1.0:
            settled = settle(values, country=self.country)
            if settled is None or settled.word in {"excel", "epoch"}:
                return Column(name, "sequence", known="creation", why="chosen")
        if settle(values, country=self.country, decimal_comma=self.decimal_comma) is not None:
            return Column(name, "contacted_at", known="creation", why="chosen")
        raise UnableToMapFile(f"The order {name!r} must hold numbers or dates in every row.")

    # --- all columns together -----------------------------------------------------------------------------------

    def _without_rivals(self, columns: list[Column]) -> list[Column]:
        """Let one column hold what only one can: the chosen, the preset's first, the strongest name, the fullest."""
        best: dict[str, tuple[tuple[int, int, int, int], int]] = {}
        order = list(self.preset.headers) if self.preset else []
        # Synonyms stand in the order of their strength: "Lead Source" before "Lead Origin".
        strength = {alias: n for n, alias in enumerate(headers.SYNONYMS[self.table])}
        for place, column in enumerate(columns):
            if FIELDS[column.field].many:
                continue
            key = headers.key(column.name)
            rank = (
                {"chosen": 0, "preset": 1, "name": 2}.get(column.why, 3),
                order.index(key) if key in order else strength.get(key, len(strength)),
                -len(self.values[place]),
                place,
            )
            if column.field not in best or rank < best[column.field][0]:
                best[column.field] = (rank, place)
        other = "attribute" if self.table == LEADS else "ignored"
        return [
            column if FIELDS[column.field].many or best[column.field][1] == place else replace(column, field=other)
            for place, column in enumerate(columns)
        ]

    def _with_id(self, columns: list[Column]) -> list[Column]:
        """Take a column that is called an id, and differs in every row, for the person's id when no name told."""
        if self.table != LEADS or any(column.field == "lead_id" for column in columns):
            return columns
        n_rows = max(map(len, self.values), default=0)
        for place, column in enumerate(columns):
            texts = [text for _, text in self.values[place]]
            named = ID_WORDS & set(headers.words(column.name))
            if column.field == "attribute" and named and len(texts) == n_rows and len(set(texts)) == n_rows > 1:
                return [*columns[:place], replace(column, field="lead_id", why="values"), *columns[place + 1 :]]
        return columns

    def _with_dates(self, place: int, column: Column) -> Column:
        """Settle how a column's dates are written, once for the whole column."""
        if not FIELDS[column.field].is_date:
            return column
        settled = settle(self.values[place], country=self.country, decimal_comma=self.decimal_comma)
        if settled is None:
            if self.values[place]:
                self.notes.append(f"{column.name}: fewer than half of the values are dates.")
            return replace(column, dates=column.dates or "iso")
        sure = not settled.note.startswith("ambiguous")
        if column.dates and not sure:
            return column
        if settled.note:
            self.notes.append(f"{column.name}: {settled.note}.")
        return replace(column, dates=settled.word)

    def _with_type(self, place: int, column: Column) -> Column:
        if column.field in CLOSES and self.outcome is not None:
            return replace(column, type="yes_no", known="creation")
        if column.field != "attribute" or column.type:
            return column
        return replace(
            column, type=attribute_type(column.name, [text for _, text in self.values[place]], self.country)
        )

    def _texts(self, columns: Sequence[Column], field: str) -> Iterator[str]:
        for place, column in enumerate(columns):
            if column.field == field:
                yield from (text for _, text in self.values[place])

    def _counted(self, columns: Sequence[Column], field: str) -> list[tuple[str, int]]:
        return Counter(self._texts(columns, field)).most_common(_MAX_LABELS)

    def _stages(self, columns: Sequence[Column]) -> tuple[dict[str, str], list[str]]:
        said = self.remembered.stages if self.remembered else {}
        known = self.preset.stages if self.preset else None
        stages = dict(said)
        unmapped = []
        for label, _ in self._counted(columns, "stage"):
            stages[label] = said.get(label) or labels.stage_meaning(label, known)
            if not stages[label]:
                unmapped.append(label)
        return stages, unmapped

    def _activities(self, columns: Sequence[Column]) -> tuple[dict[str, str], list[str]]:
        if self.table != ACTIVITIES:
            return {}, []
        said = self.remembered.activities if self.remembered else {}
        counted: Counter[tuple[str, str, str]] = Counter()
        cells = [
            (column.field, dict(self.values[place]))
            for place, column in enumerate(columns)
            if column.field in {"type", "direction", "outcome"}
        ]
        for row in sorted({n for _, values in cells for n in values}):
            parts = [
                " ".join(values[row] for held, values in cells if held == field and row in values)
                for field in ("type", "direction", "outcome")
            ]
            counted[parts[0], parts[1], parts[2]] += 1
        kinds, unmapped = dict(said), []
        for parts_, _ in counted.most_common(_MAX_LABELS):
            label = labels.activity_label(*parts_)
            own = self.preset.activities.get(labels.plain(parts_[0]), "") if self.preset else ""
            kinds[label] = said.get(label) or labels.activity_kind(*parts_, own=own)
            if not kinds[label]:
                unmapped.append(label)
        return kinds, unmapped

    def _has_opt_outs(self, mapping: Mapping) -> bool:
        if any(column.field in CLOSES for column in mapping.columns):
            return True
        if set(mapping.stages.values()) & {"do_not_contact"} or set(mapping.activities.values()) & {
            "unsubscribed",
            "opted_out",
        }:
            return True
        return any(
            labels.closing(tag)
            for text in set(self._texts(mapping.columns, "tags"))
            for tag in re.split(r"[,;|]", text)
        )
