"""The ledger of work that must happen, and the worker that drains it."""
