import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.quality.rules.clients import (
    BEFORE_WORD,
    ENOUGH,
    before_first_word,
    client_mask,
    difference,
    in_common,
    tries_until_reached,
)
from leadlight.quality.rules.log import DAY
from tests.quality.build import log

HOUR = 3_600.0


def people(n: int, *told: tuple[str, float]) -> list[list[tuple[str, float]]]:
    return [list(told) for _ in range(n)]


class TestClients:
    def test_the_strongest_word_of_which_there_is_enough(self) -> None:
        closed, booked = people(ENOUGH, ("closed", DAY)), people(5, ("appointment_booked", DAY))
        mask, kinds = client_mask(log(*closed, *booked))
        assert (mask.sum(), "closed" in kinds) == (ENOUGH, True)
        mask, kinds = client_mask(log(*closed[1:], *booked))
        assert (mask.sum(), kinds) == (0, ())
        mask, kinds = client_mask(log(*closed[1:], *people(ENOUGH, ("appointment_booked", DAY))))
        assert (mask.sum(), "appointment_booked" in kinds) == (ENOUGH, True)


class TestBeforeTheFirstWord:
    def test_only_what_came_before_the_first_word_counts(self) -> None:
        told = log(
            *people(40, ("listing_save", HOUR), ("inquiry", 2 * HOUR), ("closed", 9 * DAY)),
            *people(60, ("inquiry", 2 * HOUR), ("listing_save", 3 * HOUR)),
            *people(30, ("listing_save", HOUR), ("inquiry", 2 * HOUR)),
            # These never wrote, and so have no such moment.
            *people(200, ("listing_save", HOUR)),
            # Too long before.
            *people(40, ("listing_save", 0), ("inquiry", BEFORE_WORD + HOUR)),
        )
        clients, _ = client_mask(told)
        [found] = before_first_word(told, clients, ["listing_save", "search"])
        assert (found.clients.hits, found.clients.n) == (40, 40)
        assert (found.others.hits, found.others.n) == (30, 130)
        assert found.ratio == pytest.approx(130 / 30)
        assert found.is_clear

    def test_what_is_the_same_for_both_is_not_clear(self) -> None:
        told = log(
            *people(40, ("listing_view", 0), ("inquiry", HOUR), ("closed", DAY)),
            *people(40, ("inquiry", HOUR), ("closed", DAY)),
            *people(100, ("listing_view", 0), ("inquiry", HOUR)),
            *people(100, ("inquiry", HOUR)),
        )
        [found] = before_first_word(told, client_mask(told)[0], ["listing_view"])
        assert found.ratio == 1.0
        assert not found.is_clear


def test_traits_in_common_are_compared_where_they_are_known() -> None:
    clients = np.array([True] * 40 + [False] * 100 + [True])
    codes = np.array([0] * 30 + [1] * 10 + [0] * 20 + [1] * 80 + [-1])
    found = {one.name: one for one in in_common(clients, codes, ("Referral", "Zillow", "Rare"))}
    assert set(found) == {"Referral", "Zillow"}
    assert (found["Referral"].clients.n, found["Referral"].others.n) == (40, 100)
    assert found["Referral"].ratio == pytest.approx(0.75 / 0.2)
    assert found["Zillow"].high < 1


_counts = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(_counts, _counts)
def test_a_difference_turns_over_with_its_sides(one: tuple[int, int], other: tuple[int, int]) -> None:
    (a, n), (b, m) = one, other
    mask = np.array([True] * a + [False] * (n - a) + [True] * b + [False] * (m - b))
    first = np.array([True] * n + [False] * m)
    here, there = difference("x", mask, first, ~first), difference("x", mask, ~first, first)
    assert here.low <= here.ratio <= here.high
    assert here.ratio == pytest.approx(1 / there.ratio)
    assert here.low == pytest.approx(1 / there.high)
    assert here.clients.low <= here.clients.value <= here.clients.high


class TestReached:
    def test_tries_before_the_first_conversation_are_counted(self) -> None:
        told = log(
            [("call_attempted", 0), ("sms_sent", HOUR), ("call_answered", 2 * HOUR), ("email_sent", 3 * HOUR)],
            [("call_attempted", 0), ("email_replied", HOUR)],
            [("sms_replied", 0), ("call_attempted", HOUR)],
            [("call_attempted", k * DAY) for k in range(7)],
            [("listing_view", 0)],
        )
        found = tries_until_reached(told)
        assert found is not None
        assert (found.n, found.median, found.n_never, found.median_never) == (2, 1.5, 1, 7.0)
        assert found.by_try == {1: 0.5, 3: 1.0, 6: 1.0}

    def test_a_history_without_either_says_nothing(self) -> None:
        assert tries_until_reached(log([("call_attempted", 0)])) is None
        assert tries_until_reached(log([("call_received", 0)])) is None
        assert tries_until_reached(log()) is None
