"""The pages of messages: inbox, conversation, outbox, words, pause, and the link that ends it."""

import pytest
from django.test import Client
from django.urls import reverse

from leadlight.accounts.models import Role, User
from leadlight.consent.models import Suppression
from leadlight.events.models import Event
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Person
from leadlight.leads.operations import assign
from leadlight.messages import operations, queries
from leadlight.messages.models import Message, Wording
from tests.messages.build import deliver, incoming, ready, receive
from tests.routing.build import agent, happen, lead

pytestmark = pytest.mark.django_db

NASTY = "<script>alert(1)</script>"


@pytest.fixture
def dana() -> User:
    return agent("Dana Ruiz", role=Role.OWNER)


@pytest.fixture
def page(client: Client, dana: User) -> Client:
    client.force_login(dana)
    return client


@pytest.fixture
def ana() -> Person:
    ready(utc_now())
    return lead("Ana Ortega", emails=("ana@example.com",))


def read(client: Client, address: str, *, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def written(who: Person, text: str = "Is it still for sale?") -> Message:
    now = utc_now()
    receive(incoming(f"{text}\n", From=f"Ana <{who.email}>", at=now), at=now)
    return Message.objects.filter(direction="IN").latest("pk")


def test_the_inbox_shows_who_wrote_and_what_is_unread_until_somebody_looks(page: Client, ana: Person) -> None:
    assert "Nobody has written yet." in read(page, "/inbox/")
    written(ana, NASTY)
    told = read(page, "/inbox/?show=unread")
    assert "Ana Ortega" in told
    assert "1 new" in told
    assert NASTY not in told
    thread = read(page, f"/inbox/{ana.pk}/")
    assert "&lt;script&gt;" in thread
    assert NASTY not in thread
    assert "You have read everything." in read(page, "/inbox/?show=unread")
    assert "Ana Ortega" in read(page, "/inbox/")


def test_who_only_looks_leaves_unread_what_is_unread(client: Client, ana: Person) -> None:
    written(ana)
    client.force_login(agent("Ann Lyst", role=Role.ANALYST))
    assert "<textarea" not in read(client, f"/inbox/{ana.pk}/")
    assert client.post(f"/inbox/{ana.pk}/", {"text": "Hi", "token": "t"}).status_code == 404
    assert Message.objects.filter(read_at=None, direction="IN").exists()


def test_an_answer_goes_the_way_of_every_message(page: Client, ana: Person, dana: User) -> None:
    mail = written(ana)
    answer = page.post(f"/inbox/{ana.pk}/", {"subject": "", "text": "Yes, it is.", "token": "t1"}, follow=True)
    assert "On its way." in answer.content.decode()
    message = Message.objects.get(direction="OUT")
    assert (message.subject, message.sender, message.message_class) == ("Re: Hello", dana, "requested_response")
    assert message.references == [mail.message_id]
    page.post(f"/inbox/{ana.pk}/", {"subject": "", "text": "Yes, it is.", "token": "t1"})
    assert Message.objects.filter(direction="OUT").count() == 1


def test_what_may_not_be_said_is_refused_with_its_reason_and_kept(page: Client, ana: Person) -> None:
    Suppression.objects.create(
        lead=ana.leads.get(), channel="EMAIL", reason="OPTED_OUT", evidence="“stop”", recorded_at=utc_now()
    )
    answer = page.post(f"/inbox/{ana.pk}/", {"subject": "Hi", "text": "One more thing.", "token": "t"}, follow=True)
    told = answer.content.decode()
    assert "Not sent: They asked for no e-mails" in told
    assert "One more thing." in told
    assert Message.objects.get(direction="OUT").state == "REFUSED"


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"text": " "}, "Write something first."),
        ({"text": "Hello"}, "Give the message a subject."),
        ({"subject": "x", "text": "No children, please"}, "may not stand in a message about homes"),
    ],
)
def test_a_message_that_cannot_be_sent_says_why_and_keeps_what_was_typed(
    page: Client, ana: Person, form: dict[str, str], why: str
) -> None:
    told = page.post(f"/inbox/{ana.pk}/", {"token": "t", **form}).content.decode()
    assert why in told
    assert form["text"].strip() in told
    assert not Message.objects.exists()


def test_the_outbox_shows_what_went_out_and_every_no_with_its_reason(page: Client, ana: Person) -> None:
    assert "Nothing was written yet." in read(page, "/outbox/")
    event_id = happen(ana, "inquiry", utc_now())
    operations.acknowledge(event_ids=[event_id], now=utc_now())
    told = read(page, "/outbox/?show=waiting")
    assert "Planned" in told
    assert "Nothing leaves this machine" in told
    deliver(at=utc_now())
    message = Message.objects.get()
    whole = read(page, f"/outbox/{message.pk}/")
    assert "Yes: nothing forbids it." in whole
    assert message.text.splitlines()[0] in whole
    assert "Nothing of this kind." in read(page, "/outbox/?show=waiting")
    assert "Ana Ortega" in read(page, "/outbox/?show=nonsense")


def test_what_is_in_doubt_is_settled_by_a_person(page: Client, ana: Person) -> None:
    event_id = happen(ana, "inquiry", utc_now())
    operations.acknowledge(event_ids=[event_id], now=utc_now())
    message = Message.objects.get()
    assert operations.claim(message_id=message.pk, now=utc_now()) is not None
    operations.note_doubtful(message_ids=[message.pk], now=utc_now())
    assert "nobody knows whether it arrived" in " ".join(read(page, "/outbox/").split())
    page.post(f"/outbox/{message.pk}/settle/", {"answer": "arrived"})
    message.refresh_from_db()
    assert message.state == "SENT"
    told = page.post(f"/outbox/{message.pk}/settle/", {"answer": "again"}, follow=True).content.decode()
    assert "It is known by now" in told


def test_an_agent_sees_and_settles_only_what_is_theirs(client: Client, ana: Person) -> None:
    eve, sam = agent("Eve Stone"), agent("Sam Other")
    assign(owner_of={ana.pk: eve.pk})
    written(ana)
    message = Message.objects.get()
    receive(incoming("who?\n", From="x@nowhere.test", at=utc_now()), at=utc_now())
    client.force_login(sam)
    for address in ("/inbox/", "/outbox/"):
        told = read(client, address)
        assert "Ana" not in told
        assert "nowhere.test" not in told
    read(client, f"/inbox/{ana.pk}/", status=404)
    read(client, f"/outbox/{message.pk}/", status=404)
    assert client.post(f"/outbox/{message.pk}/settle/", {"answer": "again"}).status_code == 404
    client.force_login(eve)
    assert "Ana Ortega" in read(client, "/inbox/")
    assert "nowhere.test" not in read(client, "/inbox/")


def test_a_mail_of_nobody_is_filed_or_set_aside(page: Client, ana: Person) -> None:
    receive(incoming("who am I?\n", From="x@nowhere.test", at=utc_now()), at=utc_now())
    message = Message.objects.get()
    assert "who am I?" in read(page, "/inbox/")
    told = page.post(f"/inbox/unfiled/{message.pk}/", {"who": "Nobody"}, follow=True).content.decode()
    assert "Nobody is known by" in told
    page.post(f"/inbox/unfiled/{message.pk}/", {"who": "ana@example.com", "answer": "file"})
    message.refresh_from_db()
    assert message.lead == ana.leads.get()
    told = page.post(f"/inbox/unfiled/{message.pk}/", {"answer": "nobody"}, follow=True).content.decode()
    assert "Somebody has looked at this message already." in told


def test_every_page_offers_the_pause_and_shows_it(page: Client, ana: Person) -> None:
    for address in ("/inbox/", "/outbox/", f"/leads/{ana.pk}/", "/model/"):
        assert "Pause all automatic sending" in read(page, address)
    answer = page.post("/sending/pause/", {"what": "ALL", "back": "/model/"})
    assert answer["Location"] == "/model/"
    for address in ("/inbox/", "/outbox/", f"/leads/{ana.pk}/", "/model/"):
        told = read(page, address)
        assert "Paused: all automatic sending" in told
        assert 'by <span dir="auto">Dana Ruiz</span>' in told
    page.post("/sending/resume/", {"what": "ALL"})
    assert "Paused:" not in read(page, "/model/")
    assert page.post("/sending/pause/", {"what": "ALL", "back": "https://evil.test/"})["Location"] == "/outbox/"


def test_words_are_kept_when_they_may_go_out(page: Client, dana: User) -> None:
    assert "as they ship" in read(page, "/settings/words/")
    read(page, "/settings/words/nonsense/", status=404)
    address = "/settings/words/acknowledgment/"
    bad = page.post(address, {"subject": "Hi", "text": "No children, {first_name}. {nonsense}"})
    assert bad.status_code == 200
    assert "{nonsense}" in bad.content.decode()
    for words, why in (("Today is {today}.", "cannot fill in {today}"), ("From {brokerage}", "{brokerage|…}")):
        assert why in page.post(address, {"subject": "Hi", "text": words}).content.decode()
    assert not Wording.objects.exists()
    good = {"subject": "Hello {first_name|there}", "text": "We have it.\n{brokerage|}"}
    page.post(address, good)
    page.post(address, good)
    assert queries.wording("acknowledgment").version == 1
    page.post(address, {"restore": "1"})
    words = queries.wording("acknowledgment")
    assert (words.version, words.text) == (2, words.template.text)
    assert words.written_by == "Dana Ruiz"


def test_agents_do_not_change_the_words(client: Client) -> None:
    client.force_login(agent("Sam Other"))
    for address in ("/settings/words/", "/settings/words/acknowledgment/"):
        assert client.get(address).status_code == 403
        assert client.post(address, {"subject": "x", "text": "y"}).status_code in (403, 405)


# --- the link that ends it ------------------------------------------------------------------------------------------


@pytest.fixture
def link(ana: Person, dana: User) -> str:
    message = operations.write(person_id=ana.pk, subject="New", text="A home.", token="t", actor=dana, now=utc_now())
    return reverse("messaging:unsubscribe", args=[queries.unsubscribe_token(message.pk)])


def test_looking_at_the_link_ends_nothing(link: str) -> None:
    outsider = Client(enforce_csrf_checks=True)
    assert "No more emails from Bayline Realty?" in read(outsider, link)
    assert outsider.head(link).status_code == 200
    assert not Suppression.objects.exists()


def test_one_press_ends_emails_at_once_and_once(link: str, ana: Person) -> None:
    outsider = Client(enforce_csrf_checks=True)
    for _ in range(2):
        answer = outsider.post(link, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "You get no more emails from Bayline Realty" in answer.content.decode()
    assert [(one.channel, one.reason) for one in Suppression.objects.all()] == [("EMAIL", "OPTED_OUT")]
    assert Event.objects.filter(kind="unsubscribed").count() == 1
    assert Message.objects.get().state == "CANCELLED"


def test_a_link_that_was_made_up_is_none_and_one_of_somebody_erased_is_kind(link: str) -> None:
    outsider = Client(raise_request_exception=True)
    assert outsider.post("/u/made:up:token/").status_code == 404
    Message.objects.all().delete()
    assert "You get no more emails" in outsider.post(link).content.decode()


def test_the_lists_take_a_fixed_number_of_queries(
    page: Client, ana: Person, django_assert_num_queries: object
) -> None:
    def cost(n: int) -> None:
        for number in range(n):
            who = lead(f"Person {number}", emails=(f"p{number}-{n}@example.org",))
            written(who)
            event_id = happen(who, "inquiry", utc_now())
            operations.acknowledge(event_ids=[event_id], now=utc_now())
        for address, queries_ in (("/inbox/", 9), ("/outbox/", 8)):
            with django_assert_num_queries(queries_):  # type: ignore[operator]
                read(page, address)

    cost(2)
    cost(8)
