"""The sample form: small, made the same each time, and in the places that its template names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from samples.forms import CELL, HEIGHT, INNER, WIDTH, draw_blank, make
from samples.pen import Fonts


def test_pictures_are_small_and_of_one_size(samples: Path) -> None:
    paths = [samples / "form_blank.png", samples / "form_filled.jpg"]
    assert sum(path.stat().st_size for path in paths) < 300_000
    assert [Image.open(path).size for path in paths] == [(WIDTH, HEIGHT)] * 2


def test_blank_in_the_repository_has_the_frames_that_the_script_prints(samples: Path) -> None:
    kept = np.asarray(Image.open(samples / "form_blank.png"), np.float32)
    drawn = draw_blank(Fonts(None)).mean(axis=2)
    frames = np.s_[465:535, INNER - 5 : INNER + 20 * CELL + 5]  # only captions depend on the font
    assert abs(kept[frames] - drawn[frames]).max() <= 17


def test_same_seed_makes_the_same_form(tmp_path: Path) -> None:
    first, second = (make(tmp_path / folder, Fonts(None), 3) for folder in "ab")
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
