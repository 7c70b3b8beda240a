import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.template import Context, Template

from leadlight import ui
from leadlight.ui import charts

SHEET = (Path(ui.__path__[0]) / "static/ui/leadlight.css").read_text()
NOW = datetime(2026, 11, 23, 17, 5, tzinfo=UTC)


@dataclass
class Chip:
    number: int = 91
    tier: str = "HOT"
    change: int = 0
    is_held: bool = False


def draw(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(("tier", "word"), [("HOT", "Hot"), ("WARM", "Warm"), ("COLD", "Cold")])
def test_a_tier_shows_in_hue_shape_and_word(tier: str, word: str) -> None:
    chip = draw("{% score_chip chip %}", chip=Chip(tier=tier))
    assert f'class="score {word.lower()}"' in chip
    assert f"<b>91</b> {word}" in chip
    marks = {
        re.sub(r"<svg.*?<circle.*?/>", "", draw("{% score_chip chip %}", chip=Chip(tier=one)))
        for one in ("HOT", "WARM", "COLD")
    }
    assert len(marks) == 3


def test_the_change_shows_with_its_sign() -> None:
    assert "<small>+23</small>" in draw("{% score_chip chip %}", chip=Chip(change=23))
    assert '<a class="change" href="/x/#y" title="What did it">+23</a>' in draw(
        "{% score_chip chip '/x/#y' %}", chip=Chip(change=23)
    )
    assert "by hand" in draw("{% score_chip chip %}", chip=Chip(is_held=True))
    assert "<small>" not in draw("{% score_chip chip %}", chip=Chip())
    assert "No score" in draw("{% score_chip chip %}", chip=None)


def test_moments_are_told_in_the_teams_zone() -> None:
    assert draw("{{ at|moment }}", at=NOW) == "Nov 23, 2026, 12:05 pm"
    assert draw("{{ at|clock }} {{ at|day }}", at=NOW - timedelta(hours=12)) == "12:05 am Nov 23, 2026"
    assert ">3 h<" in draw("{% ago at now %}", at=NOW - timedelta(hours=3), now=NOW)
    assert "<time" not in draw("{% ago at now %}", at=None, now=NOW)


SPEC = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "description": 'Booked by <b> & "band"',
    "width": 200,
    "height": 100,
    "data": {"values": [{"x": 1, "y": 2, "t": "<script>alert(1)</script>"}, {"x": 2, "y": 3, "t": "b > \" 'c"}]},
    "layer": [
        {"mark": {"type": "line", "color": "accent", "point": {"color": "hot"}}},
        {"mark": {"type": "text"}, "encoding": {"text": {"field": "t"}}},
    ],
    "encoding": {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "y", "type": "quantitative"}},
}


def test_a_chart_passes_the_policy_and_takes_the_sheets_colours() -> None:
    drawn = charts.svg(SPEC)
    assert "style=" not in drawn
    assert "<style" not in drawn
    assert "<script>" not in drawn
    assert "&lt;script&gt;alert(1)" in drawn
    assert 'role="img" aria-label="Booked by &lt;b&gt; &amp; &quot;band&quot;"' in drawn
    for name in ("stroke-accent", "fill-ink", "fill-ink-2", "stroke-line"):
        assert name in drawn
    assert not set(re.findall(r'(?:fill|stroke)="([^"]*)"', drawn)) - {"none", "transparent"}
    assert charts.svg(dict(reversed(SPEC.items()))) is drawn


def test_every_colour_of_a_chart_has_its_class_in_the_sheet() -> None:
    for name in charts.COLOURS:
        assert f".fill-{name} {{" in SHEET
        assert f".stroke-{name} {{" in SHEET


def _luminance(colour: str) -> float:
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1])
def test_text_stands_out_from_what_it_lies_on(scheme: int) -> None:
    tokens = {name: pair[scheme] for name, *pair in re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", SHEET)}
    pairs = [
        (text, ground)
        for text in ("ink", "ink-2", "ink-3", "accent", "hot", "bad", "good")
        for ground in ("paper", "sheet")
    ]
    pairs += [
        ("ink", "sunk"),
        ("ink-2", "sunk"),
        ("accent", "accent-soft"),
        ("accent-ink", "accent"),
        ("bad", "bad-soft"),
    ]
    pairs += [(tier, f"{tier}-soft") for tier in ("hot", "warm", "cold")]
    for text, ground in pairs:
        light, dark = sorted((_luminance(tokens[text]), _luminance(tokens[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)


def test_no_text_is_under_twelve_pixels() -> None:
    sizes = [int(size) for size in re.findall(r"font(?:-size)?:[^;]*?(\d+)px", SHEET)]
    assert all(size >= 12 for size in sizes)
    assert "--t-s: 12px" in SHEET
