"""How the body of a request that tells of one lead is taken, whatever its content type."""

from http import HTTPStatus
from urllib.parse import parse_qsl

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from leadlight.intake.rules import bodies
from leadlight.intake.rules.bodies import Body, UnreadableBody
from leadlight.kit.problems import Problem

#: Bytes of one lead; files are other places' business.
MOST_BYTES = 1_000_000

_JSON = frozenset({"", "text/plain", "application/json", "text/json"})


def body_of(request: HttpRequest) -> Body:
    """
    Return the fields of a request's body.

    Raises:
        Problem: it is too large, of another content type, or unreadable.
    """
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if not length.isdecimal() or int(length[:20]) > MOST_BYTES:
        raise _too_large()
    kind = (request.content_type or "").lower()
    try:
        if kind == "multipart/form-data":
            return _of_parts(request)
        if len(request.body) > MOST_BYTES:
            raise _too_large()
        if kind == "application/x-www-form-urlencoded":
            return bodies.from_pairs(_pairs(request.body))
        if kind in _JSON or kind.endswith("+json"):
            return bodies.from_json(request.body)
    except UnreadableBody as error:
        raise Problem(HTTPStatus.BAD_REQUEST, "unreadable", str(error)) from error
    except RequestDataTooBig as error:
        raise _too_large() from error
    except (MultiPartParserError, BadRequest, SuspiciousOperation, UnreadablePostError) as error:
        raise Problem(HTTPStatus.BAD_REQUEST, "unreadable", f"The form cannot be read: {error}") from error
    raise Problem(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "content_type",
        f"Send JSON (application/json) or a form (application/x-www-form-urlencoded, multipart/form-data), "
        f"not {kind[:80]}.",
    )


def _of_parts(request: HttpRequest) -> Body:
    found = bodies.from_pairs((name, text) for name, texts in request.POST.lists() for text in map(str, texts))
    found.notes += [f"{name[:80]} was passed over: it is a file." for name in request.FILES]
    return found


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        text = body.decode("utf-8")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=bodies.MOST_FIELDS * 4)
    except ValueError as error:
        raise UnreadableBody(f"The form cannot be read as UTF-8: {error}") from error


def _too_large() -> Problem:
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", f"One lead has at most {MOST_BYTES:,} bytes. Send less."
    )
