"""Vega-Lite specifications of the model page's charts."""

from collections.abc import Mapping, Sequence
from typing import Any

Spec = dict[str, object]
_WIDTH, _HEIGHT = 300, 220
_DIAGONAL = {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "y", "type": "quantitative"}}


def _percent(field: str, title: str) -> Spec:
    axis = {"format": ".0%", "tickCount": 5}
    return {"field": field, "type": "quantitative", "title": title, "scale": {"domain": [0, 1]}, "axis": axis}


def _base(rows: Sequence[Mapping[str, Any]]) -> Spec:
    return {"width": _WIDTH, "height": _HEIGHT, "data": {"values": list(rows)}}


def reliability(rows: Sequence[Mapping[str, Any]]) -> Spec:
    """Draw the chance said against the rate seen, with 95 % intervals; on the line both are the same."""
    x = _percent("p_mean", "chance said")
    return {
        **_base(rows),
        "layer": [
            {
                "data": {"values": [{"x": 0, "y": 0}, {"x": 1, "y": 1}]},
                "mark": {"type": "line", "strokeDash": [4, 4], "color": "ink-2", "strokeWidth": 1},
                "encoding": _DIAGONAL,
            },
            {
                "mark": {"type": "rule", "color": "accent", "strokeWidth": 1.5, "opacity": 0.5},
                "encoding": {"x": x, "y": {"field": "low", "type": "quantitative"}, "y2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 60, "color": "accent", "opacity": 1},
                "encoding": {"x": x, "y": _percent("rate", "came true")},
            },
        ],
    }


def thresholds(rows: Sequence[Mapping[str, Any]]) -> Spec:
    """Draw precision and recall of "score above" for each threshold, labelled at their ends."""
    long = [
        {"score": row["score_above"], "value": row[name], "what": name}
        for row in rows
        for name in ("precision", "recall")
        if row[name] is not None
    ]
    colour = {"field": "what", "type": "nominal", "legend": None, "scale": {"range": ["accent", "warm"]}}
    x = {"field": "score", "type": "quantitative", "title": "score above", "scale": {"domain": [20, 100]}}
    names = dict.fromkeys(row["what"] for row in long)
    ends = [max((row for row in long if row["what"] == name), key=lambda row: row["score"]) for name in names]
    return {
        **_base(long),
        "layer": [
            {
                "mark": {"type": "line", "point": True},
                "encoding": {"x": x, "y": _percent("value", "share"), "color": colour},
            },
            {
                "data": {"values": ends},
                "mark": {"type": "text", "align": "left", "dx": 8, "color": "ink"},
                "encoding": {"x": x, "y": _percent("value", "share"), "text": {"field": "what"}},
            },
        ],
    }


def gain(rows: Sequence[Mapping[str, Any]]) -> Spec:
    """Draw which share of all that came true lies in the top share of leads."""
    points = [{"top": 0.0, "gain": 0.0}, *(row for row in rows if row["gain"] is not None)]
    return {
        **_base(points),
        "layer": [
            {
                "data": {"values": [{"x": 0, "y": 0}, {"x": 1, "y": 1}]},
                "mark": {"type": "line", "strokeDash": [4, 4], "color": "ink-2", "strokeWidth": 1},
                "encoding": _DIAGONAL,
            },
            {
                "mark": {"type": "line", "point": True, "color": "accent"},
                "encoding": {"x": _percent("top", "leads called, best first"), "y": _percent("gain", "came true")},
            },
        ],
    }
