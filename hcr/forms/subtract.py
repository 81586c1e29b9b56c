"""Takes the printed matter of the blank out of a filled form, and leaves the writing on it whole.

Ink farther from the blank's print than a scan can be off is writing. On the print itself, ink is
writing where it joins such ink on both sides of a printed line, or where a line is thicker than it
is printed: there a stroke runs along it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from segmentation.enhance import PAPER, Grey, Ink

Ints = npt.NDArray[np.int32]


@dataclass(frozen=True)
class SubtractConfig:
    """What counts as print; lengths in pixels of a form whose longer side has 2000."""

    reach: float = 1.7
    """So far off the blank's print the scan's may lie or spread."""
    bridge: float = 3.4
    """Strokes that are this far apart on both sides of print are one."""
    line: float = 14.0
    """Straight print at least this long is a line, not a letter."""
    thicker: float = 1.7
    """A line is written on where it is this much thicker than usual."""
    speck: float = 8.0
    """Ink left over with a smaller area is dirt."""


def subtract(
    grey: Grey, ink: Ink, printed: Ink, side: int, config: SubtractConfig | None = None
) -> tuple[Grey, Ink]:
    """Return a part of a filled form without the printed matter.

    Parameters
    ----------
    grey
        uint8 (h, w), evenly lit, 255 = paper: the scan laid over the blank.
    ink
        bool (h, w), True = ink of the scan.
    printed
        bool (h, w), True = ink of the blank.
    side
        Longer side in pixels of the whole form at this resolution.
    config
        Defaults where None.

    Returns
    -------
    grey, ink
        New arrays, with what was written only.

    Raises
    ------
    ValueError
        If the three arrays are not of one shape.
    """
    if not grey.shape == ink.shape == printed.shape:
        raise ValueError(f"grey {grey.shape}, ink {ink.shape} and print {printed.shape} differ")
    config = config or SubtractConfig()
    unit = side / 2000
    reach = max(1, round(config.reach * unit))
    near = _dilated(printed, reach)
    off = ink & ~near
    # Beside writing, the print's own edge is no reason to eat into it.
    off |= ink & ~_dilated(printed, 1) & _dilated(off, reach)
    length, thicker = round(config.line * unit), max(1.5, config.thicker * unit)
    along = _beside_lines(ink, printed, off, reach, length, thicker)
    along |= _beside_lines(ink.T, printed.T, off.T, reach, length, thicker).T
    along &= ~_dilated(printed, 1)
    along = ink & _dilated(along, 1)
    written = _touching(off | along, off)
    size = 2 * max(1, round(config.bridge * unit)) + 1
    closed = cv2.morphologyEx(written.view(np.uint8), cv2.MORPH_CLOSE, _disc(size))
    written = _without_specks(written | (closed.view(np.bool_) & ink), config.speck * unit * unit)
    # The soft edges of strokes stay, those of the print go.
    print_only = _dilated(printed | (ink & ~written), reach) & ~_dilated(written, 1)
    left = np.where(print_only | (near & ~_dilated(written, 1)), PAPER, grey).astype(np.uint8)
    return left, written


def print_shown(ink: Ink, printed: Ink, side: int, config: SubtractConfig | None = None) -> float:
    """Return the share of the blank's print, 0 to 1, that is inked in the scan; 1 without print.

    Parameters
    ----------
    ink, printed, side, config
        As for `subtract`.
    """
    config = config or SubtractConfig()
    if not printed.any():
        return 1.0
    reach = max(1, round(config.reach * side / 2000))
    return float(_dilated(ink, reach)[printed].mean())


def _beside_lines(ink: Ink, printed: Ink, off: Ink, reach: int, length: int, thicker: float) -> Ink:
    """Return the ink on and beside lying printed lines where strokes run along or across them."""
    mask = np.ascontiguousarray(printed).view(np.uint8)
    lines = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, length), np.uint8)).view(np.bool_)
    standing = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    beside = cv2.dilate(standing, np.ones((1, 2 * reach + 3), np.uint8)).view(np.bool_)
    lines &= ink & ~beside
    excess = np.where(lines, _run_lengths(ink) - _run_lengths(printed), 0)
    tall = np.ones((2 * reach + 3, 3), np.uint8)
    company = cv2.dilate(np.ascontiguousarray(off).view(np.uint8), tall).view(np.bool_)
    plain = excess[lines & ~company]
    usual = float(np.median(plain)) if len(plain) else 1.0
    thick = (lines & (excess >= usual + thicker)).view(np.uint8)
    thick = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, 3), np.uint8))
    spread = cv2.dilate(thick, np.ones((4 * reach + 1, 1), np.uint8)).view(np.bool_)
    return np.asarray(spread & ink)


def _run_lengths(mask: Ink) -> Ints:
    """Return for each True how many there are on end above and below it, itself included."""
    turned = np.zeros((mask.shape[1], mask.shape[0] + 2), np.int8)
    turned[:, 1:-1] = mask.T
    edges = np.diff(turned.ravel())
    starts, ends = np.flatnonzero(edges == 1) + 1, np.flatnonzero(edges == -1) + 1
    lengths = np.zeros(turned.size, np.int32)
    lengths[turned.ravel() == 1] = np.repeat(ends - starts, ends - starts)
    return np.ascontiguousarray(lengths.reshape(turned.shape)[:, 1:-1].T)


def _touching(mask: Ink, seeds: Ink) -> Ink:
    """Return the connected parts of `mask` that hold one of the seeds."""
    count, labels = cv2.connectedComponents(mask.view(np.uint8), connectivity=8)
    keep = np.zeros(count, dtype=np.bool_)
    keep[labels[seeds & mask]] = True
    keep[0] = False
    return np.asarray(keep[labels])


def _without_specks(mask: Ink, area: float) -> Ink:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    keep = stats[:count, cv2.CC_STAT_AREA] >= area
    keep[0] = False
    return np.asarray(keep[labels])


def _dilated(mask: Ink, reach: int) -> Ink:
    grown = cv2.dilate(np.ascontiguousarray(mask).view(np.uint8), _disc(2 * reach + 1))
    return np.asarray(grown.view(np.bool_))


def _disc(size: int) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)
