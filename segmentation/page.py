"""From the image of a page to a clean, level sheet and its lines of writing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from segmentation.columns import find_zones
from segmentation.enhance import (
    PAPER,
    Grey,
    Ink,
    binarize,
    denoise,
    flatten,
    is_inverted,
    stroke_width,
    to_grey,
)
from segmentation.geometry import Floats, Point, Points, invert_affine, transform_points
from segmentation.lines import find_lines
from segmentation.order import reading_order
from segmentation.paper import blank_outside, find_paper
from segmentation.rules import find_rules, remove_rules
from segmentation.skew import estimate_orientation, estimate_skew, rotate, rotation_matrix
from segmentation.textline import TextLine

THIN, SMALL = 2.05, 2000
"""Where the pen is thinner than this many pixels and the page smaller, it is enlarged first."""
LEVEL = 0.25
"""Pages skewed by fewer degrees than this stay as they are: turning blurs, lines may slope."""


@dataclass(frozen=True)
class Sheet:
    """A page made ready for reading: evenly lit, upright, level, without rules.

    Attributes
    ----------
    grey : uint8 array (h, w)
        255 = paper, dark = ink.
    ink : bool array (h, w)
        True = ink.
    skew : float
        Angle in degrees by which the writing of the input (put upright) rises to the right.
    orientation : int
        0, 90, 180 or 270: how far the input was turned counter-clockwise.
    matrix : float64 array (2, 3)
        Affine map from input pixels to sheet pixels.
    """

    grey: Grey
    ink: Ink
    skew: float
    orientation: int
    matrix: Floats

    def to_input(self, points: Iterable[Point]) -> Points:
        """Map points of the sheet to pixels of the input image."""
        return transform_points(points, invert_affine(self.matrix))


def open_sheet(image: npt.NDArray[np.uint8], deskew: bool = True) -> Sheet:
    """Clean a page: one chain for reading and for cutting training lines.

    Parameters
    ----------
    image : uint8 array (h, w) or (h, w, 3)
        Grey or RGB page, dark on bright or bright on dark.
    deskew : bool
        Put the page upright and level, and enlarge a coarse one. Without it the sheet has the
        pixels of the input and an identity matrix: coordinates of a ground truth stay valid.

    Returns
    -------
    Sheet

    Raises
    ------
    ValueError
        If the image is not uint8 grey or RGB.
    """
    flat, ink = _clean(image)
    matrix: Floats = np.eye(2, 3)
    if deskew and max(ink.shape) < SMALL and stroke_width(ink) < THIN:
        # At 100 dpi a stroke is a pixel or two wide, too little to tell it from rules and dirt.
        flat, ink = _clean(cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC))
        matrix = np.array([[2, 0, 0.5], [0, 2, 0.5]])  # corners of pixels lie on corners
    orientation, skew = 0, 0.0
    if deskew:
        orientation = estimate_orientation(ink)
        if orientation:
            matrix = _then(matrix, flat, orientation)
            flat, ink = rotate(flat, orientation), rotate(ink, orientation)
        skew = estimate_skew(ink)
        if abs(skew) >= LEVEL:
            matrix = _then(matrix, flat, skew)
            flat = rotate(flat, skew)
            ink = binarize(flat)
    flat, ink = remove_rules(flat, ink, find_rules(ink))
    return Sheet(flat, ink, skew, orientation, matrix)


def _clean(image: npt.NDArray[np.uint8]) -> tuple[Grey, Ink]:
    """Return a page evenly lit, bright, without what lies around it; and its ink."""
    grey = to_grey(image)
    if is_inverted(grey):
        # Before the channels are joined: the darkest of a negative is the brightest of the page.
        image = np.asarray(PAPER - image, dtype=np.uint8)
        grey = to_grey(image)
    flat = denoise(flatten(grey))
    corners = find_paper(image)
    if corners is not None:
        blank_outside(flat, corners)
    return flat, binarize(flat)


def segment(sheet: Sheet) -> list[TextLine]:
    """Find the lines of writing of a sheet in reading order, in sheet pixels."""
    lines: list[TextLine] = []
    for zone in find_zones(sheet.ink):
        ink = np.zeros_like(sheet.ink)
        inside = np.s_[zone.top : zone.bottom, zone.left : zone.right]
        ink[inside] = sheet.ink[inside]
        lines += reading_order(find_lines(ink))
    return lines


def _then(matrix: Floats, page: Grey, degrees: float) -> Floats:
    """Return the map ``matrix`` followed by the turning of ``page``."""
    turn, _, _ = rotation_matrix(page.shape[1], page.shape[0], degrees)
    return np.column_stack([turn[:, :2] @ matrix[:, :2], turn[:, :2] @ matrix[:, 2] + turn[:, 2]])
