import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command

from leadlight.events import operations as events
from leadlight.events.models import Event
from leadlight.events.rules import Cause
from leadlight.leads.models import Lead, Person, State
from leadlight.scoring import operations, queries
from leadlight.scoring.learners.errors import UnableToTrain
from leadlight.scoring.models import ModelVersion, Scale, Score, ScoreStep
from leadlight.scoring.rules.labels import Target
from leadlight.scoring.rules.scale import band

pytestmark = pytest.mark.django_db
Brokerage = Callable[..., list[int]]


def test_training_scores_and_explains_everybody_who_is_open(brokerage: Brokerage, now: datetime) -> None:
    brokerage(500)
    version = operations.train(now=now)
    assert version.target == "appointment_60d"
    assert version.card["by_time"]["auc"] > 0.6
    scored = operations.score_all(now=now, cause=Cause.MODEL_CHANGE)
    n_open = Person.objects.filter(state=State.OPEN).count()
    assert scored.n_scored == Score.objects.count() == n_open < 500
    assert not Score.objects.exclude(person__state=State.OPEN).exists()
    while operations.find_reasons():
        pass
    assert not Score.objects.filter(reason="").exists()
    score = Score.objects.order_by("-value")[0]
    assert score.reason
    explanation = queries.explanation(score.person_id)
    assert explanation is not None
    assert explanation.base + sum(r.points for r in explanation.reasons) == pytest.approx(score.value, abs=1e-6)
    assert sum(explanation.families.values()) == pytest.approx(score.value - explanation.base, abs=1e-6)
    best = max(explanation.reasons, key=lambda reason: reason.points)
    assert score.value > explanation.base
    assert best.text == score.reason


def test_two_trainings_keep_the_scale_and_one_serves(brokerage: Brokerage, now: datetime) -> None:
    brokerage(300)
    first = operations.train(now=now)
    declared = Scale.objects.get()
    second = operations.train(now=now + timedelta(days=1), seed=3)
    assert Scale.objects.get().p_hot == declared.p_hot
    assert second.card["scale"]["p_hot"] == first.card["scale"]["p_hot"]
    assert list(ModelVersion.objects.filter(serving=True)) == [second]


def test_a_stored_version_scores_as_the_fitted_one(brokerage: Brokerage, now: datetime) -> None:
    persons = brokerage(300)
    version = operations.train(now=now)
    queries.pages._scorer.cache_clear()
    _, table = queries.pages.rows_for(persons[:50], np.full(50, now.timestamp()))
    before = queries.scorer(version).serving.scores(table)
    queries.pages._scorer.cache_clear()
    assert np.array_equal(queries.scorer(version).serving.scores(table), before)


def test_events_after_the_moment_of_training_change_no_row(brokerage: Brokerage, now: datetime) -> None:
    brokerage(200)
    earlier = now - timedelta(days=100)
    history = queries.history(now=earlier)
    before, _ = operations.training_set(history, Target("appointment", 60))
    Event.objects.filter(known_at__gt=earlier).delete()
    after, _ = operations.training_set(queries.history(now=earlier), Target("appointment", 60))
    assert np.array_equal(before.table.values, after.table.values, equal_nan=True)
    assert np.array_equal(before.y, after.y)


def test_people_who_share_a_phone_share_a_group(brokerage: Brokerage, now: datetime) -> None:
    from leadlight.leads.models import Identity, Lead

    brokerage(20)
    a, b, c = Lead.objects.order_by("id")[:3]
    Identity.objects.create(lead=a, kind="PHONE", value="+18135559999")
    Identity.objects.create(lead=b, kind="PHONE", value="+18135559999")
    Identity.objects.create(lead=b, kind="EMAIL", value="both@example.com")
    Identity.objects.create(lead=c, kind="EMAIL", value="both@example.com")
    group = queries.history(now=now).group
    assert group[0] == group[1] == group[2]
    assert len(set(group.tolist())) == 18


def test_a_history_without_dates_learns_the_final_stage(brokerage: Brokerage, now: datetime) -> None:
    brokerage(400, dated=False)
    version = operations.train(now=now)
    assert version.target == "final_outcome"
    assert any("no date" in note for note in version.card["notes"])
    assert operations.score_all(now=now, cause=Cause.MODEL_CHANGE).n_scored > 0


def test_young_stages_and_afterthoughts_teach_nothing(brokerage: Brokerage, now: datetime) -> None:
    persons = brokerage(400, dated=False)
    history = queries.history(now=now)
    assert history.final_by_stage.all()
    data, notes = operations.training_set(history, Target.parse("final_outcome"))
    assert data.created_at is not None
    limit = history.until - operations.training.STAGE_RIPENS_DAYS * 86_400
    assert data.created_at.max() <= limit < history.first_contact_at.max()
    assert set(data.persons.tolist()) == set(np.flatnonzero(history.first_contact_at <= limit).tolist())
    assert not {"color", "size"} & {*data.table.names, *data.table.categories}, "nobody said they were asked"
    assert any("last 90 days" in note for note in notes)
    Lead.objects.filter(person__in=persons).update(converted=False)
    told = queries.history(now=now)
    assert not told.final_by_stage.any()
    assert len(set(operations.training_set(told, Target.parse("final_outcome"))[0].persons.tolist())) == 400


def test_a_history_without_any_outcome_is_served_by_the_points_card(brokerage: Brokerage, now: datetime) -> None:
    brokerage(100)
    Event.objects.filter(kind="appointment_booked").delete()
    version = operations.train(now=now)
    assert version.card["serving"] == "points_card"
    assert "holds no outcome" in version.card["notes"][0]
    operations.score_all(now=now, cause=Cause.MODEL_CHANGE)
    assert Score.objects.count() > 0
    assert Score.objects.order_by("-value")[0].value <= 80.0


def test_no_leads_is_said(now: datetime) -> None:
    with pytest.raises(UnableToTrain, match="no leads yet"):
        operations.train(now=now)


@pytest.mark.parametrize("target", ["appointment", "closed_0d", "sold_60d "])
def test_a_target_that_is_none_is_refused(brokerage: Brokerage, now: datetime, target: str) -> None:
    brokerage(5)
    with pytest.raises(UnableToTrain, match="is not a target"):
        operations.train(now=now, target=target)


def test_an_older_score_never_replaces_a_fresher_one(brokerage: Brokerage, now: datetime) -> None:
    brokerage(200)
    operations.train(now=now)
    operations.score_all(now=now, cause=Cause.MODEL_CHANGE)
    fresh = dict(Score.objects.values_list("person_id", "as_of"))
    n_steps = ScoreStep.objects.count()
    operations.score_all(now=now - timedelta(days=30), cause=Cause.SWEEP)
    assert dict(Score.objects.values_list("person_id", "as_of")) == fresh
    assert ScoreStep.objects.count() == n_steps


def test_scoring_twice_writes_no_second_step(brokerage: Brokerage, now: datetime) -> None:
    brokerage(200)
    operations.train(now=now)
    operations.score_all(now=now, cause=Cause.MODEL_CHANGE)
    n_steps = ScoreStep.objects.count()
    assert n_steps == Score.objects.count()
    operations.score_all(now=now, cause=Cause.SWEEP)
    assert ScoreStep.objects.count() == n_steps


def test_only_time_and_their_own_doing_are_shown_as_a_change(brokerage: Brokerage, now: datetime) -> None:
    brokerage(200)
    operations.train(now=now)
    operations.score_all(now=now, cause=Cause.MODEL_CHANGE)
    start = dict(Score.objects.values_list("person_id", "value"))
    assert not Score.objects.exclude(value_before=None).exists()
    operations.score_all(now=now + timedelta(days=40), cause=Cause.SWEEP)
    moved = {person: before for person, before in Score.objects.values_list("person_id", "value_before") if before}
    assert moved
    assert all(before == start[person] for person, before in moved.items())
    operations.score_all(now=now + timedelta(days=40), cause=Cause.SWEEP)
    assert dict(Score.objects.exclude(value_before=None).values_list("person_id", "value_before")) == moved
    operations.score_all(now=now + timedelta(days=41), cause=Cause.IMPORT)
    assert not Score.objects.exclude(value_before=None).exists()


def test_whoever_books_loses_the_score(brokerage: Brokerage, now: datetime) -> None:
    persons = brokerage(200)
    operations.train(now=now)
    operations.score_all(now=now, cause=Cause.MODEL_CHANGE)
    scored = Score.objects.order_by("pk")[0].person
    lead = scored.leads.get()
    events.append(
        events=[events.NewEvent("booked", lead.pk, "appointment_booked", now, now)],
        cause=Cause.LIVE,
        origin="",
        now=now,
    )
    events.refresh_activity(person_ids=persons)
    operations.score_all(now=now, cause=Cause.SWEEP)
    assert not Score.objects.filter(person=scored).exists()


def test_queries_of_scoring_do_not_grow_with_the_people(
    brokerage: Brokerage, now: datetime, django_assert_max_num_queries: Any
) -> None:
    persons = brokerage(300)
    version = operations.train(now=now)
    queries.scorer(version)
    with django_assert_max_num_queries(17):
        operations.score_persons(person_ids=persons, version=version, now=now, cause=Cause.SWEEP)
    with django_assert_max_num_queries(8):
        queries.history(now=now)


def test_the_score_line_ends_at_the_score(brokerage: Brokerage, now: datetime) -> None:
    brokerage(300)
    operations.train(now=now)
    operations.score_all(now=now, cause=Cause.MODEL_CHANGE)
    score = Score.objects.order_by("-value")[0]
    line = queries.score_line(score.person_id)
    assert line[-1][1] == pytest.approx(score.value)
    assert [at for at, _ in line] == sorted(at for at, _ in line)


def test_bands_follow_the_stored_values(brokerage: Brokerage, now: datetime) -> None:
    brokerage(300)
    operations.train(now=now)
    operations.score_all(now=now, cause=Cause.MODEL_CHANGE)
    earned = queries.hot_word(queries.serving()).earned
    for value, tier in Score.objects.values_list("value", "tier"):
        assert tier == band(value).value or (not earned and tier == "WARM")


def test_held_out_rows_are_those_of_the_card(brokerage: Brokerage, now: datetime) -> None:
    brokerage(500)
    version = operations.train(now=now)
    rows = operations.held_out(version_id=version.pk)
    assert rows is not None
    assert len(rows) == version.card["by_time"]["n"]


def test_the_commands_print_card_and_counts(brokerage: Brokerage, capsys: pytest.CaptureFixture[str]) -> None:
    brokerage(300)
    call_command("train", "--json")
    card = json.loads(capsys.readouterr().out)
    assert {"target", "verdict", "serving", "model", "by_time", "random"} <= card.keys()
    for split in ("by_time", "random"):
        assert {
            *("auc", "average_precision", "brier", "log_loss", "ece"),
            *("precision_hot", "recall_hot", "n_hot", "lift_20", "intervals"),
        } <= card[split].keys()
    call_command("score", "--json")
    assert json.loads(capsys.readouterr().out)["n_scored"] > 0
    call_command("train")
    assert "Target: appointment_60d (booked an appointment within 60 days)" in capsys.readouterr().out
