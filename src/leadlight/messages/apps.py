"""Django's handle on the room."""

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """The room `messages`; its tables are called `messaging_…`, as Django has an app `messages` of its own."""

    name = "leadlight.messages"
    label = "messaging"
