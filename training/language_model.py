"""The text that the shipped character n-gram is estimated from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from recognition.alphabet import LINE_ALPHABET
from recognition.ngram import NGram, train_ngram
from training.texts import TextSource


def train_language(
    transcriptions: Sequence[str],
    made_up: int = 200_000,
    weight: int = 4,
    order: int = 7,
    max_ngrams: int = 1_000_000,
    seed: int = 1,
) -> NGram:
    """Estimate the n-gram from transcriptions of training lines and made-up text.

    Parameters
    ----------
    transcriptions
        Real lines. Each different line counts once, however often it recurs.
    made_up
        Lines of English and French word lists with numbers, dates, names and codes.
    weight
        How often a real line counts.
    order, max_ngrams
        As `train_ngram`.
    seed
        Of the made-up text.
    """
    real = sorted({line for line in transcriptions if line}) * weight
    return train_ngram([*real, *_made_up_lines(made_up, seed)], order, max_ngrams)


def _made_up_lines(count: int, seed: int) -> Iterator[str]:
    texts, rng = TextSource(LINE_ALPHABET.characters), np.random.default_rng(seed)
    for _ in range(count):
        yield texts.line(rng)
