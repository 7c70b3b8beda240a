"""Reads of the ledger."""

from leadlight.jobs.models import Job


def open_job(name: str) -> Job | None:
    """Return the oldest job of a name that is neither finished nor parked; None when there is none."""
    return Job.objects.filter(name=name, finished_at=None, parked_at=None).order_by("id").first()


def parked_error(name: str) -> str:
    """Return the last line of what parked the latest job of a name; empty when that one did not fail."""
    job = Job.objects.filter(name=name).order_by("-id").first()
    if job is None or job.parked_at is None or not job.latest_error:
        return ""
    return job.latest_error.strip().splitlines()[-1].partition(": ")[2]
