"""Whether a person wrote a mail, and when somebody who is away will be back."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.channels.rules.mail import Kind
from leadlight.channels.rules.replies import back_on
from tests.channels.mails import read

ANSWERS = {"In_Reply_To": "<m1@bayline.test>"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-replied (vacation)"},
        {"Auto_Submitted": "Auto-Generated"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "1"},
        {"X_Auto_Reply_From": "marisol@example.com"},
        {"Precedence": "auto_reply"},
        {"Precedence": "bulk", "Subject": "Re: Out of office"},
        {"Precedence": "junk", "Subject": "AW: Abwesenheitsnotiz: 214 Alder"},
    ],
    ids=str,
)
def test_what_machines_answer(headers: dict[str, str]) -> None:
    assert read(**headers).kind is Kind.AUTO_REPLY
    assert read(**headers, **ANSWERS).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: 214 Alder Ct", "Out of Office: 214", "Out of the office until Monday", "OOO Re: x",
        "Respuesta automática: 214", "Fuera de la oficina", "Réponse automatique : 214", "Absence du bureau",
        "Message d'absence", "Automatische Antwort: 214", "Abwesenheitsnotiz", "Abwesend bis Montag", "Resposta automática: 214",
        "Fora do escritório", "Ausência temporária",
    ],
)  # fmt: skip
def test_subjects_of_machines_in_five_languages(subject: str) -> None:
    assert read(Subject=subject).kind is Kind.AUTO_REPLY
    # A person who answers one.
    assert read(Subject=f"Re: {subject}").kind is Kind.HUMAN


@pytest.mark.parametrize(
    "headers",
    [
        {},
        ANSWERS,
        {"Auto_Submitted": "no"},
        {"X_Auto_Response_Suppress": "All"},
        {"Subject": "Automatic gate and other questions"},
        {"Subject": "The office is out of the way"},
        {"Subject": ""},
        # The answer of a person to a group address of the team.
        {"List_Id": "<leads.bayline.test>", "List_Unsubscribe": "<mailto:x@y.test>", "Precedence": "list", **ANSWERS},
    ],
    ids=str,
)
def test_what_people_write(headers: dict[str, str]) -> None:
    assert read(**headers).kind is Kind.HUMAN


@pytest.mark.parametrize(
    "headers",
    [
        {"List_Id": "News <news.example.com>"},
        {"List_Unsubscribe": "<https://x.test/u>"},
        {"Precedence": "bulk"},
        {"Precedence": "List"},
    ],
    ids=str,
)
def test_what_goes_to_many(headers: dict[str, str]) -> None:
    assert read(**headers).kind is Kind.LIST


TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("I will be back on December 1.", date(2026, 12, 1)),
        ("I am out of the office until Monday, December 1st, 2026", date(2026, 12, 1)),
        ("returning to the office on 2 January", date(2027, 1, 2)),
        ("I return 2026-12-01", date(2026, 12, 1)),
        ("away until 12/24/2026", date(2026, 12, 24)),
        ("until 24/12/2026", date(2026, 12, 24)),
        ("until 12/12", date(2026, 12, 12)),
        ("Estaré fuera hasta el 3 de diciembre de 2026", date(2026, 12, 3)),
        ("de vuelta el lunes 7 de diciembre", date(2026, 12, 7)),
        ("absent jusqu'au 3 décembre 2026", date(2026, 12, 3)),
        ("de retour le lundi 7 décembre", date(2026, 12, 7)),
        ("Ich bin bis zum 03.12.2026 im Urlaub", date(2026, 12, 3)),
        ("Ich bin ab dem 7. Dezember wieder da", date(2026, 12, 7)),
        ("bis einschließlich Freitag, den 4. Dezember", date(2026, 12, 4)),
        ("Estarei ausente até 3 de dezembro de 2026", date(2026, 12, 3)),
        ("volto em 7 de dezembro", date(2026, 12, 7)),
        # Not plain, passed, or no date.
        ("until 12/11/2026", None),
        ("back soon", None),
        ("back on February 30", None),
        ("I was back on November 1, 2026", None),
        ("until December 1, 2031", None),
        ("Call me on December 1", None),
        ("the back yard of 12 May Street", None),
        ("", None),
    ],
)
def test_days_of_return(text: str, day: date | None) -> None:
    assert back_on(text, today=TODAY) == day


def test_today_is_a_day_of_return_and_yesterday_is_none() -> None:
    assert back_on("back on 2026-11-20", today=TODAY) == TODAY
    assert back_on("back on November 20", today=TODAY) == TODAY
    assert back_on("back on November 19", today=TODAY) == date(2027, 11, 19)
    assert back_on("back on 2026-11-19", today=TODAY) is None
    assert back_on("back on 2027-11-21", today=TODAY) == date(2027, 11, 21)
    assert back_on("back on 2027-11-22", today=TODAY) is None


@given(st.dates(TODAY, TODAY + timedelta(days=366)))
def test_a_day_with_its_year_is_read_whatever_it_is(day: date) -> None:
    for told in (f"back on {day:%B} {day.day}, {day.year}", f"bis {day:%d.%m.%Y}", f"until {day.isoformat()}"):
        assert back_on(told, today=TODAY) == day


@given(st.text(), st.dates())
def test_nothing_is_raised(text: str, day: date) -> None:
    found = back_on(f"until {text}", today=day)
    assert found is None or found >= day


def test_a_note_of_absence_says_when_they_are_back() -> None:
    mail = read("I am away until December 1.\n", Auto_Submitted="auto-replied")
    assert mail.back_on == date(2026, 12, 1)
    assert read("I am away until December 1.\n").back_on is None
    assert read("I am away until December 1.\n", Auto_Submitted="auto-replied", Date=None).back_on is None
    assert read("Thanks", Subject="Out of office until December 1", Auto_Submitted="auto-replied").back_on == date(
        2026, 12, 1
    )
