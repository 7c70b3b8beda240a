"""
Logs: one JSON object a line, or readable text on a terminal. Neither holds personal data.

Whatever is logged, by us or by a library, passes the same processors last of all. Errors are told by type and place:
their messages quote what people typed (a database's "Key (email)=(…) already exists"), and so do the values of local
names, so neither is ever written, unless somebody develops Leadlight itself and asks for it.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from http import HTTPStatus
from types import TracebackType
from typing import Any, TypeAlias

import structlog
from django.http import HttpRequest
from structlog.typing import EventDict, Processor, WrappedLogger

from leadlight.kit.redaction import redact_value
from leadlight.ui.middleware import route

#: Frames told of one error, counted from where it was raised.
MOST_FRAMES = 25
#: An error, what it came from, and so on: so many links of the chain.
_MOST_CAUSES = 5
#: Ours, and safe by how they are made.
_OWN_FIELDS = frozenset({"timestamp", "level", "logger", "exception", "_record", "_from_structlog"})

#: What comes before a package in the path of its files.
_WHERE = re.compile(r".*/(?:site-packages|src|lib/python3\.\d+)/")

_ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None]

_common: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure() -> None:
    """Send what structlog's loggers are told through the standard library's, so that there is one way out."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_common,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    # A record that cannot be formatted would be printed with all its arguments.
    logging.raiseExceptions = False


def settings(*, form: str, show_internals: bool) -> dict[str, Any]:
    """
    Return the settings of the standard library's logging, for Django and for the web server.

    `form` is "json", "text" or empty: text on a terminal, JSON everywhere else.
    """
    as_json = form == "json" or (not form and not sys.stderr.isatty())
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            # By name: the web server reads the same settings from a file.
            "leadlight": {"()": f"{__name__}.formatter", "as_json": as_json, "show_internals": show_internals}
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "leadlight"},
            "none": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "leadlight": {"level": "INFO"},
            # Without Django's own handlers: one of them would mail errors with everything that was typed.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # Whole addresses; our own line of each request says what may be said.
            "django.server": {"handlers": ["none"], "propagate": False},
            "_granian": {"handlers": [], "propagate": True},
        },
    }


def formatter(*, as_json: bool, show_internals: bool) -> structlog.stdlib.ProcessorFormatter:
    """Return what makes a line of a record, whoever wrote it."""
    if as_json:
        rendered: list[Processor] = [structlog.processors.JSONRenderer(ensure_ascii=False)]
    else:
        plain = structlog.dev.plain_traceback
        colours = sys.stderr.isatty()
        rendered = [_exception_as_text, structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=plain)]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_common,
        processors=[
            name_no_address,
            tell_with_message if show_internals else tell_without_message,
            redact_fields,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *rendered,
        ],
    )


def name_no_address(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Tell what Django says of a request by its route: the address itself may hold an id or what was searched for."""
    record = event["_record"]
    request = getattr(record, "request", None)
    if isinstance(request, HttpRequest):
        status = getattr(record, "status_code", None)
        event["event"] = HTTPStatus(status).phrase if status else "A request went wrong"
        event.update(method=request.method, route=route(request), status=status)
    return event


def redact_fields(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take personal data and secrets out of every field."""
    return {name: value if name in _OWN_FIELDS else redact_value(value, name=name) for name, value in event.items()}


def tell_without_message(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Put the error's type and place in the stead of the error, and so for what it came from."""
    event.pop("stack_info", None)
    found = _exc_info(event.pop("exc_info", None))
    if found is not None:
        event["exception"] = [
            {"type": f"{type(error).__module__}.{type(error).__qualname__}", "frames": _frames(error)}
            for error in _chain(found[1])
        ]
    return event


def tell_with_message(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Tell the error as Python does. Only for developing Leadlight itself."""
    found = _exc_info(event.pop("exc_info", None))
    if found is not None:
        event["exception"] = "".join(traceback.format_exception(*found))
    return event


def _exc_info(told: Any) -> _ExcInfo | None:
    if isinstance(told, BaseException):
        return type(told), told, told.__traceback__
    if isinstance(told, tuple):
        return told if told[1] is not None else None  # three Nones stand for no error
    kind, error, place = sys.exc_info() if told else (None, None, None)
    return (kind, error, place) if kind is not None and error is not None else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    for _ in range(_MOST_CAUSES):
        yield error
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if cause is None:
            return
        error = cause


def _frames(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__, limit=-MOST_FRAMES)
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(path: str) -> str:
    """Return a file's path from its package on: where an installation lies is nobody's business."""
    return _WHERE.sub("", path.replace("\\", "/"))


def _exception_as_text(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    told = event.get("exception")
    if isinstance(told, list):
        lines = (f"{error['type']}\n" + "".join(f"  {frame}\n" for frame in error["frames"]) for error in told)
        event["exception"] = "from ".join(lines).rstrip()
    return event
