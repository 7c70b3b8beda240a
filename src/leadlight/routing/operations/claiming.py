"""The claim: of all who are called about a lead, exactly one takes it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction

from leadlight.accounts.models import User
from leadlight.kit.errors import DomainError
from leadlight.leads import operations as leads
from leadlight.routing.models import Wait
from leadlight.routing.operations.assigning import give

#: A link that claims is of use for so long.
LINK_LASTS = timedelta(hours=2)
_SALT = "leadlight.routing.claim"


class UnableToClaim(DomainError):
    """A lead cannot be taken by this link."""

    code = "bad_claim"


def claim_token(*, wait_id: int, user_id: int, now: datetime) -> str:
    """Return what lets one user claim what one wait is about, for `LINK_LASTS`."""
    return signing.dumps([wait_id, user_id, int((now + LINK_LASTS).timestamp())], salt=_SALT)


def read_token(token: str, *, now: datetime) -> tuple[int, User]:
    """
    Return the wait of a token, and whose it is.

    Raises:
        UnableToClaim: it is none of ours, has run out, or its user is not of the team any more.
    """
    try:
        wait_id, user_id, until = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise UnableToClaim("This link is not whole. Open it from the alert itself.") from error
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not user.may_edit:
        raise UnableToClaim("This link belongs to somebody who takes no leads here.")
    if now.timestamp() >= until:
        raise UnableToClaim("This link has run out. Sign in to see who waits.", code="claim_over")
    return wait_id, user


@dataclass(frozen=True)
class Claim:
    """What became of a claim."""

    person_id: int
    #: Whether who asked has the lead, or has answered it.
    is_won: bool
    #: Who has it; empty when somebody answered who does not sign in here.
    by: str = ""


@transaction.atomic
def claim(*, wait_id: int, user: User, now: datetime) -> Claim:
    """
    Take what a wait is about, with all that the person waits for; asked again by the same user, it stays theirs.

    The first takes it: nobody else is called any more, and whoever comes later is told who has it. Unless the owner
    is the first, the person becomes theirs who takes them.

    Raises:
        UnableToClaim: there is no such wait any more.
    """
    person_id = Wait.objects.filter(pk=wait_id).values_list("lead__person", flat=True).first()
    if person_id is None:
        raise UnableToClaim("This lead is no longer here.")
    owner = leads.hold_owners([person_id]).get(person_id)
    free = Wait.objects.filter(lead__person=person_id, ended_at=None, claimed_by=None)
    if free.filter(pk=wait_id).update(claimed_by=user, claimed_at=now):
        free.update(claimed_by=user, claimed_at=now)
        if owner != user.pk:
            give(owner_of={person_id: user.pk}, reason="The first to take it", actor=user, now=now)
        return Claim(person_id, is_won=True)
    wait = Wait.objects.select_related("claimed_by", "answered_by").get(pk=wait_id)
    by = wait.claimed_by or wait.answered_by
    return Claim(person_id, is_won=by == user, by=str(by or ""))
