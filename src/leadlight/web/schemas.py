"""What the API takes of consents and answers about leads, and what its description says of the requests."""

import ipaddress
import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeAlias

from ninja import Field, Schema
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    TypeAdapter,
)

from leadlight.intake.rules.bodies import CONSENTS
from leadlight.kit.problems import described

ScoreStatus = Literal["scored", "pending", "no_model", "not_needed"]

_STATUS = (
    "scored; pending: it is being computed, ask again; no_model: nothing was trained yet; not_needed: what the score "
    "foretells has come, or cannot come any more."
)


class ReasonOut(Schema):
    """One plain reason."""

    text: str = Field(examples=["Viewed 12 Elm St four times since Tuesday"])
    points: float = Field(description="Score points; with `base` and the other reasons they add up to `value`.")
    family: str = Field(examples=["What they did"])


class ScoreBrief(Schema):
    """A score without its reasons."""

    number: int = Field(ge=0, le=100, description="What people see: 0 to 100. It is a place on our scale, no chance.")
    value: float = Field(description="The same, exact.")
    tier: Literal["hot", "warm", "cold"]
    tier_is_held: bool = Field(description="Somebody of the team set the tier by hand.")
    p_target: float = Field(ge=0, le=1, description="Calibrated chance of what the model foretells.")
    model_version: int | None = Field(description="Which model; null when it is gone.")
    scored_at: datetime


class ScoreOut(ScoreBrief):
    """A score with all that is behind it."""

    chance: str = Field(
        description="The chance as people say it, with the number of leads it was counted on; empty without a count.",
        examples=["31 of 100 leads like this booked an appointment within 60 days (n = 214)"],
    )
    base: float | None = Field(description="What everybody starts from; null when the reasons are not known.")
    reasons: list[ReasonOut] = Field(description="The strongest first.")


class ExternalId(Schema):
    """A lead's id in another system."""

    system: str = Field(examples=["followupboss"])
    id: str = Field(examples=["4711"])


class _Lead(Schema):
    id: str = Field(description="The lead's id here.", examples=["815"])
    person_id: str = Field(description="Whose record it is: one person may have several leads.", examples=["790"])
    name: str
    email: str
    phone: str = Field(description="E.164, or empty.", examples=["+18135550142"])
    kind: str = Field(description="buyer, seller, renter and so on, or empty.")
    stage: str
    state: Literal["open", "booked", "client", "closed", "lost"]
    source: str
    owner: str
    external_ids: list[ExternalId] = Field(description="The person's ids in other systems.")
    url: str = Field(description="The lead's page.")
    score_status: ScoreStatus = Field(description=_STATUS)


class LeadOut(_Lead):
    """A lead with its score and reasons."""

    score: ScoreOut | None


class LeadBrief(_Lead):
    """A lead of a list: its score comes without reasons."""

    score: ScoreBrief | None


class ToldOut(Schema):
    """What became of a lead that was told."""

    id: str = Field(description="The lead's id here.")
    person_id: str
    status: Literal["created", "updated", "unchanged"]
    url: str = Field(description="The lead's page.")
    dropped: dict[str, int] = Field(
        description="Fields that were not stored, counted: fair housing forbids it, or your team left them out."
    )
    notes: list[str] = Field(description="What else was not taken as it came, in words.")
    score: ScoreOut | None = Field(description="With `wait=score`, when it came in time.")
    score_status: ScoreStatus | None = Field(description=f"Null without `wait=score`. {_STATUS}")


def _written(value: Any) -> Any:
    """Refuse bare numbers, which could be seconds or milliseconds of any epoch."""
    if isinstance(value, str) and not re.match(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        raise ValueError("Write day, time and zone as 2026-11-20T14:03:11-05:00.")
    return value


def _in_utc(at: datetime) -> datetime:
    if not 1970 <= at.year < 9999:
        raise ValueError("Look at the year again.")
    return at.astimezone(UTC)


def _ip(text: str) -> str:
    # A zone names an interface of the machine that saw it, and databases keep none.
    if "%" in text:
        raise ValueError("This is no IP address. Write it as 203.0.113.7, without a zone.")
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError as error:
        raise ValueError("This is no IP address. Write it as 203.0.113.7.") from error


_Moment = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_in_utc)]
#: What a database keeps.
_Text = Annotated[str, StringConstraints(max_length=20_000, pattern=r"^[^\x00]*$")]
_Line = Annotated[str, StringConstraints(max_length=1_000, pattern=r"^[^\x00]*$")]
_Name = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
_Version = Annotated[str, StringConstraints(max_length=40, pattern=r"^[^\x00]*$")]
_Answer: TypeAlias = _Text | bool | list[_Text] | None


class ConsentIn(BaseModel):
    """What a lead agreed to, with what proves it."""

    model_config = ConfigDict(extra="forbid")

    channel: Literal["EMAIL", "SMS", "CALL"]
    basis: Literal["WRITTEN", "EXPRESS", "INQUIRY", "TRANSACTION"] = Field(
        description="WRITTEN: signed below a text that names the seller; such a one needs `wording` and `seller`. "
        "EXPRESS: said or typed. INQUIRY, TRANSACTION: implied by a question or a deal."
    )
    obtained_at: _Moment = Field(description="When it was given, with its zone: what tells it from a later one.")
    expires_at: _Moment | None = None
    address: _Line = Field("", description="For which email or phone of the lead; without it, for the first.")
    wording: _Text = Field("", description="The text that they saw, whole.")
    wording_version: _Version = ""
    seller: _Name = Field("", description="Whom that text names as the one who will contact them.")
    words: _Line = Field("", description="What they said or typed themselves.")
    page: _Line = Field("", description="The address of the page with the form.")
    ip: Annotated[str, AfterValidator(_ip)] | None = None
    user_agent: _Line = Field("", description="What their browser calls itself; its first 400 characters are kept.")
    form: dict[_Line, _Answer] = Field(
        default_factory=dict, max_length=100, description="The form as it was sent: field → what was typed or ticked."
    )


ConsentsIn: TypeAlias = Annotated[list[ConsentIn], Field(max_length=20)]


def _described_consents() -> dict[str, Any]:
    """Return the schema of consents as it stands within a body that is described by hand."""
    found = TypeAdapter(ConsentsIn).json_schema()
    items = found.pop("$defs")["ConsentIn"]
    return {**found, "items": items, "description": "What the lead agreed to. Only at the top of a body of JSON."}


_EXAMPLE = {
    "Full Name": "Ana Silva",
    "Email Address": "ana@example.com",
    "Phone Number": "(813) 555-0142",
    "Price Range": "$400k - $450k",
    "Timeframe to buy": "1-3 months",
    "Message": "Can I see 14 Elm St on Saturday at 10?",
    "Lead Source": "Facebook",
}
_ANY = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": True,
    "description": "Fields of any name. At least an id, an email or a phone must be among them.",
}
_AGREED = {
    "channel": "SMS",
    "basis": "WRITTEN",
    "obtained_at": "2026-11-20T14:03:11-05:00",
    "wording": "I agree that Tidewater Homes may send me marketing texts by machine. It is no condition of purchase.",
    "wording_version": "sms-3",
    "seller": "Tidewater Homes",
    "form": {"agree": "on"},
    "page": "https://tidewater.example.com/12-elm",
    "ip": "203.0.113.7",
    "user_agent": "Mozilla/5.0",
}

TELL: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {**_ANY, "properties": {CONSENTS: _described_consents()}},
                "example": {**_EXAMPLE, CONSENTS: [_AGREED]},
            },
            "application/x-www-form-urlencoded": {"schema": _ANY, "example": _EXAMPLE},
            "multipart/form-data": {"schema": _ANY},
        },
    },
    "responses": described(
        {
            413: "The body is too large for one lead.",
            415: "The body is neither JSON nor a form.",
            422: "It says of nobody in particular, a consent proves nothing, or a word in the address is unknown.",
        }
    ),
}
ONE: dict[str, Any] = {
    "responses": described({404: "There is no such lead.", 422: "The address cannot be read."}),
}
FIND: dict[str, Any] = {
    "responses": described({422: "Not exactly one way to find a lead, or no email or phone."}),
}
