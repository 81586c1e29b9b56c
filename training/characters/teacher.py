"""What trained models hold of the training images, as softer labels for another training.

EMNIST cannot tell O from 0 or C from c: of two images alike, one is labelled this way and one
that way. A network trained on what others make of them learns the odds instead of the accident
(distillation, Hinton et al. 2015; Furlanello et al. 2018, "Born again neural networks").
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recognition.characters import CharacterClassifier

_PART = 4096


def opinions(
    teachers: Sequence[Path],
    images: NDArray[np.uint8],
    alphabet: str,
    shares: NDArray[np.float64],
    threads: int = 1,
) -> NDArray[np.float16]:
    """Return the probabilities that models give, on the average, to each character.

    Parameters
    ----------
    teachers
        ONNX files of character models; the mean of their log-probabilities is taken.
    images
        uint8 (n, 28, 28).
    alphabet
        Of the training; the teachers must have the same.
    shares
        Of the characters in the training, float64 (alphabet,): an opinion formed under other
        frequencies (the teacher's metadata) is changed accordingly.
    threads
        Of the networks.

    Returns
    -------
    float16 (n, alphabet)
        Rows sum to 1.

    Raises
    ------
    ValueError
        If a teacher cannot be used.
    """
    readers = [CharacterClassifier.load(path, threads) for path in teachers]
    for path, reader in zip(teachers, readers, strict=True):
        if reader.alphabet != alphabet:
            raise ValueError(f"{path}: reads other characters than are trained here")
    offset = np.log(shares) - np.mean([_log_frequencies(reader) for reader in readers], axis=0)
    held = np.empty((len(images), len(alphabet)), np.float16)
    for start in range(0, len(images), _PART):
        part = images[start : start + _PART]
        log_probs = np.mean([reader.log_probs(part) for reader in readers], axis=0) + offset
        chances = np.exp(log_probs - log_probs.max(axis=1, keepdims=True))
        held[start : start + _PART] = chances / chances.sum(axis=1, keepdims=True)
    return held


def _log_frequencies(reader: CharacterClassifier) -> NDArray[np.float64]:
    usual = reader.network.metadata.get("frequencies") or {}
    return np.log([max(float(usual.get(text, 1.0)), 1e-6) for text in reader.alphabet])
