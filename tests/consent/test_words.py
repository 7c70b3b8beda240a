"""What replies mean: every way to say stop that we could think of, and what only looks like it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.consent.rules import closings
from leadlight.consent.rules.vocabulary import PHONE_CHANNELS, Channel
from leadlight.consent.rules.words import MOST, Meaning, PauseReason, meaning_of
from tests.consent.build import NOON

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
    "Stop!", " stop \n", "\U0001f6d1STOP\U0001f6d1", "s.t.o.p", "ST\u200bOP", "S\u0422\u041e\u0420", "Stop please",
    "STOP NOW", "stop, thanks", "Stop all", "Unsubscribe", "unsubscribe me", "UNSUB", "cancel", "CANCEL.", "End",
    "Quit!", "revoke", "optout", "OPT-OUT", "opt-out please", "Remove", "Arr\xeat", "Please stop calling",
    "quit texting", "Stop sending me this", "stop emailing us", "Remove me from your list",
    "Take me off this list please", "do not text me", "Don't call me", "Don\u2019t contact me again", "dont text",
    "DO NOT CONTACT ME", "Leave me the hell alone", "delete my number", "please opt me out", "no more texts",
    "No more emails please!", "no further contact", "never call me again", "Never text this number again",
    "Stop harassing me or I call my attorney", "Alto", "PARAR", "baja", "Cancelar.", "no me escriba",
    "No me llamen m\xe1s", "deje de escribirme", "Por favor deje de llamarme", "dame de baja",
    "arr\xeatez de m'envoyer des messages", "Who is this? Stop texting me", "Stop. We found a house last week",
    "pare", "Detener", "I already have an agent. Please stop texting me.",
    "Please unsubscribe me\n\nOn Mon, Nov 2, 2026 at 9:00 AM Dana wrote:\n> Three homes", "forget my number",
    "Never text me", "I withdraw my consent", "qu\u115fit", "stop sms",
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
    "Is it an end unit?", "Baja California", "I will stop by at 5", "Can we stop at the house on Oak St?",
    "Please don't stop sending listings", "Never stop looking for us", "The stop sign on the corner",
    "cancel the showing on Friday please", "We had to cancel our trip", "week end", "Is the roof original?",
    "You never called me back", "Remove the couch from the price?", "para mi familia", "When does it end",
    "A quick question", "take me off the hook :)", "pare ya no tenemos prisa por vender", "Stop over on Sunday",
    "stop the presses, we got approved!", "\U0001f642", "Sounds good, thanks!",
    "Yes, Saturday works\n\nOn Mon, Nov 2, 2026 at 9:00 AM Dana wrote:\n> Reply STOP to opt out",
    "Great house!\n-----Original Message-----\nFrom: Dana\nUnsubscribe: https://x", "I never call during work", "you never call me",
    "stop into the office", "The press stopped by",
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
        ("don't call on Sundays", PauseReason.TIME),
        ("please don't text me on sat", PauseReason.TIME),
        ("we are working with somebody else", PauseReason.HAS_AGENT),
        ("ya tenemos agente", PauseReason.HAS_AGENT),
        ("we're already in contract", PauseReason.HAS_BOUGHT),
        ("we were never interested", PauseReason.NOT_INTERESTED),
    ],
)
def test_what_somebody_should_look_at_first(text: str, reason: PauseReason) -> None:
    reply = meaning_of(text)
    assert (reply.meaning, reply.reason) == (Meaning.PAUSE, reason)
    assert reply.closes == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "Please don't call after 8", "do not text me until Monday", "don't call during work", "We are not interested",
        "no longer interested, thanks", "we already bought", "Already sold", "I already have a realtor",
        "We\u2019ve got an agent", "working with another agent", "This violates the TCPA", "no estoy interesada",
    ],
)  # fmt: skip
def test_what_else_a_person_has_to_look_at(text: str) -> None:
    assert meaning_of(text).meaning is Meaning.PAUSE


@pytest.mark.parametrize(
    "text",
    [
        "wrong number", "Wrong number!", "You have the wrong person", "you've got the wrong number sorry",
        "n\u00famero equivocado", "Se equivoc\u00f3 de n\u00famero", "Nobody here by that name", "There is no one by that name",
        "persona equivocada", "This is not my number", "you have the wrong person", "Wrong email", "isn't my phone",
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
        ("no more emails", frozenset(Channel), None),
        ("Stop texting. Contact my wife", PHONE_CHANNELS, None),
        ("You can email me. Stop texting", PHONE_CHANNELS, None),
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
    assert meaning_of("do not call me", channel=Channel.EMAIL).closes == {Channel.EMAIL, Channel.CALL}
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


NOISE = st.sampled_from(["", "\u200b", "\u00ad", "\ufeff"])


@given(st.sampled_from([text for text in STOPS if 1 < len(text) < 40 and text.isascii()]), st.data())
def test_an_opt_out_stays_one_however_it_is_dressed(text: str, data: st.DataObject) -> None:
    letters = [data.draw(st.sampled_from([c.upper(), c.lower()])) + data.draw(NOISE) for c in text]
    around = st.sampled_from(["", " ", "\n", "!", "  "])
    assert meaning_of(data.draw(around) + "".join(letters) + data.draw(around)).meaning is Meaning.OPT_OUT
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    assert meaning_of(wide).meaning is Meaning.OPT_OUT
    assert meaning_of(unicodedata.normalize("NFD", text)).meaning is Meaning.OPT_OUT


def test_the_end_of_a_long_letter_counts_and_that_of_a_book_does_not() -> None:
    assert meaning_of("We looked at it. " * 1_000 + "Please stop emailing me.").meaning is Meaning.OPT_OUT
    assert meaning_of("We looked at it. " * 2_000 + "Please stop emailing me.").meaning is Meaning.NOTHING


OUT, WRONG = "OPTED_OUT", "WRONG"


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("sms_replied", "STOP", {("SMS", OUT), ("CALL", OUT)}),
        ("sms_replied", "no more emails", {("ALL", OUT)}),
        ("email_replied", "unsubscribe", {("EMAIL", OUT)}),
        ("email_replied", "do not call me", {("EMAIL", OUT), ("CALL", OUT)}),
        ("inquiry", "Is it available? Please don't call me", {("CALL", OUT)}),
        ("inquiry", "leave me alone", {("ALL", OUT)}),
        ("inquiry", "stop", {("ALL", OUT)}),
        ("inquiry", "Contact me by email. Do not call.", {("CALL", OUT)}),
        ("inquiry", "I would love a call. Do not text.", {("SMS", OUT)}),
        ("showing_request", "Saturday? Don't call, just text", {("CALL", OUT)}),
        ("valuation_request", "No more calls", {("CALL", OUT)}),
        ("form_submit", "unsubscribe", {("EMAIL", OUT)}),
        ("sms_replied", "wrong number", {("SMS", WRONG), ("CALL", WRONG)}),
        ("email_replied", "You have the wrong person", {("EMAIL", WRONG)}),
        ("sms_replied", "wrong number, stop", {("SMS", WRONG), ("CALL", WRONG), ("SMS", OUT), ("CALL", OUT)}),
        ("sms_replied", "not interested", set()),
        ("listing_view", "stop", set()),
        ("sms_replied", None, set()),
    ],
)
def test_what_is_closed_by_which_words(kind: str, text: object, expected: set[tuple[str, str]]) -> None:
    told = closings(kind, {"text": text}, at=NOON)
    assert {(one.channel, one.reason) for one in told} == expected
    assert len(told) == len(expected)


def test_the_words_prove_it() -> None:
    [call, _] = closings("sms_replied", {"text": "  STOP \n now"}, at=NOON)
    assert call.evidence == "“STOP now” on 2026-11-18"


@given(st.text(max_size=60))
def test_what_is_quoted_below_changes_nothing(quoted: str) -> None:
    own = meaning_of("sounds good, see you there")
    below = "\n".join(f"> {line}" for line in quoted.splitlines() or [""])
    assert meaning_of(f"sounds good, see you there\n{below}") == own


@pytest.mark.parametrize("text", ["stop ", "do not ", "a b ", "please ", "> \n"])
def test_of_a_long_text_the_beginning_is_read(text: str) -> None:
    """Whoever sends a book cannot keep a worker busy; and no pattern takes for ever over what is read."""
    long = text * 50_000
    assert meaning_of(long + "stop texting me") == meaning_of(long[:MOST])
