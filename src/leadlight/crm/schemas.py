"""What the API takes and gives of webhooks."""

from datetime import datetime
from typing import Annotated

from ninja import Field, Schema
from pydantic import ConfigDict, StringConstraints

from leadlight.crm.models import Endpoint
from leadlight.crm.rules.payload import EVENTS
from leadlight.kit.addresses import MOST_CHARACTERS

#: One line of text: the databases keep no NUL, and lists no line breaks.
Line = Annotated[str, StringConstraints(max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")]


class WebhookIn(Schema):
    """An address that wants to hear from us."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"url": "https://hooks.example.com/leadlight", "events": ["lead.score_changed"]}
        }
    )

    url: str = Field(max_length=MOST_CHARACTERS, description="Public, https, and without a password in it.")
    name: Line = Field("", description="What people call it; the host of the address when empty.")
    events: list[Line] = Field(
        default_factory=lambda: list(EVENTS),
        min_length=1,
        max_length=20,
        description=" ".join(f"`{event}`: {sentence}" for event, sentence in EVENTS.items()),
    )


class WebhookOut(Schema):
    """A webhook, without its secret."""

    id: str = Field(examples=["12"])
    url: str = Field(examples=["https://hooks.example.com/leadlight"])
    name: str = Field(examples=["Zapier"])
    events: list[str] = Field(examples=[["lead.score_changed"]])
    enabled: bool
    disabled_reason: str = Field(description="Why it was turned off; empty when it is on, or people turned it off.")
    created_at: datetime


class WebhookMade(WebhookOut):
    """A new webhook."""

    secret: str = Field(
        description="Signs all messages, by the Standard Webhooks specification. Shown this once.",
        examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )


def told(endpoint: Endpoint) -> WebhookOut:
    """Return what is told of an endpoint."""
    return WebhookOut(
        id=str(endpoint.pk),
        url=endpoint.url,
        name=endpoint.name,
        events=endpoint.events,
        enabled=endpoint.disabled_at is None,
        disabled_reason=endpoint.disabled_reason,
        created_at=endpoint.created_at,
    )


def made(endpoint: Endpoint, secret: str) -> WebhookMade:
    """Return what is told of an endpoint once, when it is made."""
    return WebhookMade(**told(endpoint).model_dump(), secret=secret)
