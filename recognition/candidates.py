"""Whether a candidate is one whole character, by a small network that sees it in its line.

The character network has only ever seen whole single characters and is sure of halves and pairs
too. What rejects those is trained on candidates that are none (the "non-characters" of Casey and
Lecolinet 1996, section 3.1) and sees what stands beside the candidate as well: of two strokes close
together it matters how close other strokes of the line are.
"""

from __future__ import annotations

from math import ceil, floor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.arcs import Floats, SplitLine
from recognition.network import WEIGHTS_FOLDER, Network

SHIPPED_WEIGHTS = WEIGHTS_FOLDER / "candidates.onnx"
ROWS, COLUMNS = 32, 48
"""Pixels of a window; the candidate is in the middle of its columns."""
UNIT = 9.0
"""Pixels of a window for the height of a small letter."""
# A line of specks must not become a giant picture: nothing is made larger than so many times.
_LARGEST = 4.0
# Paper on either side of the line, so that no window leaves it.
_SIDE = COLUMNS // 2
_BATCH = 256
_LIMIT = 12.0

Windows = NDArray[np.uint8]
Patch = tuple[int, int, NDArray[np.float32]]


class CandidateJudge:
    """Tells how likely the candidates of a line are one whole character each.

    Parameters
    ----------
    network
        A model of kind "candidates".

    Raises
    ------
    ValueError
        If the model's metadata does not fit this reader.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        made_for = tuple(network.metadata.get(key) for key in ("rows", "columns", "unit"))
        if made_for != (ROWS, COLUMNS, UNIT):
            raise ValueError(f"{network.path}: made for candidates shown in another way")

    @classmethod
    def load(cls, path: Path | None = None, threads: int = 1) -> CandidateJudge:
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
        return cls(Network.load(path or SHIPPED_WEIGHTS, "candidates", threads))

    def log_odds(self, line: SplitLine) -> Floats:
        """Return the log odds that each candidate is one whole character.

        Returns
        -------
        float64 (n,)
            Between -12 and 12.
        """
        windows = candidate_windows(line)
        parts = [np.zeros(0, np.float32)]
        for start in range(0, len(windows), _BATCH):
            parts.append(self._network.run(as_input(windows[start : start + _BATCH]))[:, 0])
        return np.clip(np.concatenate(parts), -_LIMIT, _LIMIT).astype(np.float64)


def as_input(windows: Windows) -> NDArray[np.float32]:
    """Scale windows uint8 (n, ROWS, COLUMNS, 2) to the network's float32 in 0..1."""
    return windows.astype(np.float32) / np.float32(255)


def candidate_windows(line: SplitLine) -> Windows:
    """Show each candidate in its line, small letters `UNIT` pixels high.

    Parameters
    ----------
    line
        Cut into slices.

    Returns
    -------
    uint8 (n, ROWS, COLUMNS, 2)
        The candidate's own ink, and all the line's; bright on black, the ink's middle row in the
        middle.
    """
    scale = min(UNIT / line.unit, _LARGEST)
    labels = line.labels
    width = ceil(labels.shape[1] * scale) + COLUMNS
    middle = _middle_row(labels) * scale - ROWS / 2
    patches = [
        _patch(labels, number, line.slices[number - 1].box, scale, middle)
        for number in range(1, len(line.slices) + 1)
    ]
    everything = np.zeros((ROWS, width), np.float32)
    for patch in patches:
        _add(everything, patch)
    windows = np.zeros((len(line.candidates), ROWS, COLUMNS, 2), np.uint8)
    for window, candidate in zip(windows, line.candidates, strict=True):
        centre = 0.5 * (candidate.box.left + candidate.box.right) * scale
        left = round(centre) - COLUMNS // 2 + _SIDE
        own = np.zeros((ROWS, COLUMNS), np.float32)
        for patch in patches[candidate.first : candidate.end]:
            _add(own, patch, left)
        beside = everything[:, left : left + COLUMNS]
        window[..., 0], window[..., 1] = _bytes(own), _bytes(beside)
    return windows


def _middle_row(labels: NDArray[np.int32]) -> float:
    inked = (labels > 0).sum(axis=1)
    return float(inked @ (np.arange(len(inked)) + 0.5)) / max(1, int(inked.sum()))


def _patch(labels: NDArray[np.int32], number: int, box: Any, scale: float, middle: float) -> Patch:
    """Return a slice's ink, scaled, with its top and left in the picture of the whole line."""
    own = (labels[box.top : box.bottom, box.left : box.right] == number).astype(np.float32)
    # Averaging over what becomes one pixel.
    margin = ceil(1 / scale) + 1
    own = cv2.copyMakeBorder(own, margin, margin, margin, margin, cv2.BORDER_CONSTANT)
    if scale < 1:
        own = cv2.GaussianBlur(own, (0, 0), 0.4 / scale)
    x = (box.left - margin + 0.5) * scale - 0.5
    y = (box.top - margin + 0.5) * scale - 0.5 - middle
    left, top = floor(x), floor(y)
    matrix = np.array([[scale, 0.0, x - left], [0.0, scale, y - top]])
    size = ceil(own.shape[1] * scale) + 1, ceil(own.shape[0] * scale) + 1
    return top, left + _SIDE, np.asarray(cv2.warpAffine(own, matrix, size), np.float32)


def _add(picture: NDArray[np.float32], patch: Patch, left: int = 0) -> None:
    """Add a patch to a picture whose first column is `left`; what lies outside is left out."""
    top, column, ink = patch
    column -= left
    rows, columns = picture.shape
    first, last = max(0, top), min(rows, top + ink.shape[0])
    start, end = max(0, column), min(columns, column + ink.shape[1])
    if first < last and start < end:
        inside = ink[first - top : last - top, start - column : end - column]
        picture[first:last, start:end] += inside


def _bytes(ink: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.asarray(np.rint(np.minimum(ink, 1.0) * 255), np.uint8)
