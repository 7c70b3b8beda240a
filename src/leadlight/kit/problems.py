"""Errors of the API as RFC 9457 tells them: `application/problem+json`."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """What was asked for cannot be done, said in plain words to another program's author."""

    def __init__(self, status: HTTPStatus, code: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        #: A stable name of the error's kind.
        self.code = code
        self.detail = detail
        #: Further members of the document.
        self.more: Mapping[str, Any] = more


def body(problem: Problem) -> dict[str, Any]:
    """Return the document: its `type` names the kind for programs, its `detail` speaks to people."""
    return {
        "type": f"urn:leadlight:problem:{problem.code}",
        "title": problem.status.phrase,
        "status": problem.status.value,
        "detail": problem.detail,
        **problem.more,
    }


def response(problem: Problem) -> HttpResponse:
    """Return the answer that tells of a problem."""
    return HttpResponse(json.dumps(body(problem)), status=problem.status, content_type=CONTENT_TYPE)


_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}


def described(words: Mapping[int, str]) -> dict[int, Any]:
    """
    Return how the API's description tells of the problems of an address: status → when it comes.

    What every address that asks for a token can answer is among them.
    """
    common = {
        400: "The request cannot be read.",
        401: "No token, or one that was revoked.",
        403: "The token lacks the scope.",
    }
    content = {CONTENT_TYPE: {"schema": _SCHEMA}}
    return {status: {"description": said, "content": content} for status, said in {**common, **words}.items()}
