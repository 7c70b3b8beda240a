"""Makes the first page and the first answer of a fresh web process as quick as the next."""

import threading

import structlog
from django.db import DatabaseError, connection

from leadlight.scoring.queries import warm as load

logger = structlog.get_logger(__name__)


def warm_in_background() -> threading.Thread:
    """Load the model that serves, in a thread of its own; requests are answered meanwhile."""
    thread = threading.Thread(target=warm, name="warming", daemon=True)
    thread.start()
    return thread


def warm() -> None:
    """Load the model that serves and keep it; without one, or without tables yet, there is nothing to load."""
    try:
        load()
    except DatabaseError as error:
        logger.info("model_not_warmed", error=type(error).__name__)
    finally:
        connection.close()
