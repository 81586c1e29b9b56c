"""Finds the ridges of smeared ink: one path through the middle of every line of writing."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import cv2
import numpy as np

# Ridges are sought on a reduced sheet where the x-height is this many pixels.
WORKING_HEIGHT = 6.0
SLOPES = (-0.14, -0.10, -0.065, -0.03, 0.0, 0.03, 0.065, 0.10, 0.14)
# A path steeper than this over three x-heights has slipped into the next line.
MAX_SLOPE = 0.25
# How strongly the slope of a line follows the writing around it.
COHERENCE = 4


@dataclass(frozen=True)
class Ridge:
    """A path along one line of writing.

    Attributes
    ----------
    xs, ys : float64 array (n,)
        Path in sheet pixels, xs rising.
    strength : float64 array (n,)
        Smeared ink under each point.
    """

    xs: np.ndarray
    ys: np.ndarray
    strength: np.ndarray

    @property
    def left(self) -> float:
        """First column."""
        return float(self.xs[0])

    @property
    def right(self) -> float:
        """Last column."""
        return float(self.xs[-1])

    @property
    def mass(self) -> float:
        """Strength summed along the path."""
        return float(self.strength.sum())

    def at(self, xs: np.ndarray | float) -> np.ndarray:
        """Height of the path at xs, level beyond its ends."""
        return np.interp(xs, self.xs, self.ys)


def smear(ink: np.ndarray, x_height: float) -> tuple[np.ndarray, float]:
    """Smear ink along the writing direction.

    At every point the best of several slopes counts (steerable anisotropic gaussians, after
    Bukhari, Shafait and Breuel, "Script-independent handwritten textlines segmentation using
    active contours", ICDAR 2009), so every line may have its own slope.

    Parameters
    ----------
    ink : bool array (h, w)
    x_height : float
        Height of small letters in pixels.

    Returns
    -------
    float32 array (h * scale, w * scale), and the scale.
    """
    scale = min(1.0, WORKING_HEIGHT / x_height)
    unit = x_height * scale
    height, width = ink.shape
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(ink.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA)
    small = small.astype(np.float32) / 255
    turned = []
    for slope in SLOPES:
        shear = np.array([[1, 0, 0], [-slope, 1, slope * size[0] / 2]], dtype=np.float64)
        sheared = cv2.warpAffine(small, shear, size)
        blurred = cv2.GaussianBlur(sheared, (0, 0), sigmaX=2.2 * unit, sigmaY=0.6 * unit)
        shear[1, 0], shear[1, 2] = -shear[1, 0], -shear[1, 2]
        turned.append(cv2.warpAffine(blurred, shear, size))
    # Lines run along their neighbours: a slope counts by how well it fits all around.
    around = (2 * round(10 * unit) + 1, 2 * round(6 * unit) + 1)
    fits = [cv2.blur(response * response, around) for response in turned]
    fittest = np.maximum.reduce(fits) + 1e-9
    best = np.maximum.reduce(
        [
            response * (fit / fittest) ** COHERENCE
            for response, fit in zip(turned, fits, strict=True)
        ]
    )
    return best, scale


def trace_ridges(smeared: np.ndarray, scale: float, x_height: float) -> list[Ridge]:
    """Follow the maxima of each column from left to right.

    Returns
    -------
    list of Ridge
        Pieces in sheet pixels, unlinked; a line of writing is often several.
    """
    inner = smeared[1:-1]
    peaks = np.zeros(smeared.shape, dtype=bool)
    peaks[1:-1] = (inner > smeared[:-2]) & (inner >= smeared[2:])
    strong = smeared[peaks]
    if not strong.size:
        return []
    floor = max(0.08 * float(np.percentile(strong, 90)), 1e-3)
    peaks &= smeared > floor
    # Rows by column: np.nonzero of the transpose is sorted by x.
    all_xs, all_ys = np.nonzero(peaks.T)
    starts = np.searchsorted(all_xs, np.arange(smeared.shape[1] + 1))
    reach = max(4, round(3 * x_height * scale))
    open_tracks: list[list[tuple[int, int]]] = []
    closed: list[list[tuple[int, int]]] = []
    for x in range(smeared.shape[1]):
        rows = all_ys[starts[x] : starts[x + 1]].tolist()
        kept: list[list[tuple[int, int]]] = []
        for track in open_tracks:
            last = track[-1][1]
            near = min(rows, key=lambda row: abs(row - last), default=None)
            bend = abs(near - track[-reach:][0][1]) if near is not None else 0
            if near is not None and abs(near - last) <= 2 and bend <= MAX_SLOPE * reach:
                track.append((x, near))
                rows.remove(near)
                kept.append(track)
            else:
                closed.append(track)
        open_tracks = kept + [[(x, row)] for row in rows]
    closed += open_tracks
    return [
        _ridge(track, smeared, scale) for track in closed if len(track) >= 1.5 * x_height * scale
    ]


def _ridge(track: list[tuple[int, int]], smeared: np.ndarray, scale: float) -> Ridge:
    points = np.array(track)
    strength = smeared[points[:, 1], points[:, 0]].astype(np.float64)
    sheet = (points + 0.5) / scale - 0.5
    return Ridge(sheet[:, 0], sheet[:, 1], strength)


def drop_shadows(ridges: list[Ridge], distance: float) -> list[Ridge]:
    """Drop ridges that run close beside a stronger one: rows of ascenders or descenders."""
    kept: list[Ridge] = []
    for ridge in sorted(ridges, key=lambda r: -r.mass):
        shadowed = 0.0
        for other in kept:
            inside = (ridge.xs >= other.left) & (ridge.xs <= other.right)
            if not inside.any():
                continue
            apart = np.abs(ridge.ys[inside] - other.at(ridge.xs[inside]))
            weaker = ridge.strength[inside] < np.interp(ridge.xs[inside], other.xs, other.strength)
            near = (apart < distance) & weaker
            shadowed += float(near.sum())
        if shadowed < 0.6 * len(ridge.xs):
            kept.append(ridge)
    return kept


def link_ridges(ridges: list[Ridge], x_height: float, max_gap: float) -> list[Ridge]:
    """Join pieces that continue one another, the best fitting pair first.

    Parameters
    ----------
    ridges : list of Ridge
    x_height, max_gap : float
        Pixels; pieces further apart than ``max_gap`` stay apart.
    """
    pieces = dict(enumerate(ridges))
    costs: dict[tuple[int, int], float] = {}

    def compare(i: int, j: int) -> None:
        cost = _link_cost(pieces[i], pieces[j], x_height, max_gap)
        if cost is not None:
            costs[i, j] = cost

    for i, j in itertools.permutations(pieces, 2):
        compare(i, j)
    while costs:
        i, j = min(costs, key=lambda pair: costs[pair])
        new = max(pieces) + 1
        joined = _join(pieces.pop(i), pieces.pop(j))
        costs = {pair: cost for pair, cost in costs.items() if not {i, j} & set(pair)}
        pieces[new] = joined
        for other in pieces:
            if other != new:
                compare(other, new)
                compare(new, other)
    return list(pieces.values())


def _link_cost(first: Ridge, second: Ridge, x_height: float, max_gap: float) -> float | None:
    gap = second.left - first.right
    if (
        second.left <= first.left
        or second.right <= first.right
        or abs(first.ys[-1] - second.ys[0]) > 3 * x_height
    ):
        return None
    if gap > max_gap or gap < -4 * x_height:
        return None
    if gap < 0:
        overlap = second.xs[second.xs <= first.right]
        off = float(np.abs(first.at(overlap) - second.at(overlap)).mean())
        return None if off > 0.9 * x_height else off / x_height - gap / x_height * 0.1
    middle = (first.right + second.left) / 2
    off = abs(_extend(first, middle, x_height, True) - _extend(second, middle, x_height, False))
    step = abs(float(first.ys[-1] - second.ys[0]))
    off = min(off, step)
    if off > 0.8 * x_height or step > 0.9 * x_height + 0.15 * gap:
        return None
    return off / x_height + 0.1 * gap / x_height


def _extend(ridge: Ridge, x: float, x_height: float, to_right: bool) -> float:
    """Height of the ridge continued straight to x from its last stretch."""
    reach = 10 * x_height
    end = ridge.right if to_right else ridge.left
    near = np.abs(ridge.xs - end) <= reach
    xs, ys = ridge.xs[near], ridge.ys[near]
    if len(xs) < 3 or xs[-1] - xs[0] < 3 * x_height:
        return float(ys.mean())
    slope = float(np.clip(np.polyfit(xs - end, ys, 1)[0], -0.15, 0.15))
    return float(ys.mean() + slope * (x - xs.mean()))


def _join(first: Ridge, second: Ridge) -> Ridge:
    left = first.xs < second.left
    both = (first.xs[left], second.xs)
    if not left.any():
        return second
    return Ridge(
        np.concatenate(both),
        np.concatenate((first.ys[left], second.ys)),
        np.concatenate((first.strength[left], second.strength)),
    )
