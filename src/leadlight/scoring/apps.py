"""Django's handle on the room."""

from django.apps import AppConfig


class ScoringConfig(AppConfig):
    """The room `scoring`."""

    name = "leadlight.scoring"
