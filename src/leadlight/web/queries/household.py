"""Whom a person lives with, as the actor may see them."""

from collections.abc import Sequence
from dataclasses import dataclass

from leadlight.accounts.models import User
from leadlight.leads.models import Person, SaidHousehold
from leadlight.leads.queries import visible_to
from leadlight.quality.queries import household_of


@dataclass(frozen=True)
class Home:
    """Who lives with a person."""

    #: Each with what makes them one household.
    others: Sequence[tuple[Person, str]]
    #: How many more there are whose leads are not the actor's to see.
    n_hidden: int
    said: SaidHousehold | None

    @property
    def lives_alone(self) -> bool:
        """Say whether somebody said that they live with nobody whom we know."""
        return self.said is not None and self.said.lives_with_id is None


def home(actor: User, person_id: int) -> Home:
    """Return who lives with a person."""
    household = household_of(person_id)
    seen = visible_to(actor).filter(pk__in=household.others).order_by("name_key", "pk") if household.others else ()
    others = [(person, household.others[person.pk]) for person in seen]
    return Home(others, len(household.others) - len(others), household.said)
