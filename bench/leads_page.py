"""
The Leads page at 100,000 leads: milliseconds at the server, beside the bare query of the same rows.

    LEADLIGHT_HOME=$(mktemp -d) python bench/leads_page.py [number of leads]

Fills an empty brokerage at LEADLIGHT_HOME or LEADLIGHT_DATABASE_URL first; refuses one that is not empty.
"""

import os
import random
import statistics
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from time import perf_counter

import django
from django.core.management import call_command

LIMIT_MS = 150.0
REPEATS = 7
AGENTS = 20

FIRST = ("Marisol", "Priya", "Tom", "Kofi", "Lena", "Aleksandra", "James", "Ana", "Wei", "Omar", "Fatima", "Noah")
LAST = ("Ortega", "Nair", "Vance", "Mensah", "Hoffmann", "Park", "Garcia", "Smith", "Johnson", "Lee", "Kim")
SOURCES = ("Zillow", "Website", "Referral", "Open house", "Facebook", "Google Ads", "Realtor.com", "Sign call")


def fill(n: int, now: datetime) -> None:
    """Store n people with a lead and, where open, a score each."""
    from leadlight.accounts.models import Role, User
    from leadlight.leads.models import Lead, Person, Source
    from leadlight.scoring.models import Score

    rng = random.Random(20)
    agents = [
        User.objects.create_user(f"agent{k}@example.com", None, name=f"Agent {k}", role=Role.AGENT)
        for k in range(AGENTS)
    ]
    User.objects.create_user("owner@example.com", None, name="Dana Ruiz", role=Role.OWNER)
    sources = [Source.objects.create(name=name) for name in SOURCES]
    persons, leads, scores = [], [], []
    for k in range(1, n + 1):
        name = f"{rng.choice(FIRST)} {rng.choice(LAST)} {rng.randrange(1000)}"
        email, phone = f"{name.lower().replace(' ', '.')}{k}@example.com", f"+1813{rng.randrange(10**7):07d}"
        first = now - timedelta(days=730 * rng.random())
        owner = rng.choice([*agents, None, None, None, None])
        asked = now - timedelta(days=60 * rng.random()) if rng.random() < 0.01 else None
        persons.append(
            Person(
                id=k,
                name=name,
                name_key=name.lower(),
                email=email,
                phone=phone,
                search_text=f"{name.lower()} {email} {phone[1:]}",
                kind=rng.choices(("buyer", "seller", ""), (70, 20, 10))[0],
                source=rng.choice(sources),
                owner=owner,
                owner_name=owner.name if owner else "",
                state=rng.choices(("OPEN", "BOOKED", "CLOSED", "LOST"), (72, 5, 8, 15))[0],
                first_contact_at=first,
                active_at=first + (now - first) * rng.random() if rng.random() < 0.9 else None,
                asked_at=asked,
                asked_for="inquiry" if asked else "",
                waiting_since=asked,
            )
        )
        leads.append(Lead(person_id=k, system="bench", external_id=str(k), name=name, updated_at=now))
        if persons[-1].state == "OPEN":
            value = min(100.0, max(0.0, rng.gauss(40, 22)))
            tier = "HOT" if value > 80 else "WARM" if value >= 50 else "COLD"
            reason = "Viewed 12 Elm St four times since Tuesday"
            scores.append(Score(person_id=k, value=value, tier=tier, p_target=value / 100, as_of=now, reason=reason))
    Person.objects.bulk_create(persons, 5_000)
    Lead.objects.bulk_create(leads, 5_000)
    Score.objects.bulk_create(scores, 5_000)


def median_ms(act: Callable[[], object]) -> float:
    """Return the median of some runs after one to warm up."""
    act()
    taken = []
    for _ in range(REPEATS):
        began = perf_counter()
        act()
        taken.append(1000 * (perf_counter() - began))
    return statistics.median(taken)


PERSONS = "SELECT p.id, p.name, p.state FROM leads_person p"
SCORED = "SELECT p.id, p.name, s.value FROM leads_person p JOIN scoring_score s ON s.person_id = p.id"
BOTH = "SELECT p.id, p.name, s.value FROM leads_person p LEFT JOIN scoring_score s ON s.person_id = p.id"
BY_SCORE = "ORDER BY s.value DESC NULLS LAST, p.id LIMIT 50"

#: What is asked for, and the plainest statement that returns its rows.
CASES: dict[str, tuple[str, str]] = {
    "as it opens": ("/", f"{PERSONS} WHERE p.asked_at IS NOT NULL ORDER BY p.waiting_since LIMIT 50"),
    "all, first page": ("/leads/?list=all", f"{BOTH} {BY_SCORE}"),
    "search, few": ("/leads/?q=smith+12", f"{BOTH} WHERE p.search_text LIKE '%smith 12%' {BY_SCORE}"),
    "search, many": ("/leads/?q=a", f"{BOTH} WHERE p.search_text LIKE '%a%' {BY_SCORE}"),
    "filter by source": ("/leads/?list=all&source=3", f"{BOTH} WHERE p.source_id = 3 {BY_SCORE}"),
    "sort by name": ("/leads/?list=all&sort=name", f"{PERSONS} ORDER BY p.name_key LIMIT 50"),
    "sort by last active": ("/leads/?list=all&sort=active", f"{PERSONS} ORDER BY p.active_at DESC LIMIT 50"),
    "sort by first contact": ("/leads/?list=all&sort=first", f"{PERSONS} ORDER BY p.first_contact_at DESC LIMIT 50"),
    "page 1,000 by score": ("/leads/?list=all&page=1000", f"{BOTH} {BY_SCORE} OFFSET 49950"),
    "page 1,500 by score": ("/leads/?list=all&page=1500", f"{BOTH} {BY_SCORE} OFFSET 74950"),
    "page 1,500 by name": (
        "/leads/?list=all&sort=name&page=1500",
        f"{PERSONS} ORDER BY p.name_key LIMIT 50 OFFSET 74950",
    ),
    "page 1,500 by last active": (
        "/leads/?list=all&sort=active&page=1500",
        f"{PERSONS} ORDER BY p.active_at DESC LIMIT 50 OFFSET 74950",
    ),
    "quiet 14 days": ("/leads/?list=quiet", f"{BOTH} WHERE p.state = 'OPEN' {BY_SCORE}"),
    "hot": ("/leads/?list=hot", f"{SCORED} WHERE s.tier = 'HOT' {BY_SCORE}"),
}


def main() -> int:
    """Print one line per case; return 1 when one is too slow."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadlight.config.settings")
    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from leadlight.accounts.models import User
    from leadlight.kit.clock import utc_now
    from leadlight.leads.models import Person

    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    call_command("migrate", verbosity=0)
    if User.objects.exists() or Person.objects.exists():
        sys.exit("This brokerage is not empty. Give the benchmark a LEADLIGHT_HOME of its own.")
    fill(n, utc_now())
    with connection.cursor() as cursor:
        # What PostgreSQL does by itself within a minute of an import.
        cursor.execute("VACUUM")
        cursor.execute("ANALYZE")
    print(f"The Leads page with {n:,} leads on {connection.display_name}, median of {REPEATS}, milliseconds")
    print(f"{'':28}{'page':>8}{'bare SQL':>10}{'queries':>9}")
    slowest = 0.0
    for role in ("owner", "agent0"):
        client = Client(headers={"host": "localhost"})
        client.force_login(User.objects.get(email=f"{role}@example.com"))
        for name, (path, statement) in CASES.items() if role == "owner" else list(CASES.items())[:3]:
            with CaptureQueriesContext(connection) as captured:
                response = client.get(path)
                n_queries = len(captured)
            assert response.status_code == 200, (path, response.status_code)

            def bare(statement: str = statement) -> None:
                with connection.cursor() as cursor:
                    cursor.execute(statement)
                    cursor.fetchall()

            def page(client: Client = client, path: str = path) -> None:
                client.get(path)

            taken = median_ms(page)
            slowest = max(slowest, taken)
            label = name if role == "owner" else f"agent: {name}"
            print(f"{label:28}{taken:8.1f}{median_ms(bare):10.1f}{n_queries:9}")
    print(f"slowest {slowest:.1f} of {LIMIT_MS:.0f} allowed")
    return int(slowest > LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main())
