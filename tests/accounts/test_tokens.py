"""Tokens: shown once, within their scopes, useless once revoked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command

from leadlight.accounts.models import ApiToken, AuditEntry
from leadlight.accounts.operations import UnableToCreateToken, UnableToRevokeToken, authenticate, create_token
from leadlight.accounts.operations import tokens as operations

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_a_token_is_known_by_its_text_alone() -> None:
    token = create_token(name="site", scopes=["events:write"], now=NOW)
    found = authenticate(token=token, now=NOW)
    assert found is not None
    assert (found.name, found.scopes) == ("site", ["events:write"])
    assert authenticate(token=found.digest, now=NOW) is None
    assert AuditEntry.objects.get().detail == {"name": "site", "scopes": ["events:write"]}


@pytest.mark.parametrize("scopes", [[], ["events:read"], ["events:write", "everything"]])
def test_only_scopes_that_exist_can_be_given(scopes: list[str]) -> None:
    with pytest.raises(UnableToCreateToken, match="events:write"):
        create_token(name="x", scopes=scopes, now=NOW)
    assert not ApiToken.objects.exists()


def test_a_token_that_was_looked_up_is_believed_for_a_second(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(operations, "_BELIEVED", SECOND)
    token = create_token(name="x", scopes=["leads:read"], now=NOW)
    authenticate(token=token, now=NOW)
    with django_assert_num_queries(0):
        assert authenticate(token=token, now=NOW + SECOND / 2) is not None
    # Revoked by another process: heard of within the second, and at once in this one.
    ApiToken.objects.update(revoked_at=NOW)
    assert authenticate(token=token, now=NOW + SECOND) is None
    ApiToken.objects.update(revoked_at=None)
    assert authenticate(token=token, now=NOW + 2 * SECOND) is not None
    operations.revoke_token(token_id=ApiToken.objects.get().pk, now=NOW)
    assert authenticate(token=token, now=NOW + 2 * SECOND) is None


def test_when_it_was_used_is_known_to_the_minute() -> None:
    token = create_token(name="x", scopes=["leads:read"], now=NOW)
    for seconds in (0, 30, 59, 61):
        authenticate(token=token, now=NOW + seconds * SECOND)
    assert ApiToken.objects.get().used_at == NOW + 61 * SECOND


def test_the_command_makes_lists_and_revokes(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("token", "create", "--name", "site", "--scopes", "events:write,leads:read")
    printed = capsys.readouterr()
    token = printed.out.strip()
    assert token.startswith("ll_")
    assert "this once" in printed.err
    call_command("token", "list")
    listed = capsys.readouterr().out
    assert "events:write leads:read" in listed
    assert token not in listed
    pk = ApiToken.objects.get().pk
    call_command("token", "revoke", str(pk))
    assert authenticate(token=token, now=NOW) is None
    with pytest.raises(UnableToRevokeToken, match="leadlight token list"):
        call_command("token", "revoke", str(pk + 1))
