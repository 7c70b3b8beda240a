"""What decides about what comes in by the channels. Pure."""
