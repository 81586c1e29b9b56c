"""The picture of one field as the field reader sees it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentation.geometry import Box


@dataclass(frozen=True)
class FieldPicture:
    """One field of a filled form, cut out of the scan laid over the blank.

    Attributes
    ----------
    grey
        uint8 (h, w): what was written, dark; the printed matter is removed; 255 = paper.
    ink
        bool (h, w), True = written.
    cells
        The boxes of a row of boxes or of a comb from left to right, in pixels of the picture.
    options
        The tick boxes of a choice in the order of the field's options, in pixels of the picture.
    margin
        How many pixels around the field's box the picture shows on each side, since writing
        overshoots; where the page ends there is paper.
    """

    grey: npt.NDArray[np.uint8]
    ink: npt.NDArray[np.bool_]
    cells: tuple[Box, ...] = ()
    options: tuple[Box, ...] = ()
    margin: int = 0
