"""What decides about messages: tries, answers to inquiries, and how a letter looks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from leadlight.channels.email.base import Address
from leadlight.consent.rules.law.federal import ANSWER_WITHIN
from leadlight.messages.rules.acknowledging import AGAIN, Inquiry, to_acknowledge
from leadlight.messages.rules.letters import Letterhead, Words, letter_of
from leadlight.messages.rules.tries import MOST_TRIES, next_try

NOW = datetime(2026, 6, 1, 15, tzinfo=UTC)
HEAD = Letterhead(
    sender=Address("hello@bayline.example", "Dana Ruiz"),
    brokerage="Bayline Realty",
    postal_address=("1 Bay St", "Tampa, FL 33602"),
    unsubscribe_url="https://leads.bayline.example/u/abc",
)
WORDS = Words("a@bayline.example", Address("ana@example.com", "Ana"), "Hello", "Hi <Ana>,\n\nfirst\nsecond")


@given(st.integers(1, MOST_TRIES - 1), st.floats(0, 1))
def test_waits_grow_and_are_spread(attempts: int, chance: float) -> None:
    def wait(n: int, at: float) -> timedelta:
        found = next_try(n, now=NOW, stale_at=None, asked=None, chance=at)
        assert found is not None
        return found - NOW

    assert timedelta(seconds=15) <= wait(attempts, chance) <= timedelta(hours=2.5)
    assert wait(attempts, 0) < wait(attempts, 1)
    if attempts > 1:
        assert wait(attempts, chance) >= wait(attempts - 1, chance)
    assert wait(1, 0.5) == timedelta(seconds=20)


def test_a_message_is_given_up_when_it_would_be_stale_or_was_tried_too_often() -> None:
    assert next_try(MOST_TRIES, now=NOW, stale_at=None, asked=None, chance=0.5) is None
    assert next_try(1, now=NOW, stale_at=NOW + timedelta(seconds=20), asked=None, chance=0.5) is None
    assert next_try(1, now=NOW, stale_at=NOW + timedelta(seconds=21), asked=None, chance=0.5) is not None
    asked = timedelta(minutes=30)
    assert next_try(1, now=NOW, stale_at=None, asked=asked, chance=0.5) == NOW + asked
    assert next_try(1, now=NOW, stale_at=NOW + timedelta(minutes=20), asked=asked, chance=0.5) is None


def asked(number: int, ago: timedelta = timedelta(minutes=1), **fields: object) -> Inquiry:
    told = {"cause": "LIVE", "email": "ana@example.com", "person_id": number, **fields}
    return Inquiry(event_id=f"e{number}-{ago}", lead_id=number, asked_at=NOW - ago, **told)  # type: ignore[arg-type]


def test_only_what_somebody_just_did_by_themselves_is_answered() -> None:
    assert to_acknowledge([asked(1)], {}, now=NOW) == [asked(1)]
    for cause in ("SWEEP", "IMPORT", "MODEL_CHANGE", "MERGE", "SETTINGS", "TEAM"):
        assert to_acknowledge([asked(1, cause=cause)], {}, now=NOW) == []
    assert to_acknowledge([asked(1, ANSWER_WITHIN)], {}, now=NOW) == []
    assert to_acknowledge([asked(1, ANSWER_WITHIN - timedelta(seconds=1))], {}, now=NOW)
    assert to_acknowledge([asked(1, email="")], {}, now=NOW) == []


def test_a_person_is_answered_once_in_an_hour_and_others_are_too() -> None:
    twice = [asked(1, timedelta(minutes=2)), asked(1), asked(2)]
    assert to_acknowledge(reversed(twice), {}, now=NOW) == [twice[0], twice[2]]
    assert to_acknowledge([asked(1)], {1: NOW - AGAIN + timedelta(seconds=1)}, now=NOW) == []
    assert to_acknowledge([asked(1)], {1: NOW - AGAIN}, now=NOW) == [asked(1)]


def test_what_advertises_says_who_it_is_from_and_how_to_end_it() -> None:
    email = letter_of(replace(WORDS, is_marketing=True), HEAD)
    for part in (email.text, email.html):
        assert "Bayline Realty, 1 Bay St, Tampa, FL 33602" in part
        assert HEAD.unsubscribe_url in part
    assert email.unsubscribe_url == HEAD.unsubscribe_url
    assert "reply “stop”" in email.text
    assert "Auto-Submitted" not in email.headers


def test_an_answer_carries_no_way_to_end_it() -> None:
    email = letter_of(replace(WORDS, is_automatic=True, is_answer=True), HEAD)
    assert "/u/" not in email.text + email.html
    assert not email.unsubscribe_url
    assert "stop" not in email.text
    assert email.headers["Auto-Submitted"] == "auto-replied"
    assert letter_of(replace(WORDS, is_automatic=True), HEAD).headers["Auto-Submitted"] == "auto-generated"


def test_words_are_words_and_no_markup() -> None:
    email = letter_of(replace(WORDS, subject="One\r\nBcc: all@example.com"), HEAD)
    assert "<p>Hi &lt;Ana&gt;,</p><p>first<br>second</p>" in email.html
    assert email.text.startswith("Hi <Ana>,\n\nfirst\nsecond\n\n-- \n")
    assert email.subject == "One Bcc: all@example.com"
    bare = letter_of(WORDS, Letterhead(HEAD.sender, "", (), ""))
    assert bare.text == "Hi <Ana>,\n\nfirst\nsecond\n"
