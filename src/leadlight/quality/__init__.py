"""Can we trust it: the audit of data, labels and leakage; duplicates at large."""
