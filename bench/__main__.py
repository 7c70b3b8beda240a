"""`make bench`: every speed, each beside what it is measured against. Exit code 1 when one misses its limit."""

import os
import subprocess
import sys
import tempfile

PARTS = {
    "bench.kernel": "Signal kernel",
    "bench.serving": "Scores on a ready matrix",
    "bench.leads_page": "Leads page at 100,000 leads",
    "bench.live_pages": "200 open pages at 100,000 leads",
    "bench.audit": "Audit of tables with planted leaks, and of published sets",
    "bench.duplicates": "Duplicates among 50,000 people, and on published sets",
    "bench.import_rows": "Import of 100,000 leads and 500,000 activities",
    # From here on each runs on SQLite and on a PostgreSQL of its own, unless LEADLIGHT_DATABASE_URL names one.
    "bench.ledger": "Jobs through the ledger",
    "bench.ingest": "Events through the API",
    "bench.rescoring": "Rescoring beside a Celery task per event",
    "bench.latency": "From an event to its score",
    "bench.hot_path": "From an inquiry to its answer and its alert",
    "bench.sweep": "Full sweep of 100,000 leads and 5 million events",
    "bench.history": "Audit of 100,000 leads and 1 million events",
}

LARGE = {
    "bench.latency": "From an event to its score, 10 million past events",
    "bench.sweep": "Full sweep of 1 million leads and 20 million events",
    "bench.history": "Audit of 1 million leads and 10 million events",
}


def main() -> int:
    """Run all parts, each in a process of its own, so that none inherits another's memory or threads."""
    words = sys.argv[1:]
    if words not in ([], ["--large"]):
        sys.exit("Usage: python -m bench [--large]")
    missed = []
    for module, title in (LARGE if words else PARTS).items():
        print(f"== {title}", flush=True)
        with tempfile.TemporaryDirectory() as home:
            environment = {**os.environ, "LEADLIGHT_HOME": home}
            done = subprocess.run([sys.executable, "-m", module, *words], env=environment)
        if done.returncode:
            missed.append(title)
    print(f"Missed: {', '.join(missed)}" if missed else "Every limit held.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
