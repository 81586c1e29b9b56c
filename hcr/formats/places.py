"""Where lines and words are on the page: within its edges, in whole pixels, ready to be written."""

from __future__ import annotations

from collections.abc import Iterable

from hcr.document import Box, Line, Page, Point, Word


def box_on_page(box: Box, page: Page) -> Box:
    """Return the part of a box on the page; one beside it shrinks onto the edge."""
    left, right = (min(max(edge, 0), page.width) for edge in box[0::2])
    top, bottom = (min(max(edge, 0), page.height) for edge in box[1::2])
    return left, top, right, bottom


def points_on_page(points: Iterable[Point], page: Page) -> list[tuple[int, int]]:
    """Return points as whole pixels on the page, without repetitions one after the other."""
    kept: list[tuple[int, int]] = []
    for x, y in points:
        point = (round(min(max(x, 0), page.width)), round(min(max(y, 0), page.height)))
        if not kept or kept[-1] != point:
            kept.append(point)
    return kept


def outline(line: Line, page: Page) -> list[tuple[int, int]]:
    """Return a line's polygon on the page; the corners of its box if it has none."""
    points = points_on_page(line.polygon, page)
    return points if len(points) > 2 else corners(box_on_page(line.box, page))


def corners(box: Box) -> list[tuple[int, int]]:
    """Return a box's corners, clockwise from the left top."""
    left, top, right, bottom = box
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def words_of(line: Line) -> tuple[Word, ...]:
    """Return a line's words that have text; a line that was not divided is one word."""
    if line.words:
        return tuple(word for word in line.words if word.text)
    if not line.text:
        return ()
    return (Word(line.box, line.text, line.confidence),)
