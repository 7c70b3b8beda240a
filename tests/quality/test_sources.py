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
from leadlight.quality.rules.sources import Label, proposals
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
        with django_assert_num_queries(3):
            assert queries.n_proposals() == 11

    def test_the_data_page_counts_as_many_as_the_page_of_sources_asks_about(self, owner: Client) -> None:
        def asked() -> int:
            n = sum(row.proposed is not None for row in queries.source_rows())
            assert queries.n_proposals() == n
            return n

        for source in ("Zillow", "Zillow", "Zilow", "Zilow", "Zillow - Tampa", "Billboard", "Bilboard", "Radio"):
            person(source=source)
        assert asked() == 3
        assert "3 names look like another." in owner.get("/data/").content.decode()
        act(owner, "own", "Bilboard")
        assert asked() == 2
        # Zillow has another name now, and with its record is still the bigger one.
        act(owner, "join", "Zillow - Tampa", into=of("Zillow").pk)
        assert asked() == 1
        act(owner, "join", "Zilow", into=of("Zillow").pk)
        assert asked() == 0

    @pytest.mark.parametrize(("n_other", "n_asked"), [(5, 1), (1, 0)])
    def test_a_source_counts_with_its_other_names_and_is_not_asked_about(
        self, owner: Client, n_other: int, n_asked: int
    ) -> None:
        for source in ("Zillow", "Zilow", "Zilow", "Zilow", *["Portal"] * n_other):
            person(source=source)
        act(owner, "join", "Portal", into=of("Zillow").pk)
        assert queries.n_proposals() == n_asked == sum(row.proposed is not None for row in queries.source_rows())

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


label = st.builds(
    Label,
    st.integers(1, 40),
    st.sampled_from(["Zillow", "Zilow", "Zillow Tampa", "Billboard", "Bilboard", "Radio", "Radios", "Site", ""]),
    st.integers(0, 4),
    st.booleans(),
)


class TestProposals:
    def test_the_one_with_fewer_records_is_asked_about_and_of_two_alike_the_later(self) -> None:
        assert proposals([Label(1, "Zilow", 2, True), Label(2, "Zillow", 3, True)]) == {1: 2}
        assert proposals([Label(1, "Zilow", 2, True), Label(2, "Zillow", 2, True)]) == {2: 1}

    def test_who_is_settled_or_has_no_records_is_not_asked_about_and_may_be_proposed_to(self) -> None:
        assert proposals([Label(1, "Zilow", 2, False), Label(2, "Zillow", 3, False)]) == {}
        assert proposals([Label(1, "Zilow", 0, True), Label(2, "Zillow", 3, True)]) == {}
        assert proposals([Label(1, "Zilow", 2, True), Label(2, "Zillow", 3, False)]) == {1: 2}

    @given(st.lists(label, unique_by=(lambda one: one.source_id, lambda one: one.name)))
    def test_no_two_are_asked_about_each_other_and_order_does_not_matter(self, labels: list[Label]) -> None:
        found = proposals(labels)
        assert found == proposals(labels[::-1])
        by_id = {one.source_id: one for one in labels}
        for source_id, into in found.items():
            own, bigger = by_id[source_id], by_id[into]
            assert own.is_open
            assert own.n > 0
            assert (bigger.n, -into) > (own.n, -source_id)
