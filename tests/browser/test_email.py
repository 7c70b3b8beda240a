from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from leadlight.channels import operations
from leadlight.channels.models import MailAccount
from leadlight.jobs import worker
from leadlight.kit.clock import utc_now
from tests.browser.test_journey import SMALL_TARGETS, SMALL_TEXT, axe_finds_nothing
from tests.channels.conftest import box, running_mailbox
from tests.servers.mail import Setup, mail_server
from tests.servers.mailbox import Mailbox
from tests.web.build import user

__all__ = ["box", "running_mailbox"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


def test_connecting_the_teams_mail(
    page: Page, live_server: object, sign_in: Callable[..., None], shoot: Callable[[str], None], box: Mailbox
) -> None:
    sign_in(user("Dana Ruiz").email)
    page.locator(".me summary").click()
    page.get_by_role("link", name="Email").click()
    expect(page.get_by_text("Messages are kept on this machine and nobody gets them.")).to_be_visible()
    shoot("email-empty")
    axe_finds_nothing(page)
    sending, reading = (page.locator(f"section[aria-labelledby={part}]") for part in ("smtp", "imap"))
    with mail_server(Setup(users={"dana@bayline.example": "correct horse"})) as server:
        sending.get_by_label("From: address").fill("dana@bayline.example")
        sending.get_by_label("From: name").fill("Dana Ruiz, Bayline Realty")
        sending.get_by_label("Host").fill("127.0.0.1")
        sending.get_by_label("Port").fill(str(server.port))
        sending.get_by_label("Encryption").select_option("NONE")
        sending.get_by_label("User name").fill("dana@bayline.example")
        sending.get_by_label("Password").fill("correct horse")
        sending.get_by_role("button", name="Try and connect").click()
        expect(page.get_by_text("Nothing leaves before you turn sending on.")).to_be_visible()
        page.get_by_role("button", name="Turn sending on").click()
        expect(page.get_by_text("Messages leave by 127.0.0.1")).to_be_visible()
    reading.get_by_label("Host").fill("localhost")
    reading.get_by_label("Port").fill(str(box.port))
    reading.get_by_label("Encryption").select_option("NONE")
    reading.get_by_label("User name").fill(box.user)
    reading.get_by_label("Password").fill(box.password)
    reading.get_by_label("Folder").fill("Leads")
    reading.get_by_role("button", name="Try and connect").click()
    expect(page.get_by_text("What comes in from now on is read every minute.")).to_be_visible()
    worker.run_until_idle()
    shoot("email")
    axe_finds_nothing(page)
    assert page.evaluate(SMALL_TEXT) == []
    sending.get_by_text("Change the settings…").click()
    shoot("email-change")
    axe_finds_nothing(page)
    account = MailAccount.objects.get()
    operations.note_failure(
        mailbox=account.mailbox, error="The mailbox refused the log-in.", now=utc_now() - timedelta(hours=2)
    )
    page.reload()
    expect(page.get_by_text("The mailbox refused the log-in.")).to_be_visible()
    shoot("email-failing")
    axe_finds_nothing(page)
    page.set_viewport_size({"width": 390, "height": 844})
    for summary in page.get_by_text("Change the settings…").all():
        summary.click()
    # A box to tick is as large as the words beside it.
    assert [node for node in page.evaluate(SMALL_TARGETS) if "checkbox" not in node] == []
    assert page.locator(".pick").first.bounding_box()["height"] >= 44
    reading.get_by_text("Disconnect…").click()
    reading.get_by_role("button", name="Forget mailbox and password").click()
    expect(page.get_by_text("What was read stays.")).to_be_visible()
