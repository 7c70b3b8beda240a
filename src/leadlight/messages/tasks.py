"""Jobs of messages."""

from collections.abc import Sequence

from leadlight.channels.queries import email_vendor, mails
from leadlight.jobs.registry import Payload, handles
from leadlight.jobs.rules import MAIL
from leadlight.kit.clock import utc_now
from leadlight.messages import operations, sending
from leadlight.messages.rules.receiving import Incoming


@handles(queue=MAIL, batch=sending.TOGETHER)
def deliver(payloads: Sequence[Payload]) -> None:
    """Hand over what is planned."""
    ids = list(dict.fromkeys(int(payload["message_id"]) for payload in payloads))
    sending.deliver(ids, vendor=email_vendor(), clock=utc_now)


@handles(priority=-5)
def on_inquiry(payloads: Sequence[Payload]) -> None:
    """Answer inquiries at once."""
    operations.acknowledge(event_ids=_event_ids(payloads), now=utc_now())


@handles(priority=-5)
def on_reply(payloads: Sequence[Payload]) -> None:
    """Stop what is planned for whoever answered."""
    operations.stop_for_answers(event_ids=_event_ids(payloads), now=utc_now())


@handles(priority=-10)
def on_opted_out(payloads: Sequence[Payload]) -> None:
    """Stop what is planned for whoever asked us not to contact them."""
    operations.stop_for_opt_outs(event_ids=_event_ids(payloads), now=utc_now())


@handles()
def on_outcome(payloads: Sequence[Payload]) -> None:
    """Stop what is planned for whoever has an appointment or an agreement by now."""
    operations.stop_for_outcomes(event_ids=_event_ids(payloads), now=utc_now())


@handles(priority=-5, batch=50)
def on_mail(payloads: Sequence[Payload]) -> None:
    """File mails that came in."""
    found = mails({int(payload["mail_id"]) for payload in payloads})
    incoming = [Incoming(pk, one.mail, one.received_at) for pk, one in sorted(found.items())]
    operations.receive(incoming=incoming, now=utc_now())


@handles()
def on_agent_left(payloads: Sequence[Payload]) -> None:
    """See that nothing goes out in the name of whoever left the team."""
    for payload in payloads:
        operations.speak_for_planned(user_id=int(payload["user_id"]), now=utc_now())


@handles(batch=1)
def find_doubtful(_payloads: Sequence[Payload]) -> None:
    """Look for messages that were left while they were handed over."""
    operations.find_doubtful(now=utc_now())


def _event_ids(payloads: Sequence[Payload]) -> list[str]:
    return [payload["event_id"] for payload in payloads]
