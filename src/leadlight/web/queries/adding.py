"""What the page for adding somebody has to know of who is here already, as the actor may see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from leadlight.accounts.models import User
from leadlight.intake.queries import candidates
from leadlight.intake.rules.same import EMAIL
from leadlight.leads.models import Person
from leadlight.leads.queries import visible_to
from leadlight.leads.rules import fold
from leadlight.web.rules.adding import JUST_THE_NAME
from leadlight.web.rules.listing import search_terms

#: Names that are offered while one types.
_OFFERED = 8


@dataclass(frozen=True)
class KnownPeople:
    """Who has an e-mail or phone already."""

    #: Whether the e-mail is known, not the phone alone.
    by_email: bool
    #: Those whom the actor may see.
    seen: Sequence[Person]

    @property
    def what(self) -> str:
        """Say what is known."""
        return "email" if self.by_email else "phone"


def known_people(actor: User, *, emails: Sequence[str], phones: Sequence[str]) -> KnownPeople | None:
    """Return who has one of these already, by e-mail if anybody; None when nobody has."""
    found = candidates(emails=emails, phones=phones) if emails or phones else []
    by_email = [one for one in found if one.by == EMAIL]
    if not found:
        return None
    return known(actor, {one.person_id for one in by_email or found}, by_email=bool(by_email))


def known(actor: User, person_ids: Collection[int], *, by_email: bool) -> KnownPeople:
    """Return people of whom an e-mail or phone is known, as the actor may see them."""
    return KnownPeople(by_email, list(visible_to(actor).filter(pk__in=person_ids).order_by("id")[:_OFFERED]))


def people_named(actor: User, text: str) -> list[Person]:
    """Return some people who fit what somebody types; nobody fits an empty text."""
    terms = search_terms(fold(text))
    if not terms:
        return []
    persons = visible_to(actor)
    for term in terms:
        persons = persons.filter(search_text__contains=term)
    return list(persons.order_by("name_key", "id")[:_OFFERED])


@dataclass(frozen=True)
class Referrer:
    """Who sent somebody to us."""

    name: str
    person_id: int | None = None
    #: People of just this name, when one of them has to be chosen first.
    ambiguous: Sequence[Person] = ()


def referrer(actor: User, *, name: str, chosen: str) -> Referrer:
    """Return who is meant: the person chosen, else the only one of just this name, else nobody whom we know."""
    if not name:
        return Referrer("")
    if chosen and chosen != JUST_THE_NAME:
        person = visible_to(actor).filter(pk=int(chosen)).first()
        if person is not None:
            return Referrer(str(person), person.pk)
    namesakes = list(visible_to(actor).filter(name_key=fold(name)[:80]).order_by("id")[:_OFFERED])
    if chosen == JUST_THE_NAME or not namesakes:
        return Referrer(name)
    if len(namesakes) > 1:
        return Referrer(name, ambiguous=namesakes)
    return Referrer(str(namesakes[0]), namesakes[0].pk)
