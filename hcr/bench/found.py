"""How many lines and words were found where they are: recall and precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segmentation.geometry import Box, Points, share_inside

# A polygon finds a line when it covers this share of its baseline's length.
COVERED = 0.75
# A box finds a word when intersection over union is at least this.
IOU = 0.5


@dataclass(frozen=True)
class Found:
    """Things found: right ones, all that are there, all that were reported. Add to pool."""

    right: int = 0
    true: int = 0
    reported: int = 0

    def __add__(self, other: Found) -> Found:
        return Found(
            self.right + other.right, self.true + other.true, self.reported + other.reported
        )

    @property
    def recall(self) -> float:
        """Share of what is there that was found; 1 if nothing is."""
        return self.right / self.true if self.true else 1.0

    @property
    def precision(self) -> float:
        """Share of what was reported that is there; 1 if nothing was."""
        return self.right / self.reported if self.reported else 1.0


def find_lines(polygons: Sequence[Points], baselines: Sequence[Points]) -> Found:
    """Match the polygons of lines that were read with the baselines of the truth.

    A line is found when a polygon covers at least 75 % of its baseline and so much of no other
    line's: a polygon over two lines has found neither, two over one have found it once.

    Parameters
    ----------
    polygons, baselines
        In the same pixels.
    """
    covers = np.array([[share_inside(b, p) >= COVERED for b in baselines] for p in polygons])
    covers = covers.reshape(len(polygons), len(baselines))
    right = {int(row.argmax()) for row in covers if row.sum() == 1}
    return Found(len(right), len(baselines), len(polygons))


def find_words(boxes: Sequence[Box], true: Sequence[Box]) -> Found:
    """Match word boxes one to one, those of greatest intersection over union first."""
    overlaps = np.array([[box.iou(other) for other in true] for box in boxes])
    overlaps = overlaps.reshape(len(boxes), len(true))
    right = 0
    while overlaps.size and overlaps.max() >= IOU:
        row, column = np.unravel_index(overlaps.argmax(), overlaps.shape)
        overlaps[row, :] = overlaps[:, column] = 0
        right += 1
    return Found(right, len(true), len(boxes))
