from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.arcs import candidate_boxes
from recognition.candidates import COLUMNS, ROWS, CandidateJudge, candidate_windows
from segmentation.characters import SplitLine, split_characters
from segmentation.geometry import Box


def written(text: str, size: float = 1.6) -> np.ndarray:
    height, width = round(56 * size), round(31 * size * len(text)) + 60
    grey = np.full((height, width), 255, np.uint8)
    pen, foot = max(1, round(2.5 * size)), round(37 * size)
    cv2.putText(grey, text, (20, foot), cv2.FONT_HERSHEY_SIMPLEX, size, 20, pen, cv2.LINE_AA)
    return grey


@dataclass
class OtherNetwork:
    """Says what a network's file might say, and runs nothing."""

    metadata: dict[str, Any]
    path: Path = field(default=Path("other.onnx"))


@settings(max_examples=15, deadline=None)
@given(st.text("HOLDmnwil0178", min_size=1, max_size=8), st.floats(0.6, 3.0))
def test_a_window_shows_its_candidate_among_the_lines_ink(text: str, size: float) -> None:
    line = split_characters(written(text, size))
    windows = candidate_windows(line)
    assert windows.shape == (len(line.candidates), ROWS, COLUMNS, 2)
    own, everything = windows[..., 0].astype(int), windows[..., 1].astype(int)
    assert (own <= everything + 1).all()
    for picture, candidate in zip(own, line.candidates, strict=True):
        columns = np.flatnonzero(picture.max(axis=0) > 100)
        if candidate.box.width <= 4 * line.unit and len(columns):
            assert abs((columns[0] + columns[-1] + 1) / 2 - COLUMNS / 2) <= 2


def doubled(line: SplitLine) -> SplitLine:
    """The same line, twice as large."""

    def larger(box: Box) -> Box:
        return Box(2 * box.left, 2 * box.top, 2 * box.right, 2 * box.bottom)

    return replace(
        line,
        slices=tuple(replace(s, box=larger(s.box)) for s in line.slices),
        candidates=tuple(replace(c, box=larger(c.box)) for c in line.candidates),
        unit=2 * line.unit,
        labels=np.kron(line.labels, np.ones((2, 2), np.int32)),
    )


@given(st.text("HOLDmnwil0178", min_size=1, max_size=6))
@settings(max_examples=10, deadline=None)
def test_larger_writing_looks_the_same(text: str) -> None:
    line = split_characters(written(text))
    one, other = (candidate_windows(some).astype(int) for some in (line, doubled(line)))
    assert np.abs(one - other).mean() < 6


def test_letters_are_likelier_than_halves_and_pairs() -> None:
    grey = written("HOME")
    line = split_characters(grey)
    odds = CandidateJudge.load().log_odds(line)
    columns = np.flatnonzero((grey < 128).any(axis=0))
    letters = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
    assert len(letters) == 4
    whole = np.array([
        any(abs(left - run[0]) < 4 and abs(right - 1 - run[-1]) < 4 for run in letters)
        for left, _, right, _ in candidate_boxes(line)
    ])  # fmt: skip
    assert odds.shape == whole.shape
    assert whole.sum() >= 4
    assert odds[whole].mean() > odds[~whole].mean() + 2


def test_no_ink_no_verdict() -> None:
    line: SplitLine = split_characters(np.full((40, 200), 255, np.uint8))
    assert candidate_windows(line).shape == (0, ROWS, COLUMNS, 2)
    assert CandidateJudge.load().log_odds(line).shape == (0,)


def test_specks_make_no_giant_picture() -> None:
    grey = np.full((40, 20_000), 255, np.uint8)
    grey[20:22, 10::400] = 0
    line = split_characters(grey)
    assert np.isfinite(CandidateJudge.load().log_odds(line)).all()


@pytest.mark.parametrize("metadata", [{}, {"rows": 32, "columns": 48, "unit": 10.0}])
def test_a_model_for_other_windows_is_refused(metadata: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"other\.onnx: made for candidates shown"):
        CandidateJudge(OtherNetwork(metadata))  # type: ignore[arg-type]
