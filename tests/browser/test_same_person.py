import pytest
from playwright.sync_api import expect

from leadlight.leads.models import Person
from tests.browser.test_journey import SMALL_TARGETS, SMALL_TEXT, axe_finds_nothing
from tests.web.build import person, user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


def test_merging_and_undoing_it(page, live_server, sign_in, shoot) -> None:
    sign_in(user("Dana Ruiz").email)
    ana = person("Ana Silva", emails=("ana@example.com",))
    person("A. Silva-Montgomery", emails=("ana@example.com",), source="Facebook")
    person("Ben Silva", emails=("ben@example.com",))
    page.goto(f"{live_server.url}/leads/{ana.pk}/")
    section = page.get_by_role("region", name="Same person")
    expect(section).to_contain_text("has the same email and phone")
    section.get_by_text("Merge into this one").first.click()
    expect(section).to_contain_text("You can undo this at any time")
    shoot("same-person")
    axe_finds_nothing(page)
    page.set_viewport_size({"width": 390, "height": 844})
    section.scroll_into_view_if_needed()
    page.screenshot(path="test-results/same-person-section-phone.png", full_page=True)
    assert page.evaluate(SMALL_TEXT) == []
    assert page.evaluate(SMALL_TARGETS) == []
    page.set_viewport_size({"width": 1440, "height": 900})
    section.get_by_role("button", name="Merge", exact=True).click()
    expect(section).to_contain_text("became part of this lead")
    section.get_by_role("button", name="Not the same person").click()
    expect(section).to_contain_text("and is somebody else")
    shoot("merged")
    axe_finds_nothing(page)
    page.screenshot(path="test-results/merged-full.png", full_page=True)
    section.get_by_text("Undo", exact=True).click()
    section.get_by_role("button", name="Undo the merge").click()
    expect(section).to_contain_text("has the same email and phone")
    assert Person.objects.count() == 3
