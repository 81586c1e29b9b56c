from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcr.forms.cut import Cutter, find_cells, pixels
from hcr.forms.register import Blank, Registered, register
from hcr.forms.template import Field, Template
from hcr.images import Pixels


@pytest.fixture(scope="module")
def cutter(blank: Blank) -> Cutter:
    return Cutter(blank)


@pytest.fixture(scope="module")
def registered(blank: Blank, filled_image: Pixels) -> Registered:
    return register(blank, filled_image)


def field(template: Template, name: str) -> Field:
    return next(field for field in template.fields if field.name == name)


def test_cells_hold_what_is_written_in_them_and_nothing_printed(
    cutter: Cutter, registered: Registered, template: Template
) -> None:
    for name, written in (("surname", 7), ("born", 8), ("postcode", 5)):
        asked = field(template, name)
        cut = cutter.cut(registered, asked)
        picture = cut.picture
        assert cut.shown
        assert len(picture.cells) == asked.cells
        inked = [
            picture.ink[cell.top : cell.bottom, cell.left : cell.right].sum() > 60
            for cell in picture.cells
        ]
        assert inked == [number < written for number in range(asked.cells)]
        widths = [cell.width for cell in picture.cells]
        assert max(widths) - min(widths) <= 4


def test_picture_shows_a_margin_around_the_field(
    cutter: Cutter, registered: Registered, template: Template
) -> None:
    for asked in template.fields:
        picture = cutter.cut(registered, asked).picture
        box = pixels(asked.box, registered.grey.shape)
        size = (box.height + 2 * picture.margin, box.width + 2 * picture.margin)
        assert picture.grey.shape == picture.ink.shape == size
        assert picture.margin > 10


def test_only_the_ticked_option_has_ink(
    cutter: Cutter, registered: Registered, template: Template
) -> None:
    picture = cutter.cut(registered, field(template, "membership")).picture
    inked = [
        int(picture.ink[box.top : box.bottom, box.left : box.right].sum())
        for box in picture.options
    ]
    assert inked[0] == inked[2] == 0
    assert inked[1] > 60
    assert {(box.width, box.height) for box in picture.options} <= {(40, 40), (41, 40), (40, 41)}


def test_field_in_a_torn_corner_is_not_shown(
    cutter: Cutter, registered: Registered, template: Template
) -> None:
    torn = registered.grey.copy(), registered.ink.copy()
    box = pixels(field(template, "surname").box, torn[0].shape)
    torn[0][: box.bottom + 20], torn[1][: box.bottom + 20] = 255, False
    without = replace(registered, grey=torn[0], ink=torn[1])
    assert not cutter.cut(without, field(template, "surname")).shown
    assert cutter.cut(without, field(template, "born")).shown


def test_field_at_the_edge_of_the_page_is_filled_up_with_paper(
    cutter: Cutter, registered: Registered
) -> None:
    corner = Field("a", "text", (0.98, 0.98, 1.0, 1.0))
    picture = cutter.cut(registered, corner).picture
    assert (picture.grey[-picture.margin :] == 255).all()
    assert not picture.ink[:, -picture.margin :].any()


def test_field_on_bare_paper_counts_as_shown(cutter: Cutter, registered: Registered) -> None:
    assert cutter.cut(registered, Field("a", "text", (0.3, 0.78, 0.6, 0.82))).shown


boxes = st.tuples(*[st.floats(0, 0.99)] * 2, *[st.floats(0.001, 1)] * 2).map(
    lambda t: (t[0], t[1], min(1.0, t[0] + t[2]), min(1.0, t[1] + t[3]))
)


@given(boxes, st.integers(1, 3000), st.integers(1, 3000))
def test_box_in_pixels_is_never_empty_and_within_the_page(
    box: tuple[float, float, float, float], height: int, width: int
) -> None:
    found = pixels(box, (height, width))
    assert 0 <= found.left < found.right <= width
    assert 0 <= found.top < found.bottom <= height


def row(edges: list[int], width: int, height: int = 60) -> np.ndarray:
    page = np.zeros((height, width), np.uint8)
    for x in edges:
        cv2.line(page, (x, height // 2), (x, height - 1), 1, 2)
    return page.view(np.bool_)


def test_cells_that_stand_apart_or_in_groups_are_found_on_the_print() -> None:
    asked = Field("a", "text", (0, 0, 1, 1), "boxes", 4)
    apart = row([1, 40, 60, 99, 119, 158, 178, 217], 220)
    lefts = [cell.left for cell in find_cells(apart, asked)]
    assert lefts == pytest.approx([0, 60, 119, 178], abs=2)
    grouped = row([1, 40, 80, 140, 180, 218], 220)
    cells = find_cells(grouped, replace(asked, cells=4))
    assert [cell.width for cell in cells] == pytest.approx([40, 40, 40, 40], abs=3)


@given(st.integers(1, 30), st.integers(100, 900))
def test_without_print_the_field_is_divided_evenly(count: int, width: int) -> None:
    asked = Field("a", "text", (0, 0, 1, 1), "comb", count)
    cells = find_cells(np.zeros((50, width), bool), asked)
    assert (cells[0].left, cells[-1].right, len(cells)) == (0, width, count)
    assert all(a.right == b.left for a, b in pairwise(cells))
    assert max(abs(cell.width - width / count) for cell in cells) <= 1


def test_line_has_no_cells() -> None:
    assert find_cells(np.zeros((50, 80), bool), Field("a", "text", (0, 0, 1, 1))) == ()
