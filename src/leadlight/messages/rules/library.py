"""The templates that ship: what each is for, and its words until the team writes its own. Pure."""

from dataclasses import dataclass

from leadlight.consent.rules import MessageClass


@dataclass(frozen=True)
class Shipped:
    """A template as it ships; a team's own words go before these."""

    name: str
    title: str
    #: When it is sent, one sentence.
    sentence: str
    channel: str
    message_class: MessageClass
    #: The merge fields that it can fill, by name.
    fields: tuple[str, ...]
    subject: str
    text: str


ACKNOWLEDGMENT = Shipped(
    name="acknowledgment",
    title="Answer to an inquiry",
    sentence="Goes out by itself the moment somebody asks something, once for each inquiry.",
    channel="EMAIL",
    message_class=MessageClass.REQUESTED_RESPONSE,
    fields=(
        "first_name",
        "full_name",
        "listing",
        "agent_name",
        "agent_first_name",
        "agent_phone",
        "brokerage",
        "brokerage_phone",
        "website",
    ),
    subject="We have your message about {listing|your home search}",
    text=(
        "Hi {first_name|there},\n\n"
        "thank you for your message about {listing|your home search}. {agent_name|Somebody of our team} has it and"
        " will answer you personally.\n\n"
        "If anything is missing, just reply to this email.\n\n"
        "{agent_name|Your team}\n"
        "{brokerage|}"
    ),
)

LIBRARY: dict[str, Shipped] = {shipped.name: shipped for shipped in (ACKNOWLEDGMENT,)}
