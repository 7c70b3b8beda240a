"""A brokerage under fire: events and jobs keep coming while workers, web, database and broker are taken away."""
