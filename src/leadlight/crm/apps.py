"""Django's handle on the room."""

from django.apps import AppConfig


class CrmConfig(AppConfig):
    """The room `crm`."""

    name = "leadlight.crm"
