"""What may not go out now is planned for when it may, or is over."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from leadlight.consent.models import Basis, Channel
from leadlight.consent.operations import Given, record_consent
from leadlight.consent.rules import Allowed, Facts, MessageClass, Reason, Refused
from leadlight.consent.rules.law.federal import OWN_LIST
from leadlight.messages import operations
from leadlight.messages.models import Message, Purpose, State, Through
from leadlight.messages.operations import Draft
from leadlight.messages.operations.delivering import fate
from leadlight.messages.queries import Decision
from tests.messages.build import DAY, HOUR, MINUTE, NOON, ready
from tests.routing.build import lead

#: A Monday evening: ten in New York.
NIGHT = NOON + 10 * HOUR
MORNING = NIGHT + 10 * HOUR


def refused(*codes: str, retry_at: datetime | None) -> Decision:
    reasons = tuple(Reason(code, code, OWN_LIST, None if code == "paused" else retry_at) for code in codes)
    return Decision(Refused(reasons, retry_at), Facts(person_id=1))


@pytest.mark.parametrize(
    ("decision", "stale_at", "state", "at"),
    [
        (refused("hours", retry_at=MORNING), None, State.PLANNED, MORNING),
        (refused("hours", retry_at=MORNING), MORNING + MINUTE, State.PLANNED, MORNING),
        (refused("hours", retry_at=MORNING), MORNING, State.REFUSED, None),
        (refused("hours", retry_at=MORNING), MORNING - MINUTE, State.REFUSED, None),
        (refused("paused", retry_at=None), None, State.PLANNED, None),
        (refused("paused", "opted_out", retry_at=None), None, State.REFUSED, None),
        (refused("opted_out", retry_at=None), None, State.REFUSED, None),
    ],
)
def test_what_becomes_of_it(decision: Decision, stale_at: datetime | None, state: State, at: datetime | None) -> None:
    assert fate(decision, stale_at=stale_at) == (state, at)
    assert not replace(decision, answer=Allowed()).is_only_paused


@pytest.mark.django_db
@pytest.mark.parametrize("wait", [timedelta(0), DAY])
def test_at_night_it_is_planned_for_the_morning_or_for_when_it_was_meant(wait: timedelta) -> None:
    ready(NIGHT)
    ana = lead("Ana Ortega", phones=("+18135550142",), provenance="OWN_INQUIRY")
    given = Given(
        ana.leads.get().pk, Channel.SMS, "+18135550142", Basis.WRITTEN, NOON - DAY, wording="Yes.", seller="Bayline"
    )
    record_consent(given=given, now=NOON)
    draft = Draft(
        lead_id=ana.leads.get().pk,
        message_class=MessageClass.TRANSACTIONAL,
        purpose=Purpose.BY_HAND,
        key="k",
        subject="",
        text="See you at ten.",
        address="+18135550142",
        channel=Through.SMS,
        due_at=NIGHT + wait,
    )
    operations.prepare(drafts=[draft], now=NIGHT)
    message = Message.objects.get()
    assert (message.state, message.due_at) == ("PLANNED", max(MORNING, NIGHT + wait)), message.outcome
