"""Training of the line recognizer: mixes, schedule, checkpoints, validation, summary."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path
from typing import Any

import keras
import numpy as np

from recognition.alphabet import Alphabet
from recognition.confidence import apply_temperature
from recognition.ctc import greedy
from recognition.metrics import score
from recognition.prepare import LINE_HEIGHT, prepare_line
from training.ctc_loss import ctc_loss
from training.feed import LineFeed, pad_batch
from training.line_store import LineStore
from training.networks import LineNetworkConfig, line_network
from training.pretrained import load_pretrained
from training.schedule import cosine, muon

BEST = "best.weights.h5"
LAST = "last.weights.h5"
HISTORY = "history.csv"
SUMMARY = "summary.json"


@dataclass(frozen=True)
class FitConfig:
    """How long and how fast to train.

    Attributes
    ----------
    epochs, steps, batch_size
        Epochs of `steps` batches of `batch_size` lines.
    learning_rate, warmup
        Peak of the cosine schedule; share of all steps that climb to it.
    final_rate
        Learning rate at the end, relative to the peak.
    shortcut
        Weight of the auxiliary CTC loss.
    weight_decay, clip
        Of the optimizer; largest norm of a gradient.
    ema
        Momentum of the averaged weights that are validated and shipped.
    patience
        Epochs without a better validation CER before training stops.
    seed
        Of everything random.
    precision
        Of `LineNetworkConfig`.
    """

    epochs: int = 40
    steps: int = 200
    batch_size: int = 24
    learning_rate: float = 1e-3
    warmup: float = 0.03
    final_rate: float = 0.01
    shortcut: float = 0.2
    weight_decay: float = 1e-4
    clip: float = 5.0
    ema: float = 0.995
    patience: int = 10
    seed: int = 1
    precision: str = "float32"


class CtcModel(keras.Model):
    """A line network whose loss is CTC on both of its outputs."""

    def __init__(self, network: keras.Model, shortcut: float) -> None:
        super().__init__(name="ctc_model")
        self.network = network
        self.shortcut = shortcut

    def call(self, images: Any, training: bool | None = None) -> Any:
        """Return the logits of both outputs."""
        return self.network(images, training=training)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Mean CTC loss of a batch, the shortcut's added with its weight."""
        del x, sample_weight, training
        targets = (y["labels"], y["label_lengths"])
        main = ctc_loss(*targets, y_pred["main"], y["frames"])
        side = ctc_loss(*targets, y_pred["shortcut"], y["frames"])
        return keras.ops.mean(main) + self.shortcut * keras.ops.mean(side)


@dataclass
class Validation(keras.callbacks.Callback):
    """Reads the validation sets after every epoch and keeps the best weights and the last.

    The first set decides which weights are best.
    """

    sets: Mapping[str, LineStore]
    alphabet: Alphabet
    folder: Path
    patience: int
    best: float = field(default=np.inf)

    def __post_init__(self) -> None:
        super().__init__()
        self._waited = 0
        self._prepared = {name: _prepare_all(s, self.alphabet) for name, s in self.sets.items()}
        self._started = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Measure CER, add a row to the history, save the weights if they are the best yet."""
        rates = {name: self._read(lines) for name, lines in self._prepared.items()}
        loss = float((logs or {}).get("loss", np.nan))
        self._write(epoch, loss, rates)
        self.model.network.save_weights(self.folder / LAST)
        leading = next(iter(rates.values()))
        if leading < self.best:
            self.best, self._waited = leading, 0
            self.model.network.save_weights(self.folder / BEST)
        else:
            self._waited += 1
            if self._waited >= self.patience:
                self.model.stop_training = True
        shown = "  ".join(f"{name} CER {rate:.2%}" for name, rate in rates.items())
        print(f" - {shown}", flush=True)

    def resume(self) -> None:
        """Take up the best CER of an earlier run."""
        rates = [float(row[3]) for row in _rows(self.folder)]
        if rates:
            self.best = min(rates)
            self._waited = len(rates) - 1 - int(np.argmin(rates))

    def _read(self, lines: list[tuple[Any, str, list[int]]]) -> float:
        pairs = []
        for start in range(0, len(lines), 16):
            part = lines[start : start + 16]
            images, targets = pad_batch([(p[0], p[2]) for p in part], self.alphabet)
            logits = keras.ops.convert_to_numpy(self.model.predict_on_batch(images)["main"])
            for row, (_, text, _) in enumerate(part):
                log_probs = apply_temperature(logits[row, : targets["frames"][row]], 1.0)
                labels = greedy(log_probs, self.alphabet.blank).labels
                pairs.append((text, self.alphabet.decode(labels)))
        return score(pairs).cer

    def _write(self, epoch: int, loss: float, rates: dict[str, float]) -> None:
        path = self.folder / HISTORY
        if not path.exists():
            path.write_text(",".join(["epoch", "seconds", "loss", *rates]) + "\n")
        seconds = time.monotonic() - self._started
        cells = [f"{epoch + 1}", f"{seconds:.0f}", f"{loss:.4f}"]
        cells += [f"{rate:.5f}" for rate in rates.values()]
        with path.open("a") as stream:
            stream.write(",".join(cells) + "\n")


def finished_epochs(folder: Path) -> int:
    """Return how many epochs the run in a folder has behind it."""
    return len(_rows(folder))


def _rows(folder: Path) -> list[list[str]]:
    """Return the history of a run without its heading."""
    history = folder / HISTORY
    if not history.exists():
        return []
    return [line.split(",") for line in history.read_text().splitlines()[1:]]


def fit_line_network(
    feed: LineFeed,
    validation: Mapping[str, LineStore],
    alphabet: Alphabet,
    folder: Path,
    config: FitConfig,
    provenance: Mapping[str, Any],
    initial: Path | None = None,
    resume: bool = False,
) -> None:
    """Train a line network and leave its best weights, history and summary in a folder.

    Parameters
    ----------
    feed
        Training batches.
    validation
        Sets by name; CER on the first one chooses the weights and stops the training.
    alphabet
        Characters of the network's classes.
    folder
        Receives checkpoints, `best.weights.h5`, `last.weights.h5`, `history.csv`, `summary.json`.
    config
        Schedule.
    provenance
        Names of the data, written to the summary.
    initial
        Weights to start from: `load_pretrained`.
    resume
        Go on from the folder's last checkpoint.
    """
    folder.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(config.seed)
    sizes = LineNetworkConfig(LINE_HEIGHT, len(alphabet) + 1, precision=config.precision)
    network = line_network(sizes)
    if initial is not None:
        load_pretrained(network, initial)
    model = CtcModel(network, config.shortcut)
    model.build((None, LINE_HEIGHT, None, 1))
    model.compile(optimizer=_optimizer(config))
    watcher = Validation(validation, alphabet, folder, config.patience)
    backup = folder / "checkpoint"
    if not resume:
        _forget(folder, backup)
    watcher.resume()
    model.fit(
        feed,
        epochs=config.epochs,
        shuffle=False,
        verbose="auto",
        callbacks=[
            keras.callbacks.BackupAndRestore(backup, delete_checkpoint=False),
            keras.callbacks.SwapEMAWeights(swap_on_epoch=True),
            watcher,
        ],
    )
    _summarise(folder, config, sizes, alphabet, provenance, watcher.best)


def trained_network(folder: Path, weights: str = BEST) -> tuple[keras.Model, dict[str, Any]]:
    """Return the network of a finished run, weights BEST or LAST, in float32; and its summary.

    Raises
    ------
    ValueError
        If the folder holds no finished run.
    """
    try:
        summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
        sizes = LineNetworkConfig(**{**summary["network"], "precision": "float32"})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{folder}: holds no finished training ({error})") from error
    network = line_network(sizes)
    network.load_weights(folder / weights)
    return network, summary


def _optimizer(config: FitConfig) -> keras.optimizers.Optimizer:
    steps = config.epochs * config.steps
    rate = cosine(steps, config.learning_rate, config.warmup, config.final_rate)
    return muon(rate, config.weight_decay, config.ema, config.clip, ("main", "shortcut"))


def _prepare_all(store: LineStore, alphabet: Alphabet) -> list[tuple[Any, str, list[int]]]:
    """Prepare validation lines, the narrow ones first so that batches waste little."""
    lines = []
    for image, text in zip(store.images, store.texts, strict=True):
        labels = alphabet.encode(alphabet.keep(text))
        lines.append((prepare_line(image).image, text, labels))
    return sorted((line for line in lines if line[0].shape[1] > 0), key=lambda p: p[0].shape[1])


def _forget(folder: Path, backup: Path) -> None:
    """Remove what an earlier run left: a new run must not go on from it by accident."""
    left = [folder / name for name in (BEST, LAST, HISTORY, SUMMARY)]
    for path in [*left, *backup.glob("*")]:
        path.unlink(missing_ok=True)


def _summarise(
    folder: Path,
    config: FitConfig,
    sizes: LineNetworkConfig,
    alphabet: Alphabet,
    provenance: Mapping[str, Any],
    best: float,
) -> None:
    packages = ("keras", "numpy", "opencv-python-headless", keras.backend.backend())
    summary = {
        "finished": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "best_cer": best,
        "fit": asdict(config),
        "network": asdict(sizes),
        "alphabet": alphabet.characters,
        "data": dict(provenance),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "versions": {name: _version(name) for name in packages},
    }
    (folder / SUMMARY).write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n")


def _version(name: str) -> str:
    for candidate in (name, f"{name}-cpu"):
        try:
            return metadata.version(candidate)
        except metadata.PackageNotFoundError:
            continue
    return "unknown"
