"""Template tags of the common look: score chips, moments, figures. Knows no table."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from leadlight.ui import charts, rules

register = template.Library()

#: Tier → style class, word, and what fills the mark: the tier shows in hue, shape and word.
_TIERS: Mapping[str, tuple[str, str, str]] = {
    "HOT": ("hot", "Hot", '<circle cx="6" cy="6" r="5" fill="currentColor"/>'),
    "WARM": ("warm", "Warm", '<path d="M6 1a5 5 0 0 0 0 10z" fill="currentColor"/>'),
    "COLD": ("cold", "Cold", ""),
}
_MARK = (
    '<svg class="mark" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">'
    '<circle cx="6" cy="6" r="5" fill="none" stroke="currentColor" stroke-width="2"/>{}</svg>'
)
_MARKS = {tier: mark_safe(_MARK.format(fill)) for tier, (_, _, fill) in _TIERS.items()}  # noqa: S308 - constants


class Scored(Protocol):
    """What a chip shows."""

    @property
    def number(self) -> int:
        """The whole number that people read."""

    @property
    def tier(self) -> str:
        """`HOT`, `WARM` or `COLD`."""

    @property
    def change(self) -> int:
        """The latest change of the number; 0 shows none."""

    @property
    def is_held(self) -> bool:
        """Whether somebody set the tier by hand."""


@register.simple_tag
def score_chip(score: Scored | None, why: str = "") -> SafeString:
    """
    Draw a score: mark, number, the tier's word and the latest change; a dash without a score.

    `why` is the address that tells what the change is made of.
    """
    if score is None:
        return mark_safe('<span class="score none">No score</span>')
    style, word, _ = _TIERS[score.tier]
    held = mark_safe(' <small title="Set by hand">by hand</small>') if score.is_held else ""
    change = SafeString("")
    if score.change:
        moved = rules.signed(score.change)
        link = ' <a class="change" href="{}" title="What did it">{}</a>'
        change = format_html(link, why, moved) if why else format_html(" <small>{}</small>", moved)
    chip = '<span class="score {}">{}<b>{}</b> {}{}{}</span>'
    return format_html(chip, style, _MARKS[score.tier], score.number, word, held, change)


@register.simple_tag
def ago(when: datetime | None, now: datetime) -> SafeString:
    """Say how long ago a moment was ("3 min", "2 h", "1 d"), with the moment itself as a tip; a dash for none."""
    if when is None:
        return format_html('<span class="faint">{}</span>', rules.DASH)
    local = timezone.localtime(when)
    return format_html(
        '<time datetime="{}" title="{}" data-ago>{}</time>', local.isoformat(), moment(when), rules.span(now - when)
    )


@register.filter
def moment(when: datetime | None) -> str:
    """Write a moment as people of the team's zone read it: "Nov 17, 2026, 2:17 pm"."""
    if when is None:
        return rules.DASH
    return f"{day(when)}, {clock(when)}"


@register.filter
def clock(when: datetime) -> str:
    """Write the time of day: "2:17 pm"."""
    return rules.clock(timezone.localtime(when))


@register.filter
def day(when: datetime | None) -> str:
    """Write a day: "Nov 17, 2026"."""
    if when is None:
        return rules.DASH
    local = timezone.localtime(when)
    return f"{local:%b} {local.day}, {local.year}"


@register.filter
def when(at: datetime, now: datetime) -> str:
    """Write a moment as one speaks of it: of today its time, "2:17 pm"; of another day that day, "Nov 17"."""
    local, today = timezone.localtime(at), timezone.localtime(now)
    if local.date() == today.date():
        return clock(at)
    return f"{local:%b} {local.day}" if local.year == today.year else day(at)


@register.simple_tag
def team_clock() -> str:
    """Name the zone by whose clock the team reads and writes moments."""
    return rules.zone_words(timezone.get_current_timezone_name())


@register.filter
def signed(value: float) -> str:
    """Write a whole number with its sign, as "+23"."""
    return rules.signed(round(value))


@register.filter
def percent(share: float | None) -> str:
    """Write a share as whole percent: "31 %"; a dash for none."""
    return "–" if share is None else f"{100 * share:.0f} %"


@register.filter
def phone(value: str) -> str:
    """Write a phone number as people of its country do: "(813) 555-0142"; what is not one stays as it is."""
    return rules.phone(value)


@register.filter
def initials(name: str) -> str:
    """Return one or two letters for the neutral disc beside a name."""
    return rules.initials(name)


@register.simple_tag
def chart(spec: Mapping[str, object]) -> SafeString:
    """Draw a Vega-Lite specification."""
    return charts.svg(spec)
