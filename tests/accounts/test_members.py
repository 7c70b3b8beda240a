"""People of the team and the brokerage: what can be said of them, by whom, and what is refused."""

from datetime import date, timedelta

import pytest
from django.core import signing
from django.test import Client

from leadlight.accounts.models import AuditEntry, Brokerage, Role, User
from leadlight.accounts.operations import (
    Member,
    UnableToChangeTeam,
    add_member,
    change_member,
    choose_password,
    describe_brokerage,
    members,
    welcome_token,
    welcomed,
)
from leadlight.accounts.queries import brokerage, hours_of, office_hours
from leadlight.accounts.rules.hours import OFFICE_HOURS, read_week
from leadlight.kit.clock import utc_now

pytestmark = pytest.mark.django_db
SAM = Member("  Sam   Lee ", "Sam.Lee@Example.com", mobile="(813) 555-0142", hours={"mon": "9-17", "tue": ""})


@pytest.fixture
def owner() -> User:
    return User.objects.create_user("dana@example.com", "correct horse", name="Dana Ruiz", role=Role.OWNER)


def test_somebody_is_added_changed_and_written_down(owner: User) -> None:
    sam = add_member(member=SAM, actor=owner, now=utc_now())
    assert (sam.name, sam.email, sam.mobile) == ("Sam Lee", "Sam.Lee@example.com", "+18135550142")
    assert sam.hours == {"mon": "9-17"}
    assert not sam.has_usable_password()
    change_member(user_id=sam.pk, member=Member("Sam Lee", "sam@example.com", "ANALYST"), actor=owner, now=utc_now())
    sam.refresh_from_db()
    assert (sam.role, sam.email, sam.mobile, sam.hours) == ("ANALYST", "sam@example.com", "", {})
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["member.added", "member.changed"]
    changed = AuditEntry.objects.get(action="member.changed")
    assert changed.detail == {"changed": ["email", "hours", "mobile", "role"]}


@pytest.mark.parametrize(
    ("member", "told"),
    [
        (Member(" ", "a@example.com"), "Give a name"),
        (Member("A", "nowhere"), "is no email address"),
        (Member("A", "DANA@example.com"), "already signs in"),
        (Member("A", "a@example.com", role="KING"), "what they may do"),
        (Member("A", "a@example.com", mobile="12"), "is no phone number"),
        (Member("A", "a@example.com", hours={"wed": "late"}), "Wed: “late” is no time of day"),
        (
            Member("A", "a@example.com", away_from=date(2026, 7, 2), away_until=date(2026, 7, 1)),
            "ends before it begins",
        ),
    ],
)
def test_what_cannot_be_is_refused(owner: User, member: Member, told: str) -> None:
    with pytest.raises(UnableToChangeTeam, match=told):
        add_member(member=member, actor=owner, now=utc_now())
    assert User.objects.count() == 1


def test_an_owner_is_left(owner: User) -> None:
    agent = Member("Dana Ruiz", "dana@example.com", Role.AGENT)
    with pytest.raises(UnableToChangeTeam, match="somebody else an owner first"):
        change_member(user_id=owner.pk, member=agent, actor=owner, now=utc_now())
    add_member(member=Member("Kim", "kim@example.com", Role.OWNER), actor=owner, now=utc_now())
    change_member(user_id=owner.pk, member=agent, actor=owner, now=utc_now())
    with pytest.raises(UnableToChangeTeam, match="not of the team any more"):
        change_member(user_id=10**9, member=agent, actor=owner, now=utc_now())


def test_only_owners_make_and_change_owners(owner: User) -> None:
    manager = add_member(member=Member("Lee", "lee@example.com", Role.LEAD_MANAGER), actor=owner, now=utc_now())
    boss = Member("Lee", "lee@example.com", Role.OWNER)
    with pytest.raises(UnableToChangeTeam, match="Only an owner"):
        change_member(user_id=manager.pk, member=boss, actor=manager, now=utc_now())
    with pytest.raises(UnableToChangeTeam, match="Only an owner"):
        add_member(member=Member("X", "x@example.com", Role.OWNER), actor=manager, now=utc_now())
    taken = Member("Dana Ruiz", "lee2@example.com", Role.OWNER)
    with pytest.raises(UnableToChangeTeam, match="Only an owner"):
        change_member(user_id=owner.pk, member=taken, actor=manager, now=utc_now())
    add_member(member=Member("X", "x@example.com", Role.AGENT), actor=manager, now=utc_now())
    change_member(user_id=manager.pk, member=boss, actor=owner, now=utc_now())


def test_a_welcome_works_once_and_for_a_week(owner: User, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    sam = add_member(member=SAM, actor=owner, now=utc_now())
    token = welcome_token(sam)
    assert welcomed(token) == sam
    assert client.get(f"/welcome/{token}/").status_code == 200
    assert "too common" in client.post(f"/welcome/{token}/", {"password": "password"}).content.decode()
    assert client.post(f"/welcome/{token}/", {"password": "a quiet harbour 7"})["Location"] == "/"
    assert client.session["_auth_user_id"] == str(sam.pk)
    assert client.get(f"/welcome/{token}/").status_code == 404
    assert welcomed(token) is None
    assert welcomed("x") is None
    other = welcome_token(sam)
    User.objects.filter(pk=sam.pk).update(is_active=False)
    assert welcomed(other) is None
    User.objects.filter(pk=sam.pk).update(is_active=True)
    monkeypatch.setattr(members, "WELCOME", timedelta(0))
    assert welcomed(other) is None


def test_a_new_password_makes_old_welcomes_useless(owner: User) -> None:
    token = welcome_token(owner)
    told = signing.loads(token, salt="leadlight.accounts.welcome")
    assert not any(str(part) in owner.password for part in told if len(str(part)) > 3)
    choose_password(user=owner, password="another horse", now=utc_now())
    assert welcomed(token) is None


def test_the_brokerage_says_who_it_is(owner: User) -> None:
    assert brokerage().missing == ["the name", "the postal address", "your hours"]
    assert office_hours(brokerage()).week == read_week(OFFICE_HOURS)
    told = {
        "name": " Bayline  Realty ",
        "postal_address": "1 Bay St \r\n\r\n Tampa, FL",
        "website": "https://b.example",
    }
    described = describe_brokerage(told=told, hours={"mon": "8-20", "sun": " "}, actor=owner, now=utc_now())
    assert described.missing == []
    assert brokerage().postal_address == "1 Bay St\nTampa, FL"
    assert brokerage().name == str(brokerage()) == "Bayline Realty"
    assert hours_of(owner, brokerage()).week == read_week({"mon": "8-20"})
    describe_brokerage(told={}, hours={}, actor=owner, now=utc_now())
    assert Brokerage.objects.count() == 1
    with pytest.raises(UnableToChangeTeam, match="begins with https"):
        describe_brokerage(told={"website": "bayline"}, hours={}, actor=owner, now=utc_now())


def test_own_hours_and_vacations(owner: User) -> None:
    owner.hours = {"tue": "10-12"}
    owner.away_from = date(2026, 6, 2)
    hours = hours_of(owner, brokerage())
    assert hours.week == read_week({"tue": "10-12"})
    assert hours.away == ((date(2026, 6, 2), date(2026, 6, 2)),)
    owner.away_until = date(2026, 6, 9)
    assert hours_of(owner, brokerage()).away == ((date(2026, 6, 2), date(2026, 6, 9)),)


def test_the_page_of_the_brokerage(owner: User, client: Client) -> None:
    client.force_login(owner)
    page = client.get("/settings/brokerage/").content.decode()
    assert "Nothing that advertises may be sent before the name and the postal address and your hours" in page
    sent = {"name": "Bayline", "postal_address": "1 Bay St", "mon": "9-17"}
    page = client.post("/settings/brokerage/", sent, follow=True).content.decode()
    assert "Nothing that advertises" not in page
    page = client.post("/settings/brokerage/", {**sent, "mon": "17-9"}, follow=True).content.decode()
    assert "ends before it begins" in page
    assert 'value="17-9"' in page
    agent = User.objects.create_user("a@example.com", name="A")
    client.force_login(agent)
    assert client.get("/settings/brokerage/").status_code == 403
