from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from leadlight.accounts.models import AuditEntry
from leadlight.leads import operations, queries
from leadlight.leads.models import Channel, Lead, Person, Source, SourceCost
from leadlight.leads.operations import UnableToJoinSources, ensure_sources
from leadlight.leads.rules import NewLead

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def store(*names: str) -> dict[str, int]:
    """Store a lead of each source named; return the sources' ids."""
    ids = ensure_sources(names=names)
    first = Lead.objects.count()
    new = [NewLead("csv", str(first + k), source_id=ids[name], source_label=name) for k, name in enumerate(names)]
    operations.store_leads(leads=new, now=NOW)
    return ids


def shown() -> list[str]:
    return list(Person.objects.order_by("pk").values_list("source__name", flat=True))


def told() -> list[tuple[int, str]]:
    return list(Lead.objects.order_by("pk").values_list("source_id", "source_label"))


def join(ids: dict[str, int], name: str, into: str) -> list[int]:
    return operations.join_source(source_id=ids[name], into_id=ids[into], actor=None, now=NOW)


def part(ids: dict[str, int], name: str) -> list[int]:
    return operations.part_source(source_id=ids[name], actor=None, now=NOW)


def test_new_sources_know_their_channel() -> None:
    ensure_sources(names=["Zillow", "Billboard"])
    assert dict(Source.objects.values_list("name", "channel")) == {"Zillow": "PORTAL", "Billboard": "OTHER"}


def test_joining_changes_what_people_show_and_no_lead() -> None:
    ids = store("Zillow", "Zilow", "Google", "Zilow")
    before = told()
    persons = join(ids, "Zilow", "Zillow")
    assert persons == list(
        Person.objects.filter(leads__source=ids["Zilow"]).order_by("pk").values_list("pk", flat=True)
    )
    assert shown() == ["Zillow", "Zillow", "Google", "Zillow"]
    assert told() == before
    # What comes later under the old name goes the same way.
    store("Zilow")
    operations.refresh_persons(person_ids=list(Person.objects.values_list("pk", flat=True)))
    assert shown() == ["Zillow", "Zillow", "Google", "Zillow", "Zillow"]


def test_taking_apart_brings_everything_back() -> None:
    ids = store("A", "B", "C", "D")
    people = Person.objects.order_by("pk")
    before = list(people.values())
    join(ids, "A", "B")
    join(ids, "C", "D")
    join(ids, "B", "D")
    assert shown() == ["D", "D", "D", "D"]
    # B brings along what was joined to it.
    assert len(part(ids, "B")) == 2
    assert shown() == ["B", "B", "D", "D"]
    assert len(part(ids, "C")) == 1
    assert len(part(ids, "A")) == 1
    assert part(ids, "A") == []
    assert list(people.values()) == before


def test_a_person_of_two_records_shows_the_source_of_the_first() -> None:
    ids = store("Zilow", "Google")
    first, second = Lead.objects.order_by("pk")
    Lead.objects.filter(pk=second.pk).update(person=first.person)
    join(ids, "Zilow", "Google")
    part(ids, "Zilow")
    assert Person.objects.get(pk=first.person_id).source_id == ids["Zilow"]


@pytest.mark.parametrize(("name", "into"), [("A", "A"), ("A", "C"), ("C", "A"), ("A", "none")])
def test_what_cannot_be_joined_says_so(name: str, into: str) -> None:
    ids = {**store("A", "B", "C"), "none": 0}
    join(ids, "C", "B")
    with pytest.raises(UnableToJoinSources):
        join(ids, name, into)
    assert shown() == ["A", "B", "B"]


def test_every_decision_is_written_down() -> None:
    ids = store("A", "B")
    join(ids, "A", "B")
    part(ids, "A")
    operations.describe_source(source_id=ids["A"], channel=Channel.PORTAL, actor=None, now=NOW)
    with pytest.raises(UnableToJoinSources):
        operations.describe_source(source_id=ids["A"], channel="TELEPATHY", actor=None, now=NOW)
    entries = AuditEntry.objects.order_by("pk").values_list("action", "detail")
    assert [action for action, _ in entries] == ["source.joined", "source.parted", "source.described"]
    assert entries[0][1] == {"name": "A", "into": "B", "persons": 1}
    assert Source.objects.get(name="A").channel == Channel.PORTAL


def test_costs_are_kept_by_month_and_can_be_taken_back() -> None:
    ids = store("A", "B")
    for amounts in ({"A": Decimal("10.50"), "B": Decimal(3)}, {"A": Decimal("11.25"), "B": None}):
        operations.set_source_costs(
            month=date(2026, 10, 17),
            amounts={ids[name]: amount for name, amount in amounts.items()},
            actor=None,
            now=NOW,
        )
    assert list(SourceCost.objects.values_list("source_id", "month", "amount")) == [
        (ids["A"], date(2026, 10, 1), Decimal("11.25"))
    ]


def test_the_queries_of_joining_do_not_grow(django_assert_max_num_queries: Any) -> None:
    ids = store(*["A"] * 40, *["B"] * 40, "C")
    with django_assert_max_num_queries(8):
        join(ids, "A", "B")
    with django_assert_max_num_queries(16):
        part(ids, "A")
    with django_assert_max_num_queries(1):
        queries.shown_sources()
