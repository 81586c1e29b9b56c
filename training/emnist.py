"""EMNIST and MNIST through TensorFlow Datasets, cached so that workers need no TensorFlow.

EMNIST: Cohen et al. 2017, "EMNIST: an extension of MNIST to handwritten letters".
"""

from __future__ import annotations

import string
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

BYCLASS = string.digits + string.ascii_uppercase + string.ascii_lowercase
BYMERGE = string.digits + string.ascii_uppercase + "abdefghnqrt"
MERGED_LETTERS = "CIJKLMOPSUVWXYZ"
"""Letters whose two cases are one class of BYMERGE, labelled with the capital."""
SAME_SHAPE = frozenset("CKOPSUVWXYZ")
"""Letters merged by BYMERGE whose two cases look alike but for their size and place.

I, J, L and M are merged too, but their capitals are drawn otherwise.
"""
_MERGED_CLASSES = tuple(c + c.lower() if c in MERGED_LETTERS else c for c in BYMERGE)
CLASSES = {
    "mnist": tuple(string.digits),
    "emnist/mnist": tuple(string.digits),
    "emnist/digits": tuple(string.digits),
    "emnist/byclass": tuple(BYCLASS),
    "emnist/bymerge": _MERGED_CLASSES,
    "emnist/balanced": _MERGED_CLASSES,
    "emnist/letters": tuple(c + c.lower() for c in string.ascii_uppercase),
}
"""For each set of TensorFlow Datasets, the characters that each of its classes stands for."""
HELD_OUT_EVERY = 20
"""One glyph in so many of the train split is held out for validation."""

Part = Literal["train", "held_out", "all"]


@dataclass(frozen=True)
class GlyphSet:
    """Images of single characters, with what is needed to match them to one writer.

    Attributes
    ----------
    images : uint8 (n, 28, 28)
        White ink on black, upright.
    labels : str array (n,)
        One character each.
    stroke_width : float32 (n,)
        Mean width of the strokes in pixels.
    slant : float32 (n,)
        Horizontal shift for one pixel up; 0 is upright.
    """

    images: np.ndarray
    labels: np.ndarray
    stroke_width: np.ndarray
    slant: np.ndarray
    _by_character: dict[str, np.ndarray] = field(default_factory=dict)

    @staticmethod
    def build(images: np.ndarray, labels: np.ndarray, merged: np.ndarray) -> GlyphSet:
        """Measure the glyphs and sort them by character.

        Parameters
        ----------
        images : uint8 (n, 28, 28)
        labels : str array (n,)
        merged : bool (n,)
            True where a capital label may also stand for its small letter.
        """
        by_character = {str(c): np.flatnonzero((labels == c) & ~merged) for c in np.unique(labels)}
        for capital in SAME_SHAPE:
            either = np.flatnonzero((labels == capital) & merged)
            for character in (capital, capital.lower()):
                known = by_character.get(character, np.zeros(0, dtype=np.int64))
                by_character[character] = np.concatenate([known, either])
        # Letters whose cases differ keep the capital's glyphs out unless there is no other.
        usable = {character: index for character, index in by_character.items() if len(index)}
        return GlyphSet(images, labels, _stroke_widths(images), _slants(images), usable)

    def __len__(self) -> int:
        return len(self.images)

    @property
    def characters(self) -> frozenset[str]:
        """Characters that have at least one glyph."""
        return frozenset(self._by_character)

    def indices(self, character: str) -> np.ndarray:
        """Numbers of the glyphs usable for a character, int64 (k,).

        Raises
        ------
        ValueError
            When there is none.
        """
        if character not in self._by_character:
            raise ValueError(f"no glyph for {character!r}")
        return self._by_character[character]


def load_emnist(
    data_dir: Path | str,
    cache_dir: Path | str | None = None,
    names: Collection[str] = ("byclass", "bymerge"),
    split: str = "train",
    part: Part = "train",
) -> GlyphSet:
    """Load EMNIST through ``tfds.load``, or from the cache where it was left before.

    Parameters
    ----------
    data_dir : path
        TensorFlow Datasets directory; nothing is downloaded.
    cache_dir : path, optional
        Where arrays are kept as ``.npz`` so that the next call does without TensorFlow.
    names : collection of str
        Of "byclass" and "bymerge".
    split : str
        "train", or "test" for the final score only.
    part : {"train", "held_out", "all"}
        Share of the split: one glyph in twenty is held out for validation.

    Raises
    ------
    ValueError
        When a name or part is not known.
    """
    unknown = set(names).difference({"byclass", "bymerge"})
    if unknown or part not in ("train", "held_out", "all"):
        raise ValueError(f"no EMNIST part {', '.join(sorted(unknown)) or part}")
    images, labels, merged = [], [], []
    for name in names:
        some, numbers = load_images(f"emnist/{name}", split, data_dir, cache_dir)
        held = np.arange(len(some)) % HELD_OUT_EVERY == 0
        keep = {"train": ~held, "held_out": held, "all": np.ones_like(held)}[part]
        letters = np.array(list(BYCLASS if name == "byclass" else BYMERGE))[numbers[keep]]
        images.append(some[keep])
        labels.append(letters)
        ambiguous = np.isin(letters, list(MERGED_LETTERS))
        merged.append(ambiguous & (name == "bymerge"))
    return GlyphSet.build(np.concatenate(images), np.concatenate(labels), np.concatenate(merged))


def load_images(
    name: str,
    split: str,
    data_dir: Path | str | None = None,
    cache_dir: Path | str | None = None,
    download: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Load one set by ``tfds.load``, or from the cache where it was left before.

    Parameters
    ----------
    name : str
        One of `CLASSES`.
    split : str
        "train" or "test".
    data_dir : path, optional
        TensorFlow Datasets directory; its own default (``~/tensorflow_datasets``) when missing.
    cache_dir : path, optional
        Where the arrays are kept as ``.npz`` so that the next call does without TensorFlow.
    download : bool
        Fetch what is not in the directory.

    Returns
    -------
    images : uint8 (n, 28, 28)
        White ink on black, upright.
    labels : int64 (n,)
        Class numbers, as `CLASSES` lists them.

    Raises
    ------
    ValueError
        If the set is not known, or not there.
    """
    if name not in CLASSES:
        raise ValueError(f"no data set {name!r}; there are {', '.join(CLASSES)}")
    cached = Path(cache_dir) / f"{name.replace('/', '_')}_{split}.npz" if cache_dir else None
    if cached is not None and cached.is_file():
        with np.load(cached, allow_pickle=False) as archive:
            return archive["images"], archive["labels"]
    images, labels = _from_tfds(name, split, data_dir, download)
    if name == "emnist/letters":
        labels = labels - 1  # numbered from 1 there
    # EMNIST, unlike MNIST, is stored with its rows and columns swapped.
    upright = images[..., 0].transpose(0, 2, 1) if name.startswith("emnist") else images[..., 0]
    upright = np.ascontiguousarray(upright)
    if cached is not None:
        cached.parent.mkdir(parents=True, exist_ok=True)
        # A name of its own until complete: other processes may be looking.
        with cached.with_suffix(".part").open("wb") as file:
            np.savez(file, images=upright, labels=labels)
        cached.with_suffix(".part").replace(cached)
    return upright, labels


def _from_tfds(
    name: str, split: str, data_dir: Path | str | None, download: bool
) -> tuple[np.ndarray, np.ndarray]:
    import tensorflow_datasets as tfds

    folder = None if data_dir is None else str(data_dir)
    try:
        data = tfds.load(
            name, data_dir=folder, split=split, download=download, batch_size=-1,
            as_supervised=True,
        )  # fmt: skip
    # What TFDS raises for a set that was never prepared.
    except AssertionError as error:
        place = data_dir or "the TensorFlow Datasets directory"
        raise ValueError(f"{place}: no {name} in it (--download fetches it)") from error
    images, labels = tfds.as_numpy(data)
    return images, labels


def _stroke_widths(images: np.ndarray) -> np.ndarray:
    """Ink area over half its outline: the mean width of the strokes, float32 (n,)."""
    widths = np.empty(len(images), dtype=np.float32)
    for start in range(0, len(images), 4096):
        ink = images[start : start + 4096] > 100
        edges = np.count_nonzero(ink[:, 1:] != ink[:, :-1], axis=(1, 2))
        edges += np.count_nonzero(ink[:, :, 1:] != ink[:, :, :-1], axis=(1, 2))
        # A slanted outline crosses pi/4 as many pixel edges as its length says.
        area = np.count_nonzero(ink, axis=(1, 2))
        widths[start : start + 4096] = 2.0 * area / np.maximum(edges * np.pi / 4, 1.0)
    return widths


def _slants(images: np.ndarray) -> np.ndarray:
    """Slant from second moments, float32 (n,), as MNIST is commonly deslanted."""
    slants = np.empty(len(images), dtype=np.float32)
    grid = np.arange(28, dtype=np.float32)
    for start in range(0, len(images), 4096):
        ink = images[start : start + 4096].astype(np.float32)
        mass = ink.sum(axis=(1, 2)) + 1e-6
        columns, rows = ink.sum(axis=1), ink.sum(axis=2)
        x, y = (columns @ grid) / mass, (rows @ grid) / mass
        xy = np.einsum("nyx,y,x->n", ink, grid, grid, optimize=True) / mass - x * y
        yy = (rows @ grid**2) / mass - y**2
        slants[start : start + 4096] = -xy / (yy + 1e-6)
    return slants
