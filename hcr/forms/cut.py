"""Cuts the fields out of a scan that lies over its blank, with the printed matter taken out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from hcr.forms.picture import FieldPicture
from hcr.forms.register import Blank, Registered
from hcr.forms.subtract import print_shown, subtract
from hcr.forms.template import Field, RelativeBox
from segmentation.enhance import PAPER, Ink, binarize
from segmentation.frames import find_bars
from segmentation.geometry import Box

Pixel = TypeVar("Pixel", np.uint8, np.bool_)

_MARGIN = 0.4
"""Writing overshoots a field by up to this share of its height."""
_TICK_MARGIN = 0.8
"""Ticks overshoot their box by up to this share of its height."""
_SHOWN = 0.5
"""Of the print around a field so much must be seen, or the scan does not show the field."""
_ALIKE = 1.4
"""The widest cell of a row is at most so many times the narrowest."""


@dataclass(frozen=True)
class CutField:
    """A field cut out of a scan.

    Attributes
    ----------
    picture
        What was written.
    shown
        Whether the scan shows that part of the form: a torn corner does not.
    """

    picture: FieldPicture
    shown: bool


class Cutter:
    """Cuts fields out of scans of one form.

    Parameters
    ----------
    blank
        The form.
    """

    def __init__(self, blank: Blank) -> None:
        self._blank = blank
        # Scans come in a few sizes only, see `register`.
        self._printed = lru_cache(maxsize=3)(self._print_at)

    def cut(self, registered: Registered, field: Field) -> CutField:
        """Cut a field out of a scan.

        Parameters
        ----------
        registered
            The scan laid over the blank.
        field
            Of the blank's template.
        """
        printed = self._printed(registered.grey.shape)
        shape, side = printed.shape, max(printed.shape)
        box = pixels(field.box, shape)
        margin = _margin(field, box, shape)
        # Beyond the picture's edge there is print, too, that its own print is part of.
        context = margin + max(8, side // 100)
        grey = _window(registered.grey, box, context, PAPER)
        ink = _window(registered.ink, box, context, False)
        print_here = _window(printed, box, context, False)
        shown = print_shown(ink, print_here, side) >= _SHOWN
        grey, ink = subtract(grey, ink, print_here, side)
        trim = slice(context - margin, margin - context)
        cells = find_cells(_window(printed, box, 0, False), field)
        options = tuple(pixels(option.box, shape) for option in field.options)
        picture = FieldPicture(
            np.ascontiguousarray(grey[trim, trim]),
            np.ascontiguousarray(ink[trim, trim]),
            tuple(_moved(cell, margin, margin) for cell in cells),
            tuple(_moved(option, margin - box.left, margin - box.top) for option in options),
            margin,
        )
        return CutField(picture, shown)

    def _print_at(self, shape: tuple[int, ...]) -> Ink:
        """Return the ink of the blank at a size."""
        grey = self._blank.grey
        if grey.shape != shape:
            method = cv2.INTER_AREA if shape[0] < grey.shape[0] else cv2.INTER_CUBIC
            resized = cv2.resize(grey, (shape[1], shape[0]), interpolation=method)
            grey = np.asarray(resized, np.uint8)
        return binarize(grey)


def pixels(box: RelativeBox, shape: tuple[int, ...]) -> Box:
    """Return a box relative to an image of a shape (height, width, ...) in whole pixels."""
    height, width = shape[:2]
    left, top = min(round(box[0] * width), width - 1), min(round(box[1] * height), height - 1)
    return Box(
        left, top, max(left + 1, round(box[2] * width)), max(top + 1, round(box[3] * height))
    )


def find_cells(printed: Ink, field: Field) -> tuple[Box, ...]:
    """Return the cells of a field of boxes or a comb.

    Where the print has them they are taken from it: boxes may stand apart or in groups. Else the
    field is divided evenly.

    Parameters
    ----------
    printed
        bool (h, w): the blank's print within the field's box.
    field
        Whose cells are looked for.
    """
    if not field.cells:
        return ()
    height, width = printed.shape
    gaps = sorted(pairwise(_bars(printed)), key=lambda gap: gap[1] - gap[0])
    # The cells are the gaps most alike; what lies between boxes is narrower or wider.
    runs = [gaps[first : first + field.cells] for first in range(len(gaps) - field.cells + 1)]
    cells = min(runs, key=_unlikeness, default=[])
    if not cells or _unlikeness(cells) > _ALIKE:
        cells = list(pairwise(np.linspace(0, width, field.cells + 1).tolist()))
    return tuple(Box(round(left), 0, round(right), height) for left, right in sorted(cells))


def _unlikeness(gaps: list[tuple[float, float]]) -> float:
    """Return how many times wider than the first the last of some gaps is."""
    (left, right), (last_left, last_right) = gaps[0], gaps[-1]
    return (last_right - last_left) / max(right - left, 1e-6)


def _bars(printed: Ink) -> list[float]:
    """Return where cells may begin and end: at upright bars, and at the field's own edges."""
    height, width = printed.shape
    bars = find_bars(printed, max(3, round(0.2 * height)))
    near = 0.1 * height
    inner = [bar for bar in bars if near < bar < width - near]
    return [0.0, *inner, float(width)]


def _margin(field: Field, box: Box, shape: tuple[int, ...]) -> int:
    if field.options:
        heights = [pixels(option.box, shape).height for option in field.options]
        return max(2, round(_TICK_MARGIN * float(np.median(heights))))
    # A field of many lines is high, and its writing no larger for that.
    return max(2, round(_MARGIN * min(box.height, 0.04 * max(shape))))


def _window(
    page: npt.NDArray[Pixel], box: Box, margin: int, beyond: int | bool
) -> npt.NDArray[Pixel]:
    """Return a box of a page with a margin, filled with `beyond` where the page ends."""
    height, width = page.shape
    left, top, right, bottom = (
        box.left - margin,
        box.top - margin,
        box.right + margin,
        box.bottom + margin,
    )
    inside = page[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
    before = max(0, -top), max(0, -left)
    after = max(0, bottom - height), max(0, right - width)
    pad = tuple(zip(before, after, strict=True))
    return np.pad(inside, pad, constant_values=beyond)


def _moved(box: Box, right: int, down: int) -> Box:
    return Box(box.left + right, box.top + down, box.right + right, box.bottom + down)
