"""One question to the gate, and what each of its rules reads of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from leadlight.consent.rules import hours
from leadlight.consent.rules.facts import Facts
from leadlight.consent.rules.law import federal, rules_of
from leadlight.consent.rules.law.forms import Rule
from leadlight.consent.rules.places.zones import ALL_US_ZONES
from leadlight.consent.rules.vocabulary import STRANGERS, Basis, Channel, MessageClass, Sender


@dataclass(frozen=True)
class Question:
    """May this be sent?"""

    facts: Facts
    channel: Channel
    message_class: MessageClass
    sender: Sender
    #: When it would arrive.
    now: datetime

    @property
    def is_marketing(self) -> bool:
        """Whether it promotes."""
        return self.message_class is MessageClass.MARKETING

    @property
    def is_answer(self) -> bool:
        """Whether it says that it answers what they asked."""
        return self.message_class is MessageClass.REQUESTED_RESPONSE

    @property
    def is_compliance(self) -> bool:
        """Whether the law itself wants it sent."""
        return self.message_class is MessageClass.COMPLIANCE

    @property
    def is_automated(self) -> bool:
        """Whether a machine sends it, or somebody to many."""
        return self.sender is Sender.AUTOMATED

    @property
    def address(self) -> str:
        """Where it would go."""
        return self.facts.phone if self.channel.is_phone else self.facts.email

    @property
    def is_stranger(self) -> bool:
        """Whether nobody can say that they ever asked for us at this address."""
        facts = self.facts
        return (facts.phone_provenance if self.channel.is_phone else facts.email_provenance) in STRANGERS

    @property
    def may_be_abroad(self) -> bool:
        """Whether anything points out of the United States."""
        return bool(self.facts.countries - {"US"})

    def has_agreed(self, *bases: Basis, since: datetime | None = None) -> bool:
        """Say whether a consent on one of the bases holds for this channel; with `since`, one given from then on."""
        return any(
            agreement.channel is self.channel
            and agreement.strength in bases
            and agreement.is_live(self.now)
            and (since is None or agreement.obtained_at >= since)
            for agreement in self.facts.agreements
        )

    @property
    def last_word(self) -> datetime | None:
        """When they last asked or wrote anything."""
        return max((at for at in (self.facts.asked_at, self.facts.wrote_at) if at is not None), default=None)

    @property
    def has_relationship(self) -> bool:
        """Whether a deal or question of theirs is recent enough for a business relationship."""
        months = federal.RELATIONSHIP_MONTHS
        begun = ((Basis.TRANSACTION, self.facts.transacted_at), (Basis.INQUIRY, self.facts.asked_at))
        return any(at is not None and at <= self.now < hours.add_months(at, months[basis]) for basis, at in begun)

    @property
    def has_checked_list(self) -> bool:
        """Whether the copy of the National Do Not Call list is fresh."""
        of = self.facts.national_list_of
        return of is not None and self.now.date() - of <= federal.LIST_GOOD_FOR

    @cached_property
    def laws(self) -> tuple[Rule, ...]:
        """The rows whose hours and caps hold: the states' for marketing, which ask no less than the federal one."""
        return rules_of(self.facts.states, self.now.date()) if self.is_marketing else (federal.CALLING,)

    @cached_property
    def clocks(self) -> list[tuple[Rule, str]]:
        """Which rows must be open by which clocks; none for e-mail and for what the law itself wants sent."""
        if not self.channel.is_phone or self.is_compliance:
            return []
        return hours.pairs(self.laws, self.facts.zones or ALL_US_ZONES)

    @property
    def margin(self) -> timedelta:
        """How long before the hours end it must be on its way."""
        return hours.MARGIN if self.is_automated and self.channel is Channel.SMS else timedelta(0)
