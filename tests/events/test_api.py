"""`POST /api/v1/events`: durable, idempotent, and exact about what is wrong with which item."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadlight.accounts.models import ApiToken
from leadlight.accounts.operations import create_token, revoke_token
from leadlight.events.models import CustomKind, Event, Retraction, Touched
from leadlight.events.rules import Cause, Group
from leadlight.events.text import message_quality
from leadlight.events.wire import MOST_ITEMS, MOST_PROPS
from leadlight.jobs import worker
from leadlight.jobs.models import Job
from leadlight.leads.models import Identity, Lead
from tests.web.build import person

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
LONG_WORDS = "We are pre-approved for $450,000 and would like to see 14 Elm St on Saturday at ten."


@pytest.fixture
def token() -> str:
    return create_token(name="site", scopes=["events:write"], now=NOW)


@pytest.fixture
def ann() -> Lead:
    lead = person("Ann").leads.get()
    Lead.objects.filter(pk=lead.pk).update(system="hubspot", external_id="h-1")
    Identity.objects.filter(lead=lead).delete()
    Identity.objects.create(lead=lead, kind="EMAIL", value="ann@example.com")
    Identity.objects.create(lead=lead, kind="PHONE", value="+18135550142")
    Touched.objects.all().delete()
    return lead


class Api:
    def __init__(self, client: Client, token: str) -> None:
        self.client, self.token = client, token

    def post(self, body: Any, path: str = "events") -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {self.token}"}
        return self.client.post(f"/api/v1/{path}", data, "application/json", headers=headers)


@pytest.fixture
def api(client: Client, token: str) -> Api:
    return Api(client, token)


def event(lead: Lead | None = None, **more: Any) -> dict[str, Any]:
    named = {"lead_id": str(lead.pk)} if lead else {}
    return {"event_id": "e1", "kind": "listing_view", **named, **more}


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert (document["status"], document["type"]) == (status, f"urn:leadlight:problem:{code}")
    assert document["detail"]
    return document


class TestStoring:
    def test_one_event_is_stored_with_all_it_tells(self, api: Api, ann: Lead) -> None:
        at = NOW - timedelta(hours=1)
        told = event(
            ann, occurred_at=at.isoformat(), listing="14 Elm St", area="Tampa", value=489_000,
            duration_seconds=12.5, actor="site", props={"photos": [1, 2]},
        )  # fmt: skip
        response = api.post(told)
        assert response.status_code == 202
        assert response.json() == {
            "stored": 1,
            "known": 0,
            "rejected": 0,
            "items": [{"event_id": "e1", "status": "stored"}],
        }
        stored = Event.objects.get(event_id="e1")
        assert (stored.lead_id, stored.occurred_at, stored.listing, stored.area) == (ann.pk, at, "14 Elm St", "Tampa")
        assert (stored.value, stored.duration_seconds, stored.actor) == (489_000.0, 12.5, "site")
        assert (stored.props, stored.origin, stored.cause) == ({"photos": [1, 2]}, "api", "LIVE")
        assert stored.known_at == stored.stored_at >= NOW
        assert list(Touched.objects.values_list("person_id", "cause")) == [(ann.person_id, "LIVE")]

    def test_telling_it_again_changes_nothing(self, api: Api, ann: Lead) -> None:
        api.post(event(ann))
        Touched.objects.all().delete()
        assert api.post(event(ann, kind="inquiry")).json()["known"] == 1
        assert Event.objects.get(event_id="e1").kind == "listing_view"
        assert not Touched.objects.exists()
        twice = api.post([event(ann, event_id="e2"), event(ann, event_id="e2", kind="inquiry")]).json()
        assert Event.objects.get(event_id="e2").kind == "listing_view"
        assert [item["status"] for item in twice["items"]] == ["stored", "known"]

    @pytest.mark.parametrize(
        "name",
        [
            {"external_id": "h-1"},
            {"external_id": "h-1", "system": "hubspot"},
            {"email": " ANN@example.com "},
            {"phone": "+18135550142"},
        ],
    )
    def test_a_lead_may_be_named_in_four_ways(self, name: dict[str, str], api: Api, ann: Lead) -> None:
        assert api.post(event(**name)).status_code == 202
        assert Event.objects.get(event_id="e1").lead_id == ann.pk

    @pytest.mark.parametrize("name", [{"email": "ann@example.com"}, {"phone": "+18135550142"}])
    def test_of_two_leads_with_one_name_the_earliest_is_meant(
        self, name: dict[str, str], api: Api, ann: Lead
    ) -> None:
        later = person("Bob").leads.get()
        later.identities.all().delete()
        for identity in ann.identities.all():
            later.identities.create(kind=identity.kind, value=identity.value)
        assert api.post(event(**name)).status_code == 202
        assert Event.objects.get(event_id="e1").lead_id == ann.pk

    def test_an_id_that_two_systems_have_must_be_told_apart(self, api: Api, ann: Lead) -> None:
        other = person("Bob").leads.get()
        Lead.objects.filter(pk=other.pk).update(system="salesforce", external_id="h-1")
        assert "system" in problem(api.post(event(external_id="h-1")), 422, "unknown_lead")["detail"]
        assert api.post(event(external_id="h-1", system="salesforce")).status_code == 202
        assert Event.objects.get(event_id="e1").lead_id == other.pk

    def test_a_moment_to_come_is_taken_for_now(self, api: Api, ann: Lead) -> None:
        api.post(event(ann, occurred_at=(NOW + timedelta(days=400)).isoformat()))
        stored = Event.objects.get(event_id="e1")
        assert stored.occurred_at == stored.known_at
        assert stored.cause == Cause.LIVE

    def test_old_history_is_told_as_such(self, api: Api, ann: Lead) -> None:
        api.post(event(ann, occurred_at=(NOW - timedelta(days=2)).isoformat()))
        assert Event.objects.get(event_id="e1").cause == Cause.IMPORT

    def test_what_the_team_does_is_not_their_doing(self, api: Api, ann: Lead) -> None:
        api.post([event(ann, event_id="t", kind="call_attempted"), event(ann, event_id="d", kind="email_delivered")])
        assert set(Event.objects.filter(origin="api").values_list("cause", flat=True)) == {"TEAM"}

    def test_a_kind_of_the_teams_own_is_known(self, api: Api, ann: Lead) -> None:
        problem(api.post(event(ann, kind="tour_watched")), 422, "unknown_kind")
        CustomKind.objects.create(name="tour_watched", group=Group.BEHAVIOUR, sentence="They watched a tour.")
        assert api.post(event(ann, kind="tour_watched")).status_code == 202

    def test_facts_are_told_for_what_others_wait_for_and_never_for_views(
        self, api: Api, ann: Lead, settings: Any
    ) -> None:
        settings.LEDGER_SUBSCRIPTIONS = {
            **dict.fromkeys(settings.LEDGER_SUBSCRIPTIONS, ()),
            "events.inquiry_received": ("events.settle_retractions",),
            "events.outcome_recorded": ("events.settle_retractions",),
        }
        kinds = ("listing_view", "inquiry", "page_view", "showing_request", "closed", "email_opened")
        api.post([event(ann, event_id=kind, kind=kind) for kind in kinds])
        told = sorted(payload["event_id"] for payload in Job.objects.values_list("payload", flat=True))
        assert told == ["closed", "inquiry", "showing_request"]


class TestRejecting:
    def test_a_thousand_with_one_bad_item_store_the_good_ones(self, api: Api, ann: Lead) -> None:
        told = [event(ann, event_id=f"e{k}") for k in range(MOST_ITEMS)]
        told[417]["kind"] = "listing_veiw"
        response = api.post({"events": told})
        assert response.status_code == 202
        document = response.json()
        assert (document["stored"], document["rejected"]) == (MOST_ITEMS - 1, 1)
        (bad,) = [item for item in document["items"] if item["status"] == "rejected"]
        assert document["items"][417] == bad
        assert bad["event_id"] == "e417"
        assert bad["problem"]["type"] == "urn:leadlight:problem:unknown_kind"
        assert "listing_veiw" in bad["problem"]["detail"]
        assert Event.objects.filter(origin="api").count() == MOST_ITEMS - 1

    @pytest.mark.parametrize(
        ("told", "value"),
        [
            ({"kind": "inquiry", "props": {"text": LONG_WORDS}}, message_quality(LONG_WORDS)),
            ({"kind": "inquiry", "props": {"text": LONG_WORDS}, "value": 0.25}, 0.25),
            ({"kind": "inquiry", "value": 1}, 1.0),
            ({"kind": "inquiry", "props": {"text": " "}}, None),
            ({"kind": "listing_view", "props": {"text": LONG_WORDS}}, None),
        ],
    )
    def test_how_good_a_text_is_is_read_from_it(
        self, told: dict[str, Any], value: float | None, api: Api, ann: Lead
    ) -> None:
        assert api.post(event(ann, **told)).status_code == 202
        assert Event.objects.get().value == value

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"event_id": ""}, "$.event_id"),
            ({"event_id": "x" * 161}, "$.event_id"),
            ({"kind": 3}, "$.kind"),
            ({"lead_id": "9" * 5_000}, "$.lead_id"),
            ({"lead_id": -1}, "$.lead_id"),
            ({"lead_id": 2**70}, "$.lead_id"),
            ({"occurred_at": "yesterday"}, "$.occurred_at"),
            ({"occurred_at": "2026-01-01T10:00:00"}, "$.occurred_at"),
            ({"occurred_at": "1969-12-31T10:00:00Z"}, "1970"),
            ({"occured_at": "2026-01-01T10:00:00Z"}, "occured_at"),
            ({"value": "much"}, "$.value"),
            ({"value": 1e300}, "$.value"),
            ({"kind": "inquiry", "value": 1.01}, "0 to 1"),
            ({"kind": "sms_replied", "value": -0.01}, "0 to 1"),
            ({"duration_seconds": -1}, "$.duration_seconds"),
            ({"props": [1]}, "object"),
            ({"props": {"text": "x" * MOST_PROPS}}, f"{MOST_PROPS:,}"),
            ({"props": {"a": {"b": ["\0"]}}}, "U+0000"),
            ({"listing": "a\0b"}, "U+0000"),
            ({"is_machine": "no"}, "$.is_machine"),
            ({"email": "ann@example.com"}, "exactly one"),
            ({"lead_id": None}, "exactly one"),
            ({"lead_id": ""}, "exactly one"),
            ({"lead_id": " "}, "exactly one"),
            ({"lead_id": None, "email": "\t"}, "exactly one"),
            ({"lead_id": None, "external_id": " ", "phone": " "}, "exactly one"),
            ({"system": "hubspot"}, "external_id"),
        ],
    )
    def test_what_is_wrong_is_said(self, wrong: dict[str, Any], said: str, api: Api, ann: Lead) -> None:
        document = problem(api.post({**event(ann), **wrong}), 422, "invalid")
        assert said in document["detail"]
        batch = api.post([{**event(ann), **wrong}, event(ann, event_id="good")]).json()
        assert [item["status"] for item in batch["items"]] == ["rejected", "stored"]
        assert said in batch["items"][0]["problem"]["detail"]

    def test_a_number_that_cannot_be_read_back_is_refused(self, api: Api, ann: Lead) -> None:
        body = f'{{"event_id": "e1", "kind": "inquiry", "lead_id": {ann.pk}, "props": {{"n": {"9" * 5_000}}}}}'
        problem(api.post(body.encode()), 422, "invalid")

    def test_an_escaped_backslash_is_no_nul(self, api: Api, ann: Lead) -> None:
        assert api.post(event(ann, props={"path": r"C:\u0000"})).status_code == 202
        assert Event.objects.get(event_id="e1").props == {"path": r"C:\u0000"}

    @pytest.mark.parametrize("lead_id", ["999999", "0", "-1", "abc", str(2**70), "\N{FULLWIDTH DIGIT ONE}"])
    def test_an_unknown_lead_is_said(self, lead_id: str, api: Api, ann: Lead) -> None:
        assert lead_id in problem(api.post(event(lead_id=lead_id)), 422, "unknown_lead")["detail"]

    @pytest.mark.parametrize(
        "body",
        [b"", b"{", b"[", b"null", b"3", b'"x"', b"[]", b'{"events": []}', b'{"events": 3}', b"\xff\xfe",
         b'{"events": [{}], "more": 1}', b"[" * 100_000, b'{"event_id": "\\ud800"}'],
    )  # fmt: skip
    def test_a_body_that_cannot_be_read_is_refused_whole(self, body: bytes, api: Api) -> None:
        problem(api.post(body), 400, "unreadable")

    def test_too_many_or_too_large_is_refused_whole(self, api: Api, ann: Lead, settings: Any) -> None:
        problem(api.post([event(ann, event_id=f"e{k}") for k in range(MOST_ITEMS + 1)]), 400, "unreadable")
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
        problem(api.post([event(ann, event_id=f"e{k}") for k in range(100)]), 413, "too_large")
        assert not Event.objects.filter(origin="api").exists()

    def test_a_batch_without_one_good_item_is_a_problem_as_a_whole(self, api: Api, ann: Lead) -> None:
        document = problem(api.post([event(ann, kind="a"), event(kind="listing_view")]), 422, "all_rejected")
        assert [item["problem"]["type"].rpartition(":")[2] for item in document["items"]] == [
            "unknown_kind",
            "invalid",
        ]


class TestTokens:
    def test_only_a_token_with_the_scope_is_let_in(self, api: Api, ann: Lead) -> None:
        good = api.token
        for token in ("", "ll_wrong", good[:-1]):
            api.token = token
            answer = api.post(event(ann))
            problem(answer, 401, "no_token")
            assert answer["WWW-Authenticate"] == "Bearer"
        api.token = create_token(name="r", scopes=["leads:read"], now=NOW)
        assert "events:write" in problem(api.post(event(ann)), 403, "scope_missing")["detail"]
        assert not Event.objects.filter(origin="api").exists()

    def test_a_revoked_token_opens_nothing(self, api: Api, ann: Lead) -> None:
        revoke_token(token_id=ApiToken.objects.get().pk, now=NOW)
        problem(api.post(event(ann)), 401, "no_token")

    def test_the_text_of_a_token_is_nowhere_kept(self, token: str) -> None:
        stored = ApiToken.objects.values().get()
        assert token not in str(stored)
        assert token.startswith("ll_")

    def test_a_session_is_no_token(self, client: Client, ann: Lead) -> None:
        from leadlight.accounts.models import User

        client.force_login(User.objects.create_user("o@example.com", None, name="O", role="OWNER"))
        answer = client.post("/api/v1/events", json.dumps(event(ann)), "application/json")
        problem(answer, 401, "no_token")


class TestRetracting:
    def retract(self, api: Api, *ids: str) -> Any:
        return api.post({"event_ids": list(ids), "reason": "a scanner"}, "events/retractions")

    def test_a_retracted_event_stays_and_touches_its_person(self, api: Api, ann: Lead) -> None:
        api.post(event(ann))
        Touched.objects.all().delete()
        assert self.retract(api, "e1").json() == {"retracted": 1, "known": 0}
        assert self.retract(api, "e1").json() == {"retracted": 0, "known": 1}
        stored = Event.objects.get(event_id="e1")
        assert stored.retracted_at is not None
        assert stored.retracted_at >= stored.known_at
        assert list(Touched.objects.values_list("person_id", "cause")) == [(ann.person_id, "TEAM")]

    def test_an_event_may_come_after_its_retraction(self, api: Api, ann: Lead) -> None:
        self.retract(api, "e1")
        api.post(event(ann))
        stored = Event.objects.get(event_id="e1")
        assert stored.retracted_at == Retraction.objects.get().known_at < stored.known_at

    def test_one_that_was_just_being_stored_is_found_later(self, api: Api, ann: Lead) -> None:
        """Both transactions ran at once, and neither saw the other."""
        self.retract(api, "e1")
        api.post(event(ann))
        Event.objects.update(retracted_at=None)
        Touched.objects.all().delete()
        Job.objects.update(run_at=NOW)
        worker.run_due(queues=["live"])
        assert Event.objects.get(event_id="e1").retracted_at == Retraction.objects.get().known_at
        assert Touched.objects.exists()

    @pytest.mark.parametrize("body", [{}, {"event_ids": []}, {"event_ids": [""]}, {"event_ids": ["\0"]}, [], 3])
    def test_what_cannot_be_read_is_refused(self, body: Any, api: Api) -> None:
        problem(api.post(body, "events/retractions"), 400, "unreadable")


def test_the_number_of_queries_does_not_grow_with_the_batch(api: Api, ann: Lead) -> None:
    def count(n: int) -> int:
        told = [event(ann, event_id=f"{n}-{k}", kind="inquiry") for k in range(n)]
        with CaptureQueriesContext(connection) as caught:
            assert api.post(told).status_code == 202
        return len(caught)

    api.post(event(ann))
    assert count(200) == count(3) <= 11


def test_the_vocabulary_is_told(client: Client, token: str) -> None:
    answer = client.get("/api/v1/events/kinds", headers={"authorization": f"Bearer {token}"})
    assert {"kind": "listing_view", "group": "BEHAVIOUR"}.items() <= answer.json()[2].items()


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_fields = ("event_id", "kind", "lead_id", "email", "phone", "external_id", "occurred_at", "value", "props", "listing")
_items = st.dictionaries(st.sampled_from(_fields), _json) | _json


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.lists(_items, max_size=5) | _items | st.fixed_dictionaries({"events": st.lists(_items, max_size=3)}))
def test_no_body_makes_it_stumble(body: Any, api: Api, ann: Lead) -> None:
    assert api.post(body).status_code in (202, 400, 422)
