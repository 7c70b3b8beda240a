"""The first day of a team: an empty brokerage, a file from the CRM, and somebody who wants to be forgotten."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from leadlight.accounts.models import Role
from leadlight.consent.models import ClosedAddress
from leadlight.jobs import worker
from leadlight.leads.models import Lead
from leadlight.messages.models import Message
from tests.browser.test_journey import SMALL_TARGETS, SMALL_TEXT, axe_finds_nothing
from tests.routing.build import agent

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

PEOPLE = """Name,Email,Phone,Lead Source,Created At
Ana Ortega,ana@example.com,813-555-0142,Zillow,2026-01-03
Ben Cole,ben@example.com,813-555-0143,Open House,2026-02-04
"""


def test_from_an_empty_brokerage_to_people_and_one_who_is_erased(
    page: Page, live_server, sign_in: Callable[..., None], shoot: Callable[[str], None], tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE)
    sign_in(agent("Dana Ruiz", role=Role.OWNER).email)
    page.get_by_role("link", name="Import a file").click()
    page.get_by_label("Files").set_input_files(str(file))
    page.get_by_role("button", name="Read the files").click()
    page.locator("input[name=came][value=OWN_INQUIRY]").check()
    page.get_by_role("button", name="Show ten people").click()
    expect(page.get_by_text("Ana Ortega").first).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).click()
    worker.run_until_idle()
    # The page looks by itself, and leads on.
    expect(page.get_by_role("heading", name=re.compile("Imported"))).to_be_visible()
    assert Lead.objects.count() == 2
    assert not Message.objects.exists(), "history is never answered"
    page.goto(f"{live_server.url}/leads/?list=all")
    page.get_by_role("link", name="Ana Ortega").click()
    page.get_by_role("link", name="Why did you contact me?").click()
    shoot("why")
    axe_finds_nothing(page)
    assert page.evaluate(SMALL_TEXT) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate(SMALL_TARGETS) == []
    page.get_by_text("Erase", exact=True).click()
    page.get_by_label("I am sure: it cannot be undone").check()
    page.get_by_role("button", name="Erase Ana Ortega").click()
    expect(page.get_by_text("Erased: 1 records")).to_be_visible()
    expect(page.get_by_text("Ana Ortega")).not_to_be_visible()
    assert list(Lead.objects.values_list("name", flat=True)) == ["Ben Cole"]
    assert ClosedAddress.objects.filter(reason="ERASED").count() == 2
