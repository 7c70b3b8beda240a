"""What closes a channel, and what opens it again: kinds of events, and the words in them. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from leadlight.consent.rules.vocabulary import PHONE_CHANNELS, Channel
from leadlight.consent.rules.words import Meaning, Reply, meaning_of
from leadlight.events.rules import KIND_BY_NAME

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
    if _is_automatic(props):
        return []
    channel = CLOSED_BY.get(kind)
    if channel is not None:
        told = props.get("channel")
        named = told if isinstance(told, str) and told in CHANNELS else channel
        return [Closes(named, "OPTED_OUT", f"{KIND_BY_NAME[kind].noun} on {at:%Y-%m-%d}")]
    text = props.get("text")
    if kind not in SPOKEN or not isinstance(text, str):
        return []
    evidence = f"“{' '.join(text.split())[:240]}” on {at:%Y-%m-%d}"
    came_by = SPOKEN[kind]
    return [Closes(*one, evidence) for one in closed_by(meaning_of(text, channel=came_by), came_by)]


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


def opens(kind: str, props: Mapping[str, Any]) -> bool:
    """Say whether an event is a START by text, which opens texts again."""
    text = props.get("text")
    return (
        kind == "sms_replied"
        and not _is_automatic(props)
        and isinstance(text, str)
        and meaning_of(text).meaning is Meaning.OPT_IN
    )


def _is_automatic(props: Mapping[str, Any]) -> bool:
    """Say whether a machine wrote it in their name: an answer from somebody who is away."""
    return props.get("automatic") is True
