"""The audit of a table of leads: what is in it, and what of it must not be learned from."""
