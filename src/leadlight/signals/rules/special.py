"""How a named special is written: a function, its docstring the definition, beside it the reason's words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leadlight.signals.rules.batch import Batch
from leadlight.signals.rules.exact import Floats, Ints
from leadlight.signals.rules.shapes import Family, Signal, Unit, Verdict


class AboutListing(NamedTuple):
    """The values of a signal that is about one listing, and which listing that is (-1 for none)."""

    values: Floats | Ints
    listing: NDArray[np.int32]


Compute = Callable[[Batch], Floats | Ints | AboutListing]


@dataclass(frozen=True)
class Special:
    """A catalogue entry with a function of its own (it returns length m, NaN for unknown)."""

    signal: Signal
    compute: Compute


class Specials:
    """The specials of one family: each function decorated with `signal` becomes an entry, as written."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self.entries: list[Special] = []

    def signal(
        self,
        *,
        unit: Unit,
        group: str,
        template: str,
        zero: str = "",
        unknown: str = "",
        below: tuple[float, str] | None = None,
        verdict: Verdict = Verdict.ALLOW,
        in_model: bool = True,
        words: tuple[str, ...] = (),
    ) -> Callable[[Compute], Compute]:
        """Enter the decorated function: its name is the signal's, its docstring the signal's definition."""

        def enter(compute: Compute) -> Compute:
            signal = Signal(
                name=compute.__name__,
                family=self.family,
                unit=unit,
                sentence=" ".join((compute.__doc__ or "").split()),
                group=group,
                template=template,
                zero=zero,
                unknown=unknown,
                below=below,
                verdict=verdict,
                in_model=in_model,
                words=words,
            )
            self.entries.append(Special(signal, compute))
            return compute

        return enter
