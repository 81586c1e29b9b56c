"""How a page of handwriting is turned: its skew in degrees and which way is up."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from segmentation.enhance import PAPER, Ink
from segmentation.geometry import Floats
from segmentation.rules import find_rules, remove_rules
from segmentation.upright import upright_evidence

MAX_SKEW = 15.0
"""Steepest skew looked for, in degrees either way."""

_COARSE_SIDE, _FINE_SIDE, _UPRIGHT_SIDE = 550, 1100, 1650
"""Longer sides in pixels of the small copies on which angles and the way up are measured."""

_SIDEWAYS = 1.5
"""Lines must stand out this much more in columns than in rows before a page is turned."""

_UPSIDE_DOWN = 1.0
"""Log odds that a page must have of being upside down before it is turned."""


def rotation_matrix(width: int, height: int, degrees: float) -> tuple[Floats, int, int]:
    """Return the map that levels a page whose text rises to the right by `degrees`.

    Parameters
    ----------
    width, height
        Size of the page in pixels.
    degrees
        Angle of the text as `estimate_skew` gives it: positive where lines rise to the right. The
        page is turned clockwise by it; multiples of 90 map pixels exactly.

    Returns
    -------
    matrix, width, height
        2x3 affine map from page to turned page (pixel centres at whole coordinates), and the size
        of the turned page, which holds the whole page.
    """
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    turned_width = max(1, math.ceil(abs(width * cos) + abs(height * sin) - 1e-6))
    turned_height = max(1, math.ceil(abs(width * sin) + abs(height * cos) - 1e-6))
    linear = np.array([[cos, -sin], [sin, cos]])
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    turned_middle = np.array([(turned_width - 1) / 2, (turned_height - 1) / 2])
    matrix = np.column_stack([linear, turned_middle - linear @ middle])
    return matrix, turned_width, turned_height


def rotate(image: npt.NDArray[Any], degrees: float) -> npt.NDArray[Any]:
    """Return the page turned by `rotation_matrix`, with paper in the corners.

    Parameters
    ----------
    image
        uint8 (h, w) or (h, w, 3), filled with white; or bool (h, w) ink, filled with False.
    degrees
        Angle of the text, positive where lines rise to the right.
    """
    if image.dtype == np.bool_:
        page = np.where(image, 0, PAPER).astype(np.uint8)
        return np.asarray(rotate(page, degrees) < 128)
    if degrees % 90 == 0:
        return np.ascontiguousarray(np.rot90(image, -round(degrees / 90)))
    matrix, width, height = rotation_matrix(image.shape[1], image.shape[0], degrees)
    turned = cv2.warpAffine(
        image,
        matrix,
        (width, height),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(PAPER, PAPER, PAPER),
    )
    return np.asarray(turned)


def estimate_skew(ink: Ink) -> float:
    """Return the angle of the text in degrees, positive where lines rise to the right.

    Parameters
    ----------
    ink
        bool (h, w), True = ink, upright to within 15 degrees, with or without rules.

    Returns
    -------
    The angle for which the projection profile is most peaked (Postl 1986, with the power 3/2 of
    the profile, so that one sharp rule or printed line does not outvote the writing); 0.0 for a
    page without ink. `rotate` by it levels the page.
    """
    angles = np.arange(-MAX_SKEW - 0.5, MAX_SKEW + 0.51, 0.5, dtype=np.float64)
    coarse = _Profile.of(ink, _COARSE_SIDE)
    if not len(coarse.weight):
        return 0.0
    best = float(angles[np.argmax(coarse.peakedness(angles, 2.0))])
    fine = _Profile.of(ink, _FINE_SIDE)
    for step in (0.1, 0.02):
        around = best + step * np.arange(-5.0, 6.0, dtype=np.float64)
        best = float(around[np.argmax(fine.peakedness(around, 0.7))])
    return round(min(max(best, -MAX_SKEW), MAX_SKEW), 2)


def estimate_orientation(ink: Ink) -> int:
    """Return by how much the text is turned: 0, 90, 180 or 270 degrees counter-clockwise.

    ``rotate(page, estimate_orientation(ink))`` puts the page upright (to within its skew).

    Parameters
    ----------
    ink
        bool (h, w), True = ink, skewed by up to 15 degrees, with or without rules.

    Returns
    -------
    0 where in doubt: lines are told from columns by the projection profile, up from down by
    `segmentation.upright`.
    """
    small = _reduce(ink, _UPRIGHT_SIDE) > 70
    angles = np.arange(-MAX_SKEW - 1, MAX_SKEW + 1.1, 1.0, dtype=np.float64)
    standing = np.ascontiguousarray(np.rot90(small, -1))
    lines, columns = (
        _Profile.of(page, _COARSE_SIDE).prominence(angles) for page in (small, standing)
    )
    sideways = columns > _SIDEWAYS * lines
    level = standing if sideways else small
    level = rotate(level, estimate_skew(level))
    paper = np.where(level, 0, PAPER).astype(np.uint8)
    _, level = remove_rules(paper, level, find_rules(level))
    turned = 90 if sideways else 0
    return turned + 180 if upright_evidence(level) < -_UPSIDE_DOWN else turned


@dataclass(frozen=True)
class _Profile:
    """The inked pixels of a small copy of a page, from which projection profiles are taken."""

    x: Floats
    y: Floats
    weight: Floats
    radius: int

    @classmethod
    def of(cls, ink: Ink, side: int) -> _Profile:
        """Collect the ink of a copy whose longer side is at most `side` pixels."""
        small = _reduce(ink, side)
        rows, columns = np.nonzero(small > 40)
        return cls(
            columns - small.shape[1] / 2,
            rows - small.shape[0] / 2,
            small[rows, columns] / 255,
            math.ceil(math.hypot(*small.shape) / 2) + 2,
        )

    def peakedness(self, angles: Floats, blur: float) -> Floats:
        """Return for each angle (degrees) the sum of the profile to the power 3/2.

        Profiles are blurred by `blur` pixels: the wider, the coarser the angles may be.
        """
        found = []
        for angle in np.radians(angles):
            height = self.y * math.cos(angle) + self.x * math.sin(angle) + self.radius
            row = height.astype(np.intp)
            above = self.weight * (1 - (height - row))
            size = 2 * self.radius + 2
            profile = np.bincount(row, above, size) + np.bincount(
                row + 1, self.weight - above, size
            )
            smooth = cv2.GaussianBlur(profile.reshape(1, -1), (0, 0), sigmaX=blur, sigmaY=0.01)
            found.append(float((smooth**1.5).sum()))
        return np.array(found)

    def prominence(self, angles: Floats) -> float:
        """Return how far the best angle stands out from the others."""
        if not len(self.weight):
            return 0.0
        found = self.peakedness(angles, 0.8)
        return float(found.max() - np.median(found))


def _reduce(ink: Ink, side: int) -> npt.NDArray[np.uint8]:
    """Return the ink as 0 to 255, its longer side reduced to at most `side` pixels."""
    mask = ink.view(np.uint8) * np.uint8(255)
    scale = side / max(mask.shape)
    if scale >= 1:
        return mask
    size = (max(1, round(mask.shape[1] * scale)), max(1, round(mask.shape[0] * scale)))
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
