"""What closes a channel. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from leadlight.consent.rules.words import Meaning, understand
from leadlight.events.rules import KIND_BY_NAME

#: Words of `models.Channel`.
CHANNELS = ("ALL", "EMAIL", "SMS", "CALL")

#: Kind of event by which somebody says not to be contacted → the channel that it closes unless it names one.
CLOSED_BY: dict[str, str] = {"unsubscribed": "EMAIL", "email_complained": "EMAIL", "opted_out": "ALL"}

#: Kind of event that carries words of theirs → what an opt-out in these closes when it names no channel.
SPOKEN: dict[str, tuple[str, ...]] = {
    # A STOP by text ends automated texts and calls alike: scope is theirs to narrow, not ours.
    "sms_replied": ("SMS", "CALL"),
    "email_replied": ("EMAIL",),
    "inquiry": ("ALL",),
    "form_submit": ("ALL",),
}
#: On these, a channel that is named comes beside what the kind closes; elsewhere it stands instead.
_ALWAYS = frozenset({"sms_replied", "email_replied"})


class Closing(NamedTuple):
    """A channel that an event closes, why, and the words that prove it."""

    channel: str
    #: A word of `models.SuppressionReason`.
    reason: str
    evidence: str


def closings(kind: str, props: Mapping[str, Any], *, at: datetime) -> list[Closing]:
    """
    Return the channels that an event closes, none for one that closes nothing.

    Either by its kind, on the channel that it names itself, if any; or by what somebody says in it.
    """
    channel = CLOSED_BY.get(kind)
    if channel is not None:
        told = props.get("channel")
        named = told if isinstance(told, str) and told in CHANNELS else channel
        return [Closing(named, "OPTED_OUT", f"{KIND_BY_NAME[kind].noun} on {at:%Y-%m-%d}")]
    text = props.get("text")
    if kind not in SPOKEN or not isinstance(text, str):
        return []
    understood = understand(text)
    evidence = f"“{' '.join(text.split())[:240]}” on {at:%Y-%m-%d}"
    if understood.meaning == Meaning.WRONG_NUMBER:
        wrong = ("EMAIL",) if kind == "email_replied" else ("SMS", "CALL")
        return [Closing(one, "WRONG", evidence) for one in wrong]
    if understood.meaning != Meaning.OPT_OUT:
        return []
    beside = SPOKEN[kind] if kind in _ALWAYS or not understood.channels else ()
    return [Closing(one, "OPTED_OUT", evidence) for one in dict.fromkeys((*beside, *understood.channels))]
