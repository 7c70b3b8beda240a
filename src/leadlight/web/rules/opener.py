"""With which words somebody could begin. Pure; nothing is claimed that does not stand on the page."""

import re
from dataclasses import dataclass

from leadlight.messages.rules.language import check, steering_question
from leadlight.messages.rules.templates.names import first_name

#: A longer question is not given back: nobody reads out so much on the phone.
_MOST_QUESTION = 120
_END_OF_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n")


@dataclass(frozen=True)
class Occasion:
    """Who speaks to whom, and what about."""

    #: The lead's name and the agent's, as they stand here; empty when nobody knows.
    name: str
    agent: str
    #: Empty as long as nobody has said.
    brokerage: str
    #: The kind of the event that nobody has reacted to; empty for none.
    kind: str = ""
    #: What it was about, and their words.
    listing: str = ""
    text: str = ""


def opener(about: Occasion) -> str:
    """
    Return a greeting, what they asked, and one question that moves on.

    A question of theirs is given back and promised an answer, never answered; one about an area and its people gets
    what everybody gets. Words of theirs that fair-housing law forbids us to say are not said.
    """
    said = _said(about)
    if check(said):
        # Where their words or the name of a home may not be repeated, neither is.
        said = _said(Occasion(about.name, about.agent, about.brokerage, about.kind))
    return said


def _said(about: Occasion) -> str:
    greeting = " ".join(filter(None, ("Hi", first_name(about.name))))
    agent = first_name(about.agent) or about.agent.strip()
    who = " at ".join(filter(None, (agent, about.brokerage.strip())))
    return f"{greeting}, it’s {who}. {_matter(about)}" if who else f"{greeting}. {_matter(about)}"


def _matter(about: Occasion) -> str:
    steering = steering_question(about.text) if about.text else None
    if steering is not None:
        return steering.answer
    home, question = " ".join(about.listing.split()), _question(about.text)
    match about.kind:
        case "showing_request":
            asked = f"You asked to see {home or 'a home'}."
            return " ".join(filter(None, (asked, _promise(question), "Which day and time would suit you?")))
        case "valuation_request":
            return f"You asked what {home or 'your home'} is worth. When could I ask you a few questions about it?"
        case "call_received":
            return "You called, and I am sorry that we missed you. What can I do for you?"
        case "email_replied" | "sms_replied":
            thanks = _promise(question) or "Thank you for your answer."
            return f"{thanks} When would be a good time to talk?"
        case "inquiry":
            about_home = f"You asked about {home}." if home else "Thank you for writing to us."
            if question:
                return f"{about_home} {_promise(question)} When would be a good time to talk?"
            return f"{about_home} What would you like to know first?"
    return "Is now a good time to talk about your plans?"


def _promise(question: str) -> str:
    return f"About your question, “{question}”: let me get you the answer." if question else ""


def _question(text: str) -> str:
    """Return the first question of a text, short enough to be given back; empty without one."""
    for sentence in _END_OF_SENTENCE.split(text):
        question = "".join(c for c in " ".join(sentence.split()) if c.isprintable())
        if question.endswith("?") and 3 < len(question) <= _MOST_QUESTION and "://" not in question:
            return question
    return ""
