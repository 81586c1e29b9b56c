"""Fits the constants of `hcr.forms.confidence` to fields that were read, and prints them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from benchmarks.form_report import Judged
from hcr.forms.choice import SEPARATOR, tick_features
from hcr.forms.confidence import PRECISIONS, Calibration, group_of
from hcr.forms.evidence import Evidence
from hcr.forms.picture import FieldPicture
from recognition.confidence import logistic

Floats = npt.NDArray[np.float64]

_RIDGE = 0.1
"""More makes those least sure that never are wrong."""
_ROUNDS = 50
_SPARE = 3.0
"""With one, 97.9 % of what was to be right with 99 % were right on other writers' copies."""
_WORSE = 1.5
"""The least fit of right values times this is the least that is sure."""
_TRUSTING = (1.0, 0.0, 0.0)
"""Weights that take the share, which of ticks is fitted itself, for the confidence."""
_SPECKS = (0.0, 0.04)
"""Sides of specks in an empty tick box, as shares of its side; those that subtraction leaves."""


def fit_logistic(features: npt.ArrayLike, right: npt.ArrayLike) -> tuple[Floats, float]:
    """Fit a logistic function by Newton's method, its standardised weights kept small by a ridge.

    Parameters
    ----------
    features
        (n, k).
    right
        (n,) of bool.

    Returns
    -------
    weights : float64 (k,)
    bias : float
    """
    x, y = np.asarray(features, np.float64), np.asarray(right, np.float64)
    mean, scale = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
    design = np.column_stack([(x - mean) / scale, np.ones(len(x))])
    penalty = np.diag([_RIDGE] * x.shape[1] + [1e-3])
    weights = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        chance = logistic(design @ weights)
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design + penalty
        step = design.T @ (y - chance) - penalty @ weights
        weights += np.clip(np.linalg.solve(curvature, step), -2, 2)
    plain = weights[:-1] / scale
    return plain, float(weights[-1] - plain @ mean)


def fit_calibration(evidence: Sequence[Evidence], right: npt.NDArray[np.bool_]) -> Calibration:
    """Fit the confidence of one group of fields.

    No feature makes a value less sure the better it is: one that seems to is left out.
    """
    features = np.array([one.features for one in evidence], np.float64)
    kept = list(range(features.shape[1]))
    weights, bias = fit_logistic(features, right)
    while len(kept) > 1 and weights.min() < 0:
        del kept[int(weights.argmin())]
        weights, bias = fit_logistic(features[:, kept], right)
    placed = np.zeros(features.shape[1])
    placed[kept] = np.maximum(weights, 0.0)
    one, other, third = placed.round(3).tolist()
    fits = [each.fit for each, is_right in zip(evidence, right.tolist(), strict=True) if is_right]
    return Calibration((one, other, third), round(bias, 3), round(_WORSE * min(fits, default=0), 2))


def fit_thresholds(confidence: Floats, right: npt.NDArray[np.bool_]) -> tuple[float, ...]:
    """Return the thresholds of `PRECISIONS`.

    Parameters
    ----------
    confidence
        (n,), of all fields.
    right
        (n,), whether their values are.
    """
    return tuple(_threshold(confidence, right, precision) for precision in PRECISIONS)


def fit_ticks(pairs: Sequence[tuple[Judged, FieldPicture]]) -> tuple[Floats, float]:
    """Fit what tells a ticked box from an empty one."""
    features, ticked = [], []
    for one, picture in pairs:
        for option, box in zip(one.field.options, picture.options, strict=True):
            measured = tick_features(picture, box)
            if option.name in one.truth.split(SEPARATOR):
                if measured[0] > 0:  # a tick beside its box teaches nothing
                    features.append(measured)
                    ticked.append(True)
                continue
            # Copies are clean, forms are not: specks of a few sizes in the empty boxes.
            for speck in _SPECKS:
                features.append((measured[0] + speck, measured[1] + speck))
                ticked.append(False)
    return fit_logistic(features, ticked)


def fitted_constants(pairs: Sequence[tuple[Judged, FieldPicture]]) -> str:
    """Return the constants of `hcr.forms.confidence` as Python text."""
    weights, bias = fit_ticks(pairs)
    tick_weights, tick_bias = np.round(weights, 2), round(bias, 2)
    confidence: list[float] = []
    right: list[bool] = []
    lines = [f"TICK_WEIGHTS = {tuple(tick_weights.tolist())}", f"TICK_BIAS = {tick_bias}"]
    lines += ["CALIBRATIONS = {", f'    "choice": Calibration({_TRUSTING}, 0.0, 0.0),']
    groups: dict[str, list[tuple[Evidence, bool]]] = {}
    for one, picture in pairs:
        if one.field.type == "choice":
            confidence.append(_tick_confidence(picture, tick_weights, tick_bias))
            right.append(one.right)
        elif one.evidence is not None:
            groups.setdefault(_group(one), []).append((one.evidence, one.right))
    for group, ones in groups.items():
        of_group = [is_right for _, is_right in ones]
        fitted = fit_calibration([evidence for evidence, _ in ones], np.array(of_group))
        confidence += [fitted.confidence(evidence) for evidence, _ in ones]
        right += of_group
        lines.append(
            f'    "{group}": Calibration({fitted.weights}, {fitted.bias}, {fitted.least_fit}),'
        )
    thresholds = fit_thresholds(np.array(confidence), np.array(right))
    return "\n".join([*lines, "}", f"THRESHOLDS = {thresholds}"])


def _tick_confidence(picture: FieldPicture, weights: Floats, bias: float) -> float:
    """Return how sure the boxes are with fitted weights; they multiply, as in `read_choice`."""
    measured = np.array([tick_features(picture, box) for box in picture.options])
    chances = logistic(measured @ weights + bias)
    return float(np.maximum(chances, 1 - chances).prod())


def _group(one: Judged) -> str:
    constrained = one.field.type != "text"
    return group_of(one.field.type, one.field.layout != "line", constrained)


def _threshold(confidence: Floats, right: npt.NDArray[np.bool_], precision: float) -> float:
    """Return the least confidence from which on enough is right, and expected to be.

    Errors come in writers, of whom there are few: room is left for `_SPARE` standard deviations.
    """
    order = np.argsort(-confidence, kind="stable")
    count = np.arange(1, len(order) + 1)
    wrong = np.cumsum(~right[order])
    held = wrong + _SPARE * np.sqrt(wrong) <= (1 - precision) * count
    held &= np.cumsum(confidence[order]) / count >= precision
    # A run of equal confidences stands or falls together.
    held &= np.append(np.diff(confidence[order]) != 0, True)
    kept = np.flatnonzero(held)
    return float(np.floor(confidence[order][kept[-1]] * 1e4) / 1e4) if len(kept) else 1.0
