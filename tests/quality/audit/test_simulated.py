"""The synthetic brokerage with leaks in its export: the audit finds them."""

from datetime import UTC, datetime
from pathlib import Path

from leadlight.quality.audit import audit_files
from leadlight.simulator import simulate, write_exports
from leadlight.simulator.leaks import LEAK_HEADER

UNTIL = datetime(2026, 11, 1, tzinfo=UTC)


def test_what_the_simulator_plants_is_left_out(tmp_path: Path) -> None:
    brokerage = simulate(n_leads=1_500, seed=11, until=UNTIL)
    outcome, *leaks = LEAK_HEADER
    planted, *_ = write_exports(brokerage, tmp_path / "leaky", leaks=True)
    found = audit_files([planted], outcome=outcome, now=UNTIL)
    assert set(leaks) <= set(found.left_out)
    # The stage that every export has was written late too; nothing else of it was.
    assert set(found.left_out) - set(leaks) <= {"Stage"}
