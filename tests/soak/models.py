"""What the probe's jobs leave behind; made by `migrate --run-syncdb`, and no part of the product."""

from django.db import models


class Asked(models.Model):
    """Work that a caller's transaction asked for: stored if and only if the job is."""

    key = models.CharField(max_length=200, unique=True)


class Ran(models.Model):
    """One try at a piece of work; there may be several."""

    key = models.CharField(max_length=200, db_index=True)


class Effect(models.Model):
    """What a piece of work came to. Nothing but the lease keeps two workers from writing the same."""

    key = models.CharField(max_length=200, db_index=True)
