"""Pictures of writing seen in other ways: turned, slanted, narrower, wider."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from hcr.images import Pixels


@dataclass(frozen=True)
class View:
    """How writing is seen.

    Attributes
    ----------
    degrees
        Turned clockwise by so much.
    slant
        The top moved left by so much of the height.
    width
        Factor on the width.
    """

    degrees: float = 0.0
    slant: float = 0.0
    width: float = 1.0


PLAIN = View()


def seen(picture: Pixels, view: View) -> Pixels:
    """Return a picture as it looks in another way.

    Parameters
    ----------
    picture
        uint8 (h, w), dark on paper of 255.
    view
        Of which `PLAIN` changes nothing.

    Returns
    -------
    uint8 (h, w)
        So large that nothing is lost; paper around.
    """
    if view == PLAIN:
        return picture
    height, width = picture.shape
    angle = np.deg2rad(view.degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[view.width, view.slant], [0.0, 1.0]])
    size = np.ceil(abs(matrix) @ (width, height)).astype(int)
    # The middle stays the middle; corners of pixels lie on corners.
    move = (size - 1) / 2 - matrix @ (np.array([width, height]) - 1) / 2
    warped = cv2.warpAffine(
        cv2.bitwise_not(picture),
        np.column_stack([matrix, move]),
        (int(size[0]), int(size[1])),
        flags=cv2.INTER_LINEAR,
    )
    return np.asarray(cv2.bitwise_not(warped), np.uint8)
