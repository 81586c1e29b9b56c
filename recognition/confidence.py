"""Probabilities that mean what they say: temperature, and measures of calibration."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recognition.alignment import Labels, labelling_log_probs


def apply_temperature(log_probs: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """Soften (temperature over 1) or sharpen the distribution of every frame.

    Temperature scaling of Guo et al. 2017, "On calibration of modern neural networks"; log
    probabilities do as well as logits, from which they differ by a constant in each frame.

    Parameters
    ----------
    log_probs : float32 (T, C)
    temperature : float
        Over 0.

    Returns
    -------
    float32 (T, C)

    Raises
    ------
    ValueError
        If the temperature is not over 0.
    """
    if not temperature > 0:
        raise ValueError(f"the temperature must be over 0, but is {temperature}")
    scaled = np.asarray(log_probs, np.float32) / np.float32(temperature)
    top = scaled.max(axis=-1, keepdims=True)
    total = np.log(np.exp(scaled - top).sum(axis=-1, keepdims=True))
    return np.asarray(scaled - top - total, np.float32)


def fit_temperature(
    lines: Sequence[tuple[NDArray[np.float32], Labels]],
    blank: int,
    bounds: tuple[float, float] = (0.25, 4.0),
) -> float:
    """Temperature under which the true labellings are most probable (least CTC loss).

    Lines whose truth has no path of their frames are left out.

    Parameters
    ----------
    lines : sequence of (log_probs float32 (T, C), true labels)
    blank : int
    bounds : (float, float)
        Least and greatest temperature.

    Raises
    ------
    ValueError
        If no line has a truth that fits.
    """
    from scipy.optimize import minimize_scalar  # 0.7 s to import, and readers never fit

    usable = [
        (log_probs, labels)
        for log_probs, labels in lines
        if np.isfinite(labelling_log_probs(log_probs, [labels], blank)[0])
    ]
    if not usable:
        raise ValueError("no line has a true labelling that fits its frames")

    def loss(log_temperature: float) -> float:
        temperature = float(np.exp(log_temperature))
        return -sum(
            float(labelling_log_probs(apply_temperature(frames, temperature), [labels], blank)[0])
            for frames, labels in usable
        )

    low, high = np.log(bounds)
    found = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 0.005})
    return float(np.exp(found.x))


@dataclass(frozen=True)
class Bin:
    """Words whose confidence is in (low, high] (0 is in the first): one bar of the diagram."""

    low: float
    high: float
    count: int
    confidence: float  # mean, NaN without words
    accuracy: float  # share that is right, NaN without words


def reliability(confidence: ArrayLike, correct: ArrayLike, bins: int = 15) -> list[Bin]:
    """Reliability diagram: bins of equal width, lowest first.

    Raises
    ------
    ValueError
        If the lengths differ or there are no words.
    """
    values, right = _paired(confidence, correct)
    edges = np.linspace(0, 1, bins + 1)
    member = np.clip(np.searchsorted(edges, values, side="left") - 1, 0, bins - 1)
    diagram = []
    for index in range(bins):
        inside = member == index
        count = int(inside.sum())
        mean = float(values[inside].mean()) if count else float("nan")
        accuracy = float(right[inside].mean()) if count else float("nan")
        diagram.append(Bin(float(edges[index]), float(edges[index + 1]), count, mean, accuracy))
    return diagram


def expected_calibration_error(confidence: ArrayLike, correct: ArrayLike, bins: int = 15) -> float:
    """Mean distance of confidence and accuracy over the bins, by count (Guo et al. 2017).

    Raises
    ------
    ValueError
        As `reliability`.
    """
    diagram = [bar for bar in reliability(confidence, correct, bins) if bar.count]
    total = sum(bar.count for bar in diagram)
    return sum(bar.count * abs(bar.confidence - bar.accuracy) for bar in diagram) / total


@dataclass(frozen=True)
class Acceptance:
    """How much can go without review: the words of at least this confidence."""

    threshold: float
    share: float


def accepted_at_precision(
    confidence: ArrayLike, correct: ArrayLike, precision: float = 0.99
) -> Acceptance:
    """Largest share of words that can be accepted by a threshold at a given precision.

    Words of equal confidence are accepted together or not at all.

    Returns
    -------
    Acceptance
        With share 0 and an infinite threshold if no threshold reaches the precision.

    Raises
    ------
    ValueError
        As `reliability`.
    """
    values, right = _paired(confidence, correct)
    order = np.argsort(-values, kind="stable")
    values, right = values[order], right[order]
    accepted = np.arange(1, len(values) + 1)
    whole = np.append(values[1:] < values[:-1], True)  # the last of its equals
    reaches = np.flatnonzero(whole & (np.cumsum(right) >= precision * accepted - 1e-9))
    if not len(reaches):
        return Acceptance(float("inf"), 0.0)
    last = int(reaches[-1])
    return Acceptance(float(values[last]), (last + 1) / len(values))


def _paired(values: ArrayLike, correct: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    probabilities = np.asarray(values, np.float64)
    right = np.asarray(correct, bool)
    if probabilities.ndim != 1 or probabilities.shape != right.shape or not len(right):
        raise ValueError(f"{probabilities.shape} confidences for {right.shape} judged words")
    if not np.all((probabilities >= 0) & (probabilities <= 1)):
        raise ValueError("confidences must be within 0..1")
    return probabilities, right


def log_odds(probability: float, least: float) -> float:
    """Return the log odds of a probability, which counts as `least` from 0 and from 1 at least."""
    inside = min(max(probability, least), 1 - least)
    return math.log(inside / (1 - inside))


def logistic(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probabilities of log odds, which count as 30 away from 0 at most."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -30.0, 30.0))))
