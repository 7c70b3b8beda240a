"""Alerts as somebody of the team meets them: turned on, shown, and answered by taking the lead."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import Settings

from leadlight.kit.clock import utc_now
from leadlight.routing import operations, sending
from leadlight.routing.models import Alert, PushSubscription, Wait
from tests.browser.test_journey import SMALL_TARGETS, SMALL_TEXT, axe_finds_nothing
from tests.crm.receiver import receiving
from tests.routing.build import agent, ask, lead, open_always
from tests.routing.test_alerts import Browser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

#: The service that wakes browsers is the maker's own: what it would hand out is handed out here.
_SERVICE = """(told) => { PushManager.prototype.subscribe = async () => ({ toJSON: () => told }); }"""
_SHOWN = """async () => {
  const { active } = await navigator.serviceWorker.ready;
  const found = await (await navigator.serviceWorker.getRegistration()).getNotifications();
  return found.map((one) => [one.title, one.body, one.tag, one.data.link, active.scriptURL]);
}"""


def test_a_device_shows_what_was_sent_to_it(
    page: Page,
    context: BrowserContext,
    live_server,
    sign_in: Callable[..., None],
    shoot: Callable[[str], None],
    settings: Settings,
) -> None:
    settings.OUTBOUND_PRIVATE = True
    settings.PUBLIC_URL = live_server.url
    open_always()
    ann = agent("Ann Blake")
    sign_in(ann.email)
    page.locator(".me summary").click()
    page.get_by_role("link", name="Alerts").click()
    expect(page.get_by_text("Open this page on your phone")).to_be_visible()
    shoot("alerts-none")
    context.grant_permissions(["notifications"], origin=live_server.url)
    with receiving() as service:
        service.answer(201)
        browser = Browser(service.url)
        page.evaluate(_SERVICE, browser.subscription)
        page.get_by_role("button", name="Show alerts on this device").click()
        expect(page.get_by_text("Alerts show on this device from now on.")).to_be_visible()
        assert PushSubscription.objects.get().user == ann
        shoot("alerts")
        axe_finds_nothing(page)
        assert page.evaluate(SMALL_TEXT) == []
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate(SMALL_TARGETS) == []
        ask(
            lead("Marisol Ortega", owner=ann, score=91.0, reason="Asked about financing"),
            utc_now(),
            listing="9 Oak St",
        )
        sending.send_pushes([Alert.objects.get(channel="PUSH").pk], clock=utc_now)
        told = browser.read(service.heard[0][2])
    wake = context.new_cdp_session(page)
    registrations: list[str] = []
    wake.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda news: registrations.extend(one["registrationId"] for one in news["registrations"]),
    )
    wake.send("ServiceWorker.enable")
    page.wait_for_function("async () => (await navigator.serviceWorker.ready).active.state === 'activated'")
    for _ in range(2):
        wake.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": live_server.url, "registrationId": registrations[0], "data": json.dumps(told)},
        )
    page.wait_for_function(f"async () => (await ({_SHOWN})()).length > 0")
    [(title, text, tag, link, script)] = page.evaluate(_SHOWN)
    assert (title, text) == ("Marisol asked about 9 Oak St", "Hot, 91. Asked about financing")
    assert (tag, script) == (f"wait-{Wait.objects.get().pk}", f"{live_server.url}/alerts-worker.js")
    assert link.startswith(f"{live_server.url}/claim/")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Alerts no longer show there.")).to_be_visible()
    assert not PushSubscription.objects.exists()


def test_a_lead_is_taken_by_the_link_without_javascript(
    page: Page, live_server, shoot: Callable[[str], None], context: BrowserContext
) -> None:
    ann, bea = agent("Ann Blake"), agent("Bea Cole")
    who = lead("Marisol Ortega", owner=ann)
    ask(who, utc_now(), kind="showing_request", listing="214 Alder Ct")
    wait = Wait.objects.get()

    def link(user: int) -> str:
        token = operations.claim_token(wait_id=wait.pk, user_id=user, now=utc_now())
        return f"{live_server.url}/claim/{token}/"

    page.goto(link(bea.pk))
    expect(page.get_by_role("heading")).to_have_text("Marisol asked to see 214 Alder Ct")
    shoot("claim")
    axe_finds_nothing(page)
    page.get_by_role("button", name="Take them as Bea Cole").click()
    page.wait_for_url(lambda url: "sign-in" in url)
    page.get_by_label("Email").fill(bea.email)
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{live_server.url}/today/?person={who.pk}")
    context.clear_cookies()
    page.goto(link(ann.pk))
    expect(page.get_by_text("Bea Cole has them already")).to_be_visible()
    shoot("claim-taken")
