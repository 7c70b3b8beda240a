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
from leadlight.intake.operations.telling import MOST_IDENTITIES, tell_lead
from leadlight.intake.rules.portal_mail import PortalLead, is_repeat
from leadlight.leads.models import Provenance
from leadlight.messages import queries
from leadlight.messages.rules.receiving import Filed

#: What leads are called that mails tell of.
SYSTEM = "mail"


def ask_through_portals(*, filed: Sequence[Filed], now: datetime) -> list[Filed]:
    """
    Have who asks through a portal become a lead with an inquiry; return all that was filed, with these leads.

    The same person asking the same portal about the same home within a day asks once. What the portal's terms have
    them agree to is recorded with the inquiry. In the caller's transaction.
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
            _agree(one, one.portal, lead_id, now)
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
    return told.lead_id


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


def _agree(one: Filed, portal: PortalLead, lead_id: int, now: datetime) -> None:
    """Record that they may be reached by what they gave the portal; a relay's address is nobody's."""
    emails, phones = portal.row.emails[:MOST_IDENTITIES], portal.row.phones[:MOST_IDENTITIES]
    ways = [(Channel.EMAIL, email) for email in emails]
    ways += [(channel, phone) for phone in phones for channel in (Channel.CALL, Channel.SMS)]
    for channel, address in ways:
        given = Given(
            lead_id=lead_id,
            channel=channel,
            address=address,
            basis=Basis.EXPRESS,
            obtained_at=min(one.incoming.received_at, now),
            words=portal.basis,
            form={"portal": portal.portal, "mail_id": str(one.incoming.mail_id)},
            origin=queries.ORIGIN,
        )
        record_consent(given=given, now=now)
