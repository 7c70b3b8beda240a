"""Undoing a whole import: exactly what it did goes; hand edits and what came later stay."""

import random
from datetime import timedelta

import pytest

from leadlight.consent.models import Suppression
from leadlight.consent.operations import suppress
from leadlight.events.models import Event
from leadlight.events.operations import NewEvent, append
from leadlight.events.rules import Cause
from leadlight.intake import operations, queries
from leadlight.intake.models import ImportStatus
from leadlight.intake.operations import UnableToImport, undoing
from leadlight.leads.models import Identity, Lead
from leadlight.leads.operations import edit_lead
from tests.intake.helpers import NOW, WORK, activities, bring, dump, lead, people, receive, undo

pytestmark = pytest.mark.django_db

ANN = "1,2024-03-01 10:00,Ann,Lee,Lead,Zillow,Dana Ruiz,ann@example.com,(813) 555-0142,450000,Buyer,,no,2"
BOB = "2,2024-03-02 11:00,Bob,Ray,Lead,Facebook,Dana Ruiz,bob@example.com,(813) 555-0143,,,,,"
ANN_LATER = "1,2024-03-01 10:00,Ann,Lee,Closed,Zillow,Sam Poe,ann@work.example.com,(813) 555-0142,500000,Buyer,,no,3"
SEEN = activities(
    "a1,1,Viewed Property,2024-03-04 10:00,,12 Elm St,450000",
    "a2,2,Viewed Property,2024-03-04 10:00,,12 Elm St,450000",
)
LATER = NOW + timedelta(days=30)
#: Sources stay: they are words, not people. What could not be read stays with its import.
LEFT = (*WORK, "Source", "RejectedRow")


def state() -> object:
    """Everything that an undo has to set back; ids of rows differ after a second import."""
    return dump(
        without=(*LEFT, "LeadChange", "Sighting"),
        fields=("updated_at", "stored_at", "recorded_at", "filled_at", "id", "person_id", "lead_id", "origin"),
    )


def test_undoing_the_only_import_leaves_nothing_and_the_same_files_bring_all_back() -> None:
    empty = dump(without=LEFT)
    first = bring(people(ANN, BOB), SEEN)
    full = state()

    counts = undo(first)

    assert first.status == ImportStatus.UNDONE
    assert dump(without=LEFT) == empty
    assert {**counts, "kept": {}} == {"removed": 2, "restored": 0, "events": 3, "suppressions": 0, "kept": {}}

    bring(people(ANN, BOB), SEEN)
    assert state() == full


def test_undoing_the_second_import_sets_back_what_it_changed() -> None:
    bring(people(ANN, BOB), SEEN)
    before = state()
    second = bring(people(ANN_LATER, "3,2024-03-02 11:00,Cy,Doe,Lead,,,,,,,,yes,"), exported_at=LATER)
    assert state() != before

    counts = undo(second)

    assert state() == before
    assert (counts["removed"], counts["restored"], counts["suppressions"]) == (1, 1, 1)


def test_undoing_the_first_import_keeps_whole_what_the_second_changed() -> None:
    first = bring(people(ANN, BOB), SEEN)
    second = bring(people(ANN_LATER), exported_at=LATER)

    counts = undo(first)

    assert counts["kept"] == {undoing.NEWER_IMPORT: 1}
    assert [row.external_id for row in Lead.objects.all()] == ["1"]
    assert (lead("1").stage, lead("1").name) == ("Closed", "Ann Lee")
    assert list(Event.objects.values_list("event_id", "origin")) == [
        (Event.objects.get().event_id, f"import:{second.pk}")
    ]

    undo(second)
    assert not Lead.objects.exists(), "nothing in force tells of them any more"


def test_undoing_one_of_three_lets_the_third_lead_back_to_the_first() -> None:
    bring(people(ANN))
    second = bring(people(ANN.replace(",Lead,", ",Nurture,")), exported_at=LATER)
    third = bring(people(ANN.replace(",Lead,", ",Closed,")), exported_at=LATER + timedelta(days=1))

    undo(second)
    assert lead("1").stage == "Closed"
    undo(third)
    assert (lead("1").stage, lead("1").stage_meaning) == ("Lead", "open")


def test_what_was_changed_by_hand_stays(django_user_model) -> None:
    actor = django_user_model.objects.create_user("o@example.com", "pass-word-123", name="O", role="OWNER")
    first = bring(people(ANN, BOB))
    second = bring(people(ANN_LATER), exported_at=LATER)
    edit_lead(lead_id=lead("1").pk, changes={"owner_name": "Max"}, actor=actor, now=LATER)

    undo(second)
    assert (lead("1").stage, lead("1").owner_name) == ("Lead", "Max")

    counts = undo(first)
    assert counts["kept"] == {undoing.EDITED: 1}
    assert lead("1").owner_name == "Max"
    assert not Lead.objects.filter(external_id="2").exists()


def test_a_lead_with_a_newer_event_stays_whole() -> None:
    first = bring(people(ANN, BOB), SEEN)
    event = NewEvent("web:1", lead("2").pk, "page_view", LATER, LATER)
    append(events=[event], cause=Cause.LIVE, origin="", now=LATER)

    counts = undo(first)

    assert counts["kept"] == {undoing.NEWER_EVENT: 1}
    assert list(Event.objects.values_list("event_id", flat=True)) == ["web:1"]
    assert lead("2").person.active_at == LATER


def test_a_lead_marked_by_hand_stays() -> None:
    first = bring(people(ANN))
    suppress(rows=[(lead("1").pk, "ALL", "OPTED_OUT", "told us on the phone")], origin="", now=NOW)
    assert undo(first)["kept"] == {undoing.SUPPRESSED: 1}
    assert Suppression.objects.count() == 1


def test_an_opt_out_that_a_newer_import_told_too_never_gets_lost() -> None:
    bring(people(BOB))
    second = bring(people(BOB.replace("0143,,,,,", "0143,,,,yes,")), exported_at=LATER)
    third = bring(people(BOB.replace("0143,,,,,", "0143,,,,yes,")), exported_at=LATER + timedelta(days=1))

    undo(second)
    assert Suppression.objects.count() == 1
    undo(third)
    assert Suppression.objects.count() == 0


def test_added_emails_go_unless_a_later_import_added_them_too() -> None:
    bring(people(ANN))
    second = bring(people(ANN_LATER), exported_at=LATER)
    assert Identity.objects.filter(value="ann@work.example.com").exists()
    undo(second)
    assert list(Identity.objects.filter(kind="EMAIL").values_list("value", flat=True)) == ["ann@example.com"]


def test_a_kept_lead_belongs_to_the_import_that_tells_of_it_again() -> None:
    first = bring(people(BOB))
    event = NewEvent("web:1", lead("2").pk, "page_view", LATER, LATER)
    append(events=[event], cause=Cause.LIVE, origin="import:999", now=LATER)
    undo(first)
    again = bring(people(BOB), exported_at=LATER)
    Event.objects.all().delete()

    other = bring(people(BOB.replace("Bob", "Rob")), exported_at=LATER + timedelta(days=1))
    undo(other)
    assert lead("2").name == "Bob Ray"
    undo(again)
    assert not Lead.objects.exists()


@pytest.mark.parametrize("seed", range(8))
def test_undoing_all_in_any_order_leaves_nothing(seed: int) -> None:
    rng = random.Random(seed)
    empty = dump(without=LEFT)
    done = []
    for _ in range(4):
        rows = [
            f"{i},2024-03-01 10:00,{rng.choice(['Ann', 'Bo'])},L,{rng.choice(['Lead', 'Closed', 'Trash'])},,"
            f"{rng.choice(['', 'Dana'])},"
            f"{rng.choice('abc')}{i}@example.com,,{rng.choice([100000, 200000])},,,"
            f"{rng.choice(['yes', ''])},{rng.choice([1, 2])}"
            for i in range(4)
            if rng.random() < 0.7
        ]
        happened = activities(*(f"e{rng.randrange(6)},{i},Viewed Property,2024-03-04 10:00,,," for i in range(4)))
        done.append(
            bring(
                people(*rows, "9,2024-03-01 10:00,Z,Z,Lead,,,,,,,,,"),
                happened,
                exported_at=NOW + timedelta(days=rng.randrange(5)),
            )
        )
    rng.shuffle(done)
    for part_of in done:
        undo(part_of)
    assert dump(without=LEFT) == empty


def test_an_undo_that_is_stopped_goes_on_where_it_was(monkeypatch) -> None:
    told = people(*(f"{i},2024-03-01 10:00,P,Q{i},Lead,,,p{i}@example.com,,,,,," for i in range(25)))
    empty = dump(without=LEFT)
    first = bring(told, activities(*(f"a{i},{i},Viewed Property,2024-03-04 10:00,,," for i in range(25))))
    monkeypatch.setattr(undoing, "_LEADS", 10)
    operations.undo_import(import_id=first.pk, actor=None, now=NOW)
    undoing._undo_batch(first.pk, sorted(queries.touched_leads(part_of=first))[:10], NOW)
    assert Lead.objects.count() == 15

    operations.run_undo(import_id=first.pk, clock=lambda: NOW)

    first.refresh_from_db()
    assert dump(without=LEFT) == empty
    assert (first.counts["undone"]["removed"], first.counts["undone"]["events"]) == (25, 25)


def test_what_never_started_or_is_at_work_cannot_be_undone() -> None:
    draft = receive(people(ANN))
    with pytest.raises(UnableToImport, match="never started"):
        operations.undo_import(import_id=draft.pk, actor=None, now=NOW)
    operations.start_import(import_id=draft.pk, actor=None, now=NOW)
    with pytest.raises(UnableToImport, match="at work"):
        operations.undo_import(import_id=draft.pk, actor=None, now=NOW)
