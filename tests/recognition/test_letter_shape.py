from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.letter_shape import (
    MARKS,
    WritingLine,
    extent,
    fit_line,
    mark_probs,
    shape_log_probs,
    with_marks,
)

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def edges_of(text: str, line: WritingLine) -> np.ndarray:
    reach = np.array([extent(c) for c in text])
    return line.baseline - reach[:, ::-1] * line.x_height


def sure(text: str) -> np.ndarray:
    """What a network says that knows the letters but not their case."""
    chances = np.full((len(text), len(ALPHABET)), 1e-5)
    for row, character in zip(chances, text, strict=True):
        for form in {character.lower(), character.upper()}:
            row[ALPHABET.index(form)] = 0.5
    return np.log(chances / chances.sum(axis=1, keepdims=True))


@pytest.mark.parametrize("text", ["copses", "Coop", "supply", "WAVES", "Post15"])
def test_heights_settle_the_case(text: str) -> None:
    line = WritingLine(70.0, 22.0)
    edges = edges_of(text, line)
    found = fit_line(edges, sure(text), ALPHABET, 25.0)
    assert found.baseline == pytest.approx(70, abs=5)
    assert found.x_height == pytest.approx(22, rel=0.25)
    best = (sure(text) + shape_log_probs(found, edges, ALPHABET)).argmax(axis=1)
    assert "".join(ALPHABET[k] for k in best) == text


@given(st.floats(10, 60), st.floats(0, 200))
def test_a_character_fits_best_where_it_belongs(x_height: float, baseline: float) -> None:
    line = WritingLine(baseline, x_height)
    shapes = shape_log_probs(line, edges_of(ALPHABET, line), ALPHABET)
    assert np.allclose(np.diag(shapes), 0.0)
    assert (shapes <= 1e-9).all()
    assert np.isfinite(shapes).all()


@pytest.mark.parametrize(
    ("box", "mark"),
    [
        ((10, 96, 15, 101), "."),
        ((10, 95, 15, 108), ","),
        ((10, 65, 14, 75), "'"),
        ((10, 87, 28, 91), "-"),
    ],
)
def test_marks_are_told_by_their_place(box: tuple[int, ...], mark: str) -> None:
    (chances,) = mark_probs(WritingLine(100.0, 25.0), np.array([box], np.float64))
    assert MARKS[int(chances.argmax())] == mark
    assert (chances > 0).sum() == 1


def test_letters_are_no_marks() -> None:
    line = WritingLine(100.0, 25.0)
    letters = np.array([(0, 75, 20, 100), (0, 60, 4, 100), (0, 75, 25, 118)], np.float64)
    assert not mark_probs(line, letters).any()


def test_network_and_marks_together_sum_to_one() -> None:
    marks = mark_probs(WritingLine(100.0, 25.0), np.array([[10, 96, 15, 101], [0, 75, 20, 100.0]]))
    joined = with_marks(sure("xo"), marks)
    assert joined.shape == (2, len(ALPHABET) + len(MARKS))
    assert np.exp(joined).sum(axis=1) == pytest.approx([1, 1], abs=1e-6)
    assert (ALPHABET + MARKS)[int(joined[0].argmax())] == "."
