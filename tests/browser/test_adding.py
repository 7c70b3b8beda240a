import pytest
from playwright.sync_api import expect

from leadlight.leads.models import Lead
from tests.browser.test_journey import SMALL_TARGETS, SMALL_TEXT, axe_finds_nothing
from tests.web.build import person, user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


@pytest.fixture(autouse=True)
def dana(page, live_server, sign_in):
    found = user("Dana Ruiz")
    person("Ana Silva", emails=("ana@example.com",), phones=("+18135550142",))
    person("Kim Park", phones=("+17275550199",))
    sign_in(found.email)
    page.get_by_role("link", name="Leads", exact=True).click()
    return found


def test_adding_somebody_who_shares_a_phone(page, live_server, shoot) -> None:
    page.get_by_role("link", name="Add a lead").click()
    page.get_by_label("Name", exact=True).fill("Ben Silva")
    page.get_by_label("Email").fill("ana@example.com")
    expect(page.locator("#known")).to_contain_text("Ana Silva is here already, with this email")
    page.get_by_label("Email").fill("ben@example.com")
    expect(page.locator("#known")).to_be_empty()
    page.get_by_label("Phone").press_sequentially("813 555 0142")
    expect(page.locator("#known")).to_contain_text("Ana Silva is here already, with this phone")
    page.get_by_label("Referred by").press_sequentially("kim")
    page.get_by_label("Kim Park").check()
    page.get_by_label("What they asked").fill("Is 14 Elm St still there?")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("somebody with this phone is here already")
    expect(page.get_by_label("Kim Park")).to_be_checked()
    shoot("add-known")
    axe_finds_nothing(page)
    page.get_by_label("Add anyway").check()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Ben Silva")).to_be_visible()
    expect(page.get_by_role("link", name="Kim Park")).to_be_visible()
    shoot("lead-referred")
    axe_finds_nothing(page)
    assert Lead.objects.get(name="Ben Silva").referred_by.name == "Kim Park"


def test_the_page_on_a_phone(page, live_server, shoot) -> None:
    shoot("leads-add")
    page.goto(f"{live_server.url}/leads/add/")
    expect(page.get_by_label("Owner")).to_have_value("Dana Ruiz")
    shoot("add")
    axe_finds_nothing(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_label("Referred by").press_sequentially("ana")
    expect(page.get_by_label("Ana Silva")).to_be_visible()
    assert page.evaluate(SMALL_TEXT) == []
    # A choice is as large as its label.
    small = [found for found in page.evaluate(SMALL_TARGETS) if 'type="radio"' not in found]
    assert small == []
    assert page.locator(".pick").first.bounding_box()["height"] >= 44


def test_without_scripts(page, live_server, browser, dana) -> None:
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(page.context.cookies())
    plain = context.new_page()
    plain.goto(f"{live_server.url}/leads/add/")
    plain.get_by_label("Name", exact=True).fill("Ben Silva")
    plain.get_by_label("Email").fill("ana@example.com")
    plain.get_by_label("Email").press("Enter")
    expect(plain.get_by_role("alert")).to_contain_text("somebody with this email is here already")
    plain.locator("#known").get_by_role("link", name="Ana Silva").click()
    expect(plain.get_by_role("heading", name="Ana Silva")).to_be_visible()
    context.close()
