"""The places to write on a blank form: rows of boxes, combs, tick boxes, frames, writing lines."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from segmentation.enhance import Ink
from segmentation.geometry import Box, true_runs
from segmentation.rules import find_rules

Kind = Literal["boxes", "comb", "tick", "frame", "line"]

_SHORTEST = 0.009
"""Shortest side of a frame, as a share of the page's longer side (2.7 mm on A4)."""
_SHORTEST_LINE = 0.05
"""Shortest line to write on, the same way (15 mm)."""
_LARGEST_TICK = 0.025
"""Longest side of a tick box, the same way (7 mm)."""
_HIGHEST = 0.035
"""Most room that a line of writing takes up, the same way (10 mm)."""
_LEAST_ROOM = 0.018
"""Less paper than this above a line is not written on."""
_FULL = 0.5
"""A frame across so much of which print stands at half its height is a heading."""
_RECTANGLE = 0.85
"""Share of its bounding box that a frame fills; teeth of combs stand in it."""
_SHARP = 0.94
"""The same for small frames, in which no teeth stand: round letters fill less."""
_BESIDE = 0.3
"""Share of a line beside which there may be other print."""
_ALIKE = 0.25
"""Cells of a row differ in width and height by no more than this share."""


@dataclass(frozen=True)
class Place:
    """A place to write.

    Attributes
    ----------
    kind
        ``boxes`` and ``comb`` take a character in each cell, ``tick`` a tick, ``frame`` and
        ``line`` free writing.
    box
        What is within the frame, or above the line, in pixels.
    cells
        Of boxes and combs, from left to right.
    """

    kind: Kind
    box: Box
    cells: tuple[Box, ...] = ()


def find_places(ink: Ink) -> list[Place]:
    """Return the places to write on a blank form, from top to bottom and left to right.

    Parameters
    ----------
    ink
        bool (h, w), True = print, level to within a degree.
    """
    side = max(ink.shape)
    shortest = max(5, round(_SHORTEST * side))
    lying = _opened(ink, (1, shortest))
    standing = _opened(ink, (shortest, 1))
    lines = lying | standing
    frames = _frames(lines, shortest)
    # The rough ends of lines are no letters.
    near = cv2.dilate(lines.view(np.uint8), np.ones((7, 7), np.uint8)).view(np.bool_)
    empty = [box for box in frames if not _is_heading(_inside(ink & ~near, box))]
    places = _rows(empty, ink, round(_LARGEST_TICK * side))
    taken = np.zeros_like(ink)
    for frame in frames:
        around = max(3, round(0.003 * side))
        rows = slice(max(0, frame.top - around), frame.bottom + around)
        taken[rows, max(0, frame.left - around) : frame.right + around] = True
    places += _on_lines(ink, lying & ~taken, taken, round(_SHORTEST_LINE * side))
    return reading_order(places)


def reading_order(places: list[Place]) -> list[Place]:
    """Return places row by row: those whose middles lie within the height of the row's first."""
    left = sorted(places, key=lambda place: (place.box.top, place.box.left))
    ordered: list[Place] = []
    while left:
        first = left[0].box
        row = [
            place for place in left if place.box.top + place.box.height / 2 <= max(first.bottom, 1)
        ]
        row = row or left[:1]
        ordered += sorted(row, key=lambda place: place.box.left)
        left = [place for place in left if place not in row]
    return ordered


def find_bars(printed: Ink, shortest: int) -> list[float]:
    """Return the columns of the upright bars at least `shortest` pixels long, left to right.

    Parameters
    ----------
    printed
        bool (h, w), True = print.
    """
    upright = _opened(printed, (shortest, 1))
    return _middles(upright.any(axis=0))


def _frames(lines: Ink, shortest: int) -> list[Box]:
    """Return the rectangles of paper that lines enclose on all sides."""
    walls = cv2.dilate(lines.view(np.uint8), np.ones((3, 3), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(1 - walls, connectivity=4)
    height, width = lines.shape
    frames = []
    for left, top, wide, high, area in stats[1:].tolist():
        at_border = left == 0 or top == 0 or left + wide == width or top + high == height
        filled = _SHARP if max(wide, high) < 3 * shortest else _RECTANGLE
        if at_border or min(wide, high) < shortest - 2 or area < filled * wide * high:
            continue
        frames.append(Box(left - 1, top - 1, left + wide + 1, top + high + 1))
    return frames


def _inside(ink: Ink, box: Box) -> Ink:
    return ink[box.top + 2 : box.bottom - 2, box.left + 2 : box.right - 2]


def _is_heading(ink: Ink) -> bool:
    """Tell a frame that is full of print from one that has a caption in a corner at most."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return False
    middle = (rows[0] + rows[-1] + 1) / 2 / ink.shape[0]
    return bool(np.ptp(columns) + 1 >= _FULL * ink.shape[1] and 0.3 < middle < 0.7)


def _rows(frames: list[Box], ink: Ink, largest_tick: int) -> list[Place]:
    """Join frames that stand side by side to rows of boxes; tell the others apart."""
    places = []
    left = sorted(frames, key=lambda box: (box.left, box.top))
    while left:
        row = [left.pop(0)]
        while (
            following := next((box for box in left if _follows(row[-1], box)), None)
        ) is not None:
            left.remove(following)
            row.append(following)
        box = row[0].union(row[-1])
        teeth = _teeth(ink, box) if len(row) == 1 else []
        if len(row) > 1:
            places.append(Place("boxes", box, tuple(row)))
        elif teeth:
            places.append(Place("comb", box, _between(teeth, box)))
        elif max(box.width, box.height) <= largest_tick and 0.7 < box.width / box.height < 1.4:
            places.append(Place("tick", box))
        else:
            places.append(Place("frame", box))
    return places


def _follows(box: Box, other: Box) -> bool:
    """Tell whether another frame is the next cell of a row: as large, level and near."""
    return (
        abs(other.width - box.width) <= _ALIKE * box.width
        and abs(other.height - box.height) <= _ALIKE * box.height
        and abs(other.top - box.top) <= _ALIKE * box.height
        and -3 <= other.left - box.right <= 0.6 * box.width
        and box.width <= 2 * box.height
    )


def _teeth(ink: Ink, box: Box) -> list[float]:
    """Return the teeth that stand evenly on the lower edge of a frame, or nothing."""
    length = max(3, box.height // 6)
    inset = max(2, box.height // 10)
    low = ink[box.bottom - length - 1 : box.bottom - 1, box.left + inset : box.right - inset]
    teeth = [box.left + inset + middle for middle in _middles(low.all(axis=0))]
    gaps = np.diff([box.left, *teeth, box.right])
    is_even = len(teeth) >= 2 and np.ptp(gaps) <= _ALIKE * float(np.median(gaps))
    return teeth if is_even else []


def _between(teeth: list[float], box: Box) -> tuple[Box, ...]:
    edges = [box.left, *(round(tooth) for tooth in teeth), box.right]
    return tuple(Box(left, box.top, right, box.bottom) for left, right in pairwise(edges))


def _on_lines(ink: Ink, lying: Ink, taken: Ink, shortest: int) -> list[Place]:
    """Return the open combs and the lines to write on."""
    places = []
    for line in _lines(ink, lying, taken, shortest):
        teeth = _standing_teeth(ink, line)
        side = max(ink.shape)
        room = _room(ink, line, round(_HIGHEST * side))
        if teeth:
            pitch = float(np.median(np.diff(teeth)))
            top = max(0, line.top - round(min(1.25 * pitch, _HIGHEST * side)))
            box = Box(round(teeth[0]), top, round(teeth[-1]), line.bottom)
            places.append(Place("comb", box, _between(teeth[1:-1], box)))
        elif room >= _LEAST_ROOM * side:
            places.append(Place("line", Box(line.left, line.top - room, line.right, line.bottom)))
    return places


def _lines(ink: Ink, lying: Ink, taken: Ink, shortest: int) -> list[Box]:
    """Return the boxes of lines, solid ones and dotted ones, that are no part of a frame."""
    joined = cv2.morphologyEx(
        lying.view(np.uint8), cv2.MORPH_CLOSE, np.ones((3, shortest // 8), np.uint8)
    )
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    boxes = [
        Box(int(left), int(top), int(left + wide), int(top + high))
        for left, top, wide, high, _ in stats[1:]
        if wide >= shortest and high <= max(3, wide // 20)
    ]
    for rule in find_rules(ink).horizontal:
        ends = Box.around(rule.points)
        half = max(1, round(rule.thickness / 2))
        box = Box(max(0, ends.left), max(0, ends.top - half), ends.right, ends.bottom + half)
        row = min((ends.top + ends.bottom) // 2, ink.shape[0] - 1)
        near = any(abs(box.top - other.top) <= 4 * half + 2 for other in boxes)
        framed = taken[row, box.left : box.right].mean() > 0.1
        if box.width >= shortest and not near and not framed and _is_alone(ink, box):
            boxes.append(box)
    return boxes


def _is_alone(ink: Ink, line: Box) -> bool:
    """Tell a line from small print, which the rows just above and below it belong to as well."""
    columns = slice(line.left, line.right)
    reach = max(2, line.height)
    above = ink[max(0, line.top - reach) : line.top, columns].any(axis=0)
    below = ink[line.bottom : line.bottom + reach, columns].any(axis=0)
    return float(max(above.mean(), below.mean())) < _BESIDE


def _standing_teeth(ink: Ink, line: Box) -> list[float]:
    """Return the evenly spaced bars that stand on a line, from end to end; or nothing."""
    length = max(4, round(0.004 * max(ink.shape)))
    reach = max(2, line.height)
    columns = slice(max(0, line.left - reach), line.right + reach)
    above = ink[max(0, line.top - length) : line.top, columns]
    bars = [columns.start + middle for middle in _middles(above.all(axis=0))]
    if len(bars) < 3:
        return []
    gaps = np.diff(bars)
    pitch = float(np.median(gaps))
    at_ends = bars[0] - line.left <= pitch / 2 and line.right - bars[-1] <= pitch / 2
    return bars if at_ends and np.ptp(gaps) <= _ALIKE * pitch else []


def _room(ink: Ink, line: Box, most: int) -> int:
    """Return how many rows above a line are free of print, up to `most`."""
    gap = max(2, line.height)  # its own rough edge
    bottom = max(0, line.top - gap)
    busy = np.flatnonzero(ink[max(0, bottom - most) : bottom, line.left : line.right].any(axis=1))
    free = min(most, bottom) - (int(busy[-1]) + 1 if len(busy) else 0)
    return free + gap if free > 0 else 0


def _opened(ink: Ink, kernel: tuple[int, int]) -> Ink:
    """Return the straight pieces of ink that hold the kernel, (rows, columns)."""
    mask = np.ascontiguousarray(ink).view(np.uint8)
    opened = cv2.morphologyEx(
        mask, cv2.MORPH_OPEN, np.ones(kernel, np.uint8), borderType=cv2.BORDER_CONSTANT
    )
    return np.asarray(opened).view(np.bool_)


def _middles(flags: npt.NDArray[np.bool_] | np.bool_) -> list[float]:
    """Return the middle of each stretch of True, in places of their array (n,)."""
    return [(first + end - 1) / 2 for first, end in true_runs(np.asarray(flags))]
