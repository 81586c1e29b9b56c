"""What was read in one field."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FieldReading:
    """The value of a field.

    Attributes
    ----------
    value
        What was read; empty where nothing is written. Several ticked options are separated by
        semicolons.
    confidence
        How likely the value is exactly right, 0 to 1.
    review
        Whether somebody should look at it.
    """

    value: str
    confidence: float
    review: bool
