"""Faults laid over line images: each does its own thing and leaves the text legible."""

from __future__ import annotations

from dataclasses import fields, replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from training.augment import AugmentConfig, augment_line, fade_ink, jitter_edges, warp
from training.faults import add_neighbour, add_rule, add_specks, ink_level, wear_off

NONE = AugmentConfig(**{field.name: 0.0 for field in fields(AugmentConfig)})
CHANCES = [
    field.name
    for field in fields(AugmentConfig)
    if field.name not in {"slant", "rotation", "stretch", "elastic"}
]


@pytest.fixture
def line() -> np.ndarray:
    image = np.full((64, 400), 255, dtype=np.uint8)
    cv2.putText(
        image, "some words here", (12, 42), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.3, 40, 2, cv2.LINE_AA
    )
    return image


def ink_mass(image: np.ndarray) -> float:
    return float((255.0 - image).sum())


def test_nothing_happens_at_chance_zero(line: np.ndarray) -> None:
    np.testing.assert_array_equal(augment_line(line, np.random.default_rng(0), NONE), line)


@pytest.mark.parametrize("name", CHANCES)
def test_each_fault_changes_the_line(name: str, line: np.ndarray) -> None:
    config = replace(AugmentConfig(), **{n: float(n == name) for n in CHANCES})
    before = line.copy()
    results = [augment_line(line, np.random.default_rng(seed), config) for seed in range(3)]
    np.testing.assert_array_equal(line, before)
    assert any(r.shape != line.shape or (r != line).any() for r in results)


def test_the_same_generator_gives_the_same(line: np.ndarray) -> None:
    one, two = (augment_line(line, np.random.default_rng(8)) for _ in range(2))
    np.testing.assert_array_equal(one, two)


@settings(max_examples=40)
@given(
    hnp.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 60))),
    st.integers(0, 2**32 - 1),
)
def test_any_image_survives_all_faults(image: np.ndarray, seed: int) -> None:
    everything = replace(AugmentConfig(), **dict.fromkeys(CHANCES, 1.0))
    out = augment_line(image, np.random.default_rng(seed), everything)
    assert out.dtype == np.uint8
    assert out.ndim == 2
    assert out.size > 0


@pytest.mark.parametrize(
    "bad", [np.zeros((4, 4, 3), np.uint8), np.zeros((0, 4), np.uint8), np.zeros((4, 4))]
)
def test_other_arrays_are_refused(bad: np.ndarray) -> None:
    with pytest.raises(ValueError, match="grey uint8"):
        augment_line(bad, np.random.default_rng(0))


def test_warp_keeps_the_ink(line: np.ndarray) -> None:
    config = AugmentConfig(stretch=0.0)
    for seed in range(10):
        out = warp(line, np.random.default_rng(seed), config)
        assert ink_mass(out) == pytest.approx(ink_mass(line), rel=0.1)


def test_rotation_does_not_cut_long_lines() -> None:
    line = np.full((40, 1500), 255, dtype=np.uint8)
    line[15:25, 10:-10:9] = 0
    config = replace(AugmentConfig(), slant=0.0, stretch=0.0, rotation=3.0)
    for seed in range(5):
        assert ink_mass(warp(line, np.random.default_rng(seed), config)) > 0.9 * ink_mass(line)


def test_edges_keep_faint_ink() -> None:
    line = np.full((60, 200), 255, dtype=np.uint8)
    line[20:40, 30:170:4] = 225
    for seed in range(20):
        out = jitter_edges(line, np.random.default_rng(seed))
        assert ink_mass(out) > 0.85 * ink_mass(line)


def test_worn_spots_take_ink_away_here_and_there_and_add_none(line: np.ndarray) -> None:
    left = []
    for seed in range(10):
        out = wear_off(line, np.random.default_rng(seed))
        assert (out >= line).all()
        left.append(ink_mass(out) / ink_mass(line))
    assert min(left) < 0.98
    assert np.mean(left) > 0.75


def test_neighbours_come_from_the_edges(line: np.ndarray) -> None:
    paper = np.full((60, 300), 255, dtype=np.uint8)
    above = below = 0
    for seed in range(20):
        rows = (add_neighbour(paper, line, np.random.default_rng(seed)) < 200).any(axis=1)
        assert not rows[16:44].any()
        above, below = above + int(rows[:16].any()), below + int(rows[44:].any())
    assert above > 5
    assert below > 5


def test_rules_and_specks_only_darken(line: np.ndarray) -> None:
    for seed in range(10):
        ruled = add_rule(line, np.random.default_rng(seed))
        assert (ruled <= line).all()
        assert (ruled < line).any()
        rows = np.flatnonzero((ruled != line).any(axis=1))
        assert np.ptp(rows) < 14
        assert (add_specks(line, np.random.default_rng(seed)) != line).sum() < 60


def test_fading_leaves_legible_ink(line: np.ndarray) -> None:
    for seed in range(10):
        faded = fade_ink(line, np.random.default_rng(seed))
        assert (faded >= line).all()
        assert 0.2 < ink_mass(faded) / ink_mass(line) <= 1.0


def test_ink_level_lies_between_ink_and_paper() -> None:
    assert ink_level(np.array([[255, 0]], dtype=np.uint8)) == 170
    assert 225 < ink_level(np.array([[255, 225]], dtype=np.uint8)) < 255
