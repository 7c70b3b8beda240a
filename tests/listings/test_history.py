"""How what feeds tell becomes a state and a history, in whatever order and however often it is told."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadlight.listings.rules import Change, ChangeKind, Status, Told, news, settle
from leadlight.listings.rules.facts import names
from leadlight.listings.rules.history import text
from tests.listings.build import DAY, HOUR, NOW, told

AT = NOW - 30 * DAY
PRICE = Decimal(500_000)


def settled(*rows: Told, before=None):
    return settle(before, rows, as_of=NOW)


def kinds(changes: tuple[Change, ...]) -> list[tuple[str, str, str]]:
    return [(change.kind.value, change.old, change.new) for change in changes]


def test_a_listing_appears_and_then_changes() -> None:
    first = told(at=AT, list_price=PRICE)
    cheaper = told(at=AT + DAY, list_price=PRICE - 20_000, price_changed_at=AT + HOUR)
    opened = AT + 3 * DAY
    pending = told("1", Status.PENDING, at=AT + 2 * DAY, open_house_starts_at=opened)
    sold = told("1", Status.CLOSED, at=AT + 9 * DAY, close_price=Decimal("470000.50"), status_changed_at=AT + 8 * DAY)
    found = settled(first, cheaper, pending, sold)
    assert kinds(found.changes) == [
        ("APPEARED", "", "Active"),
        ("PRICE", "500000", "480000"),
        ("STATUS", "Active", "Pending"),
        ("OPEN_HOUSE", "", opened.isoformat()),
        ("STATUS", "Pending", "Closed"),
        ("CLOSE_PRICE", "", "470000.5"),
    ]
    assert [(change.at - AT, change.known_at - AT) for change in found.changes] == [
        (0 * DAY, 0 * DAY),
        (HOUR, DAY),
        (2 * DAY, 2 * DAY),
        (2 * DAY, 2 * DAY),
        (8 * DAY, 9 * DAY),
        (9 * DAY, 9 * DAY),
    ]
    # What a later row does not tell stays as it was.
    assert (found.after.list_price, found.after.standard_status) == (PRICE - 20_000, Status.CLOSED)
    assert (found.n_changed, found.n_unchanged, found.n_outdated) == (4, 0, 0)


def test_nothing_changes_later_than_it_was_told() -> None:
    before = settled(told(at=AT, list_price=PRICE)).after
    row = told(at=AT + DAY, list_price=Decimal(1), price_changed_at=AT + 5 * DAY)
    [change] = settled(row, before=before).changes
    assert (change.at, change.known_at) == (AT + DAY, AT + DAY)


def test_what_is_older_than_the_state_is_passed_over_and_what_is_told_again_changes_nothing() -> None:
    now = settled(told(at=AT, list_price=PRICE)).after
    old = settled(told(at=AT - HOUR, list_price=Decimal(1)), before=now)
    assert (old.after, old.changes, old.n_outdated) == (now, (), 1)
    again = settled(told(at=AT, list_price=PRICE), told(at=AT, list_price=PRICE), before=now)
    assert (again.after, again.changes, again.n_unchanged) == (now, (), 2)


def test_what_still_holds_later_makes_the_state_younger() -> None:
    now = settled(told(at=AT, list_price=PRICE)).after
    later = settled(told(at=AT + DAY, list_price=PRICE), before=now)
    assert (later.after.modified_at, later.changes, later.n_unchanged) == (AT + DAY, (), 1)
    assert settled(told(at=AT + HOUR, list_price=Decimal(1)), before=later.after).n_outdated == 1


def test_of_two_unlike_rows_of_one_moment_one_wins_always() -> None:
    one, other = told(at=AT, list_price=Decimal(1)), told(at=AT, list_price=Decimal(2))
    ways = [
        settled(one, other).after,
        settled(other, one).after,
        settled(other, before=settled(one).after).after,
        settled(one, before=settled(other).after).after,
        settled(one, before=settled(one, other).after).after,
    ]
    assert len(set(ways)) == 1


def test_rows_without_a_moment_count_as_of_the_export_the_last_told_over_the_others() -> None:
    one, other = told(at=None, list_price=Decimal(1)), told(at=None, list_price=Decimal(2))
    assert settled(other, one).after.list_price == 1
    assert settled(one, before=settled(other).after).after.list_price == 1
    assert settled(one).after.modified_at == NOW
    assert settled(one, before=settled(told(at=NOW + DAY, list_price=PRICE)).after).n_outdated == 1
    for rows in ((one, told(at=NOW + DAY, list_price=PRICE)), (told(at=NOW + DAY, list_price=PRICE), one)):
        assert settled(*rows).after.list_price == PRICE
        assert [change.at for change in settled(*rows).changes] == [NOW, NOW + DAY]
    # Of a row dated to the export's moment, too.
    assert settled(one, told(at=NOW, list_price=PRICE)).after.list_price == 1


def test_facts_are_told_by_their_names_and_fit_their_columns() -> None:
    with pytest.raises(ValueError, match="has no senior_community"):
        settled(told(senior_community=True))
    found = settled(told(list_price=Decimal("1.005"), city="x" * 200, postal_code="98107-1234", bedrooms_total=None))
    assert (found.after.list_price, len(found.after.city), found.after.postal_code) == (Decimal("1.00"), 100, "98107")
    assert set(names()) & {"pk", "system", "listing_key", "modified_at"} == set()


def test_texts_of_values() -> None:
    values = (None, Decimal("450000.00"), Decimal("1E+3"), Decimal("0.50"), date(2026, 5, 1), Status.ACTIVE, "x", 3)
    assert [text(value) for value in values] == ["", "450000", "1000", "0.5", "2026-05-01", "Active", "x", "3"]
    assert text(NOW) == "2026-06-01T16:00:00+00:00"


rows = st.lists(
    st.builds(
        lambda status, price, minutes, baths: told(
            "1", status, AT + minutes * HOUR, list_price=price, bathrooms_total=baths
        ),
        st.sampled_from([Status.ACTIVE, Status.PENDING, Status.COMING_SOON]),
        st.sampled_from([None, PRICE, PRICE * 96 / 100, PRICE - 10_000]),
        st.integers(0, 5),
        st.sampled_from([Decimal(1), Decimal(2)]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=300)
@given(rows, st.data())
def test_a_feed_shuffled_repeated_and_cut_into_batches_leaves_the_same_state_and_news(feed, data) -> None:
    straight = settled(*feed)
    mixed = data.draw(st.permutations([*feed, *data.draw(st.lists(st.sampled_from(feed), max_size=4))]))
    at_once = settled(*mixed)
    assert (at_once.after, at_once.changes) == (straight.after, straight.changes)
    assert news(None, at_once.after, NOW) == news(None, straight.after, NOW)
    state = None
    while mixed:
        n = data.draw(st.integers(1, len(mixed)))
        state, mixed = settled(*mixed[:n], before=state).after, mixed[n:]
    assert state == straight.after
    before = settled(told(at=AT - DAY, list_price=PRICE)).after
    assert news(before, state, NOW) == news(before, straight.after, NOW)


@given(rows)
def test_every_row_is_counted_once(feed) -> None:
    found = settled(*feed)
    assert found.n_changed + found.n_unchanged + found.n_outdated == len(feed)
    assert found.changes[0].kind is ChangeKind.APPEARED
    # Each change begins where the one before it of its kind ended.
    for kind in (ChangeKind.PRICE, ChangeKind.STATUS):
        chain = [change for change in found.changes if change.kind is kind]
        assert [change.new for change in chain[:-1]] == [change.old for change in chain[1:]]
