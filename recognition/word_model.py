"""How likely a word is right: logistic regression on features of it and on products of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recognition.confidence import logistic
from recognition.word_confidence import FEATURES

PRODUCTS = (
    ("length", "language"), ("length", "word"), ("length", "greedy"), ("greedy", "word"),
    ("greedy", "weakest"), ("line", "word"), ("line", "posterior"), ("posterior", "word"),
    ("language", "posterior"), ("language", "image_posterior"), ("capital", "line"),
    ("capital", "posterior"),
)  # fmt: skip
"""Pairs of features that mean more together: a likely word of two letters is easily made up."""
TERMS = len(FEATURES) + len(PRODUCTS)

_LEFT, _RIGHT = np.array([[FEATURES.index(name) for name in pair] for pair in PRODUCTS]).T

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class WordModel:
    """Weighs features to the probability that a word is right.

    Attributes
    ----------
    weights
        One a feature, then one a pair of `PRODUCTS`.
    bias
        Added to the weighed sum.

    Raises
    ------
    ValueError
        If there are not as many finite weights as terms.
    """

    weights: tuple[float, ...]
    bias: float

    def __post_init__(self) -> None:
        if len(self.weights) != TERMS:
            raise ValueError(f"{len(self.weights)} weights for the {TERMS} terms of a word")
        if not all(math.isfinite(value) for value in (*self.weights, self.bias)):
            raise ValueError("a word model's weights must be finite")

    def __call__(self, features: ArrayLike) -> Floats:
        """Return the probabilities, float64 (n,), of features (n, len(FEATURES))."""
        sums = _terms(np.asarray(features, np.float64)) @ np.array(self.weights) + self.bias
        return logistic(sums)


def plain_word_model() -> WordModel:
    """Return the model that takes the probability of CTC as it is."""
    return WordModel((1.0,) + (0.0,) * (TERMS - 1), 0.0)


def fit_word_model(features: ArrayLike, correct: ArrayLike, ridge: float = 30.0) -> WordModel:
    """Fit by Newton's method (Platt 1999), terms standardised, weights kept small by a ridge.

    Parameters
    ----------
    features
        (n, len(FEATURES)).
    correct
        (n,), whether the word was right.
    ridge
        Penalty of the squared weights.

    Raises
    ------
    ValueError
        If there are no words or the lengths differ.
    """
    x, y = np.asarray(features, np.float64), np.asarray(correct, np.float64)
    if x.ndim != 2 or x.shape != (len(y), len(FEATURES)) or not len(y):
        raise ValueError(f"features of shape {x.shape} for {len(y)} judged words")
    mean, scale = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
    design = np.column_stack([_terms((x - mean) / scale), np.ones(len(x))])
    penalty = np.diag([ridge] * TERMS + [1e-3])
    weights = np.zeros(design.shape[1])
    for _ in range(30):
        chance = logistic(design @ weights)
        curvature = (design * (chance * (1.0 - chance))[:, None]).T @ design + penalty
        weights += np.linalg.solve(curvature, design.T @ (y - chance) - penalty @ weights)
    return _of_plain_features(weights, mean, scale)


def _of_plain_features(weights: Floats, mean: Floats, scale: Floats) -> WordModel:
    """Return a model of standardised features as one of the features themselves."""
    singles = weights[: len(FEATURES)] / scale
    pairs = weights[len(FEATURES) : -1] / (scale[_LEFT] * scale[_RIGHT])
    bias = weights[-1] - singles @ mean + pairs @ (mean[_LEFT] * mean[_RIGHT])
    np.subtract.at(singles, _LEFT, pairs * mean[_RIGHT])
    np.subtract.at(singles, _RIGHT, pairs * mean[_LEFT])
    rounded = [round(float(weight), 5) for weight in (*singles, *pairs)]
    return WordModel(tuple(rounded), round(float(bias), 5))


def _terms(features: Floats) -> Floats:
    """Return features (n, len(FEATURES)) and their products, (n, TERMS)."""
    return np.column_stack([features, features[:, _LEFT] * features[:, _RIGHT]])
