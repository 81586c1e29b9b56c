"""EMNIST through TensorFlow Datasets and its cache, with made-up images."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from training.emnist import BYCLASS, BYMERGE, CLASSES, GlyphSet, load_emnist, load_images


def bar(width: int, lean: float = 0.0) -> np.ndarray:
    """An upright bar of that width, leaning to the right."""
    image = np.zeros((28, 28), dtype=np.uint8)
    for row in range(4, 24):
        left = round(12 + lean * (14 - row))
        image[row, left : left + width] = 255
    return image


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache of 40 images: label k at places k, k + 20."""
    images = np.stack([bar(3)] * 40)
    numbers = np.array([BYCLASS.index(c) for c in "0123456789CcIiaAbBkK" * 2])
    np.savez(tmp_path / "emnist_byclass_train.npz", images=images, labels=numbers)
    merged = np.array([BYMERGE.index(c) for c in "0123456789CIJKLMOPSU" * 2])
    np.savez(tmp_path / "emnist_bymerge_train.npz", images=images, labels=merged)
    return tmp_path


def test_held_out_and_train_are_apart_and_complete(cache: Path) -> None:
    sizes = {
        part: len(load_emnist(cache, cache, ["byclass"], part=part))
        for part in ("train", "held_out", "all")
    }
    assert sizes == {"train": 38, "held_out": 2, "all": 40}


def test_merged_letters_serve_both_cases(cache: Path) -> None:
    glyphs = load_emnist(cache, cache, part="all")
    assert len(glyphs) == 80
    assert len(glyphs.indices("S")) == len(glyphs.indices("s")) == 2
    # two from byclass and two merged ones
    assert len(glyphs.indices("c")) == len(glyphs.indices("C")) == 4
    # capitals of these are drawn otherwise: merged ones serve for neither
    assert len(glyphs.indices("I")) == 2
    assert "L" not in glyphs.characters
    assert all(glyphs.labels[i] in "Cc" for i in glyphs.indices("c"))


def test_no_glyph_is_an_error(cache: Path) -> None:
    with pytest.raises(ValueError, match="é"):
        load_emnist(cache, cache).indices("é")


@pytest.mark.parametrize(("names", "part"), [(["letters"], "train"), (["byclass"], "most")])
def test_unknown_parts_are_refused(cache: Path, names: list[str], part: Any) -> None:
    with pytest.raises(ValueError, match=r"letters|most"):
        load_emnist(cache, cache, names, part=part)


def test_images_from_tfds_are_made_upright_and_cached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upright = bar(3, lean=0.3)
    calls: list[dict[str, Any]] = []

    def load(name: str, **options: Any) -> tuple[np.ndarray, np.ndarray]:
        calls.append({"name": name, **options})
        return np.stack([upright.T] * 3)[..., None], np.array([1, 1, 1])

    fake = SimpleNamespace(load=load, as_numpy=lambda data: data)
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", fake)
    for _ in range(2):
        glyphs = load_emnist(tmp_path / "tfds", tmp_path / "cache", ["byclass"], part="all")
        np.testing.assert_array_equal(glyphs.images[0], upright)
        assert glyphs.labels.tolist() == ["1"] * 3
    assert len(calls) == 1
    assert calls[0]["name"] == "emnist/byclass"
    assert calls[0]["download"] is False


def fake_tfds(monkeypatch: pytest.MonkeyPatch, images: np.ndarray, labels: list[int]) -> None:
    """Make `tfds.load` give these images."""
    fake = SimpleNamespace(
        load=lambda name, **options: (images[..., None], np.array(labels)),
        as_numpy=lambda data: data,
    )
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", fake)


def test_mnist_is_upright_already(monkeypatch: pytest.MonkeyPatch) -> None:
    leaning = np.stack([bar(3, lean=0.3)])
    fake_tfds(monkeypatch, leaning, [7])
    images, _ = load_images("mnist", "test")
    np.testing.assert_array_equal(images, leaning)
    images, _ = load_images("emnist/mnist", "test")
    np.testing.assert_array_equal(images, leaning.transpose(0, 2, 1))


def test_letters_are_numbered_from_one(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_tfds(monkeypatch, np.stack([bar(3), bar(3)]), [1, 26])
    _, labels = load_images("emnist/letters", "train")
    assert [CLASSES["emnist/letters"][k] for k in labels] == ["Aa", "Zz"]


def test_what_is_not_there_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match=r"no data set 'cifar10'.*emnist/byclass"):
        load_images("cifar10", "train")

    def load(name: str, **options: Any) -> None:
        raise AssertionError("Dataset emnist: could not find data")

    monkeypatch.setitem(sys.modules, "tensorflow_datasets", SimpleNamespace(load=load))
    with pytest.raises(ValueError, match=r"no emnist/digits in it \(--download"):
        load_images("emnist/digits", "train", tmp_path)


def test_stroke_width_and_slant_are_measured() -> None:
    images = np.stack([bar(2), bar(5), bar(3, lean=0.4), bar(3, lean=-0.4)])
    labels = np.array(list("1111"))
    glyphs = GlyphSet.build(images, labels, np.zeros(4, dtype=bool))
    assert glyphs.stroke_width[1] > 1.8 * glyphs.stroke_width[0]
    assert glyphs.slant[0] == pytest.approx(0.0, abs=0.02)
    assert glyphs.slant[2] == pytest.approx(0.4, abs=0.05)
    assert glyphs.slant[3] == pytest.approx(-0.4, abs=0.05)
