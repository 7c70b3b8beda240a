import numpy as np
import pytest

from leadlight.scoring.learners.encoding import Table
from leadlight.scoring.learners.points import RULES, PointsCard, PointsRule, share_of_data
from leadlight.scoring.rules.scale import logit
from leadlight.signals.rules import catalogue

NAMES = ("showing_request_30d", "hours_since_active", "stated_timeline_days")


def table(*rows: tuple[float, float, float], sources: list[str | None] | None = None) -> Table:
    values = np.array(rows, dtype=np.float32)
    categories = {} if sources is None else {"source": np.array(sources, dtype=object)}
    return Table(NAMES, values, categories)


def test_points_by_hand() -> None:
    card = PointsCard()
    rows = table((0, 1, np.nan), (2, 1, 30), (0, 15 * 24, 400), (0, 61 * 24, np.nan))
    assert card.points(rows).tolist() == [0, 27, -7, -14]


def test_a_source_speaks_by_its_odds() -> None:
    rows = table((0, 1, np.nan), (0, 1, np.nan), (0, 1, np.nan), sources=["Referral", "Facebook", "Carrier pigeon"])
    points = PointsCard().points(rows)
    assert points[0] > 15
    assert points[1] < -10
    assert points[2] == 0


def test_a_table_that_the_card_does_not_know_is_the_base_rate() -> None:
    strange = Table(("x",), np.zeros((3, 1), dtype=np.float32))
    card = PointsCard(base_rate=0.2)
    assert not card.knows(strange)
    assert card.margin(strange) == pytest.approx(float(logit(0.2)))


def test_contributions_add_up() -> None:
    rows = table((1, 15 * 24, 30), (0, 61 * 24, np.nan), sources=["Referral", None])
    base, parts = PointsCard().contributions(rows)
    assert base + sum(parts.values()) == pytest.approx(PointsCard().margin(rows), abs=1e-12)


def test_every_line_of_the_card_names_a_signal_of_the_catalogue_that_a_model_may_use() -> None:
    allowed = {signal.name for signal in catalogue() if signal.in_model}
    assert {rule.signal for rule in RULES} <= allowed


def test_a_card_survives_json_and_editing() -> None:
    card = PointsCard(0.1, (*RULES, PointsRule("visits", "Came back", 3, at_least=2)))
    assert PointsCard.from_dict(card.to_dict()) == card


def test_data_take_over_gradually() -> None:
    shares = [share_of_data(n) for n in (0, 1, 50, 500, 50_000)]
    assert shares[0] == 0
    assert shares[2] == 0.5
    assert shares == sorted(shares)
    assert shares[-1] > 0.99
