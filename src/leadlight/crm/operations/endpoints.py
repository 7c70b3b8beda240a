"""Writes of endpoints: who hears from us, with which secret, on or off."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.crm.models import Delivery, DeliveryState, Endpoint
from leadlight.crm.rules import signing
from leadlight.crm.rules.payload import EVENTS, TEST, unknown_events
from leadlight.kit.addresses import checked_target
from leadlight.kit.errors import DomainError
from leadlight.kit.secrets import seal

#: So long after a new secret was made, messages carry the old one's signature too.
OVERLAP = timedelta(days=1)
MOST_ENDPOINTS = 50


class UnableToAddEndpoint(DomainError):
    """A webhook cannot be added."""

    code = "bad_webhook"


class UnableToChangeEndpoint(DomainError):
    """There is no such webhook."""

    code = "no_webhook"


@transaction.atomic
def add_endpoint(
    *, url: str, name: str, events: Sequence[str] = (), now: datetime, actor: User | None = None, via: str = ""
) -> tuple[Endpoint, str]:
    """
    Add a webhook; return it with its secret, the one time that anybody can see that.

    Without `events` it hears of everything. `via` names the program that asked for it, for the audit trail.

    Raises:
        UnsafeAddress: the address is none that Leadlight may talk to.
        UnableToAddEndpoint: an event is unknown, the address has a webhook already, or there are too many.
    """
    unknown = unknown_events(events)
    if unknown:
        raise UnableToAddEndpoint(f"There is no event {', '.join(unknown)}. Events are: {', '.join(EVENTS)}.")
    target = checked_target(url, private=settings.OUTBOUND_PRIVATE)
    if Endpoint.objects.count() >= MOST_ENDPOINTS:
        raise UnableToAddEndpoint(f"There are {MOST_ENDPOINTS} webhooks already. Remove one that nobody needs.")
    secret = signing.secret_of(secrets.token_bytes(signing.SECRET_BYTES))
    try:
        with transaction.atomic():
            added = Endpoint.objects.create(
                name=" ".join(name.split()) or target.host[:120],
                url=target.url,
                events=sorted(set(events or EVENTS)),
                secret=seal(secret),
                created_at=now,
                created_by=actor,
            )
    except IntegrityError as error:
        raise UnableToAddEndpoint(
            "This address has a webhook already. Remove that one first, or make a new secret for it.",
            code="webhook_exists",
        ) from error
    _audit("webhook.added", added.pk, now, actor, {"name": added.name, "host": target.host, "via": via})
    return added, secret


@transaction.atomic
def roll_secret(*, endpoint_id: int, now: datetime, actor: User | None) -> str:
    """
    Make a new secret and return it: the one time that anybody can see it. For a day the old one signs as well.

    Raises:
        UnableToChangeEndpoint: there is no such webhook.
    """
    found = locked(endpoint_id)
    secret = signing.secret_of(secrets.token_bytes(signing.SECRET_BYTES))
    Endpoint.objects.filter(pk=found.pk).update(
        secret=seal(secret), old_secret=found.secret, old_secret_until=now + OVERLAP
    )
    _audit("webhook.secret_rolled", found.pk, now, actor)
    return secret


@transaction.atomic
def disable_endpoint(*, endpoint_id: int, now: datetime, actor: User | None) -> None:
    """
    Turn a webhook off; what was on its way is not sent. One that is off stays so.

    Raises:
        UnableToChangeEndpoint: there is no such webhook.
    """
    if locked(endpoint_id).disabled_at is None:
        turn_off(reasons={endpoint_id: ""}, now=now, actor=actor)


def turn_off(*, reasons: Mapping[int, str], now: datetime, actor: User | None = None) -> None:
    """Turn endpoints off, each for its reason in plain words, in the caller's transaction."""
    for endpoint_id, reason in reasons.items():
        Endpoint.objects.filter(pk=endpoint_id).update(disabled_at=now, disabled_reason=reason[:300])
        _audit("webhook.disabled", endpoint_id, now, actor, {"reason": reason})
    Delivery.objects.filter(endpoint__in=reasons, state=DeliveryState.PLANNED).exclude(kind=TEST).update(
        state=DeliveryState.FAILED, finished_at=now, next_at=None, outcome="Not sent: the webhook was turned off."
    )


@transaction.atomic
def enable_endpoint(*, endpoint_id: int, now: datetime, actor: User | None) -> None:
    """
    Turn a webhook on again, as if it had never failed; it hears of what changes from now on.

    Raises:
        UnableToChangeEndpoint: there is no such webhook.
    """
    if locked(endpoint_id).disabled_at is not None:
        Endpoint.objects.filter(pk=endpoint_id).update(
            disabled_at=None, disabled_reason="", failures=0, failing_since=None, rests_until=None
        )
        _audit("webhook.enabled", endpoint_id, now, actor)


@transaction.atomic
def remove_endpoint(*, endpoint_id: int, now: datetime, actor: User | None, via: str = "") -> None:
    """
    Remove a webhook with all that it was told.

    Raises:
        UnableToChangeEndpoint: there is no such webhook.
    """
    found = locked(endpoint_id)
    _audit("webhook.removed", found.pk, now, actor, {"name": found.name, "via": via})
    found.delete()


def locked(endpoint_id: int) -> Endpoint:
    """
    Return an endpoint that nobody else changes until the transaction ends.

    Raises:
        UnableToChangeEndpoint: there is no such webhook.
    """
    found = Endpoint.objects.select_for_update(no_key=True).filter(pk=endpoint_id).first()
    if found is None:
        raise UnableToChangeEndpoint("This webhook is no longer there.")
    return found


def _audit(
    action: str, endpoint_id: int, now: datetime, actor: User | None, detail: dict[str, str] | None = None
) -> None:
    record_audit(action=action, subject=f"webhook:{endpoint_id}", now=now, actor=actor, detail=detail)
