"""Writes of the words of templates."""

from datetime import datetime

from django.db import transaction

from leadlight.accounts.models import User
from leadlight.accounts.operations import record_audit
from leadlight.kit.errors import DomainError
from leadlight.messages import queries
from leadlight.messages.models import Wording
from leadlight.messages.rules.language import Severity
from leadlight.messages.rules.library import LIBRARY, Shipped
from leadlight.messages.rules.templates import UnableToRender, lint, parse, render


class UnableToWord(DomainError):
    """Words cannot be kept as they were typed."""

    code = "bad_wording"


@transaction.atomic
def change_wording(*, template: str, subject: str, text: str, actor: User, now: datetime) -> None:
    """
    Keep the team's own words of a template, as a new version; words that are in use already make none.

    Raises:
        UnableToWord: there is no such template, or the words hold what may not go out; every such thing is told.
    """
    shipped = LIBRARY.get(template)
    if shipped is None:
        raise UnableToWord("There is no such template.")
    subject, text = " ".join(subject.split()), text.replace("\r\n", "\n").strip()
    if not text or not subject:
        raise UnableToWord("Write a subject and a text.")
    found = lint(subject, text, channel=shipped.channel, message_class=shipped.message_class)
    wrong = [one for one in found if one.severity is Severity.HARD]
    if wrong:
        raise UnableToWord(" ".join(f"{one.part.capitalize()}, line {one.line}: {one.words}" for one in wrong))
    _check_fields(shipped, f"{subject}\n{text}")
    words = queries.wording(template)
    if (words.subject, words.text) == (subject, text):
        return
    version = _latest(template) + 1
    Wording.objects.create(
        template=template, version=version, subject=subject, text=text, written_at=now, written_by=actor
    )
    detail = {"version": version}
    record_audit(action="wording.changed", subject=f"wording:{template}", now=now, actor=actor, detail=detail)


def _check_fields(shipped: Shipped, written: str) -> None:
    """See that the words can be filled in for anybody: what nobody has said has something in its place."""
    for slot in parse(written).slots:
        if slot.name not in shipped.fields:
            known = ", ".join(f"{{{name}}}" for name in shipped.fields)
            raise UnableToWord(f"This message cannot fill in {{{slot.name}}}; it can fill in {known}.")
    try:
        render(parse(written), {})
    except UnableToRender as error:
        raise UnableToWord(error.message) from error


@transaction.atomic
def restore_wording(*, template: str, actor: User, now: datetime) -> None:
    """
    Go back to the words that ship, as a new version; the team's own stay on record.

    Raises:
        UnableToWord: there is no such template.
    """
    shipped = LIBRARY.get(template)
    if shipped is None:
        raise UnableToWord("There is no such template.")
    change_wording(template=template, subject=shipped.subject, text=shipped.text, actor=actor, now=now)


def _latest(template: str) -> int:
    versions = Wording.objects.filter(template=template).order_by("-version").values_list("version", flat=True)
    return versions.first() or 0
