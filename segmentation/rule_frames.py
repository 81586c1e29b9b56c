"""Boxes and combs of forms: short straight bars that close a frame, told from letters by that."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from segmentation.rule_lines import Rule, ThinInk

Ints = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

_SOLID = 0.95
"""Share of a bar that is ink; strokes across it are ink as well."""

_TEETH = 5
"""Upright bars of a comb that is open at the top; fewer may be letters."""


@dataclass(frozen=True)
class Bar:
    """A straight bar along one axis: from `start` to `end`, at `level` on the other axis."""

    start: float
    end: float
    level: float
    thickness: float
    certain: bool = False
    """A long rule, which needs no frame to prove it."""

    @classmethod
    def of(cls, rule: Rule) -> Bar:
        """Return a lying rule as a bar."""
        xs, ys = np.array(rule.points).T
        return cls(float(xs[0]), float(xs[-1]), float(np.median(ys)), rule.thickness, True)


def find_frames(
    lying: ThinInk,
    standing: ThinInk,
    horizontal: list[Rule],
    vertical: list[Rule],
    shortest: int,
) -> tuple[list[Rule], list[Rule]]:
    """Return the horizontal and vertical bars of frames that are not among the long rules.

    Parameters
    ----------
    lying, standing
        The thin ink of the page, and of the page with x and y exchanged.
    horizontal, vertical
        Long rules, the vertical ones with x and y exchanged.
    shortest
        Shortest bar looked for, in pixels.

    Notes
    -----
    All short bars are assumed to belong to frames; those that end in the open are struck out until
    nothing changes. The bar of an H or the stem of an l does not survive this, a box does.
    """
    tolerance = max(3, round(lying.thickest * 0.6))
    across = [Bar.of(rule) for rule in horizontal]
    across += _new_bars(lying, across, shortest)
    upright = [Bar.of(rule) for rule in vertical]
    upright += _new_bars(standing, upright, shortest)
    keep_across = np.ones(len(across), dtype=np.bool_)
    keep_upright = np.ones(len(upright), dtype=np.bool_)
    tops, bottoms = _touching(upright, across, tolerance)
    lefts, rights = _touching(across, upright, tolerance)
    while True:
        before = keep_across.sum() + keep_upright.sum()
        closed = (lefts & keep_upright).any(axis=1) & (rights & keep_upright).any(axis=1)
        keep_across &= closed | _certain(across)
        framed = _framed(upright, across, tops & keep_across, bottoms & keep_across, tolerance)
        keep_upright &= framed | _certain(upright)
        if keep_across.sum() + keep_upright.sum() == before:
            break
    return (
        [
            _rule(bar)
            for bar, kept in zip(across, keep_across, strict=True)
            if kept and not bar.certain
        ],
        [
            _rule(bar)
            for bar, kept in zip(upright, keep_upright, strict=True)
            if kept and not bar.certain
        ],
    )


def _rule(bar: Bar) -> Rule:
    """Return the bar as a rule; its rounded ends reach a pixel further."""
    return Rule(((bar.start - 1, bar.level), (bar.end + 1, bar.level)), bar.thickness)


def _certain(bars: list[Bar]) -> Bools:
    return np.array([bar.certain for bar in bars], dtype=np.bool_)


def _new_bars(ink: ThinInk, known: list[Bar], shortest: int) -> list[Bar]:
    """Return the straight pieces of thin ink that are not part of a known bar."""
    gap = ink.thickest + 2
    thick = cv2.dilate(ink.thin, np.ones((3, 1), np.uint8))
    joined = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    runs = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, shortest), np.uint8))
    contours, _ = cv2.findContours(runs, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    bars = []
    for contour in contours:
        left, top, width, height = cv2.boundingRect(contour)
        if height > ink.thickest + 3 + 0.02 * width:
            continue
        level = top + (height - 1) / 2
        if _inked(ink, left, left + width, level) < _SOLID:
            continue
        near = [bar for bar in known if abs(bar.level - level) <= 2 * ink.thickest]
        if any(bar.start - gap <= left and left + width <= bar.end + gap for bar in near):
            continue
        bars.append(Bar(float(left), float(left + width), level, max(1.0, height - 2.0)))
    return bars


def _inked(ink: ThinInk, start: int, end: int, level: float) -> float:
    """Return the share of the columns that hold ink at `level` or a pixel beside it."""
    row = round(level)
    around = slice(max(0, row - 1), row + 2), slice(start, end)
    return float((ink.thin[around] | ink.tall[around]).any(axis=0).mean())


def _touching(bars: list[Bar], others: list[Bar], tolerance: float) -> tuple[Bools, Bools]:
    """Return which bars' starts and which bars' ends touch which crossing bars."""
    start, end, level, thickness = _columns(bars)
    other_start, other_end, other_level, other_thickness = _columns(others)
    aside = tolerance + thickness.T / 2
    along = (other_start - aside <= level.T) & (other_end + aside >= level.T)
    at_start = abs(other_level - start.T) <= tolerance + other_thickness / 2
    at_end = abs(other_level - end.T) <= tolerance + other_thickness / 2
    return along & at_start, along & at_end


def _columns(bars: list[Bar]) -> npt.NDArray[np.float64]:
    values = [(bar.start, bar.end, bar.level, bar.thickness) for bar in bars]
    return np.array(values, dtype=np.float64).reshape(-1, 4).T[:, None]


def _framed(
    upright: list[Bar], across: list[Bar], tops: Bools, bottoms: Bools, tolerance: float
) -> Bools:
    """Return which upright bars stand in a box or a comb."""
    framed = np.zeros(len(upright), dtype=np.bool_)
    for below in np.flatnonzero(bottoms.any(axis=0)):
        standing = np.flatnonzero(bottoms[:, below])
        for members in _level_groups(upright, standing, tolerance):
            framed[members] |= _is_comb(upright, members, tolerance)
        for above in np.flatnonzero(tops[standing].any(axis=0)):
            members = standing[tops[standing, above]]
            corners = [
                _has_corner(across[bar], upright, members, tolerance) for bar in (above, below)
            ]
            framed[members] |= above != below and len(members) >= 2 and all(corners)
    return framed


def _has_corner(bar: Bar, upright: list[Bar], members: Ints, tolerance: float) -> bool:
    """Return whether one of the members stands at an end of the bar."""
    levels = np.array([upright[member].level for member in members])
    return bool(
        (abs(levels - bar.start) <= tolerance).any() or (abs(levels - bar.end) <= tolerance).any()
    )


def _level_groups(upright: list[Bar], standing: Ints, tolerance: float) -> list[Ints]:
    """Return the bars in groups that begin at one height."""
    starts = np.array([upright[index].start for index in standing])
    order = np.argsort(starts)
    return np.split(standing[order], np.flatnonzero(np.diff(starts[order]) > tolerance) + 1)


def _is_comb(upright: list[Bar], members: Ints, tolerance: float) -> bool:
    """Return whether the bars are as many and as evenly spaced as the teeth of a comb."""
    if len(members) < _TEETH:
        return False
    gaps = np.diff(sorted(upright[member].level for member in members))
    return bool(abs(gaps - np.median(gaps)).max() <= tolerance)
