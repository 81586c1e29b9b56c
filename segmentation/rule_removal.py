"""One rule taken out of a page, with the strokes that cross it or sit on it left whole."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from segmentation.enhance import PAPER, Grey, Ink
from segmentation.geometry import interpolate_baseline
from segmentation.rule_lines import Rule

Bools = npt.NDArray[np.bool_]

_FEWEST_COLUMNS = 20
"""Columns without strokes that are enough to know how dark a rule is."""


def erase_rule(flat: Grey, ink: Ink, rule: Rule) -> None:
    """Turn one lying rule to paper, in place, in the page and in its ink.

    Works on the band of rows around the rule, straightened along it.
    """
    height, width = ink.shape
    xs, ys = np.array(rule.points).T
    columns = np.arange(max(0, math.floor(xs[0])), min(width, math.ceil(xs[-1])))
    half = math.ceil(rule.thickness / 2) + 1
    reach = half + 4
    offsets = np.arange(-reach, reach + 1)
    rows = np.round(np.interp(columns, xs, ys)).astype(int) + offsets[:, None]
    inside = (rows >= 0) & (rows < height)
    rows = np.clip(rows, 0, height - 1)
    band = ink[rows, columns] & inside
    grey = flat[rows, columns]
    stroke = _stroke(band, grey, half, rule.thickness)
    # The soft edges of the strokes and faint ends of them are no part of the rule.
    edges = cv2.dilate(stroke.view(np.uint8), np.ones((3, 7), np.uint8)).view(np.bool_)
    soft = (abs(offsets) <= half + 1)[:, None] & inside & ~edges
    gone = band & ~stroke
    across = np.broadcast_to(columns, rows.shape)
    flat[rows[soft | gone], across[soft | gone]] = PAPER
    ink[rows[gone], across[gone]] = False


def clear_crossing(flat: Grey, ink: Ink, lying: Rule, standing: Rule) -> None:
    """Turn what is left where two erased rules meet to paper, in place.

    Each rule takes the other for a stroke there and leaves it standing.
    """
    (left, _), (right, _) = lying.points[0], lying.points[-1]
    (_, top), (_, bottom) = standing.points[0], standing.points[-1]
    x = interpolate_baseline(standing.turned().points, (lying.points[0][1],))[0]
    y = interpolate_baseline(lying.points, (x,))[0]
    reach = math.ceil(max(lying.thickness, standing.thickness) / 2) + 4
    if not (left - reach <= x <= right + reach and top - reach <= y <= bottom + reach):
        return
    rows = slice(max(0, round(y) - reach), max(0, round(y) + reach + 1))
    columns = slice(max(0, round(x) - reach), max(0, round(x) + reach + 1))
    window = ink[rows, columns]
    if not window.any():
        return
    _, labels, stats, _ = cv2.connectedComponentsWithStats(
        np.ascontiguousarray(window).view(np.uint8), connectivity=8
    )
    inner = np.zeros(len(stats), dtype=np.bool_)
    inner[1:] = True
    inner[np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])] = False
    left_over = inner[labels]
    soft = cv2.dilate(left_over.astype(np.uint8), np.ones((3, 3), np.uint8)).view(np.bool_)
    flat[rows, columns][soft & (left_over | ~window)] = PAPER
    window[left_over] = False


def _stroke(band: Ink, grey: Grey, half: int, thickness: float) -> Ink:
    """Return what of the ink in a straightened band belongs to strokes, not to the rule.

    A stroke leaves the rule above or below it, is taller than the rule, or is darker than the rule
    is elsewhere. Where a clearly darker stroke ends on the rule, it ends with its darkness.
    """
    reach = band.shape[0] // 2
    core = np.zeros_like(band)
    core[reach - half : reach + half + 1] = True
    core &= band
    outside = band & ~core
    above, below = outside[reach - half - 1], outside[reach + half + 1]
    taller = np.ones((round(thickness) + 2, 1), np.uint8)
    tall = cv2.morphologyEx(band.view(np.uint8), cv2.MORPH_OPEN, taller).view(np.bool_)
    inner = tall | (core & (above | below))
    plain = core.any(axis=0) & ~above & ~below
    if np.count_nonzero(plain) >= _FEWEST_COLUMNS:
        darkest = np.where(core, grey, PAPER).min(axis=0)
        usual = float(np.median(darkest[plain]))
        margin = max(20.0, 4 * float(np.median(abs(darkest[plain] - usual))))
        inner |= core & _lasting(darkest < usual - margin)
        pen = np.where(outside, grey, PAPER).min(axis=0)
        ends = (above ^ below) & (pen < usual - margin)
        inner &= ~(ends & core & (grey > (usual + pen) / 2))
    return _without_crumbs(outside | inner, thickness)


def _lasting(columns: Bools) -> Bools:
    """Return the columns in groups of three or more."""
    mask = columns.astype(np.uint8)[None]
    return cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, 3), np.uint8))[0].view(np.bool_)


def _without_crumbs(stroke: Ink, thickness: float) -> Ink:
    """Return the strokes without bits of the rule's rough edge, which hang on to nothing."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(stroke.view(np.uint8), connectivity=8)
    top, height = stats[:, cv2.CC_STAT_TOP], stats[:, cv2.CC_STAT_HEIGHT]
    keep = (height > thickness + 2) | (top == 0) | (top + height == stroke.shape[0])
    keep[0] = False
    return np.asarray(keep[labels])
