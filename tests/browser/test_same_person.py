from datetime import timedelta

import pytest
from playwright.sync_api import expect

from leadlight.kit.clock import utc_now
from leadlight.leads.models import Person
from leadlight.leads.operations import store_leads
from leadlight.leads.rules import NewLead
from leadlight.quality.operations import find_households
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


def test_what_came_to_the_wrong_person_is_given_to_the_right_one(page, live_server, sign_in, shoot) -> None:
    sign_in(user("Dana Ruiz").email)
    ana = person("Ana Silva", events=(("inquiry", timedelta(hours=1)),))
    person("Ben Lee", emails=("ben@example.com",), phones=())
    page.goto(f"{live_server.url}/leads/{ana.pk}/")
    page.get_by_role("link", name="Not theirs?").click()
    page.get_by_label("Whose is it?").fill("ben@example.com")
    page.get_by_role("button", name="Find them").click()
    shoot("move")
    axe_finds_nothing(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate(SMALL_TEXT) == []
    assert page.evaluate(SMALL_TARGETS) == []
    page.get_by_role("button", name="Move it to them").click()
    expect(page.get_by_text("1 event is with Ben Lee now")).to_be_visible()
    shoot("moved")
    axe_finds_nothing(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("All is where it was.")).to_be_visible()
    expect(page.get_by_role("heading", name="Ana Silva")).to_be_visible()


def test_a_record_that_is_somebody_elses_and_taking_that_back(page, live_server, sign_in, shoot) -> None:
    sign_in(user("Dana Ruiz").email)
    ana = person("Ana Silva", emails=("family@example.com",), events=(("inquiry", timedelta(hours=1)),))
    told = NewLead("zillow", "78", name="Ben Silva", emails=("family@example.com",), person_id=ana.pk)
    store_leads(leads=[told], now=utc_now())
    page.goto(f"{live_server.url}/leads/{ana.pk}/")
    came = page.get_by_role("region", name="How they came")
    shoot("records")
    axe_finds_nothing(page)
    page.set_viewport_size({"width": 390, "height": 844})
    came.scroll_into_view_if_needed()
    page.screenshot(path="test-results/records-section-phone.png")
    assert page.evaluate(SMALL_TEXT) == []
    assert page.evaluate(SMALL_TARGETS) == []
    came.get_by_role("button", name="Somebody else’s record").first.click()
    expect(page.get_by_text("This record is a person of its own now")).to_be_visible()
    expect(page.get_by_role("heading", name="Ben Silva")).to_be_visible()
    same = page.get_by_role("region", name="Same person")
    expect(same).to_contain_text("Ana Silva has the same email, and is somebody else")
    shoot("parted")
    same.get_by_role("button", name="Maybe the same after all").click()
    same.get_by_text("Merge into this one").click()
    same.get_by_role("button", name="Merge", exact=True).click()
    expect(same).to_contain_text("became part of this lead")
    expect(came.get_by_role("button", name="Somebody else’s record")).to_have_count(2)


def test_a_household_is_shown_and_said_otherwise(page, live_server, sign_in, shoot) -> None:
    sign_in(user("Dana Ruiz").email)
    ana = person("Ana Berg")
    person("Ben Berg")
    find_households()
    page.goto(f"{live_server.url}/leads/{ana.pk}/")
    section = page.get_by_role("region", name="Household")
    expect(section).to_contain_text("Lives with Ben Berg")
    axe_finds_nothing(page)
    section.get_by_role("button", name="Not one household").click()
    expect(section).to_contain_text("With nobody whom we know")
    section.get_by_text("Lives with…").click()
    section.get_by_label("Name, email or phone of somebody who is here").fill("Ben Berg")
    section.get_by_role("button", name="They live together").click()
    expect(section).to_contain_text("Lives with Ben Berg")
    page.set_viewport_size({"width": 390, "height": 844})
    section.scroll_into_view_if_needed()
    assert page.evaluate(SMALL_TEXT) == []
    assert page.evaluate(SMALL_TARGETS) == []
    shoot("household")
