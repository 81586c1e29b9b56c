"""Confidence intervals: they cover what they say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hcr.bench import bootstrap
from hcr.bench.bootstrap import Counts, interval, pool


def rate(sums: Counts) -> Counts:
    return np.asarray(sums[..., 0] / sums[..., 1])


def pages(rng: np.random.Generator, count: int, truth: float) -> Counts:
    """Errors and characters of pages whose writers differ as much as real ones do."""
    characters = rng.integers(300, 1500, count)
    rates = np.minimum(rng.gamma(2.0, truth / 2.0, count), 1)
    return np.column_stack([rng.binomial(characters, rates), characters]).astype(float)


@pytest.mark.parametrize("count", [12, 40])
def test_intervals_cover_the_truth_about_95_times_of_100(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "SAMPLES", 600)
    rng, truth, trials = np.random.default_rng(1), 0.1, 300
    found = [interval(pages(rng, count, truth), rate, seed) for seed in range(trials)]
    covered = np.mean([one.low <= truth <= one.high for one in found])
    # Three standard errors of 300 trials are 3.8 points.
    assert 0.88 <= covered <= 0.985
    # Neither end alone misses it all the time.
    assert np.mean([one.low > truth for one in found]) < 0.06
    assert all(one.low <= one.value <= one.high for one in found)


def test_more_pages_give_narrower_intervals() -> None:
    rng = np.random.default_rng(2)
    few, many = (interval(pages(rng, n, 0.1), rate) for n in (10, 160))
    assert 2 < (few.high - few.low) / (many.high - many.low) < 8


def test_lines_of_a_page_are_not_taken_for_independent() -> None:
    # Ten pages of twenty equal lines say no more than ten pages.
    lines = np.repeat([[n, 100.0] for n in range(10)], 20, axis=0)
    clusters = [n // 20 for n in range(200)]
    by_page, by_line = (interval(pool(lines, names), rate) for names in (clusters, range(200)))
    assert by_page.value == by_line.value == pytest.approx(0.045)
    assert by_page.high - by_page.low > 3 * (by_line.high - by_line.low)


def test_pooling_sums_by_cluster() -> None:
    assert pool(np.array([[1.0, 2], [3, 4], [5, 6]]), ["b", "a", "b"]).tolist() == [[6, 8], [3, 4]]


def test_the_same_data_give_the_same_interval() -> None:
    data = pages(np.random.default_rng(3), 10, 0.1)
    assert interval(data, rate) == interval(data, rate)
    assert interval(data, rate) != interval(data, rate, seed=1)


def test_too_few_clusters_give_no_interval() -> None:
    found = interval(np.array([[1.0, 10], [2, 10]]), rate)
    assert found.value == pytest.approx(0.15)
    assert math.isnan(found.low)
    assert math.isnan(found.high)
