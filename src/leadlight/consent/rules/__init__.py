"""What decides whether somebody may be contacted. Pure."""
