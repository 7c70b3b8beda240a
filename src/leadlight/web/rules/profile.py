"""What a person stated, as facts to read. Pure."""

from collections.abc import Iterable

_READINESS = {0: "no financing yet", 1: "looking for financing", 2: "pre-approved, by their word", 3: "cash"}
_LABELS = {
    "property_type_stated": "Looks for",
    "area_stated": "Area",
    "budget_stated": "Up to",
    "timeline_stated": "Moving",
    "financing_stated": "Financing",
}


def stated_facts(stated: Iterable[tuple[str, float | None, str, str]]) -> tuple[tuple[str, str], ...]:
    """
    Return label and words of what was stated: (kind, value, listing, area), the latest word first.

    The latest word of each kind counts; areas and property types are all listed.
    """
    words: dict[str, list[str]] = {}
    for kind, value, listing, area in stated:
        said = _words(kind, value, listing, area)
        many = kind in ("area_stated", "property_type_stated")
        if said and kind in _LABELS and (many or kind not in words) and said not in words.get(kind, ()):
            words.setdefault(kind, []).append(said)
    return tuple((label, ", ".join(words[kind])) for kind, label in _LABELS.items() if kind in words)


def _words(kind: str, value: float | None, listing: str, area: str) -> str:
    match kind:
        case "area_stated":
            return area
        case "property_type_stated":
            return listing
        case "budget_stated" if value is not None:
            return f"${value:,.0f}"
        case "timeline_stated" if value is not None:
            return _when(value)
        case "financing_stated" if value is not None:
            return _READINESS.get(round(value), "")
    return ""


def _when(days: float) -> str:
    if days <= 7:
        return "right away"
    if days <= 45:
        return f"within {round(days / 7)} weeks"
    if days < 365 * 2:
        return f"within {round(days / 30.4)} months"
    return f"in {round(days / 365)} years or so"
