"""A day of an agent: the alert, the claim, the call, and what came of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from leadlight.kit.clock import utc_now
from leadlight.leads.models import Person
from leadlight.routing import operations
from leadlight.routing.models import LatestVisit, Wait
from tests.browser.test_journey import SMALL_TARGETS, SMALL_TEXT, axe_finds_nothing
from tests.routing.build import agent, ask, lead, open_always

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def a_day() -> tuple[Person, object]:
    """Return who waits longest, and their agent; others wait too, one of whose names is long and one right to left."""
    open_always()
    ann = agent("Ann Blake")
    who = lead("Marisol Ortega", owner=ann, score=91.0, reason="Asked about financing")
    ask(
        who,
        utc_now() - 2 * HOUR,
        kind="showing_request",
        listing="214 Alder Ct",
        props={"text": "Can I see it today?"},
    )
    for name, ago in (("Wolfeschlegelsteinhausenbergerdorff Hubert Blaine Senior", HOUR), ("ليلى حداد", 2 * MINUTE)):
        ask(lead(name, owner=ann, score=55.0), utc_now() - ago, listing="12 Elm St")
    return who, ann


def fits(page: Page) -> None:
    axe_finds_nothing(page)
    assert page.evaluate(SMALL_TEXT) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate(SMALL_TARGETS) == []
    page.set_viewport_size({"width": 1440, "height": 900})


def test_from_the_alert_to_the_appointment(
    page: Page, live_server, sign_in: Callable[..., None], shoot: Callable[[str], None]
) -> None:
    who, ann = a_day()
    wait = Wait.objects.get(lead__person=who)
    token = operations.claim_token(wait_id=wait.pk, user_id=ann.pk, now=utc_now())  # type: ignore[attr-defined]
    page.goto(f"{live_server.url}/claim/{token}/")
    page.get_by_role("button", name="Take them as Ann Blake").click()
    page.wait_for_url(lambda url: "sign-in" in url)
    sign_in(ann.email)  # type: ignore[attr-defined]
    page.goto(f"{live_server.url}/")
    expect(page.get_by_role("heading", name="Marisol Ortega")).to_be_visible()
    expect(page.get_by_text("You have taken them: nobody else is called.")).to_be_visible()
    expect(page.get_by_text("Can I see it today?", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Call")).to_have_attribute("href", "tel:+18135550142")
    shoot("today")
    fits(page)
    page.get_by_text("Appointment…").click()
    shoot("today-appointment")
    page.get_by_label("Day and time").fill(f"{utc_now() + timedelta(days=2):%Y-%m-%dT10:00}")
    page.get_by_role("button", name="Book it").click()
    expect(page.get_by_text("Written down.")).to_be_visible()
    expect(page.get_by_role("heading", name="Wolfeschlegelsteinhausenbergerdorff")).to_be_visible()
    shoot("today-done")
    fits(page)
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    expect(page.get_by_role("heading", name="Marisol Ortega")).to_be_visible()


def test_without_javascript_a_call_is_written_down_too(browser: Browser, live_server) -> None:
    who, ann = a_day()
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.set_default_timeout(5_000)
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_label("Email").fill(ann.email)  # type: ignore[attr-defined]
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{live_server.url}/today/")
    expect(page.get_by_role("heading", name="Marisol Ortega")).to_be_visible()
    page.get_by_role("button", name="Left a voicemail").click()
    expect(page.get_by_text("Written down.")).to_be_visible()
    assert Wait.objects.get(lead__person=who).ended_at is not None
    context.close()


def test_who_comes_back_reads_first_what_happened(
    page: Page, sign_in: Callable[..., None], shoot: Callable[[str], None]
) -> None:
    _, ann = a_day()
    LatestVisit.objects.create(user=ann, seen_at=utc_now() - 8 * HOUR)
    sign_in(ann.email)  # type: ignore[attr-defined]
    expect(page.get_by_text("Since you were here")).to_be_visible()
    shoot("today-since")
    fits(page)


def test_a_day_on_which_nobody_waits(page: Page, sign_in: Callable[..., None], shoot: Callable[[str], None]) -> None:
    open_always()
    lead("Calm Person", score=70.0)
    sign_in(agent("Ann Blake").email)
    expect(page.get_by_text("Nobody waits, and nothing is due")).to_be_visible()
    shoot("today-empty")
    fits(page)
