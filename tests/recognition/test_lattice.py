from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.language import load_language
from recognition.lattice import Lattice, LatticeConfig, best_paths, language_alphabet

PLAIN = LatticeConfig(whole=1.0, beam=500, labels=9, narrow=500.0, image=1.0, kind=0.0)
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.,'-"


def spell(options: list[dict[str, float]], spaces: list[float] | None = None) -> Lattice:
    """A lattice of one arc a character with the probabilities given."""
    log_probs = np.full((len(options), len(ALPHABET)), math.log(1e-6))
    for row, chances in zip(log_probs, options, strict=True):
        for character, chance in chances.items():
            row[ALPHABET.index(character)] = math.log(chance)
    gaps = np.array([-99.0, *(spaces or [-99.0] * (len(options) - 1)), -99.0])
    arcs = [(k, k + 1) for k in range(len(options))]
    return Lattice(arcs, np.zeros(len(options)), log_probs, ALPHABET, gaps)


def test_one_arc_of_a_whole_beats_two_halves() -> None:
    arcs = [(0, 1), (1, 2), (0, 2)]
    log_probs = np.log(np.array([[0.9, 0.1], [0.9, 0.1], [0.2, 0.8]]))
    whole = np.array([-3.0, -3.0, 2.0])
    (best, *_) = best_paths(Lattice(arcs, whole, log_probs, "ld", np.full(3, -99.0)))
    assert best.line == "d"
    assert best.arcs == (2,)
    halves = Lattice(arcs, np.array([3.0, 3.0, -2.0]), log_probs, "ld", np.full(3, -99.0))
    assert best_paths(halves)[0].line == "ll"


def test_spaces_come_from_gaps() -> None:
    lattice = spell([{"a": 0.99}] * 3, [5.0, -5.0])
    assert best_paths(lattice)[0].line == "a aa"


def test_a_zero_between_digits_and_an_o_in_a_word() -> None:
    unsure = {"0": 0.34, "O": 0.33, "o": 0.33}
    digits = [{"4": 0.9}, unsure, {"7": 0.9}, {"1": 0.9}]
    word = [{"h": 0.9}, unsure, {"u": 0.9}, {"s": 0.9}, {"e": 0.9}]
    capitals = [{"S": 0.9}, {"T": 0.9}, unsure, {"P": 0.9}]
    for options, text in ((digits, "4071"), (word, "house"), (capitals, "STOP")):
        assert best_paths(spell(options))[0].line == text


def test_the_language_prefers_words() -> None:
    language = load_language(["en"], language_alphabet(ALPHABET))
    options = [{"t": 0.9}, {"n": 0.5, "h": 0.45}, {"e": 0.9}]
    assert best_paths(spell(options))[0].line == "tne"
    assert best_paths(spell(options), language)[0].line == "the"


def test_paths_differ_and_are_in_order() -> None:
    paths = best_paths(spell([{"a": 0.5, "o": 0.4}, {"n": 0.5, "u": 0.4}]))
    assert len({path.line for path in paths}) == len(paths) > 1
    assert [p.score for p in paths] == sorted((p.score for p in paths), reverse=True)


@st.composite
def lattices(draw: st.DrawFn) -> Lattice:
    cuts = draw(st.integers(1, 4))
    number = st.floats(-4, 4)
    arcs = [(a, b) for a in range(cuts) for b in range(a + 1, min(a + 3, cuts) + 1)]
    whole = np.array([draw(number) for _ in arcs])
    raw = np.array([[draw(number) for _ in "aB1"] for _ in arcs])
    log_probs = raw - np.logaddexp.reduce(raw, axis=1, keepdims=True)
    spaces = np.array([-99.0, *(draw(number) for _ in range(cuts - 1)), -99.0])
    return Lattice(arcs, whole, log_probs, "aB1", spaces)


def every_path(lattice: Lattice, at: int = 0) -> list[list[int]]:
    if at == len(lattice.spaces) - 1:
        return [[]]
    return [
        [k, *rest]
        for k, (first, end) in enumerate(lattice.arcs)
        if first == at
        for rest in every_path(lattice, end)
    ]


@settings(max_examples=40)
@given(lattices())
def test_a_wide_beam_finds_the_best_of_all_paths(lattice: Lattice) -> None:
    def worth(path: list[int], text: tuple[int, ...]) -> float:
        score = 0.0
        for arc, k in zip(path, text, strict=True):
            score += lattice.whole[arc] + lattice.log_probs[arc, k]
        for arc in path[:-1]:
            gap = lattice.spaces[lattice.arcs[arc][1]]
            score -= min(math.log1p(math.exp(gap)), math.log1p(math.exp(-gap)))
        return score

    best = max(
        worth(path, text)
        for path in every_path(lattice)
        for text in itertools.product(range(3), repeat=len(path))
    )
    assert best_paths(lattice, None, PLAIN)[0].score == pytest.approx(best)
