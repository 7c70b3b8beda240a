"""Nobody sees a lead that is not theirs, whatever address they ask for: every route is walked by everybody."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from leadlight.accounts.models import Role
from leadlight.leads.models import Lead, Person
from leadlight.leads.operations import refresh_persons
from tests.web.build import person, user

pytestmark = pytest.mark.django_db

#: Words that stand nowhere but with the lead that is not theirs.
SECRETS = ("Quillfeather", "quillfeather@private.example", "8135559917", "(813) 555-9917", "77 Hidden Hollow")


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry, prefix + str(entry.pattern))
        else:
            yield prefix + str(entry.pattern), entry


def addresses(values: dict[str, Any]) -> list[str]:
    """Return every address of the house, with the numbers of the lead that is not theirs filled in."""
    found = []
    for route, pattern in routes(get_resolver()):
        address = "/" + route
        for name, converter in pattern.pattern.converters.items():
            kind = type(converter).__name__
            value = values.get(name, 1 if kind == "IntConverter" else "x")
            for written in (f"<int:{name}>", f"<str:{name}>", f"<slug:{name}>", f"<path:{name}>", f"<{name}>"):
                address = address.replace(written, str(value))
        assert "<" not in address, address
        found.append(address)
    return found


def signed_in(role: Role, name: str) -> Client:
    client = Client()
    client.force_login(user(name, role=role))
    return client


@pytest.fixture
def hidden() -> Person:
    """A lead of another agent."""
    found = person(
        "Odalys Quillfeather",
        emails=("quillfeather@private.example",),
        phones=("+18135559917",),
        home="77 Hidden Hollow, Tampa, FL",
        owner="Eve Stone",
        score=91.0,
        reason="Asked about 77 Hidden Hollow",
        events=(("inquiry", timedelta(hours=2)), ("listing_view", timedelta(hours=3))),
    )
    user("Eve Stone", role=Role.AGENT)
    refresh_persons(person_ids=[found.pk])
    found.refresh_from_db()
    assert found.owner is not None
    return found


def numbers(hidden: Person) -> dict[str, Any]:
    lead = hidden.leads.get()
    return {"person_id": hidden.pk, "lead_id": lead.pk, "external_id": lead.external_id}


def forms(hidden: Person) -> list[dict[str, Any]]:
    """Return what somebody might send who knows too much."""
    lead = hidden.leads.get().pk
    named = {"q": "Quillfeather", "who": "Quillfeather", "name": "Taken", "email": "quillfeather@private.example"}
    named |= {"phone": "8135559917", "referred_by_name": "Quillfeather", "referred_by": hidden.pk, "list": "all"}
    return [{}, {**named, "person": hidden.pk, "lead": lead, "to_lead": lead, "tier": "COLD", "answer": "same"}]


def stored(hidden: Person) -> list[Any]:
    """Return all that a stranger could have changed of a lead."""
    lead = Lead.objects.filter(pk=hidden.leads.get().pk)
    kept = [list(lead.values()), list(Person.everyone.filter(pk=hidden.pk).values())]
    for relation in Lead._meta.related_objects:
        if relation.one_to_many or relation.one_to_one:
            rows = relation.related_model._base_manager.filter(**{relation.field.name: hidden.leads.get()})
            kept.append(sorted(map(str, rows.values())))
    return kept


def told(client: Client, hidden: Person) -> Iterator[tuple[str, str]]:
    """Ask every address in every way; yield what was asked, and the answer in words."""
    for address in dict.fromkeys(addresses(numbers(hidden))):
        for form in forms(hidden):
            for ask in (client.get, client.post):
                response = ask(address, form)
                body = b"".join(response) if response.streaming else response.content  # type: ignore[arg-type]
                yield f"{ask.__name__} {address} {form}", body.decode(errors="replace") + str(response.headers)


def leaks(client: Client, hidden: Person) -> list[str]:
    found = []
    for asked, answer in told(client, hidden):
        # What somebody typed themselves may come back to them.
        own = ("Quillfeather", "quillfeather@private.example", "8135559917") if "'who'" in asked else ()
        if any(secret in answer for secret in SECRETS if secret not in own):
            found.append(asked)
    return found


@pytest.mark.parametrize("role", ["agent", "outsider"])
def test_nobody_sees_or_changes_what_is_not_theirs(hidden: Person, role: str) -> None:
    client = signed_in(Role.AGENT, "Sam Other") if role == "agent" else Client()
    before = stored(hidden)
    assert leaks(client, hidden) == []
    assert stored(hidden) == before


def test_who_only_looks_changes_nothing(hidden: Person) -> None:
    before = stored(hidden)
    assert list(told(signed_in(Role.ANALYST, "Ann Lyst"), hidden))
    assert stored(hidden) == before


@pytest.mark.parametrize("role", [Role.OWNER, Role.LEAD_MANAGER, Role.ANALYST])
def test_the_walk_finds_what_there_is_to_find(hidden: Person, role: Role) -> None:
    """Else the tests above would hold of any house."""
    page = signed_in(role, "Dana Ruiz").get(f"/leads/{hidden.pk}/").content.decode()
    assert all(secret in page for secret in ("Quillfeather", "quillfeather@private.example", "(813) 555-9917"))
    found = signed_in(role, "Dana Two").get("/leads/", {"list": "all"}).content.decode()
    assert "Quillfeather" in found


def test_their_own_agent_sees_them(hidden: Person) -> None:
    client = Client()
    assert hidden.owner is not None
    client.force_login(hidden.owner)
    assert "quillfeather@private.example" in client.get(f"/leads/{hidden.pk}/").content.decode()
