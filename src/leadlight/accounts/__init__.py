"""People who use Leadlight, their roles, and the audit trail of what they did."""
