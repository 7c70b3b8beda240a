"""Charts: Vega-Lite drawn to SVG on the server, in the colours of the style sheet. Knows no table."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

#: Stand-in colour in the drawing → class that gives it the style sheet's colour, light and dark.
#: A specification names a colour by its class: `{"mark": {"type": "line", "color": "accent"}}`.
COLOURS: Mapping[str, str] = {
    "ink": "#010101",
    "ink-2": "#020202",
    "line": "#030303",
    "accent": "#040404",
    "hot": "#050505",
    "warm": "#060606",
    "cold": "#070707",
    "sheet": "#080808",
    "accent-soft": "#090909",
}
_CLASS_BY_COLOUR = {colour: name for name, colour in COLOURS.items()}

_CONFIG = {
    "background": None,
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelColor": COLOURS["ink-2"],
        "titleColor": COLOURS["ink-2"],
        "domainColor": COLOURS["line"],
        "tickColor": COLOURS["line"],
        "gridColor": COLOURS["line"],
    },
    "legend": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "labelColor": COLOURS["ink-2"],
        "titleColor": COLOURS["ink"],
    },
    "text": {"fontSize": 12, "color": COLOURS["ink"]},
    "header": {"labelFontSize": 12, "labelColor": COLOURS["ink-2"]},
    "mark": {"color": COLOURS["accent"]},
    "rule": {"color": COLOURS["line"]},
}

_PAINT = re.compile(r'\b(fill|stroke)="(#0[1-9]0[1-9]0[1-9])"')
_STYLE = re.compile(r'\sstyle="[^"]*"')
_TAG = re.compile(r'<(?!/)(?:[^<>"]|"[^"]*")+>')


def svg(spec: Mapping[str, object]) -> SafeString:
    """
    Draw a Vega-Lite specification as SVG that the content security policy lets through.

    Wherever a colour may stand, a name of `COLOURS` may stand too. `description` says in words what the chart
    shows. The text in it is escaped by the drawing. Drawn once for each specification and kept.
    """
    return _draw(json.dumps(spec, sort_keys=True))


@lru_cache(maxsize=256)
def _draw(spec: str) -> SafeString:
    import vl_convert  # a JavaScript engine of its own: only who draws pays for it

    named = json.loads(spec, object_hook=_resolve)
    named["config"] = {**_CONFIG, **named.get("config", {})}
    drawn = _TAG.sub(lambda tag: _paint(tag[0]), vl_convert.vegalite_to_svg(named))
    label = format_html('<svg role="img" aria-label="{}"', named.get("description", "Chart"))
    return mark_safe(drawn.replace("<svg", label, 1))  # noqa: S308 - the drawing escapes its text


def _resolve(found: dict[str, object]) -> dict[str, object]:
    def colour(value: object) -> object:
        if isinstance(value, list):
            return [colour(item) for item in value]
        return COLOURS.get(value, value) if isinstance(value, str) else value

    painted = {"color", "fill", "stroke", "range", "value", "labelColor", "titleColor"}
    return {name: colour(value) if name in painted else value for name, value in found.items()}


def _paint(tag: str) -> str:
    """Put classes in the place of our colours, and drop style attributes, which the policy would block."""
    tag = _STYLE.sub("", tag)
    painted = _PAINT.findall(tag)
    classes = [f"{kind}-{_CLASS_BY_COLOUR[colour]}" for kind, colour in painted if colour in _CLASS_BY_COLOUR]
    if tag.startswith("<svg"):
        classes.append("chart")
    if not classes:
        return tag
    tag = _PAINT.sub("", tag)
    if 'class="' in tag:
        return tag.replace('class="', f'class="{" ".join(classes)} ', 1)
    head, rest = re.match(r"(<[\w:-]+)(.*)", tag, re.S).groups()  # type: ignore[union-attr]  # _TAG begins with a name
    return f'{head} class="{" ".join(classes)}"{rest}'
