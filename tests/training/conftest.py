from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from training.emnist import GlyphSet
from training.ink import load_unipen
from training.line_store import LineStore
from training.synthesis import InkPool

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
WORDS = ("alpha", "beta", "gamma", "delta", "epsilon 12", "zeta, eta", "theta.", "iota kappa")


def written(text: str) -> np.ndarray:
    """Draw a line with OpenCV's pen font, dark on white."""
    font, size, thickness, pad = cv2.FONT_HERSHEY_SIMPLEX, 1.5, 3, 12
    (width, height), below = cv2.getTextSize(text, font, size, thickness)
    image = np.full((height + below + 2 * pad, width + 2 * pad), 255, np.uint8)
    cv2.putText(image, text, (pad, pad + height), font, size, 30, thickness, cv2.LINE_AA)
    return image


@pytest.fixture(scope="session")
def drawn_lines() -> LineStore:
    """Eight labelled lines of our own."""
    return LineStore([written(word) for word in WORDS], list(WORDS), ["own"] * len(WORDS))


@pytest.fixture(scope="session")
def glyphs() -> GlyphSet:
    """Glyphs in OpenCV's own stroke font, two of each character."""
    images = []
    for character in LETTERS:
        image = np.zeros((28, 28), dtype=np.uint8)
        cv2.putText(image, character, (5, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.75, 255, 2, cv2.LINE_AA)
        images += [image, image]
    labels = np.repeat(np.array(list(LETTERS)), 2)
    return GlyphSet.build(np.stack(images), labels, np.zeros(len(labels), dtype=bool))


@pytest.fixture(scope="session")
def ink_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two writers, each with a few words and all letters as corners of two strokes."""
    samples = []
    for writer in (1, 2):
        for character in LETTERS:
            category = "1a" if character.isdigit() else "1c" if character.islower() else "1b"
            samples.append((category, character, writer, [(0, 0), (0, 400), (200, 400)]))
        samples += [
            ("7", word, writer, [(0, 0), (300, 400), (900, 200)]) for word in _words(writer)
        ]
    strokes = [np.array(points) for *_, points in samples for _ in range(2)]
    path = tmp_path_factory.mktemp("ink") / "ink.npz"
    np.savez(
        path,
        deltas=np.concatenate([np.diff(s, axis=0, prepend=0) for s in strokes]).astype(np.int16),
        stroke_lengths=np.array([len(s) for s in strokes]),
        strokes_per_sample=np.full(len(samples), 2),
        label=np.array([s[1] for s in samples]),
        writer=np.array([s[2] for s in samples]),
        category=np.array([s[0] for s in samples]),
    )
    return path


@pytest.fixture(scope="session")
def pool(ink_archive: Path) -> InkPool:
    """What both writers wrote."""
    return InkPool(load_unipen(ink_archive), frozenset(LETTERS + " .,;:!?()é"))


def _words(writer: int) -> list[str]:
    return ["one", "house", "sand"] if writer == 1 else ["TWO", "XYZ"]
