"""Writes of those who ask through a portal's mails: they become leads, and what they ask an inquiry."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from leadlight.consent.models import Basis, Channel
from leadlight.consent.operations import Given, record_consent
from leadlight.events import operations as events
from leadlight.events.operations import NewEvent
from leadlight.events.rules import KIND_BY_NAME, cause_of
from leadlight.events.text import message_quality
from leadlight.intake.operations.telling import tell_lead
from leadlight.intake.rules.portal_mail import PortalLead, is_repeat
from leadlight.leads.models import Provenance
from leadlight.messages import queries
from leadlight.messages.rules.receiving import Filed

#: What leads are called that mails tell of.
SYSTEM = "mail"


def ask_through_portals(*, filed: Sequence[Filed], now: datetime) -> list[Filed]:
    """
    Have who asks through a portal become a lead with an inquiry; return all that was filed, with these leads.

    The same person asking the same portal about the same home within a day asks once. In the caller's transaction.
    """
    before = queries.asked_before({one.portal.repeat_key for one in filed if one.portal is not None}, now=now)
    found = []
    for one in filed:
        if one.portal is None:
            found.append(one)
            continue
        lead_id = _tell(one, one.portal, now)
        at = min(one.incoming.received_at, now)
        is_again = is_repeat(at=at, before=before.get(one.portal.repeat_key))
        if not is_again:
            _ask(one, one.portal, lead_id, now)
            before[one.portal.repeat_key] = at
        found.append(replace(one, lead_id=lead_id, is_repeat=is_again))
    return found


def _tell(one: Filed, portal: PortalLead, now: datetime) -> int:
    at = min(one.incoming.received_at, now)
    told = tell_lead(
        row=replace(portal.row, message="", contacted_at=at),
        has_own_id=False,
        system=SYSTEM,
        provenance=Provenance.OWN_INQUIRY,
        origin=queries.ORIGIN,
        now=now,
    )
    _agree(one, portal, told.lead_id, at, now)
    return told.lead_id


def _agree(one: Filed, portal: PortalLead, lead_id: int, at: datetime, now: datetime) -> None:
    """Keep what they agreed to by asking through the portal: to be contacted by what they gave, never in writing."""
    ways = [(Channel.EMAIL, email) for email in portal.row.emails]
    ways += [(channel, phone) for phone in portal.row.phones for channel in (Channel.CALL, Channel.SMS)]
    for channel, address in ways:
        given = Given(
            lead_id=lead_id,
            channel=channel,
            address=address,
            basis=Basis.EXPRESS,
            obtained_at=at,
            words=portal.basis,
            form={"portal": portal.portal, "mail": one.incoming.mail_id},
            origin=queries.ORIGIN,
        )
        record_consent(given=given, now=now)


def _ask(one: Filed, portal: PortalLead, lead_id: int, now: datetime) -> None:
    at = min(one.incoming.received_at, now)
    text = portal.row.message
    props = {"subject": one.incoming.mail.subject, "portal": portal.portal}
    asked = NewEvent(
        event_id=f"mail:{one.incoming.mail_id}",
        lead_id=lead_id,
        kind="inquiry",
        occurred_at=at,
        known_at=now,
        listing=portal.listing or portal.mls_number,
        value=message_quality(text) if text else None,
        props={**props, "text": text} if text else props,
    )
    person_of = queries.persons_of([lead_id])
    cause = cause_of(KIND_BY_NAME[asked.kind], occurred_at=at, known_at=now)
    events.record(events=[asked], person_of=person_of, causes=[cause], origin=queries.ORIGIN, now=now)
    events.refresh_activity(person_ids=sorted(person_of.values()))
