"""What the other ones and sevens of a form say of one that could be either."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hcr.forms.hand import PAIRS, DigitPair, same_hand

odds_of_cells = arrays(np.float64, st.integers(1, 8), elements=st.floats(-30, 30))


def nothing(odds: object) -> np.ndarray:
    return np.zeros(len(np.asarray(odds)))


@pytest.mark.parametrize(
    ("odds", "ones"),
    [
        # Plain ones beside an upstroke; ones with upstrokes beside barred sevens.
        ([7.0, 6.8, 0.5, 6.9], [True, True, False, True]),
        ([-0.8, -7.9, -0.1, -4.9], [True, False, True, False]),
        ([7.2, -8.1, 6.5], [True, False, True]),
        ([-7.9, -7.4], [False, False]),
    ],
)
def test_what_is_unclear_is_told_by_the_others(odds: list[float], ones: list[bool]) -> None:
    assert ((same_hand(odds, nothing(odds)) > 0) == ones).all()


def test_what_is_known_of_one_cell_is_said_of_those_like_it() -> None:
    alike = [-0.5, -0.1, 0.4]
    assert (same_hand(alike, [6.0, 0, 0])[1:] > 1.5).all()
    assert (same_hand(alike, [-6.0, 0, 0])[1:] < -1.5).all()


def test_a_cell_alone_stays_what_it_is() -> None:
    for odds in (-7.0, -3.0, 3.0, 7.0):
        assert np.sign(same_hand([odds], [0.0])[0]) == np.sign(odds)
    assert len(same_hand([], [])) == 0


@given(odds_of_cells, st.randoms(use_true_random=False))
def test_the_order_of_cells_does_not_matter(odds: np.ndarray, random: object) -> None:
    order = list(range(len(odds)))
    random.shuffle(order)  # type: ignore[attr-defined]
    judged = same_hand(odds, nothing(odds))
    assert np.isfinite(judged).all()
    np.testing.assert_allclose(same_hand(odds[order], nothing(odds)), judged[order], atol=1e-6)


@given(odds_of_cells)
def test_the_more_a_cell_looks_like_a_one_the_more_it_is_one(odds: np.ndarray) -> None:
    order = np.argsort(odds)
    judged = same_hand(odds, nothing(odds))[order]
    clear = np.abs(judged) < 15  # where a share was cut off, the rest is noise
    assert (np.diff(judged[clear]) > -0.5).all()


@pytest.mark.parametrize("digits", PAIRS, ids=lambda pair: pair.first + pair.second)
def test_what_is_unlike_the_clear_ones_is_the_other_digit(digits: DigitPair) -> None:
    # All others of the first digit look alike; this one hardly more like it than like the second.
    clear = [8.0, 7.9, 8.1, 8.0]
    assert same_hand([*clear, 0.8], nothing([*clear, 0.8]), digits)[-1] < 0
    assert (same_hand([*clear, 7.5], nothing([*clear, 7.5]), digits) > 0).all()
