"""`/api/v1/webhooks`: REST hooks, as Zapier, Make and other programs subscribe to what happens here."""

from http import HTTPStatus
from typing import Any, cast

from django.http import HttpRequest
from ninja import Router, Status

from leadlight.accounts.api import Token
from leadlight.accounts.models import ApiToken
from leadlight.crm import operations, queries
from leadlight.crm.schemas import WebhookIn, WebhookMade, WebhookOut, made, told
from leadlight.kit.clock import utc_now
from leadlight.kit.problems import Problem, described

router = Router(tags=["webhooks"])
_SIGNED_IN = Token("webhooks:write")


@router.post(
    "/webhooks",
    auth=_SIGNED_IN,
    response={201: WebhookMade},
    openapi_extra={
        "responses": described(
            {
                400: "The body cannot be read, or the address may not be told of anything.",
                409: "The address has a webhook.",
                422: "A field is missing or is none that is known.",
            }
        )
    },
    summary="Subscribe an address",
)
def add_webhook(request: HttpRequest, wish: WebhookIn) -> Status[WebhookMade]:
    """
    Have an address told of what happens, from now on; the answer holds the secret that signs all messages.

    An address has at most one webhook: a second one is answered with 409.
    """
    try:
        endpoint, secret = operations.add_endpoint(
            url=wish.url, name=wish.name, events=wish.events, now=utc_now(), **_asker(request)
        )
    except operations.UnableToAddEndpoint as error:
        status = HTTPStatus.CONFLICT if error.code == "webhook_exists" else HTTPStatus.BAD_REQUEST
        raise Problem(status, error.code, error.message) from error
    return Status(201, made(endpoint, secret))


@router.get(
    "/webhooks",
    auth=_SIGNED_IN,
    response=list[WebhookOut],
    openapi_extra={"responses": described({})},
    summary="List the webhooks",
)
def list_webhooks(request: HttpRequest) -> list[WebhookOut]:
    """Return all webhooks, those that people made as well, the oldest first."""
    return [told(endpoint) for endpoint in queries.endpoints()]


@router.delete(
    "/webhooks/{webhook_id}",
    auth=_SIGNED_IN,
    response={204: None},
    openapi_extra={"responses": described({404: "There is no such webhook."})},
    summary="Unsubscribe",
)
def remove_webhook(request: HttpRequest, webhook_id: str) -> Status[None]:
    """Remove a webhook; what is still on its way to it is not sent."""
    number = int(webhook_id) if webhook_id.isascii() and webhook_id.isdecimal() and len(webhook_id) < 20 else 0
    try:
        operations.remove_endpoint(endpoint_id=number, now=utc_now(), **_asker(request))
    except operations.UnableToChangeEndpoint as error:
        raise Problem(HTTPStatus.NOT_FOUND, error.code, error.message) from error
    return Status(204, None)


def _asker(request: HttpRequest) -> dict[str, Any]:
    """Return who asks, as the audit trail keeps it: the token, and who made it."""
    token = cast(ApiToken, request.auth)  # type: ignore[attr-defined]  # set by ninja
    return {"actor": token.created_by, "via": f"token:{token.pk}"}
