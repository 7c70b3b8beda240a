from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadlight.channels.rules.answers import GREYLISTED, LONGEST_PAUSE, Step, judge

AT_END = (Step.RECIPIENT, Step.CONTENT)
steps = st.sampled_from(Step)

GONE = [
    "5.1.1 The email account that you tried to reach does not exist. Check for typing errors",
    "5.1.1 <x@example.com>: Recipient address rejected: User unknown in local recipient table",
    "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient x@example.com not found by lookup",
    "5.1.2 Bad destination system",
    "5.1.3 Bad address syntax",
    "5.1.6 Mailbox has moved",
    "5.2.1 The account is disabled",
    "Requested action not taken: mailbox not found",
    "no such user",
    "Unknown user",
    "User x@example.com does not exist",
    "Invalid recipient",
    "No mailbox here by that name",
    "This account has been disabled",
]
NOT_GONE = [
    "5.1.7 <dana@bayline.test>: Sender address rejected: User unknown",
    "5.1.8 Sender's domain has no mail server",
    "5.1.1 Sender address rejected: not logged in",
    "5.2.2 Mailbox full",
    "5.7.1 Relaying denied",
    "5.7.26 This message was blocked because it is not authenticated",
    "5.7.515 Access denied, the sending domain does not meet the required level",
    "5.3.4 Message too large",
    "Message rejected as spam",
    "relay not permitted: unknown user",
    "Sender: no such user",
    "Administrative prohibition",
    "Error 15.1.1 in module",
    "",
]


@pytest.mark.parametrize("text", GONE)
@pytest.mark.parametrize("step", AT_END)
def test_what_says_that_nobody_is_there(text: str, step: Step) -> None:
    verdict = judge(550, text, step=step)
    assert verdict.is_permanent
    assert verdict.is_address


@pytest.mark.parametrize("text", NOT_GONE)
@pytest.mark.parametrize("step", AT_END)
def test_what_does_not(text: str, step: Step) -> None:
    verdict = judge(550, text, step=step)
    assert verdict.is_permanent
    assert not verdict.is_address


@given(st.integers(-1, 999), st.text() | st.sampled_from(GONE + NOT_GONE), steps)
def test_only_five_hundreds_are_for_good_and_only_at_the_end_the_addresses_fault(
    code: int, text: str, step: Step
) -> None:
    verdict = judge(code, text, step=step)
    assert verdict.is_permanent == (500 <= code <= 599)
    if verdict.is_address:
        assert verdict.is_permanent
        assert step in AT_END
    if verdict.is_permanent:
        assert verdict.retry_after is None
    if verdict.retry_after is not None:
        assert timedelta(0) <= verdict.retry_after <= LONGEST_PAUSE


def test_where_for_good_begins_and_ends() -> None:
    permanent = [code for code in (499, 500, 599, 600) if judge(code, "", step=Step.DATA).is_permanent]
    assert permanent == [500, 599]


@pytest.mark.parametrize(
    ("code", "text", "wait"),
    [
        (450, "4.2.0 Greylisted", GREYLISTED),
        (451, "Try later", GREYLISTED),
        (452, "4.3.1 Out of space", None),
        (421, "4.7.0 Too many messages", None),
        (421, "4.7.28 Try again in 2 hours", timedelta(hours=2)),
        (451, "4.7.1 Greylisting in action, please come back in 00:04:30", timedelta(minutes=4, seconds=30)),
        (450, "Greylisted for 300 seconds", timedelta(minutes=5)),
        (450, "Deferred, wait 7 min", timedelta(minutes=7)),
        (450, "come back in 90s", timedelta(seconds=90)),
        (450, "come back in 999999 hours", LONGEST_PAUSE),
        (450, "see 99:00:00", LONGEST_PAUSE),
    ],
)
def test_how_long_a_server_asks_to_wait(code: int, text: str, wait: timedelta | None) -> None:
    assert judge(code, text, step=Step.RECIPIENT).retry_after == wait
