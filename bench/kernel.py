"""
How fast the signal kernel is on one core, beside Polars doing only the windowed counts of the same events.

    python bench/kernel.py --events 1000000
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"):
    os.environ[name] = "1"

import argparse  # noqa: E402  # the thread counts must stand before numpy and Polars are loaded
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402

import numpy as np  # noqa: E402
import polars as pl  # noqa: E402

from leadlight.events.rules import KIND_BY_NAME, KINDS, EventArrays  # noqa: E402
from leadlight.signals.rules import Snapshots, compute  # noqa: E402
from leadlight.signals.rules.clocks import HALF_LIVES, WINDOWS, clocked  # noqa: E402

DAY = 86400.0
NOW = 1_790_000_000.0

#: Roughly what a brokerage's log holds: mostly views and mail, few requests.
MIX = {
    "page_view": 20,
    "site_visit": 8,
    "listing_view": 30,
    "listing_save": 2,
    "search": 6,
    "calculator_use": 0.5,
    "inquiry": 1,
    "form_submit": 0.5,
    "showing_request": 0.4,
    "valuation_request": 0.2,
    "registered": 0.5,
    "budget_stated": 0.4,
    "timeline_stated": 0.4,
    "financing_stated": 0.3,
    "property_type_stated": 0.3,
    "area_stated": 0.4,
    "email_delivered": 10,
    "email_opened": 4,
    "email_clicked": 1,
    "email_replied": 0.6,
    "sms_delivered": 2,
    "sms_replied": 0.8,
    "call_answered": 0.7,
    "email_sent": 10,
    "sms_sent": 2,
    "call_attempted": 2.5,
    "note_added": 1,
    "appointment_booked": 0.2,
}
PRICED = ("listing_view", "listing_save", "search", "calculator_use", "budget_stated")


#: Events per second that one core must manage.
LIMIT = 3_000_000


def make_events(n: int, n_entities: int, seed: int = 0) -> EventArrays:
    """Return n events of two years, people of unequal diligence, drawn from a fixed seed."""
    rng = np.random.default_rng(seed)
    codes = np.array([KINDS.index(KIND_BY_NAME[name]) for name in MIX], dtype=np.int16)
    shares = np.array(list(MIX.values()))
    kind = rng.choice(codes, size=n, p=shares / shares.sum())
    diligence = rng.gamma(0.7, size=n_entities)
    entity = rng.choice(n_entities, size=n, p=diligence / diligence.sum()).astype(np.int64)
    occurred_at = NOW - rng.gamma(1.0, 120.0, size=n).clip(0, 730) * DAY
    listing = np.where(kind == KINDS.index(KIND_BY_NAME["listing_view"]), rng.integers(0, 5000, size=n), -1)
    priced = np.isin(kind, [KINDS.index(KIND_BY_NAME[name]) for name in PRICED])
    texts = ("inquiry", "form_submit", "email_replied", "sms_replied")
    rated = np.isin(kind, [KINDS.index(KIND_BY_NAME[name]) for name in texts])
    value = np.where(priced, rng.normal(450_000, 90_000, size=n).round(-3), np.where(rated, rng.random(n), np.nan))
    return EventArrays(
        entity=entity,
        kind=kind,
        occurred_at=occurred_at,
        known_at=occurred_at,
        listing=listing.astype(np.int32),
        area=np.where(listing >= 0, listing % 40, -1).astype(np.int32),
        value=value,
        seconds=np.where(kind <= 2, rng.exponential(60.0, size=n), np.nan),
        listings=tuple(f"L{i}" for i in range(5000)),
        areas=tuple(f"A{i}" for i in range(40)),
    )


def make_snapshots(entity: np.ndarray) -> Snapshots:
    """Return one snapshot of each entity, now."""
    m = entity.size
    return Snapshots(
        entity=entity.astype(np.int64),
        as_of=np.full(m, NOW),
        created_at=np.full(m, NOW - 300 * DAY),
        source=np.zeros(m, dtype=np.int32),
        sources=("Website",),
    )


def windowed_counts(frame: pl.DataFrame) -> pl.DataFrame:
    """Return total, windows, decays and last age by person and kind, as one would write it in Polars."""
    age = NOW - pl.col("occurred_at")
    return (
        frame.lazy()
        .filter(pl.col("known_at") <= NOW, pl.col("occurred_at") <= NOW)
        .with_columns(age=age)
        .group_by("entity", "kind")
        .agg(
            pl.len().alias("total"),
            *((pl.col("age") < window).sum().alias(name) for name, window in WINDOWS.items()),
            *((2.0 ** (-pl.col("age") / life)).sum().alias(f"decay_{name}") for name, life in HALF_LIVES.items()),
            (pl.col("age").min() / 3600.0).alias("hours_since"),
        )
        .collect()
        .pivot(on="kind", index="entity")
    )


def best_of(times: int, work: Callable[[], object]) -> float:
    """Return the seconds of the fastest of several runs."""
    seconds = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    return min(seconds)


def main() -> int:
    """Print events per second of kernel and Polars, their ratio, and a batch of 500 leads; 1 under the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    n_entities = max(options.events // 10, 1)
    events = make_events(options.events, n_entities)
    snapshots = make_snapshots(np.arange(n_entities))

    kernel = best_of(options.runs, lambda: compute(events, snapshots))
    codes = [KINDS.index(kind) for kind in clocked(KINDS)]
    frame = pl.DataFrame(
        {name: getattr(events, name) for name in ("entity", "kind", "occurred_at", "known_at")}
    ).filter(pl.col("kind").is_in(codes))
    polars = best_of(options.runs, lambda: windowed_counts(frame))

    few = min(500, n_entities)
    mine = np.flatnonzero(events.entity < few)
    arrays = ("entity", "kind", "occurred_at", "known_at", "listing", "area", "value", "seconds")
    batch = EventArrays(
        **{name: getattr(events, name)[mine] for name in arrays}, listings=events.listings, areas=events.areas
    )
    small = best_of(20, lambda: compute(batch, make_snapshots(np.arange(few))))

    n_signals = len(compute(batch, make_snapshots(np.arange(few))).signals)
    print(f"{options.events:,} events of {n_entities:,} people, one core, best of {options.runs} runs")
    print(f"kernel, {n_signals} signals:        {options.events / kernel:>12,.0f} events/s  ({kernel:.3f} s)")
    print(f"Polars, clocks of kinds alone: {options.events / polars:>12,.0f} events/s  ({polars:.3f} s)")
    print(f"kernel / Polars:               {polars / kernel:>12.1f} x")
    print(f"batch of {few} people, {mine.size:,} events: {small * 1000:>6.1f} ms")
    held = options.events / kernel >= LIMIT
    print(f"{'holds' if held else 'missed'}: the limit is {LIMIT:,} events/s on one core")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
