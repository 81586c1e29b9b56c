"""Constrained decoding against the sum over every labelling there is."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from recognition.alignment import labelling_log_probs
from recognition.alphabet import ASCII
from recognition.automata import pattern_automaton, words_automaton
from recognition.constrained import cell_frames, decode

LETTERS = "ab1"
PATTERNS = ("a*b?", "(ab|1)*", "aab|b1|1b*a", ".*", "a{2}", "(a|b)*1?", ".?.?", "()", "1+", "aa|bb")


def frames(seed: int, count: int, spread: float, classes: int = 4) -> NDArray[np.float32]:
    """Random log-probabilities, peaked where `spread` is small."""
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.full(classes, spread), count) + 1e-9
    return np.log(probabilities / probabilities.sum(axis=1, keepdims=True)).astype(np.float32)


@given(
    st.integers(0, 10**6),
    st.integers(0, 5),
    st.floats(0.05, 2.0),
    st.sampled_from(PATTERNS),
)
def test_readings_are_the_most_probable_labellings_of_all(
    seed: int, count: int, spread: float, pattern: str
) -> None:
    log_probs = frames(seed, count, spread)
    texts = [
        "".join(text) for n in range(count + 1) for text in itertools.product(LETTERS, repeat=n)
    ]
    accepted = [text for text in texts if re.fullmatch(pattern, text)]
    labels = [[LETTERS.index(c) for c in text] for text in accepted]
    exact = labelling_log_probs(log_probs, labels, 3) if labels else np.zeros(0)
    found = decode(log_probs, pattern_automaton(pattern, LETTERS), n_best=4)
    assert found.exact
    if not np.isfinite(exact).any():
        assert found.readings == ()
        assert found.log_prob == -np.inf
        return
    total = np.logaddexp.reduce(exact)
    assert found.log_prob == pytest.approx(total, abs=1e-4)
    best = [value for value in np.sort(exact)[::-1][:4] if value > total - 20]
    assert [r.log_prob for r in found.readings][: len(best)] == pytest.approx(best, abs=1e-4)
    for reading in found.readings:
        assert reading.log_prob == pytest.approx(exact[accepted.index(reading.text)], abs=1e-4)
        assert reading.share == pytest.approx(np.exp(reading.log_prob - total), abs=1e-4)


def test_the_best_labelling_may_not_be_on_the_best_path() -> None:
    # "a" wins by its many paths, though the path of blanks alone is the best one.
    log_probs = np.log(np.array([[0.4, 0.0, 0.0, 0.6]] * 2) + 1e-12).astype(np.float32)
    found = decode(log_probs, pattern_automaton(".*", LETTERS))
    assert found.readings[0].text == "a"
    assert found.readings[0].log_prob == pytest.approx(np.log(0.64), abs=1e-4)


def test_equal_labels_need_a_blank_between() -> None:
    double = pattern_automaton("aa", LETTERS)
    assert decode(frames(0, 2, 1.0), double).readings == ()
    assert decode(frames(0, 3, 1.0), double).readings[0].text == "aa"


def test_what_is_not_accepted_is_not_read() -> None:
    log_probs = np.log(np.array([[0.9, 0.06, 0.03, 0.01]])).astype(np.float32)
    found = decode(log_probs, pattern_automaton("[b1]", LETTERS), n_best=3)
    assert [r.text for r in found.readings] == ["b", "1"]
    assert sum(r.share for r in found.readings) == pytest.approx(1.0)
    assert found.log_prob == pytest.approx(np.log(0.09), abs=1e-4)


def test_long_improbable_readings_do_not_vanish() -> None:
    # Eight digits forced onto 400 frames that hold letters: far below what a float can hold.
    log_probs = np.full((400, 4), -14.0, np.float32)
    log_probs[:, 0] = np.log1p(-3 * np.exp(-14.0))
    found = decode(log_probs, pattern_automaton("1{8}", LETTERS))
    assert found.readings[0].text == "1" * 8
    assert -6000 < found.log_prob < -1000


def test_uniform_frames_end_with_some_reading() -> None:
    log_probs = np.full((60, len(ASCII) + 1), -np.log(len(ASCII) + 1), np.float32)
    found = decode(log_probs, pattern_automaton(".{20,40}", ASCII), n_best=2)
    assert not found.exact
    assert 20 <= len(found.readings[0].text) <= 40


def test_words_are_told_apart() -> None:
    words = ["north", "south", "mouth", "month"]
    text = "mont"
    log_probs = np.full((9, len(ASCII) + 1), -12.0, np.float32)
    log_probs[:, -1] = -0.1
    for place, letter in enumerate(text):
        log_probs[2 * place, ASCII.index(letter)] = 0.0
        log_probs[2 * place, -1] = -12.0
    log_probs -= np.logaddexp.reduce(log_probs, axis=1, keepdims=True)
    assert decode(log_probs, words_automaton(words, ASCII)).readings[0].text == "month"


def test_arguments_are_checked() -> None:
    automaton = pattern_automaton("a", LETTERS)
    with pytest.raises(ValueError, match="3 labels and a blank"):
        decode(frames(0, 2, 1.0, classes=5), automaton)
    with pytest.raises(ValueError, match="sum to 1"):
        decode(np.zeros((2, 4), np.float32), automaton)
    with pytest.raises(ValueError, match="n_best"):
        decode(frames(0, 2, 1.0), automaton, 0)


@given(st.integers(0, 10**6), st.integers(0, 4))
def test_cells_hold_one_character_each(seed: int, count: int) -> None:
    cells = frames(seed, count, 0.5)
    found = decode(cell_frames(cells), pattern_automaton(".*", LETTERS), n_best=50)
    log_probs = {reading.text: reading.log_prob for reading in found.readings}
    for labels in itertools.product(range(3), repeat=count):
        text = "".join(LETTERS[label] for label in labels)
        wanted = sum(float(cells[k, label]) for k, label in enumerate(labels))
        if text in log_probs and len(text) == count:
            assert log_probs[text] == pytest.approx(wanted, abs=1e-3)
    assert found.log_prob == pytest.approx(0.0, abs=1e-3)
    assert all(len(text) <= count for text in log_probs)
