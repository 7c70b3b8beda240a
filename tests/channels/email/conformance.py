"""What every vendor of the family does. A vendor's test inherits this and says how one of it is had."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from leadlight.channels.email.base import Accepted, Address, Email, EmailVendor, UnableToSend
from tests.channels.email.build import email

#: Opens a vendor that works, with what reads the ids of all that it took, None for one that keeps nothing itself.
Opened = AbstractContextManager[tuple[EmailVendor, Callable[[], list[str]] | None]]


class Conformance:
    """Inherit, and give `opened`."""

    def opened(self) -> Opened:
        raise NotImplementedError

    def hand_over(self, *messages: Email) -> list[Accepted]:
        with self.opened() as (vendor, taken):
            before = taken() if taken else []
            with vendor.open() as line:
                results = [line.send(message) for message in messages]
            if taken:
                assert taken()[len(before) :] == [message.message_id for message in messages]
        return results

    def test_it_has_a_stable_word_for_itself(self) -> None:
        with self.opened() as (vendor, _):
            assert vendor.name.isidentifier()
            assert vendor.is_real in (True, False)

    def test_many_messages_go_over_one_line(self) -> None:
        results = self.hand_over(*(email() for _ in range(20)))
        assert len(results) == 20
        assert all(isinstance(result, Accepted) for result in results)

    def test_a_line_may_be_opened_for_nothing(self) -> None:
        assert self.hand_over() == []

    def test_lines_may_be_open_side_by_side(self) -> None:
        with self.opened() as (vendor, _), vendor.open() as one, vendor.open() as other:
            assert one.send(email())
            assert other.send(email())
            assert one.send(email())

    @pytest.mark.parametrize(
        "fields",
        [
            {"html": "<p>Hello Marisol</p>"},
            {"text": ""},
            {"text": ".\n..\n.hidden\n"},
            {"text": "line without end" * 5_000},
            {"subject": ""},
            {"subject": "Ünïcode 家 " * 40},
            {"sender": Address("dana@bayline.test", 'Dana "D" Ruiz, Realtor')},
            {"to": Address("marisol@example.com", "مريسول أورتيغا")},
            {"reply_to": Address("team@bayline.test")},
            {"references": tuple(f"{n}-{'x' * 80}@mail.example.com" for n in range(30))},
            {"unsubscribe_url": "https://bayline.test/u/" + "t" * 120, "unsubscribe_email": "stop@bayline.test"},
            {"headers": {"Auto-Submitted": "auto-generated"}},
        ],
        ids=lambda fields: next(iter(fields)),
    )
    def test_it_takes_whatever_a_message_may_be(self, fields: dict[str, object]) -> None:
        assert self.hand_over(email(**fields), email())

    def test_what_breaks_inside_the_block_closes_the_line(self) -> None:
        with pytest.raises(ZeroDivisionError), self.opened() as (vendor, _), vendor.open() as line:
            line.send(email())
            raise ZeroDivisionError


def refusal(act: Callable[[], object]) -> UnableToSend:
    """Return the error of what must fail."""
    with pytest.raises(UnableToSend) as caught:
        act()
    return caught.value
