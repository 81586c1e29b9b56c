"""Pen trajectories: the UNIPEN archive loaded, its bad samples found, its writing lines measured.

UNIPEN (Guyon et al. 1994) keeps handwriting as the path of the pen. Drawn with a random pen
(`training.pen`) it gives labelled images without limit.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.pen import PenStyle, render_ink

__all__ = ["InkSet", "PenStyle", "core_zone", "is_single_line", "load_unipen", "render_ink"]

Strokes = list[np.ndarray]

MIN_LETTERS_FOR_PROFILE = 3
ASCENDERS = frozenset("bdfhklt")
DESCENDERS = frozenset("gjpqy")
ASCENDER_HEIGHT = 1.75
"""Top of ascenders, capitals and digits over the baseline, in x-heights."""
DESCENDER_DEPTH = 0.75


@dataclass(frozen=True)
class InkSet:
    """Pen trajectories of many samples in a few flat arrays.

    Attributes
    ----------
    points : int16 (n_points, 2)
        Absolute pen positions, x right, y down; the ink of one sample is 400 units high.
    point_offsets : int64 (n_strokes + 1,)
        First point of each stroke.
    stroke_offsets : int64 (n_samples + 1,)
        First stroke of each sample.
    labels : tuple of str
    writers : int32 (n_samples,)
    categories : array of str (n_samples,)
        UNIPEN categories: 1a digits, 1b upper case, 1c lower case, 1d punctuation, 7 words,
        8 text.
    """

    points: np.ndarray
    point_offsets: np.ndarray
    stroke_offsets: np.ndarray
    labels: tuple[str, ...]
    writers: np.ndarray
    categories: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def strokes(self, index: int) -> Strokes:
        """Strokes of a sample: list of float32 (n, 2) arrays of pen positions."""
        first, last = self.stroke_offsets[index], self.stroke_offsets[index + 1]
        bounds = self.point_offsets[first : last + 1]
        points = self.points[bounds[0] : bounds[-1]].astype(np.float32)
        return np.split(points, bounds[1:-1] - bounds[0])

    def label(self, index: int) -> str:
        """Text of a sample."""
        return self.labels[index]

    def writer(self, index: int) -> int:
        """Number of the sample's writer."""
        return int(self.writers[index])

    def select(
        self, categories: Collection[str], alphabet: Collection[str] | None = None
    ) -> np.ndarray:
        """Indices of usable samples.

        Parameters
        ----------
        categories : collection of str
            UNIPEN categories wanted.
        alphabet : collection of str, optional
            Characters a label may hold; any when missing.

        Returns
        -------
        int64 (n,)
            Samples whose label fits the alphabet and whose ink looks like one line of it.
        """
        letters = None if alphabet is None else frozenset(alphabet)
        wanted = np.flatnonzero(np.isin(self.categories, list(categories)))
        return np.array([i for i in wanted if self._is_usable(int(i), letters)], dtype=np.int64)

    def _is_usable(self, index: int, alphabet: frozenset[str] | None) -> bool:
        label, category = self.labels[index], self.categories[index]
        if not label or (alphabet is not None and not alphabet.issuperset(label)):
            return False
        if category == "7":
            # "@" between letters marks ink that the donor could not assign to a letter.
            return "@" not in label and any(c.isalnum() for c in label)
        if category == "8":
            return is_single_line(np.concatenate(self.strokes(index)), label)
        return label != "@"


def load_unipen(path: Path | str) -> InkSet:
    """Load the UNIPEN archive of the shared data.

    Parameters
    ----------
    path : path
        ``.npz`` with deltas, stroke_lengths, strokes_per_sample, label, writer, category.

    Raises
    ------
    ValueError
        When the file lacks one of these arrays.
    """
    with np.load(path, allow_pickle=False) as archive:
        missing = {
            "deltas", "stroke_lengths", "strokes_per_sample", "label", "writer", "category",
        }.difference(archive.files)  # fmt: skip
        if missing:
            raise ValueError(
                f"{path}: not a pen stroke archive, lacks {', '.join(sorted(missing))}"
            )
        lengths = archive["stroke_lengths"].astype(np.int64)
        labels = tuple(text.replace("\\\\", "\\") for text in archive["label"].tolist())
        point_offsets = np.concatenate([[0], np.cumsum(lengths)])
        running = np.cumsum(archive["deltas"], axis=0, dtype=np.int32)
        # The running sum goes on across strokes: take away what came before each stroke.
        before = np.zeros((len(lengths), 2), dtype=np.int32)
        before[1:] = running[point_offsets[1:-1] - 1]
        running -= np.repeat(before, lengths, axis=0)
        return InkSet(
            points=running.astype(np.int16),
            point_offsets=point_offsets,
            stroke_offsets=np.concatenate([[0], np.cumsum(archive["strokes_per_sample"])]),
            labels=labels,
            writers=archive["writer"],
            categories=archive["category"],
        )


def is_single_line(points: np.ndarray, label: str) -> bool:
    """Whether ink is as wide as one line of the label should be, and not two lines.

    Parameters
    ----------
    points : float (n, 2)
        All pen positions of the sample.
    label : str
    """
    width, height = np.ptp(points, axis=0) + 1.0
    if len(label) < 7:
        return True
    if width / height < 0.22 * len(label) ** 0.9:
        return False
    # Two lines leave an empty band between two full ones.
    rows = np.histogram(points[:, 1], bins=24)[0].astype(np.float64)
    rows = np.convolve(rows, (0.25, 0.5, 0.25), mode="same") / rows.mean()
    valley = 8 + int(np.argmin(rows[8:16]))
    return bool(rows[valley] > 0.45 or min(rows[:valley].max(), rows[valley:].max()) < 1.3)


def core_zone(points: np.ndarray, label: str) -> tuple[float, float]:
    """Baseline and x-height of written ink.

    Parameters
    ----------
    points : float (n, 2)
        All pen positions.
    label : str
        What is written: says whether ascenders and descenders are to be expected.

    Returns
    -------
    baseline : float
        y of the baseline, units of the points.
    x_height : float
        Height of letters like x, same units.
    """
    top, bottom = float(points[:, 1].min()), float(points[:, 1].max())
    tall = any(c in ASCENDERS or c in "ij" or not c.islower() for c in label)
    deep = any(c in DESCENDERS for c in label)
    above = ASCENDER_HEIGHT if tall else 1.0
    below = DESCENDER_DEPTH if deep else 0.0
    height = max(bottom - top, 1.0)
    expected = height / (above + below)
    small = sum(c.islower() and c not in ASCENDERS for c in label)
    if small < MIN_LETTERS_FOR_PROFILE or small < 0.5 * len(label):
        return bottom - below * expected, expected
    # The x-zone is the band that holds much more ink than its share of the height.
    bins = 32
    rows = np.histogram(points[:, 1], bins=bins, range=(top, bottom + 1e-3))[0] / len(points)
    total = np.concatenate([[0.0], np.cumsum(rows)])
    first, last = np.triu_indices(bins + 1, k=bins // 4)
    gain = total[last] - total[first] - 0.9 * (last - first) / bins
    best = int(np.argmax(gain))
    unit = height / bins
    x_height = float((last[best] - first[best]) * unit)
    if not 0.6 < x_height / expected < 1.5:
        return bottom - below * expected, expected
    return top + float(last[best]) * unit, x_height
