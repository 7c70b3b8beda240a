from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from leadlight.consent.operations import suppress
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Lead
from leadlight.scoring.queries import HotWord
from leadlight.web import views
from tests.web.build import explanation, person, tell, user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

LONG_NAME = "Aleksandra Wiśniewska-Kowalczyk de la Fuente y Montenegro"

#: Text under 12 px, of whatever is visible.
SMALL_TEXT = """() => [...document.querySelectorAll("body *")].filter((node) =>
  [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim())
  && node.getClientRects().length && parseFloat(getComputedStyle(node).fontSize) < 12)
  .map((node) => node.outerHTML)"""

#: Buttons, fields and links standing alone that a thumb could miss.
SMALL_TARGETS = """() => [...document.querySelectorAll("button, .button, .chip[href], input, select, summary.button,"
  + " .place, .pager a, summary:has(.disc)")].filter((node) => {
    const box = (node.closest("label.pick") ?? node).getBoundingClientRect();
    return box.height && box.height < 44 && node.type !== "hidden"; }).map((node) => node.outerHTML)"""


def axe_finds_nothing(page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        serious = [
            (one["id"], [node["html"][:160] for node in one["nodes"]])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert not serious
    page.emulate_media(color_scheme="light")


@pytest.fixture
def brokerage():
    dana = user("Dana Ruiz")
    marisol = person(
        "Marisol Ortega",
        score=77.4,
        before=54.0,
        owner="Dana Ruiz",
        kind="buyer",
        stage="Hot prospect",
        tags=("Relocating", "Zillow flex"),
        attributes={"Lender": "First Coast Bank", "Square feet": 1850.0},
        events=(
            ("listing_view", 3 * DAY),
            ("listing_view", 3 * DAY - 2 * MINUTE),
            ("email_opened", 2 * DAY),
            ("call_attempted", 6 * DAY),
        ),
    )
    lead_id = marisol.leads.get().pk
    tell(lead_id, ("listing_view", 40 * MINUTE), ("listing_view", 37 * MINUTE), listing="214 Alder Ct")
    tell(
        lead_id,
        ("showing_request", 31 * MINUTE),
        listing="214 Alder Ct",
        props={"text": "Is the roof original? We could come by Saturday morning."},
    )
    tell(lead_id, ("budget_stated", 6 * DAY), value=480_000.0)
    tell(lead_id, ("area_stated", 6 * DAY), area="Seminole Heights")
    tell(lead_id, ("timeline_stated", 6 * DAY), value=90.0)
    tell(lead_id, ("voicemail_left", 6 * DAY), actor="Dana Ruiz", duration_seconds=41.0)
    from leadlight.events.operations import refresh_activity

    refresh_activity(person_ids=[marisol.pk])
    people = [
        ("Priya Nair", 71.0, 62.0, "Replied to 2 of the last 3 texts", "Referral", 9 * MINUTE),
        ("Tom & Ellen Vance", 66.2, None, "Asked what 9 Harbor Ln is worth", "Website", 5 * HOUR),
        (LONG_NAME, 58.0, 62.0, "Opened 3 emails in 30 days", "Realtor.com", 6 * DAY),
        ("عبد الرحمن بن محمد الفارسي", 44.0, 41.0, "Said they want to move within 3 months", "Facebook", 1 * DAY),
        ("J. Park", 22.0, None, "One page view in 30 days", "Google Ads", 24 * DAY),
    ]  # fmt: skip
    for name, score, before, reason, source, ago in people:
        person(name, score=score, before=before, reason=reason, source=source, events=(("page_view", ago),))
    person("Closed Client", stage="Closed", stage_meaning="closed", phones=())
    quiet = person("Do Not Disturb", score=61.0, reason="Viewed 4 listings in 30 days")
    rows = [(quiet.leads.get().pk, "ALL", "OPTED_OUT", "Do Not Contact = yes")]
    suppress(rows=rows, origin="test", now=utc_now())
    for number in range(60):
        person(f"Lead {number:02}", score=5 + number / 2, reason="Viewed 2 listings in 30 days")
    return dana, marisol


def test_from_sign_in_to_an_edited_lead(brokerage, page, sign_in, shoot, live_server, monkeypatch) -> None:
    dana, marisol = brokerage
    monkeypatch.setattr(views, "explanation", lambda person_id: explanation())
    line = [(utc_now() - k * DAY, value) for k, value in ((21, 22.0), (9, 31.0), (6, 54.0), (3, 58.0), (0, 77.4))]
    monkeypatch.setattr(views, "score_line", lambda person_id: line)

    page.goto(f"{live_server.url}/leads/{marisol.pk}/")
    expect(page.get_by_text("Sign in to go on where you were")).to_be_visible()
    shoot("sign-in")
    axe_finds_nothing(page)
    sign_in(dana.email)

    expect(page.get_by_role("heading", name="Leads", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Needs me 1")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("heading", name="Priority: the best 20 you can call today")).to_be_visible()
    expect(page.locator("#people").get_by_text("Call now · waiting 31 min")).to_be_visible()
    shoot("leads-needs-me")

    page.get_by_role("link", name="All 68").click()
    expect(page.locator("#people tbody tr")).to_have_count(50)
    shoot("leads")
    axe_finds_nothing(page)
    assert page.evaluate(SMALL_TEXT) == []

    page.keyboard.press("/")
    page.keyboard.type("wisniewska")
    expect(page.locator("#people tbody tr")).to_have_count(1)
    expect(page.locator("#people")).to_contain_text("Wiśniewska-Kowalczyk")
    assert "q=wisniewska" in page.url
    page.get_by_role("searchbox").fill("555-0142 nobody")
    expect(page.get_by_text("Nobody fits this search.")).to_be_visible()

    page.goto(f"{live_server.url}/leads/?list=all&filter=1")
    shoot("leads-filter")
    page.get_by_label("Source").select_option("Referral")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("#people tbody tr")).to_have_count(1)

    page.goto(f"{live_server.url}/leads/?q=a&sort=name")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("#people tbody tr.at a.name")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    first = page.locator("#people tbody tr.at a.name").inner_text()
    page.locator("#people tbody tr.at a.name").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=first, level=1)).to_be_visible()

    page.goto(f"{live_server.url}/leads/{marisol.pk}/")
    expect(page.get_by_role("heading", name="What makes 77")).to_be_visible()
    expect(page.get_by_text("Is the roof original?")).to_be_visible()
    expect(page.get_by_text("Viewed 214 Alder Ct, 2 times")).to_be_visible()
    shoot("lead")
    axe_finds_nothing(page)
    assert page.evaluate(SMALL_TEXT) == []

    page.get_by_text("Edit", exact=True).click()
    page.get_by_label("Stage").fill("Under contract")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".messages")).to_contain_text("Saved.")
    assert Lead.objects.get(person=marisol).stage == "Under contract"


def test_a_phone_has_room_for_a_thumb(brokerage, page, sign_in, live_server) -> None:
    dana, marisol = brokerage
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/sign-in/")
    assert page.evaluate(SMALL_TARGETS) == []
    sign_in(dana.email)
    for address in ("/leads/?list=all&filter=1", f"/leads/{marisol.pk}/"):
        page.goto(live_server.url + address)
        assert page.evaluate(SMALL_TARGETS) == []
    page.get_by_text("DR", exact=True).click()
    assert page.get_by_role("link", name="Data").bounding_box()["height"] >= 44
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_search_after_the_session_has_ended_asks_for_a_sign_in(
    brokerage, page, sign_in, context, live_server
) -> None:
    sign_in(brokerage[0].email)
    context.clear_cookies()
    page.get_by_role("searchbox").fill("ortega")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_an_empty_brokerage_shows_the_first_step(page, sign_in, shoot, live_server) -> None:
    sign_in(user().email)
    expect(page.get_by_role("link", name="Import a file")).to_be_visible()
    shoot("first-run")


def test_hot_leads_and_their_proof(brokerage, page, sign_in, shoot, monkeypatch, live_server) -> None:
    dana, _ = brokerage
    monkeypatch.setattr(views, "hot_word", lambda version: HotWord(True, "not yet proven, n = 34"))
    person("Kofi Mensah", score=91.3, before=68.0, reason="Asked to see 214 Alder Ct", source="Open house")
    sign_in(dana.email)
    expect(page.get_by_text("“Hot” is not yet proven, n = 34.")).to_be_visible()
    expect(page.get_by_role("row", name="Kofi Mensah")).to_contain_text("91 Hot +23")
    shoot("leads-hot")


def test_scripts_stay_small(page, sign_in, live_server) -> None:
    import gzip

    sizes: dict[str, int] = {}
    page.on(
        "response",
        lambda answer: (
            sizes.update({answer.url: len(gzip.compress(answer.body()))}) if answer.url.endswith(".js") else None
        ),
    )
    person("Kofi Mensah", score=60)
    sign_in(user().email)
    page.wait_for_load_state("networkidle")
    assert sizes
    assert sum(sizes.values()) <= 60 * 1024
