"""What somebody means by what they write back."""

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.consent.rules.closing import closings
from leadlight.consent.rules.words import Meaning, Understood, understand

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)

OUT = (
    *(
        "STOP",
        "stop",
        "Stop!",
        "Stop!!",
        "STOP.",
        " stop \n",
        "stop 🛑",
        "🛑STOP🛑",
        "S T O P",
        "s.t.o.p",
        "\uff33\uff34\uff2f\uff30",
    ),
    *(
        "ST\u200bOP",
        "S\u0422\u041e\u0420",
        "Stop please",
        "please stop",
        "STOP NOW",
        "Stop it",
        "stop, thanks",
        "STOPALL",
        "Stop all",
    ),
    *("Unsubscribe", "unsubscribe me", "UNSUB", "cancel", "CANCEL.", "End", "quit", "Quit!", "revoke", "Revoke"),
    *("optout", "opt out", "OPT-OUT", "opt-out please", "Remove", "ARRET", "Arrêt"),
    *("stop texting me", "Please stop calling", "quit texting", "Stop sending me this", "stop emailing us"),
    *("Remove me from your list", "take me off your list", "Take me off this list please", "remove my number"),
    *("do not text me", "Don't call me", "Don’t contact me again", "dont text", "DO NOT CONTACT ME"),
    *("leave me alone", "Leave me the hell alone", "lose my number", "delete my number", "I want to opt out"),
    *("please opt me out", "no more texts", "No more emails please!", "no further contact", "I revoke my consent"),
    *("never call me again", "Never text this number again", "Stop harassing me or I call my attorney"),
    *("Alto", "PARAR", "baja", "Cancelar.", "para", "no me escriba", "No me llamen más", "no me mande mensajes"),
    *("no más mensajes", "deje de escribirme", "Por favor deje de llamarme", "para de escribirme", "dame de baja"),
    *("quíteme de la lista", "arrêtez de m'envoyer des messages"),
    "Who is this? Stop texting me",
    "I already have an agent. Please stop texting me.",
    "Please unsubscribe me\n\nOn Mon, Nov 2, 2026 at 9:00 AM Dana wrote:\n> Three homes",
)
#: The same word in another sentence.
NOT_OUT = (
    *("I can't stop thinking about that kitchen", "Stop by tomorrow?", "bus stop", "end unit", "Is it an end unit?"),
    *("quit my lease in May", "we live in Palo Alto", "Baja California", "non-stop flights", "I will stop by at 5"),
    *("Can we stop at the house on Oak St?", "Please don't stop sending listings", "Never stop looking for us"),
    *("The stop sign on the corner", "cancel the showing on Friday please", "We had to cancel our trip", "week end"),
    *("Is the roof original?", "You never called me back", "Remove the couch from the price?", "para mi familia"),
    *("When does it end", "A quick question", "take me off the hook :)", "pare ya no tenemos prisa por vender", ""),
    *("Stop over on Sunday", "stop the presses, we got approved!", "   ", "🙂", "ok", "Yes", "Sounds good, thanks!"),
    "Yes, Saturday works\n\nOn Mon, Nov 2, 2026 at 9:00 AM Dana wrote:\n> Reply STOP to opt out",
    "Great house!\n-----Original Message-----\nFrom: Dana\nUnsubscribe: https://x",
)
PAUSE = (
    *("Don't call before noon", "Please don't call after 8", "do not text me until Monday", "don't call during work"),
    *("not interested", "We are not interested", "no longer interested, thanks", "we already bought", "Already sold"),
    *("we have an agent", "I already have a realtor", "We’ve got an agent", "working with another agent"),
    *("my attorney will hear of this", "This violates the TCPA", "no estoy interesada", "ya compramos", "fuck off"),
)
WRONG = (
    "Wrong number",
    "you have the wrong person",
    "Sorry, wrong number!",
    "número equivocado",
    "This is not my number",
)


@pytest.mark.parametrize("text", OUT)
def test_it_is_an_opt_out(text: str) -> None:
    assert understand(text).meaning == Meaning.OPT_OUT


@pytest.mark.parametrize("text", NOT_OUT)
def test_it_is_none(text: str) -> None:
    assert understand(text).meaning == Meaning.NOTHING


@pytest.mark.parametrize("text", PAUSE)
def test_a_person_has_to_look(text: str) -> None:
    assert understand(text).meaning == Meaning.PAUSE


@pytest.mark.parametrize("text", WRONG)
def test_it_is_somebody_elses(text: str) -> None:
    assert understand(text).meaning == Meaning.WRONG_NUMBER


def test_the_other_keywords() -> None:
    assert understand("START").meaning == understand(" unstop!").meaning == Meaning.OPT_IN
    assert understand("help").meaning == understand("INFO?").meaning == understand("Ayuda").meaning == Meaning.HELP
    assert understand("Help me find a home").meaning == Meaning.NOTHING
    assert understand("YES").meaning == Meaning.NOTHING


def test_channels_that_are_named() -> None:
    assert understand("stop texting me") == Understood(Meaning.OPT_OUT, ("SMS",))
    assert understand("don't call me").channels == ("CALL",)
    assert understand("no more calls or emails").channels == ("CALL", "EMAIL")
    assert understand("STOP").channels == ()


noise = st.sampled_from(["", "\u200b", "\u00ad", "\ufeff"])


@given(st.sampled_from([text for text in OUT if len(text) < 40]), st.data())
def test_an_opt_out_stays_one_however_it_is_dressed(text: str, data: st.DataObject) -> None:
    letters = [data.draw(st.sampled_from([c.upper(), c.lower()])) + data.draw(noise) for c in text]
    dressed = (
        data.draw(st.sampled_from(["", " ", "\n"])) + "".join(letters) + data.draw(st.sampled_from(["", "!", "  "]))
    )
    assert understand(dressed).meaning == Meaning.OPT_OUT
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    assert understand(wide).meaning == Meaning.OPT_OUT
    assert understand(unicodedata.normalize("NFD", text)).meaning == Meaning.OPT_OUT


@given(st.text(max_size=400))
def test_any_text_is_understood_somehow(text: str) -> None:
    assert understand(text).meaning in Meaning


def test_the_end_of_a_long_letter_counts_and_that_of_a_book_does_not() -> None:
    assert understand("We looked at it. " * 1_000 + "Please stop emailing me.").meaning == Meaning.OPT_OUT
    assert understand("We looked at it. " * 2_000 + "Please stop emailing me.").meaning == Meaning.NOTHING


def test_what_is_closed_by_which_words() -> None:
    def closed(kind: str, text: object) -> list[tuple[str, str]]:
        return [(one.channel, one.reason) for one in closings(kind, {"text": text}, at=NOW)]

    out = "OPTED_OUT"
    assert closed("sms_replied", "STOP") == [("SMS", out), ("CALL", out)]
    assert closed("sms_replied", "no more emails") == [("SMS", out), ("CALL", out), ("EMAIL", out)]
    assert closed("email_replied", "unsubscribe") == [("EMAIL", out)]
    assert closed("email_replied", "do not call me") == [("EMAIL", out), ("CALL", out)]
    assert closed("inquiry", "Is it available? Please don't call me") == [("CALL", out)]
    assert closed("inquiry", "leave me alone") == [("ALL", out)]
    assert closed("sms_replied", "wrong number") == [("SMS", "WRONG"), ("CALL", "WRONG")]
    assert closed("email_replied", "You have the wrong person") == [("EMAIL", "WRONG")]
    for kind, text in (("sms_replied", "not interested"), ("listing_view", "stop"), ("sms_replied", None)):
        assert closed(kind, text) == []
    [one, _] = closings("sms_replied", {"text": "  STOP \n now"}, at=NOW)
    assert one.evidence == "“STOP now” on 2026-11-01"
