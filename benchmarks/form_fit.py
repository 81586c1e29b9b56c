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

Floats = npt.NDArray[np.float64]

_RIDGE = 1.0
_ROUNDS = 50
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
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design + penalty
        step = design.T @ (y - chance) - penalty @ weights
        weights += np.clip(np.linalg.solve(curvature, step), -2, 2)
    plain = weights[:-1] / scale
    return plain, float(weights[-1] - plain @ mean)


def fit_calibration(evidence: Sequence[Evidence], right: npt.NDArray[np.bool_]) -> Calibration:
    """Fit confidence and thresholds of one group of fields."""
    weights, bias = fit_logistic([one.features for one in evidence], right)
    one, other = (round(float(weight), 3) for weight in weights)
    confidence = _confidences(Calibration((one, other), round(bias, 3), ()), evidence)
    thresholds = tuple(_threshold(confidence, right, p, expected=True) for p in PRECISIONS)
    return Calibration((one, other), round(bias, 3), thresholds)


def trusting(evidence: Sequence[Evidence], right: npt.NDArray[np.bool_]) -> Calibration:
    """Return the calibration that takes shares for confidences, with fitted thresholds."""
    confidence = _confidences(Calibration((1.0, 0.0), 0.0, ()), evidence)
    thresholds = tuple(_threshold(confidence, right, p, expected=False) for p in PRECISIONS)
    return Calibration((1.0, 0.0), 0.0, thresholds)


def _confidences(calibration: Calibration, evidence: Sequence[Evidence]) -> Floats:
    return np.array([calibration.confidence(each) for each in evidence])


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
    lines = [
        f"TICK_WEIGHTS = ({weights[0]:.2f}, {weights[1]:.2f})",
        f"TICK_BIAS = {bias:.2f}",
        "CALIBRATIONS = {",
    ]
    groups: dict[str, list[Judged]] = {}
    for one, _ in pairs:
        if one.evidence is not None:
            groups.setdefault(_group(one), []).append(one)
    for group, ones in groups.items():
        evidence = [one.evidence for one in ones if one.evidence is not None]
        right = np.array([one.right for one in ones])
        # The chances of ticks are fitted themselves, and their product is the confidence.
        fitted = (
            trusting(evidence, right) if group == "choice" else fit_calibration(evidence, right)
        )
        numbers = f"{fitted.weights}, {fitted.bias}, {fitted.thresholds}"
        lines.append(f'    "{group}": Calibration({numbers}),')
    return "\n".join([*lines, "}"])


def _group(one: Judged) -> str:
    constrained = one.field.type != "text"
    return group_of(one.field.type, one.field.layout != "line", constrained)


def _threshold(
    confidence: Floats, right: npt.NDArray[np.bool_], precision: float, expected: bool
) -> float:
    """Return the least confidence from which on enough is right, and expected to be."""
    order = np.argsort(-confidence, kind="stable")
    count = np.arange(1, len(order) + 1)
    held = np.cumsum(right[order]) / count >= precision
    if expected:
        held &= np.cumsum(confidence[order]) / count >= precision
    # A run of equal confidences stands or falls together.
    held &= np.append(np.diff(confidence[order]) != 0, True)
    kept = np.flatnonzero(held)
    return float(np.floor(confidence[order][kept[-1]] * 1e4) / 1e4) if len(kept) else 1.0
