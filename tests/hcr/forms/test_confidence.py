"""Confidences are probabilities, and a higher precision lets less go without review."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcr.forms.confidence import CALIBRATIONS, PRECISIONS, group_of, threshold
from hcr.forms.evidence import Evidence


@given(st.sampled_from(sorted(CALIBRATIONS)), st.floats(0, 1), st.floats(-1e9, 0), st.floats(0, 1))
def test_confidence_is_a_probability(group: str, share: float, fit: float, alike: float) -> None:
    assert 0 <= CALIBRATIONS[group].confidence(Evidence("x", share, fit, alike)) <= 1


@given(st.sampled_from(sorted(CALIBRATIONS)), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_is_never_less_sure(group: str, one: float, other: float) -> None:
    low, high = sorted((one, other))
    calibration = CALIBRATIONS[group]
    least = calibration.confidence(Evidence("x", low, -0.1))
    assert calibration.confidence(Evidence("x", high, -0.1)) >= least


@given(st.sampled_from(sorted(CALIBRATIONS)), st.floats(-20, 0), st.floats(-20, 0))
def test_a_better_fit_is_never_less_sure(group: str, one: float, other: float) -> None:
    low, high = sorted((one, other))
    calibration = CALIBRATIONS[group]
    least = calibration.confidence(Evidence("x", 0.9, low))
    assert calibration.confidence(Evidence("x", 0.9, high)) >= least


@pytest.mark.parametrize("group", ["name", "digits", "amount", "text"])
def test_what_does_not_fit_is_never_sure(group: str) -> None:
    assert CALIBRATIONS[group].confidence(Evidence("x", 0.999, -50.0, 1.0)) == 0


def test_text_that_reads_otherwise_when_seen_otherwise_is_less_sure() -> None:
    chances = [CALIBRATIONS["text"].confidence(Evidence("x", 0.7, -1.0, a)) for a in (0, 0.5, 1)]
    assert chances == sorted(chances)
    assert chances[2] > chances[0] + 0.1


def test_more_precision_needs_more_confidence() -> None:
    thresholds = [threshold(precision) for precision in [0.5, *PRECISIONS, 0.9999]]
    assert thresholds == sorted(thresholds)
    assert thresholds[-1] == math.inf


@pytest.mark.parametrize("field_type", ["digits", "date", "amount", "code", "name", "lexicon"])
@pytest.mark.parametrize("in_cells", [True, False])
def test_every_field_has_a_calibration(field_type: str, in_cells: bool) -> None:
    assert group_of(field_type, in_cells, constrained=True) in CALIBRATIONS
    assert group_of("text", False, constrained=False) == "text"
    assert group_of("choice", False, constrained=False) == "choice"
