"""What a program says that a lead agreed to, read and checked before anything is stored."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Never

from django.conf import settings
from ninja.errors import ValidationError
from pydantic import TypeAdapter
from pydantic import ValidationError as Unreadable

from leadlight.consent.models import Basis, Channel
from leadlight.consent.operations import Given, UnableToRecordConsent, check_consent
from leadlight.intake import normalise
from leadlight.intake.operations.telling import MOST_IDENTITIES
from leadlight.intake.rules.bodies import CONSENTS, Body
from leadlight.intake.rules.records import LeadRow
from leadlight.web.schemas import ConsentsIn

_consents = TypeAdapter(ConsentsIn)
#: Errors that one answer tells.
_MOST_ERRORS = 10


def consents_of(body: Body) -> ConsentsIn:
    """
    Return the consents that a body tells of.

    Raises:
        ValidationError: one cannot be read, or they came as fields of a form, which cannot tell them apart.
    """
    if any(name == CONSENTS or name.startswith(f"{CONSENTS}.") for name in body.record):
        _refuse([((CONSENTS,), "Send these as a list of objects in a body of JSON.")])
    if body.consents is None:
        return []
    try:
        return _consents.validate_python(_told(body.consents))
    except Unreadable as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        _refuse([((CONSENTS, *one["loc"]), one["msg"].removeprefix("Value error, ")) for one in found])


def given_by(consents: ConsentsIn, row: LeadRow, *, now: datetime) -> list[Given]:
    """
    Return the consents as they are recorded, of a lead that is yet to be stored: `lead_id` is 0.

    Raises:
        ValidationError: one proves nothing, or is for an address that the lead did not give in the same body.
    """
    given = [
        Given(
            lead_id=0,
            channel=Channel(one.channel),
            address=_address(one.channel, one.address, row, place),
            basis=Basis(one.basis),
            obtained_at=one.obtained_at,
            wording=one.wording,
            wording_version=one.wording_version,
            seller=one.seller,
            words=one.words,
            form=one.form,
            page=one.page,
            ip=one.ip,
            user_agent=one.user_agent,
            origin="api",
            expires_at=one.expires_at,
        )
        for place, one in enumerate(consents)
    ]
    if wrong := list(_wrong(given, now)):
        _refuse(wrong)
    return given


_Wrong = tuple[tuple[int | str, ...], str]


def _told(value: Any) -> Any:
    """Return consents without what is empty: it is as if it were not there."""
    if not isinstance(value, list):
        return value
    return [
        {name: told for name, told in one.items() if told not in (None, "")} if isinstance(one, dict) else one
        for one in value
    ]


def _address(channel: str, asked: str, row: LeadRow, place: int) -> str:
    is_email = channel == Channel.EMAIL
    own = (row.emails if is_email else row.phones)[:MOST_IDENTITIES]
    word = "email" if is_email else "phone"
    if not own:
        _refuse([((CONSENTS, place, "channel"), f"The lead has no {word} in this body that it could be for.")])
    if not asked:
        return own[0]
    found = normalise.emails(asked) if is_email else normalise.phones(asked, settings.COUNTRY)
    if len(found) != 1 or found[0] not in own:
        _refuse(
            [((CONSENTS, place, "address"), f"This is no {word} of the lead. Send it as a field of the lead too.")]
        )
    return found[0]


def _wrong(given: list[Given], now: datetime) -> Iterator[_Wrong]:
    for place, one in enumerate(given):
        try:
            check_consent(one, now=now)
        except UnableToRecordConsent as error:
            yield (CONSENTS, place), error.message


def _refuse(wrong: list[_Wrong]) -> Never:
    raise ValidationError([{"loc": at, "msg": words} for at, words in wrong[:_MOST_ERRORS]])
