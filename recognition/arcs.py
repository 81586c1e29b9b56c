"""What is known of the candidates of a line, and whether each is one whole character at all.

The network has only ever seen whole single characters, so it is sure of halves and of pairs too.
How likely a candidate is one whole character is therefore judged apart, by a logistic regression
on what `recognition.candidates` makes of it, its size, the gaps in it and beside it, the ink that
was cut through, and the character network's doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LOOK_ALIKES = (
    "0Oo", "1Iil", "5Ss", "2Zz", "Cc", "Kk", "Mm", "Pp", "Uu", "Vv", "Ww", "Xx", "9gq", "Yy",
    "Ff", "Jj", "Tt",
)  # fmt: skip
"""Characters that pictures of one size do not tell apart: doubt among them is no doubt here."""


class SplitLine(Protocol):
    """A line cut into slices; `segmentation.characters.SplitLine` is one."""

    @property
    def slices(self) -> Sequence[Any]:
        """Left to right, with `box`, `cut` and `area`."""

    @property
    def candidates(self) -> Sequence[Any]:
        """Runs of slices, with `first`, `end`, `box`, `width` and `gap`."""

    @property
    def unit(self) -> float:
        """Height of small letters, estimated, in pixels."""

    @property
    def cells(self) -> Sequence[int] | None:
        """Number of the cell of each slice, of a line in boxes or on a comb."""

    @property
    def gaps(self) -> Floats:
        """Gap between each slice and the next, in pixels."""

    @property
    def labels(self) -> NDArray[np.int32]:
        """Number of the slice of each pixel, from 1; 0 is none."""

    def picture(self, candidate: Any) -> NDArray[np.uint8]:
        """Grey picture of a candidate's own ink."""


def candidate_boxes(line: SplitLine) -> Floats:
    """Return left, top, right and bottom of the candidates, float64 (n, 4)."""
    boxes = [(c.box.left, c.box.top, c.box.right, c.box.bottom) for c in line.candidates]
    return np.array(boxes, np.float64).reshape(-1, 4)


def candidate_features(
    line: SplitLine, judged: Floats, log_probs: NDArray[np.float32], alphabet: str
) -> Floats:
    """Return what tells whole characters from halves and pairs, float64 (n, features).

    Parameters
    ----------
    line
    judged
        float64 (n,), the log odds of `recognition.candidates.CandidateJudge`.
    log_probs
        float32 (n, len(alphabet)), what the network takes the candidates for.
    alphabet
    """
    unit = line.unit
    first = np.array([c.first for c in line.candidates])
    end = np.array([c.end for c in line.candidates])
    edges = candidate_boxes(line)[:, [1, 3]]
    width = np.array([c.width for c in line.candidates]) / unit
    height = (edges[:, 1] - edges[:, 0]) / unit
    inked = np.concatenate([[0], np.cumsum([s.area for s in line.slices])])
    area = (inked[end] - inked[first]) / unit**2
    gaps = np.clip(np.concatenate([[unit], line.gaps, [unit]]) / unit, -0.3, 0.6)
    inner = np.clip([c.gap / unit for c in line.candidates], 0.0, 0.5)
    cuts = np.array([*(s.cut for s in line.slices), 0.0])
    thinnest = [
        min((4.0, *(s.cut for s in line.slices[c.first + 1 : c.end]))) for c in line.candidates
    ]
    sure = _sureness(log_probs, alphabet)
    return np.column_stack([
        sure, sure**2, np.log1p(1e-4 - np.exp(sure)),
        width, width**2, np.minimum(height, 0.7), width * height,
        np.log(area), np.log(area / (width * height)),
        end - first - 1, end - first > 1, inner, inner**2, inner > 0.02,
        np.minimum(gaps[first], gaps[end]), cuts[first] > 0, cuts[end] > 0, thinnest, judged,
    ])  # fmt: skip


def _sureness(log_probs: NDArray[np.float32], alphabet: str) -> Floats:
    """Return the log probability of the likeliest group of look-alikes, at least -3."""
    groups = {c: group for group in LOOK_ALIKES for c in group}
    names = [groups.get(c, c) for c in alphabet]
    together = np.array([[name == other for other in sorted(set(names))] for name in names])
    sums = np.exp(log_probs.astype(np.float64)) @ together
    return np.asarray(np.maximum(np.log(sums.max(axis=1)), -3.0))
