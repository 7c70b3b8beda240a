"""Said how: the ledger of messages, what they say, and what came back."""
