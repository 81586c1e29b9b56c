"""Boxes, polygons, baselines and affine maps in pixel coordinates, origin top left."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Point: TypeAlias = tuple[float, float]
Points: TypeAlias = tuple[Point, ...]
Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Box:
    """A rectangle of whole pixels; ``right`` and ``bottom`` are exclusive.

    Raises
    ------
    ValueError
        If a coordinate is not a whole number, or ``right < left`` or ``bottom < top``.
    """

    left: int
    top: int
    right: int
    bottom: int

    def __post_init__(self) -> None:
        for name in ("left", "top", "right", "bottom"):
            value = getattr(self, name)
            if int(value) != value:
                raise ValueError(f"box {name} must be a whole number of pixels, not {value!r}")
            object.__setattr__(self, name, int(value))  # numpy integers do not go into JSON
        if self.right < self.left or self.bottom < self.top:
            raise ValueError(f"box ends before it begins: {self}")

    @classmethod
    def around(cls, points: Iterable[Point]) -> Box:
        """Return the smallest box that holds all `points`.

        Raises
        ------
        ValueError
            If there are no points.
        """
        array = _as_array(points)
        if not len(array):
            raise ValueError("no points to put a box around")
        low, high = np.floor(array.min(axis=0)), np.ceil(array.max(axis=0))
        return cls(int(low[0]), int(low[1]), int(high[0]), int(high[1]))

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self.bottom - self.top

    @property
    def area(self) -> int:
        """Number of pixels inside."""
        return self.width * self.height

    def union(self, other: Box) -> Box:
        """Return the smallest box that holds both boxes."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def intersection(self, other: Box) -> Box | None:
        """Return the pixels common to both boxes, or None where they share none."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        return Box(left, top, right, bottom) if right > left and bottom > top else None

    def iou(self, other: Box) -> float:
        """Return intersection over union, 0 to 1 (0 when both boxes are empty)."""
        common = self.intersection(other)
        if common is None:
            return 0.0
        return common.area / (self.area + other.area - common.area)

    def clip(self, width: int, height: int) -> Box:
        """Return the part of the box inside an image of `width` x `height` pixels."""
        left, right = (min(max(x, 0), width) for x in (self.left, self.right))
        top, bottom = (min(max(y, 0), height) for y in (self.top, self.bottom))
        return Box(left, top, right, bottom)


def transform_points(points: Iterable[Point], matrix: npt.ArrayLike) -> Points:
    """Map `points` through a 2x3 affine `matrix` (OpenCV's convention)."""
    affine = _as_affine(matrix)
    moved = _as_array(points) @ affine[:, :2].T + affine[:, 2]
    return tuple((float(x), float(y)) for x, y in moved)


def invert_affine(matrix: npt.ArrayLike) -> Floats:
    """Return the 2x3 affine map that undoes `matrix`.

    Raises
    ------
    ValueError
        If the map flattens the plane and cannot be undone.
    """
    affine = _as_affine(matrix)
    if abs(np.linalg.det(affine[:, :2])) < 1e-12:
        raise ValueError("the affine map cannot be inverted")
    linear = np.linalg.inv(affine[:, :2])
    return np.column_stack([linear, -linear @ affine[:, 2]])


def interpolate_baseline(baseline: Iterable[Point], xs: npt.ArrayLike) -> Floats:
    """Return the height of a baseline at the columns `xs`.

    Parameters
    ----------
    baseline
        Points with any order in x; of points in the same column the mean counts.
    xs
        Columns, any shape.

    Returns
    -------
    float64 array of the shape of `xs`: y in pixels, constant beyond both ends.

    Raises
    ------
    ValueError
        If the baseline has no points.
    """
    array = _as_array(baseline)
    if not len(array):
        raise ValueError("a baseline needs at least one point")
    columns, place = np.unique(array[:, 0], return_inverse=True)
    heights = np.bincount(place, weights=array[:, 1]) / np.bincount(place)
    return np.asarray(np.interp(np.asarray(xs, dtype=float), columns, heights))


def sample_polyline(line: Iterable[Point], step: float = 1.0) -> Floats:
    """Return points spread evenly along a polyline, at most `step` pixels apart.

    Each sample stands in the middle of its share of the length, so that counting samples measures
    length. A polyline without length gives one point; one without points gives none.
    """
    array = _as_array(line)
    if len(array) < 2:
        return array
    reached = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(array, axis=0).T))])
    count = max(1, math.ceil(reached[-1] / step))
    at = (np.arange(count) + 0.5) * (reached[-1] / count)
    return np.column_stack([np.interp(at, reached, array[:, axis]) for axis in (0, 1)])


def points_in_polygon(points: Iterable[Point] | Floats, polygon: Iterable[Point]) -> Bools:
    """Return for each point whether it lies inside `polygon` (even-odd rule), bool (n,)."""
    array, corners = _as_array(points), _as_array(polygon)
    inside = np.zeros(len(array), dtype=np.bool_)
    if len(corners) < 3:
        return inside
    x, y = array.T
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if ay == by:
            continue
        crosses = (ay > y) != (by > y)
        inside ^= crosses & (x < ax + (y - ay) * ((bx - ax) / (by - ay)))
    return inside


def share_inside(line: Iterable[Point], polygon: Iterable[Point]) -> float:
    """Return the share (0 to 1) of a polyline's length that lies inside `polygon`."""
    samples = sample_polyline(line)
    return float(points_in_polygon(samples, polygon).mean()) if len(samples) else 0.0


def true_runs(flags: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the stretches [start, end) of True in a bool array (n,)."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def _as_array(points: Iterable[Point] | Floats) -> Floats:
    listed = points if isinstance(points, (np.ndarray, Sequence)) else list(points)
    array = np.asarray(listed, dtype=np.float64)
    if array.size == 0:
        return np.zeros((0, 2))
    if array.ndim != 2 or array.shape[1] != 2:
        raise ValueError(f"points must be (x, y) pairs, not an array of shape {array.shape}")
    return array


def _as_affine(matrix: npt.ArrayLike) -> Floats:
    affine = np.asarray(matrix, dtype=np.float64)
    if affine.shape != (2, 3):
        raise ValueError(f"an affine map is a 2x3 matrix, not {affine.shape}")
    return affine
