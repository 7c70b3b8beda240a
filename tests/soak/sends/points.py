"""The steps of a message at which a worker dies; see `tests.soak.points` for whose turn it is."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.soak.points import around, passing

BEFORE = ("before prepare", "planned but not committed", "planned", "before claim")
#: From the row that says SENDING to the one that says what came of it.
BETWEEN = (
    *("claimed", "at MAIL", "at DATA", "at DOT", "at TAKEN"),
    *("accepted but not recorded", "refused but not recorded", "recorded but not committed"),
)
AFTER = ("recorded",)

_here = threading.local()


def install() -> None:
    """Put the points into the way of a message."""
    from leadlight.channels.email.smtp import SmtpSession
    from leadlight.messages import operations
    from leadlight.messages.operations import acknowledging, delivering

    acknowledging.prepare = around(acknowledging.prepare, before="before prepare", after="planned but not committed")
    operations.acknowledge = around(operations.acknowledge, after="planned")
    operations.claim = _claiming(operations.claim)
    operations.record_accepted = _recording(operations.record_accepted, "accepted but not recorded")
    operations.record_failure = _recording(operations.record_failure, "refused but not recorded")
    delivering.record_touch = _touching(delivering.record_touch)
    SmtpSession._put = _putting(SmtpSession._put)


def _claiming(claim: Callable[..., Any]) -> Callable[..., Any]:
    def claimed(**told: Any) -> Any:
        passing("before claim")
        letter = claim(**told)
        if letter is not None:
            _here.letter = letter
            passing("claimed", _about())
        return letter

    return claimed


def _about() -> str:
    """Name the message that this thread hands over, and which try that is."""
    return f"{_here.letter.message_id} {_here.letter.attempt}"


def _putting(put: Callable[..., None]) -> Callable[..., None]:
    journal = Path(os.environ["SOAK_JOURNAL"])

    def handed(session: Any, line: Any, data: bytes) -> None:
        is_dot = data == b".\r\n"
        size = journal.stat().st_size if is_dot and journal.exists() else 0
        put(session, line, data)
        if data.startswith(b"MAIL FROM:"):
            passing("at MAIL", _about())
        elif data == b"DATA\r\n":
            passing("at DATA", _about())
        elif is_dot:
            passing("at DOT", _about())
            wanted = f'"message_id": "{_here.letter.email.message_id}"'.encode()
            passing("at TAKEN", _about(), once=lambda: wanted in _beyond(journal, size))

    return handed


def _beyond(path: Path, size: int) -> bytes:
    if not path.exists():
        return b""
    with path.open("rb") as file:
        file.seek(size)
        return file.read()


def _recording(record: Callable[..., None], point: str) -> Callable[..., None]:
    def recorded(**told: Any) -> None:
        passing(point, _about())
        record(**told)
        passing("recorded")

    return recorded


def _touching(touch: Callable[..., None]) -> Callable[..., None]:
    def touched(**told: Any) -> None:
        passing("recorded but not committed", _about())
        touch(**told)

    return touched
