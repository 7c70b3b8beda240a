"""Whoever was erased before addresses were kept in one table stays erased."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from leadlight.consent.models import ClosedAddress

ERASED_AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
BEFORE, AFTER = [("consent", "0003_wrong_numbers")], [("consent", "0004_consents_and_addresses")]


def migrate(to: list[tuple[str, str]]) -> type:
    executor = MigrationExecutor(connection)
    executor.migrate(to)
    return MigrationExecutor(connection).loader.project_state(to).apps.get_model


@pytest.mark.django_db(transaction=True)
def test_digests_go_over_and_back() -> None:
    try:
        erased = migrate(BEFORE)("consent", "ErasedAddress")
        for k in range(3):
            erased.objects.create(digest=f"{k:064}", erased_at=ERASED_AT)
        migrate(AFTER)
        rows = ClosedAddress.objects.order_by("digest").values_list("digest", "channel", "reason", "lead_id")
        assert list(rows) == [(f"{k:064}", "ALL", "ERASED", 0) for k in range(3)]
        assert set(ClosedAddress.objects.values_list("recorded_at", "lifted_at")) == {(ERASED_AT, None)}
        erased = migrate(BEFORE)("consent", "ErasedAddress")
        assert erased.objects.filter(erased_at=ERASED_AT).count() == 3
    finally:
        migrate(AFTER)
