"""TextLine: where one line of writing lies on a sheet."""

from __future__ import annotations

from dataclasses import dataclass

from segmentation.geometry import Points


@dataclass(frozen=True)
class TextLine:
    """One line of writing as a baseline and the polygon around its ink.

    Attributes
    ----------
    baseline : tuple of (x, y)
        Polyline from the first to the last letter, left to right, sheet pixels.
    polygon : tuple of (x, y)
        Closed outline (the last point joins the first), sheet pixels.

    Raises
    ------
    ValueError
        If the baseline has no point or the polygon fewer than three.
    """

    baseline: Points
    polygon: Points

    def __post_init__(self) -> None:
        if not self.baseline:
            raise ValueError("a text line needs a baseline of at least one point")
        if len(self.polygon) < 3:
            raise ValueError("a text line needs a polygon of at least three points")
