"""What follows from what the audit found. Pure."""
