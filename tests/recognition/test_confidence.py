"""Calibration and the measures of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from recognition.confidence import (
    Acceptance,
    accepted_at_precision,
    apply_temperature,
    expected_calibration_error,
    fit_temperature,
    reliability,
)

JUDGED = st.lists(
    st.tuples(st.floats(0, 1) | st.sampled_from([0.0, 0.5, 1.0]), st.booleans()),
    min_size=1,
    max_size=200,
)


def log_softmax(logits: NDArray[np.float64]) -> NDArray[np.float32]:
    return (logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)).astype(np.float32)


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 10))
def test_temperature_keeps_a_distribution_and_the_order(seed: int, temperature: float) -> None:
    log_probs = log_softmax(np.random.default_rng(seed).normal(size=(5, 7)) * 3)
    found = apply_temperature(log_probs, temperature)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.exp(found).sum(axis=1), 1, rtol=1e-4)
    np.testing.assert_array_equal(found.argmax(axis=1), log_probs.argmax(axis=1))
    sharper = (found.max(axis=1) >= log_probs.max(axis=1) - 1e-5).all()
    softer = (found.max(axis=1) <= log_probs.max(axis=1) + 1e-5).all()
    assert sharper if temperature <= 1 else softer


def test_temperature_one_changes_nothing_and_zero_is_refused() -> None:
    log_probs = log_softmax(np.random.default_rng(1).normal(size=(5, 7)))
    np.testing.assert_allclose(apply_temperature(log_probs, 1.0), log_probs, atol=1e-6)
    with pytest.raises(ValueError, match="over 0"):
        apply_temperature(log_probs, 0.0)


def test_fitted_temperature_undoes_overconfidence() -> None:
    # One frame a line, its label drawn from the distribution that the network then sharpens.
    rng = np.random.default_rng(2)
    honest = log_softmax(rng.normal(size=(150, 4)) * 2)
    labels = [rng.choice(4, p=p / p.sum()) for p in np.exp(honest.astype(np.float64))]
    lines = [
        (apply_temperature(frame[None], 0.5), [] if label == 3 else [int(label)])
        for frame, label in zip(honest, labels, strict=True)
    ]
    assert fit_temperature(lines, blank=3) == pytest.approx(2.0, rel=0.3)
    with pytest.raises(ValueError, match="no line"):
        fit_temperature([(lines[0][0], [0, 1])], blank=3)


def test_calibration_error_by_hand() -> None:
    # Two bins: 0.9 twice, right once; 0.3 once, wrong.
    found = expected_calibration_error([0.9, 0.9, 0.3], [True, False, False], bins=2)
    assert found == pytest.approx((2 * 0.4 + 0.3) / 3)


@given(JUDGED, st.integers(1, 20))
def test_the_diagram_holds_every_word_once(judged: list[tuple[float, bool]], bins: int) -> None:
    confidence, correct = zip(*judged, strict=True)
    diagram = reliability(confidence, correct, bins)
    assert len(diagram) == bins
    assert sum(bar.count for bar in diagram) == len(judged)
    assert sum(bar.count * bar.accuracy for bar in diagram if bar.count) == pytest.approx(
        sum(correct)
    )
    for bar in diagram:
        assert not bar.count or bar.low - 1e-9 <= bar.confidence <= bar.high + 1e-9
    assert 0 <= expected_calibration_error(confidence, correct, bins) <= 1


@given(JUDGED, st.sampled_from([0.5, 0.9, 0.99, 1.0]))
def test_the_largest_share_at_a_precision(
    judged: list[tuple[float, bool]], precision: float
) -> None:
    values, right = (np.array(column) for column in zip(*judged, strict=True))
    expected = Acceptance(float("inf"), 0.0)
    for threshold in sorted({*values.tolist()}, reverse=True):
        accepted = values >= threshold
        if right[accepted].mean() >= precision - 1e-12:
            expected = Acceptance(threshold, accepted.mean())
    found = accepted_at_precision(values, right, precision)
    assert found.threshold == expected.threshold
    assert found.share == pytest.approx(expected.share)


def test_judged_words_must_match() -> None:
    for confidence, correct in (([], []), ([0.5], [True, False]), ([1.5], [True])):
        with pytest.raises(ValueError, match="confidences"):
            expected_calibration_error(confidence, correct)
