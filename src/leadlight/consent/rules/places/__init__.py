"""Tables of where phone numbers and postal codes are: states and time zones. Facts, each a superset of the truth."""
