"""
`find_duplicates` beside an exact match on e-mail or phone, and beside splink as its documentation sets it up.

The sets with known truth are read from the folder that LEADLIGHT_DATA names; they are people, but none of a brokerage.
50,000 records of a made-up town, with couples, fathers and sons, offices and slips of the pen, measure time and memory;
its nicknames are those that Leadlight knows. The truth is never among the columns. Exit code 1 when a requirement fails.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import polars as pl

from leadlight.leads.rules import fold
from leadlight.quality.duplicates.clusters import AUTOMATIC, clusters, pairs_of
from leadlight.quality.duplicates.finding import find_duplicates
from leadlight.quality.duplicates.nicknames import SHORT_FORMS

PEOPLE = 50_000
MOST_SECONDS, MOST_MIB = 120.0, 2048.0
#: Wrong merges at the automatic threshold, of all records.
MOST_WRONG = 0.001

Pairs = set[tuple[int, int]]


@dataclass(frozen=True)
class Data:
    """One set: what may be looked at, and which person each row is."""

    name: str
    frame: pl.DataFrame
    person: Sequence[Any]
    least_f1: float | None


def febrl(folder: Path, number: int) -> Data:
    frame = pl.read_csv(folder / f"febrl_dataset{number}.csv", infer_schema=False)
    frame = frame.rename({name: name.strip() for name in frame.columns})
    frame = frame.with_columns(pl.all().str.strip_chars().replace("", None))
    person = frame["rec_id"].str.extract(r"rec-(\d+)-").to_list()
    return Data(f"febrl {number}", frame.drop("rec_id"), person, 0.97)


def fake_1000(folder: Path) -> Data:
    frame = pl.read_csv(folder / "splink_fake_1000.csv", infer_schema=False)
    return Data("fake_1000", frame.drop("cluster", "unique_id"), frame["cluster"].to_list(), 0.90)


# --- a town of our own ------------------------------------------------------------------------------------------

_GIVEN = [line.split(":")[0] for line in SHORT_FORMS.strip().split("\n")]
_MORE_GIVEN = (
    "Aisha Ana Ashley Brian Bruno Carla Carlos Chen Claire Dmitri Elena Emma Erin Fatima Gloria Grace Hannah Hugo Ibrahim Ines Ivan "
    "Jamal Jason Jing Kaito Karen Keisha Kevin Lars Laura Leila Linda Lucia Luis Maria Mei Mohammed Nadia Noor Olga Omar Paul Pedro "
    "Priya Ravi Rosa Sean Sofia Tariq Uma Viktor Wei Yusuf Zoe"
)
_GIVEN += _MORE_GIVEN.split()
_SURNAMES = (
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Wilson Anderson Thomas Taylor Moore "
    "Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen "
    "Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Kim Patel Singh Khan Chen Wang O'Brien Müller"
)
_SURNAME = _SURNAMES.split()
_STEMS = (
    "Ash", "Black", "Brad", "Brook", "Clay", "Cole", "Cran", "Dal", "East", "Fair", "Gar", "Hal", "Har", "Kings",
    "Lang", "Lin", "Mar", "Nor", "Oak", "Pen", "Red", "Sher", "Stan", "Thorn", "West", "Whit",
)  # fmt: skip
_ENDS = (
    "berg", "bourne", "bury", "by", "combe", "croft", "dale", "den", "field", "ford", "ham", "hurst", "land", "ley",
    "man", "more", "ridge", "shaw", "son", "stead", "stein", "ton", "well", "wick", "wood", "worth",
)  # fmt: skip
_TREES = (
    "Oak", "Maple", "Cedar", "Elm", "Pine", "Walnut", "Birch", "Willow", "Chestnut", "Hickory", "Juniper", "Laurel",
    "Magnolia", "Poplar", "Spruce", "Sycamore", "Aspen", "Hazel", "Ivy", "Holly",
)  # fmt: skip
_KINDS = ("Street", "Avenue", "Road", "Drive", "Lane", "Court", "Place", "Way")
_SHORT_KIND = dict(zip(_KINDS, ("St", "Ave", "Rd", "Dr", "Ln", "Ct", "Pl", "Way"), strict=True))
_CITIES = [f"{stem}{end}" for stem in _STEMS[::2] for end in ("ville", " Springs", "port")]
_MAIL = ("example.com", "mail.example.com", "example.net", "post.example.org")
_SHORT = {line.split(":")[0]: line.split(":")[1].split() for line in SHORT_FORMS.strip().split("\n")}

Row = dict[str, str | None]


class Town:
    """People who live in households, and the records that a CRM came to hold of them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.surnames = _SURNAME + [stem + end for stem in _STEMS for end in _ENDS]
        self.office = "(512) 555-0100"
        self.addresses: set[str] = set()

    def rows(self, n: int) -> tuple[list[Row], list[int]]:
        """Return `n` records and which person each is of."""
        rows: list[Row] = []
        person: list[int] = []
        n_people = 0
        while len(rows) < n:
            for one in self.household():
                n_people += 1
                copies = 1 + (self.random.random() < 0.22) + (self.random.random() < 0.05)
                for copy in range(copies):
                    rows.append(self.record(one) if copy else self.hole(dict(one)))
                    person.append(n_people)
        order = list(range(n))
        self.random.shuffle(order)
        return [rows[k] for k in order], [person[k] for k in order]

    def household(self) -> list[Row]:
        """Return the people of one home, as they would fill in a form without a slip."""
        chance = self.random.random
        home = {
            "surname": self.random.choice(self.surnames) if chance() < 0.75 else self._common(_SURNAME),
            "street": f"{self.random.randint(1, 2400)} {self.random.choice(_TREES)} {self.random.choice(_KINDS)}",
            "city": self._common(_CITIES),
            "zip": f"{self.random.randint(60001, 60250)}",
            "phone": self._phone(),
        }
        if chance() < 0.2:
            home["street"] += f", Apt {self.random.randint(1, 40)}"
        size = self.random.choices((1, 2, 3), (0.6, 0.3, 0.1))[0]
        people = [self.person(home, 25 + int(chance() * 50)) for _ in range(size)]
        if size == 2 and chance() < 0.03:
            # Father and son.
            people[1]["First Name"] = people[0]["First Name"]
            people[1]["Last Name"] = people[0]["Last Name"]
            people[0]["Date of Birth"], people[1]["Date of Birth"] = self._born(60), self._born(31)
        if size == 3 and chance() < 0.1:
            people[2]["Date of Birth"] = people[1]["Date of Birth"]  # twins
        if size > 1 and chance() < 0.08:
            people[1]["Email"] = people[0]["Email"]
        return people

    def person(self, home: Row, age: int) -> Row:
        """Return one of the people of a home."""
        chance = self.random.random
        given = self._common(_GIVEN).title()
        surname = home["surname"] if chance() < 0.85 else self.random.choice(self.surnames)
        return {
            "First Name": given,
            "Last Name": surname,
            "Email": self._email(given, str(surname)),
            "Phone": home["phone"] if chance() < 0.4 else self._phone(),
            "Street Address": home["street"],
            "City": home["city"],
            "Zip": home["zip"],
            "Date of Birth": self._born(age),
        }

    def hole(self, row: Row) -> Row:
        """Leave out what people leave out, and let an office or a form's placeholder speak for some."""
        chance = self.random.random
        for name, share in (("Email", 0.15), ("Phone", 0.2), ("Street Address", 0.35), ("City", 0.2), ("Zip", 0.25),
                            ("Date of Birth", 0.6), ("Last Name", 0.04)):  # fmt: skip
            if chance() < share:
                row[name] = None
        if row["Email"] is None and row["Phone"] is None:
            row["Phone"] = self._phone()
        if chance() < 0.02:
            row["Phone"] = self.random.choice((self.office, "000-000-0000", "999-999-9999"))
        if chance() < 0.01:
            row["Email"] = self.random.choice(("none@none.com", "info@office.example.com"))
        return row

    def record(self, one: Row) -> Row:
        """Return another record of the same person, as somebody typed it on another day."""
        chance, row = self.random.random, dict(one)
        given = str(row["First Name"])
        if chance() < 0.2 and _SHORT.get(given.lower()):
            row["First Name"] = self.random.choice(_SHORT[given.lower()]).title()
        elif chance() < 0.12:
            row["First Name"] = self._slip(given)
        if chance() < 0.12:
            row["Last Name"] = self._slip(str(row["Last Name"]))
        elif chance() < 0.03:
            row["Last Name"] = self.random.choice(self.surnames)
        if chance() < 0.03:
            row["First Name"], row["Last Name"] = row["Last Name"], row["First Name"]
        if chance() < 0.25:
            row["Email"] = self._email(given, str(one["Last Name"]))
        elif chance() < 0.08:
            row["Email"] = self._slip(str(row["Email"]))
        if chance() < 0.2:
            row["Phone"] = self._phone()
        elif chance() < 0.5:
            row["Phone"] = "+1 " + "-".join(
                "".join(c for c in str(row["Phone"]) if c.isdigit())[k : k + 4] for k in (0, 4, 8)
            )
        if chance() < 0.15:
            row["Street Address"] = (
                f"{self.random.randint(1, 2400)} {self.random.choice(_TREES)} {self.random.choice(_KINDS)}"
            )
            row["City"], row["Zip"] = self._common(_CITIES), f"{self.random.randint(60001, 60250)}"
        elif chance() < 0.4:
            words = str(row["Street Address"]).split(" ")
            row["Street Address"] = " ".join(_SHORT_KIND.get(word, word) for word in words)
        if chance() < 0.06:
            row["Date of Birth"] = self._slip(str(row["Date of Birth"]))
        return self.hole(row)

    def _common(self, names: Sequence[str]) -> str:
        """Return one of the names; the first are many times as frequent as the last."""
        return names[int(len(names) * self.random.random() ** 1.5)]

    def _email(self, given: str, surname: str) -> str:
        given, surname = fold(given), fold(surname).replace("'", "")
        number = self.random.choice(("", "", str(self.random.randint(1, 99)), str(self.random.randint(1950, 2005))))
        local = self.random.choice(
            (f"{given}.{surname}", f"{given[0]}{surname}", f"{given}{surname[0]}", f"{surname}.{given}")
        )
        address = f"{local}{number}@{self.random.choice(_MAIL)}"
        while address in self.addresses:
            # A provider gives no address twice.
            address = f"{local}{self.random.randint(1, 9999)}@{self.random.choice(_MAIL)}"
        self.addresses.add(address)
        return address

    def _phone(self) -> str:
        area = self.random.choice((512, 737, 210, 214, 281))
        return f"({area}) {self.random.randint(200, 999)}-{self.random.randint(0, 9999):04}"

    def _born(self, age: int) -> str:
        return (date(2026, 1, 1) - timedelta(days=365 * age + self.random.randint(0, 364))).isoformat()

    def _slip(self, text: str) -> str:
        """Return the text with one letter left out, doubled, exchanged with the next, or mistaken."""
        at = self.random.randrange(max(len(text) - 1, 1))
        letter = self.random.choice("abcdefghijklmnopqrstuvwxyz" if not text[at].isdigit() else "0123456789")
        return self.random.choice(
            (text[:at] + text[at + 1 :], text[:at] + text[at] + text[at:], text[:at] + letter + text[at + 1 :],
             text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :])
        )  # fmt: skip


def town(n: int, seed: int) -> Data:
    rows, person = Town(seed).rows(n)
    return Data(f"town of {n:,}", pl.DataFrame(rows), person, None)


# --- rivals -----------------------------------------------------------------------------------------------------


def exact(frame: pl.DataFrame) -> Pairs:
    """Return the pairs with the same e-mail or phone; where a table has neither, the same names and birth date."""
    contacts = [[name] for name in frame.columns if name.lower() in ("email", "phone")]
    keys = contacts or [[name for name in frame.columns if name in ("given_name", "surname", "date_of_birth")]]
    found: Pairs = set()
    for names in keys:
        text = [pl.col(name).str.to_lowercase() for name in names]
        if names == ["Phone"]:
            text = [pl.col("Phone").str.replace_all(r"\D", "").str.tail(10)]
        rows = frame.with_row_index("row").select("row", key=pl.concat_str(text)).drop_nulls()
        groups = rows.group_by("key").agg("row")["row"].to_list()
        found |= {pair for group in groups if len(group) <= 200 for pair in combinations(sorted(group), 2)}
    return found


def splink_documented(name: str, frame: pl.DataFrame) -> Pairs:
    """Return the pairs at .5 of splink with the settings of its own examples for this kind of set; none for others."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    if name == "fake_1000":
        comparisons = [
            cl.NameComparison("first_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
        ]
        blocking = [block_on("first_name"), block_on("surname"), block_on("dob"), block_on("email")]
        sure = [block_on("first_name", "dob"), block_on("surname", "dob"), block_on("email")]
        training = [block_on("first_name", "surname"), block_on("dob")]
    elif name.startswith("febrl"):
        comparisons = [
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
        ]
        blocking = [block_on(key) for key in ("soc_sec_id", "given_name", "surname", "date_of_birth", "postcode")]
        sure = [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")]
        training = [block_on("date_of_birth"), block_on("postcode")]
    else:
        return set()
    database = DuckDBAPI()
    settings = SettingsCreator(
        link_type="dedupe_only", comparisons=comparisons, blocking_rules_to_generate_predictions=blocking
    )
    linker = Linker(database.register(frame.with_row_index("unique_id").to_arrow()), settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    for rule in training:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    left, right = found["unique_id_l"].tolist(), found["unique_id_r"].tolist()
    return {(min(pair), max(pair)) for pair in zip(left, right, strict=True)}


# --- figures ----------------------------------------------------------------------------------------------------


def true_pairs(person: Iterable[Any]) -> Pairs:
    rows = defaultdict(list)
    for row, one in enumerate(person):
        rows[one].append(row)
    return {pair for group in rows.values() for pair in combinations(group, 2)}


def f1(found: Pairs, true: Pairs) -> tuple[float, float, float]:
    """Return precision, recall and F1 of pairs."""
    right = len(found & true)
    return right / max(len(found), 1), right / max(len(true), 1), 2 * right / max(len(found) + len(true), 1)


def wrong_records(groups: Iterable[Sequence[int]], person: Sequence[Any]) -> int:
    """Return how many records would be merged into a person that is not theirs: of each group all but the most frequent."""
    wrong = 0
    for group in groups:
        owners = [person[row] for row in group]
        wrong += len(owners) - max(owners.count(owner) for owner in owners)
    return wrong


def measure(data: Data) -> dict[str, Any]:
    """Find the duplicates of one set; figures as plain values, since the large set is measured in a process of its own."""
    started = time.perf_counter()
    found = find_duplicates(data.frame)
    seconds = time.perf_counter() - started
    true = true_pairs(data.person)
    likely = found.filter(pl.col("probability") >= 0.5)
    sure = found.filter(pl.col("probability") >= AUTOMATIC)
    groups = clusters(pairs_of(found))
    merged = {pair for group in groups for pair in combinations(group, 2)}
    return {
        "seconds": seconds,
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "f1": f1(set(zip(likely["left"], likely["right"], strict=True)), true),
        "automatic": f1(merged, true),
        "wrong": wrong_records(groups, data.person),
        "wrong_pairs": len(set(zip(sure["left"], sure["right"], strict=True)) - true),
        "pairs": len(found),
    }


def show(name: str, figures: tuple[float, float, float], more: str = "") -> None:
    precision, recall, both = figures
    print(f"  {name:<38} precision {precision:.4f}  recall {recall:.4f}  F1 {both:.4f}{more}")


def compare(data: Data, ours: dict[str, Any]) -> list[tuple[bool, str]]:
    """Print one set's figures beside its rivals', and return its verdicts."""
    true = true_pairs(data.person)
    print(f"\n{data.name}: {len(data.person):,} records, {len(true):,} true pairs")
    show("find_duplicates at .5", ours["f1"], f"  {ours['seconds']:.1f} s")
    show(f"merged without asking, at {AUTOMATIC}", ours["automatic"], f"  {ours['wrong']} records wrong")
    show("exact match", f1(exact(data.frame), true))
    documented = splink_documented(data.name, data.frame)
    if documented:
        show("splink as documented", f1(documented, true))
    verdicts = []
    if data.least_f1 is not None:
        verdicts.append(
            (ours["f1"][2] >= data.least_f1, f"{data.name}: F1 {ours['f1'][2]:.4f} (limit {data.least_f1:.2f})")
        )
    share = max(ours["wrong"], ours["wrong_pairs"]) / len(data.person)
    text = f"{data.name}: merged wrongly {ours['wrong']} records, {ours['wrong_pairs']} pairs, {share:.3%} of records"
    return [*verdicts, (share <= MOST_WRONG, f"{text} (limit {MOST_WRONG:.1%})")]


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--people", type=int, default=PEOPLE, help="records of the made-up town")
    arguments.add_argument("--seed", type=int, default=7, help="of the made-up town")
    arguments.add_argument("--alone", action="store_true", help="measure the town in this process, and print JSON")
    given = arguments.parse_args()
    made_up = town(given.people, given.seed)
    if given.alone:
        print(json.dumps(measure(made_up)))
        return 0
    words = [
        sys.executable,
        "-m",
        "bench.duplicates",
        "--alone",
        "--people",
        str(given.people),
        "--seed",
        str(given.seed),
    ]
    ours = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    verdicts = compare(made_up, ours)
    verdicts += [
        (ours["seconds"] <= MOST_SECONDS, f"{made_up.name}: {ours['seconds']:.1f} s (limit {MOST_SECONDS:.0f} s)"),
        (ours["mib"] <= MOST_MIB, f"{made_up.name}: {ours['mib']:,.0f} MiB at most (limit {MOST_MIB:,.0f} MiB)"),
    ]
    folder = os.environ.get("LEADLIGHT_DATA")
    if folder:
        for data in (febrl(Path(folder), 1), febrl(Path(folder), 3), fake_1000(Path(folder))):
            verdicts += compare(data, measure(data))
    else:
        print("\nSet LEADLIGHT_DATA to the folder that holds febrl and fake_1000 to measure those too.")
    print()
    for held, text in verdicts:
        print(f"{'holds' if held else 'FAILS':<6} {text}")
    return 0 if all(held for held, _ in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
