"""What the room's tests begin with."""

from leadlight.crm import operations
from leadlight.crm.models import Delivery, Endpoint
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Person
from leadlight.scoring.models import Score
from tests.crm.receiver import Receiver


def endpoint(url: str = "https://hooks.example/x", name: str = "Zapier") -> tuple[Endpoint, str]:
    return operations.add_endpoint(url=url, name=name, now=utc_now())


def listening(receiver: Receiver) -> tuple[Endpoint, str]:
    return endpoint(receiver.url)


def plan(*persons: Person, cause: str = "LIVE") -> int:
    return operations.plan_score_messages(person_ids=[p.pk for p in persons], cause=cause, now=utc_now())


def rescore(person: Person, value: float) -> None:
    tier = "HOT" if value > 80 else "WARM" if value >= 50 else "COLD"
    Score.objects.filter(person=person).update(value=value, tier=tier, as_of=utc_now())


def only() -> Delivery:
    return Delivery.objects.get()
