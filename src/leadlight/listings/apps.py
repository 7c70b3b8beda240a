"""Django's handle on the room."""

from django.apps import AppConfig


class ListingsConfig(AppConfig):
    """The room `listings`."""

    name = "leadlight.listings"
