"""Training of a character network: schedule, checkpoints, validation, early stopping."""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import keras
import numpy as np
from numpy.typing import NDArray

from recognition.confidence import apply_temperature
from training.characters.data import CharacterSet
from training.characters.feed import CharacterFeed, as_input
from training.characters.loss import OpenLabelCrossEntropy, open_label_accuracy
from training.characters.statistics import settle_statistics
from training.pretrained import load_pretrained
from training.schedule import adamw, cosine, muon

OptimizerName = Literal["adamw", "muon"]

BEST = "best.weights.h5"
HISTORY = "history.csv"
HISTORY_COLUMNS = ("epoch", "seconds", "loss", "accuracy", "val_loss", "val_accuracy")
PREDICT_BATCH = 256


@dataclass(frozen=True)
class CharacterFitConfig:
    """How long and how fast to train.

    Attributes
    ----------
    epochs
        At most.
    learning_rate, warmup, final_rate
        Peak of the cosine schedule; share of all steps that climb to it; rate at the end,
        relative to the peak.
    optimizer
        Muon learns more in an epoch and takes longer for it.
    weight_decay, clip
        Of the optimizer; Muon's largest norm of all gradients together.
    ema
        Momentum of the averaged weights that are validated and kept; less in short trainings.
    patience
        Epochs without a smaller validation loss before training stops.
    seed
        Of everything random.
    """

    epochs: int = 20
    learning_rate: float = 2e-3
    warmup: float = 0.05
    final_rate: float = 0.005
    optimizer: OptimizerName = "adamw"
    weight_decay: float = 0.02
    clip: float = 5.0
    ema: float = 0.998
    patience: int = 6
    seed: int = 1


@dataclass
class Validation(keras.callbacks.Callback):
    """Reads the validation images after every epoch and keeps the weights of least loss.

    Before that, the batch statistics are settled on the plain images.
    """

    data: CharacterSet
    plain: NDArray[np.uint8]
    folder: Path
    patience: int
    best: float = field(default=np.inf)

    def __post_init__(self) -> None:
        super().__init__()
        self._waited = 0
        self._before, self._started = 0.0, time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Measure, add a row to the history, save the weights if they are the best yet."""
        logs = logs or {}
        settle_statistics(self.model, self.plain, np.random.default_rng(epoch))
        log_probs = apply_temperature(predict(self.model, self.data.images), 1.0)
        loss = -float(log_probs[np.arange(len(self.data)), self.data.labels].mean())
        accuracy = float((log_probs.argmax(axis=1) == self.data.labels).mean())
        seconds = self._before + time.monotonic() - self._started
        trained = float(logs.get("loss", np.nan)), float(logs.get("accuracy", np.nan))
        if loss < self.best:
            self.best, self._waited = loss, 0
            self.model.save_weights(self.folder / BEST)
        else:
            self._waited += 1
            self.model.stop_training = self._waited >= self.patience
        self._write((epoch + 1, round(seconds), *trained, loss, accuracy))
        print(f" - validation loss {loss:.4f}, accuracy {accuracy:.2%}", flush=True)

    def resume(self) -> None:
        """Take up what an earlier run had reached."""
        rows = read_history(self.folder)
        if rows:
            losses = [row["val_loss"] for row in rows]
            self.best = min(losses)
            self._waited = len(losses) - 1 - int(np.argmin(losses))
            self._before = rows[-1]["seconds"]

    def _write(self, cells: tuple[float, ...]) -> None:
        path = self.folder / HISTORY
        if not path.exists():
            path.write_text(",".join(HISTORY_COLUMNS) + "\n")
        with path.open("a") as stream:
            stream.write(",".join(f"{cell:.6g}" for cell in cells) + "\n")


def read_history(folder: Path) -> list[dict[str, float]]:
    """Return the finished epochs of the run in a folder, oldest first."""
    path = folder / HISTORY
    if not path.exists():
        return []
    with path.open(newline="") as stream:
        return [{name: float(cell) for name, cell in row.items()} for row in csv.DictReader(stream)]


def fit_characters(
    network: keras.Model,
    feed: CharacterFeed,
    validation: CharacterSet,
    folder: Path,
    config: CharacterFitConfig,
    plain: NDArray[np.uint8],
    offset: NDArray[np.float64] | None = None,
    resume: bool = False,
    initial: Sequence[Path] = (),
) -> Mapping[str, float]:
    """Train a network; leave its best weights and its history in a folder.

    Parameters
    ----------
    network
        From `character_network` or `baseline_network`; has its best weights afterwards.
    feed
        Batches of the training images.
    validation
        Exact images under the same alphabet.
    folder
        Receives checkpoints, `best.weights.h5` and `history.csv`.
    config
        Schedule.
    plain
        Training images as they are to be read, uint8 (n, 28, 28): for `settle_statistics`.
    offset
        Of `OpenLabelCrossEntropy`.
    resume
        Go on from the folder's last checkpoint.
    initial
        Weights to start from, or to start from the mean of: `load_pretrained`.

    Returns
    -------
    mapping
        The row of the history that the weights are from.

    Raises
    ------
    ValueError
        If the initial weights are of another network.
    """
    if initial:
        _start_from(network, initial)
    folder.mkdir(parents=True, exist_ok=True)
    backup = folder / "checkpoint"
    if not resume:
        for path in [folder / BEST, folder / HISTORY, *backup.glob("*")]:
            path.unlink(missing_ok=True)
    network.compile(
        optimizer=_optimizer(config, len(feed)),
        loss=OpenLabelCrossEntropy(feed.classes, offset),
        metrics=[open_label_accuracy(feed.classes)],
    )
    watcher = Validation(validation, plain, folder, config.patience)
    watcher.resume()
    network.fit(
        feed,
        epochs=config.epochs,
        verbose=1 if sys.stdout.isatty() else 2,
        callbacks=[
            keras.callbacks.BackupAndRestore(backup, delete_checkpoint=False),
            keras.callbacks.SwapEMAWeights(swap_on_epoch=True),
            watcher,
        ],
    )
    network.load_weights(folder / BEST)
    return min(read_history(folder), key=lambda row: row["val_loss"])


def predict(network: keras.Model, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the logits of images uint8 (n, 28, 28), float32 (n, classes)."""
    parts = [
        keras.ops.convert_to_numpy(
            network.predict_on_batch(as_input(images[start : start + PREDICT_BATCH]))
        )
        for start in range(0, len(images), PREDICT_BATCH)
    ]
    return np.concatenate(parts).astype(np.float32)


def _start_from(network: keras.Model, initial: Sequence[Path]) -> None:
    """Set the mean of weights: of trainings with a common start it may read better than each.

    Wortsman et al. 2022, "Model soups".
    """
    loaded = []
    for path in initial:
        try:
            load_pretrained(network, path)
        except ValueError as error:  # Keras lists all layers that differ
            classes = network.outputs[0].shape[-1]
            raise ValueError(
                f"{path}: not weights of this network for {classes} classes"
            ) from error
        loaded.append(network.get_weights())
    network.set_weights([np.mean(arrays, axis=0) for arrays in zip(*loaded, strict=True)])


def _optimizer(config: CharacterFitConfig, steps: int) -> keras.optimizers.Optimizer:
    total = config.epochs * steps
    # The average must reach back over a small part of the training only.
    momentum = min(config.ema, max(0.0, 1 - 20 / total))
    rate = cosine(total, config.learning_rate, config.warmup, config.final_rate)
    if config.optimizer == "adamw":
        return adamw(rate, config.weight_decay, momentum)
    return muon(rate, config.weight_decay, momentum, config.clip, ("logits",))
