"""
Open pages at 100,000 leads: what their asking costs, and what 200 of them cost together.

    LEADLIGHT_HOME=$(mktemp -d) python -m bench.live_pages [number of leads]

Fills an empty brokerage at LEADLIGHT_HOME or LEADLIGHT_DATABASE_URL first; refuses one that is not empty. Milliseconds
are those of the whole request as the server handles it; "who asks, alone" is a question about nothing, which costs
the session, the sign-in and Django itself. Beside each stands the bare query of the same rows.
"""

import logging
import os
import re
import statistics
import sys
from collections.abc import Callable
from time import perf_counter, process_time

import django
from django.core.management import call_command

from bench.leads_page import fill

#: What an unchanged answer may take of the processor, and 200 open pages together of one core.
LIMIT_MS, LIMIT_SHARE = 8.0, 0.5
PAGES = 200
REPEATS = 300
#: Of 200 open pages that ask, so many find something changed: a brokerage at its busiest.
CHANGED_SHARE = 0.1

BARE = (
    "SELECT p.id, p.state, p.asked_at, s.value, s.tier, s.reason FROM leads_person p "
    "LEFT JOIN scoring_score s ON s.person_id = p.id WHERE p.id IN ({})"
)


def timed(act: Callable[[], object], repeats: int = REPEATS) -> tuple[float, float, float]:
    """Return median and 95 % quantile in milliseconds, and the processor's seconds of this process for each run."""
    act()
    taken, processor = [], process_time()
    for _ in range(repeats):
        began = perf_counter()
        act()
        taken.append(1000 * (perf_counter() - began))
    spent = (process_time() - processor) / repeats
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1], spent


def main() -> int:
    """Print one line per case; return 1 when asking costs too much."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadlight.config.settings")
    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from leadlight.accounts.models import User
    from leadlight.kit.clock import utc_now
    from leadlight.leads.models import Person
    from leadlight.web.rules.live import EVERY_SECONDS

    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    call_command("migrate", verbosity=0)
    if User.objects.exists() or Person.objects.exists():
        sys.exit("This brokerage is not empty. Give the benchmark a LEADLIGHT_HOME of its own.")
    fill(n, utc_now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("ANALYZE")
    print(f"Open pages with {n:,} leads on {connection.display_name}, {REPEATS} times each, milliseconds")
    print(f"{'':36}{'median':>8}{'p95':>8}{'bare SQL':>10}{'queries':>9}{'processor':>11}")
    logging.getLogger("leadlight.request").setLevel(logging.WARNING)
    unchanged = processor = 0.0
    pages = {
        "the list": "/leads/?list=all",
        "the list, who needs me": "/leads/?list=needs",
        "a lead": f"/leads/{n // 2}/",
    }
    for role in ("owner", "agent0"):
        client = Client(headers={"host": "localhost"})
        client.force_login(User.objects.get(email=f"{role}@example.com"))
        if role == "owner":

            def nothing(client: Client = client) -> None:
                client.get("/leads/live/")

            median, p95, spent = timed(nothing)
            print(f"{'who asks, alone':36}{median:8.1f}{p95:8.1f}{'':19}{1000 * spent:11.1f}")
        for label, path in pages.items():
            page = client.get(path)
            if page.status_code == 404:  # this lead is somebody else's
                continue
            html = page.content.decode()
            marks = dict(re.findall(r'data-key="([^"]+)" data-mark="([^"]+)"', html))
            address, told = re.findall(r'data-live="([^"]+)" data-ask="([^"]*)"', html)[0]

            def ask(
                seen: dict[str, str],
                client: Client = client,
                address: str = f"{address}?{told.replace('&amp;', '&')}",
            ) -> int:
                marks = ",".join(f"{key}.{mark}" for key, mark in seen.items())
                return client.get(f"{address}&seen={marks}").status_code

            rows = [key for key in marks if key.isdecimal()] or [str(n // 2)]
            statement = BARE.format(",".join(rows))

            def bare(statement: str = statement) -> None:
                with connection.cursor() as cursor:
                    cursor.execute(statement)
                    cursor.fetchall()

            base, _, _ = timed(bare)
            old = {key: "00000000" for key in marks if key != "new"}
            some = {**marks, **dict(list(old.items())[:3])}
            for words, seen, status in (("unchanged", marks, 204), ("3 changed", some, 200), ("all", old, 200)):
                if label == "a lead" and words == "all":
                    continue
                with CaptureQueriesContext(connection) as captured:
                    assert ask(seen) == status, (label, words)
                    n_queries = len(captured)
                median, p95, spent = timed(lambda seen=seen: ask(seen), REPEATS if status == 204 else REPEATS // 5)
                if words == "unchanged":
                    unchanged = max(unchanged, 1000 * spent)
                    share = PAGES / EVERY_SECONDS * spent
                elif words == "3 changed":
                    share = (1 - CHANGED_SHARE) * share + CHANGED_SHARE * PAGES / EVERY_SECONDS * spent
                    processor = max(processor, share)
                said = f"{'agent: ' if role != 'owner' else ''}{label}, {words}"
                print(f"{said:36}{median:8.1f}{p95:8.1f}{base:10.1f}{n_queries:9}{1000 * spent:11.1f}")
    print(
        f"{PAGES} open pages, each asking every {EVERY_SECONDS:.0f} s and one in {1 / CHANGED_SHARE:.0f} finding "
        f"something changed: {100 * processor:.0f} % of one core at most (allowed {100 * LIMIT_SHARE:.0f} %)"
    )
    print(f"unchanged at most {unchanged:.1f} ms of the processor of {LIMIT_MS:.0f} allowed")
    return int(unchanged > LIMIT_MS or processor > LIMIT_SHARE)


if __name__ == "__main__":
    sys.exit(main())
