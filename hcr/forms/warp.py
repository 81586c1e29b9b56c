"""Scans warped onto a form: by a homography, and by small shifts that differ over the page."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from segmentation.enhance import PAPER, Grey

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

_NODES = 48
"""Shifts are averaged at so many places along the longer side."""
_NEAR = 0.025
"""Over which distance they are averaged, as a share of the longer side (standard deviation)."""
_DOUBT = 0.5
"""Weight of no shift at all, in pieces of print: where few are near, shifts are not trusted."""


@dataclass(frozen=True)
class Shifts:
    """How far the print of a scan lies off the blank's once both are laid over each other.

    Paper that is pulled unevenly through a scanner, or does not lie flat, makes them.

    Attributes
    ----------
    grid
        float32 (rows, columns, 2), shifts (x, y) in pixels of the blank, evenly spread over it.
    """

    grid: Singles
    shape: tuple[int, ...]
    """Of the blank."""

    @classmethod
    def none(cls, shape: tuple[int, ...]) -> Shifts:
        """Return no shifts over a blank of a shape (h, w)."""
        step = max(shape) / _NODES
        height, width = (max(2, round(length / step)) for length in shape[:2])
        return cls(np.zeros((height, width, 2), np.float32), shape)

    def moved(self, centres: Floats, moves: Floats) -> Shifts:
        """Return these shifts and the mean moves of pieces of print around each place.

        Parameters
        ----------
        centres, moves
            float64 (n, 2), in pixels of the blank.
        """
        height, width = self.shape[:2]
        side = max(height, width)
        rows, columns = (
            (np.arange(count) + 0.5) * length / count - 0.5
            for count, length in zip(self.grid.shape[:2], (height, width), strict=True)
        )
        across = np.exp(-0.5 * ((columns[:, None] - centres[:, 0]) / (_NEAR * side)) ** 2)
        down = np.exp(-0.5 * ((rows[:, None] - centres[:, 1]) / (_NEAR * side)) ** 2)
        # A move that its neighbours know nothing of is a piece found in the wrong place.
        usual = np.median(moves, axis=0) if len(moves) else np.zeros(2)
        off = np.linalg.norm(moves - usual, axis=1)
        sound = off <= max(1.5, 3 * float(np.median(off))) if len(off) else off > 0
        down, across, moves = down[:, sound], across[:, sound], moves[sound]
        weight = down @ across.T
        total = np.stack([(down * step) @ across.T for step in moves.T], axis=-1)
        mean = total / (weight + _DOUBT)[..., None]
        return replace(self, grid=self.grid + mean.astype(np.float32))


def map_points(matrix: Floats, points: Floats) -> Floats:
    """Return points, float64 (n, 2), mapped by a homography (3, 3)."""
    mapped = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    depth = mapped[:, 2:]
    return mapped[:, :2] / np.where(abs(depth) < 1e-9, 1e-9, depth)


def lay(
    scan: Grey,
    matrix: Floats,
    shape: tuple[int, ...],
    size: tuple[int, ...],
    shifts: Shifts | None = None,
) -> Grey:
    """Return a scan as it lies over the blank.

    Parameters
    ----------
    scan
        uint8 (h, w), 255 = paper.
    matrix
        3x3 homography from pixels of the blank to pixels of the scan.
    shape
        Height and width of the blank in pixels.
    size
        Height and width of the result.
    shifts
        Where the print of the scan lies beside the blank's.

    Returns
    -------
    uint8 array of `size`; paper where the scan shows nothing.
    """
    height, width = size[:2]
    down, across = shape[0] / height, shape[1] / width
    grid = (shifts or Shifts.none(tuple(shape))).grid
    places = cv2.resize(grid, (width, height), interpolation=cv2.INTER_LINEAR)
    places[..., 0] += (np.arange(width, dtype=np.float32) + 0.5) * across - 0.5
    places[..., 1] += ((np.arange(height, dtype=np.float32) + 0.5) * down - 0.5)[:, None]
    places = cv2.perspectiveTransform(places, matrix)
    warped = cv2.remap(scan, places, None, cv2.INTER_CUBIC, borderValue=PAPER)
    return np.asarray(warped, np.uint8)
