"""Django's handle on the room."""

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    """The room `leads`."""

    name = "leadlight.leads"
