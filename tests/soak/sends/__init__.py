"""The way of a message under fire: workers are killed at every step of it, and the mail server's own count decides."""
