from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from leadlight.accounts.models import Role
from leadlight.events.models import Touched
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Person, Source, SourceCost
from leadlight.quality import queries
from leadlight.quality.rules.money import MOST, amount
from tests.web.build import person, user

PAGE = "/data/sources/"
COSTS = "/data/sources/costs/"


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(user())
    return client


def of(name: str) -> Source:
    return Source.objects.get(name=name)


def act(client: Client, name: str, source: str, **words: Any) -> int:
    return client.post(reverse(f"quality:{name}", args=[of(source).pk]), words).status_code


@pytest.mark.django_db
class TestSources:
    def test_an_empty_page_teaches_the_next_step(self, owner: Client) -> None:
        assert "Sources come with the files that you import" in owner.get(PAGE).content.decode()

    def test_a_name_that_looks_like_anothers_is_asked_about_once(self, owner: Client) -> None:
        for source in ("Zillow", "Zillow", "Zilow", "Billboard"):
            person(source=source)
        page = owner.get(PAGE).content.decode()
        assert '<b dir="auto">Zilow</b> looks like <b dir="auto">Zillow</b>' in page
        assert page.count("</b> looks like <b") == 1
        assert act(owner, "own", "Zilow") == 302
        assert "</b> looks like <b" not in owner.get(PAGE).content.decode()

    def test_joining_and_taking_apart(self, owner: Client) -> None:
        people = [person(source=source) for source in ("Zillow", "Zillow", "Zilow")]
        Touched.objects.all().delete()
        assert act(owner, "join", "Zilow", into=of("Zillow").pk) == 302
        assert {p.source for p in Person.objects.select_related("source")} == {of("Zillow")}
        # Scores follow, in silence.
        assert list(Touched.objects.values_list("person_id", "cause")) == [(people[2].pk, "SETTINGS")]
        page = owner.get(PAGE).content.decode()
        assert "3 records" in page
        assert "Zilow is only another name now. People whose source that changes: 1." in page
        assert act(owner, "part", "Zilow") == 302
        assert Person.objects.get(pk=people[2].pk).source == of("Zilow")
        assert "</b> looks like <b" not in owner.get(PAGE).content.decode()

    @pytest.mark.parametrize("into", ["", "x", "999999", "-1"])
    def test_a_wrong_choice_changes_nothing(self, owner: Client, into: str) -> None:
        person(source="Zilow")
        assert act(owner, "join", "Zilow", into=into) == 302
        assert "Choose another source" in owner.get(PAGE).content.decode()

    def test_a_source_moves_to_another_channel(self, owner: Client) -> None:
        person(source="Billboard")
        assert act(owner, "channel", "Billboard", channel="IN_PERSON") == 302
        assert of("Billboard").channel == "IN_PERSON"
        act(owner, "channel", "Billboard", channel="nonsense")
        assert of("Billboard").channel == "IN_PERSON"

    @pytest.mark.parametrize("role", [Role.AGENT, Role.ANALYST])
    def test_only_managers_come_in(self, client: Client, role: Role) -> None:
        client.force_login(user(role=role))
        person(source="Zilow")
        assert client.get(PAGE).status_code == client.get(COSTS).status_code == 403
        assert {act(client, name, "Zilow") for name in ("join", "part", "own", "channel")} == {403}

    def test_the_page_asks_a_fixed_number_of_times(self, django_assert_num_queries: Any) -> None:
        for k in range(12):
            person(source=f"Place {k} in the town")
        with django_assert_num_queries(3):
            assert len(queries.source_rows()) == 12

    def test_names_are_escaped(self, owner: Client) -> None:
        person(source="<script>alert(1)</script>")
        assert "<script>alert" not in owner.get(PAGE).content.decode() + owner.get(COSTS).content.decode()


@pytest.mark.django_db
class TestCosts:
    def test_amounts_are_kept_and_shown_again(self, owner: Client) -> None:
        person(source="Zillow")
        person(source="Google")
        keys = {name: f"amount-{of(name).pk}" for name in ("Zillow", "Google")}
        answer = owner.post(COSTS, {"month": "2026-10", keys["Zillow"]: "$1,250.5", keys["Google"]: ""})
        assert answer["Location"] == f"{COSTS}?month=2026-10"
        assert SourceCost.objects.get().amount == Decimal("1250.50")
        assert 'value="1,250.50"' in owner.get(answer["Location"]).content.decode()
        owner.post(COSTS, {"month": "2026-10", keys["Zillow"]: "", keys["Google"]: "0"})
        assert list(SourceCost.objects.values_list("source__name", "month", "amount")) == [
            ("Google", date(2026, 10, 1), Decimal(0))
        ]

    def test_one_wrong_amount_keeps_all_from_being_stored(self, owner: Client) -> None:
        person(source="Zillow")
        person(source="Google")
        keys = [f"amount-{of(name).pk}" for name in ("Zillow", "Google")]
        answer = owner.post(COSTS, {"month": "2026-10", keys[0]: "12", keys[1]: "a lot"})
        assert answer.status_code == 400
        page = answer.content.decode()
        assert "is not an amount" in page
        assert 'value="a lot"' in page
        assert 'value="12"' in page
        assert not SourceCost.objects.exists()

    @pytest.mark.parametrize("month", ["", "2026-13", "x", "2026-10-05", "\x00"])
    def test_a_month_that_cannot_be_read_is_this_one(self, owner: Client, month: str) -> None:
        assert f"{utc_now():%B %Y}" in owner.get(COSTS, {"month": month}).content.decode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", None), ("  ", None), ("$", None), ("0", "0.00"), ("$1,250.50", "1250.50"), (" 12 ", "12.00")],
)
def test_amounts_are_read_as_people_write_them(text: str, expected: str | None) -> None:
    assert amount(text) == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize("text", ["-1", "NaN", "inf", "1e30", "12 dollars", "1.2.3", str(MOST + 1)])
def test_what_is_no_amount_says_so(text: str) -> None:
    with pytest.raises(ValueError, match="is not an amount"):
        amount(text)


@given(st.decimals(0, MOST, places=2))
def test_an_amount_comes_back_as_it_was_shown(value: Decimal) -> None:
    assert amount(f"{value:,}") == value
