from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from leadlight.accounts.models import AuditEntry
from leadlight.events.models import Event, Touched
from leadlight.intake.models import Import
from leadlight.intake.operations import Here, Told, add_lead, tell_lead, telling
from leadlight.intake.rules.records import LeadRow
from leadlight.leads.models import Lead, Person
from tests.intake.helpers import NOW, bring, lead, numbers, people, undo
from tests.web.api_client import at_once
from tests.web.build import user

DAY = timedelta(days=1)
ANA = "7,2025-01-02,Ana,Silva,New,Zillow,Dana Ruiz,ana@example.com,(813) 555-0142,,,,,"


def tell(external_id: str = "", *, own_id: bool = False, system: str = "api", now=NOW, **fields: Any) -> Told:
    row = LeadRow(external_id or f"{fields['emails'][0]}|", **fields)
    return tell_lead(row=row, has_own_id=own_id, system=system, provenance="UNKNOWN", origin="api", now=now)


def add(form: str = "f1", *, although_phone: bool = False, note: str = "", **fields: Any) -> Told | Here:
    return add_lead(
        row=LeadRow(form, **fields),
        note=note,
        referred_by=None,
        referred_by_name="",
        although_phone=although_phone,
        actor=user(),
        now=NOW,
    )


@pytest.mark.django_db
def test_an_older_export_fills_gaps_of_what_was_told_later() -> None:
    bring(people(ANA))
    tell(emails=("ana@example.com",), stage="Nurture", stage_meaning="open", now=NOW + DAY)
    bring(people(ANA.replace("New", "Trash").replace("Dana Ruiz", "Sam Lee")), exported_at=NOW + DAY / 2)
    assert (lead("7").stage, lead("7").owner_name) == ("Nurture", "Dana Ruiz")
    bring(people(ANA.replace("New", "Trash")), exported_at=NOW + 2 * DAY)
    assert lead("7").stage == "Trash"


@pytest.mark.django_db
def test_undoing_an_import_keeps_whom_a_program_told_of() -> None:
    part_of = bring(people(ANA, ANA.replace("7,", "8,").replace("ana@", "kim@").replace("0142", "0143")))
    tell(emails=("ana@example.com",), home="Tampa", now=NOW + DAY)
    counts = undo(part_of)
    assert list(Lead.objects.values_list("external_id", flat=True)) == ["7"]
    assert lead("7").home == "Tampa"
    assert counts["kept"] == {"another program or somebody of the team told of them too": 1}
    assert numbers(counts, "removed") == [1]


@pytest.mark.django_db
def test_a_record_of_a_known_person_is_one_more_lead_whose_hand_edits_speak() -> None:
    from leadlight.leads.operations import edit_lead

    first = tell(emails=("ana@example.com",), name="Ana Silva", owner_name="Dana Ruiz")
    edit_lead(lead_id=first.lead_id, changes={"name": "Ana da Silva"}, actor=user(), now=NOW)
    second = tell("A1", own_id=True, system="crm", emails=("ana@example.com",), name="A. S.", now=NOW + DAY)
    assert (second.status, second.person_id) == ("created", first.person_id)
    person = Person.objects.get()
    assert (person.name, person.owner_name, person.leads.count()) == ("Ana da Silva", "Dana Ruiz", 2)
    assert "a. s." in person.search_text


@pytest.mark.django_db
def test_what_an_import_stored_meanwhile_is_found(monkeypatch) -> None:
    create, tried = telling._create, []

    def beaten(*args: Any, **kwargs: Any) -> Any:
        tried.append(1)
        if len(tried) == 1:
            bring(people(ANA))
            raise IntegrityError
        return create(*args, **kwargs)

    monkeypatch.setattr(telling, "_create", beaten)
    told = tell("7", own_id=True, system="followupboss", emails=("ana@example.com",))
    # The transaction that failed took the import of this test with it.
    assert (told.status, len(tried), Lead.objects.count()) == ("created", 2, 1)


@pytest.mark.django_db
def test_a_change_without_an_event_has_the_person_scored_anew() -> None:
    told = tell(emails=("ana@example.com",))
    Touched.objects.all().delete()
    tell(emails=("ana@example.com",), attributes={"Pool": "yes"})
    assert list(Touched.objects.values_list("person_id", "cause")) == [(told.person_id, "TEAM")]
    Touched.objects.all().delete()
    assert tell(emails=("ana@example.com",), attributes={"Pool": "yes"}).status == "unchanged"
    assert not Touched.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("shared", ["both", "email", "phone"])
def test_at_the_same_instant_one_person_is_made(shared: str) -> None:
    def deed(number: int) -> Any:
        emails = ("ana@example.com",) if shared != "phone" else ()
        phones = ("+18135550142",) if shared != "email" else ()
        row = LeadRow(f"{(emails or phones)[0]}|ana {number}", name=f"Ana {number}", emails=emails, phones=phones,
                      message=f"Question {number}")  # fmt: skip
        return lambda: tell_lead(row=row, has_own_id=False, system="api", provenance="UNKNOWN", origin="api", now=NOW)

    told = at_once([deed(number) for number in range(8)])
    assert sorted(one.status for one in told) == ["created", *["updated"] * 7]
    assert (Person.objects.count(), Lead.objects.count(), Event.objects.count()) == (1, 1, 8)


@pytest.mark.django_db(transaction=True)
def test_records_with_ids_of_one_person_at_the_same_instant_are_one_person() -> None:
    def deed(number: int) -> Any:
        row = LeadRow(str(number), name="Ana", emails=("ana@example.com",))
        return lambda: tell_lead(
            row=row, has_own_id=True, system=f"system{number}", provenance="UNKNOWN", origin="api", now=NOW
        )

    at_once([deed(number) for number in range(6)])
    assert (Person.objects.count(), Lead.objects.count()) == (1, 6)


# --- by hand ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_adding_by_hand() -> None:
    told = add(name="Ana Silva", emails=("ana@example.com",), message="Is it there?", note="Met at the fair")
    assert isinstance(told, Told)
    found = Lead.objects.get()
    assert (found.system, found.external_id, found.edited_fields, found.told_at) == ("leadlight", "f1", ["name"], NOW)
    assert found.contacted_at == NOW
    assert dict(Event.objects.values_list("kind", "cause")) == {"inquiry": "LIVE", "note_added": "TEAM"}
    assert Event.objects.get(kind="note_added").actor == "Dana Ruiz"
    assert AuditEntry.objects.get(action="lead.added").subject == f"lead:{told.lead_id}"
    again = add(name="Ana Silva", emails=("ana@example.com",))
    assert isinstance(again, Told)
    assert (again.lead_id, again.status, Event.objects.count()) == (told.lead_id, "unchanged", 2)
    tell(emails=("ana@example.com",), name="ana s")
    assert Lead.objects.get().name == "Ana Silva"


@pytest.mark.django_db
def test_who_is_here_is_not_added_again() -> None:
    told = add(name="Ana Silva", emails=("ana@example.com",), phones=("+18135550142",))
    assert isinstance(told, Told)
    by_email = {"emails": ("ana@example.com",), "phones": ("+17275550199",)}
    assert add("f2", **by_email) == Here("EMAIL", (told.person_id,))
    assert add("f2", **by_email, although_phone=True) == Here("EMAIL", (told.person_id,))
    by_phone = {"name": "Ben Silva", "phones": ("+18135550142",)}
    assert add("f2", **by_phone) == Here("PHONE", (told.person_id,))
    ben = add("f2", **by_phone, although_phone=True)
    assert isinstance(ben, Told)
    assert ben.person_id != told.person_id
    assert set(Touched.objects.values_list("cause", flat=True)) == {"LIVE"}
    assert not Import.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_twice_and_two_forms_at_once_make_one_person() -> None:
    actor = user()

    def deed(form: str) -> Any:
        return lambda: add_lead(
            row=LeadRow(form, name="Ana", emails=("ana@example.com",)),
            note="",
            referred_by=None,
            referred_by_name="",
            although_phone=True,
            actor=actor,
            now=NOW,
        )

    came = at_once([deed(form) for form in ("f1", "f1", "f2", "f3")])
    assert Person.objects.count() == 1
    assert sum(isinstance(one, Told) and one.status == "created" for one in came) == 1
