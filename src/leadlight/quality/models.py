"""What was found in the team's data, and what the team decided about it."""

from django.conf import settings
from django.db import models


class Baseline(models.Model):
    """How the team did before Leadlight, kept as it was computed; claims stand against the latest."""

    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    #: The last moment of the history that it was computed from.
    until = models.DateTimeField()
    n_people = models.PositiveIntegerField()
    #: `rules.before.Figure.plain`, in order.
    figures = models.JSONField()
