"""The sample pages: made the same each time, each with its truth, small, all letters readable."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from samples.make_samples import make
from samples.pages import PAGES
from samples.pen import Fonts


def ink_share(path: Path) -> float:
    grey = np.asarray(Image.open(path).convert("L"), dtype=float)
    return float(np.mean(np.abs(grey - np.median(grey)) > 60))


@pytest.mark.parametrize("name", PAGES)
def test_sample_is_there_with_its_truth(samples: Path, name: str) -> None:
    path = samples / name
    assert path.stat().st_size < 300_000
    assert ink_share(path) > 0.01
    text = path.with_suffix(".gt.txt").read_text("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    lines = text.splitlines()
    assert all(line and line == " ".join(line.split()) for line in lines)
    assert len(lines) == 1 if name == "line.png" else len(lines) >= 7


def test_no_sample_is_without_a_maker(samples: Path) -> None:
    images = {path.name for path in samples.iterdir() if path.suffix in {".jpg", ".png"}}
    assert images == {*PAGES, "form_blank.png", "form_filled.jpg"}  # these: samples.forms


def test_same_seed_makes_the_same_page_whatever_was_made_before(tmp_path: Path) -> None:
    fonts = Fonts(None)
    make(tmp_path / "a", fonts, 7, ("board.jpg", "line.png"))
    make(tmp_path / "b", fonts, 7, ("line.png",))
    make(tmp_path / "c", fonts, 8, ("line.png",))
    first, same, other = ((tmp_path / folder / "line.png").read_bytes() for folder in "abc")
    assert first == same
    assert first != other


def test_truth_in_the_repository_is_what_the_script_writes(tmp_path: Path, samples: Path) -> None:
    (made,) = make(tmp_path, Fonts(None), 1, ("form.jpg",))
    truth = made.with_suffix(".gt.txt").read_text("utf-8")
    assert truth == (samples / "form.gt.txt").read_text("utf-8")


def test_missing_font_is_named_with_the_command_that_fetches_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"npm install .*@fontsource/kalam"):
        Fonts(tmp_path).get("kalam", 20)
