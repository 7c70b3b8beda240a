"""What decides about who answers for whom. Pure."""
