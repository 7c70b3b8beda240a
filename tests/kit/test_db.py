import threading
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from leadlight.events.models import Retraction
from leadlight.kit.db import (
    Seconds,
    UnableToReadDatabaseUrl,
    allocate_ids,
    by_one_writer,
    database_settings,
    insert_new_rows,
    insert_rows,
    is_postgresql,
    rows_among,
    seconds,
    update_rows,
    upsert_rows,
)
from leadlight.leads.models import Lead, Person, Source
from leadlight.scoring.models import Score

NOW = datetime(2026, 11, 1, 12, 0, 0, 123456, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def make_person(name: str = "Ann") -> Person:
    return Person.objects.create(name=name)


def test_insert_rows_stores_every_type_as_the_models_read_it() -> None:
    person = make_person()
    lead = (person.pk, "csv", "1", "Zoë 日本", True, 1.5, NOW, "UNKNOWN", ["a", "b"], {"x": [1, None]}, [], NOW)
    columns = ("person", "system", "external_id", "name", "converted", "sequence", "contacted_at", "provenance",
               "tags", "attributes", "edited_fields", "updated_at")  # fmt: skip
    blanks = ("kind", "source_label", "owner_name", "stage", "stage_meaning", "home")
    assert insert_rows(Lead, columns + blanks, [lead + ("",) * len(blanks)]) == 1
    stored = Lead.objects.get()
    assert [getattr(stored, name) for name in columns[3:]] == list(lead[3:])
    assert stored.source is None


def test_insert_rows_passes_over_conflicts_and_counts_what_was_stored() -> None:
    assert insert_rows(Source, ("name",), [("A",), ("B",)]) == 2
    assert insert_rows(Source, ("name",), [("B",), ("C",)], ignore_conflicts=True) == 1
    assert sorted(Source.objects.values_list("name", flat=True)) == ["A", "B", "C"]


def test_insert_rows_of_nothing_is_nothing() -> None:
    assert insert_rows(Source, ("name",), []) == 0


def test_update_rows_writes_only_the_named_rows_and_columns() -> None:
    ann, bob = make_person("Ann"), make_person("Bob")
    assert update_rows(Person, ("phone", "active_at"), [(ann.pk, "+1", NOW), (999_999, "x", None)]) == 1
    ann.refresh_from_db()
    bob.refresh_from_db()
    assert (ann.name, ann.phone, ann.active_at) == ("Ann", "+1", NOW)
    assert (bob.phone, bob.active_at) == ("", None)


def test_upsert_never_writes_over_what_is_fresher() -> None:
    person = make_person()
    columns = ("person", "value", "tier", "p_target", "as_of", "is_held", "reason_is_stale", "reason")

    def store(value: float, at: datetime, reason: str, *keep: str) -> int:
        row = (person.pk, value, "WARM", 0.2, at, False, True, reason)
        return upsert_rows(Score, columns, [row], keys=["person"], newer="as_of", keep=keep)

    later = NOW.replace(hour=13)
    assert store(50.0, NOW, "first") == 1
    assert store(60.0, later, "x") == 1
    assert store(1.0, NOW, "late") == 0
    assert Score.objects.get().value == 60.0
    assert store(61.0, later, "kept out", "reason") == 1
    score = Score.objects.get()
    assert (score.value, score.reason) == (61.0, "x")


def test_new_rows_tell_which_of_them_were_new() -> None:
    columns = ("event_id", "known_at", "reason")
    first = insert_new_rows(Retraction, columns, [("a", NOW, ""), ("b", NOW, "")], returning="event_id")
    again = insert_new_rows(
        Retraction, columns, [("b", NOW, ""), ("c", NOW, ""), ("c", NOW, "")], returning="event_id"
    )
    assert (sorted(first), again) == (["a", "b"], ["c"])
    many = insert_new_rows(Retraction, columns, ((f"m{k}", NOW, "") for k in range(12_000)), returning="event_id")
    assert len(set(many)) == 12_000
    assert insert_new_rows(Retraction, columns, [], returning="event_id") == []


def test_seconds_are_moments_to_the_microsecond() -> None:
    moments = [NOW.replace(microsecond=k) for k in (0, 1, 999_999)] + [datetime(1999, 12, 31, 23, 59, tzinfo=UTC)]
    insert_rows(Retraction, ("event_id", "known_at", "reason"), [(str(k), at, "") for k, at in enumerate(moments)])
    rows = Retraction.objects.order_by("event_id").values_list(Seconds("known_at"), flat=True)
    assert seconds(list(rows)).tolist() == [at.timestamp() for at in moments]
    assert np.isinf(seconds([None], empty=np.inf)).all()
    assert seconds([]).shape == (0,)


def test_allocated_ids_are_fresh_and_never_given_twice() -> None:
    taken = make_person().pk
    with transaction.atomic():
        first = allocate_ids(Person, 3)
        texts = ("name", "name_key", "email", "phone", "search_text", "kind", "owner_name", "stage", "asked_for")
        columns = ("id", "state", *texts)
        insert_rows(Person, columns, [(i, "OPEN", *[""] * len(texts)) for i in first])
        second = allocate_ids(Person, 2)
        insert_rows(Person, columns, [(i, "OPEN", *[""] * len(texts)) for i in second])
    after = make_person().pk
    assert len({taken, *first, *second, after}) == 7


def test_a_database_url_is_read_with_its_escapes_and_options() -> None:
    settings = database_settings("postgresql://a%40b:p%2Fw@db:5433/lead%20light?sslmode=require", home=Path())
    assert (settings["USER"], settings["PASSWORD"], settings["NAME"]) == ("a@b", "p/w", "lead light")
    assert (settings["HOST"], settings["PORT"], settings["OPTIONS"]) == ("db", "5433", {"sslmode": "require"})


@pytest.mark.parametrize("url", ["mysql://x/y", "postgresql://host", "nonsense"])
def test_a_wrong_database_url_says_what_it_should_look_like(url: str) -> None:
    with pytest.raises(UnableToReadDatabaseUrl, match="must look like postgresql://"):
        database_settings(url, home=Path())


@pytest.mark.django_db
def test_among_finds_what_in_finds() -> None:
    names = ["it's", 'a "b"', "ünï", "", "c"]
    Source.objects.bulk_create(Source(name=name) for name in names)
    for wanted in (names[:3], set(names), ["none"], []):
        found = set(Source.objects.filter(name__among=wanted).values_list("name", flat=True))
        assert found == set(Source.objects.filter(name__in=wanted).values_list("name", flat=True))
    ids = list(Source.objects.values_list("pk", flat=True))[1:4]
    assert set(Source.objects.filter(pk__among=ids).values_list("pk", flat=True)) == set(ids)
    assert Source.objects.filter(pk__among=ids).update(name=F("name")) == 3


def test_rows_among_are_what_a_query_set_finds() -> None:
    names = ["it's", 'a "b"', "ünï", "", "c"]
    people = {name: make_person(name).pk for name in names}
    found = rows_among(Person, ("name", "id", "owner"), "name", ["none", *names[:3]])
    assert sorted(found) == sorted([name, people[name], None] for name in names[:3])
    assert rows_among(Person, ("name",), "id", [people["c"], 2**62]) == [["c"]]
    assert rows_among(Person, ("name",), "id", [0]) == rows_among(Person, ("name",), "id", []) == []


def test_rows_are_written_many_at_a_time() -> None:
    columns, rows = ("event_id", "known_at", "reason"), [(str(k), NOW, "") for k in range(1_234)]
    with CaptureQueriesContext(connection) as caught:
        assert insert_rows(Retraction, columns, rows) == 1_234
        ids = dict(Retraction.objects.values_list("event_id", "pk"))
        assert update_rows(Retraction, ("reason",), [(ids[row[0]], f"because {row[0]}") for row in rows]) == 1_234
        assert upsert_rows(Retraction, columns, [("7", NOW, "new"), ("x", NOW, "")], keys=("event_id",)) == 2
    # A statement for each row would say "1234 times" here.
    assert len(caught) == (4 if is_postgresql() else 8)
    assert not any("times: " in query["sql"] for query in caught)
    assert dict(Retraction.objects.values_list("event_id", "reason")) == {
        **{row[0]: f"because {row[0]}" for row in rows},
        "7": "new",
        "x": "",
    }


def test_inside_a_transaction_the_one_writer_is_part_of_it() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        by_one_writer(lambda: make_person("Ann"))
        raise ZeroDivisionError
    assert not Person.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_short_transactions_go_through_one_thread_on_sqlite_and_errors_come_back() -> None:
    def write() -> str:
        insert_rows(Source, ("name",), [("A",)])
        return threading.current_thread().name

    assert by_one_writer(write) == (threading.current_thread().name if is_postgresql() else "writer_0")
    with pytest.raises(IntegrityError):
        by_one_writer(write)
    assert Source.objects.get().name == "A"
