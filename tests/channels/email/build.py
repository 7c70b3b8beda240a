"""Messages, in as few words as it takes."""

from itertools import count
from typing import Any

from leadlight.channels.email.base import Address, Email

_numbers = count(1)
AGENT = Address("dana@bayline.test", "Dana Ruiz")
LEAD = Address("marisol@example.com", "Marisol Ortega")


def email(to: str | Address = LEAD, **fields: Any) -> Email:
    told = {
        "message_id": f"m{next(_numbers)}@bayline.test",
        "sender": AGENT,
        "to": Address(to, LEAD.name) if isinstance(to, str) else to,
        "subject": "214 Alder Ct",
        "text": "Hello Marisol,\nit is still for sale.\n",
        **fields,
    }
    return Email(**told)
