"""What decides about people of the team, and about the programs that act for them. Pure."""
