"""What replies mean: every way to say stop that we could think of, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.consent.rules.vocabulary import PHONE_CHANNELS, Channel
from leadlight.consent.rules.words import Meaning, PauseReason, meaning_of

STOPS = [
    "STOP", "stop", "Stop.", "STOP.", "Stop!!", "  stop \n", "S T O P", "S.T.O.P", "s-t-o-p", "Sto p", "STOPP", "stoppp",
    "Stop stop stop", "stop \U0001f6d1", "\U0001f6d1", "\uff33\uff34\uff2f\uff30", "\u0405\u0422\u041e\u0420",
    "\U0001f142\U0001f143\U0001f13e\U0001f13f", "s\u200bt\u200bop", "st\u00f6p", "St0p", "STOPALL", "STOP ALL", "Stop it",
    "unsubscribe", "UNSUBSCRIBE", "Cancel", "END", "quit", "Revoke", "opt-out", "OptOut", "opt out", "remove", "ARRET",
    "STOP PLEASE", "please stop", "Pls stop", "Ok stop", "Hi, please stop", "STOP thanks", "stop now",
    "please stop texting", "stop texting me", "Stop sending me these", "quit calling me", "STOP CONTACTING ME",
    "No. Stop texting this number.", "Why won't you stop texting me", "you guys won't stop calling me",
    "please don't ever text me again", "Do not text", "do not call", "don't contact me", "Don\u2019t text me again",
    "dont call me", "no more texts please", "No more emails", "Remove me", "remove my number", "take me off your list",
    "Delete my number", "unsubscribe me from this", "i want to unsub", "I want to opt out", "opt me out",
    "leave me alone", "Leave us the hell alone", "lose my number", "I revoke my consent", "get me off this list",
    "I do not want to receive these", "Not interested. Stop.", "Stop!!! I said stop", "cease texting me",
    "ALTO", "Alto!", "Baja", "parar", "cancelar", "para", "no me escriba m\u00e1s", "No me llame", "no me mande mensajes",
    "para de escribirme", "Deja de mandarme mensajes", "no m\u00e1s mensajes", "NO MAS LLAMADAS", "d\u00e9jenme en paz",
    "quiero darme de baja", "qu\u00edteme de la lista", "no quiero recibir mensajes",
    "STOP\n\nOn Tue, Nov 3, 2026 at 9:00 AM Ann <ann@example.com> wrote:\n> Hello there",
    "Stop\nSent from my iPhone",
]  # fmt: skip

GO_ON = [
    "", "   ", "\U0001f600", "ok", "thanks!", "I can't stop thinking about that kitchen", "Stop by tomorrow?",
    "Can I stop by at 5?", "I will stop by", "I'll stop texting now, see you there", "bus stop",
    "Is there a bus stop near 12 Elm?", "Stop over at 5?", "stop sign on the corner", "non-stop flights", "nonstop",
    "end unit", "The house at the end", "the end of June works", "We need to end the lease", "quit my lease in May",
    "Quit claim deed question", "we live in Palo Alto", "Palo Alto", "we go to Baja every summer",
    "para ver la casa", "la casa es para mi mam\u00e1", "Can you cancel the showing?",
    "please cancel my appointment Thursday", "I'd remove the carpet", "How do I get off the waitlist?",
    "don't forget to call me", "Text me when you know", "Call me at 5", "Start of next month",
    "Help me find a house", "Can I get info on 12 Elm?", "yes", "Yes", "Yes please", "YES!", "Who is this?",
    "I never stop dreaming about it", "don't stop texting me, I love these", "I work non-stop. Call me at 5",
    "Liked \u201cHi Ann, reply STOP to opt out\u201d", "Reply STOP to opt out", "Loved \"Text STOP to end\"",
    "thanks!\n> Reply STOP to opt out", "sounds good\n\nOn Mon, Nov 2, Ann wrote:\nstop",
    "See you\n-----Original Message-----\nUnsubscribe here", "perfecto\nEl lunes, Ana escribi\u00f3:\nno me llame",
    "Does the HOA let me stop the mowing?", "Is the stop near?", "Is this the end?",
]  # fmt: skip


@pytest.mark.parametrize("text", STOPS)
def test_ways_to_say_stop(text: str) -> None:
    reply = meaning_of(text)
    assert reply.meaning is Meaning.OPT_OUT
    assert reply.closes >= PHONE_CHANNELS
    # No question of ours turns it into anything else.
    assert meaning_of(text, asked_to_opt_in=True) == reply


@pytest.mark.parametrize("text", GO_ON)
def test_what_only_looks_like_it(text: str) -> None:
    assert meaning_of(text).meaning is Meaning.NOTHING


@pytest.mark.parametrize(
    "text", ["START", "start", "Start.", "UNSTOP", "\uff33\uff34\uff21\uff32\uff34", "start please"]
)
def test_start_opts_in(text: str) -> None:
    assert meaning_of(text).meaning is Meaning.OPT_IN


@pytest.mark.parametrize("text", ["YES", "yes", "Y", "Yeah!", "s\u00ed", "sure", "yes please", "Ok"])
def test_yes_opts_in_after_that_question_alone(text: str) -> None:
    assert meaning_of(text).meaning is Meaning.NOTHING
    assert meaning_of(text, asked_to_opt_in=True).meaning is Meaning.OPT_IN


@pytest.mark.parametrize("text", ["yes, still looking", "yes but stop texting", "no"])
def test_more_than_a_yes_is_none(text: str) -> None:
    assert meaning_of(text, asked_to_opt_in=True).meaning is not Meaning.OPT_IN


@pytest.mark.parametrize("text", ["HELP", "help!", "Info", "ayuda", "Help please"])
def test_help(text: str) -> None:
    assert meaning_of(text).meaning is Meaning.HELP


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("not interested", PauseReason.NOT_INTERESTED),
        ("I'm no longer looking", PauseReason.NOT_INTERESTED),
        ("No thanks", PauseReason.NOT_INTERESTED),
        ("no me interesa", PauseReason.NOT_INTERESTED),
        ("We already bought", PauseReason.HAS_BOUGHT),
        ("I just bought a house", PauseReason.HAS_BOUGHT),
        ("ya compramos", PauseReason.HAS_BOUGHT),
        ("we have an agent", PauseReason.HAS_AGENT),
        ("working with another realtor", PauseReason.HAS_AGENT),
        ("tengo agente", PauseReason.HAS_AGENT),
        ("my attorney will hear of this", PauseReason.LEGAL),
        ("This is a TCPA violation", PauseReason.LEGAL),
        ("This is harassment", PauseReason.LEGAL),
        ("I'm going to sue", PauseReason.LEGAL),
        ("fuck off", PauseReason.ANGRY),
        ("f*** off", PauseReason.ANGRY),
        ("Don't call before noon", PauseReason.TIME),
        ("please don't text me during work", PauseReason.TIME),
        ("Don't call the seller yet", PauseReason.TIME),
        ("not now", PauseReason.TIME),
        ("Call me later", PauseReason.TIME),
    ],
)
def test_what_somebody_should_look_at_first(text: str, reason: PauseReason) -> None:
    reply = meaning_of(text)
    assert (reply.meaning, reply.reason) == (Meaning.PAUSE, reason)
    assert reply.closes == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "wrong number", "Wrong number!", "You have the wrong person", "you've got the wrong number sorry",
        "n\u00famero equivocado", "Se equivoc\u00f3 de n\u00famero", "Nobody here by that name", "There is no one by that name",
        "persona equivocada",
    ],
)  # fmt: skip
def test_a_wrong_number_is_a_meaning_of_its_own(text: str) -> None:
    reply = meaning_of(text)
    assert reply.meaning is Meaning.WRONG_NUMBER
    assert reply.is_wrong_number


def test_a_stop_from_a_wrong_number_is_both() -> None:
    reply = meaning_of("Wrong number, stop texting me")
    assert reply.meaning is Meaning.OPT_OUT
    assert reply.is_wrong_number
    assert not meaning_of("stop texting me").is_wrong_number


@pytest.mark.parametrize(
    ("text", "closes", "prefers"),
    [
        ("STOP", PHONE_CHANNELS, None),
        ("stop texting me", PHONE_CHANNELS, None),
        ("Don't contact me", frozenset(Channel), None),
        ("leave me alone", frozenset(Channel), None),
        ("take me off your list", frozenset(Channel), None),
        ("déjenme en paz", frozenset(Channel), None),
        ("Please stop calling, text is fine", frozenset({Channel.CALL}), Channel.SMS),
        ("don't call me, just text", frozenset({Channel.CALL}), Channel.SMS),
        ("Stop texting me, just call me", frozenset({Channel.SMS}), Channel.CALL),
    ],
)
def test_how_much_a_stop_closes(text: str, closes: frozenset[Channel], prefers: Channel | None) -> None:
    reply = meaning_of(text)
    assert reply.meaning is Meaning.OPT_OUT
    assert (reply.closes, reply.prefers) == (closes, prefers)


def test_a_stop_by_email_closes_email() -> None:
    reply = meaning_of("Please unsubscribe me", channel=Channel.EMAIL)
    assert reply.closes == {Channel.EMAIL}
    assert meaning_of("leave me alone", channel=Channel.EMAIL).closes == frozenset(Channel)
    assert meaning_of("\U0001f6d1", channel=Channel.EMAIL).closes == {Channel.EMAIL}


def test_a_stop_keeps_what_somebody_should_know_of_it() -> None:
    assert meaning_of("I'm not interested, remove me").reason is PauseReason.NOT_INTERESTED
    assert meaning_of("Cancel").reason is PauseReason.CANCEL
    assert meaning_of("STOP").reason is None
    assert meaning_of("don't contact me").reason is None
    assert meaning_of("Stop or my lawyer calls you").reason is PauseReason.LEGAL


@given(st.text(max_size=200), st.booleans())
def test_any_text_has_a_meaning_whatever_stands_in_it(text: str, asked: bool) -> None:
    reply = meaning_of(text, asked_to_opt_in=asked)
    assert bool(reply.closes) is (reply.meaning is Meaning.OPT_OUT)
    assert (reply.meaning is not Meaning.PAUSE) or reply.reason is not None


@given(
    st.sampled_from(["stop", "unsubscribe", "quit", "end", "cancel", "revoke", "opt out"]),
    st.text(alphabet=" .!?*-_~\n\t\U0001f6d1\U0001f620\u200b", max_size=8),
    st.text(alphabet=" .!?*-_~\n\t\U0001f6d1\U0001f620\u200b", max_size=8),
    st.sampled_from([str.lower, str.upper, str.title]),
)
def test_case_and_what_stands_around_a_word_change_nothing(word: str, before: str, after: str, case: object) -> None:
    said = before + case(word) + after  # type: ignore[operator]
    assert meaning_of(said).meaning is Meaning.OPT_OUT


@given(st.text(max_size=60))
def test_what_is_quoted_below_changes_nothing(quoted: str) -> None:
    own = meaning_of("sounds good, see you there")
    below = "\n".join(f"> {line}" for line in quoted.splitlines() or [""])
    assert meaning_of(f"sounds good, see you there\n{below}") == own


def test_long_texts_are_read_in_a_moment() -> None:
    import time

    began = time.monotonic()
    for text in ("stop " * 50_000, "do not " * 50_000, "a b " * 50_000, "please " * 50_000 + "x", "> \n" * 50_000):
        meaning_of(text)
    assert time.monotonic() - began < 5
