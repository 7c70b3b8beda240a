"""Entry points of the ledger's jobs: ids in, one call."""

from collections.abc import Sequence

from leadlight.intake import operations
from leadlight.jobs.registry import Payload, handles
from leadlight.jobs.rules import LONG
from leadlight.kit.clock import utc_now
from leadlight.kit.errors import DomainError


@handles(queue=LONG, batch=1)
def run_import(payloads: Sequence[Payload]) -> None:
    """Run or go on with an import; one that cannot go on says so in its own words."""
    for payload in payloads:
        import_id = payload["import_id"]
        try:
            operations.run_import(import_id=import_id, clock=utc_now)
        except DomainError as error:
            operations.fail_import(import_id=import_id, failure=error.message)
            raise
        except Exception:
            operations.fail_import(import_id=import_id, failure=operations.UNEXPECTED)
            raise


@handles(queue=LONG, batch=1)
def run_undo(payloads: Sequence[Payload]) -> None:
    """Take back, or go on taking back, what an import did."""
    for payload in payloads:
        operations.run_undo(import_id=payload["import_id"], clock=utc_now)
