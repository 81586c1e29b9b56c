from __future__ import annotations

import cv2
import numpy as np
import pytest

from segmentation.enhance import binarize, denoise, flatten, is_inverted, stroke_width, to_grey

BLUE, RED, GREEN, PENCIL = (70, 80, 210), (215, 60, 60), (30, 150, 70), (190, 190, 190)


def written(ink=(40, 40, 40), paper=(250, 250, 250), shape=(400, 600)):
    page = np.full((*shape, 3), paper, np.uint8)
    for y in range(60, shape[0], 70):
        cv2.putText(page, "petit jardin, fini.", (30, y), cv2.FONT_HERSHEY_SIMPLEX, 1, ink, 3)
    return page


def read(page):
    return binarize(denoise(flatten(to_grey(page))))


def agreement(found, truth):
    """Recall and precision, one pixel of blur allowed."""
    wider = np.ones((3, 3), np.uint8)
    near_found = cv2.dilate(found.astype(np.uint8), wider) > 0
    near_truth = cv2.dilate(truth.astype(np.uint8), wider) > 0
    return (truth & near_found).sum() / truth.sum(), (found & near_truth).sum() / found.sum()


TRUTH = written(ink=(0, 0, 0))[:, :, 0] < 128


@pytest.mark.parametrize("ink", [BLUE, RED, GREEN, PENCIL])
def test_ink_of_any_colour_is_found(ink):
    recall, precision = agreement(read(written(ink)), TRUTH)
    assert recall > 0.99
    assert precision > 0.99


def test_coloured_ink_is_as_dark_as_its_darkest_channel():
    assert to_grey(np.array([[BLUE, RED]], np.uint8)).tolist() == [[70, 60]]


def test_grey_stays_as_it_is():
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    np.testing.assert_array_equal(to_grey(grey), grey)
    np.testing.assert_array_equal(to_grey(grey[:, :, None]), grey)


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((4, 4), np.float32),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros(4, np.uint8),
        np.zeros((0, 4), np.uint8),
    ],
)
def test_what_is_no_image_is_refused(image):
    with pytest.raises(ValueError, match=r"image"):
        to_grey(image)


def test_pencil_beside_felt_pen_survives():
    page = written(PENCIL)
    cv2.line(page, (0, 385), (599, 385), (0, 0, 0), 6)
    recall, _ = agreement(read(page)[:370], TRUTH[:370])
    assert recall > 0.99


def shaded(page):
    """A photograph: light falls off to the left, and a hand's shadow has an edge."""
    light = np.linspace(0.5, 1, page.shape[1])[None, :, None] * np.ones(page.shape)
    light[:, 350:] *= 0.6
    return (page * cv2.blur(light, (9, 9))).astype(np.uint8)


def test_shadows_are_flattened():
    flat = flatten(to_grey(shaded(written())))
    assert np.median(flat) == 255
    assert np.percentile(flat[:, 380:], 30) > 245
    recall, precision = agreement(read(shaded(written())), TRUTH)
    assert recall > 0.99
    assert precision > 0.97


def test_grainy_photograph_gives_few_specks():
    rng = np.random.default_rng(3)
    page = shaded(written()) + rng.normal(0, 6, TRUTH.shape)[:, :, None]
    recall, precision = agreement(read(np.clip(page, 0, 255).astype(np.uint8)), TRUTH)
    assert recall > 0.98
    assert precision > 0.97


def test_salt_and_pepper_go_but_dots_and_thin_strokes_stay():
    page = np.full((200, 300), 255, np.uint8)
    cv2.line(page, (20, 40), (280, 40), 0, 1)
    page[100:103, 50:53] = 0
    page[150, 30:280:10] = 0
    page[120:140, 100:200] = 0
    page[130, 110:190:9] = 255
    clean = denoise(page)
    assert (clean[40, 22:279] == 0).all()
    assert (clean[100:103, 51] == 0).all()
    assert (clean[150] == 255).all()
    assert (clean[125:136, 105:195] == 0).all()


def test_denoising_leaves_its_input_alone():
    page = np.full((50, 50), 255, np.uint8)
    page[20, 20] = 0
    denoise(page)
    assert page[20, 20] == 0


def test_full_stops_stay_and_specks_go():
    page = written()
    page[390:394, 300:304] = 40
    page[390:391, 400:401] = 40
    ink = read(page)
    assert ink[391:393, 301:303].all()
    assert not ink[385:396, 395:405].any()


def test_white_on_black_is_recognised_and_a_dim_page_is_not_taken_for_it():
    page = to_grey(written())
    assert is_inverted(255 - page)
    assert not is_inverted(page)
    assert not is_inverted((page * 0.4).astype(np.uint8))


@pytest.mark.parametrize("level", [0, 90, 255])
def test_empty_page_has_no_ink(level):
    page = np.full((300, 200), level, np.uint8)
    assert not is_inverted(page)
    assert not read(page).any()


@pytest.mark.parametrize("shape", [(1, 1), (3, 40), (40, 3)])
def test_tiny_images_pass_through(shape):
    assert read(np.full(shape, 200, np.uint8)).shape == shape


@pytest.mark.parametrize("pen", [2, 4, 7])
def test_stroke_width_is_that_of_the_pen(pen):
    ink = np.zeros((200, 300), np.bool_)
    ink[50 : 50 + pen, 20:280] = True
    ink[80:180, 100 : 100 + pen] = True
    assert stroke_width(ink) == pytest.approx(pen * 4 / np.pi, rel=0.1)


def test_stroke_width_without_ink():
    assert stroke_width(np.zeros((5, 5), np.bool_)) == 1.0
