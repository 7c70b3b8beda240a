"""The email family: `base` says what every vendor does."""
