import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.scoring.rules.gate import Verdict, cap, judge


@pytest.mark.parametrize(("hits", "n"), [(11, 11), (19, 20), (27, 30), (43, 50), (83, 100), (161, 200)])
def test_these_are_the_fewest_hits_that_pass(hits: int, n: int) -> None:
    assert judge(n, hits).verdict is Verdict.PASS
    assert judge(n, hits - 1).verdict is not Verdict.PASS


@pytest.mark.parametrize(
    ("n", "hits", "verdict"),
    [
        (0, 0, Verdict.INSUFFICIENT),
        (10, 10, Verdict.INSUFFICIENT),
        (11, 9, Verdict.POINT_PASS),
        (20, 15, Verdict.FAIL),
        (20, 16, Verdict.POINT_PASS),
        (100, 75, Verdict.FAIL),
        (100, 76, Verdict.POINT_PASS),
        (11, 0, Verdict.FAIL),
    ],
)
def test_verdicts(n: int, hits: int, verdict: Verdict) -> None:
    assert judge(n, hits).verdict is verdict


@given(st.integers(0, 300), st.data())
def test_the_facts_are_consistent(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n))
    gate = judge(n, hits)
    if n == 0:
        assert gate.precision is None
        assert gate.interval is None
        return
    assert gate.precision is not None
    assert gate.interval is not None
    assert gate.interval[0] <= gate.lower_bound <= gate.precision <= gate.interval[1]


@given(st.integers(11, 300), st.data())
def test_one_hit_more_never_makes_it_worse(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n - 1))
    rank = [Verdict.FAIL, Verdict.POINT_PASS, Verdict.PASS]
    assert rank.index(judge(n, hits).verdict) <= rank.index(judge(n, hits + 1).verdict)


def test_more_hits_than_leads_cannot_be() -> None:
    with pytest.raises(ValueError, match="cannot be"):
        judge(3, 4)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_scores_are_capped_where_the_word_is_not_earned(verdict: Verdict) -> None:
    top = cap(np.array([10.0, 80.0, 99.0]), verdict)
    earned = verdict in (Verdict.PASS, Verdict.POINT_PASS)
    assert top.tolist() == [10.0, 80.0, 99.0 if earned else 80.0]
    assert verdict.earns_hot is earned
