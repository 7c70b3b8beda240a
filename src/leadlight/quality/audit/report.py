"""The audit as an object, as JSON, and as one page. The page trusts no cell: everything is escaped, nothing runs."""

import json
import math
from dataclasses import dataclass, field
from html import escape
from typing import Any

from .findings import Finding, of_100, percent

_RANK = {"high": 0, "medium": 1, "low": 2}
_ACTIONS = {"left_out": "Left out", "ask": "For you to decide", "kept": "Good to know"}
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;padding:1rem;max-width:60rem;color:#1d2433}"
    "h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}article{border-left:4px solid #c9ced9;padding:0 1rem;"
    "margin:.8rem 0}article.high{border-color:#b3261e}article.medium{border-color:#b26a00}"
    "article h3{font-size:1rem;margin:.3rem 0;overflow-wrap:anywhere}article p{margin:.3rem 0;overflow-wrap:anywhere}"
    "div.wide{overflow-x:auto}table{border-collapse:collapse}td,th{padding:.25rem .75rem .25rem 0;text-align:left;"
    "vertical-align:top;border-bottom:1px solid #e4e7ee}td.n{text-align:right;font-variant-numeric:tabular-nums}"
    "small{color:#4b5468}"
)


@dataclass(frozen=True)
class Audit:
    """What an audit found, the gravest first, and the figures beside it."""

    findings: tuple[Finding, ...]
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Return the columns from which nothing should be learned, in the order of the findings."""
        return tuple(dict.fromkeys(f.column for f in self.findings if f.action == "left_out"))

    def as_dict(self) -> dict[str, Any]:
        """Return findings and figures as JSON holds them; what is not a number is null."""
        plain: dict[str, Any] = _plain({"findings": [f.as_dict() for f in self.findings], "figures": self.figures})
        return plain

    def to_json(self) -> str:
        """Return findings and figures as one JSON document."""
        return json.dumps(self.as_dict(), indent=2, ensure_ascii=False, allow_nan=False)

    def to_html(self) -> str:
        """Return one page that needs nothing else: no script, no picture, no address."""
        return _page(self)


def in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    """Return findings as they are read: what was left out, then what is asked, each by how grave it is."""
    actions = list(_ACTIONS)
    return tuple(sorted(findings, key=lambda f: (actions.index(f.action), _RANK[f.severity])))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return value
    number = float(value)
    return round(number, 6) if math.isfinite(number) else None


def _page(audit: Audit) -> str:
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>Audit of your leads</title><style>{_STYLE}</style></head><body><h1>Audit of your leads</h1>",
        f"<p>{_summary(audit)}</p>",
    ]
    for action, title in _ACTIONS.items():
        chosen = [f for f in audit.findings if f.action == action]
        if chosen:
            parts.append(f"<h2>{title}</h2>")
            parts += [_article(f) for f in chosen]
    parts += [
        _table("Leads by month", audit.figures.get("months"), ("month", "n", "n_converted", "rate", "interval")),
        _table(
            "Leads by source",
            audit.figures.get("sources"),
            ("source", "n", "n_converted", "rate", "rate_shrunken", "interval"),
        ),
        _table(
            "How far columns are filled",
            audit.figures.get("columns"),
            ("column", "holds", "share_filled", "n_empty", "n_placeholder"),
        ),
        "</body></html>",
    ]
    return "".join(parts)


def _summary(audit: Audit) -> str:
    rows = audit.figures.get("n_rows", 0)
    told = [f"{rows:,} rows, {audit.figures.get('n_columns', 0)} columns."]
    outcome = audit.figures.get("outcome")
    if outcome and outcome.get("rate") is not None:
        told.append(f"By {outcome['column']}, {of_100(outcome['rate'])} converted ({outcome['n_converted']:,}).")
    told.append(
        f"Nothing should be learned from {', '.join(audit.left_out)}."
        if audit.left_out
        else "No column was left out."
    )
    return escape(" ".join(told))


def _article(found: Finding) -> str:
    name = found.kind.replace("_", " ")
    title = f"{found.column}: {name}" if found.column else name
    return f'<article class="{found.severity}"><h3>{escape(title)}</h3><p>{escape(found.sentence)}</p></article>'


def _table(title: str, rows: list[dict[str, Any]] | None, columns: tuple[str, ...]) -> str:
    if not rows:
        return ""
    shown = [name for name in columns if name in rows[0]]
    head = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in shown)
    body = "".join("<tr>" + "".join(_cell(row.get(name), name) for name in shown) + "</tr>" for row in rows)
    return f'<h2>{title}</h2><div class="wide"><table><tr>{head}</tr>{body}</table></div>'


def _cell(value: Any, name: str) -> str:
    if value is None:
        return "<td><small>none</small></td>"
    if isinstance(value, list):
        return f'<td class="n">{percent(value[0])} to {percent(value[1])}</td>'
    if isinstance(value, str):
        return f"<td>{escape(value)}</td>"
    if "rate" in name or "share" in name:
        return f'<td class="n">{percent(float(value))}</td>'
    return f'<td class="n">{value:,}</td>'
