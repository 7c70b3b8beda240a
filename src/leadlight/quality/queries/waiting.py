"""People who asked for something and whom nobody answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet

from leadlight.accounts.models import User
from leadlight.consent.models import Channel, Suppression
from leadlight.leads.models import Person, State
from leadlight.leads.queries import visible_to


@dataclass(frozen=True)
class FoundMoney:
    """People who asked for something and whom nobody answered."""

    #: All of them, and those who did something of their own after having asked, within a month.
    n: int
    n_back: int
    #: Of all of them, those who are not on the call list yet.
    n_to_list: int


#: Who did something within so many days is back.
BACK_WITHIN = timedelta(days=30)


def unanswered(actor: User) -> QuerySet[Person]:
    """Return who asked for something, got no answer, is still open, and may be contacted."""
    shut = Suppression.objects.filter(channel=Channel.ALL).values("lead__person")
    return visible_to(actor).filter(state=State.OPEN, waiting_since__isnull=False).exclude(pk__in=shut)


def found_money(actor: User, *, now: datetime) -> FoundMoney:
    """Count them, in one query."""
    back = Q(active_at__gt=F("asked_at")) & Q(active_at__gt=now - BACK_WITHIN)
    counted = unanswered(actor).aggregate(
        n=Count("pk"), back=Count("pk", filter=back), to_list=Count("pk", filter=Q(to_call_since=None))
    )
    return FoundMoney(counted["n"], counted["back"], counted["to_list"])
