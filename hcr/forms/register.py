"""Lays a filled scan over the blank form: features, a homography, and the print as its proof.

Features of the blank are found again in the scan, whichever way it lies, and those that agree give
a homography. It is made exact by finding small pieces of the blank's print in the scan as it is
laid so far; the share of the pieces that are found is the proof that this is the form.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from hcr.forms.features import Features, find_features, rough_homography
from hcr.forms.pieces import Pieces, find_pieces, match_pieces
from hcr.forms.warp import Shifts, lay, map_points
from segmentation.enhance import PAPER, Grey, Ink, binarize, denoise, flatten, is_inverted, to_grey

Floats = npt.NDArray[np.float64]

_NOT_IT = "this is not the form of the template, or too little of it is seen"
_BELOW = 0.25
"""A scan is rather reduced by up to this share of a step than enlarged."""


@dataclass(frozen=True)
class RegisterConfig:
    """When a scan counts as the form; lengths are shares of the blank's longer side."""

    largest_side: int = 3600
    """Longer side in pixels of the blank and of scans, at most (A4 at 300 dpi)."""
    fewest_features: int = 12
    """Features that must agree on how the scan lies."""
    found: float = 0.6
    """Share of the pieces of print that must be found in the scan where they belong."""
    visible: float = 0.8
    """Share of the blank's area that the scan must show."""
    reaches: tuple[float, ...] = (0.008, 0.003, 0.002)
    """How far off its place a piece is looked for, round by round."""


class MismatchError(ValueError):
    """A scan that is not the form, or shows too little of it."""


@dataclass(frozen=True)
class Blank:
    """A blank form, made ready to lay scans over it.

    Attributes
    ----------
    grey
        uint8 (h, w), evenly lit, 255 = paper.
    features
        By which the scan is roughly laid.
    pieces
        Of print, which prove the match.
    config
        When a scan counts as the form.
    """

    grey: Grey
    features: Features
    pieces: Pieces
    config: RegisterConfig

    @classmethod
    def of(cls, image: npt.NDArray[np.uint8], config: RegisterConfig | None = None) -> Blank:
        """Prepare a blank, uint8 (h, w) grey or (h, w, 3) RGB.

        Raises
        ------
        ValueError
            If there is too little print on it to recognise the form by.
        """
        config = config or RegisterConfig()
        grey, _ = _evenly_lit(image, config.largest_side)
        features = find_features(grey)
        pieces = find_pieces(grey, config.reaches[0])
        if min(len(features.points), len(pieces.centres)) < 2 * config.fewest_features:
            raise ValueError("there is too little print on the blank to recognise the form by")
        return cls(grey, features, pieces, config)


@dataclass(frozen=True)
class Registered:
    """A scan laid over the blank.

    Attributes
    ----------
    grey
        uint8 (h, w), the scan evenly lit: the same part of the form as the blank shows, at about
        the scan's own resolution; 255 = paper, and where the scan shows nothing.
    ink
        bool (h, w), True = ink, print included.
    matrix
        float64 (3, 3), homography from pixels of the blank to pixels of the scan.
    found
        Share of the pieces of print that were found where they belong, 0 to 1.
    """

    grey: Grey
    ink: Ink
    matrix: Floats
    found: float


def register(blank: Blank, image: npt.NDArray[np.uint8]) -> Registered:
    """Lay a scan over the blank.

    Parameters
    ----------
    blank
        The form.
    image
        uint8 (h, w) grey or (h, w, 3) RGB, lying any way round, at any usual resolution.

    Raises
    ------
    MismatchError
        If it does not show the form.
    """
    config, shape = blank.config, blank.grey.shape
    scan, factor = _evenly_lit(image, config.largest_side)
    matrix = rough_homography(blank.features, find_features(scan), config.fewest_features)
    if matrix is None:
        raise MismatchError(_NOT_IT)
    _check_shape(matrix, shape, scan.shape, config.visible)
    shifts, found = Shifts.none(shape), 0.0
    for number, reach in enumerate(config.reaches):
        laid = lay(scan, matrix, shape, shape, shifts)
        centres, moves, found = match_pieces(blank.pieces, laid, reach)
        if found < config.found:
            raise MismatchError(
                f"only {found:.0%} of the blank's print is found in it, "
                f"{config.found:.0%} are needed"
            )
        if number == 0:
            matrix, moves = _refined(matrix, centres, moves)
        shifts = shifts.moved(centres, moves)
    size = _native_size(matrix, shape, config.largest_side)
    grey = lay(scan, matrix, shape, size, shifts)
    return Registered(grey, binarize(grey), _to_input(factor) @ matrix, found)


def _evenly_lit(image: npt.NDArray[np.uint8], largest_side: int) -> tuple[Grey, float]:
    """Return a page dark on white, and by which factor it was reduced."""
    grey = to_grey(image)
    if is_inverted(grey):
        grey = to_grey(np.asarray(PAPER - image, dtype=np.uint8))
    factor = min(1.0, largest_side / max(grey.shape))
    if factor < 1:
        width, height = (max(1, round(side * factor)) for side in grey.shape[::-1])
        grey = np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    return denoise(flatten(grey)), factor


def _to_input(factor: float) -> Floats:
    """Return the map from pixels of a reduced image to those of the image itself."""
    shift = (1 / factor - 1) / 2  # corners of pixels lie on corners
    return np.array([[1 / factor, 0, shift], [0, 1 / factor, shift], [0, 0, 1]])


def _check_shape(
    matrix: Floats, shape: tuple[int, ...], scan_shape: tuple[int, ...], visible: float
) -> None:
    """Refuse homographies that no scanner and no camera makes of a form."""
    corners = map_points(matrix, _outline(shape))
    frame = _outline(scan_shape)
    is_convex = cv2.isContourConvex(corners.astype(np.float32))
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    opposite = sides[:2] / np.maximum(sides[2:], 1e-6)
    height, width = shape[:2]
    stretch = sides[0] / max(sides[1], 1e-6) * height / width
    is_sound = is_convex and (abs(np.log(np.maximum(opposite, 1e-6))) < 0.5).all()
    if (
        not is_sound
        or not 0.67 < stretch < 1.5
        or cv2.contourArea(corners.astype(np.float32), oriented=True) <= 0
    ):
        raise MismatchError(_NOT_IT)
    area = cv2.contourArea(corners.astype(np.float32))
    common, _ = cv2.intersectConvexConvex(corners.astype(np.float32), frame.astype(np.float32))
    if common < visible * area:
        raise MismatchError(f"it shows only {common / area:.0%} of the form")


def _outline(shape: tuple[int, ...]) -> Floats:
    """Return the corners of an image, float64 (4, 2), clockwise from the top left."""
    height, width = shape[:2]
    right, bottom = width - 0.5, height - 0.5
    return np.array([(-0.5, -0.5), (right, -0.5), (right, bottom), (-0.5, bottom)])


def _refined(matrix: Floats, centres: Floats, moves: Floats) -> tuple[Floats, Floats]:
    """Return the homography that takes the pieces to where they were found, and what is left."""
    targets = map_points(matrix, centres + moves)
    better, _ = cv2.findHomography(centres, targets, cv2.USAC_MAGSAC, 2.0, maxIters=2000)
    if better is None:
        return matrix, moves
    return better, map_points(np.linalg.inv(better), targets) - centres


def _native_size(matrix: Floats, shape: tuple[int, ...], largest_side: int) -> tuple[int, int]:
    """Return height and width of the blank at about the scan's resolution.

    In steps of the square root of two, so that the scans of one machine come out alike.
    """
    height, width = shape[:2]
    corners = map_points(matrix, _outline(shape)).astype(np.float32)
    octaves = np.log2(cv2.contourArea(corners) / (width * height)) / 2
    scale = 2.0 ** (np.ceil(2 * octaves - _BELOW) / 2)
    scale = min(scale, largest_side / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))
