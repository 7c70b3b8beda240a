"""The way of an alert: written down, sent, and what came of it; by email and to real browsers' endpoints."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from py_vapid import Vapid02
from py_vapid.utils import b64urlencode
from pytest_django import Settings

from leadlight.accounts.models import User
from leadlight.channels.email.base import Accepted, Address, Email, UnableToSend
from leadlight.channels.email.outbox import Outbox
from leadlight.jobs.models import Job
from leadlight.jobs.rules import ALERTS
from leadlight.jobs.worker import run_due
from leadlight.kit.clock import utc_now
from leadlight.kit.http import resolve
from leadlight.routing import operations, sending
from leadlight.routing.models import Alert, PushKey, PushSubscription, Wait
from leadlight.routing.sending import Carrier
from tests.crm.receiver import Receiver, receiving
from tests.routing.build import MINUTE, NOON, agent, ask, away, happen, lead, open_always

pytestmark = pytest.mark.django_db
SENDER = Address("leads@bayline.example", "Bayline Realty")


class Post:
    """A mail server that does as it is told."""

    name, is_real = "post", True

    def __init__(self, *troubles: UnableToSend | None, line: UnableToSend | None = None) -> None:
        self.sent: list[Email] = []
        self.troubles, self.line = list(troubles), line
        self.states: list[str] = []

    @contextmanager
    def open(self) -> Iterator["Post"]:
        if self.line is not None:
            raise self.line
        yield self

    def send(self, email: Email) -> Accepted:
        self.states.append(Alert.objects.filter(channel="EMAIL").latest("pk").state)
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble is not None:
            raise trouble
        self.sent.append(email)
        return Accepted()


def send(post: Post, *, at: Any = NOON) -> None:
    ids = list(Alert.objects.filter(channel="EMAIL").order_by("pk").values_list("pk", flat=True))
    sending.send_emails(ids, by=Carrier(post, SENDER), clock=lambda: at)


@pytest.fixture
def ann() -> User:
    open_always()
    return agent("Ann Blake")


def asked(ann: User, **fields: Any) -> Alert:
    ask(lead("Marisol Ortega", owner=ann, score=91.4, reason="Asked about financing"), **fields)
    return Alert.objects.get(channel="EMAIL")


def test_an_email_says_who_what_how_hot_and_why(ann: User) -> None:
    alert = asked(ann, kind="showing_request", listing="214 Alder Ct", props={"text": "Is Saturday\nfine?"})
    post = Post()
    send(post, at=NOON + 2 * MINUTE)
    [email] = post.sent
    assert post.states == ["SENDING"], "written down before the call"
    assert email.subject == "Marisol asked to see 214 Alder Ct (hot, 91)"
    first, words, by_when, take = email.text.rstrip().split("\n\n")
    assert first == "Marisol asked to see 214 Alder Ct 2 minutes ago. Hot, 91. Asked about financing."
    assert words == "They wrote: “Is Saturday fine?”"
    assert by_when == "They are yours. Call, text or email them by Mon 12:05 pm."
    token = take.removeprefix("Take them: http://127.0.0.1:8000/claim/").rstrip("/")
    assert operations.read_token(token, now=NOON + MINUTE) == (Wait.objects.get().pk, ann)
    assert (email.to, email.sender) == (Address(ann.email, "Ann Blake"), SENDER)
    assert email.headers == {"Auto-Submitted": "auto-generated"}
    alert.refresh_from_db()
    assert (alert.state, alert.handed_at, alert.attempts) == ("SENT", NOON + 2 * MINUTE, 1)
    send(post)
    assert len(post.sent) == 1, "sent once"


def test_an_alert_that_came_too_late_is_not_sent(ann: User) -> None:
    alert = asked(ann)
    operations.claim(wait_id=alert.wait_id, user=agent("Bea"), now=NOON)
    post = Post()
    send(post)
    alert.refresh_from_db()
    assert (post.sent, alert.state, alert.error) == ([], "FAILED", "Not sent: Bea had taken them by then.")


def test_who_was_answered_or_has_left_is_not_called(ann: User) -> None:
    alert = asked(ann)
    who = alert.wait.lead.person
    happen(who, "call_answered", NOON, actor="Ann Blake")
    operations.settle_waits(person_ids=[who.pk], now=NOON)
    send(Post())
    alert.refresh_from_db()
    assert alert.error == "Not sent: they had been answered by then."
    other = lead("Other", owner=ann)
    ask(other)
    User.objects.filter(pk=ann.pk).update(is_active=False)
    send(Post())
    assert Alert.objects.latest("pk").error == "Not sent: they are not of the team any more."


def test_a_worker_that_died_leaves_a_doubt_and_no_second_email(ann: User) -> None:
    alert = asked(ann)
    assert operations.begin_alert(alert_id=alert.pk, now=NOON) is not None
    post = Post()
    send(post)
    alert.refresh_from_db()
    assert (post.sent, alert.state) == ([], "MAYBE_SENT")
    operations.record_alert(alert_id=alert.pk, now=NOON)
    alert.refresh_from_db()
    assert alert.state == "SENT", "it only seemed to be dead"


def retries(name: str = "routing.send_emails") -> list[timedelta]:
    return [job.run_at - job.created_at for job in Job.objects.filter(name=name).order_by("pk")][1:]


def test_what_may_work_later_is_tried_again_soon_and_not_for_ever(ann: User) -> None:
    alert = asked(ann)
    post = Post(*[UnableToSend("Busy.")] * 9)
    for _ in range(6):
        send(post)
    alert.refresh_from_db()
    assert (alert.state, alert.attempts, alert.error) == ("FAILED", 4, "Busy.")
    assert retries() == list(operations.RETRIES)


def test_what_will_never_work_and_what_nobody_knows_is_not_tried_again(ann: User) -> None:
    alert = asked(ann)
    send(Post(UnableToSend("No such mailbox.", is_permanent=True)))
    alert.refresh_from_db()
    assert (alert.state, alert.error, retries()) == ("FAILED", "No such mailbox.", [])
    ask(lead("Other", owner=ann))
    send(Post(UnableToSend("It hung up.", maybe_delivered=True)))
    assert Alert.objects.latest("pk").state == "MAYBE_SENT"
    assert len(retries()) == 1, "only the second alert's own"


def test_without_a_line_the_alert_waits(ann: User) -> None:
    alert = asked(ann)
    send(Post(line=UnableToSend("No connection.")))
    alert.refresh_from_db()
    assert (alert.state, alert.attempts, alert.error) == ("PLANNED", 1, "No connection.")
    post = Post()
    send(post)
    assert len(post.sent) == 1


def test_by_default_alerts_go_to_the_outbox(ann: User) -> None:
    asked(ann)
    assert isinstance(sending.carrier().vendor, Outbox)
    assert sending.carrier().sender == Address("alerts@127.0.0.1", "Leadlight")
    while run_due(queues=[ALERTS]):
        pass
    assert Alert.objects.get().state == "SENT"


class Browser:
    """A browser that waits for alerts at an endpoint, and can read them."""

    def __init__(self, url: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = b"0123456789abcdef"
        point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        self.subscription = {
            "endpoint": url,
            "keys": {"p256dh": b64urlencode(point), "auth": b64urlencode(self.auth)},
        }

    def read(self, body: bytes) -> dict[str, str]:
        told = http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        found: dict[str, str] = json.loads(told)
        return found

    def subscribe(self, who: User) -> PushSubscription:
        keys = self.subscription["keys"]
        return operations.subscribe(
            user=who, endpoint=self.subscription["endpoint"], **keys, device="A phone", now=NOON
        )


@pytest.fixture
def service(settings: Settings) -> Iterator[Receiver]:
    """What wakes browsers, on loopback."""
    settings.OUTBOUND_PRIVATE = True
    with receiving() as found:
        found.answer(201)
        yield found


def push(*, at: Any = NOON) -> list[Alert]:
    alerts = Alert.objects.filter(channel="PUSH").order_by("pk")
    sending.send_pushes([alert.pk for alert in alerts], clock=lambda: at)
    return list(alerts.all())


def test_a_browser_reads_what_it_was_sent_and_nobody_else_can(ann: User, service: Receiver) -> None:
    browser = Browser(service.url)
    browser.subscribe(ann)
    asked(ann, kind="showing_request", listing="214 Alder Ct", props={"text": "My number is 813-555-0142"})
    [alert] = push()
    [(_, headers, body)] = service.heard
    told = browser.read(body)
    assert told["title"] == "Marisol asked to see 214 Alder Ct"
    assert told["text"] == "Hot, 91. Asked about financing"
    assert told["tag"] == f"wait-{alert.wait_id}"
    token = told["link"].removeprefix("http://127.0.0.1:8000/claim/").rstrip("/")
    assert operations.read_token(token, now=NOON)[1] == ann
    assert b"Marisol" not in body
    with pytest.raises(Exception, match=r"(?i)decrypt|tag|invalid"):
        Browser(service.url).read(body)
    assert (headers["content-encoding"], headers["urgency"], headers["ttl"]) == ("aes128gcm", "high", "900")
    assert (alert.state, alert.handed_at) == ("SENT", NOON)


def test_the_service_can_check_that_it_is_us(ann: User, service: Receiver) -> None:
    agent("Olga", role="OWNER")  # type: ignore[arg-type]
    Browser(service.url).subscribe(ann)
    asked(ann)
    push()
    scheme, _, given = service.heard[0][1]["authorization"].partition(" ")
    parts = dict(part.split("=", 1) for part in given.split(","))
    assert (scheme, parts["k"]) == ("vapid", PushKey.objects.get().public)
    assert Vapid02.verify(f"vapid t={parts['t']},k={parts['k']}")
    middle = parts["t"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    assert claims["aud"] == service.url.removesuffix("/hook")
    assert claims["exp"] == int(NOON.timestamp()) + 3_600
    assert claims["sub"] == f"mailto:{User.objects.get(name='Olga').email}"


def test_the_key_stays_the_same_and_is_sealed() -> None:
    key = operations.push_key()
    assert operations.push_key() == key
    assert len(base64.urlsafe_b64decode(key.public + "=")) == 65
    assert len(key.private) > 100, "sealed, not the 32 bytes themselves"


def test_browsers_that_are_gone_are_forgotten(ann: User, service: Receiver) -> None:
    Browser(service.url).subscribe(ann)
    kept = Browser(service.url.replace("/hook", "/other")).subscribe(ann)
    asked(ann)
    service.answers = [(410, {}, b""), (201, {}, b"")]
    [alert] = push()
    assert alert.state == "SENT"
    assert PushSubscription.objects.count() == 1
    service.answer(404)
    ask(lead("Other", owner=ann))
    assert [one.error for one in push()][-1] == "Not sent: none of their devices is there any more."
    assert not PushSubscription.objects.exists()
    assert kept.user == ann


@pytest.mark.parametrize(("status", "state"), [(500, "PLANNED"), (429, "PLANNED"), (400, "FAILED"), (301, "FAILED")])
def test_what_the_service_answers_decides_whether_to_try_again(
    ann: User, service: Receiver, status: int, state: str
) -> None:
    Browser(service.url).subscribe(ann)
    asked(ann)
    service.answer(status)
    [alert] = push()
    assert (alert.state, alert.error) == (state, f"The browser’s service answered {status}.")
    assert len(retries("routing.send_pushes")) == (state == "PLANNED")
    assert PushSubscription.objects.exists()


def test_an_endpoint_in_our_own_network_is_never_called(ann: User, service: Receiver, settings: Settings) -> None:
    Browser(service.url).subscribe(ann)
    asked(ann)
    settings.OUTBOUND_PRIVATE = False
    [alert] = push()
    assert (service.heard, alert.state) == ([], "FAILED")
    assert alert.error.startswith("Not sent: ")


def test_a_service_that_cannot_be_found_is_tried_again(ann: User, service: Receiver) -> None:
    Browser("http://push.example/x").subscribe(ann)
    asked(ann)

    def nowhere(host: str, port: int) -> list[str]:
        return resolve("127.0.0.1", 9)

    alerts = list(Alert.objects.filter(channel="PUSH").values_list("pk", flat=True))
    sending.send_pushes(alerts, clock=lambda: NOON, resolver=nowhere)
    alert = Alert.objects.get(channel="PUSH")
    assert (alert.state, alert.attempts) == ("PLANNED", 1)


def test_devices_stay_quiet_while_their_owner_does_not_work(ann: User, service: Receiver) -> None:
    Browser(service.url).subscribe(ann)
    User.objects.filter(pk=ann.pk).update(**away(date(2026, 6, 1)))
    asked(ann)
    assert list(Alert.objects.values_list("channel", flat=True)) == ["EMAIL"]
    User.objects.filter(pk=ann.pk).update(away_from=None, away_until=None)
    ask(lead("Other", owner=ann))
    assert sorted(Alert.objects.values_list("channel", flat=True)) == ["EMAIL", "EMAIL", "PUSH"]


class TestPage:
    def test_a_device_is_added_shown_and_removed(self, ann: User) -> None:
        client, browser = (
            Client(HTTP_USER_AGENT="Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"),
            Browser("https://push.example/abc"),
        )
        client.force_login(ann)
        assert operations.push_key().public in client.get("/settings/alerts/").content.decode()
        body = json.dumps(browser.subscription)
        for _ in range(2):
            answer = client.post("/settings/alerts/subscribe/", body, content_type="application/json")
            assert answer.status_code == 204
        kept = PushSubscription.objects.get()
        assert (kept.user, kept.endpoint, kept.device) == (ann, "https://push.example/abc", "Firefox on Android")
        page = client.get("/settings/alerts/").content.decode()
        assert "Firefox on Android" in page
        assert "Alerts show on this device from now on." in page
        other = Client()
        other.force_login(agent("Bea"))
        other.post(f"/settings/alerts/{kept.pk}/remove/")
        assert PushSubscription.objects.exists(), "nobody removes another's"
        client.post(f"/settings/alerts/{kept.pk}/remove/")
        assert not PushSubscription.objects.exists()

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            ("no json", "did not say how to reach it"),
            ("[]", "did not say how to reach it"),
            ('{"endpoint": "https://push.example/a", "keys": 7}', "did not say how to reach it"),
            ('{"endpoint": "https://push.example/a", "keys": {"p256dh": "x", "auth": "y"}}', "gave no key"),
            ('{"endpoint": "https://push.example/a", "keys": {"p256dh": "é", "auth": "y"}}', "gave no key"),
        ],
    )
    def test_what_is_no_browser_is_refused(self, ann: User, body: str, words: str) -> None:
        client = Client()
        client.force_login(ann)
        answer = client.post("/settings/alerts/subscribe/", body, content_type="application/json")
        assert answer.status_code == 400
        assert words in answer.content.decode()

    def test_an_address_of_our_own_network_is_refused(self, ann: User) -> None:
        client, browser = Client(), Browser("https://127.0.0.1/abc")
        client.force_login(ann)
        body = json.dumps(browser.subscription)
        assert client.post("/settings/alerts/subscribe/", body, content_type="application/json").status_code == 400
        assert not PushSubscription.objects.exists()

    def test_a_device_that_changes_hands_shows_the_new_ones_alerts(self, ann: User) -> None:
        bea, browser = agent("Bea"), Browser("https://push.example/abc")
        browser.subscribe(ann)
        browser.subscribe(bea)
        assert PushSubscription.objects.get().user == bea

    def test_the_worker_stands_at_the_root(self, ann: User) -> None:
        client = Client()
        assert client.get("/alerts-worker.js").status_code == 302
        client.force_login(ann)
        answer = client.get("/alerts-worker.js")
        assert answer["Content-Type"] == "text/javascript"
        assert b"notificationclick" in answer.content


def test_a_real_clock_serves_as_well() -> None:
    token = operations.claim_token(wait_id=1, user_id=agent("Ann").pk, now=utc_now())
    assert operations.read_token(token, now=utc_now())[0] == 1
