"""
Specials of engagement: how fast, how well and how steadily people answer us.

What we did stands here only as what they could answer; the number of our touches is no signal.
"""

import numpy as np

from leadlight.signals.rules.batch import DAY, HOUR, MILLISECONDS, Batch, Some
from leadlight.signals.rules.clocks import ANSWERING, READING, WRITING
from leadlight.signals.rules.exact import (
    Floats,
    Ints,
    count,
    ends_of,
    on_grid,
    pack,
    quantile,
    share,
    starts_of,
    total,
    unpack,
)
from leadlight.signals.rules.shapes import Family, Unit
from leadlight.signals.rules.special import Specials

engagement = Specials(Family.ENGAGEMENT)

#: A touch answered within three days is answered; a younger one is still open and counts neither way.
#: Counting the early answers of open touches but not their silence would flatter everybody.
DUE_MS = int(3 * DAY * MILLISECONDS)
LAST_TOUCHES = 5
HOUR_MS = HOUR * MILLISECONDS
MESSAGES = ("inquiry", "form_submit", "email_replied", "sms_replied")

NO_REPLY = "No reply yet"


def _due(batch: Batch) -> tuple[Ints, Ints]:
    """Return rows of our touches three days old or older, by time, and whether (1, 0) each was answered."""
    talk = batch.talk
    due = batch.as_of[talk.row] * MILLISECONDS - talk.at_ms >= DUE_MS
    answered = (talk.answer_ms >= 0) & (talk.answer_ms <= DUE_MS)
    return talk.row[due], answered[due].astype(np.int64)


@engagement.signal(
    unit=Unit.SHARE,
    group=ANSWERING,
    template="Answered {percent} of our messages and calls within 3 days",
    zero="No reply yet within 3 days",
    unknown="Nothing of ours is 3 days old yet",
)
def reply_share(batch: Batch) -> Floats:
    """Share of our emails, texts and calls, three days old or older, that they answered within three days."""
    row, answered = _due(batch)
    return share(count(row[answered > 0], batch.m), count(row, batch.m))


@engagement.signal(
    unit=Unit.SHARE,
    group=ANSWERING,
    template="Answered {of_five} of our last 5 messages",
    zero="Answered none of our last 5 messages",
    unknown="Fewer than 5 messages of ours to answer so far",
)
def answer_consistency(batch: Batch) -> Floats:
    """Share of the last five of our touches, three days old or older, answered; unknown under five."""
    row, answered = _due(batch)
    n = count(row, batch.m)
    from_end = np.cumsum(n)[row] - np.arange(row.size)
    last = from_end <= LAST_TOUCHES
    hits = count(row[last & (answered > 0)], batch.m)
    return np.where(n >= LAST_TOUCHES, hits / LAST_TOUCHES, np.nan)


def _responses(batch: Batch) -> tuple[Ints, Ints]:
    """Return rows and milliseconds of responses, in order of time: a touch answered before our next one."""
    talk = batch.talk
    return talk.row[talk.answers_this], talk.answer_ms[talk.answers_this]


@engagement.signal(unit=Unit.HOURS, group=ANSWERING, template="Answers in {duration} (median)", unknown=NO_REPLY)
def median_response_hours(batch: Batch) -> Floats:
    """Median hours from one of our touches to their answer to it, where it came before our next touch."""
    row, wait = unpack(np.sort(pack(*_responses(batch))))
    return quantile(row, wait.astype(np.float64), batch.m, at=0.5) / HOUR_MS


@engagement.signal(unit=Unit.HOURS, group=ANSWERING, template="Last answer came after {duration}", unknown=NO_REPLY)
def latest_response_hours(batch: Batch) -> Floats:
    """Hours from our touch to their answer, the last time they answered before our next touch."""
    row, wait = _responses(batch)
    out = np.full(batch.m, np.nan)
    last = ends_of(row)
    out[row[last]] = wait[last] / HOUR_MS
    return out


@engagement.signal(unit=Unit.HOURS, group=ANSWERING, template="First answer came after {duration}", unknown=NO_REPLY)
def first_response_hours(batch: Batch) -> Floats:
    """Hours from our first touch to their first answer after it; unknown while there is none."""
    talk = batch.talk
    out = np.full(batch.m, np.nan)
    first = starts_of(talk.row) & (talk.answer_ms >= 0)
    out[talk.row[first]] = talk.answer_ms[first] / HOUR_MS
    return out


def _rated(batch: Batch) -> Some:
    some = batch.of(*MESSAGES)
    return some.where(~np.isnan(some.value))


@engagement.signal(
    unit=Unit.SHARE,
    group=WRITING,
    template="Detail of their last message: {n} of 100",
    unknown="No message from them yet",
)
def message_quality_latest(batch: Batch) -> Floats:
    """Quality of the text of their last message, 0 to 1."""
    rated = _rated(batch)
    return batch.latest(rated, rated.value)


@engagement.signal(
    unit=Unit.SHARE,
    group=WRITING,
    template="Detail of their messages on average: {n} of 100",
    unknown="No message from them yet",
)
def message_quality_mean(batch: Batch) -> Floats:
    """Mean quality of the text of all their messages, 0 to 1."""
    rated = _rated(batch)
    quality = on_grid(np.clip(rated.value, 0.0, 1.0))
    return share(total(rated.row, quality, batch.m), count(rated.row, batch.m))


def _per_email(batch: Batch, kind: str) -> Floats:
    """Return events of a kind per email: delivered ones where the mail system tells them, else sent ones."""
    delivered = batch.count("email_delivered")
    return share(batch.count(kind), np.where(delivered > 0, delivered, batch.count("email_sent")))


@engagement.signal(
    unit=Unit.SHARE,
    group=READING,
    template="{n} {open|opens} per 100 emails",
    zero="Has not opened an email",
    unknown="No email sent yet",
)
def open_rate(batch: Batch) -> Floats:
    """Emails opened per email delivered (sent, where delivery is not told); at most 1, or unknown."""
    return _per_email(batch, "email_opened")


@engagement.signal(
    unit=Unit.SHARE,
    group=READING,
    template="{n} {click|clicks} per 100 emails",
    zero="Has not clicked a link in an email",
    unknown="No email sent yet",
)
def click_rate(batch: Batch) -> Floats:
    """Links clicked per email delivered (sent, where delivery is not told); at most 1, or unknown."""
    return _per_email(batch, "email_clicked")


@engagement.signal(
    unit=Unit.SHARE,
    group=ANSWERING,
    template="Answered {percent} of our calls",
    zero="Has not answered a call",
    unknown="Not called yet",
)
def calls_answered_share(batch: Batch) -> Floats:
    """Share of our calls that they answered; an answered one without a record of calling is one call too."""
    answered = batch.count("call_answered")
    return share(answered, np.maximum(batch.count("call_attempted"), answered))
