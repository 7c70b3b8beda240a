import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadlight.accounts.models import Role
from leadlight.consent.models import Suppression
from leadlight.consent.operations import suppress
from leadlight.events.models import Event, Touched
from leadlight.events.text import message_quality
from leadlight.intake.kept_mappings import path_of
from leadlight.intake.rules.mapping import from_toml
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Identity, Lead, Person
from leadlight.leads.operations import edit_lead
from leadlight.scoring.models import Score
from leadlight.web import api
from tests.web.api_client import LEADS, Program, drain, lead, problem, with_model, worker
from tests.web.build import person, user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)

ZAPIER = {
    "Full Name": "Ana Silva",
    "Email Address": "Ana@Example.com",
    "Phone Number": "(813) 555-0142",
    "Price Range": "$400k - $450k",
    "Timeframe to buy": "1-3 months",
    "Lead Source": "FB Ads",
    "Comments": "Can I see 14 Elm St on Saturday at 10? We are pre-approved.",
    "Birthday": "1990-05-04",
    "Favourite colour": "green",
}


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def program() -> Program:
    return Program()


# --- telling ------------------------------------------------------------------------------------------------------


def test_a_zapier_payload_needs_no_mapping(program: Program) -> None:
    before = utc_now()
    answer = program.tell(ZAPIER)
    assert answer["status"] == "created"
    assert answer["dropped"] == {"Birthday": 1}
    assert "Birthday was not stored: age." in answer["notes"]
    assert (answer["score"], answer["score_status"]) == (None, None)
    found = lead(answer)
    assert (found.system, found.name, found.source_label) == ("api", "Ana Silva", "FB Ads")
    assert found.source is not None
    assert found.source.name == "Facebook"
    assert found.attributes == {"Favourite colour": "green"}
    assert found.contacted_at is not None
    assert found.contacted_at >= before
    assert (found.person.email, found.person.phone) == ("ana@example.com", "+18135550142")
    assert answer["url"] == f"http://testserver/leads/{found.person_id}/"
    assert "1990" not in str(list(Lead.objects.values()) + list(Event.objects.values()))
    told = {event.kind: event for event in Event.objects.all()}
    assert set(told) == {"inquiry", "budget_stated", "timeline_stated"}
    assert {event.cause for event in told.values()} == {"LIVE"}
    assert told["budget_stated"].value == 450_000
    assert told["timeline_stated"].value == 90
    assert told["inquiry"].value == message_quality(ZAPIER["Comments"])
    assert told["inquiry"].props == {"text": ZAPIER["Comments"]}
    assert found.person.asked_for == "inquiry"
    assert [row.person_id for row in Touched.objects.all()] == [found.person_id]


def test_the_same_body_again_changes_nothing(program: Program) -> None:
    first = program.tell(ZAPIER)
    Touched.objects.all().delete()
    stored = list(Lead.objects.values()), list(Person.objects.values()), list(Event.objects.values())
    again = program.tell(ZAPIER)
    assert (again["id"], again["status"]) == (first["id"], "unchanged")
    assert (list(Lead.objects.values()), list(Person.objects.values()), list(Event.objects.values())) == stored
    assert not Touched.objects.exists()


@pytest.mark.parametrize("kind", ["urlencoded", "multipart", "json"])
def test_forms_are_read_as_json_is(program: Program, kind: str) -> None:
    from urllib.parse import urlencode

    if kind == "json":
        response = program.send(ZAPIER)
    elif kind == "multipart":
        response = program.form(ZAPIER)
    else:
        response = program.client.post(
            LEADS, urlencode(ZAPIER), content_type="application/x-www-form-urlencoded", headers=program.headers
        )
    assert response.status_code == 201
    found = lead(response.json())
    assert (found.name, found.attributes) == ("Ana Silva", {"Favourite colour": "green"})
    assert Event.objects.count() == 3


def test_nested_and_repeated_fields(program: Program) -> None:
    body = {
        "data": {"contact": {"first_name": "Ana", "last_name": "Silva", "email": "ana@example.com"}},
        "agent": {"email": "dana@team.com", "phone": "813-555-0100"},
        "phones": [{"type": "home", "value": "8135550142"}, {"type": "work", "value": "8135550143"}],
        "field_data": [{"name": "lead_type", "values": ["Buyer"]}],
        "Tags": ["Pool", "Waterfront"],
        "opted in": True,
        "things": [{"a": 1}],
    }
    answer = program.tell(body)
    found = lead(answer)
    assert (found.name, found.kind, found.tags) == ("Ana Silva", "buyer", ["Pool", "Waterfront"])
    assert set(Identity.objects.values_list("value", flat=True)) == {
        "ana@example.com",
        "+18135550142",
        "+18135550143",
    }
    assert found.attributes["agent.email"] == "dana@team.com"
    assert any(note.startswith("things was passed over") for note in answer["notes"])


def test_an_update_keeps_what_was_changed_by_hand(program: Program) -> None:
    first = program.tell({"email": "ana@example.com", "name": "Ana Silva", "stage": "New"})
    edit_lead(lead_id=int(first["id"]), changes={"name": "Ana da Silva"}, actor=user(role=Role.AGENT), now=utc_now())
    second = program.tell(
        {"e-mail": "ANA@example.com", "name": "ana s", "phone": "813 555 0142", "stage": "Appointment Set"}
    )
    assert (second["id"], second["status"]) == (first["id"], "updated")
    found = lead(second)
    assert (found.name, found.person.name) == ("Ana da Silva", "Ana da Silva")
    assert (found.stage, found.person.state, found.person.phone) == ("Appointment Set", "BOOKED", "+18135550142")


def test_leads_of_any_system_are_found_by_email_else_by_phone(program: Program) -> None:
    known = person("Ana Silva", emails=("ana@example.com",), phones=("+18135550142",))
    called = person("Kim Park", emails=("kim@example.com",), phones=("+17275550199",))
    assert program.tell({"email": "ana@example.com"})["person_id"] == str(known.pk)
    assert program.tell({"phone": "727-555-0199"})["person_id"] == str(called.pk)
    # Couples share phones.
    ben = program.tell({"email": "ben@example.com", "phone": "813-555-0142", "name": "Ben Silva"})
    assert (ben["status"], ben["person_id"] != str(known.pk)) == ("created", True)
    assert Person.objects.count() == 3


def test_an_own_id_is_kept_and_found_again(program: Program) -> None:
    known = person("Ana Silva", emails=("ana@example.com",))
    first = program.tell({"lead id": "A1", "email": "ana@example.com"}, "?system=crm")
    assert (first["status"], first["person_id"]) == ("created", str(known.pk))
    again = program.tell({"lead id": "A1", "phone": "813-555-0111"}, "?system=crm")
    assert (again["status"], again["id"]) == ("updated", first["id"])
    assert program.tell({"lead id": "A1", "phone": "813-555-0112"}, "?system=other")["id"] != first["id"]
    # Two records of one system are two people, whatever mailbox they share.
    other = program.tell({"lead id": "A2", "email": "ana@example.com", "name": "Ben Silva"}, "?system=crm")
    assert other["person_id"] != first["person_id"]
    told = program.get(f"{LEADS}/{first['id']}").json()["external_ids"]
    assert {"system": "crm", "id": "A1"} in told


def test_opt_outs_close_channels_and_stay(program: Program) -> None:
    answer = program.tell({"email": "ana@example.com", "Do Not Call": True, "Unsubscribed": "no"})
    assert list(Suppression.objects.values_list("channel", "reason", "evidence", "origin")) == [
        ("CALL", "DO_NOT_CALL", "Do Not Call = yes", "api")
    ]
    again = program.tell({"email": "ana@example.com", "Unsubscribed": "yes"})
    assert again["status"] == "updated"
    program.tell({"email": "ana@example.com", "Unsubscribed": "no"})
    assert set(Suppression.objects.values_list("channel", flat=True)) == {"CALL", "EMAIL"}
    assert lead(answer).suppressions.count() == 2


def test_a_returning_person_asks_anew(program: Program) -> None:
    first = program.tell({"email": "ana@example.com", "message": "Is it still there?"})
    other = program.tell({"email": "ana@example.com", "message": "And the garden?"})
    assert (other["id"], other["status"]) == (first["id"], "updated")
    assert Event.objects.filter(kind="inquiry", cause="LIVE").count() == 2
    for _ in range(2):
        program.tell({"email": "ana@example.com", "message": "Call me"}, **{"Idempotency-Key": "k1"})
    program.tell({"email": "ana@example.com", "message": "Call me"}, **{"Idempotency-Key": "k2"})
    assert Event.objects.filter(kind="inquiry").count() == 4


def test_history_that_is_told_late_alerts_nobody(program: Program) -> None:
    answer = program.tell(
        {"email": "ana@example.com", "message": "Hello", "Date Added": (utc_now() - 40 * DAY).isoformat()}
    )
    found = lead(answer)
    assert found.contacted_at is not None
    assert utc_now() - found.contacted_at > 39 * DAY
    assert set(Event.objects.values_list("cause", flat=True)) == {"IMPORT"}
    assert set(Touched.objects.values_list("cause", flat=True)) == {"IMPORT"}


def test_a_need_that_changes_is_told_again(program: Program) -> None:
    for budget in ("300000", "300000", "350000", "350000"):
        program.tell({"email": "ana@example.com", "budget": budget})
    assert list(Event.objects.filter(kind="budget_stated").order_by("id").values_list("value", flat=True)) == [
        300_000,
        350_000,
    ]


# --- the mapping that is kept ------------------------------------------------------------------------------------


def test_the_mapping_is_kept_can_be_changed_and_holds(program: Program) -> None:
    first = program.tell({"Email": "a@example.com", "Klingt nach": "buyer"}, "?system=typeform")
    path = path_of("typeform")
    assert any(path.name in note for note in first["notes"])
    kept = from_toml(path.read_text())
    assert {column.name: column.field for column in kept.columns} == {"Email": "email", "Klingt nach": "attribute"}
    path.write_text(path.read_text().replace('field = "attribute"', 'field = "kind"'))
    second = program.tell({"Email": "b@example.com", "Klingt nach": "buyer", "Stage": "New"}, "?system=typeform")
    assert lead(second).kind == "buyer"
    third = program.tell({"Klingt nach": "seller", "Email": "c@example.com"}, "?system=typeform")
    assert third["notes"] == []
    assert lead(third).kind == "seller"
    assert [column.name for column in from_toml(path.read_text()).columns] == ["Email", "Klingt nach", "Stage"]


def test_a_broken_mapping_is_told_with_its_name(program: Program) -> None:
    program.tell({"Email": "a@example.com"})
    path_of("api").write_text("columns = 7")
    assert path_of("api").name in problem(program.send({"Email": "a@example.com"}), 400)["detail"]


# --- what cannot be taken ----------------------------------------------------------------------------------------

DEEP = b'{"a":' * 50_000 + b"1" + b"}" * 50_000


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'[{"email": "a@example.com"}]', 400),
        (b"7", 400),
        (b'"\xff"', 400),
        (b'{"email": NaN}', 400),
        (b'{"email": "a@example.com", "email": "b@example.com"}', 400),
        (DEEP, 400),
        (json.dumps({f"field {n}": "x" for n in range(400)}).encode(), 400),
        (b"{}", 422),
        (b'{"name": "Ana Silva"}', 422),
        (b'{"email": "none@none.com", "phone": "123"}', 422),
        (b'{"email": null, "id": ""}', 422),
        (b'{"email": "' + b"a" * 5_000_000 + b'"}', 413),
        (b'{"email": "' + b"a" * 1_500_000 + b'"}', 413),
    ],
)
def test_bodies_that_cannot_be_taken(program: Program, body: bytes, status: int) -> None:
    problem(program.send(body), status)
    assert not Lead.objects.exists()


def test_other_content_types(program: Program) -> None:
    for kind in ("application/xml", "image/png", "application/octet-stream"):
        problem(program.client.post(LEADS, b"<a/>", content_type=kind, headers=program.headers), 415)
    bad = "multipart/form-data"
    problem(program.client.post(LEADS, b"--x", content_type=bad, headers=program.headers), 400)
    form = "application/x-www-form-urlencoded"
    problem(program.client.post(LEADS, b"name=%ff", content_type=form, headers=program.headers), 400)
    problem(program.client.post(LEADS, b"&".join([b"a=1"] * 5_000), content_type=form, headers=program.headers), 400)
    assert (
        program.client.post(
            LEADS, '{"email": "a@example.com"}', content_type="text/plain", headers=program.headers
        ).status_code
        == 201
    )


@pytest.mark.parametrize("query", ["?wait=tier", "?wait=", "?system=", "?system=" + "x" * 41, "?system=a%00",
                                   "?provenance=STOLEN"])  # fmt: skip
def test_unknown_words_in_the_address(program: Program, query: str) -> None:
    problem(program.send({"email": "a@example.com"}, query), 422)
    assert not Lead.objects.exists()


def test_strange_characters_and_numbers_are_stored_as_far_as_they_can_be(program: Program) -> None:
    body = {
        "email": "ana@example.com",
        "Na\x00me": "A\x00na\ud800 Silva",
        "budget": 10**400,
        "timeframe": "9" * 400 + " months",
        "Order": 1e308,
        "note \ud83d": "\x00",
        "x" * 300: "y",
        "message": "m" * 30_000,
        "emails": [f"a{n}@example.com" for n in range(200)],
        "phone": 8135550142,
    }
    found = lead(program.tell(body))
    assert (found.name, found.person.phone) == ("Ana� Silva", "+18135550142")
    assert Identity.objects.count() == 21
    assert not Event.objects.filter(kind__in=["budget_stated", "timeline_stated"]).exists()


def test_tokens_and_scopes(program: Program) -> None:
    body = {"email": "a@example.com"}
    problem(program.client.post(LEADS, json.dumps(body), content_type="application/json"), 401)
    problem(Program("leads:read").send(body), 403)
    problem(Program("leads:write").get(f"{LEADS}/1"), 403)
    problem(Program("events:write").get(LEADS, email="a@example.com"), 403)


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40)
flat = st.dictionaries(
    st.sampled_from(["email", "phone", "id", "name", "stage", "created", "budget", "message", "source", "tags"])
    | st.text(max_size=30),
    scalars | st.lists(scalars, max_size=3) | st.dictionaries(st.text(max_size=5), scalars, max_size=2),
    max_size=6,
)


@given(flat, st.sampled_from(["a@example.com", "+18135550142"]))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_flat_json_is_stored_or_refused(program: Program, body: dict[str, object], identity: str) -> None:
    response = program.send({"Reach": identity, **body})
    assert response.status_code in (200, 201, 400, 422), response.content


# --- waiting for the score ---------------------------------------------------------------------------------------


def test_without_a_model_nobody_waits(program: Program, monkeypatch) -> None:
    monkeypatch.setattr(api.time, "sleep", lambda seconds: pytest.fail("waited"))
    answer = program.tell(ZAPIER, "?wait=score")
    assert (answer["score"], answer["score_status"]) == (None, "no_model")


def test_a_score_that_does_not_come_is_pending(program: Program, monkeypatch) -> None:
    with_model(utc_now())
    monkeypatch.setattr(api, "WAIT_SECONDS", 0.1)
    answer = program.tell(ZAPIER, "?wait=score")
    assert (answer["score"], answer["score_status"]) == (None, "pending")
    assert program.get(f"{LEADS}/{answer['id']}").json()["score_status"] == "pending"


@pytest.mark.django_db(transaction=True)
def test_the_score_comes_with_the_answer(program: Program) -> None:
    with_model(utc_now())
    with worker():
        answer = program.tell(ZAPIER, "?wait=score")
        assert (answer["status"], answer["score_status"]) == ("created", "scored")
        read = program.get(f"{LEADS}/{answer['id']}").json()
        assert answer["score"] == read["score"]
        score = answer["score"]
        assert score["number"] == int(score["value"])
        assert score["tier"] in ("warm", "cold")
        assert score["base"] + sum(reason["points"] for reason in score["reasons"]) == pytest.approx(score["value"])
        assert score["reasons"]
        again = program.tell(ZAPIER, "?wait=score")
        assert (again["status"], again["score_status"]) == ("unchanged", "scored")
        more = program.tell({**ZAPIER, "Comments": "And the roof?"}, "?wait=score")
        assert more["score"]["scored_at"] > score["scored_at"]
        booked = program.tell({"email": "ana@example.com", "stage": "Appointment set"}, "?wait=score")
    assert booked["score_status"] in ("scored", "not_needed")


# --- reading ------------------------------------------------------------------------------------------------------


def test_reading_a_lead(program: Program) -> None:
    with_model(utc_now())
    known = person("Ana Silva", owner="Dana Ruiz", kind="buyer", stage="Hot prospect", events=(("inquiry", DAY),))
    Touched.objects.create(person_id=known.pk, cause="LIVE", at=utc_now())
    drain()
    Score.objects.update(is_held=True)
    found = program.get(f"{LEADS}/{known.leads.get().pk}").json()
    score = found.pop("score")
    record = known.leads.get()
    assert found == {
        "id": str(record.pk),
        "person_id": str(known.pk),
        "name": "Ana Silva",
        "email": known.email,
        "phone": "+18135550142",
        "kind": "buyer",
        "stage": "Hot prospect",
        "state": "open",
        "source": "Zillow",
        "owner": "Dana Ruiz",
        "external_ids": [{"system": "test", "id": record.external_id}],
        "url": f"http://testserver/leads/{known.pk}/",
        "score_status": "scored",
    }
    assert score["tier_is_held"] is True
    assert score["model_version"] is not None


def test_who_is_not_scored(program: Program) -> None:
    known = person()
    address = f"{LEADS}/{known.leads.get().pk}"
    assert program.get(address).json()["score_status"] == "no_model"
    with_model(utc_now())
    assert program.get(address).json()["score_status"] == "pending"
    Person.objects.update(state="CLOSED")
    assert program.get(address).json()["score_status"] == "not_needed"
    Person.objects.update(state="OPEN")
    Score.objects.create(person=known, value=40, tier="COLD", p_target=0.1, as_of=utc_now())
    from leadlight.scoring.models import ModelVersion

    ModelVersion.objects.update(serving=False)
    score = program.get(address).json()["score"]
    assert (score["number"], score["base"], score["reasons"], score["chance"]) == (40, None, [], "")


@pytest.mark.parametrize(
    "lead_id", ["0", "999999", "x", "-1", "1.0", "9223372036854775808", "9" * 400, "٣", "%00", " 1"]
)
def test_ids_of_nobody(program: Program, lead_id: str) -> None:
    problem(program.get(f"{LEADS}/{lead_id}"), 404)


def test_finding_leads(program: Program) -> None:
    ana = person("Ana", emails=("ana@example.com",), phones=("+18135550142",), score=60)
    ben = person("Ben", emails=("ben@example.com",), phones=("+18135550142",))

    def names(**query: str) -> list[str]:
        response = program.get(LEADS, **query)
        assert response.status_code == 200, response.content
        return [found["name"] for found in response.json()]

    assert names(email=" ANA@example.com ") == ["Ana"]
    assert names(phone="(813) 555-0142") == ["Ana", "Ben"]
    assert names(external_id=ben.leads.get().external_id) == ["Ben"]
    assert names(external_id=ana.leads.get().external_id, system="test") == ["Ana"]
    assert names(external_id=ana.leads.get().external_id, system="crm") == []
    assert names(email="else@example.com") == []
    assert program.get(LEADS, email="ana@example.com").json()[0]["score"]["number"] == 60
    for query in (
        {},
        {"email": "x"},
        {"phone": "12"},
        {"email": "a@b.co", "phone": "8135550142"},
        {"system": "test"},
        {"external_id": "\0"},
        {"email": "a@b.co", "system": "x"},
    ):
        problem(program.get(LEADS, **query), 422)


def test_at_most_fifty_are_found_in_as_many_queries_as_one(program: Program) -> None:
    for number in range(55):
        person(f"Person {number}", emails=(f"p{number}@example.com",), phones=("+18135550142",))
    program.get(LEADS, email="p1@example.com")
    with CaptureQueriesContext(connection) as one:
        program.get(LEADS, email="p1@example.com")
    with CaptureQueriesContext(connection) as many:
        assert len(program.get(LEADS, phone="8135550142").json()) == 50
    assert len(one) == len(many) == 4


def counted(deed) -> int:
    with CaptureQueriesContext(connection) as captured:
        deed()
    return len([query for query in captured if "SAVEPOINT" not in query["sql"]])


def test_the_numbers_of_queries(program: Program) -> None:
    with_model(utc_now())
    program.tell(ZAPIER)
    drain()
    other = {**ZAPIER, "Email Address": "kim@example.com", "Phone Number": "727-555-0199"}
    locks = 4 if connection.vendor == "postgresql" else 0
    # On SQLite, one more finds which events were new.
    new = 0 if connection.vendor == "postgresql" else 1
    assert counted(lambda: program.tell(other)) == 27 + locks + new
    assert counted(lambda: program.tell(other)) == 8 + locks + new
    address = f"{LEADS}/{Lead.objects.first().pk}"  # type: ignore[union-attr]
    assert counted(lambda: program.get(address)) == 11


def test_what_the_api_says_of_somebody_whom_nobody_may_contact(program: Program) -> None:
    known = person()
    suppress(rows=[(known.leads.get().pk, "ALL", "OPTED_OUT", "x")], origin="t", now=utc_now())
    assert program.get(f"{LEADS}/{known.leads.get().pk}").status_code == 200
