"""Which events close a channel."""

from datetime import datetime

from leadlight.events.rules import KIND_BY_NAME

#: Words of `models.Channel`.
CHANNELS = ("ALL", "EMAIL", "SMS", "CALL")

#: Kind of event by which somebody says not to be contacted → the channel that it closes unless it names one.
CLOSED_BY: dict[str, str] = {"unsubscribed": "EMAIL", "email_complained": "EMAIL", "opted_out": "ALL"}


def closed_by(kind: str, *, told: object, at: datetime) -> tuple[str, str] | None:
    """
    Return the channel that an event closes, with the words that prove it; None for an event that closes none.

    `told` is the channel that the event itself names, if any.
    """
    channel = CLOSED_BY.get(kind)
    if channel is None:
        return None
    return told if isinstance(
        told, str
    ) and told in CHANNELS else channel, f"{KIND_BY_NAME[kind].noun} on {at:%Y-%m-%d}"
