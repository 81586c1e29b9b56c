"""Faint writing is darkened, the paper around it is not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcr.forms.darken import darkened
from hcr.forms.on_line import own_writing
from hcr.forms.picture import FieldPicture
from recognition.prepare import prepare_line


def written(darkness: int) -> tuple[np.ndarray, np.ndarray]:
    grey = np.full((60, 200), 255, np.uint8)
    for x in range(20, 180, 20):
        cv2.line(grey, (x, 15), (x + 8, 45), (255 - darkness,), 3)
    return grey, grey < 255


@given(st.integers(1, 255), st.integers(0, 2**32 - 1))
def test_nothing_gets_lighter_and_paper_stays(darkness: int, seed: int) -> None:
    grey, ink = written(darkness)
    noise = np.random.default_rng(seed).integers(0, 10, grey.shape)
    grey = np.asarray(np.clip(grey - noise, 0, 255), np.uint8)
    result = darkened(grey, ink)
    assert result.dtype == np.uint8
    assert (result <= grey).all()
    beyond = cv2.dilate(ink.astype(np.uint8), np.ones((3, 3), np.uint8)) == 0
    assert (result[beyond] == grey[beyond]).all()


@pytest.mark.parametrize("darkness", [25, 40, 90])
def test_faint_writing_is_dark_afterwards(darkness: int) -> None:
    grey, ink = written(darkness)
    assert 255 - float(np.median(darkened(grey, ink)[ink])) == pytest.approx(120, abs=3)


def test_dark_writing_and_empty_paper_stay_as_they_are() -> None:
    grey, ink = written(150)
    assert darkened(grey, ink) is grey
    assert darkened(grey, np.zeros_like(ink)) is grey


def test_a_free_line_in_faint_pencil_is_not_empty() -> None:
    grey, ink = written(30)
    assert not prepare_line(grey).image.shape[1]
    alone = own_writing(FieldPicture(grey, ink, margin=5))
    assert alone is not None
    assert prepare_line(alone).image.shape[1] > 100
