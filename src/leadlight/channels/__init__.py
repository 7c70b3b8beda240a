"""Through what: email, one module per vendor, and what comes back."""
