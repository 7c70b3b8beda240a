"""What an audit can find, each kind with its sentence in plain words; findings as data."""

from dataclasses import dataclass
from typing import Any, Literal

Action = Literal["left_out", "kept", "ask"]
Severity = Literal["high", "medium", "low"]

#: Kind of finding → what it means and what to do, said to somebody who runs a team.
KINDS: dict[str, str] = {
    # --- columns written after the outcome ---
    "only_for_one_outcome": "A column that is filled for one outcome only was written when the outcome was known. "
    "Never learn from it.",
    "predicts_too_well": "Nothing that is known at first contact tells so well how a lead ends: this was written "
    "afterwards. Leave it out unless you can say when it was filled in.",
    "strong_column": "It may be honest. Make sure that it was known when the lead came in; if not, leave it out.",
    "written_after": "Columns of this kind are filled in or changed by people as the lead moves on, and here the "
    "values follow the outcome. Leave it out unless you can say that it was known at first contact.",
    "overwritten": "It holds the latest state, not the one at first contact, and is written again with every change. "
    "Use it only if your system can tell how it stood on the first day.",
    "written_together": "Whoever wrote the one wrote the other, and at the same time.",
    "missing_predicts": "Often an empty cell means that nobody reached this person: that is known later. Ask who "
    "fills the column in, and when.",
    "id_sorts_by_quality": "An id should say nothing about a lead. This one was given by somebody who knew more; "
    "never learn from it.",
    "dates_after_outcome": "What carries a date after the outcome was written after it. Never learn from it.",
    # --- time ---
    "calendar_proxy": "It tells when a lead came, not who came: what is learned from it is the calendar of the past. "
    "Leave it out unless you know it for the months to come.",
    "left_truncated": "Outcomes were not recorded from the beginning, so the older leads look as if they had failed. "
    "Use leads from the date named on.",
    "right_censored": "The newest leads have not had the time to convert. Judge and train without them.",
    "drift": "The share that converts changes with time. Trust a test on the newest leads, not one on a random part.",
    "split_gap": "A random test flatters: on leads that come later the same model is worse. Trust the test by time.",
    "negative_lead_time": "An outcome cannot come before the lead. Check how the two dates are written in, and "
    "leave these rows out until then.",
    "future_dates": "A date after today is a plan or a mistake. Check the column's format.",
    "few_outcomes": "These months hold too few outcomes for a rate: read them together.",
    "bulk_import": "That many leads do not come in on one day: they were imported, and the date is that of the "
    "import. Do not use their dates.",
    "no_dates": "Without a date nothing can be said of months, of delays, or of how a model fares on later leads. "
    "Columns, duplicates and sources were audited. Name a date with --order.",
    # --- people and rows ---
    "duplicate_rows": "The same row twice counts twice. Keep one of each.",
    "same_contact": "The same e-mail or phone on several rows is one person or household. Merge them, and keep them "
    "on one side of every test.",
    "astride_split": "People who are in both parts make a test too easy. Keep each person on one side.",
    "vanished_leads": "Somebody deleted or merged them in your CRM, or a filter left them out of the export. They "
    "stay here; if a filter did it, export again without it.",
    # --- values ---
    "placeholder": "The value means that nobody chose one. It is read as missing.",
    "missing_values": "Nothing has to be done, as long as an empty cell means the same for all leads.",
    "constant": "A column with one value says nothing. Nothing has to be done.",
    "outliers": "Values so far from all others are often typing errors. Check them.",
    "sources_alike": "These labels look like one source. Make them one, so that its rate can be trusted.",
    # --- what is missing ---
    "empty_table": "There is nothing to audit. Export the leads again with their rows.",
    "no_outcome": "Without an outcome no leak can be found and no model trained. Completeness, duplicates, sources "
    "and volumes were audited. Name the column that says how it ended with --outcome.",
    "outcome_empty": "The outcome is empty for every lead. Choose another column, or export it filled in.",
    "one_outcome": "All leads ended the same way, so nothing can be told from them. Export also those that ended "
    "otherwise.",
    "won_only": "Outcomes were recorded for won leads only. The others count as not converted, though some may be "
    "open still. Record lost leads too.",
    "outcome_unclear": "Check which value means success. If it is the other one, turn the column round and audit "
    "again.",
    "too_few": "That is too few to tell a leak from chance. Counts and duplicates were audited; come back with more.",
    "one_source": "With one source there is nothing to compare. Export the column that says where leads came from.",
    "unreadable_rows": "Rows that do not fit the columns were left aside. Export the file again.",
}


#: Kinds that say of a column whether anything may be learned from it; the others are about data, time and people.
OF_LEARNING = frozenset(
    {
        "only_for_one_outcome",
        "predicts_too_well",
        "strong_column",
        "written_after",
        "overwritten",
        "written_together",
        "missing_predicts",
        "id_sorts_by_quality",
        "dates_after_outcome",
        "calendar_proxy",
    }
)


@dataclass(frozen=True)
class Finding:
    """One thing found: what, where, how bad, what is done about it, the figures, and the sentence for people."""

    kind: str
    #: The column; "" when it is about the table as a whole.
    column: str
    severity: Severity
    action: Action
    #: The figures; numbers, text, lists of them.
    evidence: dict[str, Any]
    sentence: str

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as JSON writes it."""
        return {
            "kind": self.kind,
            "column": self.column,
            "severity": self.severity,
            "action": self.action,
            "evidence": self.evidence,
            "sentence": self.sentence,
        }


def finding(
    kind: str, told: str, *, column: str = "", severity: Severity = "low", action: Action = "kept", **evidence: Any
) -> Finding:
    """Return a finding whose sentence is what was found, and then what its kind means."""
    return Finding(kind, column, severity, action, evidence, f"{told} {KINDS[kind]}")


def percent(share: float) -> str:
    """Return a share as people read it: 0.1234 is "12.3 %", and what is not quite all is never "100 %"."""
    if 0.9995 <= share < 1.0:
        return "more than 99.9 %"
    return f"{100.0 * share:.1f} %" if 0.0 < share < 1.0 else f"{100.0 * share:.0f} %"


def of_100(share: float) -> str:
    """Return a rate as people count: "8 of 100"."""
    return f"{100.0 * share:.0f} of 100" if share >= 0.02 or share == 0 else f"{1000.0 * share:.0f} of 1,000"
