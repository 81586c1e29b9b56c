"""Pen trajectories: loading, filtering, measuring and drawing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.ink import core_zone, is_single_line, load_unipen
from training.pen import PenStyle, develop, render_ink, smooth_path

PLAIN = PenStyle(width=3.0, darkness=1.0, speed=0.0, fade=0.0, blur=0.0)


def zigzag(left: float, top: float, bottom: float, count: int, step: float = 20.0) -> np.ndarray:
    xs = left + step * np.arange(count)
    ys = np.where(np.arange(count) % 2, top, bottom)
    return np.stack([xs, ys], axis=1).astype(np.float32)


def write_archive(path: Path, samples: list[tuple[str, str, int, list[np.ndarray]]]) -> Path:
    """Write strokes the way the shared archive keeps them."""
    strokes = [np.asarray(s, dtype=np.int16) for _, _, _, some in samples for s in some]
    np.savez(
        path,
        deltas=np.concatenate(
            [np.diff(s, axis=0, prepend=np.zeros((1, 2), s.dtype)) for s in strokes]
        ),
        stroke_lengths=np.array([len(s) for s in strokes], dtype=np.int32),
        strokes_per_sample=np.array([len(some) for *_, some in samples], dtype=np.int32),
        label=np.array([label for _, label, _, _ in samples]),
        writer=np.array([writer for _, _, writer, _ in samples], dtype=np.int32),
        category=np.array([category for category, *_ in samples]),
    )
    return path


def scribble(top: float, bottom: float) -> np.ndarray:
    """Ink evenly spread between two rows, as wide as a line of text."""
    ys = np.random.default_rng(0).uniform(top, bottom, 400)
    return np.stack([np.arange(400) * 10.0, ys], axis=1).astype(np.float32)


ONE_LINE = [scribble(0, 400)]
TWO_LINES = [scribble(0, 130), scribble(270, 400)]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return write_archive(
        tmp_path / "ink.npz",
        [
            ("1a", "1", 7, [np.array([[10, 0], [0, 400]])]),
            ("7", "né", 8, [zigzag(0, 0, 400, 9), zigzag(300, 100, 400, 5)]),
            ("7", "R@u@n", 8, [zigzag(0, 0, 400, 9)]),
            ("7", ".", 8, [zigzag(0, 0, 400, 9)]),
            ("8", "one line of text", 9, ONE_LINE),
            ("8", "two lines of it", 9, TWO_LINES),
            ("1d", "\\\\", 9, [np.array([[0, 0], [100, 400]])]),
        ],
    )


def test_strokes_come_back_as_written(archive: Path) -> None:
    ink = load_unipen(archive)
    assert len(ink) == 7
    first, second = ink.strokes(1)
    np.testing.assert_array_equal(first, zigzag(0, 0, 400, 9))
    np.testing.assert_array_equal(second, zigzag(300, 100, 400, 5))
    assert first.dtype == np.float32
    assert (ink.label(1), ink.writer(1), ink.label(6)) == ("né", 8, "\\")


def test_bad_samples_are_left_out(archive: Path) -> None:
    ink = load_unipen(archive)
    assert ink.select(("7",)).tolist() == [1]
    assert ink.select(("8",)).tolist() == [4]
    assert ink.select(("1a", "1d")).tolist() == [0, 6]


def test_labels_outside_the_alphabet_are_left_out(archive: Path) -> None:
    ink = load_unipen(archive)
    assert ink.select(("7",), alphabet="abcn").tolist() == []
    assert ink.select(("7",), alphabet="né").tolist() == [1]


def test_another_archive_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", deltas=np.zeros((1, 2)))
    with pytest.raises(ValueError, match="stroke_lengths"):
        load_unipen(tmp_path / "other.npz")


def test_two_lines_are_told_from_one() -> None:
    assert is_single_line(np.concatenate(ONE_LINE), "one line of text")
    assert not is_single_line(np.concatenate(TWO_LINES), "two lines of it")
    assert not is_single_line(zigzag(0, 0, 400, 9), "far too long for so narrow a sample")


def test_core_zone_of_letters_with_ascender_and_descender() -> None:
    body = zigzag(0, 100, 200, 200, 5.0)
    body = np.concatenate([body, zigzag(0, 150, 160, 100, 10.0)])
    tails = np.array([[50, 0], [50, 100], [80, 200], [80, 300]], dtype=np.float32)
    baseline, x_height = core_zone(np.concatenate([body, tails]), "hanoaxeag")
    assert baseline == pytest.approx(200, abs=25)
    assert x_height == pytest.approx(100, rel=0.3)


def test_core_zone_of_capitals_uses_their_height() -> None:
    baseline, x_height = core_zone(zigzag(0, 0, 175, 10), "AB")
    assert (baseline, x_height) == pytest.approx((175, 100))


def test_ink_is_as_high_and_wide_as_asked() -> None:
    along, down = np.linspace(0, 400, 41), np.linspace(0, 200, 21)
    strokes = [np.stack([along, 0 * along], axis=1), np.stack([0 * down + 400, down], axis=1)]
    image = render_ink(strokes, 60, np.random.default_rng(0), PLAIN, margin=6)
    rows = np.flatnonzero((image < 128).any(axis=1))
    columns = np.flatnonzero((image < 128).any(axis=0))
    assert image.dtype == np.uint8
    assert image[0].min() == 255
    assert np.ptp(rows) == pytest.approx(60 + PLAIN.width, abs=2)
    assert np.ptp(columns) == pytest.approx(120 + PLAIN.width, abs=2)


def test_a_wide_pen_leaves_more_ink() -> None:
    strokes = [zigzag(0, 0, 400, 5, 400.0)]
    thin, wide = (
        render_ink(strokes, 60, np.random.default_rng(0), PenStyle(width=w, fade=0.0))
        for w in (1.5, 5)
    )
    assert (255.0 - wide).sum() > 2 * (255.0 - thin).sum()


def test_shear_leans_to_the_right() -> None:
    strokes = [np.array([[0, 0], [0, 400]], dtype=np.float32)]
    style = PenStyle(shear=0.5, speed=0.0, fade=0.0)
    image = render_ink(strokes, 60, np.random.default_rng(0), style)
    top, bottom = (np.flatnonzero(image[row] < 200).mean() for row in (12, -12))
    assert top > bottom + 15


@pytest.mark.parametrize(
    "strokes",
    [
        [np.array([[5, 5]], dtype=np.float32)],
        [np.array([[0, 7], [500, 7]], dtype=np.float32)],
        [np.array([[3, 0], [3, 400]], dtype=np.float32)],
    ],
)
def test_dots_and_straight_lines_are_drawn(strokes: list[np.ndarray]) -> None:
    for style in (PLAIN, replace(PLAIN, speed=0.5)):
        image = render_ink(strokes, 40, np.random.default_rng(0), style)
        assert image.min() < 128
    assert image.shape[1] <= 40 * 30 + 40


def test_the_same_generator_draws_the_same() -> None:
    one, two = (render_ink([zigzag(0, 0, 400, 9)], 60, np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_fading_and_grain_take_ink_away() -> None:
    coverage = np.ones((20, 200), dtype=np.float32)
    rng = np.random.default_rng(0)
    plain = develop(coverage, PLAIN, rng)
    worn = develop(coverage, PenStyle(darkness=1.0, grain=0.5, fade=0.5, blur=0.0), rng)
    assert plain.max() == 0
    assert worn.mean() > 40


@given(st.lists(st.integers(1, 12), min_size=1, max_size=5), st.integers(0, 2**32 - 1))
def test_smoothing_keeps_points_and_strokes(lengths: list[int], seed: int) -> None:
    count = np.array(lengths)
    points = np.random.default_rng(seed).uniform(0, 60, (count.sum(), 2)).astype(np.float32)
    curve, longer = smooth_path(points, count)
    factor = len(curve) // len(points)
    np.testing.assert_array_equal(longer, count * factor)
    np.testing.assert_allclose(curve[::factor], points, atol=1e-3)
