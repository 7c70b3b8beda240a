"""The audit of a table of leads: can its data, its labels and its columns be trusted? Knows no Django."""

from leadlight.quality.audit.auditing import UnableToAudit, audit, audit_files
from leadlight.quality.audit.findings import KINDS, Finding
from leadlight.quality.audit.report import Audit

__all__ = ["KINDS", "Audit", "Finding", "UnableToAudit", "audit", "audit_files"]
