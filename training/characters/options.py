"""The options of `hcr-train characters`, and the data that they name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.characters.data import (
    CharacterSet,
    class_shares,
    common_classes,
    concatenate,
    keep_only,
    stratified_split,
    under,
)
from training.characters.feed import Balance
from training.characters.fit import OptimizerName
from training.characters.ink import ink_characters
from training.characters.models import NetworkName
from training.emnist import CLASSES, load_images
from training.folders import read_class_folders
from training.ink import load_unipen


@dataclass(frozen=True)
class DataOptions:
    """Which images; see `hcr-train characters --help`."""

    data: tuple[str, ...]
    data_dir: Path | None
    download: bool
    folders: Path | None
    test: Path | None
    only: str | None
    validation: float
    seed: int


@dataclass(frozen=True)
class TrainOptions:
    """How to train; see `hcr-train characters --help`.

    Attributes
    ----------
    ink
        Pen strokes from which further training images are drawn.
    init
        Weights to start from the mean of; of the same network and alphabet.
    teacher
        Models whose opinions of the images count beside the labels.
    trust
        Of `FeedConfig`.
    optimizer
        Of the residual network; the small one of the tutorials always has AdamW.
    evenness
        Of `decision_weights`.
    """

    network: NetworkName
    epochs: int
    batch_size: int
    learning_rate: float
    patience: int
    augment: bool
    mixup: float
    smoothing: float
    balance: Balance
    baseline: bool
    precision: str
    resume: bool
    ink: Path | None = None
    init: tuple[Path, ...] = ()
    teacher: tuple[Path, ...] = ()
    trust: float = 0.6
    optimizer: OptimizerName = "adamw"
    evenness: float = 0.0


@dataclass(frozen=True)
class Parts:
    """Images under the same alphabet.

    Attributes
    ----------
    train
        Some labels may stand for several characters.
    validation, test
        Exact, and as frequent as in the first data set.
    frequencies
        Share of each character of the alphabet in the first data set, float64.
    offset
        Logarithm of the share in all training images over that one, float64.
    plain, drawn
        How many of the training images are of the first data set, and drawn from pen strokes:
        the first and the last ones.
    """

    train: CharacterSet
    validation: CharacterSet
    test: CharacterSet
    frequencies: NDArray[np.float64]
    offset: NDArray[np.float64]
    plain: int
    drawn: int


def load_parts(options: DataOptions, ink: Path | None = None) -> Parts:
    """Load the data and split it.

    A share of the first data set is for validation; the others only add to the training. The
    test images are the first set's test part or the TEST folder; without one, another share.

    Parameters
    ----------
    options
        Names the data.
    ink
        Pen strokes (`training.ink`); characters drawn from them become up to a quarter of the
        training images.

    Raises
    ------
    ValueError
        If the data is missing, broken or too little.
    """
    if options.folders is None:
        sets = [_tfds(options, name, "train") for name in options.data]
    else:
        sets = [read_class_folders(options.folders)]
    classes = common_classes([some.classes for some in sets])
    first, *more = [_reduced(under(some, classes), options) for some in sets]
    rng = np.random.default_rng(options.seed)
    test = _apart(options)
    if test is None:
        first, test = stratified_split(first, options.validation, rng)
    else:
        test = _reduced(under(test, classes), options)
    stays, validation = stratified_split(first, options.validation, rng)
    train, frequencies = concatenate([stays, *more]), class_shares(stays, stays)
    scanned = len(train)
    if ink is not None:
        train = concatenate([train, _drawn(ink, train, stays, rng)])
    offset = np.log(class_shares(train, stays)) - np.log(frequencies)
    drawn = len(train) - scanned
    return Parts(train, validation.exact(), test.exact(), frequencies, offset, len(stays), drawn)


def _drawn(
    ink: Path, train: CharacterSet, reference: CharacterSet, rng: np.random.Generator
) -> CharacterSet:
    """Draw a third as many characters as there are, and as frequent ones."""
    shares = class_shares(train, reference)
    return ink_characters(load_unipen(ink), train.classes, shares, len(train) // 3, rng)


def load_test(options: DataOptions) -> CharacterSet:
    """Load the test images alone, under their own classes.

    Raises
    ------
    ValueError
        As `load_parts`.
    """
    test = _apart(options)
    return load_parts(options).test if test is None else _reduced(test, options)


def _apart(options: DataOptions) -> CharacterSet | None:
    """Return the test images that are apart from the training images, if there are such."""
    if options.folders is None:
        return _tfds(options, options.data[0], "test")
    return None if options.test is None else read_class_folders(options.test)


def _tfds(options: DataOptions, name: str, split: str) -> CharacterSet:
    images, labels = load_images(name, split, options.data_dir, download=options.download)
    return CharacterSet(images, labels, CLASSES[name])


def _reduced(data: CharacterSet, options: DataOptions) -> CharacterSet:
    return data if options.only is None else keep_only(data, options.only)
