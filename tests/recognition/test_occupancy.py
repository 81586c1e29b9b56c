"""How likely each class is in each frame, against sums over all paths written out."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.occupancy import Weighed, occupancies

BLANK = 2


@st.composite
def lines(draw: st.DrawFn) -> Weighed:
    """A line of two letters and the blank, with up to three readings, some of them too long."""
    frames = draw(st.integers(1, 5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    probs = rng.dirichlet(np.full(3, draw(st.sampled_from([0.3, 1.0, 5.0]))), frames) + 1e-9
    labels = st.lists(st.integers(0, 1), max_size=4).map(tuple)
    labellings = draw(st.lists(labels, max_size=3, unique=True))
    weights = [draw(st.floats(0.1, 1.0)) for _ in labellings]
    return Weighed(probs / probs.sum(axis=1, keepdims=True), labellings, weights)


def written_out(line: Weighed) -> np.ndarray:
    """The same, path by path."""
    total = np.zeros(line.probs.shape)
    frames, classes = line.probs.shape
    for labelling, weight in zip(line.labellings, line.weights, strict=True):
        mass = np.zeros(line.probs.shape)
        for path in itertools.product(range(classes), repeat=frames):
            said = tuple(label for label, _ in itertools.groupby(path) if label != BLANK)
            if said == labelling:
                mass[np.arange(frames), path] += line.probs[np.arange(frames), path].prod()
        if mass.any():
            total += weight * mass / mass[0].sum()
    return total / total[0].sum() if total.any() else line.probs


@settings(deadline=None)
@given(st.lists(lines(), min_size=1, max_size=10))
def test_as_the_sum_over_all_paths(given_lines: list[Weighed]) -> None:
    for line, found in zip(given_lines, occupancies(given_lines, BLANK), strict=True):
        np.testing.assert_allclose(found, written_out(line), rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(found.sum(axis=1), 1.0)


def test_a_reading_is_certain_where_it_must_be() -> None:
    probs = np.full((3, 3), 1 / 3)
    (found,) = occupancies([Weighed(probs, [(0, 0)], [1.0])], BLANK)
    # Two equal letters in three frames: there is one way.
    np.testing.assert_allclose(found, [[1, 0, 0], [0, 0, 1], [1, 0, 0]])


def test_hundreds_of_frames_do_not_underflow() -> None:
    probs = np.tile([[0.001, 0.001, 0.998], [0.3, 0.1, 0.6], [0.1, 0.3, 0.6]], (300, 1))
    labels = (0, 1) * 300
    (found,) = occupancies([Weighed(probs, [labels], [1.0])], BLANK)
    assert found[1::3, 0].min() > 0.99
    assert found[2::3, 1].min() > 0.99
    assert occupancies([], BLANK) == []
