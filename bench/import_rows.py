"""Imports generated exports (100,000 people, 500,000 activities) beside a bare csv reader with executemany."""

import argparse
import csv
import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

PEOPLE = (
    *("ID", "Date Added", "First Name", "Last Name", "Stage", "Lead Source"),
    *("Assigned To", "Email 1", "Phone 1", "Price", "Tags", "Timeframe"),
)
ACTIVITIES = ("ID", "Person ID", "Type", "Created", "Message", "Property Address", "Price", "Duration")
STAGES = ("Lead", "Hot Prospect", "Nurture", "Active Client", "Pending", "Closed", "Past Client", "Trash")
SOURCES = ("Zillow", "Realtor.com", "Facebook", "Website", "Referral", "Open House")
TYPES = ("Viewed Property", "Viewed Page", "Property Inquiry", "Saved Property", "Visited Website", "Property Search")
FIRST = ("Ann", "Bob", "Carla", "Dee", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jun")
LAST = ("Lee", "Ray", "Vance", "Ortiz", "Novak", "Bloom", "Khan", "Silva", "Berg", "Moss")


#: For 100,000 people and 500,000 activities.
LIMIT_SECONDS, LIMIT_MIB = 90, 1_024


def write_people(path: Path, n: int, rng: random.Random) -> None:
    start = datetime(2024, 1, 1)  # noqa: DTZ001 - a wall-clock column, as exports have
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(PEOPLE)
        for i in range(n):
            added = start + timedelta(minutes=i * 9)
            phone = f"(813) 2{i % 10}5-{i // 10 % 10_000:04d}"
            name = (rng.choice(FIRST), rng.choice(LAST), rng.choice(STAGES), rng.choice(SOURCES), "Dana Ruiz")
            wish = (rng.randrange(20, 90) * 10_000, "Buyer", rng.choice(("0-3 Months", "3-6 Months", "")))
            writer.writerow((i + 1, f"{added:%Y-%m-%d %H:%M:%S}", *name, f"person{i}@example.com", phone, *wish))


def write_activities(path: Path, n: int, n_people: int, rng: random.Random) -> None:
    start = datetime(2024, 1, 2)  # noqa: DTZ001 - a wall-clock column, as exports have
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(ACTIVITIES)
        for i in range(n):
            kind = rng.choice(TYPES)
            at = start + timedelta(minutes=i * 1.8)
            text = "Is it still available? I could come on Friday at 5 pm." if kind == "Property Inquiry" else ""
            home = f"{rng.randrange(1, 999)} Elm St" if "Property" in kind else ""
            writer.writerow(
                (
                    i + 1,
                    rng.randrange(1, n_people + 1),
                    kind,
                    at.strftime("%Y-%m-%d %H:%M:%S"),
                    text,
                    home,
                    450_000 if home else "",
                    "",
                )
            )


def bare(people: Path, activities: Path, database: Path) -> float:
    """Return the seconds that a bare reader and executemany take for the same rows and indexes."""
    connection = sqlite3.connect(database)
    connection.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;"
        "CREATE TABLE lead (id INTEGER PRIMARY KEY AUTOINCREMENT, system, external_id, a, b, c, d, e, f, g, h, i, j, k,"
        " UNIQUE (system, external_id));"
        "CREATE TABLE identity (id INTEGER PRIMARY KEY AUTOINCREMENT, lead INTEGER, kind TEXT, value TEXT,"
        " UNIQUE (lead, kind, value));"
        "CREATE INDEX identity_value ON identity (kind, value);"
        "CREATE TABLE event (id INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT UNIQUE, lead INTEGER, kind TEXT,"
        " occurred_at TEXT, known_at TEXT, stored_at TEXT, cause TEXT, listing TEXT, area TEXT, value REAL, seconds REAL,"
        " actor TEXT, props TEXT, machine INTEGER, origin TEXT);"
        "CREATE INDEX event_lead ON event (lead, occurred_at); CREATE INDEX event_origin ON event (origin);"
    )
    started = time.perf_counter()
    with people.open(newline="") as file, connection:
        rows = list(csv.reader(file))[1:]
        connection.executemany(f"INSERT INTO lead VALUES (NULL, 'bare', {', '.join('?' * 12)})", rows)
        connection.executemany(
            "INSERT INTO identity VALUES (NULL, ?, 'EMAIL', ?)", ((row[0], row[7]) for row in rows)
        )
        connection.executemany(
            "INSERT INTO identity VALUES (NULL, ?, 'PHONE', ?)", ((row[0], row[8]) for row in rows)
        )
    with activities.open(newline="") as file, connection:
        reader = csv.reader(file)
        next(reader)
        connection.executemany(
            f"INSERT INTO event VALUES (NULL, {', '.join('?' * 15)})",
            (
                (
                    f"bare:{id_}",
                    person,
                    kind,
                    at,
                    at,
                    at,
                    "IMPORT",
                    home,
                    "",
                    price or None,
                    None,
                    "",
                    text,
                    0,
                    "import:1",
                )
                for id_, person, kind, at, text, home, price, _ in reader
            ),
        )
    return time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--activities", type=int, default=500_000)
    options = parser.parse_args()
    rng = random.Random(20260101)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        people, activities = home / "people.csv", home / "activities.csv"
        write_people(people, options.people, rng)
        write_activities(activities, options.activities, options.people, rng)
        environment = {**os.environ, "LEADLIGHT_HOME": str(home / "leadlight")}
        command = [sys.executable, "-m", "leadlight"]
        subprocess.run(
            [*command, "migrate", "--verbosity", "0"], env=environment, check=True, stdout=subprocess.DEVNULL
        )
        started = time.perf_counter()
        done = subprocess.run(
            [*command, "import", str(people), str(activities), "--system", f"bench{os.getpid()}", "--json"],
            env=environment, check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        seconds = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        told = json.loads(done.stdout)
        rows = options.people + options.activities
        bare_seconds = bare(people, activities, home / "bare.sqlite3")
        engine = "PostgreSQL" if environment.get("LEADLIGHT_DATABASE_URL") else "SQLite"
        print(f"import on {engine}: {rows:,} rows, {told['created']:,} people and {told['events']:,} events")
        print(f"  whole command     {seconds:7.1f} s  {rows / seconds:10,.0f} rows/s  peak {peak:,.0f} MiB")
        ratio = bare_seconds / seconds
        print(
            f"  bare executemany  {bare_seconds:7.1f} s  {rows / bare_seconds:10,.0f} rows/s (SQLite)  ratio {ratio:.2f}"
        )
        held = seconds <= LIMIT_SECONDS and peak <= LIMIT_MIB
        print(
            f"  {'holds' if held else 'missed'}: the limits are {LIMIT_SECONDS} s and {LIMIT_MIB:,} MiB at the default size"
        )
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
