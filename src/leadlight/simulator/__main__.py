"""Command line: `python -m leadlight.simulator --leads 3000 --seed 7 --until 2026-11-01 --out FOLDER`."""

import argparse
import csv
import json
import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from leadlight.simulator.brokerage import Brokerage, simulate
from leadlight.simulator.exports import write_exports, write_open_format
from leadlight.simulator.later import requests, tell
from leadlight.simulator.truth import judge, planted_ratio, write_truth

#: The variable of the environment with the token: on a command line everybody could read it.
TOKEN_IN = "SIMULATOR_TOKEN"  # noqa: S105 - the name of a variable, no secret


def main(arguments: list[str] | None = None) -> int:
    """Write a synthetic brokerage's export, judge by its truth, or go on with it; print the facts, return 0."""
    options = _parse(arguments)
    later = timedelta(hours=options.hours_later)
    brokerage = simulate(n_leads=options.leads, seed=options.seed, until=options.until, later=later)
    if options.tell:
        facts: dict[str, object] = {
            "told": tell(requests(brokerage), address=options.tell, token=os.environ[TOKEN_IN])
        }
    elif options.judge:
        facts = _judge(brokerage, options.judge)
    else:
        facts = _export(brokerage, options)
    if options.json:
        print(json.dumps(facts, indent=2))
    else:
        for name, value in facts.items():
            print(f"{name}: {value}")
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="leadlight.simulator", description="A synthetic brokerage's CRM export.")
    parser.add_argument("--leads", type=int, default=3_000, help="records in the people file (default 3000)")
    parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same files (default 7)")
    parser.add_argument("--until", type=_moment, required=True, help="day of the export, UTC, such as 2026-11-01")
    parser.add_argument("--hours-later", type=float, default=0, help="go on for so long after the export (default 0)")
    parser.add_argument(
        "--tell",
        metavar="URL",
        help="write nothing; tell a running Leadlight, such as http://127.0.0.1:8000, what goes on after the export,"
        f" each when its moment comes; {TOKEN_IN} holds a token with the scopes leads:write and events:write",
    )
    parser.add_argument("--out", type=Path, help="folder for the files; made when missing")
    parser.add_argument(
        "--variant",
        choices=("followupboss", "followupboss_stages", "open"),
        default="followupboss",
        help="all three files; people with stages alone; or a small office's own list",
    )
    parser.add_argument(
        "--leaks",
        action="store_true",
        help="add the outcome, and columns that were written when it was known, to the people file",
    )
    parser.add_argument("--truth", type=Path, help="also write the hidden truth to this file, outside --out")
    parser.add_argument(
        "--judge",
        type=Path,
        help="write nothing; compare the probabilities in this CSV (lead id, moment, probability; no header)"
        " with the true ones of the same brokerage",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    if options.leads < 10:
        parser.error("--leads must be at least 10")
    if sum(option is not None for option in (options.out, options.judge, options.tell)) != 1:
        parser.error("give one of --out, --judge and --tell")
    if options.tell is not None and (not options.tell.startswith("http://") or not os.environ.get(TOKEN_IN)):
        parser.error(f"--tell needs an address that begins with http://, and a token in {TOKEN_IN}")
    if options.hours_later < 0:
        parser.error("--hours-later cannot be less than none")
    if options.judge is not None and not options.judge.is_file():
        parser.error(f"there is no file {options.judge}")
    if options.leaks and (options.out is None or options.variant == "open"):
        parser.error("--leaks goes with --out and the files of Follow Up Boss")
    if options.truth is not None and options.out is None:
        parser.error("--truth goes with --out")
    if options.truth is not None and options.out.resolve() in options.truth.resolve().parents:
        parser.error("--truth must lie outside --out, so that nothing imports the truth by mistake")
    return options


def _export(brokerage: Brokerage, options: argparse.Namespace) -> dict[str, object]:
    if options.variant == "open":
        paths = write_open_format(brokerage, options.out)
    else:
        paths = write_exports(brokerage, options.out, variant=options.variant, leaks=options.leaks)
    facts: dict[str, object] = {
        "paths": [str(path) for path in paths],
        "leads": len(brokerage.records.lead_id),
        "people": len(brokerage.people),
        "agents": list(brokerage.desk.name),
        "activities": len(brokerage.activities),
        "appointments": int((brokerage.ladder.booked_at < brokerage.calendar.until).sum()),
        "closed": int((brokerage.ladder.closed_at < brokerage.calendar.until).sum()),
    }
    if options.leads >= 1_000:
        facts["three_views_of_one_home"] = asdict(planted_ratio(brokerage))
    if options.truth is not None:
        facts["truth"] = str(write_truth(brokerage, options.truth))
    return facts


def _judge(brokerage: Brokerage, path: Path) -> dict[str, object]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    return asdict(
        judge(
            brokerage,
            [row[0] for row in rows],
            np.array([_seconds(row[1]) for row in rows]),
            np.array([float(row[2]) for row in rows]),
        )
    )


def _seconds(text: str) -> float:
    """Seconds since the epoch of a moment written as such, or as ISO 8601."""
    try:
        return float(text)
    except ValueError:
        return _moment(text).timestamp()


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(main())
