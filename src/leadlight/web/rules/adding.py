"""The form by which somebody is added by hand: what was typed, what is wrong with it, and what it becomes. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from leadlight.intake import normalise
from leadlight.intake.rules import labels
from leadlight.intake.rules.records import LeadRow
from leadlight.leads.rules import canonical_source

REFERRAL = "Referral"
#: In the place of a person: the name that was typed is meant, and nobody whom we know.
JUST_THE_NAME = "-"

#: Longest text of each field; those that are not named take 200 characters.
_LONGEST = {
    "email": 254,
    "phone": 60,
    "kind": 24,
    "source": 120,
    "stage": 120,
    "owner": 120,
    "message": 20_000,
    "note": 20_000,
}


@dataclass(frozen=True)
class Form:
    """What stands in the form."""

    #: Names this form: sent twice, it adds once.
    token: str
    name: str = ""
    email: str = ""
    phone: str = ""
    kind: str = ""
    source: str = ""
    stage: str = ""
    owner: str = ""
    message: str = ""
    note: str = ""
    referred_by_name: str = ""
    #: The person chosen, `JUST_THE_NAME`, or nothing yet.
    referred_by: str = ""
    #: Add them although their phone is known.
    although_phone: bool = False


_TEXTS = ("name", "email", "phone", "kind", "source", "stage", "owner", "message", "note", "referred_by_name")


def sent(parameters: Mapping[str, str], *, token: str) -> Form:
    """Return what a browser sent; `token` names the form when what it sent for one is none."""
    given = parameters.get("token", "")
    texts = {
        name: normalise.clean(parameters.get(name, "").replace("\0", ""))[: _LONGEST.get(name, 200)]
        for name in _TEXTS
    }
    chosen = parameters.get("referred_by", "")
    return Form(
        token=given if re.fullmatch(r"[0-9a-f]{32}", given) else token,
        referred_by=chosen if chosen == JUST_THE_NAME or re.fullmatch(r"[1-9][0-9]{0,17}", chosen) else "",
        although_phone=parameters.get("although_phone") == "1",
        **texts,
    )


def identities(form: Form, *, country: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the e-mails and phones of the form, normalised, as far as they can be read."""
    return normalise.emails(form.email), normalise.phones(form.phone, country) if form.phone else ()


def errors(form: Form, *, country: str) -> dict[str, str]:
    """Return what is wrong, by field, in words that say what to do."""
    emails, phones = identities(form, country=country)
    found = {}
    if form.email and not emails:
        found["email"] = "This is no email address. Write it as name@example.com."
    if form.phone and not phones:
        found["phone"] = "This is no phone number. Write it with its area code."
    if not (form.name or form.email or form.phone):
        found["name"] = "Give a name, an email or a phone."
    return found


def row(form: Form, *, country: str) -> LeadRow:
    """Return what a form without errors tells of a lead."""
    emails, phones = identities(form, country=country)
    source = canonical_source(form.source)
    told = LeadRow(
        external_id=form.token,
        name=normalise.one_line(form.name),
        emails=emails,
        phones=phones,
        kind=normalise.person_kind(form.kind) if form.kind else "",
        source=source,
        source_label=form.source,
        owner_name=normalise.one_line(form.owner),
        stage=normalise.one_line(form.stage),
        stage_meaning=labels.stage_meaning(form.stage, None) if form.stage else "",
        message=form.message,
    )
    if form.referred_by_name and not source:
        return replace(told, source=REFERRAL, source_label=REFERRAL)
    return told
