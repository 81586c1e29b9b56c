"""Probabilities and spans of labellings, against sums over all paths written out."""

from __future__ import annotations

import itertools
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from recognition.alignment import (
    align,
    labelling_log_probs,
    probabilities,
    word_log_probs,
    word_ranges,
)


@st.composite
def emissions(
    draw: st.DrawFn,
    frames: st.SearchStrategy[int] = st.integers(0, 4),  # noqa: B008
) -> tuple[NDArray[np.float32], int]:
    """Random (log_probs, blank), from flat to peaky."""
    shape = draw(frames), draw(st.integers(2, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return log_softmax(rng.normal(size=shape) * draw(st.sampled_from([0.5, 3, 12]))), draw(
        st.integers(0, shape[1] - 1)
    )


def log_softmax(logits: NDArray[np.float64]) -> NDArray[np.float32]:
    return (logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)).astype(np.float32)


def frames_of(*frames: dict[int, float]) -> NDArray[np.float32]:
    """Frames over 6 classes from their probabilities; the blank, 5, gets the rest."""
    probs = np.full((len(frames), 6), 1e-9)
    for row, frame in zip(probs, frames, strict=True):
        row[list(frame)] = list(frame.values())
        row[5] = max(1 - sum(frame.values()), 1e-9)
    return np.log(probs).astype(np.float32)


def collapse(path: tuple[int, ...], blank: int) -> tuple[int, ...]:
    return tuple(label for label, _ in itertools.groupby(path) if label != blank)


def all_labellings(log_probs: NDArray[np.float32], blank: int) -> dict[tuple[int, ...], float]:
    """The probability of every labelling, path by path."""
    probs: dict[tuple[int, ...], float] = defaultdict(float)
    for path in itertools.product(range(log_probs.shape[1]), repeat=len(log_probs)):
        score = sum(float(log_probs[t, label]) for t, label in enumerate(path))
        probs[collapse(path, blank)] += np.exp(score)
    return probs


@settings(max_examples=40)
@given(emissions())
def test_forward_is_the_sum_over_all_paths(case: tuple[NDArray[np.float32], int]) -> None:
    expected = all_labellings(*case)
    found = np.exp(labelling_log_probs(case[0], list(expected), case[1]))
    np.testing.assert_allclose(found, list(expected.values()), rtol=1e-6, atol=1e-12)
    assert found.sum() == pytest.approx(1, abs=1e-5)


def test_forward_of_improbable_labellings_does_not_underflow() -> None:
    # Every frame is a 0 but for e**-40, and 30 labels 1, 2 have to be squeezed in.
    log_probs = np.full((40, 4), -40.0, np.float32)
    log_probs[:, 0] = 0.0
    labels = [1, 2] * 15
    found = labelling_log_probs(log_probs, [labels, [0]], 3)
    assert -1600.0 <= found[0] < -1550.0
    assert found[1] == pytest.approx(0, abs=1e-6)


def test_a_labelling_that_does_not_fit_has_probability_zero() -> None:
    log_probs = log_softmax(np.zeros((2, 3)))
    assert labelling_log_probs(log_probs, [[0, 0], [0, 1, 0], [0, 1]], 2)[:2].tolist() == [
        -np.inf,
        -np.inf,
    ]
    with pytest.raises(ValueError, match="no path"):
        align(log_probs, [[0, 0]], 2)


@settings(max_examples=40)
@given(emissions(st.integers(1, 4)), st.data())
def test_alignment_is_the_most_probable_path(
    case: tuple[NDArray[np.float32], int], data: st.DataObject
) -> None:
    log_probs, blank = case
    paths = defaultdict(list)
    for path in itertools.product(range(log_probs.shape[1]), repeat=len(log_probs)):
        score = sum(float(log_probs[t, label]) for t, label in enumerate(path))
        paths[collapse(path, blank)].append(score)
    labels = data.draw(st.sampled_from(sorted(paths)))
    (spans,) = align(log_probs, [labels], blank)
    found = np.full(len(log_probs), blank)
    for label, (start, end) in zip(labels, spans, strict=True):
        assert start < end
        found[start:end] = label
    assert collapse(tuple(found.tolist()), blank) == labels
    score = float(log_probs[np.arange(len(found)), found].sum())
    assert score == pytest.approx(max(paths[labels]), rel=1e-5, abs=1e-5)
    assert [edge for span in spans for edge in span] == sorted(
        edge for span in spans for edge in span
    )


def test_labellings_of_different_length_do_not_disturb_each_other() -> None:
    log_probs = log_softmax(np.random.default_rng(5).normal(size=(9, 4)) * 4)
    labellings = [(), (0,), (1, 1, 2), (2, 0, 2, 0)]
    together = labelling_log_probs(log_probs, labellings, 3)
    alone = [labelling_log_probs(log_probs, [labels], 3)[0] for labels in labellings]
    np.testing.assert_allclose(together, alone)
    assert align(log_probs, labellings, 3) == [
        align(log_probs, [labels], 3)[0] for labels in labellings
    ]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [([], []), ([9], []), ([1, 2], [(0, 2)]), ([9, 1, 9, 9, 2, 3, 9], [(1, 2), (4, 6)])],
)
def test_words_are_the_runs_between_spaces(
    labels: list[int], expected: list[tuple[int, int]]
) -> None:
    assert word_ranges(labels, 9) == expected


@settings(max_examples=40)
@given(emissions(st.integers(1, 4)))
def test_the_only_word_of_a_line_has_the_probability_of_the_line(
    case: tuple[NDArray[np.float32], int],
) -> None:
    log_probs, blank = case
    labellings = [labels for labels in all_labellings(*case) if labels]
    expected = labelling_log_probs(log_probs, labellings, blank)
    for labels, spans, line in zip(
        labellings, align(log_probs, labellings, blank), expected, strict=True
    ):
        (word,) = word_log_probs(log_probs, labels, spans, [(0, len(labels))], blank)
        assert word == pytest.approx(min(line, 0.0), abs=1e-9)


@given(emissions(st.integers(4, 30)))
def test_words_and_glyphs_have_probabilities(case: tuple[NDArray[np.float32], int]) -> None:
    log_probs, blank = case
    space = 0 if blank else 1
    path = log_probs.argmax(axis=1)
    labels = collapse(tuple(path.tolist()), blank)
    (spans,) = align(log_probs, [labels], blank)
    ranges = [*word_ranges(labels, space), *((i, i + 1) for i in range(len(labels)))]
    for between in (space, None):
        found = word_log_probs(log_probs, labels, spans, ranges, blank, between)
        assert found.shape == (len(ranges),)
        assert np.all(found <= 0)
        assert np.all(found > -np.inf)


def test_word_probability_counts_other_letters_and_uncertain_spaces() -> None:
    # 0 then 1 or 2; a space (4) that may be none; 3 without doubt.
    sure = 1 - 1e-6
    empty: dict[int, float] = {}
    log_probs = frames_of(
        {0: sure}, empty, {1: 0.7, 2: 0.3}, empty, {4: 0.6}, empty, {3: sure}, empty
    )
    labels = (0, 1, 4, 3)
    (spans,) = align(log_probs, [labels], 5)
    assert spans == ((0, 1), (2, 3), (4, 5), (6, 7))
    words = np.exp(word_log_probs(log_probs, labels, spans, word_ranges(labels, 4), 5, 4))
    np.testing.assert_allclose(words, [0.7 * 0.6, 0.6], rtol=1e-4)
    glyphs = np.exp(word_log_probs(log_probs, labels, spans, [(i, i + 1) for i in range(4)], 5))
    np.testing.assert_allclose(glyphs, [1, 0.7, 0.6, 1], rtol=1e-4)


def test_a_neighbour_that_reaches_over_the_cut_costs_nothing() -> None:
    # No blank between 0 and 1, and the frame after the border may still be the 0.
    log_probs = frames_of({0: 0.999}, {0: 0.4, 1: 0.6}, {1: 0.999})
    (spans,) = align(log_probs, [(0, 1)], 5)
    glyphs = np.exp(word_log_probs(log_probs, (0, 1), spans, [(0, 1), (1, 2)], 5))
    assert glyphs.min() > 0.99


def test_word_ranges_must_fit() -> None:
    log_probs = frames_of({0: 0.9})
    assert word_log_probs(log_probs, (0,), ((0, 1),), [], 5).shape == (0,)
    for wrong in ((0, 0), (0, 2), (-1, 1)):
        with pytest.raises(ValueError, match="label ranges"):
            word_log_probs(log_probs, (0,), ((0, 1),), [wrong], 5)


def test_what_is_no_network_output_is_refused() -> None:
    with pytest.raises(ValueError, match="sum to 1"):
        probabilities(np.zeros((3, 4), np.float32), 0)
    with pytest.raises(ValueError, match="blank 4"):
        probabilities(frames_of({0: 0.5})[:, :4], 4)
    with pytest.raises(ValueError, match="shape"):
        probabilities(np.zeros(4, np.float32), 0)
    with pytest.raises(ValueError, match="not the blank"):
        labelling_log_probs(frames_of({0: 0.5}), [[5]], 5)
