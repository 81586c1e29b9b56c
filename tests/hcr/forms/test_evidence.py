"""Values that several texts stand for count together."""

from __future__ import annotations

import math

import pytest

from hcr.forms.evidence import Evidence, best_value
from recognition.constrained import Accepted, Constrained


def test_texts_with_the_same_value_count_together() -> None:
    readings = (
        Accepted("1200", math.log(0.3), 0.4),
        Accepted("1 300", math.log(0.25), 0.33),
        Accepted("1300", math.log(0.2), 0.27),
    )
    found = best_value(Constrained(readings, math.log(0.75), True), lambda t: t.replace(" ", ""))
    assert found is not None
    assert found.value == "1300"
    assert found.share == pytest.approx(0.6)
    assert found.fit == pytest.approx(math.log(0.25) / 5)


def test_no_reading_is_no_evidence() -> None:
    assert best_value(Constrained((), -math.inf, True), str) is None


def test_features_are_finite_at_the_ends() -> None:
    for share in (0.0, 1.0):
        assert all(map(math.isfinite, Evidence("x", share, -math.inf).features))
    assert Evidence("x", 0.9, -1.0, 0.5).features == pytest.approx((math.log(9), -1.0, 0.5))
