import re

import pytest
from django.test import Client
from django.urls import reverse

from leadlight.accounts.models import AuditEntry, Role
from leadlight.channels import operations, queries
from leadlight.channels.email.lines import Security
from leadlight.channels.email.outbox import Outbox
from leadlight.channels.email.smtp import Smtp
from leadlight.channels.models import MailAccount
from leadlight.kit.clock import utc_now
from tests.channels.accounts import SENDER, connected, smtp_of
from tests.channels.email.build import email
from tests.servers.mail import Setup, mail_server
from tests.servers.mailbox import Mailbox
from tests.web.build import user

pytestmark = pytest.mark.django_db
PAGE = "/settings/email/"
ACTS = (
    "connect_smtp",
    "test_smtp",
    "disconnect_smtp",
    "connect_imap",
    "test_imap",
    "disconnect_imap",
    "turn_on",
    "turn_off",
)


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(user())
    return client


def read(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


def act(client: Client, name: str, **fields: object) -> tuple[int, str]:
    answer = client.post(reverse(f"channels:{name}"), {key: str(value) for key, value in fields.items()}, follow=True)
    return answer.status_code, answer.content.decode()


def smtp_form(to_port: int, /, **fields: object) -> dict[str, object]:
    return {
        "from_email": "dana@bayline.example", "from_name": "Dana <Ruiz>", "host": "127.0.0.1", "port": to_port,
        "security": "NONE", "username": "dana", "password": "correct horse", **fields,
    }  # fmt: skip


def imap_form(box: Mailbox, **fields: object) -> dict[str, object]:
    return {
        "host": "localhost", "port": box.port, "security": "NONE", "username": box.user, "password": box.password,
        "folder": "Leads", **fields,
    }  # fmt: skip


def test_the_empty_page_says_what_happens_and_what_to_do(owner: Client) -> None:
    page = read(owner)
    assert "Messages are kept on this machine and nobody gets them." in page
    assert "Without a mailbox nobody sees here who answered" in page
    assert "DMARC" in page
    assert isinstance(queries.email_vendor(), Outbox)
    assert queries.sender() is None


def test_a_server_is_tried_kept_turned_on_and_forgotten(owner: Client) -> None:
    with mail_server(Setup(users={"dana": "correct horse"})) as server:
        status, page = act(owner, "connect_smtp", **smtp_form(server.port))
        assert status == 200
        assert "Nothing leaves before you turn sending on." in page
        assert isinstance(queries.email_vendor(), Outbox)
        assert 'value="Dana &lt;Ruiz&gt;"' in page
        _, page = act(owner, "turn_on")
        assert "Messages leave by 127.0.0.1" in page
        vendor = queries.email_vendor()
        assert isinstance(vendor, Smtp)
        sender = queries.sender()
        assert sender is not None
        with vendor.open() as line:
            line.send(email(sender=sender))
        [received] = server.accepted
        assert (received.user, received.sender) == ("dana", "dana@bayline.example")
        assert "let us in" in act(owner, "test_smtp")[1]
        act(owner, "turn_off")
        assert isinstance(queries.email_vendor(), Outbox)
        act(owner, "turn_on")
        act(owner, "disconnect_smtp")
        assert isinstance(queries.email_vendor(), Outbox)
        found = MailAccount.objects.get()
        assert (found.smtp_host, found.smtp_password, found.is_on) == ("", "", False)
        assert act(owner, "turn_on")[0] == 400
        assert act(owner, "test_smtp")[0] == 400
    actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert actions == [
        "email.smtp_connected", "email.sending_on", "email.sending_off", "email.sending_on", "email.smtp_disconnected",
    ]  # fmt: skip


def test_passwords_are_sealed_and_never_shown(owner: Client, box: Mailbox) -> None:
    with mail_server(Setup(users={"dana": "correct horse"})) as server:
        pages = [act(owner, "connect_smtp", **smtp_form(server.port))[1]]
        pages += [act(owner, "connect_imap", **imap_form(box))[1], read(owner)]
        pages += [act(owner, "connect_smtp", **smtp_form(server.port, password="wrong horse"))[1]]
    for page in pages:
        assert "horse" not in page
        assert all("value" not in field for field in re.findall(r'<input type="password"[^>]*>', page))
    found = MailAccount.objects.get()
    assert "correct" not in found.smtp_password + found.imap_password
    assert "horse" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_an_empty_password_keeps_the_one_that_is_there_but_for_no_other_host(owner: Client) -> None:
    known = Setup(users={"dana": "correct horse"})
    with mail_server(known) as server, mail_server(known) as other:
        act(owner, "connect_smtp", **smtp_form(server.port))
        assert act(owner, "connect_smtp", **smtp_form(server.port, password="", from_name="Dana"))[0] == 200
        assert MailAccount.objects.get().from_name == "Dana"
        status, page = act(owner, "connect_smtp", **smtp_form(server.port, password="", username="lee"))
        assert (status, "refused the log-in" in page) == (400, True)
        status, page = act(owner, "connect_smtp", **smtp_form(other.port, password="", host="localhost"))
        assert status == 400
        assert MailAccount.objects.get().smtp_host == "127.0.0.1"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"password": "wrong"}, "refused the log-in"),
        ({"port": 1}, "nobody listens there"),
        ({"port": "x"}, "The port is a number"),
        ({"port": "70000"}, "The port is a number"),
        ({"port": "٤٦٥"}, "The port is a number"),
        ({"host": "https://smtp.example.com"}, "The host is a name such as"),
        ({"host": ""}, "The host is a name such as"),
        ({"host": "smtp.example.com\r\nX"}, "The host is a name such as"),
        ({"host": "192.0.2.1"}, "would go unencrypted"),
        ({"security": "SSL"}, "Choose how the line is encrypted"),
        ({"security": "STARTTLS"}, "offers no encryption on this port"),
        ({"from_email": "dana"}, "looks like dana@bayline.com"),
        ({"from_email": "Dana <dana@bayline.example>"}, "looks like dana@bayline.com"),
        ({"from_email": "a@b.example\r\nBcc: evil@example.com"}, "looks like dana@bayline.com"),
        ({"password": "x" * 2_000}, "longer than any server takes"),
    ],
    ids=str,
)
def test_what_does_not_work_is_said_beside_the_form_and_nothing_is_kept(
    owner: Client, fields: dict[str, object], words: str
) -> None:
    with mail_server(Setup(users={"dana": "correct horse"})) as server:
        status, page = act(owner, "connect_smtp", **smtp_form(server.port, **fields))
    assert status == 400
    assert words in page
    assert 'value="Dana &lt;Ruiz&gt;"' in page
    assert not MailAccount.objects.exists()


def test_a_mailbox_is_tried_kept_and_forgotten(owner: Client, box: Mailbox) -> None:
    status, page = act(owner, "connect_imap", **imap_form(box))
    assert (status, "read every minute" in page) == (200, True)
    assert "Leads of team at localhost" in page
    assert ">On<" in page
    assert "can be read" in act(owner, "test_imap")[1]
    status, page = act(owner, "connect_imap", **imap_form(box, folder="Nowhere"))
    assert status == 400
    assert "has no folder &#x27;Nowhere&#x27;" in page
    assert MailAccount.objects.get().imap_folder == "Leads"
    act(owner, "disconnect_imap")
    found = MailAccount.objects.get()
    assert (found.imap_host, found.imap_password, found.uid_validity, found.last_uid) == ("", "", None, 0)
    assert act(owner, "test_imap")[0] == 400


def test_a_mailbox_that_fails_says_since_when_and_why(owner: Client, box: Mailbox) -> None:
    account = connected(box)
    operations.note_failure(mailbox=account.mailbox, error="It refused <us>.", now=utc_now())
    page = read(owner)
    assert "Failing" in page
    assert "It refused &lt;us&gt;." in page
    assert "Next try" in page


def test_connecting_the_same_mailbox_again_goes_on_where_it_was(owner: Client, box: Mailbox) -> None:
    connected(box)
    MailAccount.objects.update(last_uid=41, failures=3)
    act(owner, "connect_imap", **imap_form(box, password=""))
    found = MailAccount.objects.get()
    assert (found.last_uid, found.failures) == (41, 0)
    act(owner, "connect_imap", **imap_form(box, folder="INBOX"))
    assert MailAccount.objects.get().last_uid != 41


@pytest.mark.parametrize(
    ("role", "status"), [(Role.OWNER, 200), (Role.LEAD_MANAGER, 200), (Role.AGENT, 403), (Role.ANALYST, 403)]
)
def test_who_may(client: Client, role: Role, status: int) -> None:
    client.force_login(user(role=role))
    assert client.get(PAGE).status_code == status
    assert (PAGE in client.get("/leads/").content.decode()) == (status == 200)
    if status == 403:
        assert {act(client, name)[0] for name in ACTS} == {403}
        assert not MailAccount.objects.exists()


def test_the_page_takes_a_fixed_number_of_queries(owner: Client, django_assert_max_num_queries: object) -> None:
    with mail_server() as server:
        operations.connect_smtp(server=smtp_of(server), sender=SENDER, now=utc_now())
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        read(owner)


def test_the_servers_of_a_team_may_stand_in_its_own_network() -> None:
    with mail_server() as server:
        told = smtp_of(server, security=Security.NONE)
        operations.connect_smtp(server=told, sender=SENDER, now=utc_now())
    assert queries.smtp_server(queries.mail_account()) == told
