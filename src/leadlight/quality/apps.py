"""Django's handle on the room."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """The room `quality`."""

    name = "leadlight.quality"
