"""A day of an agent: called by an alert, they take a lead, call, write down what came of it, and see who is next."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from leadlight.accounts.models import Brokerage, User
from leadlight.events.models import Event
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Person
from leadlight.routing import operations
from leadlight.routing.models import LatestVisit, RecordedOutcome, Task, TaskKind, Wait
from leadlight.routing.rules.outcomes import Outcome, Said
from leadlight.scoring.queries import HotWord
from leadlight.web import today, views
from tests.browser.conftest import PHONE
from tests.browser.test_journey import LONG_NAME, SMALL_TARGETS, SMALL_TEXT, axe_finds_nothing
from tests.routing.build import DAY, HOUR, MINUTE, agent, ask, happen, lead, open_always
from tests.web.build import explanation, person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

RTL_NAME = "عبد الرحمن بن عبد العزيز آل سعود الهاشمي القرشي التميمي"


@pytest.fixture
def ann(monkeypatch) -> User:
    open_always()
    Brokerage.objects.update(name="Bayline Realty")
    for module in (today, views):
        monkeypatch.setattr(module, "explanation", lambda _person_id: explanation(91.0))
        monkeypatch.setattr(module, "hot_word", lambda _version: HotWord(True, "not yet proven, n = 34"))
    return agent("Ann Blake")


def marisol(ann: User, name: str = "Marisol Ortega", ago: timedelta = 2 * MINUTE) -> Person:
    who = lead(name, owner=ann, score=91.0, before=68.0, kind="buyer", reason="Asked to see 214 Alder Ct")
    now = utc_now()
    for k in range(4):
        happen(who, "listing_view", now - 2 * DAY + k * MINUTE, listing="214 Alder Ct", value=459_000.0)
    happen(who, "area_stated", now - 6 * DAY, area="Seminole Heights")
    happen(who, "budget_stated", now - 6 * DAY, value=480_000.0)
    happen(
        who, "email_sent", now - 3 * DAY, actor="Ann Blake", props={"subject": "Three homes near Seminole Heights"}
    )
    text = "Is the roof original? We could come by Saturday morning."
    ask(who, now - ago, kind="showing_request", listing="214 Alder Ct", props={"text": text})
    return who


def full_day(ann: User) -> Person:
    who, now = marisol(ann), utc_now()
    LatestVisit.objects.filter(user=ann).update(seen_at=now - 3 * HOUR)
    ask(lead("Tom Vance", owner=ann, score=83.0), now - 31 * MINUTE, kind="valuation_request", listing="9 Harbor Ln")
    for wait in Wait.objects.all():
        if wait.due_at <= now:
            operations.escalate(reached={(wait.pk, 1)}, now=now)
    for name, score, why in (("Kofi Mensah", 77.0, "Ask again: after the holidays"), (LONG_NAME, 71.0, "Check in")):
        operations.make_task(
            person_id=lead(name, owner=ann, score=score).pk,
            kind=TaskKind.CALL,
            why=why,
            due_at=now - HOUR,
            actor=ann,
            now=now - DAY,
        )
    done = lead("Lena Hoffmann", owner=ann)
    ask(done, now - 50 * MINUTE)
    operations.record_outcome(person_id=done.pk, said=Said(Outcome.VOICEMAIL), actor=ann, now=now - 40 * MINUTE)
    return who


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desktop", "phone"])
def test_from_the_alert_to_the_appointment(
    browser: Browser, live_server, ann: User, javascript: bool, viewport: dict[str, int] | None
) -> None:
    who = marisol(ann)
    ask(lead("Tom Vance", owner=ann), utc_now(), kind="valuation_request", listing="9 Harbor Ln")
    context = browser.new_context(java_script_enabled=javascript, **({"viewport": viewport} if viewport else {}))
    page = context.new_page()
    page.set_default_timeout(5_000)
    token = operations.claim_token(wait_id=Wait.objects.get(lead__person=who).pk, user_id=ann.pk, now=utc_now())
    page.goto(f"{live_server.url}/claim/{token}/")
    page.get_by_role("button", name="Take them as Ann Blake").click()
    page.get_by_label("Email").fill(ann.email)
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Marisol Ortega")).to_be_visible()
    expect(page.get_by_text("You have taken them")).to_be_visible()
    assert page.get_by_role("link", name="Call").first.get_attribute("href") == "tel:+18135550142"
    words = page.locator(".opener").inner_text()
    assert "“Is the roof original?”: let me get you the answer." in words
    page.get_by_text("Appointment…").click()
    page.get_by_label("Day and time").fill((utc_now() - DAY).strftime("%Y-%m-%dT14:30"))
    page.get_by_role("button", name="Book it").click()
    expect(page.get_by_role("alert")).to_contain_text("That moment has passed")
    soon = (utc_now() + 2 * DAY).strftime("%Y-%m-%dT14:30")
    page.get_by_label("Day and time").fill(soon)
    page.get_by_role("button", name="Book it").click()
    expect(page.get_by_role("status").filter(has_text="Marisol Ortega: Appointment")).to_be_visible()
    expect(page.locator("#next-name")).to_have_text("Tom Vance")
    assert Event.objects.filter(kind="appointment_booked", lead__person=who).count() == 1
    page.get_by_role("button", name="Left a voicemail").click()
    expect(page.get_by_role("status").filter(has_text="Tom Vance: Left a voicemail")).to_be_visible()
    expect(page.get_by_text("Nothing is left to do right now")).to_be_visible()
    page.locator(".done").get_by_role("button", name="Undo").click()
    expect(page.locator("#next-name")).to_have_text("Tom Vance")
    assert RecordedOutcome.objects.filter(undone_at=None).count() == 1
    context.close()


def test_the_page_as_people_see_it(
    page: Page, sign_in: Callable[..., None], shoot: Callable[[str], None], live_server, ann: User
) -> None:
    sign_in(ann.email)
    expect(page.get_by_text("From your CRM’s export to a ranked list")).to_be_visible()
    shoot("today-first-run")
    person("Ana Ortega", score=77.0)
    page.goto(f"{live_server.url}/today/")
    shoot("today-nobody")
    axe_finds_nothing(page)
    who = full_day(ann)
    page.goto(f"{live_server.url}/today/")
    shoot("today")
    axe_finds_nothing(page)
    page.goto(f"{live_server.url}/today/?person={who.pk}")
    shoot("today-card")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.get_by_text("Appointment…").click()
    assert page.evaluate(SMALL_TEXT) == []
    assert page.evaluate(SMALL_TARGETS) == []
    shoot("today-appointment")
    axe_finds_nothing(page)
    page.goto(f"{live_server.url}/leads/{who.pk}/")
    shoot("today-lead")
    axe_finds_nothing(page)


@pytest.mark.parametrize("name", [LONG_NAME, RTL_NAME], ids=["60 characters", "right to left"])
def test_names_of_all_kinds(
    page: Page, sign_in: Callable[..., None], shoot: Callable[[str], None], ann: User, name: str
) -> None:
    marisol(ann, name, ago=31 * MINUTE)
    sign_in(ann.email)
    expect(page.locator("#next-name")).to_have_text(name)
    shoot(f"today-name-{'long' if name == LONG_NAME else 'rtl'}")


def test_an_open_page_shows_who_comes_and_the_minutes_run(
    page: Page, sign_in: Callable[..., None], ann: User
) -> None:
    who = marisol(ann, ago=MINUTE)
    sign_in(ann.email)
    timer = page.get_by_role("timer")
    before = timer.inner_text()
    expect(timer).not_to_have_text(before)
    assert timer.inner_text().endswith("left")
    page.get_by_text("Note…").click()
    page.get_by_label("For your team").fill("Half a sent")
    ask(lead("Tom Vance", owner=ann), utc_now(), listing="9 Harbor Ln")
    happen(who, "listing_view", utc_now(), listing="77 Bay Rd")
    expect(page.locator(".queue").get_by_text("Tom Vance")).to_be_visible(timeout=15_000)
    expect(page.locator(".homes").get_by_text("77 Bay Rd")).to_be_visible()
    expect(page.locator("#next-name")).to_have_text("Marisol Ortega")
    expect(page.get_by_label("For your team")).to_have_value("Half a sent")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_text("Noted.")).to_be_visible()
    assert Task.objects.filter(done_at=None).count() == 2
