"""What leads agreed to comes with them, is proved, and is stored with them or not at all."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadlight.consent.models import Consent, Suppression
from leadlight.consent.operations import suppress
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Lead
from tests.web.api_client import LEADS, Program, lead, problem

pytestmark = pytest.mark.django_db

ANA = {"name": "Ana Silva", "email": "Ana@Example.com", "phone": "(813) 555-0142"}
SIGNED = {
    "channel": "SMS",
    "basis": "WRITTEN",
    "wording": "I agree that Tidewater Homes may send me marketing texts by machine. It is no condition of purchase.",
    "wording_version": "sms-3",
    "seller": "Tidewater Homes",
    "words": "",
    "page": "https://tidewater.example.com/12-elm",
    "ip": "203.0.113.7",
    "user_agent": "Browser/1",
    "form": {"phone": "813", "agree": True, "also": ["a", "b"]},
    "obtained_at": "2026-11-20T14:03:11-05:00",
    "expires_at": None,
}


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HOME = tmp_path


@pytest.fixture
def program() -> Program:
    return Program()


def body(*consents: Any, **fields: Any) -> dict[str, Any]:
    return {**ANA, **fields, "consents": list(consents)}


def test_all_that_proves_it_is_kept_with_the_lead(program: Program) -> None:
    answer = program.tell(body(SIGNED))
    kept = Consent.objects.get()
    assert (kept.lead, kept.channel, kept.address, kept.basis) == (lead(answer), "SMS", "+18135550142", "WRITTEN")
    for name in ("wording", "wording_version", "seller", "words", "page", "ip", "user_agent", "form"):
        assert getattr(kept, name) == SIGNED[name]
    assert kept.obtained_at.isoformat() == "2026-11-20T19:03:11+00:00"
    assert (kept.expires_at, kept.origin) == (None, "api")
    assert answer["notes"] == ["Some fields are new. How they are read is kept in mappings/api-one-by-one.toml."]
    assert lead(answer).attributes == {}


def test_told_again_nothing_changes_and_a_later_one_is_news(program: Program) -> None:
    first = program.tell(body(SIGNED))
    stored = list(Consent.objects.values())
    assert (program.tell(body(SIGNED))["status"], list(Consent.objects.values())) == ("unchanged", stored)
    later = program.tell(
        body({**SIGNED, "obtained_at": "2026-11-21T14:03:11-05:00", "expires_at": "2030-01-01T00:00Z"})
    )
    assert (later["id"], later["status"]) == (first["id"], "updated")
    assert Consent.objects.count() == 2
    assert Consent.objects.get(expires_at__isnull=False).expires_at.year == 2030  # type: ignore[union-attr]


def test_it_is_for_the_first_address_of_its_kind_unless_it_names_another(program: Program) -> None:
    told = {**ANA, "email": "ana@example.com; ana@work.example.com", "phone": "813-555-0142; 813-555-0143"}
    express = {"basis": "EXPRESS", "obtained_at": "2026-11-20T14:03:11Z"}
    consents = [
        {**express, "channel": "EMAIL"},
        {**express, "channel": "EMAIL", "address": "Ana <ANA@work.example.com>"},
        {**express, "channel": "CALL"},
        {**express, "channel": "SMS", "address": "(813) 555-0143"},
    ]
    program.tell({**told, "consents": consents})
    assert list(Consent.objects.order_by("pk").values_list("channel", "address")) == [
        ("EMAIL", "ana@example.com"),
        ("EMAIL", "ana@work.example.com"),
        ("CALL", "+18135550142"),
        ("SMS", "+18135550143"),
    ]


@pytest.mark.parametrize(
    ("change", "at", "words"),
    [
        ({"channel": "ALL"}, "channel", "'EMAIL', 'SMS' or 'CALL'"),
        ({"basis": "SOMEHOW"}, "basis", "'WRITTEN'"),
        ({"obtained_at": None}, "obtained_at", "required"),
        ({"obtained_at": 1_700_000_000}, "obtained_at", "Write day, time and zone"),
        ({"obtained_at": "2026-11-20T14:03:11"}, "obtained_at", "timezone"),
        ({"obtained_at": "9999-12-31T23:59:00-05:00"}, "obtained_at", "Look at the year"),
        ({"obtained_at": "0001-01-01T00:00:00+05:00"}, "obtained_at", "Look at the year"),
        ({"obtained_at": "9000-01-01T00:00:00Z"}, "", "in the future"),
        ({"expires_at": "2026-11-20T19:03:11Z"}, "", "before it begins"),
        ({"wording": "  "}, "", "the text that was signed"),
        ({"seller": ""}, "", "who it names"),
        ({"wording": "a\0b"}, "wording", "match"),
        ({"seller": "x" * 201}, "seller", "200"),
        ({"wording_version": "x" * 41}, "wording_version", "40"),
        ({"ip": "203.0.113"}, "ip", "no IP address"),
        ({"ip": "fe80::1%eth0"}, "ip", "no IP address"),
        ({"form": {"a": {"b": "c"}}}, "form.a", "valid"),
        ({"address": "other@example.com"}, "address", "no phone of the lead"),
        ({"address": "813-555-0199"}, "address", "no phone of the lead"),
        ({"address": "813-555-0142; 813-555-0199"}, "address", "no phone of the lead"),
        ({"signed_by": "Ana"}, "signed_by", "not permitted"),
    ],
)
def test_what_proves_nothing_is_refused_by_name_and_nothing_is_stored(
    program: Program, change: dict[str, Any], at: str, words: str
) -> None:
    good = {"channel": "EMAIL", "basis": "EXPRESS", "obtained_at": "2026-11-20T14:03:11Z"}
    found = problem(program.send(body(good, {**SIGNED, **change})), 422)
    assert found["type"] == "urn:leadlight:problem:invalid"
    told = found["errors"][0]
    assert told["at"].startswith(f"consents.1.{at}".rstrip("."))
    assert words in told["detail"]
    assert not Lead.objects.exists()
    assert not Consent.objects.exists()


def test_a_channel_needs_an_address_of_its_own(program: Program) -> None:
    [told] = problem(program.send({"email": "ana@example.com", "consents": [SIGNED]}), 422)["errors"]
    assert (told["at"], "no phone" in told["detail"]) == ("consents.0.channel", True)
    by_mail = {**SIGNED, "channel": "EMAIL"}
    [told] = problem(program.send({"phone": "8135550142", "consents": [by_mail]}), 422)["errors"]
    assert "no email" in told["detail"]


@pytest.mark.parametrize("consents", ["yes", {"channel": "SMS"}, ["SMS"], [SIGNED] * 21])
def test_other_than_a_list_of_objects_is_refused(program: Program, consents: object) -> None:
    found = problem(program.send({**ANA, "consents": consents}), 422)
    assert found["errors"][0]["at"].startswith("consents")
    assert not Lead.objects.exists()


@pytest.mark.parametrize("field", ["consents", "consents[0][channel]"])
def test_a_form_cannot_tell_consents_and_says_so(program: Program, field: str) -> None:
    [told] = problem(program.form({**ANA, field: "SMS"}), 422)["errors"]
    assert (told["at"], "JSON" in told["detail"]) == ("consents", True)
    assert not Lead.objects.exists()


def test_none_are_as_if_they_were_not_there(program: Program) -> None:
    assert program.tell({**ANA, "consents": None})["status"] == "created"
    assert program.tell(body())["status"] == "unchanged"
    assert not Consent.objects.exists()


def test_who_signed_after_they_opted_out_is_open_again_and_not_by_a_word_alone(program: Program) -> None:
    first = program.tell(ANA)
    suppress(rows=[(int(first["id"]), "SMS", "OPTED_OUT", "STOP")], origin="test", now=utc_now())
    before = {**SIGNED, "obtained_at": "2026-01-20T14:03:11-05:00"}
    program.tell(body(before, {**SIGNED, "basis": "EXPRESS", "obtained_at": utc_now().isoformat()}))
    assert Suppression.objects.get().channel == "SMS"
    program.tell(body({**SIGNED, "obtained_at": utc_now().isoformat()}))
    assert not Suppression.objects.exists()


def test_each_consent_costs_two_queries(program: Program) -> None:
    def cost(*consents: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            program.tell(body(*consents))
        return len([query for query in captured if "SAVEPOINT" not in query["sql"]])

    days = [{**SIGNED, "basis": "EXPRESS", "obtained_at": f"2026-11-{day}T12:00:00Z"} for day in range(10, 16)]
    program.tell(ANA)
    cost(days[0])
    assert cost(*days[2:6]) - cost(days[1]) == 2 * 3


_any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(list(SIGNED.values())[:11]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.dictionaries(st.sampled_from(list(SIGNED)), _any, max_size=4))
def test_whatever_is_sent_is_taken_or_refused_in_words(program: Program, changes: dict[str, Any]) -> None:
    sent = json.dumps(body({**SIGNED, **changes})).encode()
    response = program.client.post(LEADS, sent, content_type="application/json", headers=program.headers)
    if response.status_code not in (200, 201):
        assert problem(response, 422)["errors"]


def test_halves_of_characters_are_refused(program: Program) -> None:
    sent = json.dumps(body({**SIGNED, "wording": "@"})).encode().replace(b'"@"', b'"\\ud800"')
    assert problem(program.send(sent), 422)["errors"][0]["at"] == "consents.0.wording"
