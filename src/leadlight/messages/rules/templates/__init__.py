"""Templates: texts with merge fields and fallbacks, what is wrong with them, and what they become. Pure."""

from leadlight.messages.rules.templates.fields import FIELD_BY_NAME, FIELDS, Field
from leadlight.messages.rules.templates.linting import Complaint, lint
from leadlight.messages.rules.templates.parsing import Slot, Template, UnableToParse, parse
from leadlight.messages.rules.templates.rendering import Rendered, UnableToRender, render
from leadlight.messages.rules.templates.segments import Segments, segments

__all__ = [
    "FIELDS",
    "FIELD_BY_NAME",
    "Complaint",
    "Field",
    "Rendered",
    "Segments",
    "Slot",
    "Template",
    "UnableToParse",
    "UnableToRender",
    "lint",
    "parse",
    "render",
    "segments",
]
