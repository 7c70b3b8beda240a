"""How programs sign in to the API: `Authorization: Bearer ll_…`, each address with the scope that it asks for."""

from http import HTTPStatus

from django.http import HttpRequest
from ninja.security import HttpBearer

from leadlight.accounts.models import ApiToken
from leadlight.accounts.operations import authenticate
from leadlight.kit.clock import utc_now
from leadlight.kit.problems import Problem


class Token(HttpBearer):
    """Lets in whoever carries a token with the scope."""

    openapi_name = "token"

    def __init__(self, scope: str) -> None:
        super().__init__()
        self._scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:  # noqa: ARG002
        """Return the token; None, which is answered with 401, when it is not one of ours or was revoked."""
        found = authenticate(token=token, now=utc_now())
        if found is not None and self._scope not in found.scopes:
            remedy = f"Make one with: leadlight token create --scopes {self._scope}"
            raise Problem(
                HTTPStatus.FORBIDDEN, "scope_missing", f"This token lacks the scope {self._scope}. {remedy}"
            )
        return found
