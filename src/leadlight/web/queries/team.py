"""Who works here, and with how many leads."""

from collections.abc import Sequence

from django.db.models import Count

from leadlight.accounts.models import ApiToken, Role, User
from leadlight.leads.models import Person


def members() -> list[tuple[User, int]]:
    """Return everybody of the team with how many people are theirs, by name; two queries."""
    users = User.objects.filter(is_active=True).order_by("name", "pk")
    owned = Person.objects.exclude(owner=None).order_by().values_list("owner").annotate(n=Count("pk"))
    n_of = dict(owned)
    return [(user, n_of.get(user.pk, 0)) for user in users]


def n_leads(user_id: int) -> int:
    """Return how many people are somebody's."""
    return Person.objects.filter(owner=user_id).count()


def n_tokens(user_id: int) -> int:
    """Return how many API tokens that somebody made are in use."""
    return ApiToken.objects.filter(created_by=user_id, revoked_at=None).count()


def heirs(user_id: int) -> Sequence[User]:
    """Return who could take the leads of somebody who leaves."""
    return list(User.objects.filter(is_active=True).exclude(pk=user_id).exclude(role=Role.ANALYST).order_by("name"))
