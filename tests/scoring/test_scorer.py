import json
import subprocess
import sys
from functools import lru_cache

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import leadlight
from leadlight.scoring.learners.encoding import Table
from leadlight.scoring.learners.errors import UnableToLoadModel, UnableToTrain
from leadlight.scoring.learners.pipeline import TrainingSet
from leadlight.scoring.learners.scorer import LeadScorer
from leadlight.scoring.rules.labels import DAY_SECONDS
from leadlight.scoring.rules.scale import ScoreScale, Tier, logit

FIGURES = (
    "auc average_precision brier log_loss ece precision_hot recall_hot n_hot lift_20".split()  # noqa: SIM905 - one line
)


def leads(n: int = 1500, *, seed: int = 0) -> tuple[pl.DataFrame, NDArray[np.bool_], NDArray[np.float64]]:
    """Return columns of every kind, an outcome that follows from them, and an order in time."""
    rng = np.random.default_rng(seed)
    views = rng.lognormal(1, 1, n).round()
    source = rng.choice(["Zillow", "Referral", "Website"], n, p=[0.5, 0.2, 0.3])
    budget = np.where(rng.random(n) < 0.3, np.nan, rng.normal(400, 100, n))
    truth = -2.6 + 0.9 * np.log1p(views) + 1.5 * (source == "Referral") - 0.5 * np.isnan(budget)
    frame = pl.DataFrame(
        {
            "views": views,
            "source_name": [None if rng.random() < 0.05 else word for word in source],
            "budget": budget,
            "consented": rng.random(n) < 0.5,
            "lead_key": [f"L{k}" for k in range(n)],
        },
        nan_to_null=True,
    )
    return frame, rng.random(n) < expit(truth), np.arange(n) * 3600.0 + 1.7e9


@lru_cache
def fitted(model: str) -> LeadScorer:
    frame, y, order = leads()
    return LeadScorer(model=model, target="appointment_60d").fit(frame, y, created_at=order)


@pytest.mark.parametrize("model", ["auto", "logistic", "xgboost", "points"])
def test_the_card_says_all_and_is_plain_json(model: str) -> None:
    card = json.loads(json.dumps(fitted(model).card, allow_nan=False))
    assert card["target"] == "appointment_60d"
    assert card["verdict"] in ("PASS", "POINT_PASS", "INSUFFICIENT", "FAIL")
    assert card["serving"] in ("model", "points_card")
    assert model in ("auto", card["model"])
    for split in ("by_time", "random"):
        measured = card[split]
        assert set(FIGURES) <= set(measured)
        assert set(FIGURES) == set(measured["intervals"])
        assert measured["n"] == 450
        assert measured["folds"]["train"]["rows"] == 1050
        assert sum(row["n"] for row in measured["reliability"]) == 450
    assert "lead_key" in card["left_out"]


def test_a_good_model_serves_and_weighs_what_matters() -> None:
    card = fitted("auto").card
    assert card["serving"] == "model"
    assert card["by_time"]["auc"] > 0.68
    assert {line["column"] for line in card["weighs_most"][:2]} == {"views", "source_name"}


@pytest.mark.parametrize("model", ["auto", "logistic", "xgboost", "points"])
def test_explanations_add_up_to_the_uncalibrated_margin(model: str) -> None:
    scorer, (frame, _, _) = fitted(model), leads(200, seed=9)
    explained = scorer.explain(frame)
    total = explained.base + explained.contributions.sum(axis=1)
    assert np.abs(total - scorer.margin(frame)).max() < 1e-6
    assert explained.contributions.shape == (200, len(explained.columns))
    assert set(explained.columns) - {rule["signal"] for rule in scorer.card["points_card"]["rules"]} <= set(
        frame.columns
    )


@pytest.mark.parametrize("model", ["auto", "logistic", "xgboost"])
def test_explanations_follow_the_features(model: str) -> None:
    scorer, (frame, _, _) = fitted(model), leads(200, seed=9)
    explained = scorer.explain(frame)
    views = explained.contributions[:, explained.columns.index("views")]
    few, many = frame["views"].to_numpy() <= 1, frame["views"].to_numpy() >= 8
    assert views[many].min() > views[few].max()


@pytest.mark.parametrize("model", ["logistic", "xgboost", "points"])
def test_everything_survives_json(model: str) -> None:
    scorer, (frame, _, _) = fitted(model), leads(200, seed=9)
    again = LeadScorer.from_json(scorer.to_json())
    assert (again.predict_proba(frame) == scorer.predict_proba(frame)).all()
    assert (again.lead_score(frame) == scorer.lead_score(frame)).all()
    assert (again.explain(frame).contributions == scorer.explain(frame).contributions).all()
    assert (again.serving.scores(Table(("views",), np.ones((1, 1), dtype=np.float32))) >= 0).all()
    assert again.card == json.loads(json.dumps(scorer.card))
    assert again.get_params() == scorer.get_params()
    assert again.to_json() == scorer.to_json()


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-10],
        lambda text: text.replace('"data_share": 1.0', '"data_share": 0.9'),
        lambda text: text.replace('"version": 1, "sha256"', '"version": 9, "sha256"'),
        lambda text: "[]",
        lambda text: '{"format": "leadlight-scorer", "version": 1, "sha256": "x", "body": null}',
    ],
)
def test_a_damaged_model_refuses_to_load(damage) -> None:  # type: ignore[no-untyped-def]
    text = fitted("logistic").to_json()
    assert damage(text) != text
    with pytest.raises(UnableToLoadModel):
        LeadScorer.from_json(damage(text))


def test_the_same_seed_gives_the_same_model_and_pandas_the_same_as_polars() -> None:
    frame, y, order = leads(600)
    ours = LeadScorer().fit(frame, y, created_at=order)
    theirs = LeadScorer().fit(pd.DataFrame(frame.to_dict(as_series=False)), pd.Series(y), created_at=order)
    turned = LeadScorer().fit(frame.select(frame.columns[::-1]), y, created_at=order)
    p = ours.predict_proba(frame)
    assert (theirs.predict_proba(pd.DataFrame(frame.to_dict(as_series=False))) == p).all()
    assert (turned.predict_proba(frame) == p).all()
    assert ours.fitted_.to_dict() == theirs.fitted_.to_dict() == turned.fitted_.to_dict()


def test_unknown_words_and_missing_columns_still_get_a_score() -> None:
    scorer, (frame, _, _) = fitted("auto"), leads(50, seed=9)
    strange = frame.drop("budget").with_columns(pl.lit("Carrier pigeon").alias("source_name"), pl.lit(1).alias("new"))
    p = scorer.predict_proba(strange)[:, 1]
    assert ((p > 0) & (p < 1)).all()


def test_scores_tiers_and_probabilities_agree() -> None:
    scorer, (frame, _, _) = fitted("auto"), leads(300, seed=9)
    p, scores = scorer.predict_proba(frame)[:, 1], scorer.lead_score(frame)
    order = np.argsort(p)
    assert (np.diff(scores[order]) >= 0).all()
    words = scorer.tier(frame)
    assert set(words) <= set(Tier)
    assert ((scores > 80) == (words == "HOT")).all()
    assert ((scores < 50) == (words == "COLD")).all()
    assert (scorer.predict(frame) == (p >= 0.5)).all()
    assert 0.5 < scorer.score(frame, leads(300, seed=9)[1]) <= 1


def test_nobody_scores_above_80_without_the_word() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(900, 1)).astype(np.float32)
    y = rng.random(900) < expit(x[:, 0] - 3)
    scorer = LeadScorer().fit(x, y, created_at=np.arange(900))
    assert scorer.card["verdict"] in ("INSUFFICIENT", "FAIL")
    far = np.full((1, 1), 50.0, dtype=np.float32)
    assert scorer.predict_proba(far)[0, 1] > 0.8
    assert scorer.lead_score(far)[0] == 80.0
    assert scorer.tier(far)[0] == "WARM"


def test_a_declared_scale_is_kept() -> None:
    frame, y, order = leads(600)
    scale = ScoreScale(0.3, 0.7, version=4)
    scorer = LeadScorer(scale=scale).fit(frame, y, created_at=order)
    assert scorer.card["scale"] == {"p_warm": 0.3, "p_hot": 0.7, "version": 4}
    assert scorer.fitted_.scale == scale


def test_an_unknown_order_gives_no_figures_by_time() -> None:
    frame, y, _ = leads(600)
    scorer = LeadScorer().fit(frame, y)
    assert scorer.card["by_time"] is None
    assert scorer.card["random"]["n"] == 180
    assert scorer.card["verdict"] == scorer.card["random"]["verdict"]


@pytest.mark.parametrize("kind", ["datetime", "text", "number", "date"])
def test_any_sortable_order_will_do(kind: str) -> None:
    frame, y, order = leads(300)
    moments = pl.Series(order * 1e6).cast(pl.Int64).cast(pl.Datetime("us"))
    given = {
        "datetime": moments,
        "text": [str(m) for m in moments],
        "number": order.tolist(),
        "date": pd.Series(moments.to_list()),
    }[kind]
    scorer = LeadScorer(model="logistic").fit(frame, y, created_at=given)
    plain = LeadScorer(model="logistic").fit(frame, y, created_at=order)
    assert (scorer.predict_proba(frame) == plain.predict_proba(frame)).all()
    assert ("from" in scorer.card["by_time"]["folds"]["test"]) is (kind in ("datetime", "date"))


def test_households_stay_on_one_side() -> None:
    frame, y, order = leads(600)
    scorer = LeadScorer(model="logistic").fit(frame, y, created_at=order, groups=[f"h{k % 100}" for k in range(600)])
    assert scorer.card["by_time"]["folds"]["train"]["rows"] == 420


@pytest.mark.parametrize(
    ("classes", "good"),
    [
        ((False, True), True),
        ((0, 1), 1),
        (("no", "yes"), "yes"),
        (("lost", "Won"), "Won"),
        (("a", "b"), "b"),
        ((1, 2), 2),
    ],
)
def test_two_classes_of_any_kind(classes: tuple[object, object], good: object) -> None:
    frame, y, order = leads(300)
    labels = [good if hit else next(c for c in classes if c != good) for hit in y]
    scorer = LeadScorer(model="logistic").fit(frame, labels, created_at=order)
    assert set(scorer.predict(frame).tolist()) <= set(classes)
    place = list(scorer.classes_).index(good)
    assert np.corrcoef(scorer.predict_proba(frame)[:, place], y)[0, 1] > 0.2
    assert np.corrcoef(scorer.lead_score(frame), y)[0, 1] > 0.2


def test_shuffled_outcomes_teach_nothing() -> None:
    frame, y, order = leads(1500)
    scorer = LeadScorer().fit(frame, np.random.default_rng(1).permutation(y), created_at=order)
    for split in ("by_time", "random"):
        measured = scorer.card[split]
        # A constant has no error; then the AUC is exactly one half.
        assert abs(measured["auc"] - 0.5) <= 3 * (measured["auc_standard_error"] or 0.0) + 1e-9
    assert scorer.card["serving"] == "points_card"


def one_class(frame: pl.DataFrame, y: NDArray[np.bool_]) -> object:
    return LeadScorer().fit(frame, np.zeros(len(y)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (one_class, "same outcome"),
        (lambda f, y: LeadScorer().fit(f, np.arange(len(y)) < 4), "Only 4 leads converted"),
        (lambda f, y: LeadScorer().fit(f, np.arange(len(y)) >= 4), "Only 4 leads did not convert"),
        (lambda f, y: LeadScorer().fit(f, np.arange(len(y)) % 3), "two values, not 3"),
        (lambda f, y: LeadScorer().fit(f, y[:-1]), "60 rows but y has 59"),
        (lambda f, y: LeadScorer().fit(f, y, created_at=[1, 2]), "created_at has 2"),
        (lambda f, y: LeadScorer().fit(f, [None, *y[1:]]), "no outcome"),
        (lambda f, y: LeadScorer().fit(f, y, created_at=[None, *range(59)]), "no date or order"),
        (lambda f, y: LeadScorer(model="magic").fit(f, y), 'no model "magic"'),
        (lambda f, y: LeadScorer().fit(pl.DataFrame({"a": [None] * 60}), y), "Every cell"),
        (lambda f, y: LeadScorer().fit(f, np.arange(60) >= 50, created_at=np.arange(60)), "oldest 70 %"),
    ],
)
def test_errors_say_what_to_do(call, message: str) -> None:  # type: ignore[no-untyped-def]
    frame, _, _ = leads(60)
    with pytest.raises(UnableToTrain, match=message) as caught:
        call(frame, np.arange(60) % 3 == 0)
    assert caught.value.message.endswith(".")


def test_it_is_a_scikit_learn_estimator() -> None:
    scorer = clone(LeadScorer(model="logistic", random_state=3))
    assert scorer.get_params() == {
        "model": "logistic",
        "target": "final_outcome",
        "random_state": 3,
        "n_jobs": 1,
        "scale": None,
    }
    with pytest.raises(NotFittedError):
        scorer.predict_proba(leads(10)[0])


def snapshots(n_people: int = 900, *, seed: int = 0) -> TrainingSet:
    """Return three snapshots of each person, told apart by a signal that the points card knows."""
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(n_people), 3)
    requests = (rng.random(n_people) < 0.2).astype(np.float32)[person]
    noise = rng.normal(size=(3 * n_people, 2)).astype(np.float32)
    created = np.sort(rng.uniform(0, 700, n_people))[person] * DAY_SECONDS
    y = rng.random(n_people)[person] < expit(-2.5 + 3.0 * requests + 0.8 * noise[:, 0])
    return TrainingSet(
        table=Table(("showing_request_30d", "a", "b"), np.column_stack([requests, noise])),
        y=y,
        groups=person // 2,
        persons=person,
        weights=np.full(3 * n_people, 1 / 3),
        created_at=created,
        t0=created + np.tile([0, 7, 30], n_people) * DAY_SECONDS,
        horizon_seconds=60 * DAY_SECONDS,
    )


def test_snapshots_of_people_are_learned_and_tested_one_each() -> None:
    data = snapshots()
    card = LeadScorer().fit_rows(data).card
    measured = card["by_time"]
    assert measured["n"] == measured["folds"]["test"]["people"] == 270
    assert measured["folds"]["train"]["rows"] < 3 * 630
    assert "left out of training" in measured["purge"]
    assert measured["folds"]["train"]["to"] < measured["folds"]["test"]["from"]
    assert card["people"] == 900


def test_the_card_is_blended_in_and_the_explanation_still_adds_up() -> None:
    data = snapshots(300)
    scorer = LeadScorer(model="logistic").fit_rows(data)
    assert 0.3 < scorer.fitted_.data_share < 0.9
    explained = scorer.explain(data.table)
    assert np.abs(explained.base + explained.contributions.sum(axis=1) - scorer.margin(data.table)).max() < 1e-6


def test_the_fast_way_gives_the_same_scores() -> None:
    data = snapshots(300)
    scorer = LeadScorer(model="xgboost").fit_rows(data)
    quick = scorer.predict_matrix(data.table.values, data.table.names)
    assert (quick.scores == scorer.lead_score(data.table)).all()
    assert (quick.p == scorer.predict_proba(data.table)[:, 1]).all()
    turned = scorer.predict_matrix(data.table.values[:, ::-1], data.table.names[::-1])
    assert (turned.scores == quick.scores).all()


def test_without_a_history_the_points_card_serves_on_the_prior() -> None:
    scorer = LeadScorer.untrained(target="appointment_60d")
    rows = Table(("showing_request_30d",), np.array([[0.0], [1.0]], dtype=np.float32))
    quiet, asked = scorer.serving.predict(rows).p
    assert quiet == pytest.approx(0.075)
    assert float(logit(asked) - logit(quiet)) == pytest.approx(2.0)
    assert scorer.card["serving"] == "points_card"
    assert (scorer.serving.scores(rows) <= 80).all()
    again = LeadScorer.from_json(scorer.to_json())
    assert (again.serving.predict(rows).p == scorer.serving.predict(rows).p).all()


def test_at_few_positives_the_blend_is_about_as_good_as_the_better_of_both() -> None:
    card = LeadScorer().fit_rows(snapshots(350, seed=3)).card
    measured = card["by_time"]
    assert measured["log_loss"] <= measured["against_points_card"]["log_loss"] * 1.02


def test_the_public_face_needs_no_django() -> None:
    code = (
        "import sys, leadlight; assert 'sklearn' not in sys.modules; leadlight.LeadScorer; leadlight.read_leads; "
        "leadlight.signal_table; assert 'django' not in sys.modules; assert 'LeadScorer' in dir(leadlight)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert leadlight.LeadScorer is LeadScorer
    with pytest.raises(AttributeError, match="no attribute"):
        _ = leadlight.nothing
