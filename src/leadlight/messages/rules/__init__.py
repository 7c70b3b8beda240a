"""What decides about messages. Pure."""
