"""95 % confidence intervals by the bootstrap over pages or writers."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]
Rate = Callable[[Counts], Counts]

SAMPLES = 2000
LEVEL = 0.95
LEAST_CLUSTERS = 3


@dataclass(frozen=True)
class Interval:
    """A figure and the ends of its confidence interval; NaN ends where there is none."""

    value: float
    low: float = math.nan
    high: float = math.nan


def pool(counts: Counts, clusters: Sequence[Hashable]) -> Counts:
    """Sum the rows of counts, float64 (n, k), that belong to the same cluster: (clusters, k)."""
    numbers = {cluster: number for number, cluster in enumerate(dict.fromkeys(clusters))}
    sums = np.zeros((len(numbers), counts.shape[1]))
    np.add.at(sums, [numbers[cluster] for cluster in clusters], counts)
    return sums


def interval(pooled: Counts, rate: Rate, seed: int = 0) -> Interval:
    """Bootstrap a rate over clusters (Efron and Tibshirani 1993; Field and Welsh 2007).

    Clusters (pages, or writers) are drawn with replacement, because errors within one are not
    independent; the ends are those of Hesterberg's expanded percentile interval (2015, "What
    teachers should know about the bootstrap"), which is wider for few clusters, where the plain
    one covers too little.

    Parameters
    ----------
    pooled
        Counts of each cluster, float64 (n, k).
    rate
        From sums of counts, (..., k), to the figure, (...).
    seed
        Of the random numbers: the same data give the same interval.

    Returns
    -------
    Interval
        Without ends if there are fewer than `LEAST_CLUSTERS`.
    """
    value = float(rate(pooled.sum(axis=0)))
    if len(pooled) < LEAST_CLUSTERS:
        return Interval(value)
    drawn = rate(_weights(len(pooled), seed) @ pooled)
    low, high = np.quantile(drawn, _tails(len(pooled)))
    return Interval(value, float(low), float(high))


@lru_cache(maxsize=8)
def _weights(n: int, seed: int) -> Counts:
    """Return how often each of n clusters is in each sample, float64 (SAMPLES, n)."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(n, np.full(n, 1 / n), size=SAMPLES).astype(np.float64)


def _tails(n: int) -> tuple[float, float]:
    """Return the quantiles between which the interval of n clusters lies."""
    from scipy.special import ndtr, stdtrit

    reach = math.sqrt(n / (n - 1)) * float(stdtrit(n - 1, (1 + LEVEL) / 2))
    tail = float(ndtr(-reach))
    return tail, 1 - tail
