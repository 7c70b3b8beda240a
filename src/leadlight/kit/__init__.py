"""Small helpers that know nothing of real estate; nothing here imports another room."""
