"""Finds the cells of a line in boxes or on a comb, and takes their frames out of it.

A field has a base that runs under most of the line, and upright bars that stand on it at even
distances; boxes that stand apart have two of them a cell. Letters have nothing of the kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from segmentation.enhance import PAPER, binarize, denoise, flatten
from segmentation.geometry import true_runs
from segmentation.rules import Rule, Rules, remove_rules

Grey = npt.NDArray[np.uint8]
Ink = npt.NDArray[np.bool_]
Cells = tuple[tuple[float, float], ...]

FEWEST = 4
"""Cells of a field at least."""
SHORTEST = 0.2
"""Shortest upright bar, as a share of the height of the line's ink."""
THICKEST = 0.1
"""Thickest bar, the same way."""
THICKEST_PAIR = 2.2 * THICKEST
"""Thickest pair of upright bars, of two boxes that stand so close that the gap is filled."""
NARROWEST, WIDEST = 0.35, 2.5
"""Width of the cells, the same way."""
COVERED = 0.6
"""Share of the line's width under which a field's base runs, and that the cells take up."""
BESIDE = 0.03
"""Ink beside a field, as a share of that in it, from which the line is more than the field."""
MISSED = 0.12
"""Share of the bars that may be missing, hidden by letters."""


@dataclass(frozen=True, eq=False)
class CellLine:
    """A line whose frames are taken out.

    Attributes
    ----------
    grey
        uint8 (h, w), 255 = paper.
    ink
        bool (h, w).
    cells
        Columns (start, end) of the cells, left to right.
    """

    grey: Grey
    ink: Ink
    cells: Cells


@dataclass(frozen=True)
class _Extent:
    """Where a line's ink is: rows and columns [start, end)."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left


def open_cells(grey: Grey, within: tuple[int, int] | None = None) -> CellLine | None:
    """Find the cells of a line and take their frames away.

    Parameters
    ----------
    grey
        uint8 (h, w), a line of dark writing on light paper with its frames.
    within
        Columns [start, end) of the line, where `grey` shows more than that; all without it.

    Returns
    -------
    CellLine or None
        None where the line has no such frames, or writing beside them.
    """
    # Most lines have none: a rough look is enough to say so.
    if _find(_rough_ink(grey)) is None:
        return None
    flat = denoise(flatten(grey))
    ink = binarize(flat)
    found = _find(ink)
    if found is None:
        return None
    rules, cells = found
    columns = np.arange(ink.shape[1])
    outside = (columns < cells[0][0] - 3) | (columns > cells[-1][1] + 3)
    start, end = within or (0, ink.shape[1])
    beside = outside & (columns >= start) & (columns < end)
    if np.count_nonzero(ink[:, beside]) > BESIDE * np.count_nonzero(ink[:, ~outside]):
        return None
    line = _cleared(flat, ink, rules, cells)
    line.ink[:, outside] = False
    line.grey[:, outside] = PAPER
    return line


def _rough_ink(grey: Grey) -> Ink:
    """Return what is darker than the paper around it."""
    around = cv2.blur(grey, (41, 41))
    return np.asarray(grey < around.astype(np.int16) - 12)


def _find(ink: Ink) -> tuple[Rules, Cells] | None:
    """Return the frames of a field and its cells."""
    solid = cv2.medianBlur(ink.view(np.uint8), 3)  # specks say nothing of where the line ends
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    if not len(rows):
        return None
    extent = _Extent(int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1)
    levels = _levels(ink, extent)
    if not levels:
        return None
    bars = _bars(ink, extent, levels[-1])
    grid = _even([bar.points[0][0] for bar in bars], extent)
    if grid is None:
        return None
    places, bars = _framing(bars, grid)
    if places[-1] - places[0] < COVERED * extent.width:
        return None
    lying = tuple(_traced(ink, extent, level, places) for level in levels)
    return Rules(ink.shape, lying, tuple(bars)), tuple(pairwise(places))


def _levels(ink: Ink, extent: _Extent) -> list[tuple[int, int]]:
    """Return rows [start, end) of the bars that run under or over most of the line, top down."""
    shortest = max(8, round(NARROWEST * extent.height))
    lying = cv2.morphologyEx(ink.view(np.uint8), cv2.MORPH_OPEN, np.ones((1, shortest), np.uint8))
    # A bar that slopes by a few pixels is full in none of its rows.
    reach = 2 * max(1, round(0.02 * extent.height)) + 1
    thick = cv2.dilate(lying, np.ones((reach, 1), np.uint8))
    covered = thick[:, extent.left : extent.right].mean(axis=1)
    runs = [(a + reach // 2, b - reach // 2) for a, b in true_runs(covered >= COVERED)]
    limit = max(6.0, THICKEST * extent.height) + reach
    return [(a, max(b, a + 1)) for a, b in runs if b - a <= limit]


def _bars(ink: Ink, extent: _Extent, base: tuple[int, int]) -> list[Rule]:
    """Return the upright bars that stand on the base, left to right."""
    shortest = max(5, round(SHORTEST * extent.height))
    thickest = max(8.0, THICKEST_PAIR * extent.height)
    standing = cv2.morphologyEx(
        ink.view(np.uint8), cv2.MORPH_OPEN, np.ones((shortest, 1), np.uint8)
    )
    standing[base[0] - 1 :] = 0
    near = max(4, round(0.06 * extent.height))
    foot = standing[max(0, base[0] - near) : base[0]].any(axis=0)
    bars = []
    for left, right in true_runs(foot):
        if right - left > thickest:
            continue
        column = standing[:, left:right].any(axis=1)[: base[0]]
        gaps = np.flatnonzero(~column[::-1][near:])
        length = near + int(gaps[0]) if len(gaps) else len(column)
        x = (left + right - 1) / 2
        points = ((x, float(base[0] - length)), (x, float(base[1])))
        bars.append(Rule(points, float(right - left)))
    return bars


def _even(places: Sequence[float], extent: _Extent) -> list[float] | None:
    """Return the bars that stand at even distances, most of them; None where there are few.

    Letters hide some bars, and stems that reach the base look like bars: every distance of two
    near ones is tried, and the grid that hits most bars and misses few is taken.
    """
    found = np.array(places)
    best: list[float] | None = None
    for i in range(len(found)):
        for j in range(i + 1, min(i + 5, len(found))):
            pitch = found[j] - found[i]
            if not NARROWEST * extent.height <= pitch <= WIDEST * extent.height:
                continue
            grid, hits = _grid(found, found[i], pitch)
            whole = len(grid) >= FEWEST and hits >= (1 - MISSED) * len(grid)
            if whole and (best is None or max(hits, len(grid)) > len(best)):
                best = grid
    return best


def _grid(found: npt.NDArray[np.float64], start: float, pitch: float) -> tuple[list[float], int]:
    """Follow a grid in both directions; return its places, and how many hold a bar."""
    near = max(3.0, 0.07 * pitch)
    places, hits = [start], 1
    for step in (pitch, -pitch):
        at, misses, run, tail = start, 0, 0, []
        while misses < 2:
            at += step
            nearest = found[np.argmin(abs(found - at))]
            is_hit = abs(nearest - at) <= near
            misses = 0 if is_hit else misses + 1
            run += is_hit
            # The grid follows the bars: a slight error of the pitch must not add up.
            at = float(nearest) if is_hit else at
            tail.append(at)
        hits += run
        places += tail[: len(tail) - misses]
    return sorted(places), hits


def _framing(bars: Sequence[Rule], grid: Sequence[float]) -> tuple[list[float], list[Rule]]:
    """Return the edges of the cells and the bars of their frames.

    Boxes that stand apart have two bars a pitch; the grid holds one of them, so that the first or
    the last box lacks its other side.
    """
    places, pitch = list(grid), float(np.median(np.diff(grid)))
    xs = [bar.points[0][0] for bar in bars]
    for x in xs:
        if 0.3 * pitch < x - grid[-1] <= pitch * 1.05 and x > places[-1]:
            places = [*grid, x] if places[-1] == grid[-1] else [*places[:-1], x]
    before = [x for x in xs if 0.3 * pitch < grid[0] - x <= pitch * 1.05]
    places = [*before[:1], *places]
    phases = np.array([(x - grid[0]) / pitch % 1 for x in xs])
    beside = [min(abs(p), 1 - abs(p)) for p in phases]
    # A second bar a pitch is one of the frame if most cells have it.
    common = [
        sum(abs((p - q + 0.5) % 1 - 0.5) < 0.08 for q in phases) >= 0.6 * len(grid) for p in phases
    ]
    kept = [bar for bar, d, often in zip(bars, beside, common, strict=True) if d < 0.08 or often]
    return places, [*kept, *_hidden(kept, grid, 0.08 * pitch)]


def _hidden(bars: Sequence[Rule], grid: Sequence[float], near: float) -> list[Rule]:
    """Return bars, like the others, where the grid has one that letters hide."""
    (top, bottom) = (float(np.median([bar.points[k][1] for bar in bars])) for k in (0, 1))
    thickness = float(np.median([bar.thickness for bar in bars]))
    return [
        Rule(((x, top), (x, bottom)), thickness)
        for x in grid
        if all(abs(bar.points[0][0] - x) > max(near, 3.0) for bar in bars)
    ]


def _traced(ink: Ink, extent: _Extent, level: tuple[int, int], places: Sequence[float]) -> Rule:
    """Return a lying bar, followed from cell to cell."""
    thickness, reach = level[1] - level[0], max(2, round(0.05 * extent.height))
    top = max(0, level[0] - reach)
    points = []
    for left, right in pairwise(np.clip(np.rint(places), 0, ink.shape[1]).astype(int).tolist()):
        band = ink[top : level[1] + reach, left:right].mean(axis=1)
        if not len(band) or not band.size or right <= left:
            continue
        full = np.flatnonzero(band >= 0.8 * band.max())
        row = top + float(full.mean()) if band.max() > 0.5 else (level[0] + level[1] - 1) / 2
        points.append(((left + right) / 2, row))
    first, last = points[0][1], points[-1][1]
    ends = (max(0.0, places[0] - 3.0), first), (min(ink.shape[1] - 1.0, places[-1] + 3.0), last)
    return Rule((ends[0], *points, ends[1]), float(max(1, thickness)))


def _cleared(flat: Grey, ink: Ink, rules: Rules, cells: Cells) -> CellLine:
    """Take the frames out, with the crumbs that they leave."""
    grey, left = remove_rules(flat, ink, rules)
    near = cv2.dilate(rules.mask().view(np.uint8), np.ones((5, 5), np.uint8)).view(np.bool_)
    _, parts, stats, _ = cv2.connectedComponentsWithStats(left.view(np.uint8), connectivity=8)
    inside = np.bincount(parts.ravel(), weights=near.ravel(), minlength=len(stats))
    crumbs = inside >= 0.7 * stats[:, cv2.CC_STAT_AREA]
    crumbs[0] = False
    left &= ~crumbs[parts]
    edge = cv2.dilate(left.view(np.uint8), np.ones((3, 3), np.uint8)).view(np.bool_)
    return CellLine(np.where(edge, grey, np.uint8(PAPER)), left, cells)
