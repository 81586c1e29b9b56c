"""Lines by baseline, word boxes by overlap."""

from __future__ import annotations

from hcr.bench.found import Found, find_lines, find_words
from segmentation.geometry import Box, Points


def band(top: float, bottom: float, right: float = 100) -> Points:
    return ((0, top), (right, top), (right, bottom), (0, bottom))


BASELINES = [((0, 20), (100, 20)), ((0, 60), (100, 60))]


def test_each_line_by_its_own_polygon() -> None:
    assert find_lines([band(0, 30), band(40, 70)], BASELINES) == Found(2, 2, 2)


def test_a_polygon_over_two_lines_finds_neither() -> None:
    assert find_lines([band(0, 70)], BASELINES) == Found(0, 2, 1)


def test_two_polygons_over_a_line_find_it_once() -> None:
    assert find_lines([band(0, 30), band(5, 25)], BASELINES) == Found(1, 2, 2)


def test_three_quarters_of_a_baseline_are_enough() -> None:
    assert find_lines([band(0, 30, right=76)], BASELINES).right == 1
    assert find_lines([band(0, 30, right=74)], BASELINES).right == 0


def test_words_pair_one_to_one_by_overlap() -> None:
    true = [Box(0, 0, 10, 10), Box(20, 0, 30, 10)]
    assert find_words([Box(0, 0, 10, 9), Box(20, 0, 30, 10)], true) == Found(2, 2, 2)
    assert find_words([Box(0, 0, 10, 9), Box(0, 0, 10, 8)], true) == Found(1, 2, 2)
    assert find_words([Box(0, 0, 10, 4)], true) == Found(0, 2, 1)


def test_rates_and_their_sums() -> None:
    found = Found(3, 4, 6) + Found(0, 1, 0)
    assert (found.recall, found.precision) == (0.6, 0.5)
    assert find_lines([], []) == find_words([], []) == Found()
    assert Found().recall == Found().precision == 1
