from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recognition.hashing import MULTIPLIER, grown

SYMBOLS = st.lists(st.integers(1, 300), max_size=40)


def hash_of(symbols: list[int], start: int = 1) -> int:
    value = np.array([start])
    for symbol in symbols:
        value = grown(value, np.array([symbol]))
    return int(value[0])


@given(SYMBOLS, SYMBOLS)
def test_sequences_have_one_hash_if_they_are_the_same(one: list[int], two: list[int]) -> None:
    assert (hash_of(one) == hash_of(two)) == (one == two)


@given(SYMBOLS, st.integers(1, 300))
def test_the_first_symbol_can_be_taken_out_again(rest: list[int], first: int) -> None:
    place = np.power(MULTIPLIER, len(rest))
    without = np.array([hash_of([first, *rest], start=0)]) - np.array([first]) * place
    assert int(without[0]) == hash_of(rest, start=0)
