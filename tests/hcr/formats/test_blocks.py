from __future__ import annotations

import math

import pytest
from hypothesis import given, settings

from hcr import Document, Line, Page
from hcr.formats.blocks import blocks
from hcr.formats.places import words_of
from tests.hcr.test_document import documents


def lines_at(*places: tuple[int, int], width: int = 200) -> tuple[Line, ...]:
    return tuple(
        Line((left, top, left + width, top + 20), (), str(n), 0.5)
        for n, (left, top) in enumerate(places)
    )


def divided(page: Page) -> list[str]:
    return ["".join(line.text for line in lines) for lines in blocks(page)]


def test_page_without_lines() -> None:
    assert blocks(Page(0, 9, 9)) == []


def test_a_wider_gap_ends_a_paragraph() -> None:
    lines = lines_at((0, 0), (10, 30), (0, 62), (0, 120), (0, 150))
    assert divided(Page(0, 500, 500, lines=lines)) == ["012", "34"]


def test_columns_are_apart() -> None:
    lines = lines_at((0, 0), (0, 30), (250, 0), (250, 30))
    assert divided(Page(0, 500, 500, lines=lines)) == ["01", "23"]


def test_what_has_nothing_above_it_is_apart() -> None:
    lines = lines_at((0, 0), (0, 30), (300, 60), (300, 90), width=100)
    assert divided(Page(0, 500, 500, lines=lines)) == ["01", "23"]


@pytest.mark.parametrize("skew", [5.0, 90.0, -90.0, 180.0])
def test_turned_pages_are_divided_alike(skew: float) -> None:
    cos, sin = math.cos(math.radians(skew)), math.sin(math.radians(skew))
    lines = []
    for n, (x, y) in enumerate([(0, 0), (0, 30), (0, 60), (0, 140), (300, 0), (300, 30)]):
        middle = (500 + x * cos + y * sin, 500 - x * sin + y * cos)
        half = (abs(100 * cos) + abs(10 * sin), abs(100 * sin) + abs(10 * cos))
        left, top, right, bottom = (
            round(m + sign * h) for sign in (-1, 1) for m, h in zip(middle, half, strict=True)
        )
        lines.append(Line((left, top, right, bottom), (), str(n), 0.5))
    assert divided(Page(0, 1000, 1000, skew, tuple(lines))) == ["012", "3", "45"]


@settings(max_examples=30)
@given(documents)
def test_every_line_stays_in_its_place(document: Document) -> None:
    for page in document.pages:
        kept = [line for block in blocks(page) for line in block]
        assert kept == [line for line in page.lines if words_of(line)]
