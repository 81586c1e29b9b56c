"""The character reader: pictures of single characters through the EMNIST network.

`prepare_character` brings any picture of a character to the network's own form; training from
folders of pictures and reading use the same function.
"""

from __future__ import annotations

from math import ceil
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.alphabet import Alphabet
from recognition.confidence import apply_temperature
from recognition.network import WEIGHTS_FOLDER, Network
from recognition.prepare import FAINTEST_INK, PAPER_NOISE

SHIPPED_WEIGHTS = WEIGHTS_FOLDER / "characters.onnx"
SIZE = 28
# As measured on EMNIST: the longer side of the strokes' box, and the blur around it, in pixels.
_BOX = 22.0
_BLUR = 0.6
# Paper beyond the strokes. A pixel is in the box if it is so dark relative to the darkest within
# two pixels (the edge of a stroke is not), and to the darkest of all (a stroke drawn fast is).
_PAPER_PERCENTILE = 90
_EDGE_LEVEL, _FAINTEST_STROKE = 0.4, 0.15
_NEAR = np.ones((5, 5), np.uint8)
# Larger strokes are averaged down to this first.
_LARGE = 112
_BATCH = 256


class CharacterClassifier:
    """Tells which character each of many pictures shows.

    Parameters
    ----------
    network
        A model of kind "characters".

    Raises
    ------
    ValueError
        If the model's metadata does not fit this reader.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.alphabet = str(network.metadata.get("alphabet", ""))
        self._temperature = float(network.metadata.get("temperature", 1.0))
        if len(Alphabet(self.alphabet)) < 2 or network.metadata.get("size") != SIZE:
            raise ValueError(f"{network.path}: made for characters prepared in another way")

    @classmethod
    def load(cls, path: Path | None = None, threads: int = 1) -> CharacterClassifier:
        """Load a model file, or the shipped one.

        Parameters
        ----------
        path
            ONNX file; None for the shipped weights.
        threads
            Of the network.

        Raises
        ------
        ValueError
            If the file cannot be used.
        """
        return cls(Network.load(path or SHIPPED_WEIGHTS, "characters", threads))

    def log_probs(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the logarithm of what `classify` returns, without loss in the small ones.

        Parameters
        ----------
        images
            uint8 (n, 28, 28), white on black, upright, as `prepare_character` makes them.

        Returns
        -------
        float32 (n, len(alphabet))

        Raises
        ------
        ValueError
            If the array is not of that type and shape.
        """
        images = np.asarray(images)
        if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (SIZE, SIZE):
            raise ValueError(
                f"expected uint8 (n, {SIZE}, {SIZE}) images, got {images.dtype} {images.shape}"
            )
        parts = [np.zeros((0, len(self.alphabet)), np.float32)]
        for start in range(0, len(images), _BATCH):
            batch = images[start : start + _BATCH, ..., None].astype(np.float32) / np.float32(255)
            parts.append(apply_temperature(self.network.run(batch), self._temperature))
        return np.concatenate(parts)

    def classify(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the calibrated probability of each character of the alphabet.

        Parameters and errors are those of `log_probs`.

        Returns
        -------
        float32 (n, len(alphabet))
            Rows sum to 1.
        """
        return np.exp(self.log_probs(images))


def prepare_character(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Bring a picture of one character to the form of EMNIST.

    The box of its strokes is centred and scaled, aspect kept, and slightly blurred (Cohen et al.
    2017, "EMNIST: an extension of MNIST to handwritten letters", section II).

    Parameters
    ----------
    grey
        uint8 (h, w), dark strokes on light paper, nothing else.

    Returns
    -------
    uint8 (28, 28)
        White on black; all black where there is no ink.

    Raises
    ------
    ValueError
        If the array is not of that type and shape.
    """
    if grey.dtype != np.uint8 or grey.ndim != 2 or grey.size == 0:
        raise ValueError(f"expected a grey uint8 image, got {grey.dtype} {grey.shape}")
    ink = np.clip(np.percentile(grey, _PAPER_PERCENTILE) - PAPER_NOISE - grey, 0, 255)
    peak = float(ink.max())
    if peak < FAINTEST_INK - PAPER_NOISE:
        return np.zeros((SIZE, SIZE), np.uint8)
    strokes = (ink > _EDGE_LEVEL * cv2.dilate(ink, _NEAR)) & (ink > _FAINTEST_STROKE * peak)
    ink = np.minimum(_crop(ink, strokes) / np.median(ink[strokes]), 1.0).astype(np.float32)
    longest = max(ink.shape)
    if longest > _LARGE:
        size = (max(1, round(side * _LARGE / longest)) for side in ink.shape[::-1])
        ink = cv2.resize(ink, tuple(size), interpolation=cv2.INTER_AREA)
    scale = _BOX / max(ink.shape)
    if scale < 1:
        # Averaging over what becomes one pixel; the rest is placed to a fraction of a pixel.
        margin = ceil(1 / scale)
        ink = cv2.copyMakeBorder(ink, margin, margin, margin, margin, cv2.BORDER_CONSTANT)
        ink = cv2.GaussianBlur(ink, (0, 0), 0.4 / scale)
    middle = (np.array(ink.shape[::-1]) - 1) / 2
    matrix = np.column_stack([np.eye(2) * scale, (SIZE - 1) / 2 - scale * middle])
    placed = cv2.warpAffine(np.asarray(ink), matrix, (SIZE, SIZE), flags=cv2.INTER_LINEAR)
    blurred = cv2.GaussianBlur(placed, (0, 0), _BLUR if scale >= 1 else _BLUR * 0.75)
    # Strokes thinner than a pixel must not fade.
    return np.asarray(np.rint(blurred * (255 / blurred.max())), np.uint8)


def _crop(ink: NDArray[np.float64], strokes: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the box of the strokes."""
    rows, columns = np.flatnonzero(strokes.any(axis=1)), np.flatnonzero(strokes.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
