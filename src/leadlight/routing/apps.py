"""Django's handle on the room."""

from django.apps import AppConfig


class RoutingConfig(AppConfig):
    """The room `routing`."""

    name = "leadlight.routing"
