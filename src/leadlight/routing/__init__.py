"""Whose: who answers for a lead, what they have to do, and how soon."""
