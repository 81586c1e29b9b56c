"""Long thin lines near the horizontal, solid, dotted or interrupted, traced through the ink."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from segmentation.enhance import Ink
from segmentation.geometry import Point, Points
from segmentation.rule_spacing import missing_lines

Ints = npt.NDArray[np.intp]
Mask = npt.NDArray[np.uint8]
Singles = npt.NDArray[np.float32]


@dataclass(frozen=True)
class RulesConfig:
    """What counts as a rule; lengths are shares of the page along the rule."""

    thickest: float = 1 / 550
    """Thickest rule, as a share of the page's longer side (0.5 mm on A4)."""
    thickest_frame: float = 1 / 330
    """Thickest bar of a frame; a closed frame is proof enough to look for thicker ink."""
    shortest_frame: float = 1 / 90
    """Shortest bar of a frame, as a share of the page's longer side (3 mm on A4)."""
    slope: float = 0.06
    """Steepest rule looked for, as rise over run."""
    strips: int = 32
    """The page is looked at in this many strips across the rules."""
    certain: float = 0.34
    """Covered share of the page that makes a rule."""
    likely: float = 0.2
    """Covered share that makes a rule where others run parallel."""
    parallel: float = 0.003
    """Rules whose slopes differ by no more than this are parallel."""
    visible: float = 0.1
    """Share of the page on which a rule must be seen between the letters."""
    expected: float = 0.03
    """The same for a rule that the even spacing of the others foretells."""
    agreement: float = 0.6
    """Share of the lone ink near a rule that must lie on it; foretold rules need 0.1 less."""
    shortest: float = 0.12
    """A single line this long is a rule if it is straight and solid; shorter ones stay."""


@dataclass(frozen=True)
class Rule:
    """One rule: its middle as a polyline (left to right or top down) and its width in pixels."""

    points: Points
    thickness: float

    def turned(self) -> Rule:
        """Return the rule with x and y exchanged."""
        return Rule(tuple((y, x) for x, y in self.points), self.thickness)


@dataclass(frozen=True)
class ThinInk:
    """The ink of a page, 0 and 1: no taller than a rule (column by column), and the rest."""

    thin: Mask
    tall: Mask
    thickest: int

    @classmethod
    def of(cls, ink: Ink, share: float) -> ThinInk:
        """Split the ink of a page; `share` of its longer side is the thickest rule."""
        thickest = max(3, round(max(ink.shape) * share))
        mask = ink.view(np.uint8)
        kernel = np.ones((thickest + 1, 1), np.uint8)
        tall: Mask = np.asarray(
            cv2.morphologyEx(
                mask, cv2.MORPH_OPEN, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0
            ),
            dtype=np.uint8,
        )
        return cls(mask - tall, tall, thickest)


def find_lying(ink: ThinInk, config: RulesConfig) -> list[Rule]:
    """Return the long rules that run from left to right, in no particular order."""
    height, width = ink.thin.shape
    step = math.ceil(width / config.strips)
    if height < 8 * ink.thickest or step < 4 * ink.thickest:
        return []
    taken = np.zeros((height, width), dtype=np.uint8)
    rules: list[Rule] = []

    def accept(rule: Rule | None) -> None:
        if rule is None:
            return
        corners = np.clip(np.round(rule.points).astype(np.int32), 0, (width - 1, height - 1))
        if taken[corners[:, 1], corners[:, 0]].mean() < 0.5:
            cv2.polylines(taken, [corners], False, 1, 2 * ink.thickest + 1)
            rules.append(rule)

    for y, slope in _lines(_evidence(ink, step), step, config):
        accept(_trace(ink, y, slope, step, config.visible, config.agreement))
    wide = [rule for rule in rules if rule.points[-1][0] - rule.points[0][0] > width / 3]
    for y, slope in missing_lines([_fit(rule) for rule in wide], width):
        accept(_trace(ink, y, slope, step, config.expected, config.agreement - 0.1))
    for y, slope, first, last in _solid_pieces(ink, config):
        middle = (first + last) // 2
        if not taken[min(max(round(y + slope * middle), 0), height - 1), middle]:
            accept(_trace(ink, y, slope, step, 0.8, config.agreement, first, last))
    return rules


def _evidence(ink: ThinInk, step: int) -> Singles:
    """Return for each row and strip the share covered by long runs of thin ink, 0 to 1.

    Gaps of dotted rules are closed first. Columns hidden by tall ink do not count against a rule;
    what the rows a little above and below show as well is writing, and is taken off.
    """
    height, width = ink.thin.shape
    count = math.ceil(width / step)
    gap = 3 * ink.thickest + 1
    thick = cv2.dilate(ink.thin, np.ones((3, 1), np.uint8))
    framed = cv2.copyMakeBorder(thick, 0, 0, gap, gap, cv2.BORDER_CONSTANT, value=0)
    closed = cv2.morphologyEx(framed, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))[:, gap:-gap]
    runs = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, 8 * ink.thickest), np.uint8))

    def cover(part: npt.NDArray[Any]) -> Singles:
        padded = cv2.copyMakeBorder(part, 0, 0, 0, count * step - width, cv2.BORDER_CONSTANT)
        share = cv2.resize(padded * 255, (count, height), interpolation=cv2.INTER_AREA)
        return np.asarray(share, dtype=np.float32) / np.float32(255)

    lying, away = cover(runs), ink.thickest + 3
    padded = np.pad(lying, ((away, away), (0, 0)))
    beside = np.maximum(padded[: -2 * away], padded[2 * away :])
    seen = np.maximum(1 - cover(ink.tall), 0.4)
    share: Singles = np.clip((lying - beside) / seen, 0, 1, dtype=np.float32)
    return share


def _lines(evidence: Singles, step: int, config: RulesConfig) -> list[tuple[float, float]]:
    """Return (row at the left edge, slope) of the straight lines of a page, best first."""
    height, count = evidence.shape
    middles = (np.arange(count) + 0.5) * step
    centre = float(middles.mean())
    reach = config.slope * step * count
    best, slope_of = np.zeros(height, np.float32), np.zeros(height)
    strips = np.ascontiguousarray(evidence.T)
    for slope in np.arange(-reach, reach + 1, 2.0) / (step * count):
        total = _sheared_sum(strips, np.round((middles - centre) * slope).astype(int)) / count
        better = total > best
        best[better], slope_of[better] = total[better], slope
    around = cv2.dilate(best.reshape(-1, 1), np.ones((13, 1), np.uint8))[:, 0]
    rows = np.flatnonzero((best >= config.likely) & (best >= around))
    certain = rows[best[rows] >= config.certain]
    kept: list[tuple[float, float]] = []
    for row in rows[np.argsort(-best[rows])]:
        near = slope_of[certain[np.argsort(abs(certain - row))[:8]]]
        parallel = len(near) >= 3 and abs(slope_of[row] - np.median(near)) <= config.parallel
        if best[row] >= config.certain or parallel:
            slope = float(slope_of[row])
            kept.append((float(row - centre * slope), slope))
    return kept


def _sheared_sum(strips: Singles, shifts: Ints) -> Singles:
    """Return the sum of the strips, each moved up by its shift."""
    height = strips.shape[1]
    total = np.zeros(height, np.float32)
    for strip, shift in zip(strips, shifts, strict=True):
        # On a long low strip of paper a slope leads out of the image.
        if abs(shift) >= height:
            continue
        if shift >= 0:
            total[: height - shift] += strip[shift:]
        else:
            total[-shift:] += strip[: height + shift]
    return total


def _trace(
    ink: ThinInk,
    y: float,
    slope: float,
    step: int,
    visible: float,
    agreement: float,
    first: int = 0,
    last: int | None = None,
) -> Rule | None:
    """Return the rule near a straight line, or None where it is writing after all.

    Only lone ink bears witness: thin runs that are the only ink of their column far and wide, as a
    rule is between letters. `visible` is the share of the columns `first` to `last` that must show
    the rule in this way, `agreement` the share of such ink that must follow one path.
    """
    height, width = ink.thin.shape
    columns = np.arange(first, width if last is None else last)
    reach, far = ink.thickest + 4, 3 * ink.thickest
    offsets = np.arange(-far, far + 1)
    rows = np.round(y + slope * columns).astype(int) + offsets[:, None]
    outside = (rows < 0) | (rows >= height)
    rows = np.clip(rows, 0, height - 1)
    thin, tall = ink.thin[rows, columns], ink.tall[rows, columns]
    thin[outside] = tall[outside] = 0
    amount = thin.sum(axis=0, dtype=np.intp)
    extent = offsets[::-1][thin[::-1].argmax(axis=0)] - offsets[thin.argmax(axis=0)] + 1
    centre = (thin * offsets[:, None]).sum(axis=0) / np.maximum(amount, 1)
    centre = np.round(centre).astype(np.intp)
    lone = (amount > 0) & (extent == amount) & (abs(centre) <= reach) & ~tall.any(axis=0)
    strips = (columns - first) // step
    path = _best_path(strips[lone], centre[lone], reach, int(strips[-1]) + 1)
    near = lone & (abs(centre - path[strips]) <= 1)
    hidden = tall[far - reach : far + reach + 1].any(axis=0)
    enough = max(visible * len(columns), min(visible, 0.15) * np.count_nonzero(~hidden))
    if near.sum() < enough or near.sum() < agreement * lone.sum():
        return None
    seen = np.flatnonzero(near)
    used = np.arange(strips[seen[0]], strips[seen[-1]] + 1)
    xs = first + np.clip((used + 0.5) * step, seen[0], seen[-1] + 1)
    xs = np.unique(np.concatenate([[first + seen[0]], xs, [first + seen[-1] + 1]]))
    ys = y + slope * xs + np.interp(xs, first + (used + 0.5) * step, path[used])
    points = [(float(a), float(b)) for a, b in zip(xs, ys, strict=True)]
    points[:0] = _continued(ink, points[0], slope, -step // 2)
    points += _continued(ink, points[-1], slope, step // 2)
    return Rule(tuple(points), float(amount[near].mean()))


def _continued(ink: ThinInk, end: Point, slope: float, step: int) -> list[Point]:
    """Return the point up to which unbroken ink leads a rule on under the writing, if any."""
    height, width = ink.thin.shape
    x, y = end
    while 0 <= x + step <= width:
        columns = np.arange(int(x), int(x) + step, 1 if step > 0 else -1)
        columns = columns[(columns >= 0) & (columns < width)]
        rows = np.round(y + slope * (columns - x)).astype(int) + np.arange(-1, 2)[:, None]
        rows = np.clip(rows, 0, height - 1)
        inked = (ink.thin[rows, columns] | ink.tall[rows, columns]).any(axis=0)
        if inked.mean() < 0.95:
            break
        x, y = x + step, y + slope * step
    return [(x, y)] if x != end[0] else []


def _best_path(strips: Ints, offsets: Ints, reach: int, count: int) -> Ints:
    """Return for each strip the offset that most runs agree on, changing slowly (Viterbi 1967)."""
    votes = np.zeros((count, 2 * reach + 1))
    np.add.at(votes, (strips, offsets + reach), 1.0)
    votes[:, 1:-1] += 0.5 * (votes[:, 2:] + votes[:, :-2])
    votes = np.minimum(votes, 10.0)  # no strip outvotes its neighbours
    places = np.arange(2 * reach + 1)
    cost = 2.0 * abs(places[:, None] - places)
    total, back = votes[0], []
    for vote in votes[1:]:
        options = total - cost
        back.append(options.argmax(axis=1))
        total = options.max(axis=1) + vote
    path = [int(total.argmax())]
    for choice in reversed(back):
        path.append(int(choice[path[-1]]))
    return np.array(path[::-1]) - reach


def _fit(rule: Rule) -> tuple[float, float]:
    """Return the row at the left edge and the slope of the straight line through a rule."""
    xs, ys = np.array(rule.points).T
    slope, y = np.polyfit(xs, ys, 1)
    return float(y), float(slope)


def _solid_pieces(ink: ThinInk, config: RulesConfig) -> list[tuple[float, float, int, int]]:
    """Return (row at the left edge, slope, first and last column) of straight solid lines."""
    shortest = config.shortest * ink.thin.shape[1]
    length = max(6 * ink.thickest, round(0.4 * shortest))
    thick = cv2.dilate(ink.thin, np.ones((3, 1), np.uint8))
    runs = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    contours, _ = cv2.findContours(runs, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    pieces = []
    for contour in contours:
        left, _, wide, tall = cv2.boundingRect(contour)
        if wide < shortest or tall > 2 * ink.thickest + 2:
            continue
        xs, ys = contour[:, 0].T
        slope, y = np.polyfit(xs, ys, 1)
        if np.quantile(abs(ys - y - slope * xs), 0.9) <= ink.thickest:
            pieces.append((float(y), float(slope), left, left + wide))
    return pieces
