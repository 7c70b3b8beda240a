"""What is new in an answer, as each program writes answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.channels.rules.quotes import new_part
from tests.channels.mails import html, read

NEW = "Yes, Saturday at 10 works.\n\nCan we bring my sister?"
OLD = "Hello Marisol,\nthe house is open on Saturday.\nDana"
MARKED = "\n".join(f"> {line}" for line in OLD.split("\n"))

ATTRIBUTIONS = [
    # Gmail
    "On Fri, Nov 20, 2026 at 10:00\u202fAM Dana Ruiz <dana@bayline.test> wrote:",
    "On Fri, Nov 20, 2026 at 10:00 AM Dana Ruiz with a Name That Takes a Line <\ndana@bayline.test> wrote:",
    "El vie, 20 nov 2026 a las 10:00, Dana Ruiz (<dana@bayline.test>)\nescribió:",
    "Le ven. 20 nov. 2026 à 10:00, Dana Ruiz <dana@bayline.test> a écrit :",
    "Am Fr., 20. Nov. 2026 um 10:00 Uhr schrieb Dana Ruiz <dana@bayline.test>:",
    "Em sex., 20 de nov. de 2026 às 10:00, Dana Ruiz <dana@bayline.test>\nescreveu:",
    # Apple Mail
    "On Nov 20, 2026, at 10:00, Dana Ruiz <dana@bayline.test> wrote:",
    "El 20 nov 2026, a las 10:00, Dana Ruiz <dana@bayline.test> escribió:",
    "Le 20 nov. 2026 à 10:00, Dana Ruiz <dana@bayline.test> a écrit :",
    "Am 20.11.2026 um 10:00 schrieb Dana Ruiz <dana@bayline.test>:",
    "No dia 20/11/2026, às 10:00, Dana Ruiz <dana@bayline.test> escreveu:",
    # Yahoo
    "On Friday, November 20, 2026 at 10:00:00 AM EST, Dana Ruiz <dana@bayline.test> wrote:",
    # Thunderbird and others
    "Dana Ruiz wrote on 11/20/2026 10:00 AM:",
    "Dana Ruiz <dana@bayline.test> schrieb am 20.11.2026 10:00:",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("quoted", [OLD, MARKED], ids=["bare", "marked"])
def test_what_is_quoted_goes_in_five_languages(attribution: str, quoted: str) -> None:
    assert read(f"{NEW}\n\n{attribution}\n\n{quoted}\n").new_text == NEW


BLOCKS = [
    (
        "From: Dana Ruiz <dana@bayline.test>",
        "Sent: Friday, November 20, 2026 10:00 AM",
        "To: Marisol",
        "Subject: 214 Alder",
    ),
    ("De: Dana Ruiz", "Enviado el: viernes, 20 de noviembre de 2026", "Para: Marisol", "Asunto: 214 Alder"),
    ("De : Dana Ruiz", "Envoyé : vendredi 20 novembre 2026", "À : Marisol", "Objet : 214 Alder"),
    ("Von: Dana Ruiz", "Gesendet: Freitag, 20. November 2026", "An: Marisol", "Betreff: 214 Alder"),
    ("De: Dana Ruiz", "Enviada em: sexta-feira, 20 de novembro de 2026", "Para: Marisol", "Assunto: 214 Alder"),
    # Phones leave out whom it went to.
    ("From: Dana Ruiz", "Sent: Friday", "Subject: 214 Alder"),
    ("*From:* Dana Ruiz", "*Date:* Friday", "*To:* Marisol", "*Subject:* 214 Alder"),
]


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("rule", ["", "________________________________\n", "-----Original Message-----\n"])
def test_the_blocks_of_outlook(block: tuple[str, ...], rule: str) -> None:
    head = "\n".join(block)
    assert read(f"{NEW}\n\n{rule}{head}\n\n{OLD}\n").new_text == NEW


@pytest.mark.parametrize(
    "line",
    [
        "-----Original Message-----", "-----Mensaje original-----", "-----Message d'origine-----",
        "-----Ursprüngliche Nachricht-----", "-----Mensagem original-----", "---------- Forwarded message ---------",
        "---------- Mensaje reenviado ----------", "Begin forwarded message:", "Début du message réexpédié :",
        "Anfang der weitergeleiteten Nachricht:", "Início da mensagem encaminhada:", "Inicio del mensaje reenviado:",
        "---- On Fri, 20 Nov 2026 10:00:00 -0500 Dana wrote ----",
    ],
)  # fmt: skip
def test_lines_that_part_the_new_from_the_old(line: str) -> None:
    assert read(f"{NEW}\n\n{line}\n{OLD}\n").new_text == NEW
    assert read(f"{line}\n{OLD}\n").new_text == ""


def test_answers_between_and_below_the_lines_are_kept() -> None:
    body = f"{ATTRIBUTIONS[0]}\n> Is Saturday fine?\n\nYes.\n\n> And Sunday?\n\nNo, sorry.\n"
    assert read(body).new_text.split() == ["Yes.", "No,", "sorry."]
    assert read(f"{ATTRIBUTIONS[9]}\n{MARKED}\n\n{NEW}\n").new_text == NEW


SIGNATURES = [
    "-- \nMarisol Ortega\n+1 813 555 0142", "--\nMarisol", "Sent from my iPhone", "Sent from Yahoo Mail for iPhone",
    "Sent from Outlook for iOS<https://aka.ms/o0ukef>", "Get Outlook for Android<https://aka.ms/ghei36>",
    "Enviado desde mi iPhone", "Envoyé de mon iPhone", "Von meinem iPhone gesendet", "Enviado do meu iPhone",
    "Gesendet von Mail für Windows", "Sent from my Galaxy",
]  # fmt: skip


@pytest.mark.parametrize("signature", SIGNATURES)
def test_signatures_go(signature: str) -> None:
    assert read(f"{NEW}\n\n{signature}\n").new_text == NEW
    assert read(f"{NEW}\n\n{signature}\n\n{ATTRIBUTIONS[0]}\n{MARKED}\n").new_text == NEW


@pytest.mark.parametrize(
    "text",
    [
        "On Saturday we drive by. My husband wrote: it is too small",
        "From: our old flat\nwe would move in June",
        "From: our old flat\nTo: the new one\nwe would move in June",
        "I am glad. On 11/20 you wrote something about the roof.",
        "Sent from my heart, thank you so much for all that you did for us over the years",
        "Am Samstag kommen wir. Er schrieb nichts",
        "--\nthis is how I begin",
        "Le toit est neuf ?",
        "> is this a quotation\nor not",
    ],
)
def test_what_people_write_stays(text: str) -> None:
    kept = "\n".join(line for line in text.split("\n") if not line.startswith(">"))
    assert new_part(text) == kept


def test_html_of_each_program() -> None:
    gmail = (
        f'<div dir="ltr">Saturday works.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        f"{ATTRIBUTIONS[0].replace('<', '&lt;')}<br></div><blockquote class='gmail_quote'><div>Hello</div></blockquote></div>"
    )
    assert html(gmail).new_text == "Saturday works."
    outlook = (
        "<html><body><div>Saturday works.</div><div id='appendonsend'></div><hr><div id='divRplyFwdMsg'>"
        "<b>From:</b> Dana Ruiz &lt;dana@bayline.test&gt;<br><b>Sent:</b> Friday<br><b>To:</b> Marisol<br>"
        "<b>Subject:</b> 214 Alder Ct<br></div><div>Hello Marisol</div></body></html>"
    )
    assert html(outlook).new_text == "Saturday works."
    apple = (
        "Saturday works.<br><div><br><blockquote type='cite'><div>On Nov 20, 2026, at 10:00, Dana Ruiz "
        "&lt;dana@bayline.test&gt; wrote:</div><br><div>Hello Marisol</div></blockquote></div>"
    )
    assert html(apple).new_text == "Saturday works."
    yahoo = (
        "<div>Saturday works.</div><div class='yahoo_quoted'><div>    On Friday, November 20, 2026 at 10:00:00 AM EST, "
        "Dana Ruiz &lt;dana@bayline.test&gt; wrote:  </div><div>Hello Marisol</div></div>"
    )
    assert html(yahoo).new_text == "Saturday works."


@given(st.text(st.sampled_from("ab \n>-:"), max_size=200) | st.text(max_size=200))
def test_nothing_is_made_up(text: str) -> None:
    new = new_part(text)
    lines = [line.strip() for line in text.split("\n")]
    assert all(line.strip() in lines for line in new.split("\n") if new)
