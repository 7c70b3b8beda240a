"""The links by which one click ends what we send."""

from django.core import signing

from leadlight.messages.models import Message

_SALT = "leadlight.messages.unsubscribe"


def unsubscribe_token(message_id: int) -> str:
    """Return what names a message in a link, and cannot be made up. It works for ever."""
    return signing.dumps(message_id, salt=_SALT)


def unsubscribing(token: str) -> Message | None:
    """
    Return the message whose link was followed; None when there is no such message (any more).

    Raises:
        BadSignature: it is no link of ours.
    """
    message_id = signing.loads(token, salt=_SALT)
    return Message.objects.filter(pk=message_id).select_related("lead").first()
