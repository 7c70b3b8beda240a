"""Messages as the team and the people they write to meet them: answered at once, read, answered, paused, ended."""

import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import Settings

from leadlight.accounts.models import Role
from leadlight.channels.models import MailAccount
from leadlight.consent.models import Suppression
from leadlight.jobs import worker
from leadlight.kit.clock import utc_now
from leadlight.messages import operations
from leadlight.messages.models import Message
from tests.browser.test_journey import SMALL_TARGETS, SMALL_TEXT, axe_finds_nothing
from tests.messages.build import fill_in, incoming, receive
from tests.routing.build import agent, happen, lead
from tests.servers.mail import MailServer, mail_server

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


@pytest.fixture
def server(settings: Settings, live_server) -> Iterator[MailServer]:
    """A mail server that messages leave by, and a mailbox that was just read."""
    settings.PUBLIC_URL = live_server.url
    with mail_server() as running:
        MailAccount.objects.create(
            pk=1,
            from_email="office@bayline.test",
            is_on=True,
            smtp_host=running.host,
            smtp_port=running.port,
            smtp_security="NONE",
            imap_host="imap.bayline.test",
            read_at=utc_now(),
            # The mailbox itself is not asked here.
            next_read_at=utc_now().replace(year=2100),
        )
        yield running


def to_ana(server: MailServer) -> list[EmailMessage]:
    """Return what reached her; the team's own alerts aside."""
    return [one.message for one in server.accepted if one.recipients == ("ana@example.com",)]


def fits(page: Page) -> None:
    axe_finds_nothing(page)
    assert page.evaluate(SMALL_TEXT) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate(SMALL_TARGETS) == []
    page.set_viewport_size({"width": 1440, "height": 900})


def test_a_reply_is_read_answered_and_stops_what_was_planned(
    page: Page, server: MailServer, sign_in: Callable[..., None], shoot: Callable[[str], None]
) -> None:
    fill_in()
    dana = agent("Dana Ruiz", role=Role.OWNER)
    ana = lead("Ana Ortega", owner=dana, emails=("ana@example.com",))
    happen(ana, "inquiry", utc_now(), listing="12 Elm St", props={"text": "Is it still for sale?"})
    worker.run_until_idle()
    [acknowledged] = to_ana(server)
    assert acknowledged["Subject"] == "We have your message about 12 Elm St"
    operations.pause_sending(what="EMAIL", actor=dana, now=utc_now())
    again = happen(ana, "inquiry", utc_now(), listing="9 Oak St")
    Message.objects.update(created_at=utc_now().replace(year=2020))
    operations.acknowledge(event_ids=[again], now=utc_now())
    worker.run_until_idle()
    assert Message.objects.get(event_id=again).state == "PLANNED"
    receive(
        incoming(
            "Saturday works for us.\n",
            From="Ana Ortega <ana@example.com>",
            In_Reply_To=acknowledged["Message-ID"],
            Subject="Re: We have your message about 12 Elm St",
            at=utc_now(),
        ),
        at=utc_now(),
    )
    worker.run_until_idle()
    sign_in(dana.email)
    page.get_by_role("link", name="Inbox").click()
    expect(page.get_by_text("1 new")).to_be_visible()
    shoot("inbox")
    fits(page)
    page.get_by_role("link", name="Ana Ortega").click()
    expect(page.get_by_text("Saturday works for us.")).to_be_visible()
    expect(page.get_by_role("link", name="Stopped")).to_be_visible()
    page.get_by_role("textbox", name="Message").fill("No children, please.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("“No children” may not stand in a message about homes.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("No children, please.")
    page.get_by_role("textbox", name="Message").fill("Saturday at ten it is.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("On its way.")).to_be_visible()
    worker.run_until_idle()
    assert to_ana(server)[-1]["Subject"] == "Re: We have your message about 12 Elm St"
    page.reload()
    shoot("conversation")
    fits(page)
    page.get_by_role("link", name="Inbox", exact=True).first.click()
    page.get_by_role("link", name="Outbox").click()
    expect(page.get_by_text("They answered.")).to_be_visible()
    shoot("outbox")
    fits(page)


def test_everything_that_goes_out_by_itself_is_paused_from_any_page(
    page: Page,
    server: MailServer,
    sign_in: Callable[..., None],
    shoot: Callable[[str], None],
    settings: Settings,
) -> None:
    fill_in()
    dana = agent("Dana Ruiz", role=Role.OWNER)
    ana = lead("Ana Ortega", owner=dana, emails=("ana@example.com",))
    sign_in(dana.email)
    page.goto(f"{settings.PUBLIC_URL}/leads/{ana.pk}/")
    page.locator(".me summary").click()
    page.get_by_role("button", name="Pause all automatic sending").click()
    expect(page.get_by_text("Paused: all automatic sending")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/leads/{ana.pk}/$"))
    happen(ana, "inquiry", utc_now())
    worker.run_until_idle()
    assert to_ana(server) == []
    page.get_by_role("link", name="Inbox").click()
    expect(page.get_by_text("Paused: all automatic sending")).to_be_visible()
    shoot("paused")
    fits(page)
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("Resumed.")).to_be_visible()
    worker.run_until_idle()
    assert len(to_ana(server)) == 1


def test_one_click_ends_emails_without_signing_in(
    page: Page, context: BrowserContext, server: MailServer, shoot: Callable[[str], None]
) -> None:
    fill_in()
    dana = agent("Dana Ruiz", role=Role.OWNER)
    ana = lead("Ana Ortega", owner=dana, emails=("ana@example.com",))
    operations.write(
        person_id=ana.pk, subject="New on Elm St", text="A home came up.", token="t", actor=dana, now=utc_now()
    )
    worker.run_until_idle()
    [received] = to_ana(server)
    link = received["List-Unsubscribe"].strip("<>")
    body = received.get_body(("plain",))
    assert body is not None
    assert link in body.get_content()
    page.goto(link)
    expect(page.get_by_role("heading")).to_have_text("No more emails from Bayline Realty?")
    assert not Suppression.objects.exists()
    shoot("unsubscribe")
    fits(page)
    page.get_by_role("button", name="Stop all emails").click()
    expect(page.get_by_role("heading")).to_have_text("You get no more emails from Bayline Realty")
    assert Suppression.objects.get().channel == "EMAIL"


def test_the_words_that_go_out_are_the_teams_own(
    page: Page, sign_in: Callable[..., None], shoot: Callable[[str], None]
) -> None:
    dana = agent("Dana Ruiz", role=Role.OWNER)
    sign_in(dana.email)
    page.locator(".me summary").click()
    page.get_by_role("link", name="Words").click()
    shoot("words")
    page.get_by_role("link", name="Answer to an inquiry").click()
    shoot("wording")
    fits(page)
    page.get_by_label("Message").fill("Hi {first_name}")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("{first_name|there}").first).to_be_visible()
    page.get_by_label("Message").fill("Hi {first_name|there}, we have it.")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("Kept.")).to_be_visible()
