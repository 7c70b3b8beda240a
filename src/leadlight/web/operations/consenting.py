"""The writing by which somebody of the team keeps what a lead agreed to."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.consent.models import Basis, Channel
from leadlight.consent.operations import Given, UnableToRecordConsent, record_consent
from leadlight.leads.models import Identity, IdentityKind

_REACHED_BY: Mapping[str, str] = {
    Channel.EMAIL.value: IdentityKind.EMAIL.value,
    Channel.SMS.value: IdentityKind.PHONE.value,
    Channel.CALL.value: IdentityKind.PHONE.value,
}


@transaction.atomic
def write_down_consent(
    *, person_id: int, channel: str, address: str, words: str, at: datetime, actor: User, now: datetime
) -> bool:
    """
    Record what a person said that they agree to, for one of their addresses; False when it stands there already.

    It counts as spoken: nobody signs for somebody else.

    Raises:
        UnableToRecordConsent: it is no channel or address of theirs, their words are missing, or the moment is to
            come.
    """
    if not words:
        raise UnableToRecordConsent("Write down what they said: their words are what proves it.")
    known = Identity.objects.filter(lead__person=person_id, kind=_REACHED_BY.get(channel, ""), value=address)
    lead_id = known.order_by("-lead__updated_at", "-lead").values_list("lead", flat=True).first()
    if lead_id is None:
        raise UnableToRecordConsent("Choose what they agreed to, and for which email or phone of theirs.")
    given = Given(
        lead_id=lead_id,
        channel=Channel(channel),
        address=address,
        basis=Basis.EXPRESS,
        obtained_at=at,
        words=words,
        form={"written_down_by": str(actor)},
        origin="page",
    )
    if not record_consent(given=given, now=now):
        return False
    detail = {"channel": channel}
    record_audit(action="consent.recorded", subject=f"person:{person_id}", now=now, actor=actor, detail=detail)
    return True
