"""Differences of readers and runs, with intervals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from hcr.bench.compare import between, with_past
from hcr.bench.record import lines_of
from hcr.bench.run import Measurement
from hcr.bench.scoring import Result

Make = Callable[..., Result]


def pages(make: Make, errors: list[int]) -> list[Result]:
    return [make(f"p{n}", "x" * 100, "x" * (100 - wrong)) for n, wrong in enumerate(errors)]


def test_the_difference_of_pairs_is_surer_than_that_of_means(make_result: Make) -> None:
    rng = np.random.default_rng(0)
    hard = rng.integers(0, 60, 30)
    better, worse = pages(make_result, hard.tolist()), pages(make_result, (hard + 2).tolist())
    (found,) = between([Measurement("a", pages=better), Measurement("b", pages=worse)])
    label, cer = found.figures[0]
    assert (label, found.this, found.other, found.common, found.left_out) == (
        "CER",
        "a",
        "b",
        30,
        0,
    )
    # All pages differ by two characters of a hundred, however hard they are.
    assert (cer.value, cer.low, cer.high) == pytest.approx((-0.02, -0.02, -0.02))


def test_readers_without_a_difference(make_result: Make) -> None:
    rng = np.random.default_rng(1)
    sides = [pages(make_result, rng.integers(0, 20, 40).tolist()) for _ in range(2)]
    (found,) = between([Measurement("a", pages=sides[0]), Measurement("b", pages=sides[1])])
    cer = found.figures[0][1]
    assert cer.low < 0 < cer.high


def test_with_an_earlier_run(measurements: list[Measurement], make_result: Make) -> None:
    ours, other = measurements
    past = {"hcr": {"pages": lines_of(other.pages)}}
    (found,) = with_past([ours], past, "before.json")
    assert (found.other, found.level) == ("hcr in before.json", "pages")
    assert found.figures[0][1].value == pytest.approx(0.05 - 0.95)


def test_only_the_same_pages_with_the_same_truth_are_compared(
    measurements: list[Measurement], make_result: Make
) -> None:
    ours = measurements[0]
    changed = [make_result("a", "another truth", ""), *ours.pages[1:], make_result("new", "", "")]
    (found,) = with_past([ours], {"hcr": {"pages": lines_of(changed)}}, "x")
    assert (found.common, found.left_out) == (3, 3)


def test_readers_are_found_by_name(measurements: list[Measurement]) -> None:
    renamed = Measurement("new name", pages=measurements[0].pages)
    lines = {"pages": lines_of(measurements[0].pages)}
    assert [n.other for n in with_past([renamed], {"old": lines}, "x")] == ["old in x"]
    assert with_past([renamed], {"old": lines, "older": lines}, "x") == []
    assert between([]) == between(measurements[:1]) == []
