"""Open pages: what they are told, what they are not, and what it costs."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from leadlight.accounts.models import Role, User
from leadlight.consent.operations import suppress
from leadlight.events.models import Event
from leadlight.events.operations import refresh_activity
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Person
from leadlight.scoring.models import Score
from leadlight.web import views
from leadlight.web.queries import live as queries
from leadlight.web.rules import live as rules
from tests.web.build import explanation, person, tell, user

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass
class Page:
    """A page as a browser holds it."""

    client: Client
    address: str
    text: str

    @property
    def marks(self) -> dict[str, str]:
        return dict(re.findall(r'data-key="([^"]+)" data-mark="([^"]+)"', self.text))

    def ask(self, **more: str) -> Any:
        live, told = re.findall(r'data-live="([^"]+)" data-ask="([^"]*)"', self.text)[0]
        seen = ",".join(f"{key}.{mark}" for key, mark in {**self.marks, **more}.items())
        return self.client.get(f"{live}?{told.replace('&amp;', '&')}&seen={seen}")


def opened(actor: User, address: str = "/leads/?list=all") -> Page:
    client = Client()
    client.force_login(actor)
    response = client.get(address)
    assert response.status_code == 200
    return Page(client, address, response.content.decode())


def moved(someone: Person, value: float, **fields: object) -> None:
    tier = "HOT" if value > 80 else "WARM" if value >= 50 else "COLD"
    told = {"value": value, "tier": tier, "as_of": utc_now(), "changed_as_of": utc_now(), **fields}
    Score.objects.update_or_create(person=someone, defaults={"p_target": 0.5, **told})


@pytest.mark.django_db
class TestTheList:
    def test_nothing_is_said_when_nothing_changed(self) -> None:
        for number in range(3):
            person(score=30.0 + number, events=(("page_view", HOUR),))
        page = opened(user())
        answer = page.ask()
        assert (answer.status_code, answer.content) == (204, b"")
        assert "no-store" in answer["Cache-Control"]

    def test_only_the_rows_that_changed_come(self) -> None:
        first, second = person("Ana Ortega", score=60), person("Bo Lind", score=30)
        page = opened(user())
        moved(second, 72.0, value_before=30.0)
        answer = page.ask()
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "Bo Lind" in text
        assert "<b>72</b> Warm" in text
        assert ">+42</a>" in text
        assert "Ana Ortega" not in text
        assert opened(user()).marks[str(second.pk)] in text
        assert page.marks[str(first.pk)] == opened(user()).marks[str(first.pk)]

    def test_a_hair_is_no_news(self) -> None:
        someone = person(score=60.0)
        page = opened(user())
        moved(someone, 60.3)
        assert page.ask().status_code == 204

    @pytest.mark.parametrize(
        "change",
        [
            lambda someone: Person.objects.filter(pk=someone.pk).update(state="BOOKED"),
            lambda someone: Person.objects.filter(pk=someone.pk).update(owner_name="Kim Park"),
            lambda someone: Score.objects.filter(pk=someone.pk).update(reason="Asked about financing"),
            lambda someone: Score.objects.filter(pk=someone.pk).delete(),
            lambda someone: (
                tell(someone.leads.get().pk, ("inquiry", MINUTE)),
                refresh_activity(person_ids=[someone.pk]),
            ),
            lambda someone: suppress(
                rows=[(someone.leads.get().pk, "CALL", "OPTED_OUT", "said so")], origin="t", now=utc_now()
            ),
        ],
        ids=["state", "owner", "reason", "score gone", "asked", "opted out"],
    )
    def test_whatever_a_row_shows_is_news(self, change) -> None:
        someone = person("Ana Ortega", score=60)
        page = opened(user())
        change(someone)
        answer = page.ask()
        assert "Ana Ortega" in answer.content.decode()
        page.text += answer.content.decode()
        assert page.ask().status_code == 204

    def test_a_change_stored_late_is_news_all_the_same(self) -> None:
        """A worker computes, a page is made, and only then the worker's transaction ends."""
        someone = person(score=60)
        page = opened(user())
        moved(someone, 70.0, as_of=utc_now() - HOUR)
        assert page.ask().status_code == 200

    def test_an_agent_hears_of_their_own_leads_alone(self) -> None:
        sam = user("Sam Lee", Role.AGENT)
        own, other = person("Own Lead", score=50, owner="Sam Lee"), person("Secret Lead", score=50)
        user("Kim Park", Role.AGENT)
        Person.objects.filter(pk=other.pk).update(owner=User.objects.get(name="Kim Park"))
        page = opened(sam)
        moved(own, 60.0)
        moved(other, 60.0)
        text = page.ask(**{str(other.pk): "00000000"}).content.decode()
        assert "Own Lead" in text
        assert "Secret Lead" not in text

    def test_a_lead_that_was_handed_over_goes_once(self) -> None:
        sam = user("Sam Lee", Role.AGENT)
        someone = person("Ana Ortega", score=50, owner="Sam Lee")
        page = opened(sam)
        Person.objects.filter(pk=someone.pk).update(owner=user("Kim Park", Role.AGENT))
        text = page.ask().content.decode()
        assert "No longer among the leads you see" in text
        assert "Ana" not in text
        page.text += text
        assert page.ask().status_code == 204

    def test_a_stranger_is_sent_to_sign_in(self) -> None:
        assert Client().get("/leads/live/").status_code == 302

    @pytest.mark.parametrize("role", [Role.OWNER, Role.AGENT])
    def test_it_takes_a_fixed_number_of_queries(self, role: Role, django_assert_num_queries) -> None:
        people = [person(score=30, events=(("inquiry", HOUR),)) for _ in range(30)]
        page = opened(user(role=role))
        with django_assert_num_queries(5):  # the session, who it is, the rows, what is closed to them, newcomers
            assert page.ask().status_code == 204
        asks = person(events=(("inquiry", MINUTE),))
        with django_assert_num_queries(6):  # and whether the newcomer is the reader's
            assert page.ask().status_code == 200
        Person.objects.filter(pk=asks.pk).update(asked_at=None)
        for someone in people:
            moved(someone, 44.0)
        with django_assert_num_queries(7):  # and the changed rows with what is closed to them
            assert page.ask().content.decode().count("<tr") == 30

    def test_whatever_is_asked_is_answered(self) -> None:
        page = opened(user()) if person() else None
        assert page is not None
        for query in (
            "",
            "seen=",
            "seen=x.y,1.zzzzzzzz,999999999999999999.00000000",
            "since=never&known=a,,b&seen=new.9",
        ):
            assert page.client.get(f"/leads/live/?{query}").status_code in (200, 204)
        many = ",".join(f"{number}.00000000" for number in range(1, 500))
        assert page.client.get("/leads/live/", {"seen": many}).content.count(b"<tr") <= rules.MOST_ROWS + 1


@pytest.mark.django_db
class TestNewcomers:
    def test_who_asks_is_told_and_no_row_moves(self) -> None:
        person("Calm", score=60)
        page = opened(user(), "/leads/?list=needs")
        asks = person("Asks Now", events=(("inquiry", MINUTE),))
        answer = page.ask()
        text = answer.content.decode()
        assert "1 new: show" in text
        assert 'href="/leads/?list=needs"' in text
        assert "Asks Now" not in text
        assert page.ask(new="1").status_code == 204
        Person.objects.filter(pk=asks.pk).update(asked_at=None)
        assert "hidden" in page.ask(new="1").content.decode()

    def test_who_became_hot_is_told(self) -> None:
        someone = person("Rises", score=70)
        for number in range(60):
            person(f"Other {number}", score=75)
        page = opened(user())
        assert str(someone.pk) not in page.marks
        moved(someone, 85.0, value_before=70.0, changed_as_of=utc_now())
        assert "1 new: show" in page.ask().content.decode()
        moved(someone, 87.0, value_before=85.0, changed_as_of=utc_now())
        assert page.ask().status_code == 204

    def test_who_was_there_when_the_page_was_made_is_no_newcomer(self) -> None:
        for number in range(60):
            person(f"Other {number}", score=75, events=(("inquiry", DAY),))
        person("Just asked", events=(("inquiry", MINUTE),))
        page = opened(user(), "/leads/?list=needs")
        assert "Just asked" not in page.text
        assert page.ask().status_code == 204

    def test_a_request_that_reaches_us_late_is_told(self) -> None:
        person("Calm", score=60)
        page = opened(user())
        person("Asked ten minutes ago", events=(("inquiry", 10 * MINUTE),))
        assert "1 new: show" in page.ask().content.decode()

    def test_others_leads_and_closed_doors_are_nobodys_news(self) -> None:
        person("Calm", score=60)
        user("Kim Park", Role.AGENT)
        page = opened(user())
        person("Kim's own", events=(("inquiry", MINUTE),), owner="Kim Park")
        shut = person("Opted out", events=(("inquiry", MINUTE),))
        suppress(rows=[(shut.leads.get().pk, "ALL", "OPTED_OUT", "said so")], origin="t", now=utc_now())
        assert page.ask().status_code == 204

    def test_too_many_to_name_are_looked_for_from_now_on(self, monkeypatch) -> None:
        monkeypatch.setattr(queries, "MOST_NEW", 2)
        for number in range(4):
            person(f"Asks {number}", events=(("inquiry", MINUTE),))
        page = opened(user())
        assert "known=&" in page.text or 'known="' in page.text
        assert page.ask().status_code == 204


@pytest.mark.django_db
class TestTheLeadPage:
    @pytest.fixture(autouse=True)
    def _explained(self, monkeypatch) -> None:
        monkeypatch.setattr(views, "explanation", lambda person_id: explanation())
        monkeypatch.setattr(views, "score_line", lambda person_id: [])

    def test_what_moves_is_told_and_the_rest_is_not(self, django_assert_num_queries) -> None:
        someone = person("Ana Ortega", score=60, events=(("page_view", DAY),))
        page = opened(user(), f"/leads/{someone.pk}/")
        # The session, who it is, the person, what is closed, the history, and who waits, tasks and outcomes.
        with django_assert_num_queries(8):
            assert page.ask().status_code == 204
        moved(someone, 77.0, value_before=60.0)
        text = page.ask().content.decode()
        for words in ("<b>77</b>", "What makes 77", "+17", "Viewed a page", 'data-key="next"', 'data-key="timeline"'):
            assert words in text
        for words in ("How they came", "Edit</summary>", "<html"):
            assert words not in text

    def test_news_of_the_timeline(self) -> None:
        someone = person("Ana Ortega", score=60)
        page = opened(user(), f"/leads/{someone.pk}/")
        tell(someone.leads.get().pk, ("showing_request", MINUTE))
        text = page.ask().content.decode()
        assert "Asked to see a home" in text
        page.text = text.replace(
            "<header", f'<div data-live="/leads/{someone.pk}/live/" data-ask=""></div><header', 1
        )
        assert page.ask().status_code == 204
        Event.objects.update(retracted_at=utc_now())
        assert page.ask().status_code == 200

    def test_an_older_page_of_the_timeline_stays(self) -> None:
        someone = person("Ana Ortega", score=60, events=tuple(("page_view", k * HOUR) for k in range(1, 60)))
        page = opened(user(), f"/leads/{someone.pk}/?before={(utc_now() - 5 * HOUR).isoformat().replace('+', '%2B')}")
        assert page.ask().status_code == 204
        moved(someone, 77.0)
        text = page.ask().content.decode()
        assert "What makes 77" in text
        assert 'data-key="timeline"' not in text

    def test_a_lead_that_is_not_to_be_seen(self) -> None:
        sam = user("Sam Lee", Role.AGENT)
        someone = person("Ana Ortega", score=60, owner="Sam Lee")
        page = opened(sam, f"/leads/{someone.pk}/")
        Person.objects.filter(pk=someone.pk).update(owner=user("Kim Park", Role.AGENT))
        assert page.ask().status_code == 404
        assert page.client.get("/leads/999999/live/").status_code == 404


class TestRules:
    @given(st.text(max_size=200), st.text(max_size=80), st.text(max_size=80))
    def test_any_text_is_read(self, seen: str, since: str, known: str) -> None:
        asked = rules.asked({"seen": seen, "since": since, "known": known})
        assert len(asked.marks) <= rules.MOST_ROWS + 1
        assert asked.since is None or asked.since.tzinfo is not None
        assert asked.n_new >= 0

    @given(st.dictionaries(st.integers(1, 10**18 - 1), st.integers(0, 2**32 - 1), max_size=rules.MOST_ROWS))
    def test_what_a_page_says_is_understood(self, shown: dict[int, int]) -> None:
        marks = {pk: f"{value:08x}" for pk, value in shown.items()}
        seen = ",".join(f"{pk}.{mark}" for pk, mark in marks.items())
        assert rules.asked({"seen": seen}).rows == marks

    @given(st.lists(st.text(max_size=5), max_size=5), st.lists(st.text(max_size=5), max_size=5))
    def test_equal_marks_stand_for_equal_contents(self, one: list[str], other: list[str]) -> None:
        assert (rules.mark(*one) == rules.mark(*other)) == (one == other)
