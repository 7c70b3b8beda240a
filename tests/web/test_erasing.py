"""Erasing a person: what goes, what stays, and what happens when another export brings them again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.test import Client

from leadlight.accounts.models import AuditEntry, Role
from leadlight.consent.models import ClosedAddress, Suppression
from leadlight.consent.operations import close_erased
from leadlight.crm.models import Delivery, Endpoint
from leadlight.events import operations as events
from leadlight.events.models import Event, Retraction, Touched
from leadlight.intake.models import Import, ImportFile, LeadChange, RejectedRow, Table
from leadlight.intake.operations import add_lead, tell_lead
from leadlight.intake.operations.people import store_people
from leadlight.intake.rules.records import LeadRow
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Lead, Person
from leadlight.leads.operations import edit_lead, note_added
from leadlight.scoring.operations import set_tier
from leadlight.web.operations import UnableToErase, erase_person
from tests.web.api_client import with_model
from tests.web.build import person, user
from tests.web.test_pages import signed_in

pytestmark = pytest.mark.django_db
#: Words that stand nowhere but with who is erased.
SECRETS = ("quillfeather", "5559917", "555-9917", "hidden hollow", "asked about the roof")


@pytest.fixture
def ana() -> Person:
    found = person(
        "Odalys Quillfeather",
        emails=("quillfeather@private.example",),
        phones=("+18135559917",),
        home="77 Hidden Hollow, Tampa, FL",
        score=91.0,
        reason="Asked about 77 Hidden Hollow",
        events=(("inquiry", timedelta(hours=2)), ("listing_view", timedelta(hours=3))),
    )
    Event.objects.filter(kind="inquiry").update(props={"text": "asked about the roof"}, event_id="inq")
    return found


def cells() -> Iterator[tuple[str, str]]:
    """Return every text of every table."""
    for model in apps.get_models():
        for row in model._base_manager.values():
            yield model.__name__, str(row).lower()


def left() -> list[tuple[str, str]]:
    return [(name, text) for name, text in cells() if any(secret in text for secret in SECRETS)]


def erase(who: Person) -> Any:
    return erase_person(person_id=who.pk, actor=user(), now=utc_now())


def test_nothing_that_names_them_is_left_anywhere(ana: Person) -> None:
    dana, now = user(), utc_now()
    again = person("O. Quillfeather", emails=("quillfeather@other.example",), phones=(), score=40.0)
    edit_lead(lead_id=again.leads.get().pk, changes={"stage": "Nurture"}, actor=dana, now=now)
    with_model(now)
    set_tier(person_id=again.pk, tier="HOT", note="Quillfeather asked", actor=dana, now=now)
    events.merge_persons(keep=ana.pk, gone=[again.pk], reason="Quillfeather twice", actor=dana, now=now)
    edit_lead(lead_id=ana.leads.order_by("pk")[0].pk, changes={"name": "Odalys B. Quillfeather"}, actor=dana, now=now)
    friend = person("Ben Lee")
    note_added(
        lead_id=friend.leads.get().pk, by_hand=[], referred_by=ana.pk, referred_by_name="Quillfeather", now=now
    )
    part_of = Import.objects.create(system="test", created_at=now, exported_at=now)
    file = ImportFile.objects.create(part_of=part_of, position=0, name="x.csv", path="x", table=Table.LEADS)
    for line in (["", "Quillfeather@Private.example", "x"], ["", "(813) 555-9917", "late"]):
        RejectedRow.objects.create(file=file, line=1, reason="no name", cells=line)
    kept = RejectedRow.objects.create(file=file, line=2, reason="no name", cells=["", "other@example.com", "9917"])
    LeadChange.objects.create(
        part_of=part_of, lead_id=ana.leads.order_by("pk")[0].pk, before={"name": "Quillfeather"}, after={}
    )
    endpoint = Endpoint.objects.create(name="x", url="https://x.example", secret="s", created_at=now)
    Delivery.objects.create(
        endpoint=endpoint,
        kind="score.changed",
        person_id=ana.pk,
        message_id="m",
        created_at=now,
        data={"why": "roof"},
    )
    events.retract(event_ids=["inq"], reason="asked about the roof", now=now)
    assert len({name for name, _ in left()}) > 6, "else there is nothing to erase"
    erased = erase(ana)
    assert (erased.n_leads, erased.n_events) == (2, 2)
    # The reason of a merge goes with the persons; rows of files that name somebody else stay.
    assert left() == []
    assert list(RejectedRow.objects.values_list("pk", flat=True)) == [kept.pk]
    assert not Retraction.objects.exists()
    assert not Delivery.objects.exists()
    assert list(Person.everyone.all()) == [friend]
    said = AuditEntry.objects.get(action="person.erased")
    assert said.detail == {"n_leads": 2, "n_events": 2, "n_messages": 0}
    assert list(AuditEntry.objects.exclude(pk=said.pk).values_list("detail", flat=True)) == [{}] * 4
    assert not Touched.objects.exclude(person_id=friend.pk).exists()
    with pytest.raises(UnableToErase, match="nobody to erase"):
        erase(ana)


def told(email: str, *, phone: str = "", number: str = "1", system: str = "web") -> Lead:
    row = LeadRow(number, name="O. Q.", emails=(email,) if email else (), phones=(phone,) if phone else ())
    done = tell_lead(row=row, has_own_id=True, system=system, provenance="UNKNOWN", origin="api", now=utc_now())
    return Lead.objects.get(pk=done.lead_id)


def closed(lead: Lead) -> list[tuple[str, str]]:
    return list(Suppression.objects.filter(lead=lead).values_list("channel", "reason"))


def test_whoever_comes_again_is_left_alone(ana: Person) -> None:
    assert closed(told("someone@example.com", number="0")) == []
    erase(ana)
    shut = [("ALL", "ERASED")]
    by_email = told("quillfeather@private.example")
    assert closed(by_email) == shut
    assert closed(told("new@example.com", phone="+18135559917", number="2")) == shut
    assert closed(told("else@example.com", phone="+18135550001", number="3")) == []
    # An address that is told later closes too.
    assert closed(told("quillfeather@private.example", number="3")) == shut
    row = LeadRow("form", name="O.", phones=("+18135559917",))
    added = add_lead(
        row=row, note="", referred_by=None, referred_by_name="", although_phone=True, actor=user(), now=utc_now()
    )
    assert closed(Lead.objects.get(pk=added.lead_id)) == shut  # type: ignore[union-attr]


def test_whom_an_import_brings_again_is_left_alone(ana: Person) -> None:
    erase(ana)
    now = utc_now()
    part_of = Import.objects.create(system="crm", created_at=now, exported_at=now, started_at=now)
    rows = [
        LeadRow("1", name="O. Q.", emails=("quillfeather@private.example",)),
        LeadRow("2", name="Kim", emails=("kim@example.com",)),
    ]
    counts = store_people(part_of=part_of, rows=rows, seen=(), at_creation=(), now=now)
    assert counts["suppressions"] == 1
    assert list(Suppression.objects.values_list("lead__external_id", "origin")) == [("1", f"import:{part_of.pk}")]


def test_a_change_of_key_forgets_nobody(ana: Person, settings: Any) -> None:
    erase(ana)
    settings.SECRET_KEY_FALLBACKS = [django_settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, long enough to be one"
    assert closed(told("quillfeather@private.example")) == [("ALL", "ERASED")]
    settings.SECRET_KEY_FALLBACKS = []
    assert closed(told("quillfeather@private.example", number="7", system="third")) == []


def test_digests_name_nobody_and_cost_nothing_while_there_are_none(
    ana: Person, django_assert_num_queries: Any
) -> None:
    lead_id = ana.leads.get().pk
    with django_assert_num_queries(1):
        assert close_erased(lead_ids=[lead_id], origin="", now=utc_now()) == 0
    erase(ana)
    assert all(len(one) == 64 and one.isalnum() for one in ClosedAddress.objects.values_list("digest", flat=True))
    assert ClosedAddress.objects.count() == 2
    many = [person(f"Kim {k}").leads.get().pk for k in range(5)]
    with django_assert_num_queries(3):
        close_erased(lead_ids=many, origin="", now=utc_now())


def test_only_owners_and_lead_managers_who_are_sure(ana: Person) -> None:
    address = f"/leads/{ana.pk}/why/erase/"
    agent, analyst = signed_in(user("Sam", role=Role.AGENT)), signed_in(user(role=Role.ANALYST))
    for client in (agent, analyst):
        assert client.post(address, {"sure": "yes"}).status_code == 403
        assert ">Erase</summary>" not in client.get(f"/leads/{ana.pk}/why/").content.decode()
    owner: Client = signed_in(user())
    assert ">Erase</summary>" in owner.get(f"/leads/{ana.pk}/why/").content.decode()
    assert "say that you are sure" in owner.post(address, follow=True).content.decode()
    assert Person.objects.exists()
    page = owner.post(address, {"sure": "yes"}, follow=True).content.decode()
    assert "Erased: 1 records, 2 events and 0 messages." in page
    assert owner.get(f"/leads/{ana.pk}/").status_code == 404
