"""The whole synthetic brokerage, drawn from one seed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from leadlight.simulator.activities import Activities, Kind, join
from leadlight.simulator.behaviour import arrive, browse, ring
from leadlight.simulator.clock import DAY, Calendar, calendar
from leadlight.simulator.ladder import Ladder, climb
from leadlight.simulator.people import People, build_people
from leadlight.simulator.process import Paths, run
from leadlight.simulator.records import Records, build_records, part
from leadlight.simulator.touches import appointments, follow_up, opt_outs
from leadlight.simulator.town import Desk, Homes, build_desk, build_homes

#: Share of the records that are a second file of a known person, and that somebody made to try things out.
_SECOND_FILES = 0.03
_TEST_FILES = 0.002

_REQUESTS = (Kind.PROPERTY_INQUIRY, Kind.GENERAL_INQUIRY, Kind.SELLER_INQUIRY, Kind.SHOWING_REQUEST)


@dataclass(frozen=True)
class Brokerage:
    """A brokerage's two years: what a CRM holds of it (`records`, `activities`, `ladder`) and the hidden rest."""

    seed: int
    calendar: Calendar
    desk: Desk
    homes: Homes
    people: People
    paths: Paths
    ladder: Ladder
    #: When each person opted out; infinite for most.
    opted_out_at: NDArray[np.float64]
    #: Ordered by moment, all before the export; `person` counts `people`, and from there on the test files.
    activities: Activities
    records: Records
    #: What goes on after the export, ordered by moment, and the files that are begun meanwhile.
    later: Activities
    newcomers: Records

    def persons_of(self, lead_ids: list[str]) -> NDArray[np.int64]:
        """
        Return the person behind each exported lead id; -1 for a test file, behind which there is nobody.

        Raises: KeyError for an id that this brokerage did not export.
        """
        place = {lead_id: row for row, lead_id in enumerate(self.records.lead_id)}
        rows = np.array([place[lead_id] for lead_id in lead_ids], dtype=np.int64)
        return np.asarray(self.records.person[rows], dtype=np.int64)


def simulate(
    *, n_leads: int, seed: int, until: datetime, years: float = 2, later: timedelta = timedelta(0)
) -> Brokerage:
    """
    Draw a brokerage whose CRM holds `n_leads` records on the day of the export, `until` (aware).

    It goes on for so much `later`; those who arrive then are among the `n_leads`, and not in the export. The same
    arguments give the same brokerage. A few records are second files of the same person or test entries, so
    there are slightly fewer people than leads.
    Raises: ValueError when there are fewer than ten leads, less than half a year, or `until` is naive.
    """
    if until.tzinfo is None:
        raise ValueError("until must carry a time zone")
    if n_leads < 10 or years < 0.5:
        raise ValueError("a brokerage needs at least ten leads and half a year")
    # One stream for each part, so that a change in one leaves the others as they were.
    streams = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(8)]
    days = calendar(until + later, years)
    exported = replace(days, until=until.timestamp())
    n_test = max(1, round(n_leads * _TEST_FILES))
    n_second = round(n_leads * _SECOND_FILES)
    n_people = n_leads - n_test - n_second
    homes = build_homes(days, streams[0])
    desk = build_desk(n_leads, streams[1])
    people = build_people(n_people, desk, days, streams[2])
    paths = run(people.drivers, days, streams[3])
    ladder = climb(people, paths.booked_at, streams[4])
    opted = opt_outs(people, paths, days, streams[5])
    rng = streams[6]
    done = join(
        [
            arrive(people, homes, days, rng),
            browse(people, paths, ladder, homes, days, rng),
            ring(people, paths, days, rng),
        ]
    )
    asked = done.take(np.isin(done.kind, _REQUESTS) & (done.at > people.drivers.created_at[done.person] + DAY / 24.0))
    touched = follow_up(people, paths, ladder, asked, desk, opted, days, rng)
    met = appointments(people, ladder, days, rng)
    seen = join([done, touched, met])
    seen = seen.take((seen.at < days.until) & (seen.at < ladder.over_at[seen.person]))
    is_later = seen.at >= exported.until
    known = seen.take(~is_later)
    records, activities = build_records(people, ladder, opted, known, exported, n_second, n_test, streams[7])
    later_on = seen.take(is_later)
    n_newcomers = int((records.created_at >= exported.until).sum())
    return Brokerage(
        seed=seed,
        calendar=exported,
        desk=desk,
        homes=homes,
        people=people,
        paths=paths,
        ladder=ladder,
        opted_out_at=opted,
        activities=activities,
        # The newest come first.
        records=part(records, n_newcomers, len(records.lead_id)),
        later=later_on.take(np.argsort(later_on.at, kind="stable")),
        newcomers=part(records, 0, n_newcomers),
    )
