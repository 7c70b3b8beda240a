"""Signals as sentences."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.signals.rules import Signal, Unit, catalogue, reason_text

BY_NAME = {signal.name: signal for signal in catalogue()}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("listing_view_7d", 3, "3 listing views in the last 7 days"),
        ("listing_view_7d", 1, "1 listing view in the last 7 days"),
        ("listing_view_7d", 0, "No listing view in the last 7 days"),
        ("listing_view_total", 1204, "1,204 listing views so far"),
        ("call_received_48h", 2, "2 calls from them in the last 48 hours"),
        ("search_decay_7d", 2.4499, "2.4 searches, each counting half after 7 days"),
        ("search_decay_1d", 1.0, "1 search, each counting half after a day"),
        ("search_decay_1d", 0.01, "No search lately"),
        ("inquiry_hours_since", 0.5, "Last inquiry 30 minutes ago"),
        ("inquiry_hours_since", 1.9, "Last inquiry 1 hour ago"),
        ("inquiry_hours_since", 30, "Last inquiry 30 hours ago"),
        ("inquiry_hours_since", 9.9 * 24, "Last inquiry 9 days ago"),
        ("inquiry_hours_since", 0, "Last inquiry 0 seconds ago"),
        ("inquiry_hours_since", math.nan, "No inquiry yet"),
        ("email_opened_total", 0, "No email opened yet"),
        ("hours_since_active", 216, "Quiet for 9 days"),
        ("answer_consistency", 0.6, "Answered 3 of our last 5 messages"),
        ("reply_share", 0.004, "Answered 1% of our messages and calls within 3 days"),
        ("reply_share", 0.999, "Answered 99% of our messages and calls within 3 days"),
        ("median_response_hours", math.nan, "No reply yet"),
        ("open_rate", 0.01, "1 open per 100 emails"),
        ("open_rate", 0, "Has not opened an email"),
        ("most_views_one_listing_48h", 4, "Viewed one listing 4 times in two days"),
    ],
)
def test_sentences(name: str, value: float, sentence: str):
    assert reason_text(BY_NAME[name], value) == sentence


def test_the_listing_is_named():
    text = reason_text(BY_NAME["most_views_one_listing_48h"], 4.0, "12 Elm St")
    assert text == "Viewed 12 Elm St 4 times in two days"


def test_a_listing_s_name_is_never_read_as_a_template():
    text = reason_text(BY_NAME["most_views_one_listing_48h"], 4.0, "{n} {x|y}")
    assert text == "Viewed {n} {x|y} 4 times in two days"


values = st.one_of(st.just(math.nan), st.just(0.0), st.floats(0, 1e6), st.integers(0, 100).map(float))


@given(st.sampled_from(catalogue()), values)
def test_every_signal_has_a_sentence_for_every_value(signal: Signal, value: float):
    if signal.unit is Unit.SHARE and value > 1:
        value /= 1e6
    text = reason_text(signal, value)
    assert text
    assert not re.search(r"[{}|]", text)
    assert not re.search(r"because|nan\b|\binf\b", text, re.IGNORECASE)
    assert not re.search(r"\b1 \w+(?:views|visits|searches|days|times|actions|uses|opens|clicks|listings)\b", text)


@given(st.sampled_from([s for s in catalogue() if s.unit is Unit.COUNT]), st.integers(3, 5000))
def test_the_number_in_the_sentence_is_the_value(signal: Signal, n: int):
    assert f"{n:,}" in reason_text(signal, float(n))
