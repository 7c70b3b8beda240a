"""The rule per field of a newer export, and how a record of a change is kept, joined and taken back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.intake.rules import update
from leadlight.intake.rules.derived import derived_events, event_id
from leadlight.intake.rules.export import harmless
from leadlight.intake.rules.records import LeadRow, Stated
from leadlight.intake.rules.undo import reversal
from leadlight.leads.operations import LEAD_FIELDS

DAY = datetime(2024, 1, 1, tzinfo=UTC)
words = st.sampled_from(["", "a", "b"])
values = st.fixed_dictionaries(
    {
        "name": words,
        "kind": words,
        "source_id": st.sampled_from([None, 1, 2]),
        "source_label": words,
        "owner_name": words,
        "assignee_id": st.sampled_from([None, 1, 2]),
        "stage": words,
        "stage_meaning": words,
        "converted": st.sampled_from([None, True, False]),
        "sequence": st.sampled_from([None, 1.0, 2.0]),
        "contacted_at": st.sampled_from([None, DAY, DAY + timedelta(1)]),
        "provenance": st.sampled_from(["UNKNOWN", "BOUGHT", "OPEN_HOUSE"]),
        "home": words,
        "tags": st.sampled_from([[], ["x"], ["x", "y"]]),
        "attributes": st.dictionaries(st.sampled_from(["k", "l.m"]), st.sampled_from([1, 2]), max_size=2),
    }
)

#: Nobody tells to whom a person was given here.
tellings = values.map(lambda told: {**told, "assignee_id": None})


def after(current: dict[str, Any], told: dict[str, Any], **how: Any) -> dict[str, Any]:
    return {**current, **update.changed_fields(current, told, **{"edited": (), "is_newest": True, **how})}


def test_every_field_that_an_import_may_write_has_a_rule() -> None:
    assert tuple(sorted(update.RULES)) == tuple(sorted(LEAD_FIELDS))


@given(values, tellings, st.booleans())
def test_telling_it_again_changes_nothing(current: dict[str, Any], told: dict[str, Any], is_newest: bool) -> None:
    once = after(current, told, is_newest=is_newest)
    assert update.changed_fields(once, told, edited=(), is_newest=is_newest) == {}


@given(values, tellings, st.booleans())
def test_an_empty_value_erases_nothing(current: dict[str, Any], told: dict[str, Any], is_newest: bool) -> None:
    now = after(current, told, is_newest=is_newest)
    for name in update.RULES:
        if not update.is_empty(current[name]) and name not in {"stage_meaning", "assignee_id"}:
            assert not update.is_empty(now[name]), name
    assert current["attributes"].keys() <= now["attributes"].keys()


@given(values, tellings)
def test_the_newest_export_wins_and_an_older_one_only_fills(current: dict[str, Any], told: dict[str, Any]) -> None:
    newest, older = after(current, told), after(current, told, is_newest=False)
    for name, rule in update.RULES.items():
        if rule is update.Rule.NEWEST and name != "stage_meaning" and not update.is_empty(told[name]):
            assert newest[name] == told[name]
            assert older[name] == (told[name] if update.is_empty(current[name]) else current[name])
        if rule is update.Rule.FIRST and not update.is_empty(current[name]):
            assert newest[name] == older[name] == current[name]
    known = [at for at in (current["contacted_at"], told["contacted_at"]) if at]
    assert newest["contacted_at"] == older["contacted_at"] == min(known, default=None)


@given(values, tellings, st.booleans())
def test_who_was_given_the_lead_here_keeps_it_until_another_owner_is_named(
    current: dict[str, Any], told: dict[str, Any], is_newest: bool
) -> None:
    now = after(current, told, is_newest=is_newest)
    is_other = is_newest and now["owner_name"] != current["owner_name"]
    assert now["assignee_id"] == (None if is_other else current["assignee_id"])


@given(values, tellings, st.sets(st.sampled_from(sorted(update.RULES))))
def test_what_was_changed_by_hand_never_changes(
    current: dict[str, Any], told: dict[str, Any], edited: set[str]
) -> None:
    now = after(current, told, edited=edited)
    assert all(now[name] == current[name] for name in edited)


@given(values, tellings)
def test_a_meaning_always_belongs_to_its_stage(current: dict[str, Any], told: dict[str, Any]) -> None:
    now = after(current, told)
    assert (now["stage"], now["stage_meaning"]) in {
        (current["stage"], current["stage_meaning"]),
        (told["stage"], told["stage_meaning"]),
        (current["stage"] or told["stage"], current["stage_meaning"] or told["stage_meaning"]),
    }


@given(values, tellings, tellings)
def test_a_record_taken_back_gives_what_was_before(
    current: dict[str, Any], told: dict[str, Any], other: dict[str, Any]
) -> None:
    first = update.changed_fields(current, told, edited=(), is_newest=True)
    middle = {**current, **first}
    second = update.changed_fields(middle, other, edited=(), is_newest=True)
    end = {**middle, **second}
    one, two = update.record(current, first), update.record(middle, second)

    def taken_back(record: Any, at: dict[str, Any], later: Any = ()) -> dict[str, Any]:
        back = reversal(record, later=later, current=update.flat(at), edited=())
        return {**at, **update.whole(back.values, at, back.gone)}

    assert taken_back(two, end) == middle
    assert taken_back(one, taken_back(two, end)) == current
    before, changed = update.joined(one, two)
    assert before is not None
    assert taken_back((before, changed), end) == current
    # The other way round: the first is taken back under the second, whose record then leads to the start.
    back = reversal(one, later=[two], current=update.flat(end), edited=())
    under = {**end, **update.whole(back.values, end, back.gone)}
    assert taken_back(back.later.get(0, two), under) == current
    assert all(under[name] == other[name] for name in second if name != "attributes")


def test_an_address_that_a_later_import_added_too_stays() -> None:
    back = reversal(({}, {"emails": ["a", "b"]}), later=[({}, {"emails": ["b"]})], current={}, edited=())
    assert (back.emails, back.phones) == (("a",), ())


def row(*values: float, message: str = "", **fields: Any) -> LeadRow:
    return LeadRow("7", stated=tuple(Stated("budget_stated", value) for value in values), message=message, **fields)


def test_needs_are_told_once_and_again_only_when_a_newer_export_changes_them() -> None:
    needs: dict[str, Any] = {}

    def tell(value: float, day: int) -> list[tuple[str, float | None, datetime]]:
        events = derived_events(row(value), system="s", exported_at=DAY + timedelta(day), at_creation=(), needs=needs)
        return [(event.event_id.split(":")[2], event.value, event.known_at) for event in events]

    assert tell(1, 5) == [("budget_stated", 1, DAY + timedelta(5))]
    assert tell(1, 6) == []
    assert tell(2, 4) == [], "what an older export says is passed over"
    assert tell(2, 7) == [("budget_stated", 2, DAY + timedelta(7))]
    assert tell(1, 8) == [("budget_stated", 1, DAY + timedelta(8))]


def test_what_was_known_at_first_contact_is_dated_so() -> None:
    told = derived_events(
        row(1, message="May I see it on Friday?", contacted_at=DAY),
        system="s",
        exported_at=DAY + timedelta(9),
        at_creation={"budget_stated"},
        needs={},
    )
    assert [(event.kind, event.known_at) for event in told] == [("inquiry", DAY), ("budget_stated", DAY)]
    assert told[0].value
    assert told[0].event_id == "s:7:inquiry"


@given(st.text(max_size=300), st.text(max_size=50))
def test_ids_of_events_always_fit(external_id: str, rest: str) -> None:
    assert len(event_id("system", external_id, rest)) <= 160


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless(f" {cell}") == f" {cell}"
