from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest

from training.characters.data import CharacterSet
from training.characters.feed import CharacterFeed, FeedConfig
from training.characters.fit import (
    BEST,
    CharacterFitConfig,
    OptimizerName,
    fit_characters,
    predict,
    read_history,
)
from training.characters.models import build_network

ALPHABET = ("0", "1", "T")


def letters(count: int, seed: int) -> CharacterSet:
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % len(ALPHABET)
    images = np.zeros((count, 28, 28), np.uint8)
    for image, label in zip(images, labels, strict=True):
        at = int(rng.integers(3, 8)), int(rng.integers(20, 26))
        cv2.putText(image, ALPHABET[label], at, cv2.FONT_HERSHEY_SIMPLEX, 0.8, 255, 2)
    return CharacterSet(images, labels, ALPHABET)


TRAIN, HELD = letters(96, 0), letters(30, 1)


def fit(
    folder: Path,
    epochs: int,
    rate: float = 2e-3,
    patience: int = 9,
    resume: bool = False,
    initial: Sequence[Path] = (),
    optimizer: OptimizerName = "adamw",
) -> tuple[keras.Model, float]:
    """Train the small network; return it, and the loss of its first epoch."""
    keras.utils.set_random_seed(0)
    network = build_network("baseline", len(ALPHABET))
    config = CharacterFitConfig(epochs, rate, optimizer=optimizer, patience=patience)
    feed = CharacterFeed(TRAIN, FeedConfig(batch_size=16), len(read_history(folder)) * resume)
    fit_characters(
        network, feed, HELD, folder, config, TRAIN.images, resume=resume, initial=initial
    )
    return network, read_history(folder)[0]["val_loss"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    network, _ = fit(folder, 5)
    found = predict(network, HELD.images).argmax(axis=1)
    assert (found == HELD.labels).mean() > 0.9
    return folder


def test_the_history_has_every_epoch_and_the_loss_falls(run: Path) -> None:
    rows = read_history(run)
    assert [row["epoch"] for row in rows] == [1, 2, 3, 4, 5]
    assert rows[-1]["val_loss"] < 0.5 * rows[0]["val_loss"]
    assert all(one["seconds"] <= two["seconds"] for one, two in pairwise(rows))


def test_muon_learns_as_well(tmp_path: Path) -> None:
    fit(tmp_path, 8, optimizer="muon")
    rows = read_history(tmp_path)
    assert rows[-1]["val_loss"] < 0.5 * rows[0]["val_loss"]


def test_a_run_goes_on_after_its_last_epoch(run: Path) -> None:
    fit(run, 6, resume=True)
    assert [row["epoch"] for row in read_history(run)] == [1, 2, 3, 4, 5, 6]


def test_training_can_start_from_weights(run: Path, tmp_path: Path) -> None:
    _, fresh = fit(tmp_path / "fresh", 1)
    _, begun = fit(tmp_path / "begun", 1, rate=1e-4, initial=[run / BEST])
    assert begun < 0.5 * fresh
    network = build_network("baseline", 5)
    feed = CharacterFeed(TRAIN, FeedConfig(batch_size=16))
    with pytest.raises(ValueError, match="not weights of this network for 5 classes") as caught:
        fit_characters(
            network, feed, HELD, tmp_path, CharacterFitConfig(1), TRAIN.images, initial=[run / BEST]
        )
    assert "\n" not in str(caught.value)


def test_several_weights_are_averaged(run: Path, tmp_path: Path) -> None:
    network = build_network("baseline", len(ALPHABET))
    network.save_weights(tmp_path / "fresh.weights.h5")
    fresh = network.get_weights()
    network.load_weights(run / BEST)
    wanted = [(one + two) / 2 for one, two in zip(fresh, network.get_weights(), strict=True)]
    begun, _ = fit(tmp_path, 1, rate=0.0, initial=[run / BEST, tmp_path / "fresh.weights.h5"])
    for found, expected in zip(begun.get_weights(), wanted, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_training_stops_when_nothing_gets_better(tmp_path: Path) -> None:
    network, _ = fit(tmp_path, 9, rate=1.0, patience=2)
    losses = [row["val_loss"] for row in read_history(tmp_path)]
    assert len(losses) == int(np.argmin(losses)) + 3 < 9
    kept = predict(network, HELD.images).argmax(axis=1)
    other = build_network("baseline", len(ALPHABET))
    other.load_weights(tmp_path / BEST)
    assert (predict(other, HELD.images).argmax(axis=1) == kept).all()
