"""The readers of rows: `lead_reader` for people, `event_reader` for activities and deals, `listing_reader`."""

from leadlight.intake.rules.cells import Cells, counts_repeats
from leadlight.intake.rules.event_rows import event_reader
from leadlight.intake.rules.lead_rows import lead_reader
from leadlight.intake.rules.listing_rows import listing_reader

__all__ = ["Cells", "counts_repeats", "event_reader", "lead_reader", "listing_reader"]
