"""One Chromium for all journeys, and pages that look as a person would meet them."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

# Playwright's own loop runs in this thread, and the tests use the database beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

RESULTS = Path(__file__).parents[2] / "test-results"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.fail("The browser tests need Chromium. Install it with: sudo apt-get install chromium")
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=WIDE, reduced_motion="reduce", locale="en-US")
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, live_server) -> Iterator[Page]:
    """A page that fails the test on any script error or breach of the content security policy."""
    page = context.new_page()
    page.set_default_timeout(5_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield page
    assert not complaints


@pytest.fixture
def sign_in(page: Page, live_server) -> Callable[..., None]:
    def act(email: str, password: str = "correct horse") -> None:
        page.goto(f"{live_server.url}/sign-in/")
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "sign-in" not in url)

    return act


@pytest.fixture
def shoot(page: Page) -> Callable[[str], None]:
    """Take the page, wide by day and on a phone by night; nothing may be wider than the screen."""

    def act(name: str) -> None:
        RESULTS.mkdir(exist_ok=True)
        for size, viewport, scheme in (("wide", WIDE, "light"), ("phone", PHONE, "dark")):
            page.set_viewport_size(viewport)  # type: ignore[arg-type]  # a plain dict of the right shape
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.screenshot(path=RESULTS / f"{name}-{size}.png")
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= viewport["width"], f"{name} is {width} px wide on {size}"
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        page.emulate_media(color_scheme="light")

    return act
