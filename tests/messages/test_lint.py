"""What is wrong with a template: each fault that is planted is found, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.messages.rules.templates import FIELDS, Complaint, lint

GOOD_EMAIL = (
    "About {listing|your home search}",
    "Hi {first_name|there},\n\nwould you like to see it?\n\n{agent_name|Our team}\n{brokerage}",
)
GOOD_TEXT = "Hi {first_name|there}, it is {agent_name|our team} with {brokerage} about {listing|your search}. Reply STOP to opt out"


def codes(complaints: tuple[Complaint, ...]) -> list[tuple[str, str]]:
    return [(str(complaint.severity), complaint.code) for complaint in complaints]


def email(
    body: str = GOOD_EMAIL[1], subject: str = GOOD_EMAIL[0], message_class: str = "marketing"
) -> tuple[Complaint, ...]:
    return lint(subject, body, channel="EMAIL", message_class=message_class)


def text(body: str, message_class: str = "marketing", *, is_first: bool = False) -> tuple[Complaint, ...]:
    return lint("", body, channel="SMS", message_class=message_class, is_first=is_first)


def test_good_templates_have_no_complaint() -> None:
    assert email() == ()
    assert text(GOOD_TEXT, is_first=True) == ()
    assert text("Your showing is at {appointment_time|the time we agreed on}.", "transactional") == ()


@pytest.mark.parametrize(
    ("planted", "expected"),
    [
        ("{frist_name|there}", ("HARD", "unknown_field")),
        ("{listing", ("HARD", "braces")),
        ("} ", ("HARD", "braces")),
        ("{first_name}", ("HARD", "no_fallback")),
        ("{listing}", ("HARD", "no_fallback")),
        ("{first_name|}", ("SOFT", "empty_fallback")),
        ("{agent_name|}", ("SOFT", "empty_fallback")),
        ("No kids please.", ("HARD", "language")),
        ("{area|a Hispanic neighborhood}", ("HARD", "language")),
        ("A safe neighborhood.", ("SOFT", "language")),
        ("THIS WILL NOT LAST LONG.", ("SOFT", "capitals")),
        ("Hurry! Call! Now!", ("SOFT", "exclamation")),
        ("Hurry!!", ("SOFT", "exclamation")),
    ],
)
def test_a_planted_fault_is_found_where_it_stands(planted: str, expected: tuple[str, str]) -> None:
    for complaints in (email(f"Hi,\nlook: {planted}"), text(f"Reply STOP to opt out\nlook: {planted}")):
        assert codes(complaints) == [expected]
        assert (complaints[0].part, complaints[0].line) == ("body", 2)
        assert complaints[0].column >= 7
    (complaint,) = email(subject=f"Look: {planted}")
    assert (str(complaint.severity), complaint.code, complaint.part, complaint.line) == (*expected, "subject", 1)


@given(
    st.lists(st.sampled_from(["a word", "\n", "{area|your area}", "{today}", "{brokerage|}"]), max_size=8),
    st.integers(0, 8),
)
def test_a_fault_is_found_anywhere(pieces: list[str], place: int) -> None:
    body = " ".join([*pieces[:place], "{frist_name}", *pieces[place:]])
    (complaint,) = email(body)
    begins = sum(len(line) + 1 for line in body.split("\n")[: complaint.line - 1]) + complaint.column - 1
    assert body[begins:].startswith("{frist_name}")


def test_a_finding_in_a_fallback_points_into_it() -> None:
    (complaint,) = email("Hi\n{area| a Hispanic neighborhood }")
    assert (complaint.line, complaint.column) == (2, 10)
    assert "“Hispanic neighborhood”" in complaint.words
    assert "42 USC 3604(c)" in complaint.words


def test_complaints_stand_in_the_order_of_the_text() -> None:
    found = email("{frist_name}\n{area}, no kids\nHurry!!", subject="{area} !!")
    assert [(complaint.part, complaint.line, complaint.code) for complaint in found] == [
        ("subject", 1, "no_fallback"),
        ("subject", 1, "exclamation"),
        ("body", 1, "unknown_field"),
        ("body", 2, "no_fallback"),
        ("body", 2, "language"),
        ("body", 3, "exclamation"),
    ]


def test_where_the_home_is_and_what_it_qualifies_for_counts() -> None:
    def found(body: str, *, state: str = "", qualifies: bool = False) -> list[tuple[str, str]]:
        return codes(
            lint(
                "Homes", body, channel="EMAIL", message_class="marketing", state=state, qualifies_as_senior=qualifies
            )
        )

    assert found("No Section 8") == [("SOFT", "language")]
    assert found("No Section 8", state="NY") == [("HARD", "language")]
    assert found("A 55+ community") == [("HARD", "language")]
    assert found("A 55+ community", qualifies=True) == []


def test_nothing_is_read_across_a_value() -> None:
    assert codes(email("no {brokerage} kids")) == []
    assert codes(email("no {area|} kids")) == [("HARD", "language")]


def test_fields_that_are_always_there_need_no_fallback() -> None:
    for field in FIELDS:
        found = codes(email(f"{{{field.name}}}"))
        assert found == ([("HARD", "no_fallback")] if field.may_be_empty else [])
        assert codes(email(f"{{{field.name}|{field.fallback or 'x'}}}")) == []


def test_an_email_needs_a_subject_that_mailboxes_show_and_a_body() -> None:
    assert codes(email(subject=" ")) == [("HARD", "empty")]
    assert codes(email(subject="{zzz}")) == [("HARD", "unknown_field")]
    assert codes(email(body="\n")) == [("HARD", "empty")]
    assert codes(email(subject="a" * 78)) == []
    assert codes(email(subject="a" * 79)) == [("SOFT", "long_subject")]
    # As long as it becomes, not as it is written.
    assert codes(email(subject="a" * 68 + " {listing|x}")) == []
    assert codes(email(subject="a" * 69 + " {listing|x}")) == [("SOFT", "long_subject")]


def test_a_text_has_no_subject_and_needs_words() -> None:
    assert codes(lint("NO KIDS!!!", GOOD_TEXT, channel="SMS", message_class="marketing")) == []
    assert codes(text(" ")) == [("HARD", "empty")]


@pytest.mark.parametrize(
    "words",
    [
        "Reply STOP to opt out",
        "reply stop to end",
        "Text STOP to quit",
        "Responda ALTO para terminar",
        "Reply “STOP” to end",
    ],
)
def test_advertising_by_text_says_how_to_end_it(words: str) -> None:
    assert codes(text(f"New homes today. {words}.")) in ([], [("SOFT", "long_alphabet")])
    assert codes(text("New homes today. Stop by!")) == [("HARD", "no_stop")]
    assert codes(text("New homes today. Reply YES")) == [("HARD", "no_stop")]
    for other in ("requested_response", "transactional", "compliance"):
        assert codes(text("New homes today.", other)) == []
    assert codes(email("New homes today.")) == []


def test_a_first_text_says_who_writes() -> None:
    assert codes(text("Hi! Reply STOP to opt out", is_first=True)) == [("HARD", "no_sender")]
    assert codes(text("Hi! Reply STOP to opt out")) == []
    for sender in ("{agent_name|our team}", "{brokerage}"):
        assert codes(text(f"{sender} here. Reply STOP to opt out", is_first=True)) == []


@pytest.mark.parametrize(
    "link", ["bit.ly/3xY", "https://bit.ly/3xY", "http://TinyURL.com/x", "t.co/x", "see rb.gy/abc."]
)
def test_short_links_are_blocked_in_texts(link: str) -> None:
    assert codes(text(f"Look: {link} Reply STOP to opt out")) == [("HARD", "short_link")]
    assert codes(email(f"Look: {link}")) == [("SOFT", "short_link")]


@pytest.mark.parametrize(
    "link",
    [
        "https://habit.ly/x",
        "notbit.ly.example.com/x",
        "bit.ly.example/x",
        "agent.co/x",
        "https://x.com/a",
        "mybit.ly",
    ],
)
def test_other_links_pass(link: str) -> None:
    assert codes(email(f"Look: {link}")) == []


def test_what_a_text_costs_is_said() -> None:
    ending = " Reply STOP to opt out"
    assert codes(text("a" * (320 - len(ending)) + ending)) == []
    (complaint,) = text("a" * (321 - len(ending)) + ending)
    assert (complaint.code, str(complaint.severity)) == ("long_text", "SOFT")
    assert "321 characters: it is sent in 3 parts (GSM-7, 153 characters each)" in complaint.words
    (complaint,) = text("I’ll call you. Reply STOP to opt out {agent_name|–}")
    assert (complaint.code, complaint.line, complaint.column) == ("long_alphabet", 1, 2)
    assert "“’”" in complaint.words
    assert "1 part (UCS-2, 70 characters each). Write '." in complaint.words
    (complaint,) = text("Call me 🏡. Reply STOP to opt out")
    assert "Leave it out." in complaint.words


def test_what_is_written_large_or_loud() -> None:
    assert codes(email("OPEN HOUSE SUNDAY at two")) == [("SOFT", "capitals")]
    assert codes(email("OPEN HOUSE on Sunday at two")) == []
    assert codes(email("An OPEN and SUNNY and LARGE home that has three rooms on the first floor")) == [
        ("SOFT", "capitals")
    ]
    assert codes(email("An OPEN and SUNNY and large home that has three rooms on the first floor")) == []
    assert codes(email(subject="PRICE REDUCED")) == [("SOFT", "capitals")]
    assert codes(email(subject="JUST SOLD")) == []
    assert codes(email(subject="HUGE PRICE DROP")) == [("SOFT", "capitals")]
    assert codes(email(subject="MLS HOA REO VA FHA")) == []
    assert codes(email("Reply STOP or HELP or YES, says your REALTOR.")) == []
    assert codes(email("One! Two! done.")) == []


@given(st.text(max_size=200), st.text(max_size=200), st.sampled_from(["EMAIL", "SMS"]), st.booleans())
def test_any_template_is_looked_at(subject: str, body: str, channel: str, is_first: bool) -> None:
    for complaint in lint(subject, body, channel=channel, message_class="marketing", is_first=is_first):
        assert complaint.words
        lines = (subject if complaint.part == "subject" else body).split("\n")
        assert 1 <= complaint.line <= len(lines)
        assert 1 <= complaint.column <= len(lines[complaint.line - 1]) + 1
