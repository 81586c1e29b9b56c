"""Sums over results."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hcr.bench.found import Found
from hcr.bench.scoring import Result
from hcr.bench.summary import summarise

Make = Callable[..., Result]


def test_rates_are_of_sums_and_time_is_a_mean(make_result: Make) -> None:
    found = summarise(
        [
            make_result("a", "aaaa bbbb", "aaaa bbbb", seconds=1.0, memory=90.0),
            make_result("b", "c", "d", seconds=2.0, memory=100.0),
            make_result("c", "", "xy", failed=True),
        ]
    )
    assert found.figures["cer"].value == pytest.approx(3 / 10)
    assert found.figures["character_accuracy"].value == pytest.approx(7 / 10)
    assert found.figures["insertions"].value == pytest.approx(2 / 10)
    assert found.figures["wer"].value == pytest.approx(2 / 3)
    assert found.figures["exact"].value == pytest.approx(1 / 3)
    assert (found.results, found.failed, found.clusters) == (3, 1, 3)
    assert (found.seconds, found.memory) == (1.5, 100.0)
    assert found.reliability is None


def test_words_in_another_order(make_result: Make) -> None:
    found = summarise([make_result("a", "un deux trois", "trois un deux")])
    assert found.figures["bag_wer"].value == 0
    assert found.figures["wer"].value == pytest.approx(2 / 3)


def test_places(make_result: Make) -> None:
    told = make_result("a", "a", "a", lines_found=Found(2, 3, 4))
    failed = make_result("b", "b", "", lines_found=Found(0, 5, 0), failed=True)
    plain = make_result("c", "c", "c")
    assert summarise([told, failed, plain]).lines_found == Found(2, 8, 4)
    # Who only failed, or else printed plain text, was not looking for lines.
    assert summarise([failed, plain]).lines_found is None
    assert summarise([told]).words_found is None
