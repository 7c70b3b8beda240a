"""The words that the gate is asked with and answers in."""

from enum import StrEnum


class Channel(StrEnum):
    """Through what a message goes."""

    EMAIL = "EMAIL"
    SMS = "SMS"
    CALL = "CALL"

    @property
    def is_phone(self) -> bool:
        """Whether the law of telephone calls holds for it; to that law a text is a call."""
        return self is not Channel.EMAIL


PHONE_CHANNELS = frozenset({Channel.SMS, Channel.CALL})


class MessageClass(StrEnum):
    """What kind of message it is. One sentence that promotes makes the whole of it marketing; so does a doubt."""

    #: The direct answer to their own message or form, about what they asked, once, within a day.
    REQUESTED_RESPONSE = "requested_response"
    #: About an appointment or a deal that they agreed to.
    TRANSACTIONAL = "transactional"
    #: Whatever encourages to buy, sell or have a home valued; listing alerts too.
    MARKETING = "marketing"
    #: The one confirmation of an opt-out, the answer to HELP, the confirmation of a consent.
    COMPLIANCE = "compliance"


class Sender(StrEnum):
    """Who sends."""

    #: A plan, or somebody who sends to many at once.
    AUTOMATED = "automated"
    #: Somebody of the team, to this one person.
    HAND = "hand"


class Basis(StrEnum):
    """On what a consent rests, the strongest first."""

    #: Signed (a ticked box or typed words will do), naming the seller, the number and that messages come by machine.
    WRITTEN = "WRITTEN"
    #: They said so, or gave the number to be contacted by it.
    EXPRESS = "EXPRESS"
    #: They asked us something.
    INQUIRY = "INQUIRY"
    #: They bought or sold with us.
    TRANSACTION = "TRANSACTION"


class ClosedFor(StrEnum):
    """Why a channel is closed."""

    OPTED_OUT = "OPTED_OUT"
    DO_NOT_CALL = "DO_NOT_CALL"
    BOUNCED = "BOUNCED"
    TRASH = "TRASH"
    ERASED = "ERASED"
    WRONG = "WRONG"
    DECEASED = "DECEASED"
    LEGAL_HOLD = "LEGAL_HOLD"


class Provenance(StrEnum):
    """How somebody came to the team; the words of `leads.models.Provenance`."""

    OWN_INQUIRY = "OWN_INQUIRY"
    PAST_CLIENT = "PAST_CLIENT"
    OPEN_HOUSE = "OPEN_HOUSE"
    BOUGHT = "BOUGHT"
    UNKNOWN = "UNKNOWN"


#: Of whom nobody can say that they ever asked for us.
STRANGERS = frozenset({Provenance.BOUGHT, Provenance.UNKNOWN})
