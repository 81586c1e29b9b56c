"""Fields of a page: lines in boxes and on combs, looked up in the page as it was."""

from __future__ import annotations

from functools import cached_property

import cv2
import numpy as np

from hcr.images import Pixels
from hcr.line_readers import LineImage
from segmentation.cells import open_cells
from segmentation.cut import CutLine, cut_line
from segmentation.enhance import PAPER, is_inverted, to_grey
from segmentation.page import Sheet
from segmentation.textline import TextLine

_AROUND = 0.6
"""Room looked at above and below a line, where its frame runs, as a share of its height."""
_ASIDE = 2.0
"""And on either side, where its first and last bars stand."""


class Fields:
    """The fields of a page, whose frames its cleaning took out.

    Parameters
    ----------
    image
        uint8 grey or RGB: the page as it was.
    sheet
        The page cleaned.
    """

    def __init__(self, image: Pixels, sheet: Sheet) -> None:
        self._image, self._sheet = image, sheet

    def look(self, line: TextLine) -> tuple[CutLine, LineImage] | None:
        """Return a line of the sheet cut out anew, without the frame that it is written in.

        None where there is no such frame.
        """
        polygon = np.array(line.polygon)
        (left, top), (right, bottom) = polygon.min(axis=0), polygon.max(axis=0)
        (x0, y0), (x1, y1) = line.baseline[0], line.baseline[-1]
        rise = (y1 - y0) / (x1 - x0) if x1 > x0 else 0.0
        height = float(bottom - top) - abs(rise) * float(right - left)
        wide = left - _ASIDE * height, right + _ASIDE * height
        middle = (left + right) / 2
        high = float((top + bottom) / 2 - (0.5 + _AROUND) * height)
        low = float((top + bottom) / 2 + (0.5 + _AROUND) * height)
        corners = tuple(
            (float(x), y + rise * float(x - middle))
            for x, y in ((wide[0], high), (wide[1], high), (wide[1], low), (wide[0], low))
        )
        cut = cut_line(self._page, TextLine(line.baseline, corners))
        within = round(float(left)) - cut.left, round(float(right)) - cut.left
        field = open_cells(cut.image, within)
        return (cut, LineImage(field.grey, field.ink, field.cells)) if field else None

    @cached_property
    def _page(self) -> Pixels:
        """The page as it was, grey and dark on light, in the pixels of the sheet."""
        grey = to_grey(self._image)
        if is_inverted(grey):
            grey = to_grey(np.asarray(PAPER - self._image, np.uint8))
        height, width = self._sheet.grey.shape
        paper = float(np.median(grey))
        moved = cv2.warpAffine(grey, self._sheet.matrix, (width, height), borderValue=(paper,))
        return np.asarray(moved, np.uint8)
