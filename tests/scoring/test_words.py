from typing import Any

import pytest

from leadlight.scoring.rules.labels import FINAL_OUTCOME, Target
from leadlight.scoring.rules.serving import settled_states
from leadlight.scoring.rules.words import advice, chance, deed, headline, shares

SIXTY = Target("appointment", 60)
BINS = [
    {"p_mean": 0.1, "rate": 0.08, "n": 300},
    {"p_mean": 0.5, "rate": 0.52, "n": 14},
    {"p_mean": 0.9, "rate": 1.0, "n": 0},
]


def card(**more: Any) -> dict[str, Any]:
    measured = {
        "n_hot": 40,
        "precision_hot": 0.85,
        "intervals": {"precision_hot": [0.7, 0.94], "auc": None},
        "auc": 0.8,
    }
    return {
        "target": "appointment_60d",
        "verdict": "PASS",
        "serving": "model",
        "by_time": measured,
        "random": measured,
        **more,
    }


def test_targets_are_said_as_deeds() -> None:
    assert deed(SIXTY) == "booked an appointment within 60 days"
    assert deed(Target("closed", 365)) == "closed a deal within 365 days"
    assert deed(FINAL_OUTCOME) == "converted in the end"
    assert deed(Target("open_house_visit", 14)) == "open house visit within 14 days"


def test_a_chance_is_counted_from_its_bin_and_a_small_one_is_said() -> None:
    said = chance(0.2, BINS, SIXTY)
    assert said is not None
    assert said.text == "8 of 100 leads like this booked an appointment within 60 days (n = 300)"
    few = chance(0.95, BINS, SIXTY)
    assert few is not None
    assert few.text.endswith("(only 14 so far)")
    assert chance(0.5, [], SIXTY) is None
    surprising = [{"p_mean": 0.1, "rate": 0.6, "n": 29}, {"p_mean": 0.5, "rate": 0.2, "n": 30}]
    by_what_was_said = chance(0.55, surprising, SIXTY)
    assert by_what_was_said is not None
    assert (by_what_was_said.per_100, by_what_was_said.text[-8:]) == (20, "(n = 30)")
    one_fewer = chance(0.1, surprising, SIXTY)
    assert one_fewer is not None
    assert one_fewer.text.endswith("(only 29 so far)")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "Of 100 leads above 80, 85 booked an appointment within 60 days; between 70 and 94"),
        ({"verdict": "POINT_PASS"}, "not yet proven"),
        ({"verdict": "INSUFFICIENT"}, "Only 40 leads of the test stood out"),
        ({"verdict": "FAIL"}, "too few, so nobody is called hot"),
        ({"serving": "points_card"}, "The points card serves"),
        ({"by_time": None, "random": None, "serving": "points_card"}, "The points card serves"),
        ({"by_time": {"n_hot": 0, "precision_hot": None, "intervals": {}}}, "No lead of the test stood out"),
    ],
)
def test_the_headline_says_what_hot_means(change: dict[str, Any], words: str) -> None:
    assert words in headline(card(**change))


def test_only_an_unearned_word_gets_advice() -> None:
    assert advice(card()) == []
    assert any("nearer target" in line for line in advice(card(verdict="FAIL", target="closed_365d")))
    assert any("with dates" in line for line in advice(card(verdict="FAIL", target="final_outcome")))


def test_figures_carry_intervals_or_a_dash() -> None:
    by_label = {figure.label: figure for figure in shares(card(random=None))}
    assert by_label["Precision of hot"].by_time == "0.850 (0.700 to 0.940)"
    assert by_label["AUC"].by_time == "0.800"
    assert by_label["Leads above 80"].by_time == "40"
    assert by_label["Brier score"].by_time == "–"
    assert by_label["AUC"].at_random == "–"


def test_whoever_has_reached_the_target_is_not_asked_about_again() -> None:
    assert "BOOKED" in settled_states(SIXTY)
    assert "BOOKED" in settled_states(FINAL_OUTCOME)
    assert "BOOKED" not in settled_states(Target("agreement", 180))
    assert "CLIENT" in settled_states(Target("agreement", 180))
    assert settled_states(Target("closed", 365)) == {"CLOSED", "LOST"}
    for target in (SIXTY, Target("agreement", 180), Target("closed", 90), FINAL_OUTCOME):
        assert {"CLOSED", "LOST"} <= settled_states(target)
        assert "OPEN" not in settled_states(target)
