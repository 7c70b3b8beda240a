"""Writes what a CRM would export of a brokerage: people, activities and deals, with no column that real ones lack."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from leadlight.simulator.activities import Activities, Kind, Outcome, Text
from leadlight.simulator.brokerage import Brokerage
from leadlight.simulator.clock import DAY
from leadlight.simulator.leaks import LEAK_HEADER, leak_rows
from leadlight.simulator.process import Persona
from leadlight.simulator.records import moment_text
from leadlight.simulator.texts import CALCULATORS, ENGLISH, LINKS, PAGES, SPANISH
from leadlight.simulator.town import CITIES, STATE

Variant = Literal["followupboss", "followupboss_stages"]

PEOPLE_HEADER = (
    "ID", "Date Added", "Name", "First Name", "Last Name", "Stage", "Lead Source", "Assigned To",
    "Is Contacted", "Last Activity", "Email 1", "Email 2", "Phone 1", "Phone 2", "Price", "Timeframe",
    "Tags", "Background", "Birthday",
)  # fmt: skip
ACTIVITIES_HEADER = (
    "Activity ID", "Person ID", "Type", "Date", "Source", "Agent", "Direction", "Outcome", "Duration", "Start Date",
    "Subject", "Message", "Property Street", "Property City", "Property State", "Property Zip", "Property Price",
    "Property MLS Number",
)  # fmt: skip
DEALS_HEADER = (
    "Deal ID", "Person ID", "Name", "Pipeline", "Stage", "Price", "Assigned To", "Created", "Mutual Acceptance Date",
    "Projected Close Date", "Actual Close Date",
)  # fmt: skip
OPEN_HEADER = (
    "Full name", "E-mail address", "Handy", "Lead created", "Status", "Came from", "Budget", "Agent", "Remarks",
    "No calls please",
)  # fmt: skip

_TYPES = {
    Kind.REGISTRATION: "Registration",
    Kind.SITE_VISIT: "Visited Website",
    Kind.PAGE: "Viewed Page",
    Kind.CALCULATOR: "Viewed Page",
    Kind.VIEW: "Viewed Property",
    Kind.SAVE: "Saved Property",
    Kind.SEARCH: "Property Search",
    Kind.SEARCH_SAVE: "Saved Property Search",
    Kind.PROPERTY_INQUIRY: "Property Inquiry",
    Kind.GENERAL_INQUIRY: "General Inquiry",
    Kind.SELLER_INQUIRY: "Seller Inquiry",
    Kind.SHOWING_REQUEST: "Showing Request",
    Kind.OPEN_HOUSE: "Visited Open House",
    Kind.CALL_IN: "Incoming Call",
    Kind.CALL_OUT: "Call",
    Kind.EMAIL_OUT: "Email",
    Kind.EMAIL_IN: "Email",
    Kind.EMAIL_OPEN: "Email Opened",
    Kind.EMAIL_CLICK: "Email Clicked",
    Kind.EMAIL_BOUNCE: "Email Bounced",
    Kind.TEXT_OUT: "Text Message",
    Kind.TEXT_IN: "Text Message",
    Kind.UNSUBSCRIBED: "Unsubscribed",
    Kind.NOTE: "Note",
    Kind.APPOINTMENT: "Appointment",
}
_DIRECTIONS = {
    Kind.CALL_IN: "Incoming",
    Kind.CALL_OUT: "Outgoing",
    Kind.EMAIL_OUT: "Outgoing",
    Kind.EMAIL_IN: "Incoming",
    Kind.TEXT_OUT: "Outgoing",
    Kind.TEXT_IN: "Incoming",
}
_OUTCOMES = {
    Outcome.NONE: "",
    Outcome.INTERESTED: "Interested",
    Outcome.NOT_INTERESTED: "Not Interested",
    Outcome.LEFT_MESSAGE: "Left Message",
    Outcome.NO_ANSWER: "No Answer",
    Outcome.BAD_NUMBER: "Bad Number",
    Outcome.MET: "Met",
    Outcome.NO_SHOW: "No Show",
}
_WEBSITE = "brokerage-homes.com"
_BY_AGENT = (Kind.CALL_OUT, Kind.EMAIL_OUT, Kind.TEXT_OUT, Kind.NOTE, Kind.APPOINTMENT)
_CHUNK = 200_000


def write_exports(
    brokerage: Brokerage, folder: Path, *, variant: Variant = "followupboss", leaks: bool = False
) -> list[Path]:
    """
    Write the export into `folder` (made when missing) and return the paths: people, activities, deals.

    `followupboss_stages` writes the people alone: what became of them is told by their stage, without a date. `leaks`
    adds the outcome and columns that were written when it was known to the people file.
    The same brokerage gives the same bytes; files that are there are replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    people = folder / "people-export.csv"
    if leaks:
        rows = ((*known, *late) for known, late in zip(_people(brokerage), leak_rows(brokerage), strict=True))
        _write(people, (*PEOPLE_HEADER, *LEAK_HEADER), rows)
    else:
        _write(people, PEOPLE_HEADER, _people(brokerage))
    if variant == "followupboss_stages":
        return [people]
    activities = folder / "activities-export.csv"
    _write(activities, ACTIVITIES_HEADER, _activities(brokerage))
    deals = folder / "deals-export.csv"
    _write(deals, DEALS_HEADER, _deals(brokerage))
    return [people, activities, deals]


def write_open_format(brokerage: Brokerage, folder: Path) -> list[Path]:
    """Write the same people as a small office keeps them by itself: `leads.csv`, semicolons, day before month."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "leads.csv"
    _write(path, OPEN_HEADER, _open_rows(brokerage), delimiter=";")
    return [path]


def _write(path: Path, header: tuple[str, ...], rows: Iterator[tuple[object, ...]], delimiter: str = ",") -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(header)
        writer.writerows(rows)


def _people(brokerage: Brokerage) -> Iterator[tuple[object, ...]]:
    records = brokerage.records
    agents = [brokerage.desk.name[i] for i in records.agent.tolist()]
    names = [f"{a} {b}".strip() for a, b in zip(records.first_name, records.last_name, strict=True)]
    return zip(
        records.lead_id,
        records.created,
        names,
        records.first_name,
        records.last_name,
        records.stage,
        records.source,
        agents,
        ["Yes" if contacted else "No" for contacted in records.is_contacted.tolist()],
        moment_text(records.last_activity_at),
        records.email_1,
        records.email_2,
        records.phone_1,
        records.phone_2,
        records.price,
        records.timeframe,
        records.tags,
        records.background,
        records.birthday,
        strict=True,
    )


def _activities(brokerage: Brokerage) -> Iterator[tuple[object, ...]]:
    for start in range(0, len(brokerage.activities), _CHUNK):
        rows = np.arange(start, min(start + _CHUNK, len(brokerage.activities)))
        yield from _activity_rows(brokerage, brokerage.activities.take(rows), rows)


def _activity_rows(
    brokerage: Brokerage, activities: Activities, rows: NDArray[np.int64]
) -> Iterator[tuple[object, ...]]:
    records, homes = brokerage.records, brokerage.homes
    record = records.of_activity[rows]
    kind = activities.kind
    by_agent = np.isin(kind, _BY_AGENT)
    on_site = kind < Kind.CALL_IN
    # The last entry stands for "none", so that -1 finds it.
    agents = np.array([*brokerage.desk.name, ""], dtype=object)
    streets = np.array([*homes.street, ""], dtype=object)
    cities = np.array([*(city for city, _ in CITIES), ""], dtype=object)
    zips = np.array([*(zip_code for _, zip_code in CITIES), ""], dtype=object)
    city = np.where(activities.home >= 0, homes.city[activities.home], -1)
    prices = np.where(activities.home >= 0, homes.price[activities.home].astype(np.int64).astype(str), "")
    mls = np.where(activities.home >= 0, homes.mls[activities.home].astype(str), "")
    sources = np.where(on_site, _WEBSITE, "").astype(object)
    opening = np.flatnonzero(on_site & (activities.at == records.created_at[record]))
    sources[opening] = [records.source[i].strip() for i in record[opening].tolist()]
    subject, message = words_of(brokerage, activities, record)
    seconds = activities.seconds
    return zip(
        (rows + 5_000_001).tolist(),
        np.array(records.lead_id, dtype=object)[record].tolist(),
        np.array([_TYPES[k] for k in Kind], dtype=object)[kind].tolist(),
        moment_text(activities.at),
        sources.tolist(),
        agents[np.where(by_agent, records.agent[record], -1)].tolist(),
        np.array([_DIRECTIONS.get(k, "") for k in Kind], dtype=object)[kind].tolist(),
        np.array([_OUTCOMES[k] for k in Outcome], dtype=object)[activities.outcome].tolist(),
        np.where(np.isnan(seconds), "", np.nan_to_num(seconds).astype(np.int64).astype(str)).tolist(),
        moment_text(activities.starts_at),
        subject,
        message,
        streets[activities.home].tolist(),
        cities[city].tolist(),
        np.where(city >= 0, STATE, "").tolist(),
        zips[city].tolist(),
        prices.tolist(),
        mls.tolist(),
        strict=True,
    )


def words_of(brokerage: Brokerage, activities: Activities, record: NDArray[np.int32]) -> tuple[list[str], list[str]]:
    """Return the subject and the message of each activity; `record` is the place of its record."""
    people, homes, records = brokerage.people, brokerage.homes, brokerage.records
    subject = [""] * len(activities)
    message = [""] * len(activities)
    spoken = np.flatnonzero(
        (activities.text != Text.NONE)
        | np.isin(activities.kind, (Kind.PAGE, Kind.CALCULATOR, Kind.EMAIL_CLICK, Kind.APPOINTMENT))
    )
    for i in spoken.tolist():
        kind, text, variant = Kind(activities.kind[i]), Text(activities.text[i]), int(activities.variant[i])
        if kind is Kind.PAGE:
            message[i] = PAGES[variant % len(PAGES)]
        elif kind is Kind.CALCULATOR:
            message[i] = CALCULATORS[variant % len(CALCULATORS)]
        elif kind is Kind.EMAIL_CLICK:
            message[i] = f"https://{_WEBSITE}/{LINKS[variant % len(LINKS)].replace(' ', '-')}"
        elif kind is Kind.APPOINTMENT:
            subject[i] = "Appointment"
        else:
            person, home = int(activities.person[i]), int(activities.home[i])
            spanish = bool(people.speaks_spanish[person])
            choice = SPANISH.get(text, ENGLISH[text]) if spanish else ENGLISH[text]
            price = homes.price[home] if home >= 0 else people.budget[person]
            words = choice[variant % len(choice)].format(
                street=homes.street[home] if home >= 0 else "that street",
                city=CITIES[homes.city[home] if home >= 0 else people.city[person]][0],
                price=f"${int(price):,}",
                name=records.first_name[record[i]].strip() or "there",
                agent=brokerage.desk.name[records.agent[record[i]]].split()[0],
            )
            if kind is Kind.EMAIL_OUT:
                subject[i] = words
            else:
                message[i] = words
    return subject, message


def _deals(brokerage: Brokerage) -> Iterator[tuple[object, ...]]:
    ladder, records, people = brokerage.ladder, brokerage.records, brokerage.people
    now = brokerage.calendar.until
    # The record in which the appointments of a person stand; a second file seldom gets a deal.
    meetings = np.flatnonzero(brokerage.activities.kind == Kind.APPOINTMENT)
    record_of = dict(
        zip(brokerage.activities.person[meetings].tolist(), records.of_activity[meetings].tolist(), strict=True)
    )
    signed = np.flatnonzero(ladder.agreement_at < now)
    signed = signed[np.argsort(ladder.agreement_at[signed], kind="stable")]
    created = moment_text(ladder.agreement_at[signed])
    contract = np.where(ladder.contract_at < now, ladder.contract_at, np.nan)[signed]
    closed = np.where(ladder.closed_at < now, ladder.closed_at, np.nan)[signed]
    lost = ladder.lost_at[signed] < now
    projected = np.where(np.isnan(contract), np.nan, contract + 38.0 * DAY)
    texts = [[text[:10] for text in moment_text(moments)] for moments in (contract, projected, closed)]
    for i, person in enumerate(signed.tolist()):
        sells = people.drivers.persona[person] in (Persona.SELLER, Persona.LANDLORD)
        if not np.isnan(closed[i]):
            stage = "Closed"
        elif lost[i]:
            stage = "Terminated"
        elif not np.isnan(contract[i]):
            stage = "Pending"
        else:
            stage = "Listing Agreement" if sells else "Buyer Agreement"
        record = record_of[person]
        name = f"{records.first_name[record]} {records.last_name[record]}".strip()
        yield (
            700_001 + i,
            records.lead_id[record],
            f"{name} {'Sale' if sells else 'Purchase'}",
            "Sellers" if sells else "Buyers",
            stage,
            int(ladder.price[person]),
            brokerage.desk.name[records.agent[record]],
            created[i],
            texts[0][i],
            texts[1][i],
            texts[2][i],
        )


def _open_rows(brokerage: Brokerage) -> Iterator[tuple[object, ...]]:
    records = brokerage.records
    own = {"Appointment Set": "Termin", "Met with Customer": "Met", "Active Client": "Client", "Trash": "Junk"}
    for i, lead_id in enumerate(records.lead_id):
        created = moment_text(records.created_at[i : i + 1])[0]
        no_calls = any(word in records.tags[i].lower() for word in ("dnc", "do not", "unsub"))
        price = records.price[i].replace(",", "").replace("$", "")
        yield (
            f"{records.last_name[i]}, {records.first_name[i]}" if int(lead_id) % 9 == 0 and records.last_name[i]
            else f"{records.first_name[i]} {records.last_name[i]}".strip(),
            records.email_1[i],
            records.phone_1[i],
            f"{created[8:10]}/{created[5:7]}/{created[:4]}",
            own.get(records.stage[i], records.stage[i]),
            records.source[i],
            f"{int(price):,}".replace(",", ".") if price.isdigit() else price,
            brokerage.desk.name[records.agent[i]],
            records.background[i],
            "x" if no_calls else "",
        )  # fmt: skip
