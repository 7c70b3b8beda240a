"""`/api/v1/leads`: other programs tell of leads, and read them with their scores and reasons."""

import hashlib
import time
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from ninja import Header, Path, Query, Router, Status

from leadlight.accounts.api import Token
from leadlight.intake import normalise
from leadlight.intake.kept_mappings import mapping_of, path_of
from leadlight.intake.operations import Told, tell_lead
from leadlight.intake.rules import forms
from leadlight.kit.clock import utc_now
from leadlight.kit.problems import Problem
from leadlight.scoring.models import Score
from leadlight.scoring.queries import Explanation, serving
from leadlight.scoring.rules.scale import display
from leadlight.web import schemas
from leadlight.web.bodies import body_of
from leadlight.web.consents import consents_of, given_by
from leadlight.web.queries import api as queries
from leadlight.web.queries.api import Known

router = Router(tags=["leads"])

#: How long `wait=score` may take in all, and how often it looks.
WAIT_SECONDS, LOOK_SECONDS = 1.8, 0.025
_MOST_ID = 2**63 - 1
#: Any text that a database takes.
_TEXT = r"^[^\x00]*$"

_Provenance = Literal["OWN_INQUIRY", "PAST_CLIENT", "OPEN_HOUSE", "BOUGHT", "UNKNOWN"]


@router.post(
    "/leads",
    auth=Token("leads:write"),
    response={200: schemas.ToldOut, 201: schemas.ToldOut},
    openapi_extra=schemas.TELL,
    summary="Create or update a lead",
)
def create_or_update_lead(
    request: HttpRequest,
    wait: Annotated[
        Literal["score"] | None, Query(description="`score`: answer with the new score; waits at most 2 seconds.")
    ] = None,
    system: Annotated[
        str,
        Query(
            min_length=1,
            max_length=40,
            pattern=r"^[^\x00-\x1f\x7f]+$",
            description="Whose ids these are: the name of your CRM, form or automation.",
        ),
    ] = "api",
    provenance: Annotated[_Provenance, Query(description="How these people came to you.")] = "UNKNOWN",
    idempotency_key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            max_length=200,
            description="A message told again under the same key is the same message.",
        ),
    ] = "",
) -> Status[dict[str, Any]]:
    """
    Store one lead, from fields of any name: no mapping has to be made first.

    What a field holds is guessed from its name and value when it first comes, and kept where your team can change
    it. A lead is found by its own id, else by email, else by phone, among the leads of all systems; then it
    is updated, and what somebody changed by hand stays. A message is an inquiry. `consents` say what the lead agreed
    to, with what proves it. Telling the same again changes nothing.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    now = utc_now()
    body = body_of(request)
    agreed = consents_of(body)
    if not body.record:
        raise _nobody()
    mapping, is_new = mapping_of(body.record, system=system)
    row = forms.read_record(body.record, mapping, now=now)
    if row is None:
        raise _nobody()
    dropped = forms.dropped(body.record, mapping)
    told = tell_lead(
        row=row,
        has_own_id=forms.has_own_id(body.record, mapping),
        system=system,
        provenance=provenance,
        origin="api",
        key=hashlib.sha256(idempotency_key.encode("utf-8", "replace")).hexdigest()[:32] if idempotency_key else "",
        consents=given_by(agreed, row, now=now),
        now=now,
    )
    notes = [*body.notes, *row.notes]
    notes += [f"{name} was not stored: {reason}." for name, reason in dropped.items()]
    if is_new:
        notes.append(f"Some fields are new. How they are read is kept in mappings/{path_of(system).name}.")
    answer = {
        "id": str(told.lead_id),
        "person_id": str(told.person_id),
        "status": told.status,
        "url": _url(request, told.person_id),
        "dropped": dict.fromkeys(dropped, 1),
        "notes": notes,
        "score": None,
        "score_status": None,
    }
    if wait:
        answer |= _awaited(told, now, deadline)
    return Status(HTTPStatus.CREATED if told.status == "created" else HTTPStatus.OK, answer)


def _nobody() -> Problem:
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "nobody",
        "These fields say of nobody in particular. Send at least an id, a valid email or a valid phone, for example "
        'as "email". If one is among them, its field was read as something else: change it in the mapping.',
    )


def _awaited(told: Told, now: datetime, deadline: float) -> dict[str, Any]:
    """Return the score as soon as a worker has computed it; outside any transaction, and not beyond the deadline."""
    if serving() is None:
        return {"score_status": "no_model"}
    while not queries.is_scored(told.person_id, until=now, is_touched=told.is_touched):
        if time.monotonic() + LOOK_SECONDS > deadline:
            return {"score_status": "pending"}
        time.sleep(LOOK_SECONDS)
    known = queries.one_lead(told.lead_id)
    if known is None:
        return {"score_status": "pending"}
    return {"score": _score(known), "score_status": known.score_status}


@router.get(
    "/leads/{lead_id}",
    auth=Token("leads:read"),
    response=schemas.LeadOut,
    openapi_extra=schemas.ONE,
    summary="Read a lead with its score and reasons",
)
def get_lead(
    request: HttpRequest, lead_id: Annotated[str, Path(description="The lead's id here.")]
) -> dict[str, Any]:
    """Return one lead: who it is, what its score is, and the reasons, which add up to the score."""
    is_id = lead_id.isascii() and lead_id.isdecimal() and len(lead_id) < 20 and int(lead_id) <= _MOST_ID
    known = queries.one_lead(int(lead_id)) if is_id else None
    if known is None:
        raise Problem(
            HTTPStatus.NOT_FOUND, "no_lead", "There is no lead of this id. Look it up with GET /api/v1/leads?email=…"
        )
    return {**_lead(request, known), "score": _score(known)}


@router.get(
    "/leads",
    auth=Token("leads:read"),
    response=list[schemas.LeadBrief],
    openapi_extra=schemas.FIND,
    summary="Find leads by email, phone or id",
)
def find_leads(
    request: HttpRequest,
    email: Annotated[str, Query(max_length=254, pattern=_TEXT)] = "",
    phone: Annotated[str, Query(max_length=60, pattern=_TEXT)] = "",
    external_id: Annotated[str, Query(max_length=200, pattern=_TEXT)] = "",
    system: Annotated[
        str, Query(max_length=40, pattern=_TEXT, description="Whose id `external_id` is; without it, anybody's.")
    ] = "",
) -> list[dict[str, Any]]:
    """Return the leads that have an email, a phone or an id, at most 50; nobody is an empty list."""
    if sum(map(bool, (email, phone, external_id))) != 1 or (system and not external_id):
        raise _invalid("Give exactly one of `email`, `phone` and `external_id`; `system` goes with the last alone.")
    if email:
        emails = normalise.emails(email)
        if not emails:
            raise _invalid("This is no email address.")
        found = queries.by_email(emails[0])
    elif phone:
        phones = normalise.phones(phone, settings.COUNTRY)
        if not phones:
            raise _invalid("This is no phone number. Write it as +18135550142.")
        found = queries.by_phone(phones[0])
    else:
        found = queries.by_external_id(external_id, system=system)
    return [{**_lead(request, known), "score": _brief(known.score) if known.score else None} for known in found]


def _invalid(detail: str) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", detail)


def _url(request: HttpRequest, person_id: int) -> str:
    return request.build_absolute_uri(reverse("web:lead", args=[person_id]))


def _lead(request: HttpRequest, known: Known) -> dict[str, Any]:
    person = known.lead.person
    return {
        "id": str(known.lead.pk),
        "person_id": str(person.pk),
        "name": person.name,
        "email": person.email,
        "phone": person.phone,
        "kind": person.kind,
        "stage": person.stage,
        "state": person.state.lower(),
        "source": str(person.source or ""),
        "owner": str(person.owner or person.owner_name),
        "external_ids": [{"system": system, "id": external_id} for system, external_id in known.external_ids],
        "url": _url(request, person.pk),
        "score_status": known.score_status,
    }


def _brief(score: Score) -> dict[str, Any]:
    return {
        "number": display(score.value),
        "value": score.value,
        "tier": score.tier.lower(),
        "tier_is_held": score.is_held,
        "p_target": score.p_target,
        "model_version": score.version_id,
        "scored_at": score.as_of,
    }


def _score(known: Known) -> dict[str, Any] | None:
    if known.score is None:
        return None
    explained: Explanation | None = known.explained
    reasons = explained.reasons if explained else ()
    return {
        **_brief(known.score),
        "chance": explained.chance if explained else "",
        "base": explained.base if explained else None,
        "reasons": [{"text": reason.text, "points": reason.points, "family": reason.family} for reason in reasons],
    }
