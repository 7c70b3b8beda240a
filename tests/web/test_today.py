"""Today: whom to call next, all that somebody does about it, and what they may not. On both databases."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leadlight.accounts.models import Brokerage, Role, User
from leadlight.consent.models import Suppression
from leadlight.events.models import Event
from leadlight.events.rules import Cause
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Person
from leadlight.routing import operations
from leadlight.routing.models import LatestVisit, RecordedOutcome, Task, TaskKind, Wait
from leadlight.routing.operations import PAUSE
from leadlight.routing.rules.outcomes import Outcome, Said
from leadlight.web import today
from tests.clock import NOON_IN_NEW_YORK, stand_at
from tests.routing.build import DAY, HOUR, MINUTE, agent, ask, happen, lead, open_always
from tests.web.build import explanation, person
from tests.web.test_live import Page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _open(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_at(monkeypatch, NOON_IN_NEW_YORK)
    open_always()
    Brokerage.objects.update(name="Bayline Realty")


@pytest.fixture
def ann() -> User:
    return agent("Ann Blake")


@pytest.fixture
def client(ann: User) -> Client:
    return signed_in(ann)


def signed_in(actor: User) -> Client:
    client = Client()
    client.force_login(actor)
    return client


def shown(client: Client, address: str = "/today/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def waits(name: str, owner: User | None, ago: timedelta = MINUTE, **fields: Any) -> Person:
    told = {name: fields.pop(name) for name in ("listing", "kind", "props") if name in fields}
    who = lead(name, owner=owner, **{"provenance": "OWN_INQUIRY", **fields})
    ask(who, utc_now() - ago, **told)
    return who


def due(who: Person, actor: User, why: str = "Send the plans", ago: timedelta = HOUR) -> Task:
    now = utc_now()
    return operations.make_task(
        person_id=who.pk, kind=TaskKind.EMAIL, why=why, due_at=now - ago, actor=actor, now=now - DAY
    )


def card_of(page: str) -> str:
    found = re.search(r'<h2 class="title" id="next-name"><a[^>]*>([^<]*)', page)
    return found[1] if found else ""


def form_of(page: str) -> str:
    return re.findall(r'name="form" value="([0-9a-f]{32})"', page)[0]


class TestWhereOneBegins:
    def test_by_role(self) -> None:
        for role in (Role.AGENT, Role.LEAD_MANAGER, Role.OWNER):
            assert signed_in(agent("A", role)).get("/")["Location"] == "/today/"
        looker = signed_in(agent("Lou", Role.ANALYST))
        assert looker.get("/")["Location"] == "/leads/"
        assert looker.get("/today/")["Location"] == "/leads/"
        assert looker.get("/today/live/").status_code == 404
        assert ">Today</a>" not in shown(looker, "/leads/")

    def test_old_addresses_of_lists_are_of_use(self, client: Client) -> None:
        assert client.get("/?list=quiet&sort=name")["Location"] == "/leads/?list=quiet&sort=name"

    def test_an_empty_brokerage_teaches_the_next_step(self) -> None:
        assert "Import a file" in shown(signed_in(agent("Olga", Role.OWNER)))

    def test_nobody_waits(self, client: Client, ann: User) -> None:
        best = person("Ana Ortega", score=77.0, reason="Asked about financing")
        page = shown(client)
        assert "Nothing is left to do right now" in page
        assert "Alerts on your phone" in page
        assert f'href="/today/?person={best.pk}"' in page
        operations.record_outcome(person_id=best.pk, said=Said(Outcome.REACHED), actor=ann, now=utc_now())
        assert f'href="/today/?person={best.pk}"' not in shown(client), "they were called today"


class TestTheCard:
    def test_all_that_one_needs_before_a_call(self, client: Client, ann: User, monkeypatch) -> None:
        monkeypatch.setattr(today, "explanation", lambda _person_id: explanation(91.0))
        who = waits(
            "ORTEGA, MARISOL",
            ann,
            score=91.0,
            before=68.0,
            kind="showing_request",
            listing="214 Alder Ct",
            props={"text": "Is the roof original? We could come by Saturday."},
        )
        now = utc_now()
        for k in range(3):
            happen(who, "listing_view", now - DAY + k * MINUTE, listing="214 Alder Ct", value=459_000.0)
        happen(who, "sms_sent", now - 2 * DAY, actor="Ann Blake", props={"text": "Three homes near you"})
        happen(who, "note_added", now - HOUR, actor="Bea", props={"text": "A secret of ours"}, cause=Cause.TEAM)
        page = shown(client)
        assert card_of(page) == "ORTEGA, MARISOL"
        assert "<b>91</b> Hot" in page
        assert "+23</a>" in page
        assert "since yesterday" in page
        assert "31 of 100 leads like this booked" in page
        for reason in ("Asked to see 214 Alder Ct", "Said they want to move", "Replied to 2 of the last 3 texts"):
            assert f'<span dir="auto">{reason}' in page
        assert "Quiet for 9 days" not in page, "three reasons"
        assert "$459,000" in page
        assert "4 times, last" in page
        assert "“Is the roof original?”: let me get you the answer." in page
        assert "Hi Marisol, it’s Ann at Bayline Realty. You asked to see 214 Alder Ct." in page
        assert '<p class="said" dir="auto">Is the roof original? We could come by Saturday.</p>' in page
        assert "Three homes near you" in page
        assert "A secret of ours" not in page
        assert 'href="tel:+18135550142"' in page
        assert 'href="sms:+18135550142?body=Hi%20Marisol%2C%20it%E2%80%99s%20Ann' in page
        assert f'href="/inbox/{who.pk}/"' in page
        assert "New York time there" in page
        assert re.search(r'<b role="timer">(4:00|3:5\d) left</b>', page)

    def test_what_is_closed_has_no_button_and_a_reason(self, client: Client, ann: User) -> None:
        who = waits("Ana", ann)
        Suppression.objects.create(
            lead=who.leads.get(), channel="SMS", reason="OPTED_OUT", evidence="x", recorded_at=utc_now() - HOUR
        )
        page = shown(client)
        assert "sms:" not in page
        assert "tel:" in page
        assert "No texts</span>" in page
        assert "They asked for no texts" in page

    def test_the_longest_wait_first_and_each_openable(self, client: Client, ann: User) -> None:
        first, second = waits("First", ann, 31 * MINUTE), waits("Second", ann, 2 * MINUTE)
        third = lead("Third", owner=ann)
        due(third, ann)
        page = shown(client)
        assert card_of(page) == "First"
        assert "2 people to answer" in page
        assert "1 of 2 still inside five minutes" in page
        assert ">31 min</time></span>" in page
        assert "26 min over" in page
        assert page.index(f"person={second.pk}") < page.index(f"person={third.pk}")
        page = shown(client, f"/today/?person={third.pk}")
        assert card_of(page) == "Third"
        assert "Email: Send the plans" in page
        assert f"person={first.pk}" in page
        for nonsense in ("0", "x", "9" * 30, "-1", "٣"):
            assert card_of(shown(client, f"/today/?person={nonsense}")) == "First"

    def test_of_others_and_nobody_there_is_no_card(self, client: Client) -> None:
        hers = waits("Hers", agent("Bea"))
        for pk in (hers.pk, 10**9):
            assert client.get(f"/today/?person={pk}").status_code == 404
            assert client.get(f"/today/live/?person={pk}").status_code == 404
        assert "Hers" not in shown(client)

    def test_managers_see_everybodys_or_their_own(self, ann: User) -> None:
        waits("Hers", ann)
        lou = agent("Lou", Role.LEAD_MANAGER)
        waits("His", lou, 2 * MINUTE)
        page = shown(signed_in(lou))
        assert card_of(page) == "His"
        assert "Hers" in page
        page = shown(signed_in(lou), "/today/?mine=1")
        assert "Hers" not in page
        assert 'name="mine" value="1"' in page
        page = shown(signed_in(ann), "/today/?mine=1")
        assert "Whose leads" not in page


class TestSinceTheyWereHere:
    def test_after_an_absence_what_happened_comes_first(self, client: Client, ann: User) -> None:
        shown(client)
        now = utc_now()
        LatestVisit.objects.update(seen_at=now - DAY)
        late, later = waits("Late", ann, 2 * HOUR), waits("Later", ann, HOUR)
        for wait in Wait.objects.all():
            operations.escalate(reached={(wait.pk, 1)}, now=wait.due_at)
        page = shown(client)
        block = page[page.index("Since you were here") :].partition("</details>")[0]
        assert '<details class="sheet since" open>' in page
        assert block.index(f"person={late.pk}") < block.index(f"person={later.pk}"), "the oldest first"
        assert "Missed: nobody answered in five minutes" in block
        assert '<details class="sheet since">' in shown(client, f"/today/?person={later.pk}"), "it was read"
        LatestVisit.objects.update(seen_at=now - PAUSE - MINUTE)
        assert "Nothing happened since you were here" in shown(client)


class TestWhatCameOfIt:
    def post(self, client: Client, who: Person, act: str = "outcome", **form: Any) -> Any:
        return client.post(f"/leads/{who.pk}/{act}/", {"page": "today", **form})

    def test_the_next_comes_up_with_undo(self, client: Client, ann: User) -> None:
        who, _ = waits("First", ann, 9 * MINUTE), waits("Second", ann)
        response = self.post(client, who, outcome="REACHED", form=form_of(shown(client)))
        done = RecordedOutcome.objects.get()
        assert response["Location"] == f"/today/?done={done.pk}"
        page = shown(client, response["Location"])
        assert card_of(page) == "Second"
        assert '<b dir="auto">First</b>: Reached. Written down.' in page
        assert "Done today: 1" in page
        response = self.post(client, who, "outcome/undo", outcome=done.pk)
        assert response["Location"] == f"/today/?person={who.pk}"
        page = shown(client, response["Location"])
        assert card_of(page) == "First"
        assert "Taken back" in page
        assert "Done today: 1" not in page

    def test_after_an_hour_there_is_no_undo(self, client: Client, ann: User) -> None:
        who = lead("Ana", owner=ann)
        done = operations.record_outcome(person_id=who.pk, said=Said(Outcome.REACHED), actor=ann, now=utc_now())
        RecordedOutcome.objects.update(at=utc_now() - HOUR - MINUTE)
        assert "Undo" not in shown(client, f"/today/?done={done.pk}")
        refused = self.post(client, who, "outcome/undo", outcome=done.pk)
        assert (refused.status_code, "It is too late" in refused.content.decode()) == (400, True)

    @pytest.mark.parametrize(
        ("outcome", "form"),
        [
            ("VOICEMAIL", {}),
            ("APPOINTMENT", {"at": "{soon}T14:30"}),
            ("NOT_NOW", {"day": "{soon}", "words": "After the holidays"}),
            ("HAS_AGENT", {}),
            ("WRONG_NUMBER", {"number": "+18135550142"}),
            ("NOT_INTERESTED", {"words": "Bought already"}),
            ("STOP", {"words": "Leave me alone"}),
        ],
    )
    @pytest.mark.parametrize("page", ["today", "lead"])
    def test_each_is_a_form(self, client: Client, ann: User, outcome: str, form: dict[str, str], page: str) -> None:
        who = waits("Ana", ann)
        soon = (utc_now() + 3 * DAY).date().isoformat()
        told = {name: text.format(soon=soon) for name, text in form.items()}
        response = client.post(f"/leads/{who.pk}/outcome/", {"page": page, "outcome": outcome, **told})
        assert response.status_code == 302
        assert response["Location"].startswith("/today/?done=" if page == "today" else f"/leads/{who.pk}/")
        assert RecordedOutcome.objects.get().outcome == outcome
        assert not Wait.objects.filter(ended_at=None).exists()

    def test_moments_are_read_by_the_teams_clock_which_is_named(self, client: Client, ann: User) -> None:
        who = waits("Ana", ann)
        assert "By your team’s clock: New York time." in shown(client)
        day = (utc_now() + 3 * DAY).date()
        self.post(client, who, outcome="APPOINTMENT", at=f"{day}T14:30")
        at = Event.objects.get(kind="appointment_booked").props["at"]
        assert at[11:16] in ("18:30", "19:30"), "by daylight saving"

    @pytest.mark.parametrize("page", ["today", "lead"])
    def test_what_was_typed_is_kept_and_nothing_half_written(self, client: Client, ann: User, page: str) -> None:
        who = waits("Ana", ann)
        day = (utc_now() - DAY).date().isoformat()
        for form, reason in (
            ({"outcome": "APPOINTMENT", "at": f"{day}T14:30"}, "That moment has passed"),
            ({"outcome": "APPOINTMENT", "at": "soon"}, "Write day and time as 2026-11-28 14:30"),
            ({"outcome": "APPOINTMENT", "at": "9999-12-31T23:59"}, "Look at the year again"),
            ({"outcome": "APPOINTMENT"}, "Say when the appointment is"),
            ({"outcome": "NOT_NOW", "day": day, "words": "Later"}, "Choose a day to come"),
            ({"outcome": "NOT_NOW", "day": "9999-12-31"}, "Look at the year again"),
            ({"outcome": "NOT_NOW", "day": "someday"}, "Write the day as"),
            ({"outcome": "NOT_INTERESTED", "words": " "}, "Say why"),
            ({"outcome": "WRONG_NUMBER", "number": "+15"}, "none of theirs"),
            ({"outcome": "STOP", "words": ""}, "own words"),
            ({"outcome": "NONSENSE"}, "Choose what came of it"),
        ):
            response = client.post(f"/leads/{who.pk}/outcome/", {"page": page, **form})
            text = html.unescape(response.content.decode())
            assert response.status_code == 400
            assert reason in text
            assert "Nothing was changed" in text
            for name in ("at", "day", "words"):
                if form.get(name, "").strip():
                    assert f'value="{form[name]}"' in text
        assert not RecordedOutcome.objects.exists()
        assert not Event.objects.filter(origin="page").exists()
        assert Wait.objects.get().ended_at is None

    def test_sent_twice_it_is_written_down_once(self, client: Client, ann: User) -> None:
        who = waits("Ana", ann)
        form = form_of(shown(client))
        soon = (utc_now() + 3 * DAY).date().isoformat()
        told = {"outcome": "APPOINTMENT", "at": f"{soon}T10:00", "form": form}
        first, again = self.post(client, who, **told), self.post(client, who, **told)
        assert first["Location"] == again["Location"]
        assert RecordedOutcome.objects.count() == Event.objects.filter(kind="appointment_booked").count() == 1
        other = self.post(client, who, **{**told, "at": f"{soon}T11:00"})
        assert other.status_code == 400
        assert "was written down by this form already" in html.unescape(other.content.decode())
        elsewhere = self.post(client, lead("Bo", owner=ann), **told)
        assert elsewhere.status_code == 400
        assert RecordedOutcome.objects.count() == 1

    def test_of_leads_of_others_nothing(self, ann: User) -> None:
        who = waits("Ana", ann)
        task = Task.objects.get()
        bea, looker = agent("Bea"), agent("Lou", Role.ANALYST)
        for actor, status in ((bea, 404), (looker, 403)):
            for act, form in (
                ("outcome", {"outcome": "REACHED"}),
                ("take", {}),
                ("snooze", {"task": task.pk, "for": "hour"}),
                ("finish", {"task": task.pk}),
                ("hand-over", {"to": bea.pk}),
                ("note", {"text": "Hello"}),
            ):
                assert self.post(signed_in(actor), who, act, **form).status_code == status
        # Of a lead that is theirs, with the task of one that is not.
        assert self.post(signed_in(bea), lead("Bo", owner=bea), "finish", task=task.pk).status_code == 400
        task.refresh_from_db()
        assert (task.done_at, task.snoozed_until, RecordedOutcome.objects.count()) == (None, None, 0)


class TestTheRest:
    def post(self, client: Client, who: Person, act: str, **form: Any) -> Any:
        return client.post(f"/leads/{who.pk}/{act}/", {"page": "today", **form})

    def test_taking_ends_the_calls(self, client: Client, ann: User) -> None:
        who = waits("Ana", None)
        assert "I take them" in shown(client)
        response = self.post(client, who, "take")
        page = shown(client, response["Location"])
        assert "You have taken them" in page
        assert "I take them" not in page
        assert Wait.objects.get().claimed_by == ann
        answered = lead("Bo", owner=ann)
        refused = self.post(client, answered, "take")
        assert "They do not wait any more" in refused.content.decode()

    def test_who_was_faster_is_named(self, ann: User) -> None:
        who = waits("Ana", ann)
        lou = agent("Lou Reed", Role.LEAD_MANAGER)
        operations.claim(wait_id=Wait.objects.get().pk, user=lou, now=utc_now())
        Person.objects.filter(pk=who.pk).update(owner=ann)
        refused = self.post(signed_in(ann), who, "take")
        assert "Lou Reed was faster" in refused.content.decode()

    def test_a_task_is_put_off_or_done(self, client: Client, ann: User) -> None:
        who = lead("Ana", owner=ann)
        task = due(who, ann)
        assert "Email: Send the plans" in shown(client)
        for form, reason in (
            ({}, "Say until when"),
            ({"until": "2020-01-01T10:00"}, "That moment has passed"),
            ({"until": "2099-01-01T10:00"}, "more than two years away"),
        ):
            refused = self.post(client, who, "snooze", task=task.pk, **form)
            text = html.unescape(refused.content.decode())
            assert (refused.status_code, reason in text) == (400, True)
            assert not form or f'value="{form["until"]}"' in text
        assert self.post(client, who, "snooze", task=task.pk, **{"for": "tomorrow"})["Location"] == "/today/"
        assert card_of(shown(client)) == ""
        task.refresh_from_db()
        assert task.snoozed_until is not None
        assert (task.snoozed_until - utc_now()) < 2 * DAY
        assert self.post(client, who, "finish", task=task.pk).status_code == 302
        assert "Done today: 1" in shown(client)
        refused = self.post(client, who, "finish", task=task.pk)
        assert "This task is done already" in refused.content.decode()

    def test_handed_over_the_next_comes_up(self, client: Client, ann: User) -> None:
        bea, who = agent("Bea Cole"), waits("Ana", ann)
        page = shown(client)
        assert f'<option value="{bea.pk}">Bea Cole</option>' in page
        assert f'<option value="{ann.pk}">' not in page
        for nobody in ("", "x", "9" * 30):
            assert self.post(client, who, "hand-over", to=nobody).status_code == 400
        assert self.post(client, who, "hand-over", to=bea.pk)["Location"] == "/today/"
        assert "Ana" not in shown(client)
        assert card_of(shown(signed_in(bea))) == "Ana"

    def test_from_the_page_of_a_lead_one_is_led_back(self, client: Client, ann: User) -> None:
        who, bea = waits("Ana", ann), agent("Bea Cole")
        page = shown(client, f"/leads/{who.pk}/")
        for words in ("What came of it?", "To do", "Hand over…", "Note…", "I take them"):
            assert words in page
        assert client.post(f"/leads/{who.pk}/note/", {"page": "lead", "text": "Likes porches"})["Location"] == (
            f"/leads/{who.pk}/"
        )
        assert "Likes porches" in shown(client, f"/leads/{who.pk}/")
        client.post(f"/leads/{who.pk}/outcome/", {"page": "lead", "outcome": "VOICEMAIL"})
        page = shown(client, f"/leads/{who.pk}/")
        assert "Undo<span" in page
        client.post(f"/leads/{who.pk}/outcome/undo/", {"page": "lead", "outcome": RecordedOutcome.objects.get().pk})
        page = shown(client, f"/leads/{who.pk}/")
        assert "We left a voicemail" not in page, "what was taken back is told no more"
        assert client.post(f"/leads/{who.pk}/hand-over/", {"page": "lead", "to": bea.pk})["Location"] == "/leads/"

    def test_an_empty_note_keeps_the_page(self, client: Client, ann: User) -> None:
        who = waits("Ana", ann)
        refused = self.post(client, who, "note", text="  ", what="note")
        assert (refused.status_code, "Write something" in refused.content.decode()) == (400, True)

    def test_who_only_looks_has_no_buttons(self, ann: User) -> None:
        who = waits("Ana", ann)
        assert "What came of it?" not in shown(signed_in(agent("Lou", Role.ANALYST)), f"/leads/{who.pk}/")


class TestAnOpenPage:
    def page(self, client: Client, address: str = "/today/") -> Page:
        return Page(client, address, client.get(address).content.decode())

    def ask(self, page: Page) -> Any:
        asks = re.findall(r'data-asks="([^"]+)"', page.text)
        live, told = re.findall(r'data-live="([^"]+)" data-ask="([^"]*)"', page.text)[0]
        seen = ",".join(f"{key}.{mark}" for key, mark in page.marks.items())
        return page.client.get(f"{live}?{'&'.join([told, *asks])}&seen={seen}")

    def test_nothing_is_said_when_nothing_changed(self, client: Client, ann: User) -> None:
        for n in range(2):
            waits(f"Ana {n}", ann, (9 + n) * MINUTE)
        answer = self.ask(self.page(client))
        assert (answer.status_code, answer.content) == (204, b"")

    def test_who_comes_to_wait_stands_in_the_queue_and_the_card_stays(self, client: Client, ann: User) -> None:
        due(lead("Ana", owner=ann), ann)
        page = self.page(client)
        waits("Bo", ann)
        text = self.ask(page).content.decode()
        assert "1 person to answer" in text
        assert 'data-key="queue"' in text
        assert "Bo" in text
        assert 'data-key="head"' not in text, "what one works on stays as it is"

    def test_whoever_comes_to_an_empty_page_is_the_card(self, client: Client, ann: User) -> None:
        lead("Ana", owner=ann)
        page = self.page(client)
        assert self.ask(page).status_code == 204
        waits("Bo", ann)
        assert card_of(self.ask(page).content.decode()) == "Bo"

    @pytest.mark.parametrize("what", ["taken", "said more", "noted", "task", "score"])
    def test_what_moves_on_the_card_is_told(self, client: Client, ann: User, what: str) -> None:
        who = waits("Ana", ann)
        page = self.page(client)
        match what:
            case "taken":
                operations.claim(wait_id=Wait.objects.get().pk, user=ann, now=utc_now())
            case "said more":
                happen(who, "listing_view", utc_now(), listing="9 Oak St")
            case "noted":
                operations.add_note(person_id=who.pk, text="Hello", actor=ann, now=utc_now())
            case "task":
                due(who, ann)
            case "score":
                from leadlight.scoring.models import Score

                Score.objects.create(person=who, value=60, tier="WARM", p_target=0.5, as_of=utc_now())
        answer = self.ask(page)
        assert 'data-key="head"' in answer.content.decode()

    def test_a_promise_that_breaks_meanwhile_is_news(self, client: Client, ann: User) -> None:
        who = waits("Ana", ann)
        due(lead("Bo", owner=ann), ann)
        page = self.page(client, f"/today/?person={who.pk}")
        Wait.objects.update(due_at=utc_now() - MINUTE)
        assert 'data-key="queue"' in self.ask(page).content.decode()


def n_queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("role", [Role.AGENT, Role.OWNER])
def test_the_page_takes_as_many_queries_for_many_as_for_one(role: Role) -> None:
    actor = agent("Ann Blake", role)
    client = signed_in(actor)

    def add(n: int) -> None:
        for k in range(n):
            waits(f"Asked {k}", actor, (k + 10) * MINUTE, score=60.0, listing="9 Oak St")
            due(lead(f"Due {k}", owner=actor, score=40.0), actor)
            done = lead(f"Done {k}", owner=actor)
            operations.record_outcome(person_id=done.pk, said=Said(Outcome.REACHED), actor=actor, now=utc_now())

    add(1)
    shown(client)
    one = n_queries(client, "/today/")
    add(29)
    assert n_queries(client, "/today/") == one
    assert one <= 50
    with CaptureQueriesContext(connection) as captured:
        client.get("/today/live/", {"seen": "head.00000000"})
    assert len(captured) <= 50
