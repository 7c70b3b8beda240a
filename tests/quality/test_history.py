import json

import numpy as np
import pytest

from leadlight.quality.rules.history import look
from leadlight.quality.rules.log import DAY
from leadlight.quality.rules.words import history_lines
from tests.quality.build import log

HOUR = 3_600.0
SENTENCES = {"listing_save": "They saved a listing.", "search": "They searched for listings."}


def people(n: int, *told: tuple[str, float]) -> list[list[tuple[str, float]]]:
    return [list(told) for _ in range(n)]


def test_an_empty_history_tells_nothing() -> None:
    assert look(log(), doings=["search"], traits={}) == {}
    assert history_lines({}, SENTENCES) == []


def test_who_became_a_client_and_how_soon() -> None:
    told = log(
        *people(40, ("listing_save", 0), ("inquiry", HOUR), ("appointment_booked", 20 * DAY), ("closed", 100 * DAY)),
        *people(60, ("inquiry", HOUR), ("call_attempted", DAY)),
        *people(100, ("inquiry", HOUR), ("call_attempted", DAY), ("call_answered", 2 * DAY)),
        until=200 * DAY,
    )
    codes = np.array([0] * 40 + [1] * 160)
    found = look(told, doings=["listing_save", "search"], traits={"source": (codes, ["Referral", "Zillow"])})
    json.dumps(found, allow_nan=False)
    assert found["time_to"]["appointment"]["30"] == pytest.approx([0.2, 0.15, 0.26], abs=0.02)
    assert found["time_to"]["agreement"]["90"][0] == 0.0
    assert found["time_to"]["agreement"]["180"][0] == pytest.approx(0.2)
    assert "365" not in found["time_to"]["agreement"]
    assert found["tries"] == {
        "n": 100, "median": 1.0, "by_try": {"1": 1.0, "3": 1.0, "6": 1.0}, "n_never": 60, "median_never": 1.0,
    }  # fmt: skip
    assert found["clients"]["n"] == 40
    lines = dict(history_lines(found, SENTENCES))
    [saved] = lines["What your 40 clients did before they first wrote or called"]
    assert saved.startswith("They saved a listing: 100 of 100 clients, 0 of 100 others")
    assert len(lines["What they had in common: source"]) == 2
    assert "100 by the first" in lines["How often you tried until somebody answered"][0]
    assert lines["From first contact to an appointment"] == [
        "Of 100 leads: 20 within 30 days, 20 within 60 days, 20 within 90 days, 20 within 180 days."
    ]


def test_young_leads_are_watched_only_as_long_as_they_are_known() -> None:
    # Half came 10 days before the end: nobody knows yet what becomes of them.
    told = log(
        *people(50, ("appointment_booked", 40 * DAY)), *people(50, ("search", 0)), *people(100, ("search", 90 * DAY)),
        first=[0.0] * 100 + [90 * DAY] * 100, until=100 * DAY,
    )  # fmt: skip
    assert look(told, doings=[], traits={})["time_to"]["appointment"]["60"][0] == pytest.approx(0.5)
