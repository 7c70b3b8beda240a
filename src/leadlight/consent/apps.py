"""Django's handle on the room."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """The room `consent`."""

    name = "leadlight.consent"
