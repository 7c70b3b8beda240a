from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from leadlight.crm import operations
from leadlight.crm.models import Delivery
from leadlight.crm.operations.endpoints import turn_off
from leadlight.crm.rules.retries import Tried
from leadlight.jobs import worker
from leadlight.kit.clock import utc_now
from tests.browser.test_journey import SMALL_TARGETS, SMALL_TEXT, axe_finds_nothing
from tests.crm.receiver import receiving
from tests.web.build import person, user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


def test_a_webhook_from_its_first_minute_to_its_end(
    page: Page, live_server: object, sign_in: Callable[..., None], shoot: Callable[[str], None], settings: Settings
) -> None:
    settings.OUTBOUND_PRIVATE = True
    sign_in(user("Dana Ruiz").email)
    page.locator(".me summary").click()
    page.get_by_role("link", name="Webhooks").click()
    expect(page.get_by_text("No other system hears from Leadlight yet")).to_be_visible()
    shoot("webhooks-empty")
    axe_finds_nothing(page)
    with receiving() as receiver:
        page.get_by_label("Name", exact=True).fill("Zapier: new hot leads to the team’s channel")
        page.get_by_label("Address").fill(receiver.url)
        page.get_by_role("button", name="Add").click()
        assert page.get_by_label("Secret").input_value().startswith("whsec_")
        shoot("webhooks-secret")
        axe_finds_nothing(page)
        page.get_by_role("link", name="I have copied it").click()
        page.get_by_role("button", name="Send a test").click()
        expect(page.get_by_text("A test is on its way.")).to_be_visible()
        expect(page.locator("#deliveries .chip")).to_have_text("On its way")
        worker.run_until_idle()
        # The page looks again by itself.
        expect(page.locator("#deliveries .chip")).to_have_text("Delivered")
        assert len(receiver.heard) == 1
    _some_history()
    page.reload()
    shoot("webhooks")
    axe_finds_nothing(page)
    assert page.evaluate(SMALL_TEXT) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate(SMALL_TARGETS) == []
    first = page.locator("section", has=page.get_by_role("heading", name="Zapier"))
    first.get_by_text("Remove…").click()
    first.get_by_role("button", name="Remove for good").click()
    expect(page.get_by_text("The webhook was removed.")).to_be_visible()


def _some_history() -> None:
    now = utc_now()
    gone, _ = operations.add_endpoint(url="https://crm.example/in?key=" + "x" * 90, name="Old CRM", now=now)
    turn_off(reasons={gone.pk: "It answered 410: this address is gone for good."}, now=now)
    operations.add_endpoint(url="https://hooks.make.example/9", name="Make", now=now)
    operations.plan_score_messages(
        person_ids=[person(score=score).pk for score in (60.0, 85.0)], cause="LIVE", now=now
    )
    ids = list(Delivery.objects.filter(endpoint__name="Make").values_list("id", flat=True))
    letters = operations.claim(delivery_ids=ids, now=now)
    results = [Tried(503, "upstream connect error or disconnect/reset before headers"), Tried(None, "It hung up.")]
    operations.record(tried=list(zip(letters, results, strict=True)), now=now, chance=0.5)
    Delivery.objects.filter(state="PLANNED").update(next_at=now + timedelta(minutes=5))
