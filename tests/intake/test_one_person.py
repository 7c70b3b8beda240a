"""Many who tell of one person at the same instant: they make one person, and lose nothing."""

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection

from leadlight.intake import operations
from leadlight.intake.operations import tell_lead
from leadlight.intake.rules.records import LeadRow
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Identity, Lead, Person
from tests.intake.helpers import NOW, people, receive

TOGETHER = 20


def side_by_side(*deeds: Callable[[], object]) -> None:
    errors: list[BaseException] = []
    start = threading.Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> None:
        try:
            start.wait()
            deed()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def tell(k: int, now: datetime, *, has_own_id: bool) -> None:
    """Tell of one person, by the e-mail, by the phone, or by both."""
    emails = ("ann@example.com",) if k % 3 else ()
    phones = ("+18135550142",) if k % 3 != 1 else ()
    # Half have both, so that those who have one alone have it in common. Each is of a system of its own: two ids
    # that one system keeps apart are two people.
    if k % 2:
        emails, phones = ("ann@example.com",), ("+18135550142",)
    row = LeadRow(f"id{k}", name="Ann Lee", emails=emails, phones=phones)
    tell_lead(row=row, has_own_id=has_own_id, system=f"crm{k}", provenance="OWN_INQUIRY", origin="t", now=now)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_own_id", [False, True])
def test_twenty_who_tell_of_one_person_at_once_make_one(has_own_id: bool) -> None:
    now = utc_now()
    # The first makes e-mail and phone known as one person's; whoever comes first is not for the test to say.
    tell(1, now, has_own_id=has_own_id)
    side_by_side(*(lambda k=k: tell(k, now, has_own_id=has_own_id) for k in range(TOGETHER)))  # type: ignore[misc]
    assert Person.objects.count() == 1
    assert Lead.objects.count() == (TOGETHER if has_own_id else 1)


@pytest.mark.django_db(transaction=True)
def test_twenty_strangers_to_the_database_make_one() -> None:
    now = utc_now()
    side_by_side(*(lambda k=k: tell(2 * k + 1, now, has_own_id=True) for k in range(TOGETHER)))  # type: ignore[misc]
    assert Person.objects.count() == 1
    assert Lead.objects.count() == TOGETHER
    assert Identity.objects.filter(value="ann@example.com").count() == TOGETHER


@pytest.mark.django_db(transaction=True)
def test_a_file_and_a_program_that_tell_of_one_person_at_once_make_one() -> None:
    now = utc_now()
    part_of = receive(people("1,2024-03-01 10:00,Ann,Lee,Lead,Zillow,Dana Ruiz,ann@example.com,(813) 555-0142,,,,,"))
    operations.start_import(import_id=part_of.pk, actor=None, now=NOW)
    side_by_side(
        lambda: operations.run_import(import_id=part_of.pk, clock=utc_now),
        *(lambda k=k: tell(2 * k + 1, now, has_own_id=True) for k in range(5)),  # type: ignore[misc]
    )
    # Whoever came second found the first, unless that was the file, whose rows are persons of their own.
    assert Lead.objects.count() == 6
    assert Person.objects.count() <= 2
    told = set(Lead.objects.exclude(system=part_of.system).values_list("person_id", flat=True))
    assert len(told) == 1
