"""Entry points of the ledger's jobs: ids in, one call."""

from typing import Any

from leadlight.intake import operations
from leadlight.kit.clock import utc_now
from leadlight.kit.errors import DomainError


def run_import(payload: dict[str, Any]) -> None:
    """Run or go on with an import; one that cannot go on says so in its own words."""
    import_id = payload["import_id"]
    try:
        operations.run_import(import_id=import_id, clock=utc_now)
    except DomainError as error:
        operations.fail_import(import_id=import_id, failure=error.message)
        raise
    except Exception:
        operations.fail_import(import_id=import_id, failure=operations.UNEXPECTED)
        raise


def run_undo(payload: dict[str, Any]) -> None:
    """Take back, or go on taking back, what an import did."""
    operations.run_undo(import_id=payload["import_id"], clock=utc_now)
