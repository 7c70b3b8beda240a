"""What a template may speak of: the merge fields, as a page shows them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """A merge field; `{name}` in a template, or `{name|fallback}`."""

    name: str
    #: One sentence.
    meaning: str
    #: What previews and the counter of characters put in.
    example: str
    #: Longer values are cut, at a word where there is one.
    longest: int
    #: Some leads have none: a template must say what stands there instead.
    may_be_empty: bool = True
    #: What the template may say instead; "" where it is best to word the sentence without it.
    fallback: str = ""
    #: A person's name, which a greeting breaks without.
    is_name: bool = False
    #: Comes from leads and their sources, who may write anything.
    is_told: bool = False


FIELDS: tuple[Field, ...] = (
    Field("first_name", "The lead's first name.", "Marisol", 30, fallback="there", is_name=True, is_told=True),
    Field(
        "full_name", "The lead's whole name.", "Marisol Ortega", 60, fallback="there", is_name=True, is_told=True
    ),
    Field("agent_name", "Whose lead it is, by whole name.", "Dana Whitfield", 60, fallback="our team", is_name=True),
    Field("agent_first_name", "Whose lead it is, by first name.", "Dana", 30, fallback="our team", is_name=True),
    Field("agent_phone", "The agent's phone number.", "813-555-0142", 20, fallback="our office"),
    Field("brokerage", "The brokerage's name, as its settings say.", "Bayline Realty", 60, may_be_empty=False),
    Field("brokerage_phone", "The brokerage's phone number.", "813-555-0100", 20, fallback="our office"),
    Field("website", "The brokerage's website.", "baylinerealty.example", 80, fallback="our website"),
    Field(
        "listing", "The home the lead asked about or viewed last, by its street.", "12 Elm St", 80,
        fallback="the home you asked about", is_told=True,
    ),
    Field("area", "The area the lead looks in.", "Seminole Heights", 60, fallback="your area", is_told=True),
    Field(
        "appointment_time", "When the next appointment is, in the lead's own time.", "Tuesday, June 2 at 4:30 pm", 60,
        fallback="the time we agreed on",
    ),
    Field("today", "The day of sending, in the lead's own time.", "Monday, June 1", 40, may_be_empty=False),
)  # fmt: skip

FIELD_BY_NAME: dict[str, Field] = {field.name: field for field in FIELDS}
