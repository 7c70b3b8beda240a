"""What got worse from one audit to the next. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

#: A share has fallen when it did by so many points, and by more than chance explains.
_POINTS = 0.05
_SIGMAS = 3.0


def got_worse(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """
    Return in plain words what got worse between two audits; each has `findings`, `figures` and `n_leads`.

    Leads that are no longer here, or no longer in the latest export; columns that are filled less often among the
    leads that are new; columns that vanished; grave findings that were not there before. Nothing of this between
    equal audits, and nothing from an empty one.
    """
    if not before["n_leads"]:
        return []
    said = []
    fewer = before["n_leads"] - now["n_leads"]
    if fewer > 0:
        said.append(f"{fewer:,} of {before['n_leads']:,} leads are no longer here.")
    asked = _of_exports(before)
    said += [sentence for export, sentence in _of_exports(now).items() if export not in asked]
    then, after = _columns(before), _columns(now)
    gone = [name for name in then if name not in after]
    if gone:
        said.append(f"Columns that are no longer in your data: {', '.join(gone[:8])}.")
    n_new = now["n_leads"] - before["n_leads"]
    if n_new > 0:
        said += _less_filled(then, after, before["n_leads"], n_new)
    known = {(finding["kind"], finding["column"]) for finding in before["findings"]}
    said += [
        finding["sentence"]
        for finding in now["findings"]
        if finding["severity"] == "high" and (finding["kind"], finding["column"]) not in known
    ]
    return said


def _columns(audit: Mapping[str, Any]) -> dict[str, float]:
    columns: Sequence[Mapping[str, Any]] = audit["figures"].get("columns", ())
    return {str(column["column"]): float(column["share_filled"]) for column in columns}


def _of_exports(audit: Mapping[str, Any]) -> dict[int, str]:
    """Return by import what is asked about leads that its export lacks."""
    return {
        finding["evidence"]["import_id"]: finding["sentence"]
        for finding in audit["findings"]
        if finding["kind"] == "vanished_leads" and finding["action"] == "ask"
    }


def _less_filled(then: Mapping[str, float], after: Mapping[str, float], n: int, n_new: int) -> list[str]:
    """Compare how often the new leads fill each column with how often those before did."""
    said = []
    for name, share in then.items():
        if name not in after:
            continue
        of_new = min(max((after[name] * (n + n_new) - share * n) / n_new, 0.0), 1.0)
        spread = np.sqrt(max(share * (1 - share), 0.01) * (1 / n + 1 / n_new))
        if share - of_new > max(_POINTS, _SIGMAS * spread):
            said.append(
                f"{name} is filled for {100 * of_new:.0f} of 100 of the {n_new:,} new leads; before it was"
                f" {100 * share:.0f} of 100."
            )
    return said
