"""Searches that people save: theirs through merges, gone with them."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leadlight.events import operations as events
from leadlight.leads.models import Person
from leadlight.listings import queries
from leadlight.listings.models import SavedSearch
from leadlight.listings.operations import UnableToSaveSearch, end_search, save_search
from leadlight.listings.rules import UnableToReadNeed, need_of
from leadlight.web.operations import erase_person
from tests.listings.build import DAY, NOW, store, told
from tests.web.build import person, user

pytestmark = pytest.mark.django_db
KENT = {"areas": ["Kent"], "most_price": 500_000}


def save(who: Person, name: str = "", **criteria: Any) -> SavedSearch:
    return save_search(lead_id=who.leads.order_by("pk")[0].pk, name=name, criteria=criteria or KENT, now=NOW)


def names(*persons: Person) -> list[list[str]]:
    found = queries.searches_of([who.pk for who in persons])
    return [[search.name for search in found[who.pk]] for who in persons]


def test_a_search_is_saved_in_one_form_and_read_as_a_need() -> None:
    ana = person()
    saved = save(ana, "Kent homes")
    assert saved.criteria == {"transaction": "sale", "areas": ["kent"], "most_price": "500000"}
    [search] = queries.searches_of([ana.pk])[ana.pk]
    assert (search.id, search.name, search.need, search.saved_at) == (saved.pk, "Kent homes", need_of(KENT), NOW)


def test_saving_again_under_a_name_takes_its_place() -> None:
    ana = person()
    first = save(ana, "Mine")
    assert save(ana, "Mine").saved_at == first.saved_at
    other = save_search(lead_id=ana.leads.get().pk, name="Mine", criteria={"least_bedrooms": 2}, now=NOW + DAY)
    assert (other.pk, other.saved_at) == (first.pk, NOW + DAY)
    assert save(ana, "Other").pk != first.pk
    assert names(ana) == [["Other", "Mine"]]


def test_an_ended_search_is_kept_and_its_name_is_free() -> None:
    ana = person()
    first = save(ana, "Mine")
    end_search(search_id=first.pk, now=NOW)
    end_search(search_id=first.pk, now=NOW + DAY)
    first.refresh_from_db()
    assert first.ended_at == NOW
    assert names(ana) == [[]]
    assert save(ana, "Mine").pk != first.pk
    assert names(ana) == [["Mine"]]


def test_what_cannot_be_saved_is_refused_and_leaves_nothing() -> None:
    with pytest.raises(UnableToReadNeed):
        save(person(), areas="Kent")
    with pytest.raises(UnableToSaveSearch, match="no such lead"):
        save_search(lead_id=0, criteria={}, now=NOW)
    assert not SavedSearch.objects.exists()


def test_searches_come_along_with_a_merge_and_go_back_with_its_undoing() -> None:
    ana, ben = person("Ana"), person("Ben")
    save(ana, "Hers")
    save(ben, "His")
    done = events.merge_persons(keep=ana.pk, gone=[ben.pk], reason="one", actor=None, now=NOW)
    assert names(ana, ben) == [["Hers", "His"], []]
    events.undo_merge(merge_id=done.merge_id, actor=None, now=NOW)
    assert names(ana, ben) == [["Hers"], ["His"]]


def test_who_is_erased_takes_their_searches_along() -> None:
    ana = person()
    save(ana, "Near my mother")
    erase_person(person_id=ana.pk, actor=user(), now=NOW)
    assert not SavedSearch.objects.exists()


def test_reading_searches_is_one_query() -> None:
    persons = [person(f"P{n}") for n in range(4)]
    for who in persons:
        save(who)
    with CaptureQueriesContext(connection) as captured:
        queries.searches_of([who.pk for who in persons])
    assert len(captured) == 1


def test_people_who_differ_in_name_and_language_find_the_same_homes() -> None:
    store(*(told(str(n), area="Kent", list_price=Decimal(400_000 + n)) for n in range(5)))
    ana = person("Ana Quillfeather", attributes={"Preferred language": "English"})
    li = person("李 小龍", attributes={"Preferred language": "中文", "Children": "3"})
    save(ana, "Mine")
    save(li, "我的")
    found = [
        queries.matching(search.need, limit=10, now=NOW)
        for searches in queries.searches_of([ana.pk, li.pk]).values()
        for search in searches
    ]
    assert len(found[0]) == 5
    assert found[0] == found[1]
