"""The search over many windows at once: windows do not disturb each other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from recognition.beam import DecodeConfig
from recognition.ctc import Window, beam_search, beam_searches
from recognition.language import Language, Mixture, NGramLanguage
from recognition.lexicon import Lexicon, LexiconLanguage
from training.ngram import train_ngram

ALPHABET = " abcd"
BLANK = len(ALPHABET)
FIRST = NGramLanguage(train_ngram(["a bad cab", "dab a cad"] * 3), ALPHABET)
SECOND = NGramLanguage(train_ngram(["cda dc", "ccd"] * 3), ALPHABET)
MIXED = Mixture([FIRST, SECOND])
LANGUAGES = [None, FIRST, MIXED, LexiconLanguage(MIXED, Lexicon(["bbb"]), ALPHABET)]


def frames(rng: np.random.Generator, count: int) -> NDArray[np.float32]:
    """Frames as a network gives them: some sure, some not, every other one mostly blank."""
    logits = rng.normal(size=(count, BLANK + 1)) * rng.choice([1, 4, 12], size=(count, 1))
    logits[::2, BLANK] += 6
    return (logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)).astype(np.float32)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(0, 20), min_size=1, max_size=5),
    st.integers(1, 9),
    st.sampled_from(LANGUAGES),
)
def test_windows_are_searched_as_if_alone(
    seed: int, lengths: list[int], width: int, language: Language | None
) -> None:
    rng = np.random.default_rng(seed)
    lines = [frames(rng, length) for length in lengths]
    config = DecodeConfig(width=width, alpha=0.6, beta=1.0)
    together = beam_searches([Window(line) for line in lines], BLANK, config, language)
    for line, found in zip(lines, together, strict=True):
        alone = beam_search(line, BLANK, config, language)
        assert [h.labels for h in found] == [h.labels for h in alone]
        assert [h.spans for h in found] == [h.spans for h in alone]
        assert [h.score for h in found] == pytest.approx([h.score for h in alone])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(LANGUAGES[1:]))
def test_scores_are_those_of_the_language_and_the_image(seed: int, language: Language) -> None:
    log_probs = frames(np.random.default_rng(seed), 14)
    config = DecodeConfig(alpha=0.7, beta=0.5)
    for found in beam_search(log_probs, BLANK, config, language):
        (weights, states), *_ = language.trails([found.labels])
        weight = weights.sum() + language.end(states[-1])
        expected = found.log_prob + 0.7 * weight + 0.5 * len(found.labels)
        assert found.score == pytest.approx(expected)


@pytest.mark.parametrize("before", ["", "c", "da"])
@pytest.mark.parametrize("following", [None, 0, 2])
def test_a_window_within_a_line_knows_what_stands_around_it(
    before: str, following: int | None
) -> None:
    log_probs = np.log(np.full((1, BLANK + 1), 1e-6, np.float32))
    log_probs[0, [1, 4]] = np.log(0.5)  # an a or a d
    state = FIRST.trails([[ALPHABET.index(c) for c in before]])[0][1][-1] if before else None
    window = Window(log_probs, state, following)
    (found,) = beam_searches([window], BLANK, DecodeConfig(alpha=1.0), FIRST)
    scores = {h.labels: h.score for h in found}
    for label in (1, 4):
        gained, after = FIRST.score(FIRST.start() if state is None else state, label)
        gained += FIRST.end(after) if following is None else FIRST.score(after, following)[0]
        assert scores[label,] == pytest.approx(gained + math.log(0.5), abs=1e-4)


def test_nothing_to_search() -> None:
    assert beam_searches([], BLANK) == []
    (found,) = beam_searches([Window(np.zeros((0, BLANK + 1), np.float32))], BLANK, None, MIXED)
    assert [h.labels for h in found] == [()]


def test_trails_are_the_steps_one_by_one() -> None:
    labellings = [(1, 2), (), (4, 3, 1, 0, 2), (3,)]
    for labels, (weights, states) in zip(labellings, MIXED.trails(labellings), strict=True):
        state = MIXED.start()
        assert len(weights) + 1 == len(states) == len(labels) + 1
        for label, weight, before in zip(labels, weights, states[:-1], strict=True):
            np.testing.assert_allclose(before, state)
            gained, state = MIXED.score(state, label)
            assert gained == pytest.approx(weight)
        np.testing.assert_allclose(states[-1], state)
