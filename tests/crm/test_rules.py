import base64
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from leadlight.crm.rules import files, payload, retries, signing
from leadlight.crm.rules.files import VENDORS, ExportRow
from leadlight.crm.rules.payload import ScoredPerson
from leadlight.crm.rules.retries import MOST_TRIES, WAITS, Tried
from leadlight.kit.clock import utc_now

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DOWN = Tried(None, "It refused the connection.")
chances = st.floats(0, 1)
secrets = st.binary(min_size=24, max_size=64).map(signing.secret_of)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(st.lists(secrets, min_size=1, max_size=2, unique=True), st.dictionaries(texts, texts, max_size=3), texts)
def test_every_message_is_verified_by_the_specifications_own_library(
    secrets: list[str], data: dict[str, str], kind: str
) -> None:
    body = payload.body(kind, data, told_at=NOW)
    headers = signing.headers(secrets, message_id="msg_1", at=utc_now(), body=body)
    for secret in secrets:
        assert Webhook(secret).verify(body, headers)["data"] == data
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.secret_of(b"x" * 32)).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secrets[0]).verify(body + b" ", headers)


def test_a_signature_worked_out_by_hand() -> None:
    secret = signing.PREFIX + base64.b64encode(b"0123456789abcdef01234567").decode()
    at = datetime.fromtimestamp(1614265330, UTC)
    found = signing.signature(secret, message_id="msg_p5", at=at, body=b'{"test": 2432232314}')
    assert found == Webhook(secret).sign("msg_p5", at, '{"test": 2432232314}')


@given(st.integers(1, 30), chances)
def test_waits_grow_and_are_spread(attempts: int, chance: float) -> None:
    found = retries.next_try(attempts, DOWN, now=NOW, chance=chance)
    if attempts >= MOST_TRIES:
        assert found is None
    else:
        assert found is not None
        assert WAITS[attempts - 1] <= found - NOW <= 1.2 * WAITS[attempts - 1]


def test_the_schedule_takes_about_a_day_and_a_half() -> None:
    assert sum(WAITS, timedelta()) == timedelta(hours=31, minutes=35, seconds=5)
    assert list(WAITS) == sorted(WAITS)


@pytest.mark.parametrize(
    ("status", "said", "seconds"),
    [
        (429, "120", 120),
        (503, " 7 ", 7),
        (500, "120", 0),
        (None, "120", 0),
        (429, "", 0),
        (429, "soon", 0),
        (429, "-5", 0),
        (429, "²", 0),
        (429, "9" * 400, 12 * 3600),
        (429, "999999999", 12 * 3600),
        (429, format_datetime(NOW + timedelta(minutes=3), usegmt=True), 180),
        (429, format_datetime(NOW - timedelta(minutes=3), usegmt=True), 0),
        (429, "Tue, 24 Nov 2026 12:03:00 -0000", 180),
        (429, "Fri, 31 Dec 9999 23:59:59 GMT", 12 * 3600),
    ],
)
def test_the_pause_that_was_asked_for(status: int | None, said: str, seconds: int) -> None:
    tried = Tried(status, retry_after=said)
    assert retries.pause(tried, now=NOW) == timedelta(seconds=seconds)
    found = retries.next_try(1, tried, now=NOW, chance=0)
    assert found == NOW + max(timedelta(seconds=seconds), WAITS[0])


@given(st.sampled_from([429, 503]), st.text(max_size=40))
def test_any_pause_is_bounded(status: int, said: str) -> None:
    assert timedelta(0) <= retries.pause(Tried(status, retry_after=said), now=NOW) <= retries.LONGEST_PAUSE


@given(st.integers(0, 10**6))
def test_rest_never_shrinks_with_failures(failures: int) -> None:
    assert retries.rest(failures) <= retries.rest(failures + 1) <= timedelta(minutes=30)
    assert retries.rest(4) == timedelta(0) < retries.rest(5)


def test_who_is_turned_off() -> None:
    def reason(failures: int, since: timedelta, *, gone: bool = False) -> str:
        return retries.reason_to_disable(
            gone=gone, failures=failures, failing_since=NOW - since, latest="It answered 500.", now=NOW
        )

    day = timedelta(days=1)
    assert reason(9, 5 * day) == ""
    assert reason(500, day) == ""
    assert reason(10, day + timedelta(seconds=1)) == (
        "10 tries in a row failed, over more than a day. The latest: It answered 500."
    )
    assert "410" in reason(1, timedelta(0), gone=True)


def test_outcomes_are_said_in_words() -> None:
    assert Tried(204).said == "Taken (204)."
    assert Tried(500).said == "It answered 500."
    assert Tried(400, "no such hook").said == "It answered 400: no such hook"
    assert "Redirects are not followed" in Tried(301).said
    assert DOWN.said == "It refused the connection."


PERSON = ScoredPerson(
    7, 9, (("hubspot", "51"), ("test", "a")), 85, "HOT", "Asked to see 14 Elm St", 3, NOW.replace(microsecond=5)
)


def test_what_a_message_says() -> None:
    data = payload.score_data(PERSON, tier_before="warm", cause="LIVE")
    assert json.loads(payload.body(payload.SCORE_CHANGED, data, told_at=NOW)) == {
        "type": "lead.score_changed",
        "timestamp": "2026-11-24T12:00:00Z",
        "data": {
            "person_id": "7",
            "lead_id": "9",
            "external_ids": [{"system": "hubspot", "id": "51"}, {"system": "test", "id": "a"}],
            "score": 85,
            "tier": "hot",
            "tier_before": "warm",
            "reason": "Asked to see 14 Elm St",
            "cause": "LIVE",
            "model_version": "3",
            "scored_at": "2026-11-24T12:00:00Z",
        },
    }


def test_a_person_without_a_score() -> None:
    data = payload.score_data(ScoredPerson(7, 9, ()), tier_before=None, cause="IMPORT")
    assert (data["score"], data["tier"], data["scored_at"], data["model_version"]) == (None, None, None, None)


@pytest.mark.parametrize(
    ("system", "header", "at"),
    [
        ("followupboss", "ID", "2026-11-23"),
        ("hubspot", "Record ID", "2026-11-23"),
        ("salesforce", "Id", "2026-11-24T03:00:00.000Z"),
    ],
)
def test_each_crm_gets_its_own_id_column_and_dates(system: str, header: str, at: str) -> None:
    vendor, zone = VENDORS[system], ZoneInfo("America/New_York")
    row = ExportRow("51", 85, "Hot", "Asked to see 14 Elm St", datetime(2026, 11, 24, 3, tzinfo=UTC), 3)
    assert files.header(vendor) == [
        header, "Leadlight Score", "Leadlight Tier", "Leadlight Reason", "Leadlight Scored At", "Leadlight Model",
    ]  # fmt: skip
    assert files.cells(vendor, row, zone=zone) == ["51", "85", "Hot", "Asked to see 14 Elm St", at, "3"]
    settled = ExportRow("52", None, reason="Closed")
    assert files.cells(vendor, settled, zone=zone) == ["52", "", "Settled", "Closed", "", ""]


@given(st.text(), st.text(), st.sampled_from(list(VENDORS.values())))
def test_no_cell_is_a_formula(external_id: str, reason: str, vendor: files.Vendor) -> None:
    row = ExportRow(external_id, 5, "Cold", reason)
    for cell in files.cells(vendor, row, zone=ZoneInfo("UTC")):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
