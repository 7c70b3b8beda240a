"""In whose name a message goes out in the moment of sending: nothing leaves in the name of whoever has left."""

from datetime import datetime

from django.db import transaction

from leadlight.messages import queries
from leadlight.messages.models import Message, State
from leadlight.messages.rules.fields import agent_fields, fill


def speak_for(message: Message) -> str | None:
    """
    See that a message bears the name of somebody who is here; return in words why it cannot go out, else None.

    What a template says is said anew in the name of whose lead it is by now, or of the brokerage. What somebody wrote
    themselves is nobody else's to say. Changes the message without saving it.
    """
    if message.sender is None or message.sender.is_active:
        return None
    if not message.template:
        return f"{message.sender_name} wrote it and has left the team since. Write it anew if it is still right."
    assert message.lead is not None
    owner = message.lead.person.owner
    heir = owner if owner is not None and owner.is_active else None
    words = queries.wording(message.template)
    told = agent_fields(heir.name, heir.mobile) if heir else agent_fields("", "")
    message.values = {**message.values, **told}
    message.subject, message.text = fill(words.subject, words.text, message.values)
    message.sender, message.sender_name = heir, str(heir) if heir else ""
    message.template_version = words.version
    return None


@transaction.atomic
def speak_for_planned(*, user_id: int, now: datetime) -> int:
    """
    See that nothing planned bears the name of somebody who left; return how many messages bore it.

    The moment of sending asks again, for what was planned meanwhile.
    """
    planned = Message.objects.select_for_update(of=("self",)).filter(sender=user_id, state=State.PLANNED)
    found = list(planned.select_related("lead__person__owner", "sender").order_by("pk"))
    for message in found:
        trouble = speak_for(message)
        if trouble is not None:
            message.state, message.outcome, message.finished_at = State.CANCELLED, trouble, now
        message.save(
            update_fields=[
                "state", "outcome", "finished_at", "sender", "sender_name", "subject", "text", "values",
                "template_version",
            ]
        )  # fmt: skip
    return len(found)
