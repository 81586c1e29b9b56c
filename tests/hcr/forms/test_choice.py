"""Ticks of many shapes are seen; empty boxes, specks and remains of a frame are not ticks."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcr.forms.choice import read_choice, tick_chance, tick_features
from hcr.forms.picture import FieldPicture
from hcr.forms.template import Field, Option
from segmentation.geometry import Box

SIDE = 36
BOXES = tuple(Box(30 + 120 * n, 30, 30 + 120 * n + SIDE, 30 + SIDE) for n in range(3))
NAMES = ("adult", "child", "family")
SHAPES = {
    "tick": [[(0, 18), (12, 34), (44, -10)]],
    "cross": [[(2, 3), (33, 34)], [(34, 0), (1, 36)]],
    "stroke": [[(2, 34), (33, 1)]],
    "scribble": [[(3, 5), (33, 9), (4, 14), (32, 19), (5, 25), (33, 31)]],
    "small": [[(11, 18), (16, 25), (27, 8)]],
}


def field(multiple: bool = False) -> Field:
    options = tuple(
        Option(name, (0.1 + 0.2 * n, 0.1, 0.15 + 0.2 * n, 0.2)) for n, name in enumerate(NAMES)
    )
    return Field("kind", "choice", (0.05, 0.05, 0.9, 0.3), options=options, multiple=multiple)


def picture(marks: dict[int, str], thickness: int = 3) -> FieldPicture:
    grey = np.full((96, 360), 255, np.uint8)
    for number, shape in marks.items():
        origin = np.array([BOXES[number].left, BOXES[number].top])
        for corners in SHAPES[shape]:
            points = (np.array(corners) + origin).astype(np.int32)
            cv2.polylines(grey, [points], False, (60,), thickness, cv2.LINE_AA)
    return FieldPicture(grey, grey < 160, (), BOXES, 20)


@pytest.mark.parametrize("shape", sorted(SHAPES))
@pytest.mark.parametrize("thickness", [2, 5])
@pytest.mark.parametrize("number", [0, 2])
def test_the_ticked_option_is_read(shape: str, thickness: int, number: int) -> None:
    evidence = read_choice(field(), picture({number: shape}, thickness))
    assert evidence.value == NAMES[number]
    assert evidence.share > 0.5


def test_nothing_ticked() -> None:
    evidence = read_choice(field(), picture({}))
    assert evidence.value == ""
    assert evidence.share > 0.8


def test_specks_and_remains_of_the_frame_are_no_tick() -> None:
    clean = picture({1: "cross"})
    ink = clean.ink.copy()
    box = BOXES[0]
    ink[box.top : box.top + 2, box.left : box.right] = True
    ink[box.top + 15 : box.top + 17, box.left + 20 : box.left + 22] = True
    evidence = read_choice(field(), FieldPicture(clean.grey, ink, (), BOXES, 20))
    assert evidence.value == "child"


def test_several_may_be_ticked_where_allowed() -> None:
    evidence = read_choice(field(multiple=True), picture({0: "cross", 2: "tick"}))
    assert evidence.value == "adult;family"
    assert evidence.share > 0.5


def test_two_ticks_for_one_choice_are_no_value_to_rely_on() -> None:
    evidence = read_choice(field(), picture({0: "cross", 2: "tick"}))
    assert evidence.value == "adult;family"
    assert evidence.share == 0.0


def test_a_blacked_out_box_beside_a_tick_is_a_correction() -> None:
    marked = picture({2: "tick"})
    ink = marked.ink.copy()
    ink[BOXES[0].top : BOXES[0].bottom, BOXES[0].left : BOXES[0].right] = True
    evidence = read_choice(field(), FieldPicture(marked.grey, ink, (), BOXES, 20))
    assert evidence.value == "family"
    assert evidence.share <= 0.5


def test_a_box_blacked_out_alone_is_ticked() -> None:
    ink = np.zeros((96, 360), bool)
    ink[BOXES[1].top : BOXES[1].bottom, BOXES[1].left : BOXES[1].right] = True
    grey = np.where(ink, 0, 255).astype(np.uint8)
    assert read_choice(field(), FieldPicture(grey, ink, (), BOXES, 20)).value == "child"


@given(st.floats(0, 1), st.floats(0, 2), st.floats(0, 1), st.floats(0, 2))
def test_more_ink_never_makes_a_tick_less_likely(
    filled: float, reach: float, more: float, farther: float
) -> None:
    assert tick_chance((filled + more, reach + farther)) >= tick_chance((filled, reach))


@given(st.integers(-20, 340), st.integers(-20, 80), st.integers(0, 60), st.integers(0, 60))
def test_boxes_at_the_edge_of_the_picture_are_measured(x: int, y: int, w: int, h: int) -> None:
    left, top = max(x, 0), max(y, 0)
    filled, reach = tick_features(picture({0: "cross"}), Box(left, top, left + w, top + h))
    assert 0 <= filled <= 1
    assert 0 <= reach <= 2
