from __future__ import annotations

import cv2
import numpy as np
import pytest

from segmentation.rules import Rule, Rules, find_rules, remove_rules

HEIGHT, WIDTH = 1100, 850
LEVELS = range(160, 1000, 60)


def blank():
    return np.full((HEIGHT, WIDTH), 255, np.uint8)


def write(page, words="quel petit jardin tilleul, fini - t"):
    for y in LEVELS:
        cv2.putText(page, words, (90, y - 1), cv2.FONT_HERSHEY_SIMPLEX, 1, 30, 3, cv2.LINE_AA)
    return page


def rule(page, slope=0.0, period=1, dash=1, wave=0.0, grey=120):
    """Draw rules two pixels thick on which the writing stands."""
    xs = np.arange(40, 810)
    for level in LEVELS:
        ys = np.round(level + slope * (xs - 425) + wave * np.sin(xs / 120)).astype(int)
        drawn = xs % period < dash
        for row in (0, 1):
            page[ys[drawn] + row, xs[drawn]] = np.minimum(page[ys[drawn] + row, xs[drawn]], grey)
    return page


def cleaned(page):
    ink = page < 200
    return *remove_rules(page, ink, find_rules(ink)), ink


@pytest.mark.parametrize(
    "style",
    [
        {},
        {"slope": 0.03},
        {"slope": -0.03},
        {"wave": 2.5},
        {"period": 9, "dash": 5},
        {"period": 8, "dash": 2},
        {"period": 300, "dash": 230},
    ],
    ids=["solid", "falling", "rising", "wavy", "dashed", "dotted", "interrupted"],
)
def test_rules_go_and_writing_stays(style):
    writing = write(blank()) < 200
    flat, ink, before = cleaned(rule(write(blank()), **style))
    drawn = before & ~writing
    assert (ink & drawn).sum() < 0.12 * drawn.sum()
    assert (ink & writing).sum() > 0.98 * writing.sum()
    assert (flat[drawn & ~ink] == 255).mean() > 0.95


def test_each_rule_is_found_once_with_its_place_and_thickness():
    rules = find_rules(rule(write(blank())) < 200)
    middles = sorted(np.mean([y for _, y in line.points]) for line in rules.horizontal)
    np.testing.assert_allclose(middles, np.array(LEVELS) + 0.5, atol=1.1)
    assert all(line.thickness == pytest.approx(2, abs=0.5) for line in rules.horizontal)
    for line in rules.horizontal:
        assert line.points[0][0] == pytest.approx(40, abs=20)
        assert line.points[-1][0] == pytest.approx(810, abs=20)
    assert rules.vertical == ()


def test_writing_alone_has_no_rules_and_is_left_alone():
    page = write(blank())
    cv2.line(page, (100, 1040), (180, 1040), 0, 2)  # a dash
    flat, ink, before = cleaned(page)
    np.testing.assert_array_equal(ink, before)
    np.testing.assert_array_equal(flat, page)


def test_small_print_is_no_rule():
    page = blank()
    for y in range(60, 1000, 22):
        words = "les conditions de participation et de la mise en commun des travaux"
        cv2.putText(page, words, (40, y), cv2.FONT_HERSHEY_SIMPLEX, 0.4, 0, 1, cv2.LINE_AA)
    assert find_rules(page < 160).horizontal == ()


def test_margin_is_found_and_the_letters_crossing_it_stay():
    page = write(blank())
    page[40:1060, 120:122] = np.minimum(page[40:1060, 120:122], 120)
    writing = write(blank()) < 200
    _, ink, before = cleaned(page)
    drawn = before & ~writing
    assert (ink & drawn).sum() < 0.1 * drawn.sum()
    assert (ink & writing).sum() > 0.98 * writing.sum()


def test_boxes_and_combs_go_and_the_letters_in_them_stay():
    page, letters = blank(), blank()
    cv2.rectangle(page, (200, 200), (520, 240), 90, 2)
    for x in range(240, 520, 40):
        cv2.line(page, (x, 200), (x, 240), 90, 1)
    cv2.rectangle(page, (200, 400), (230, 430), 90, 2)
    cv2.line(page, (200, 540), (520, 540), 90, 2)
    for x in range(200, 521, 40):
        cv2.line(page, (x, 515), (x, 540), 90, 2)
    for image in (page, letters):
        for place, letter in enumerate("HELITFE"):
            for y in (232, 534):
                at = (210 + 40 * place, y)
                cv2.putText(image, letter, at, cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
        cv2.putText(image, "HELITE", (260, 425), cv2.FONT_HERSHEY_SIMPLEX, 1, 0, 2)
    writing = letters < 200
    _, ink, before = cleaned(page)
    drawn = before & ~writing
    assert (ink & drawn).sum() < 0.05 * drawn.sum()
    assert (ink & writing).sum() > 0.98 * writing.sum()


def test_rule_hidden_by_writing_is_foretold_by_its_neighbours():
    page = rule(blank())
    level = LEVELS[5]
    page[level - 4 : level + 6, 40:640] = 255
    for x in range(45, 640, 12):
        cv2.line(page, (x, level - 25), (x, level + 1), 0, 5)
    rules = find_rules(page < 200)
    assert len(rules.horizontal) == len(LEVELS)


def test_mask_covers_the_rules():
    page = rule(blank())
    mask = find_rules(page < 200).mask()
    assert mask.shape == page.shape
    assert mask[page < 200].mean() > 0.95
    assert mask.sum() < 1.6 * (page < 200).sum()


def test_inputs_are_not_changed():
    page = rule(write(blank()))
    ink = page < 200
    kept_page, kept_ink = page.copy(), ink.copy()
    remove_rules(page, ink, find_rules(ink))
    np.testing.assert_array_equal(page, kept_page)
    np.testing.assert_array_equal(ink, kept_ink)


@pytest.mark.parametrize("shape", [(1, 1), (20, 2000), (2000, 20), (60, 60)])
@pytest.mark.parametrize("full", [False, True])
def test_odd_shapes_are_no_trouble(shape, full):
    ink = np.full(shape, full)
    flat = np.where(ink, 0, 255).astype(np.uint8)
    assert remove_rules(flat, ink, find_rules(ink))[1].shape == shape


def test_rules_at_the_edge_of_the_page():
    page = blank()
    page[:2], page[-2:], page[:, :2] = 100, 100, 100
    ink = page < 200
    assert remove_rules(page, ink, find_rules(ink))[1].sum() < 0.2 * ink.sum()


def test_rules_of_another_page_are_refused():
    ink = np.zeros((10, 10), np.bool_)
    rules = Rules((20, 10), (Rule(((0.0, 5.0), (9.0, 5.0)), 1.0),))
    with pytest.raises(ValueError, match="differ"):
        remove_rules(np.zeros((10, 10), np.uint8), ink, rules)
