"""How targets, chances and cards are said in plain words. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .labels import Target

_DEEDS = {
    "appointment_booked": "booked an appointment",
    "appointment_held": "kept an appointment",
    "agreement_signed": "signed an agreement",
    "offer_made": "made an offer",
    "under_contract": "went under contract",
    "closed": "closed a deal",
}


def deed(target: Target) -> str:
    """Return what leads did who fulfilled a target: "booked an appointment within 60 days"."""
    if target.horizon_days is None:
        return "converted in the end"
    said = _DEEDS.get(target.event_kind, target.event_kind.replace("_", " "))
    return f"{said} within {target.horizon_days} days"


@dataclass(frozen=True)
class Chance:
    """A chance as people count it: of n leads like this in the test, so many came true."""

    per_100: int
    n: int
    text: str


#: A bin of fewer leads than this is said to be small.
FEW = 30


def chance(p: float, reliability: Sequence[Mapping[str, Any]], target: Target) -> Chance | None:
    """
    Return the chance of a lead with probability p from the bin of the reliability curve that it falls in.

    Each bin holds `p_mean`, `rate` and `n`; without bins nothing can be said.
    """
    bins = [b for b in reliability if b["n"] > 0]
    if not bins:
        return None
    nearest = min(bins, key=lambda b: abs(b["p_mean"] - p))
    per_100, n = round(100 * nearest["rate"]), int(nearest["n"])
    size = f"n = {n}" if n >= FEW else f"only {n} so far"
    return Chance(per_100, n, f"{per_100} of 100 leads like this {deed(target)} ({size})")


def _per_100(value: float) -> str:
    return f"{100 * value:.0f}"


def headline(card: Mapping[str, Any]) -> str:
    """Return the first sentence of a card: what "hot" means here, or why nobody is called that."""
    target = Target.parse(card["target"])
    measured = card["by_time"] or card["random"]
    if card["serving"] != "model" or measured is None:
        return "The points card serves: no model has earned its place yet, so nobody is called hot."
    n, precision = measured["n_hot"], measured["precision_hot"]
    interval = (measured.get("intervals") or {}).get("precision_hot")
    if precision is None or interval is None:
        return "No lead of the test stood out enough to be called hot."
    said = (
        f"Of 100 leads above 80, {_per_100(precision)} {deed(target)}; between {_per_100(interval[0])} and "
        f"{_per_100(interval[1])} with what we know (n = {n})."
    )
    match card["verdict"]:
        case "PASS":
            return f"{said} The word hot is earned."
        case "POINT_PASS":
            return f"{said} Hot is shown as not yet proven."
        case "INSUFFICIENT":
            return f"Only {n} leads of the test stood out, too few to prove anything, so nobody is called hot."
        case _:
            return f"{said} That is too few, so nobody is called hot."


def advice(card: Mapping[str, Any]) -> list[str]:
    """Return what would help a model that has not earned the word "hot", the cheapest first."""
    if card["verdict"] in ("PASS", "POINT_PASS") and card["serving"] == "model":
        return []
    target = Target.parse(card["target"])
    found = ['Work from "Priority": the best 20 you can call today are the best there are, whatever the word.']
    if target.horizon_days is None:
        found.append("Import activities or deals with dates: an outcome with a date can be learned much better.")
    elif target.event_kind != "appointment_booked":
        found.append(
            "Record appointments with their dates: a nearer target is reached more often and learned sooner."
        )
    found.append(
        "Import a longer history, with the leads that came to nothing: every month adds outcomes to learn from."
    )
    return found


def summary(card: Mapping[str, Any]) -> Sequence[str]:
    """Return a card in a few lines of plain words."""
    lines = [
        f"Target: {card['target']} ({deed(Target.parse(card['target']))})",
        f"Model: {card['model']}; serving: {card['serving']}; verdict: {card['verdict']}",
        headline(card),
    ]
    for name, label in (("by_time", "By time"), ("random", "At random")):
        measured = card[name]
        if measured is None:
            continue
        figures = [
            f"{key} {measured[key]:.3f}" if isinstance(measured[key], float) else f"{key} {measured[key]}"
            for key in ("auc", "average_precision", "brier", "log_loss", "ece", "n_hot", "lift_20")
            if measured.get(key) is not None
        ]
        lines.append(f"{label}: {', '.join(figures)}")
    return [*lines, *card.get("notes", []), *advice(card)]


@dataclass(frozen=True)
class Figure:
    """One line of the card's table, ready to be read."""

    label: str
    by_time: str
    at_random: str
    sentence: str


_FIGURES = (
    ("auc", "AUC", "How often a lead that converts stands above one that does not; .5 is a coin."),
    ("average_precision", "Average precision", "Precision over all thresholds; the base rate is a coin."),
    ("lift_20", "Lift at 20 %", "How many times more convert among the best 20 % than among all."),
    ("precision_hot", "Precision of hot", "Of the leads above 80, how many convert."),
    ("recall_hot", "Recall of hot", "Of the leads that convert, how many stand above 80."),
    ("n_hot", "Leads above 80", "How many leads of the test the word hot would be said of."),
    ("brier", "Brier score", "Mean squared error of the chance; less is better."),
    ("log_loss", "Log-loss", "Price of the chance given to what happened; less is better."),
    ("ece", "Calibration error", "Mean gap between chance said and rate seen, over 15 bins."),
)


def shares(card: Mapping[str, Any]) -> list[Figure]:
    """Return the card's figures with their intervals; a dash where nothing can be said."""
    return [
        Figure(label, _figure(card["by_time"], key), _figure(card["random"], key), sentence)
        for key, label, sentence in _FIGURES
    ]


def _figure(measured: Mapping[str, Any] | None, key: str) -> str:
    value = measured and measured.get(key)
    if measured is None or value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    interval = (measured.get("intervals") or {}).get(key)
    return f"{value:.3f}" + (f" ({interval[0]:.3f} to {interval[1]:.3f})" if interval else "")
