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
    "bench.import_rows": "Import of 100,000 leads and 500,000 activities",
}


def main() -> int:
    """Run all parts, each in a process of its own, so that none inherits another's memory or threads."""
    missed = []
    for module, title in PARTS.items():
        print(f"== {title}", flush=True)
        with tempfile.TemporaryDirectory() as home:
            environment = {**os.environ, "LEADLIGHT_HOME": home}
            done = subprocess.run([sys.executable, "-m", module], env=environment)
        if done.returncode:
            missed.append(title)
    print(f"Missed: {', '.join(missed)}" if missed else "Every limit held.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
