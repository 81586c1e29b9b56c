"""What is written in each cell comes out whole, and without its neighbours."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from hcr.forms.cells import cell_owners, cell_pictures
from hcr.forms.picture import FieldPicture
from recognition.characters import prepare_character
from segmentation.geometry import Box

CELLS = tuple(Box(20 + 50 * n, 20, 70 + 50 * n, 80) for n in range(4))


def picture(*strokes: list[tuple[int, int]], thickness: int = 3) -> FieldPicture:
    grey = np.full((100, 240), 255, np.uint8)
    for stroke in strokes:
        cv2.polylines(grey, [np.array(stroke, np.int32)], False, (40,), thickness)
    return FieldPicture(grey, grey < 128, CELLS, (), 20)


def test_each_cell_has_its_own_strokes() -> None:
    cuts = cell_pictures(picture([(30, 30), (60, 70)], [(180, 30), (180, 70)]))
    assert [cut is not None for cut in cuts] == [True, False, False, True]
    assert cuts[0] is not None
    assert cuts[3] is not None
    assert cuts[0].shape[1] > cuts[3].shape[1]
    assert cuts[0].min() < 60
    assert (cuts[0][:3] == 255).all()


def test_a_stroke_that_overshoots_stays_whole_in_its_cell() -> None:
    owner = cell_owners(picture([(25, 30), (82, 70)]))
    assert set(np.unique(owner)) == {-1, 0}


def test_touching_characters_are_cut_at_the_border() -> None:
    owner = cell_owners(picture([(30, 50), (115, 50)]))
    assert set(np.unique(owner)) == {-1, 0, 1}
    assert (owner[:, :68] != 1).all()
    assert (owner[:, 72:] != 0).all()


def test_strokes_of_other_cells_are_left_out() -> None:
    # The long tail of the second cell's stroke reaches below the first cell's.
    pair = picture([(40, 30), (40, 50)], [(95, 25), (95, 75), (60, 70)])
    first = cell_pictures(pair)[0]
    assert first is not None
    alone = cell_pictures(picture([(40, 30), (40, 50)]))[0]
    assert alone is not None
    assert (first < 128).sum() == (alone < 128).sum()


def test_neighbouring_lines_and_dirt_are_nothing() -> None:
    dirty = picture([(30, 2), (200, 2)], [(100, 95), (150, 95)])
    dirty.ink[50, 100:102] = True
    assert cell_pictures(dirty) == [None] * 4


def test_faint_parts_beyond_the_mask_stay() -> None:
    faint = picture([(40, 30), (40, 70)])
    faint.grey[66:69, 40:58] = 200  # lighter than what counts as ink
    cut = cell_pictures(faint)[0]
    assert cut is not None
    assert (cut == 200).any()


def test_what_overshoots_a_cut_border_stays_with_its_character() -> None:
    # The first character's tip lies over the border; the second one's foot touches the first.
    first, second = [(40, 30), (78, 36), (40, 45), (58, 70)], [(55, 70), (110, 70), (110, 30)]
    owner = cell_owners(picture(first, second))
    assert set(np.unique(owner[28:50])) == {-1, 0, 1}
    assert (owner[28:45, 72:82] != 1).all()
    assert (owner[28:45, 72:82] == 0).any()
    assert (owner[66:75, 85:105] == 1).any()


def test_of_two_touching_characters_the_smaller_keeps_its_cell() -> None:
    # The first has most of the ink; without a cut at the border the second cell would be empty.
    first = [(30, 30), (62, 30), (30, 50), (64, 50), (30, 70), (66, 70)]
    pair = picture([*first, (90, 70)], [(90, 70), (90, 45), (112, 45)])
    owner = cell_owners(pair)
    assert set(np.unique(owner)) == {-1, 0, 1}
    assert (owner[40:50, 85:115] == 1).any()
    assert (owner[:, :68] != 1).all()


def test_a_long_flat_tail_is_no_character_of_the_next_cell() -> None:
    owner = cell_owners(picture([(30, 30), (62, 30), (30, 50), (60, 70), (25, 70), (112, 72)]))
    assert set(np.unique(owner)) == {-1, 0}


def faded(dark: FieldPicture, share: float) -> FieldPicture:
    grey = np.rint(255 - share * (255.0 - dark.grey)).astype(np.uint8)
    return replace(dark, grey=grey)


def test_faint_writing_is_darkened_but_not_the_paper_around_it() -> None:
    dark = picture([(30, 30), (60, 70)], [(80, 40), (110, 60)])
    faint = faded(dark, 0.12)
    faint.grey[60, 40] = 245  # dirt beside the stroke, too faint to be ink
    cuts = cell_pictures(faint)
    assert cuts[0] is not None
    assert 105 <= cuts[0].min() <= 145
    assert (cuts[0] == 245).sum() == 1
    assert (prepare_character(cuts[0]) > 100).sum() > 20
    same = cell_pictures(dark)
    assert same[0] is not None
    assert same[0].min() == dark.grey.min()
