"""Small pieces of a blank's print, found again in a scan that is roughly laid over it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from segmentation.enhance import Grey

Floats = npt.NDArray[np.float64]

_MOST = 400
_HALF = 0.009
"""Half the side of a piece, as a share of the blank's longer side (2.7 mm on A4)."""
_APART = 0.014
"""Least distance of two pieces, the same way."""
_LIKE = 0.6
"""Correlation from which a piece counts as found."""
_UNLIKE = 0.8
"""A piece must resemble its own surroundings less than this: edges and dots look alike."""


@dataclass(frozen=True)
class Pieces:
    """Pieces of print.

    Attributes
    ----------
    centres
        int64 (n, 2), middle pixels (x, y) on the blank.
    pictures
        uint8 (2 * half + 1, 2 * half + 1) each.
    side
        Longer side of the blank in pixels.
    half
        Half the side of a piece in pixels.
    """

    centres: npt.NDArray[np.int64]
    pictures: tuple[Grey, ...]
    side: int
    half: int


def find_pieces(grey: Grey, reach: float) -> Pieces:
    """Return pieces of a blank that can be told from everything near by.

    Parameters
    ----------
    grey
        uint8 (h, w), evenly lit.
    reach
        How far around their places they will be looked for, as a share of the longer side.
    """
    side = max(grey.shape)
    half = max(6, round(_HALF * side))
    soft = cv2.GaussianBlur(grey, (0, 0), max(0.8, side / 2000))
    corners = cv2.goodFeaturesToTrack(
        soft, _MOST, 0.02, max(4.0, _APART * side), blockSize=max(5, half // 2) | 1
    )
    found = np.zeros((0, 2)) if corners is None else corners.reshape(-1, 2)
    places = np.rint(found).astype(np.int64)
    size = np.array(grey.shape[::-1])
    places = places[((places >= half) & (places < size - half)).all(axis=1)]
    pictures = tuple(_cut(soft, place, half) for place in places)
    pieces = Pieces(places, pictures, side, half)
    far = _reach_pixels(pieces, reach)
    kept = [number for number in range(len(places)) if _is_distinct(pieces, number, soft, far)]
    return Pieces(places[kept], tuple(pictures[number] for number in kept), side, half)


def match_pieces(pieces: Pieces, laid: Grey, reach: float) -> tuple[Floats, Floats, float]:
    """Find the pieces in a scan.

    Parameters
    ----------
    pieces
        Of the blank.
    laid
        uint8 (h, w) of the blank's shape: the scan as it is laid so far.
    reach
        How far around their places they are looked for, as a share of the blank's longer side.

    Returns
    -------
    centres, moves, found
        Of the pieces that were found: float64 (m, 2) places on the blank and how far off they lie
        in `laid`, in pixels, and their share of all pieces.
    """
    far = _reach_pixels(pieces, reach)
    centres, moves = [], []
    for number, centre in enumerate(pieces.centres):
        move = _best_move(_likeness(pieces, number, laid, far))
        if move is not None:
            centres.append(centre)
            moves.append(move)
    shape = (len(centres), 2)
    places = np.array(centres, np.float64).reshape(shape)
    steps = np.array(moves, np.float64).reshape(shape)
    return places, steps, len(centres) / max(1, len(pieces.centres))


def _reach_pixels(pieces: Pieces, reach: float) -> int:
    return max(3, round(reach * pieces.side))


def _cut(grey: Grey, centre: npt.NDArray[np.int64], half: int) -> Grey:
    """Return the square around a pixel; beyond the page its edge is repeated."""
    columns = np.clip(np.arange(centre[0] - half, centre[0] + half + 1), 0, grey.shape[1] - 1)
    rows = np.clip(np.arange(centre[1] - half, centre[1] + half + 1), 0, grey.shape[0] - 1)
    return np.ascontiguousarray(grey[rows[:, None], columns])


def _likeness(pieces: Pieces, number: int, grey: Grey, far: int) -> npt.NDArray[np.float32]:
    """Return the correlation of a piece with all places up to `far` pixels off its own."""
    window = _cut(grey, pieces.centres[number], pieces.half + far)
    likeness = cv2.matchTemplate(window, pieces.pictures[number], cv2.TM_CCOEFF_NORMED)
    return np.asarray(likeness, np.float32)


def _is_distinct(pieces: Pieces, number: int, grey: Grey, far: int) -> bool:
    likeness = _likeness(pieces, number, grey, far)
    near = max(3, round(0.0025 * pieces.side))
    likeness[max(0, far - near) : far + near + 1, max(0, far - near) : far + near + 1] = 0
    return bool(likeness.max() < _UNLIKE)


def _best_move(likeness: npt.NDArray[np.float32]) -> tuple[float, float] | None:
    """Return where the correlation is greatest, to a fraction of a pixel."""
    row, column = divmod(int(likeness.argmax()), likeness.shape[1])
    last = likeness.shape[0] - 1
    if likeness[row, column] < _LIKE or not (0 < row < last and 0 < column < last):
        return None
    across = likeness[row, column - 1 : column + 2]
    down = likeness[row - 1 : row + 2, column]
    return column - last / 2 + _vertex(across), row - last / 2 + _vertex(down)


def _vertex(values: npt.NDArray[np.float32]) -> float:
    """Return where the parabola through three values, the middle one the greatest, peaks."""
    before, middle, after = (float(value) for value in values)
    bend = before - 2 * middle + after
    return 0.5 * (before - after) / bend if bend < 0 else 0.0
