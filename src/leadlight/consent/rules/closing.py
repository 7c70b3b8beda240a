"""What closes a channel, and what opens it again: kinds of events, and the words in them. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from leadlight.consent.rules.vocabulary import PHONE_CHANNELS, Channel
from leadlight.consent.rules.words import Meaning, Reply, meaning_of
from leadlight.events.rules import KIND_BY_NAME, is_automatic

#: Words of `models.Channel`.
CHANNELS = ("ALL", *Channel)

#: Kind of event by which somebody says not to be contacted → the channel that it closes unless it names one.
CLOSED_BY: dict[str, str] = {"unsubscribed": "EMAIL", "email_complained": "EMAIL", "opted_out": "ALL"}

#: Kind of event that carries words of theirs → through what these came; None: a form on a page.
SPOKEN: dict[str, Channel | None] = {
    "sms_replied": Channel.SMS,
    "email_replied": Channel.EMAIL,
    "inquiry": None,
    "showing_request": None,
    "valuation_request": None,
    "form_submit": None,
}


class Closed(NamedTuple):
    """A channel that somebody closes, and why."""

    #: A word of `models.Channel`.
    channel: str
    #: A word of `models.SuppressionReason`.
    reason: str


class Closes(NamedTuple):
    """A channel that an event closes, why, and the words that prove it."""

    channel: str
    reason: str
    evidence: str


def closings(kind: str, props: Mapping[str, Any], *, at: datetime) -> list[Closes]:
    """
    Return the channels that an event closes, none for one that closes nothing.

    Either by its kind, on the channel that it names itself, if any; or by what somebody says in it. What it calls
    automatic is nobody's word.
    """
    channel = CLOSED_BY.get(kind)
    if channel is not None and not is_automatic(props):
        told = props.get("channel")
        named = told if isinstance(told, str) and told in CHANNELS else channel
        return [Closes(named, "OPTED_OUT", f"{KIND_BY_NAME[kind].noun} on {at:%Y-%m-%d}")]
    said = words_in(kind, props)
    if said is None:
        return []
    evidence = f"“{' '.join(said.text.split())[:240]}” on {at:%Y-%m-%d}"
    return [Closes(*one, evidence) for one in closed_by(said.reply, SPOKEN[kind])]


class Said(NamedTuple):
    """Words in an event, and what they mean."""

    text: str
    reply: Reply


def words_in(kind: str, props: Mapping[str, Any]) -> Said | None:
    """
    Return what somebody says in an event; None where nobody says anything, or a machine does in their name.

    A subject of their own counts where the text closes nothing: who writes "unsubscribe" there often leaves it at
    that, and a signature.
    """
    text, subject = props.get("text"), props.get("subject")
    if kind not in SPOKEN or is_automatic(props) or not isinstance(text, str):
        return None
    said = Said(text, meaning_of(text, channel=SPOKEN[kind]))
    if isinstance(subject, str) and not _OUR_SUBJECT.match(subject) and not closed_by(said.reply, SPOKEN[kind]):
        own = Said(subject, meaning_of(subject, channel=SPOKEN[kind]))
        return own if own.reply.meaning is Meaning.OPT_OUT else said
    return said


#: "Re:" as mail programs of the languages around us write it: then the subject is ours, and not their word.
_OUR_SUBJECT = re.compile(r"\s*(?:re|fwd?|aw|wg|rv|tr|sv|antw)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)


def closed_by(reply: Reply, came_by: Channel | None) -> list[Closed]:
    """Return what a reply closes: somebody else's address every channel of it, an opt-out what it says."""
    closed: list[Closed] = []
    if reply.is_wrong_number:
        closed += [Closed(way, "WRONG") for way in sorted(ways_of(came_by))]
    if reply.closes >= set(Channel):
        closed.append(Closed("ALL", "OPTED_OUT"))
    else:
        closed += [Closed(way, "OPTED_OUT") for way in sorted(reply.closes)]
    return closed


def ways_of(came_by: Channel | None) -> frozenset[Channel]:
    """Return the channels of the address that words came from; on a form a number is what people give wrongly."""
    return frozenset({Channel.EMAIL}) if came_by is Channel.EMAIL else PHONE_CHANNELS


def number_of(props: Mapping[str, Any], phones: Sequence[str]) -> str | None:
    """
    Return the number (E.164) that a text came from, of those of the lead; None where nobody knows.

    The one that it names itself (`from`); without that the only one. A number that is none of the lead's speaks for
    none of theirs.
    """
    named = props.get("from")
    if named is None:
        return phones[0] if len(phones) == 1 else None
    return next((phone for phone in phones if phone == named), None)
