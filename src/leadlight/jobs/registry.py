"""Which function a job's name stands for, and how its work is to be run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

from leadlight.jobs.rules import LIVE, QUEUES

Payload = dict[str, Any]
#: Takes what one to `batch` jobs carry. Must bear repetition: a job may run again after its worker died.
Function = Callable[[Sequence[Payload]], None]
#: Takes some of what waits in a table of its own; returns how much that was, 0 when nothing waits.
Drain = Callable[[], int]


@dataclass(frozen=True)
class Handler:
    """A function that runs jobs of one name, and how."""

    run: Function
    queue: str = LIVE
    #: Within its queue the lowest number goes first.
    priority: int = 0
    #: At most so many jobs are leased together and handed over in one list.
    batch: int = 500

    def __call__(self, payloads: Sequence[Payload]) -> None:
        """Run it."""
        self.run(payloads)


def handles(*, queue: str = LIVE, priority: int = 0, batch: int = 500) -> Callable[[Function], Handler]:
    """Make a function of a room's `tasks.py` the handler of the jobs called `room.function`."""
    assert queue in QUEUES, queue
    return lambda function: Handler(function, queue, priority, batch)


@lru_cache
def handler(name: str) -> Handler:
    """
    Return what a job's name stands for.

    Raises:
        LookupError: there is no such handler; a job of that name would wait for ever.
    """
    found = _task(name)
    if not isinstance(found, Handler):
        raise LookupError(f"No handler is called {name}.")
    return found


@lru_cache
def drain(name: str) -> Drain:
    """Return the function of that name that empties a table of waiting work."""
    found = _task(name)
    if not callable(found) or isinstance(found, Handler):
        raise LookupError(f"Nothing that drains is called {name}.")
    taking: Drain = found
    return taking


def _task(name: str) -> object:
    room, _, function = name.partition(".")
    try:
        return getattr(import_module(f"leadlight.{room}.tasks"), function)
    except (ImportError, AttributeError) as error:
        raise LookupError(f"There is no {function} in the tasks of {room}.") from error
