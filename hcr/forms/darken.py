"""Faint writing in a field made as dark as the readers want it."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from hcr.images import Pixels

# Strokes whose usual darkness is less than this are darkened to it, by this factor at most: the
# readers take what is very faint for paper.
_DARK, _MOST_GAIN = 120.0, 6.0


def darkened(grey: Pixels, ink: npt.NDArray[np.bool_]) -> Pixels:
    """Return writing that is dark enough to be read; the paper around it stays as it is.

    Parameters
    ----------
    grey
        uint8 (h, w), writing on paper of 255.
    ink
        bool (h, w), True = written.

    Returns
    -------
    uint8 (h, w)
        The same picture where the writing is dark enough already, or nothing is written.
    """
    if not ink.any():
        return grey
    gain = min(_DARK / max(255.0 - float(np.median(grey[ink])), 1.0), _MOST_GAIN)
    if gain <= 1:
        return grey
    darker = np.rint(255.0 - np.minimum(gain * (255.0 - grey), 255.0)).astype(np.uint8)
    near = cv2.dilate(ink.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return np.where(near, darker, grey)
