"""What is known of words means something."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.alignment import word_log_probs, word_ranges
from recognition.alphabet import Alphabet
from recognition.ctc import DecodeConfig, beam_search
from recognition.word_confidence import (
    FEATURES,
    Decoded,
    word_features,
)

ALPHABET = Alphabet(" abC1.")
SPACE = 0


def frames(text: str, sure: float) -> np.ndarray:
    """Frames that spell a text, a blank after each character, with a given certainty."""
    rows = []
    for character in text:
        for label in (ALPHABET.encode(character)[0], ALPHABET.blank):
            row = np.full(len(ALPHABET) + 1, (1.0 - sure) / len(ALPHABET))
            row[label] = sure
            rows.append(row)
    return np.log(np.array(rows, np.float32))


def features(log_probs: np.ndarray) -> tuple[list[str], np.ndarray]:
    found = beam_search(log_probs, ALPHABET.blank, DecodeConfig(n_best=10))
    best = found[0]
    ranges = word_ranges(best.labels, SPACE)
    given_all = (log_probs, best.labels, best.spans)
    words = word_log_probs(*given_all, ranges, ALPHABET.blank, SPACE)
    glyphs = [
        word_log_probs(*given_all, [(k, k + 1) for k in range(first, end)], ALPHABET.blank)
        for first, end in ranges
    ]
    decoded = Decoded(log_probs, found, ranges, ALPHABET)
    texts = [ALPHABET.decode(best.labels[first:end]) for first, end in ranges]
    return texts, word_features(decoded, words, glyphs)


def test_features_tell_sure_words_from_doubtful_ones() -> None:
    log_probs = np.concatenate([frames("ab ", 0.99), frames("Ca1.", 0.6)])
    texts, table = features(log_probs)
    assert texts == ["ab", "Ca1."]
    column = {name: table[:, k] for k, name in enumerate(FEATURES)}
    for name in ("word", "weakest", "mean", "posterior", "image_posterior"):
        assert column[name][0] > column[name][1]
    assert column["entropy"][0] < column["entropy"][1]
    assert column["digit"].tolist() == column["mark"].tolist() == [0.0, 1.0]
    assert column["capital"].tolist() == [0.0, 1.0]
    assert column["greedy"].tolist() == [1.0, 1.0]
    assert column["language"].tolist() == [0.0, 0.0]


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_features_are_finite_for_any_frames(seed: int) -> None:
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 4, (int(rng.integers(1, 25)), len(ALPHABET) + 1))
    log_probs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    texts, table = features(log_probs.astype(np.float32))
    assert table.shape == (len(texts), len(FEATURES))
    assert np.isfinite(table).all()
