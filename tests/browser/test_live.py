"""Pages that stay open while things happen, and the page of the work."""

import traceback
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from leadlight.events.models import Touched
from leadlight.events.operations import refresh_activity
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Person
from leadlight.scoring.models import Score
from leadlight.web import views
from leadlight.web.rules import live as rules
from tests.browser.test_journey import SMALL_TARGETS, SMALL_TEXT, axe_finds_nothing
from tests.web.build import EARNED, explanation, person, tell, user
from tests.web.test_health import alive, job

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _pages_ask_often(monkeypatch) -> None:
    monkeypatch.setattr(rules, "EVERY_SECONDS", 0.1)
    monkeypatch.setattr(views, "hot_word", lambda version: EARNED)


@pytest.fixture
def people() -> list[Person]:
    names = ("Marisol Ortega", "Kofi Mensah", "Priya Nair", "Tom Vance", "Lena Hoffmann", "Aleksandra Wiśniewska")
    return [
        person(name, score=72.0 - 8 * k, owner="Dana Ruiz", events=(("listing_view", k * HOUR + DAY),))
        for k, name in enumerate(names)
    ]


def move(someone: Person, value: float, before: float, reason: str) -> None:
    tier = "HOT" if value > 80 else "WARM" if value >= 50 else "COLD"
    Score.objects.filter(person=someone).update(
        value=value, value_before=before, tier=tier, reason=reason, as_of=utc_now(), changed_as_of=utc_now()
    )


def test_a_row_changes_while_the_list_is_open(people, page, sign_in, shoot, live_server) -> None:
    dana = user("Dana Ruiz")
    sign_in(dana.email)
    page.goto(f"{live_server.url}/leads/?list=all")
    for _ in range(3):
        page.keyboard.press("j")
    at = page.locator("#people tbody tr.at")
    expect(at).to_contain_text("Priya Nair")
    order = page.locator("#people tbody tr .name").all_inner_texts()
    page.evaluate("window.untouched = document.querySelector('#people tr.at')")

    move(people[2], 79.0, 56.0, "Asked about financing")
    expect(at).to_contain_text("79 Warm +23")
    expect(at).to_contain_text("Asked about financing")
    expect(at.locator("a.name")).to_be_focused()
    assert page.evaluate("window.untouched === document.querySelector('#people tr.at')")
    assert page.locator("#people tbody tr .name").all_inner_texts() == order
    expect(page.locator(".score.moved")).to_have_count(1)
    expect(page.locator("[data-said]")).to_have_text("1 lead changed")

    asks = person("Noah Kim", score=20, events=(("showing_request", MINUTE),))
    expect(page.get_by_role("link", name="1 new: show")).to_be_visible()
    move(people[4], 58.0, 40.0, "Viewed 12 Elm St four times since Tuesday")
    expect(page.get_by_role("row", name="Lena Hoffmann")).to_contain_text("58 Warm +18")
    shoot("live-leads")
    axe_finds_nothing(page)
    expect(page.locator(".score.moved")).to_have_count(0)

    page.get_by_role("link", name="1 new: show").click()
    expect(page.locator("#people tbody tr").first).to_contain_text(asks.name)
    expect(page.get_by_role("link", name="1 new: show")).to_have_count(0)


def test_a_lead_page_tells_what_happens_and_the_eye_stays_where_it_is(
    people, page, sign_in, shoot, live_server, monkeypatch
) -> None:
    marisol = people[0]
    lead_id = marisol.leads.get().pk
    tell(lead_id, *(("listing_view", DAY + k * HOUR) for k in range(1, 60)), listing="214 Alder Ct")
    monkeypatch.setattr(views, "explanation", lambda person_id: explanation(Score.objects.get().value))
    monkeypatch.setattr(views, "score_line", lambda person_id: [])
    Score.objects.exclude(person=marisol).delete()
    sign_in(user("Dana Ruiz").email)
    page.goto(f"{live_server.url}/leads/{marisol.pk}/")
    page.get_by_text("Edit", exact=True).click()
    page.get_by_label("Stage").fill("Half written")
    visit = page.locator(".visit").nth(8)
    visit.scroll_into_view_if_needed()
    page.evaluate("scrollBy(0, 300)")
    before = visit.bounding_box()["y"]

    tell(lead_id, ("showing_request", MINUTE), listing="214 Alder Ct")
    refresh_activity(person_ids=[marisol.pk])
    move(marisol, 88.0, 72.0, "Asked to see 214 Alder Ct")
    expect(page.get_by_role("heading", name="What makes 88")).to_be_attached()
    expect(page.locator("header.top .score")).to_contain_text("88 Hot +16")
    expect(page.locator(".visit").first).to_contain_text("Asked to see 214 Alder Ct")
    expect(page.locator(".call")).to_have_text("Call now")
    expect(page.locator("[data-said]")).to_have_text("This lead changed")
    assert abs(page.locator(".visit").nth(9).bounding_box()["y"] - before) < 2
    expect(page.get_by_label("Stage")).to_have_value("Half written")
    page.evaluate("scrollTo(0, 0)")
    shoot("live-lead")


def test_a_page_whose_session_has_ended_says_so_and_asks_no_more(people, page, sign_in, context, live_server) -> None:
    sign_in(user("Dana Ruiz").email)
    context.clear_cookies()
    expect(page.get_by_text("This page is no longer kept up to date.")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("link", name="Load it anew").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert not [url for url in asked if "/live/" in url]


def test_a_page_that_nobody_looks_at_asks_nothing(people, page, sign_in, live_server) -> None:
    page.clock.install()
    sign_in(user("Dana Ruiz").email)
    hide = """(hidden) => { Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event("visibilitychange")); }"""
    with page.expect_response("**/leads/live/**"):
        page.clock.run_for(1_000)
    page.evaluate(hide, True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(10 * 60_000)
    assert asked == []
    move(people[0], 90.0, 72.0, "Asked about financing")
    page.evaluate(hide, False)
    expect(page.get_by_role("row", name="Marisol Ortega")).to_contain_text("90 Hot")


def test_the_page_of_the_work(page, sign_in, shoot, live_server) -> None:
    sign_in(user("Dana Ruiz").email)
    page.get_by_text("DR", exact=True).click()
    page.get_by_role("link", name="Work").click()
    expect(page.get_by_role("heading", name="All is done")).to_be_visible()
    alive(done_of_scoring__rescore_touched=48_210)
    shoot("work-done")

    try:
        raise ConnectionError("ana@example.com refused")
    except ConnectionError:
        error = traceback.format_exc()
    for _ in range(3):
        job("scoring.sweep_persons", parked_at=utc_now() - 12 * MINUTE, latest_error=error)
    sentence = "leadlight.intake.operations.UnableToImport: The file people.csv has no column with names. Choose one."
    job(parked_at=utc_now() - HOUR, latest_error=f"Traceback (most recent call last)\n{sentence}")
    job("scoring.sweep_persons", ago=340)
    job("scoring.train_and_score", leased_until=utc_now() + HOUR)
    Touched.objects.create(person_id=1, cause="live", at=utc_now() - 2 * MINUTE)
    page.goto(live_server.url)
    expect(page.get_by_text("Some work could not be done and waits for you.")).to_be_visible()
    shoot("work-alarm")
    page.get_by_role("link", name="See the work").click()
    expect(page.get_by_text("Another system could not be reached.")).to_be_visible()
    shoot("work")
    axe_finds_nothing(page)
    assert page.evaluate(SMALL_TEXT) == []
    page.get_by_text("Details for an engineer").first.click()
    expect(page.get_by_text("ConnectionError: [email] refused")).to_be_visible()
    page.get_by_role("button", name="Try again").first.click()
    expect(page.get_by_text("3 pieces of work are tried again.")).to_be_visible()
    page.get_by_role("button", name="Set aside").click()
    expect(page.get_by_text("1 piece of work is set aside.")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate(SMALL_TARGETS) == []
