"""Puts lines of writing into reading order."""

from __future__ import annotations

from segmentation.textline import TextLine


def reading_order(lines: list[TextLine]) -> list[TextLine]:
    return sorted(lines, key=lambda t: t.baseline[0][1])
