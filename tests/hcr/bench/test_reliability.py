"""Confidences against what is right."""

from __future__ import annotations

import pytest

from hcr.bench.reliability import measure
from hcr.bench.scoring import Judged


def words(*groups: tuple[float, int, int]) -> list[Judged]:
    """For each group: confidence, right words, wrong words."""
    return [
        Judged(sure, right)
        for sure, rights, wrongs in groups
        for right in [True] * rights + [False] * wrongs
    ]


def test_confidences_that_mean_what_they_say() -> None:
    found = measure(words((0.9, 9, 1), (0.5, 5, 5)))
    assert found is not None
    assert (found.words, found.right) == (20, 0.7)
    assert found.error == pytest.approx(0)


def test_overconfidence() -> None:
    found = measure(words((0.9, 5, 5)))
    assert found is not None
    assert found.error == pytest.approx(0.4)


def test_precision_over_coverage() -> None:
    found = measure(words((0.99, 20, 0), (0.8, 19, 1), (0.3, 10, 10)))
    assert found is not None
    # Words of one confidence are accepted together.
    assert found.curve == ((1 / 3, 1.0), (2 / 3, 39 / 40), (1.0, 49 / 60))
    assert found.accepted == pytest.approx([2 / 3, 1 / 3])


def test_long_curves_are_thinned_but_keep_their_end() -> None:
    found = measure([Judged(n / 1000, n % 3 > 0) for n in range(1000)])
    assert found is not None
    assert len(found.curve) < 300
    assert found.curve[-1] == (1.0, 0.666)


def test_no_words() -> None:
    assert measure([]) is None
