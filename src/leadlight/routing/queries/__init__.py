"""Reads of the room."""

from leadlight.routing.queries.alerts import ShownClaim, devices, occasion, push_contact, shown_claim
from leadlight.routing.queries.team import Team, team, with_devices
from leadlight.routing.queries.today import MOST, Done, Name, Open, Since, Today, open_with, today
from leadlight.routing.queries.waits import (
    Told,
    alerted,
    breaches,
    hot,
    of_person,
    open_waits,
    told,
    touches,
    waiting_persons,
)

__all__ = [
    "MOST",
    "Done",
    "Name",
    "Open",
    "ShownClaim",
    "Since",
    "Team",
    "Today",
    "Told",
    "alerted",
    "breaches",
    "devices",
    "hot",
    "occasion",
    "of_person",
    "open_waits",
    "open_with",
    "push_contact",
    "shown_claim",
    "team",
    "today",
    "told",
    "touches",
    "waiting_persons",
    "with_devices",
]
