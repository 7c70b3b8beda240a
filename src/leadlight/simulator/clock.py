"""The brokerage's calendar: the simulated days, the hours of a day and the seasons. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

DAY = 86_400.0
#: The town's clock runs six hours behind UTC, all year round; files carry UTC.
UTC_OFFSET_HOURS = 6

#: Share of what people do in each hour of their own day: about 60 % of it lies outside nine to five.
LOCAL_HOURS = np.array(
    [
        0.8,
        0.4,
        0.2,
        0.2,
        0.3,
        0.7,
        1.8,
        3.0,
        4.0,
        4.6,
        5.0,
        5.2,
        5.6,
        5.0,
        4.8,
        4.8,
        5.0,
        5.4,
        6.2,
        7.6,
        8.6,
        8.2,
        5.6,
        2.6,
    ]
)
#: January to December: inquiries peak in spring and sag before Christmas.
MONTHS = np.array([0.85, 0.95, 1.15, 1.22, 1.25, 1.20, 1.05, 1.00, 0.92, 0.88, 0.75, 0.68])
#: Monday to Sunday.
WEEKDAYS = np.array([1.15, 1.0, 0.97, 0.95, 0.88, 0.92, 1.13])
#: Monday to Sunday: agents book fewer appointments at the weekend, when they show homes.
BOOKING_WEEKDAYS = np.array([1.15, 1.1, 1.08, 1.05, 0.98, 0.86, 0.78])


@dataclass(frozen=True)
class Calendar:
    """The simulated days; day 0 begins at `start`, a midnight UTC, and the export is made at `until`."""

    start: float
    until: float
    n_days: int
    #: Month (0 to 11) and weekday (0 = Monday) of each day, and of the hundred days after the last.
    month: NDArray[np.int64]
    weekday: NDArray[np.int64]

    @property
    def browsing(self) -> NDArray[np.float64]:
        """How much more or less than usual people look for homes on each day."""
        return np.asarray(np.sqrt(MONTHS[self.month]) * WEEKDAYS[self.weekday])

    @property
    def arrivals(self) -> NDArray[np.float64]:
        """How many leads arrive on each day, relative; the brokerage grows by a quarter in two years."""
        growth = np.linspace(1.0, 1.25, len(self.month))
        return np.asarray(MONTHS[self.month] * WEEKDAYS[self.weekday] * growth)

    @property
    def booking(self) -> NDArray[np.float64]:
        """What the season does to the hazard of booking an appointment, by day."""
        return np.asarray(MONTHS[self.month] ** 0.4 * BOOKING_WEEKDAYS[self.weekday])

    def day_of(self, moments: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the day in which each moment lies."""
        return np.floor((moments - self.start) / DAY).astype(np.int64)


def calendar(until: datetime, years: float) -> Calendar:
    """Return the calendar of the `years` before `until`."""
    moment = until.astimezone(UTC)
    first = (moment - timedelta(days=round(365 * years))).replace(hour=0, minute=0, second=0, microsecond=0)
    n_days = int(np.ceil((moment - first) / timedelta(days=1)))
    dates = [first + timedelta(days=i) for i in range(n_days + 100)]
    return Calendar(
        start=first.timestamp(),
        until=moment.timestamp(),
        n_days=n_days,
        month=np.array([date.month - 1 for date in dates], dtype=np.int64),
        weekday=np.array([date.weekday() for date in dates], dtype=np.int64),
    )


_HOURS_UTC = np.roll(LOCAL_HOURS, UTC_OFFSET_HOURS)
_CUMULATIVE = np.concatenate([[0.0], np.cumsum(_HOURS_UTC) / _HOURS_UTC.sum()])
_EDGES = np.arange(25.0) / 24.0


def share_of_day(fraction: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much of a day's activity lies before the given fraction (0 to 1) of the day."""
    return np.asarray(np.interp(fraction, _EDGES, _CUMULATIVE))


def time_of_day(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the fraction of the day before which the given share of its activity lies; inverts `share_of_day`."""
    return np.asarray(np.interp(share, _CUMULATIVE, _EDGES))


def local_hour(moments: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the hour (0 to 24, with fractions) that the town's clocks show."""
    return np.asarray((moments / 3600.0 - UTC_OFFSET_HOURS) % 24.0)
