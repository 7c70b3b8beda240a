"""What an import writes: new leads, updates by the stated rule, events, closed channels, rejected rows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leadlight.consent.models import Suppression
from leadlight.events.models import Event
from leadlight.intake import operations
from leadlight.intake.models import Import, ImportFile, ImportStatus, LeadChange, RejectedRow
from leadlight.intake.operations import running
from leadlight.intake.reading import UnableToReadFile
from leadlight.intake.rules.mapping import from_toml
from leadlight.jobs.models import Job
from leadlight.jobs.worker import run_due
from leadlight.leads.models import Identity, Lead, Person, Provenance
from leadlight.leads.operations import edit_lead
from tests.intake.helpers import NOW, WORK, activities, bring, dump, lead, numbers, people, receive

pytestmark = pytest.mark.django_db

ANN = "1,2024-03-01 10:00,Ann,Lee,Lead,Zillow,Dana Ruiz,ann@example.com,(813) 555-0142,450000,Buyer,1980-01-01,no,2"
BOB = "2,2024-03-02 11:00,Bob,Ray,Trash,Facebook,Dana Ruiz,bob@example.com,(813) 555-0143,,,,yes,"
LATER = NOW + timedelta(days=30)
EARLIER = NOW - timedelta(days=30)


def test_new_people_are_created_with_all_that_their_rows_tell() -> None:
    done = bring(people(ANN, BOB), came=Provenance.OWN_INQUIRY)

    assert done.status == ImportStatus.DONE
    assert numbers(done.counts, "created updated unchanged rejected events suppressions") == [2, 0, 0, 0, 1, 2]
    assert done.counts["left_out"] == {"Birthday": 1}
    ann = lead("1")
    assert (ann.name, ann.owner_name, ann.stage_meaning, ann.provenance) == (
        "Ann Lee",
        "Dana Ruiz",
        "open",
        "OWN_INQUIRY",
    )
    assert ann.source is not None
    assert ann.source.name == "Zillow"
    assert ann.attributes == {"Pets": 2}
    assert "1980" not in str(dump(without=WORK))
    assert ann.person.name == "Ann Lee"
    assert ann.person.email == "ann@example.com"
    assert lead("2").person.state == "LOST"
    stated = Event.objects.get(kind="budget_stated")
    assert (stated.event_id, stated.value, stated.known_at, stated.origin) == (
        "followupboss:1:budget_stated", 450_000, NOW, f"import:{done.pk}",
    )  # fmt: skip
    closed = set(Suppression.objects.values_list("lead__external_id", "channel", "reason", "evidence"))
    assert closed == {("2", "CALL", "DO_NOT_CALL", "Do Not Call = yes"), ("2", "ALL", "TRASH", "stage Trash")}
    assert not LeadChange.objects.exclude(before__isnull=True).exists()


def test_the_same_file_again_changes_nothing() -> None:
    told = people(
        ANN,
        BOB,
        "2,2024-03-02 11:00,Bob,Raymond,Lead,Facebook,,b2@example.com,,500000,,,,",
        BOB.replace(",,,,yes", ",600000,,,yes"),
    )
    happened = activities(
        "a1,1,Property Inquiry,2024-03-01 10:00,May I see it?,12 Elm St,450000",
        "a2,2,Unsubscribed,2024-03-02 10:00,,,",
    )
    bring(told, happened)
    # Only who stood in which file is written once more.
    kept = (*WORK, "Sighting")
    before = dump(without=kept)

    again = bring(told, happened, exported_at=LATER)

    assert dump(without=kept) == before
    assert again.counts["unchanged"] == 2
    assert again.counts["duplicates"] == 2
    assert (again.counts["created"], again.counts["updated"], again.counts["events"]) == (0, 0, 0)


def test_a_newer_export_updates_by_the_stated_rules() -> None:
    bring(people(ANN))
    newer = "1,2024-05-01 10:00,Anna,Lee,Closed,Realtor.com,,anna@example.com,(813) 555-0142,500000,,,,3"

    done = bring(people(newer), exported_at=LATER)

    ann = lead("1")
    assert (ann.name, ann.stage, ann.stage_meaning) == ("Anna Lee", "Closed", "closed")
    assert ann.owner_name == "Dana Ruiz", "an empty value erases nothing"
    assert ann.source is not None
    assert ann.source.name == "Zillow", "the first source stays"
    assert ann.contacted_at == datetime(2024, 3, 1, 15, tzinfo=UTC)
    assert ann.tags == ["Buyer"]
    assert ann.attributes == {"Pets": 3}
    assert list(Identity.objects.filter(kind="EMAIL").order_by("position").values_list("value", flat=True)) == [
        "ann@example.com", "anna@example.com",
    ]  # fmt: skip
    assert ann.person.name == "Anna Lee"
    assert ann.person.state == "CLOSED"
    assert list(Event.objects.filter(kind="budget_stated").order_by("known_at").values_list("value", "known_at")) == [
        (450_000, NOW), (500_000, LATER),
    ]  # fmt: skip
    change = LeadChange.objects.get(part_of=done)
    assert change.before == {"name": "Ann Lee", "stage": "Lead", "stage_meaning": "open", "attributes.Pets": 2}
    assert change.after == {
        "name": "Anna Lee", "stage": "Closed", "stage_meaning": "closed", "attributes.Pets": 3,
        "emails": ["anna@example.com"],
    }  # fmt: skip


def test_an_older_export_only_fills_what_is_empty() -> None:
    bring(people(ANN.replace("Dana Ruiz", "")))
    older = "1,2024-02-01 10:00,Anne,Lee,Nurture,Facebook,Sam Poe,,,,,,,1"

    bring(people(older), exported_at=EARLIER)

    ann = lead("1")
    assert (ann.name, ann.stage, ann.attributes) == ("Ann Lee", "Lead", {"Pets": 2})
    assert ann.owner_name == "Sam Poe"
    assert ann.contacted_at == datetime(2024, 2, 1, 15, tzinfo=UTC), "the earliest contact stays"


def test_no_import_writes_over_what_was_changed_by_hand(django_user_model) -> None:
    bring(people(ANN))
    actor = django_user_model.objects.create_user("o@example.com", "pass-word-123", name="O", role="OWNER")
    edit_lead(lead_id=lead("1").pk, changes={"name": "Annabel", "stage": "Active Client"}, actor=actor, now=NOW)

    bring(people(ANN.replace("Ann,", "Anna,").replace(",Lead,", ",Trash,")), exported_at=LATER)

    assert (lead("1").name, lead("1").stage, lead("1").stage_meaning) == ("Annabel", "Active Client", "open")


def test_events_find_their_lead_by_id_then_email_then_phone() -> None:
    who = "ID,Person ID,Email,Phone,Type,Created"
    rows = (
        "a1,1,,,Viewed Property,2024-03-04 10:00",
        "a2,,bob@example.com,,Viewed Property,2024-03-04 10:00",
        "a3,,nobody@example.com,(813) 555-0142,Viewed Property,2024-03-04 10:00",
        "a4,77,,,Viewed Property,2024-03-04 10:00",
    )
    done = bring(people(ANN, BOB), "\n".join((who, *rows)) + "\n")

    found = dict(Event.objects.filter(kind="listing_view").values_list("event_id", "lead__external_id"))
    assert found == {"followupboss:a1": "1", "followupboss:a2": "2", "followupboss:a3": "1"}
    rejected = RejectedRow.objects.get()
    assert (rejected.line, rejected.reason, rejected.cells[0]) == (5, "no lead 77", "a4")
    assert done.counts["rejected"] == 1
    assert lead("1").person.active_at == datetime(2024, 3, 4, 15, tzinfo=UTC)


def test_asking_not_to_be_written_to_closes_the_channel() -> None:
    bring(people(ANN), activities("a1,1,Unsubscribed,2024-03-04 10:00,,,"))
    assert list(Suppression.objects.values_list("channel", "reason")) == [("EMAIL", "OPTED_OUT")]


def test_a_refused_file_leaves_nothing() -> None:
    before = dump()
    with pytest.raises(UnableToReadFile):
        receive(people(ANN), "This is a letter. It has no table.\nNone at all.\n")
    assert dump() == before
    assert not list((Path(settings.HOME) / "imports").glob("incoming-*"))


def test_a_mapping_is_kept_and_used_for_the_next_file_with_the_same_columns() -> None:
    told = "Person,Where from,Mail\nAnn Lee,Zillow,ann@example.com\nBob Ray,Radio,bob@example.com\n"
    part_of = receive(told, system="house")
    file = part_of.files.get()
    mapping = from_toml(file.mapping)
    columns = tuple(
        replace(column, field="ignored", why="chosen") if column.name == "Where from" else column
        for column in mapping.columns
    )
    operations.change_mappings(import_id=part_of.pk, mappings={0: replace(mapping, columns=columns)})

    _, found = operations.receive_files(
        files=[operations.Upload("next.csv", [told.encode()])],
        wishes=operations.Wishes(),
        actor=None,
        now=NOW,
        exported_at=NOW,
    )
    assert {column.name: column.field for column in found[0].mapping.columns}["Where from"] == "ignored"
    assert "mappings/house-leads-" in found[0].notes[0]


@pytest.mark.parametrize("n", [3, 150])
def test_the_number_of_queries_does_not_grow_with_the_rows(n: int) -> None:
    told = people(
        *(
            f"{i},2024-03-01 10:00,P,Q{i},Lead,Zillow,Dana,p{i}@example.com,"
            f"(813) 555-{i:04d},{i + 1}00000,Buyer,,yes,1"
            for i in range(n)
        )
    )
    newer = (
        told.replace(",Lead,", ",Nurture,")
        .replace("example.com", "example.org")
        .replace("00000,Buyer", "50000,Buyer")
    )
    happened = activities(*(f"a{i},{i},Viewed Property,2024-03-0{i % 9 + 1} 10:00,,12 Elm St,4" for i in range(n)))
    counted = []
    for texts, at in (((told, happened), NOW), ((newer,), LATER)):
        part_of = receive(*texts, exported_at=at)
        operations.start_import(import_id=part_of.pk, actor=None, now=NOW)
        with CaptureQueriesContext(connection) as caught:
            operations.run_import(import_id=part_of.pk, clock=lambda: NOW)
        counted.append(len([query for query in caught if "SAVEPOINT" not in query["sql"]]))
    # One more takes the turn that SQLite gives to every writer anyway.
    locks = int(connection.vendor == "postgresql")
    assert counted == [n + locks for n in QUERIES]


#: Of an import of one chunk of new people and one of activities, and of one chunk of people who change. Two of each
#: close the addresses of whoever opted out, and two look for whom such an address means; one looks at the end
#: whether there were people at all.
QUERIES = [51, 46]


def test_two_workers_on_one_import_store_each_row_once() -> None:
    part_of = receive(people(*(f"{i},2024-03-01 10:00,P,Q{i},Lead,Zillow,,,,,,,," for i in range(10))))
    operations.start_import(import_id=part_of.pk, actor=None, now=NOW)
    running._begin(part_of.pk, NOW)
    part_of.refresh_from_db()
    file, same = part_of.files.get(), part_of.files.get()
    slow = running._Reading(part_of, file)
    chunk = next(slow.chunks(0))

    operations.run_import(import_id=part_of.pk, clock=lambda: NOW)

    before = dump()
    assert not running._store_chunk(part_of.pk, same, slow, chunk, NOW)
    assert dump() == before
    assert Lead.objects.count() == 10


def test_an_import_that_fails_says_why_and_can_be_tried_again(monkeypatch) -> None:
    part_of = receive(people(ANN))
    file = part_of.files.get()
    path = Path(settings.HOME) / file.path
    text = path.read_bytes()
    path.unlink()
    operations.start_import(import_id=part_of.pk, actor=None, now=NOW)
    run_due()
    part_of.refresh_from_db()
    assert part_of.status == ImportStatus.FAILED
    assert "cannot be opened" in part_of.failure
    assert not Lead.objects.exists()

    path.write_bytes(text)
    operations.start_import(import_id=part_of.pk, actor=None, now=NOW)
    run_due()
    part_of.refresh_from_db()
    assert (part_of.status, part_of.failure, Person.objects.count()) == (ImportStatus.DONE, "", 1)
    assert not Job.objects.filter(parked_at=None, name="intake.run_import").exists()
    assert Import.objects.count() == ImportFile.objects.count() == 1
