"""The one way from labelled rows to a model that serves: encode, choose, calibrate, refit."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from leadlight.scoring.rules.gate import Verdict, cap
from leadlight.scoring.rules.scale import ScoreScale, band_codes, declare_scale
from leadlight.scoring.rules.split import Rows, one_row_per_person, validation_folds

from .boosting import MOST_ROUNDS, SHAPES, BoostedTrees, Held, TreeShape, fit_boosting
from .calibration import Calibration, calibrate
from .choice import Candidate, Comparison, choose
from .encoding import Encoder, Table, learn_encoding
from .errors import UnableToLoadModel
from .logistic import PLAIN_STRENGTH, STRENGTHS, LinearModel, fit_logistic
from .points import PointsCard, share_of_data

#: From the simplest to the richest.
FAMILIES = ("points", "logistic", "xgboost")
#: Below these positives a family is not worth trying: it would learn noise.
LEAST_POSITIVES = {"points": 0, "logistic": 30, "xgboost": 100}
#: More train rows than this are sampled evenly: snapshots of one person tell little more, and cost hours.
MOST_ROWS = 100_000


@dataclass(frozen=True)
class TrainingSet:
    """Labelled rows. All arrays have one length; several rows (snapshots) of one person are allowed."""

    table: Table
    y: NDArray[np.bool_]
    #: Codes from 0; a group (person or household) never straddles folds.
    groups: NDArray[np.int64]
    #: Codes from 0; the test fold holds one row of each person.
    persons: NDArray[np.int64]
    #: 1 / rows of the person, so that every person weighs the same.
    weights: NDArray[np.float64]
    #: First contact, in seconds or any other order; None when the order is unknown.
    created_at: NDArray[np.float64] | None = None
    #: The moment of looking, seconds; None when it is the first contact.
    t0: NDArray[np.float64] | None = None
    horizon_seconds: float = 0.0

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.y)


@dataclass(frozen=True)
class Explained:
    """Why, row by row: `base + contributions.sum(axis=1)` is the uncalibrated log-odds."""

    #: Length n.
    base: NDArray[np.float64]
    #: n x input columns.
    contributions: NDArray[np.float64]
    columns: tuple[str, ...]
    #: Length n.
    margin: NDArray[np.float64]

    def strongest(self, row: int, *, n: int = 3) -> list[tuple[str, float]]:
        """Return the input columns that move one row most, the strongest first."""
        order = np.argsort(-np.abs(self.contributions[row]), kind="stable")[:n]
        return [(self.columns[k], float(self.contributions[row, k])) for k in order]


@dataclass(frozen=True)
class FittedModel:
    """Everything that turns rows into probabilities, scores and bands. Stored as plain JSON."""

    encoder: Encoder
    #: None: the points card alone.
    learner: LinearModel | BoostedTrees | None
    points: PointsCard
    #: Weight of the learner against the card, 1 where the card knows none of the columns.
    data_share: float
    calibration: Calibration
    scale: ScoreScale
    #: Whether anybody may be called hot by score.
    verdict: Verdict = Verdict.INSUFFICIENT

    @property
    def family(self) -> str:
        """The name of the learner."""
        return "points" if self.learner is None else self.learner.kind

    def margin(self, table: Table, *, n_jobs: int = 1) -> NDArray[np.float64]:
        """Return uncalibrated log-odds, one per row."""
        if self.learner is None:
            return self.points.margin(table)
        if not self.encoder.words:
            matrix = self.encoder.encode_matrix(table.values, table.names, table.categories)
        else:
            matrix = self.encoder.encode(table)
        learned = self.learner.margin(matrix, n_jobs=n_jobs)
        if self.data_share == 1.0:
            return learned
        return self.data_share * learned + (1.0 - self.data_share) * self.points.margin(table)

    def probability(self, table: Table, *, n_jobs: int = 1) -> NDArray[np.float64]:
        """Return calibrated probabilities of the good outcome."""
        return self.calibration.probability(self.margin(table, n_jobs=n_jobs))

    def scores(self, table: Table, *, n_jobs: int = 1) -> NDArray[np.float64]:
        """Return scores, 0 to 100; at most 80 while nobody may be called hot."""
        return self.predict(table, n_jobs=n_jobs).scores

    def predict(self, table: Table, *, n_jobs: int = 1) -> "Prediction":
        """Return probabilities, scores and band codes at once: the serving path."""
        calibrated = self.calibration.margin(self.margin(table, n_jobs=n_jobs))
        scores = cap(self.scale.score_of_logit(calibrated), self.verdict)
        return Prediction(expit(calibrated), scores, band_codes(scores))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The input columns that can move a score."""
        rules = [rule.signal for rule in self.points.rules] if self.data_share < 1.0 else []
        learned = () if self.learner is None else self.encoder.sources
        return tuple(dict.fromkeys((*learned, *rules)))

    def explain(self, table: Table, *, n_jobs: int = 1) -> Explained:
        """Return the contributions of the input columns to the uncalibrated log-odds."""
        place = {name: k for k, name in enumerate(self.columns)}
        parts = np.zeros((table.n_rows, len(place)))
        card_share = 1.0 if self.learner is None else 1.0 - self.data_share
        base = np.zeros(table.n_rows)
        if self.learner is not None:
            matrix = self.encoder.encode(table)
            learned_base, learned = self.learner.contributions(matrix, n_jobs=n_jobs)
            base += self.data_share * learned_base
            for k, source in enumerate(self.encoder.sources):
                parts[:, place[source]] += self.data_share * learned[:, k]
        if card_share > 0.0:
            card_base, by_signal = self.points.contributions(table)
            base += card_share * card_base
            for name, part in by_signal.items():
                parts[:, place[name]] += card_share * part
        return Explained(base, parts, self.columns, self.margin(table, n_jobs=n_jobs))

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "encoder": self.encoder.to_dict(),
            "family": self.family,
            "learner": None if self.learner is None else self.learner.to_dict(),
            "points": self.points.to_dict(),
            "data_share": self.data_share,
            "calibration": self.calibration.to_dict(),
            "scale": self.scale.as_dict(),
            "verdict": str(self.verdict),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "FittedModel":
        """
        Return what `to_dict` gave.

        Raises:
            UnableToLoadModel: the family is unknown to this version, or the booster is damaged.
        """
        family = data["family"]
        learner: LinearModel | BoostedTrees | None
        if family == "points":
            learner = None
        elif family == LinearModel.kind:
            learner = LinearModel.from_dict(data["learner"])
        elif family == BoostedTrees.kind:
            learner = BoostedTrees.from_dict(data["learner"])
        else:
            raise UnableToLoadModel(f'The stored model is of the kind "{family}", which this version does not know.')
        return cls(
            Encoder.from_dict(data["encoder"]),
            learner,
            PointsCard.from_dict(data["points"]),
            float(data["data_share"]),
            Calibration.from_dict(data["calibration"]),
            ScoreScale(**data["scale"]),
            Verdict(data["verdict"]),
        )


@dataclass(frozen=True)
class Prediction:
    """What serving gives for each row."""

    p: NDArray[np.float64]
    scores: NDArray[np.float64]
    #: Places in `scale.TIERS`.
    bands: NDArray[np.int8]


@dataclass(frozen=True)
class Fitting:
    """A model fitted on train rows alone, the points card fitted beside it, and how both came about."""

    model: FittedModel
    points: FittedModel
    comparisons: list[Comparison]
    n_taught: int
    n_calibration: int
    #: First contacts of the calibration fold, oldest and newest; None without an order.
    calibration_span: tuple[float, float] | None


def fit_on(
    data: TrainingSet,
    train: Rows,
    *,
    model: str,
    seed: int,
    n_jobs: int,
    in_time: bool,
    scale: ScoreScale | None = None,
    card: PointsCard | None = None,
) -> Fitting:
    """
    Choose, calibrate and refit on the train rows; no other row is looked at.

    `model` is one of FAMILIES or "auto". The choice and the calibration use held-out predictions only: in
    time, the newest 20 % of the train rows calibrate; without an order, four random folds do. The scale is
    declared there unless one is given.
    """
    if len(train) > MOST_ROWS:
        train = np.sort(np.random.default_rng(seed).permutation(train)[:MOST_ROWS])
    created_at = data.created_at if in_time else None
    folds = validation_folds(train, data.groups, created_at, seed=seed)
    folds = [(fit, held) for fit, held in folds if _has_both(data.y[fit]) and len(held)]
    table = data.table.take(train)
    encoder = learn_encoding(table)
    # Rows of the whole set find their encoded row here.
    at = np.full(data.n_rows, -1, dtype=np.int64)
    at[train] = np.arange(len(train))
    y, weights = data.y[train], data.weights[train]
    n_positive = float(weights[y].sum())
    card = replace(card or PointsCard(), base_rate=float(np.average(y, weights=weights)))
    knows = card.knows(table)
    families = _families(model, n_positive, knows=knows, has_columns=bool(encoder.sources))
    matrix = encoder.encode(table) if families != ["points"] else np.zeros((len(train), 0), dtype=np.float32)
    card_margin = card.margin(table)
    fit_rows = [at[fit] for fit, _ in folds]
    held_rows = [at[held] for _, held in folds]
    held = np.concatenate(held_rows) if folds else np.arange(len(train))
    fold_of = np.repeat(np.arange(len(folds)), [len(h) for h in held_rows]) if folds else np.zeros_like(held)

    def blended(learned: NDArray[np.float64], rows: Rows, n_taught: float) -> NDArray[np.float64]:
        share = share_of_data(n_taught) if knows else 1.0
        return share * learned + (1.0 - share) * card_margin[rows]

    taught = [float(weights[rows][y[rows]].sum()) for rows in fit_rows]
    candidates = [Candidate("points", 0, "as shipped", card_margin[held])]
    if "logistic" in families:
        for shaped, strengths in _linear_grid(n_positive, len(encoder.sources)):
            fits = [
                fit_logistic(
                    matrix[f],
                    y[f],
                    weights[f],
                    n_numeric=encoder.n_numeric,
                    shaped=shaped,
                    strengths=strengths,
                )
                for f in fit_rows
            ]
            for k, strength in enumerate(strengths):
                margins = [
                    blended(models[k].margin(matrix[h]), h, n)
                    for models, h, n in zip(fits, held_rows, taught, strict=True)
                ]
                setting = f"{'shaped' if shaped else 'plain'}, C = {strength:g}"
                level = 2 if shaped else 1
                candidates.append(Candidate("logistic", level, setting, np.concatenate(margins), (shaped, strength)))
    if "xgboost" in families:
        for shape in SHAPES:
            trees = [
                fit_boosting(
                    matrix[f],
                    y[f],
                    weights[f],
                    shape=shape,
                    seed=seed,
                    n_jobs=n_jobs,
                    held=Held(matrix[h], y[h], weights[h]),
                )
                for f, h in zip(fit_rows, held_rows, strict=True)
            ]
            rounds = min(MOST_ROUNDS, round(float(np.median([t.n_rounds for t in trees]))))
            margins = [
                blended(t.margin(matrix[h], n_jobs=n_jobs, n_rounds=rounds), h, n)
                for t, h, n in zip(trees, held_rows, taught, strict=True)
            ]
            setting = f"depth {shape.depth}, {rounds} rounds"
            candidates.append(Candidate("xgboost", 3, setting, np.concatenate(margins), (shape, rounds)))
    asked = [c for c in candidates if c.family in families]
    comparisons = choose(asked, y[held], weights[held], data.groups[train][held], fold_of)
    chosen = next(c.candidate for c in comparisons if c.chosen)

    n_last = len(held_rows[-1]) if folds else len(held)
    fold = slice(len(held) - n_last, None) if in_time else slice(None)
    rows = held[fold]
    persons = data.persons[train][rows]

    def finished(candidate: Candidate, learner: LinearModel | BoostedTrees | None, share: float) -> FittedModel:
        raw = candidate.margin[fold]
        calibration = calibrate(raw, y[rows], weights[rows])
        declared = scale
        if declared is None:
            one = one_row_per_person(np.arange(len(rows)), persons, seed=seed)
            declared = declare_scale(calibration.probability(raw)[one], y[rows][one])
        return FittedModel(encoder, learner, card, share, calibration, declared)

    learner = _refit(chosen, matrix, y, weights, n_numeric=encoder.n_numeric, seed=seed, n_jobs=n_jobs)
    share = 0.0 if learner is None else share_of_data(n_positive) if knows else 1.0
    span = None
    if created_at is not None and folds:
        times = created_at[train][rows]
        span = float(times.min()), float(times.max())
    return Fitting(
        model=finished(chosen, learner, share),
        points=finished(candidates[0], None, 0.0),
        comparisons=comparisons,
        n_taught=len(train),
        n_calibration=len(rows),
        calibration_span=span,
    )


def _has_both(y: NDArray[np.bool_]) -> bool:
    return bool(y.any()) and not bool(y.all())


def _families(model: str, n_positive: float, *, knows: bool, has_columns: bool) -> list[str]:
    if model != "auto":
        return [model] if has_columns else ["points"]
    families = [f for f in FAMILIES if n_positive >= LEAST_POSITIVES[f]]
    if not knows:
        # A card that knows none of these columns says the same of everybody and ranks nobody; a strong ridge
        # says a little more. Whether it says enough to serve is settled on the test rows.
        families = families[1:] or ["logistic"]
    return families if has_columns else ["points"]


def _linear_grid(n_positive: float, n_columns: int) -> list[tuple[bool, tuple[float, ...]]]:
    """
    Return the logistic regressions to try: (shaped, strengths).

    The plain one is the textbook's, C = 1, that all others must beat; it takes part where ten positives stand
    behind each column (Peduzzi 1996), as below that it would learn noise.
    """
    plain = [(False, (PLAIN_STRENGTH,))] if n_positive >= 10.0 * n_columns else []
    return [*plain, (True, STRENGTHS)]


def _refit(
    chosen: Candidate,
    matrix: NDArray[np.float32],
    y: NDArray[np.bool_],
    weights: NDArray[np.float64],
    *,
    n_numeric: int,
    seed: int,
    n_jobs: int,
) -> LinearModel | BoostedTrees | None:
    match chosen.family:
        case "logistic":
            shaped, strength = chosen.recipe
            return fit_logistic(matrix, y, weights, n_numeric=n_numeric, shaped=shaped, strengths=(strength,))[0]
        case "xgboost":
            shape: TreeShape = chosen.recipe[0]
            return fit_boosting(
                matrix, y, weights, shape=shape, seed=seed, n_jobs=n_jobs, n_rounds=int(chosen.recipe[1])
            )
        case _:
            return None
