"""Who may write leads beside whom; locks that last until the caller's transaction ends."""

from leadlight.kit.db import lock_until_commit

_LEADS = "leads"


def share_leads() -> None:
    """Write leads one by one, beside others who do; to be called first, before anything is read."""
    lock_until_commit(_LEADS, shared=True)


def hold_all_leads() -> None:
    """
    Write thousands of leads at once, with nobody else beside; to be called first, before anything is read.

    So whoever tells of one of them at the same instant finds it. A lock for each e-mail and phone would fill the
    database's table of locks.
    """
    lock_until_commit(_LEADS)
