from __future__ import annotations

from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.ink import load_unipen
from training.printed_lines import LAYOUTS, PrintedLines


@settings(max_examples=15, deadline=None)
@given(layout=st.sampled_from(LAYOUTS), seed=st.integers(0, 2**31))
def test_boxes_hold_the_ink(ink_archive: Path, layout: str, seed: int) -> None:
    source = PrintedLines(load_unipen(ink_archive))
    line = next(source.draw(layout, np.random.default_rng(seed)))
    assert len(line.boxes) == len(line.text.replace(" ", ""))
    height, width, _ = line.image.shape
    outside = np.ones((height, width), np.bool_)
    for left, top, right, bottom in line.boxes:
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
        outside[int(top) - 4 : int(bottom) + 5, int(left) - 4 : int(right) + 5] = False
    if layout == "unboxed":
        grey = line.image.mean(axis=2)
        assert grey[outside].min() > grey.max() - 60


def test_more_gaps_are_closed_if_asked(ink_archive: Path) -> None:
    ink = load_unipen(ink_archive)

    def mean_gap(touching: float) -> float:
        lines = PrintedLines(ink, touching=touching).draw("unboxed", np.random.default_rng(1))
        gaps = [b[0] - a[2] for line in islice(lines, 20) for a, b in pairwise(line.boxes)]
        return float(np.mean(gaps))

    assert mean_gap(1.0) < mean_gap(0.0) - 2


def test_lines_are_by_the_writers_asked_for(ink_archive: Path) -> None:
    ink = load_unipen(ink_archive)
    rng = np.random.default_rng(0)
    assert next(PrintedLines(ink, {1}).draw("boxed", rng)).boxes
    with pytest.raises(StopIteration):
        next(PrintedLines(ink, {99}).draw("boxed", rng))


def test_slanted_lines_lean_each_in_its_own_way(ink_archive: Path) -> None:
    ink = load_unipen(ink_archive)

    def widths(slanted: bool) -> list[float]:
        lines = PrintedLines(ink, slanted=slanted).draw("unboxed", np.random.default_rng(2))
        shares = [
            [(right - left) / (bottom - top) for left, top, right, bottom in line.boxes]
            for line in islice(lines, 20)
        ]
        return [float(np.median(of_line)) for of_line in shares]

    assert np.std(widths(slanted=True)) > np.std(widths(slanted=False))
