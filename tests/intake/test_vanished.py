"""Who stood in the export before and not in this one: the rule, what imports and undoing do to it, and the page."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from leadlight.accounts.models import Role, User
from leadlight.intake import operations, queries
from leadlight.intake.models import Import, ImportStatus, Sighting
from leadlight.intake.operations import running
from leadlight.intake.rules.vanished import ENOUGH, REPEATS, vanished
from leadlight.leads.models import Lead
from leadlight.leads.operations import delete_leads, note_told
from tests.intake.helpers import NOW, bring, lead, people, undo

DAY = timedelta(days=1)


def judged(*stood: Iterable[int], n: int = 100, told: dict[int, float] | None = None) -> tuple[int, list[int]] | None:
    """Judge imports given as the leads that stood in each; the first was exported on day 0, the next on day 1."""
    rows = np.zeros((len(stood), n), dtype=bool)
    for row, leads in zip(rows, stood, strict=True):
        row[list(leads)] = True
    told_at = np.full(n, np.nan)
    for place, at in (told or {}).items():
        told_at[place] = at
    found = vanished(rows, exported_at=range(len(stood)), told_at=told_at)
    return None if found is None else (found[0], np.flatnonzero(found[1]).tolist())


class TestRule:
    def test_who_is_missing_in_a_repetition_has_vanished(self) -> None:
        assert judged(range(40), range(2, 60)) == (40, [0, 1])

    def test_the_first_import_and_one_that_holds_all_lose_nobody(self) -> None:
        assert judged(range(40)) is None
        assert judged(range(40), range(60)) == (40, [])

    def test_three_of_four_make_a_repetition_and_fewer_a_part(self) -> None:
        assert judged(range(40), range(30)) == (40, [*range(30, 40)])
        assert judged(range(40), range(29)) is None

    def test_fewer_than_twenty_before_say_nothing(self) -> None:
        assert judged(range(20), range(19)) == (20, [19])
        assert judged(range(19), range(18)) is None

    def test_a_part_between_two_whole_exports_hides_nobody_and_loses_nobody(self) -> None:
        assert judged(range(40), range(38, 50), range(1, 50)) == (50, [0])
        assert judged(range(40), range(38, 50), range(49)) == (50, [49])

    def test_who_vanished_once_does_not_vanish_again(self) -> None:
        assert judged(range(40), range(39), range(38)) == (39, [38])

    def test_lists_by_turns_are_no_repetitions(self) -> None:
        buyers, sellers = range(50), range(50, 90)
        assert judged(buyers, sellers) is None
        assert judged(buyers, sellers, buyers) is None

    def test_who_was_told_of_since_they_last_stood_there_is_not_gone(self) -> None:
        assert judged(range(40), range(2, 40), told={0: 0.5, 1: -0.5}) == (40, [1])
        # The moment of the export itself is not after it.
        assert judged(range(40), range(1, 40), told={0: 0.0}) == (40, [0])
        # Lead 0 stood in the part too, after it was told of.
        assert judged(range(40), [0], range(1, 40), told={0: 0.5}) == (40, [0])

    @given(st.lists(st.sets(st.integers(0, 29)), min_size=1, max_size=5))
    def test_it_says_what_sets_say(self, stood: list[set[int]]) -> None:
        known: set[int] = set()
        for each in stood[:-1]:
            repeats = len(known) >= ENOUGH and len(known & each) >= REPEATS * len(known)
            known = set(each) if repeats else known | each
        says = len(known) >= ENOUGH and len(known & stood[-1]) >= REPEATS * len(known)
        assert judged(*stood, n=30) == ((len(known), sorted(known - stood[-1])) if says else None)


def export(
    ids: Iterable[int],
    *,
    after: int = 0,
    at: datetime | None = None,
    more: Sequence[Iterable[int]] = (),
    system: str = "crm",
) -> Import:
    """Import an export that was made some days after the first, cut to several files if there are `more`."""
    texts = [
        people(*(f"{i},2024-03-01 10:00,P,Q{i:03},Lead,Zillow,,{system}{i}@example.com,,,,,," for i in part))
        for part in (ids, *more)
    ]
    return bring(*texts, exported_at=at or NOW + after * DAY, system=system)


def gone(part_of: Import) -> tuple[int, list[str]] | None:
    """Return how many stood in the exports before, and the ids in the CRM of those who vanished."""
    found = queries.vanished_from(part_of)
    if found is None:
        return None
    ids = Lead.objects.filter(pk__in=found.lead_ids).values_list("external_id", flat=True)
    return found.n_before, sorted(ids, key=int)


def lately() -> list[tuple[str, int, int]]:
    return [(each.system, each.n_before, len(each.lead_ids)) for each in queries.vanished_lately()]


@pytest.mark.django_db
class TestImports:
    def test_each_lead_that_stood_in_an_export_is_marked_though_nothing_changed(self) -> None:
        first, second = export(range(30)), export(range(2, 31), after=7)
        assert second.counts["unchanged"] == 28
        assert gone(first) is None
        assert gone(second) == (30, ["0", "1"])
        assert lately() == [("crm", 30, 2)]

    def test_files_of_one_import_count_as_one(self) -> None:
        export(range(15), more=[range(15, 30)])
        assert gone(export(range(10), after=7, more=[range(10, 29)])) == (30, ["29"])

    def test_a_chunk_marks_each_lead_once(self) -> None:
        again = export([*range(3), 1, 1])
        assert Sighting.objects.get(part_of=again).lead_ids == sorted(Lead.objects.values_list("pk", flat=True))

    def test_chunks_of_one_file_count_as_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(running, "CHUNK", dict.fromkeys(running.CHUNK, 7))
        export(range(30))
        second = export(range(29), after=7)
        assert second.sightings.count() == 5
        assert gone(second) == (30, ["29"])

    def test_a_file_of_new_leads_says_nothing_and_hides_nobody(self) -> None:
        export(range(30))
        assert gone(export(range(28, 34), after=1)) is None
        assert lately() == []
        assert gone(export(range(1, 34), after=2)) == (34, ["0"])

    def test_each_system_is_asked_by_itself(self) -> None:
        export(range(30))
        export(range(30), system="portal")
        export(range(25), after=7, system="portal")
        assert lately() == [("portal", 30, 5)]
        export(range(29), after=7)
        assert lately() == [("crm", 30, 1), ("portal", 30, 5)]

    def test_whom_another_program_told_of_since_is_still_known_there(self) -> None:
        export(range(30))
        for external_id, days in (("0", 3), ("1", -3)):
            note_told(lead_id=lead(external_id).pk, now=NOW + days * DAY)
        assert gone(export(range(2, 30), after=7)) == (30, ["1"])

    def test_the_order_is_that_of_the_exports(self) -> None:
        export(range(30))
        newest = export(range(35), after=20)
        older = export(range(29), after=10)
        assert gone(older) == (30, ["29"])
        assert gone(newest) == (29, [])
        assert lately() == [("crm", 29, 0)]

    def test_of_one_day_the_one_imported_later_is_the_later(self) -> None:
        export(range(30))
        for n, hour in ((29, 23), (28, 13)):
            assert gone(export(range(n), at=NOW.replace(hour=hour))) == (n + 1, [str(n)])

    def test_who_is_deleted_here_is_not_missed(self) -> None:
        export(range(30))
        delete_leads(lead_ids=[lead("0").pk])
        assert gone(export(range(2, 30), after=7)) == (29, ["1"])

    @pytest.mark.parametrize("status", sorted(set(ImportStatus) - {ImportStatus.DONE}))
    def test_only_imports_that_are_done_count(self, status: ImportStatus) -> None:
        export(range(30))
        second, third = export(range(29), after=1), export(range(28), after=2)
        Import.objects.filter(pk=second.pk).update(status=status)
        assert gone(third) == (30, ["28", "29"])
        Import.objects.filter(pk=third.pk).update(status=status)
        assert gone(third) is None
        assert lately() == []

    def test_nothing_is_said_of_what_lies_too_far_back(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(queries, "_LOOK_BACK", 2)
        export(range(30))
        export([100], after=1)
        assert gone(export(range(1, 30), after=2)) == (31, ["0", "100"])
        export([101], after=3)
        export([102], after=4)
        assert gone(export(range(30), after=5)) is None

    def test_the_number_of_queries_does_not_grow(self, django_assert_num_queries) -> None:
        for n in (30, 60):
            for part, after in ((n, n), (n - 1, n + 1)):
                export(range(part), after=after)
                export(range(part), after=after, system=f"other{n}")
            with django_assert_num_queries(3):
                found = queries.vanished_lately()
            assert found[0].n_before == n
            latest = Import.objects.latest("pk")
            with django_assert_num_queries(3):
                queries.vanished_from(latest)


@pytest.mark.django_db
class TestUndo:
    def test_an_undone_import_lets_nobody_vanish(self) -> None:
        export(range(30))
        filtered = export(range(25), after=7)
        assert lately() == [("crm", 30, 5)]
        undo(filtered)
        assert (gone(filtered), lately()) == (None, [])
        assert not Sighting.objects.filter(part_of=filtered).exists()
        assert gone(export(range(29), after=14)) == (30, ["29"])

    def test_whom_only_an_undone_import_told_of_again_was_not_seen(self) -> None:
        export(range(30))
        export(range(29), after=1)
        wrong = export(range(30), after=2)
        last = export(range(28), after=3)
        assert gone(last) == (30, ["28", "29"])
        undo(wrong)
        assert gone(last) == (29, ["28"])

    def test_one_whose_undoing_is_under_way_counts_no_more(self) -> None:
        export(range(30))
        filtered = export(range(25), after=7)
        operations.undo_import(import_id=filtered.pk, actor=None, now=NOW)
        assert lately() == []

    def test_leads_that_went_with_their_import_are_not_missed(self) -> None:
        first = export(range(30))
        export([*range(30), *range(50, 80)], after=1)
        undo(first)
        assert not Lead.objects.filter(external_id="3").exists()
        assert gone(export(range(51, 80), after=2)) == (30, ["50"])


@pytest.mark.django_db
class TestPage:
    @pytest.fixture
    def owner(self, client: Client) -> Client:
        client.force_login(User.objects.create_user("o@example.com", "pass-word-123", name="O", role=Role.OWNER))
        return client

    def page(self, client: Client, part_of: Import) -> str:
        answer = client.get(reverse("intake:result", args=[part_of.pk]))
        assert answer.status_code == 200
        return answer.content.decode()

    def test_it_says_who_is_not_in_it_any_more(self, owner: Client) -> None:
        first, second, third = export(range(70)), export(range(55), after=7), export(range(1, 56), after=14)
        assert "the export before" not in self.page(owner, first)
        page = self.page(owner, second)
        assert "<strong>15</strong> of 70 leads of the export before are not in this one." in page
        assert "a filter left them out" in page
        who = lead("69").person
        assert f'<a class="link" href="/leads/{who.pk}/" dir="auto">P Q069</a>' in page
        assert page.index("P Q055") < page.index("P Q056")
        assert "P Q054" not in page
        assert "1</strong> of 55 leads of the export before is not in this one." in self.page(owner, third)
        assert "All 55 leads of the export before are in this one." in self.page(owner, export(range(56), after=15))

    def test_fifty_are_named(self, owner: Client) -> None:
        export(range(208))
        page = self.page(owner, export(range(156), after=7))
        assert "52</strong> of 208 leads" in page
        assert "See who: the first 50 by name" in page
        assert "P Q205" in page
        assert "P Q206" not in page

    def test_an_import_that_stopped_says_nothing(self, owner: Client) -> None:
        export(range(30))
        stopped = export(range(29), after=7)
        Import.objects.filter(pk=stopped.pk).update(status=ImportStatus.FAILED, failure="Stopped.")
        assert "the export before" not in self.page(owner, stopped)

    def test_the_page_asks_as_often_for_few_as_for_many(self, owner: Client) -> None:
        export(range(60))
        n_asked = []
        for n in (58, 45):
            part_of = export(range(n), after=60 - n)
            with CaptureQueriesContext(connection) as caught:
                self.page(owner, part_of)
            n_asked.append(len(caught))
        assert n_asked[0] == n_asked[1] <= 14
