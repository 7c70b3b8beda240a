"""What the merge fields of a message hold, and the message that they make. Pure."""

from collections.abc import Mapping

from leadlight.messages.rules.language import Severity, check
from leadlight.messages.rules.templates import parse, render

#: Fields that leads and their sources fill: what they say of themselves is theirs, and we do not repeat all of it.
_TOLD = ("listing", "area")


def agent_fields(name: str, phone: str) -> dict[str, str]:
    """Return the fields of whose lead it is; empty for nobody's."""
    return {"agent_name": name, "agent_first_name": name.split()[0] if name.strip() else "", "agent_phone": phone}


def fill(subject: str, text: str, values: Mapping[str, str]) -> tuple[str, str]:
    """
    Return subject and text of a message, with what leads told left out where it may not stand in our own words.

    A home that its seller calls "perfect for families" is "your home search" when we speak of it.

    Raises:
        UnableToRender: a field has neither value nor fallback.
    """
    first, second = parse(subject), parse(text)
    made = render(first, values).text, render(second, values).text
    if any(found.severity is Severity.HARD for found in check("\n".join(made))):
        bare = {name: value for name, value in values.items() if name not in _TOLD}
        made = render(first, bare).text, render(second, bare).text
    return made
