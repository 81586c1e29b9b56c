"""Trains the network that tells whole characters from halves and pairs (`recognition.candidates`).

Lines are set from single characters of pen strokes (`training.printed_lines`), many of them
touching, drawn, spoilt as scans are, and cut as in reading. A candidate is whole where its box is
that of a character; one nearly so is left out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
from numpy.typing import NDArray

from recognition.candidates import COLUMNS, ROWS, UNIT, as_input, candidate_windows
from recognition.confidence import logistic
from segmentation.characters import SplitLine, split_characters
from segmentation.geometry import Box
from training.augment import AugmentConfig, augment_line
from training.elsewhere import on_tensorflow
from training.export import new_model
from training.ink import InkSet, load_unipen
from training.networks import CandidateNetworkConfig, candidate_network
from training.printed_lines import PrintedLines
from training.schedule import adamw, cosine

LEAST_OVERLAP = 0.5
"""Intersection over union with a character's box from which a candidate may be that character."""
NEARLY = 0.8
"""A candidate that overlaps a character so nearly as the best one is neither right nor wrong."""
HELD_BACK = 6
"""One writer in so many is for validation, and for what is fitted on top (`fit_lattice`)."""
TOUCHING = (0.0, 0.1, 0.3)
"""Shares of closed gaps, a third of the lines each."""
# Nothing that moves the ink: the boxes must stay where they are.
_FAULTS = AugmentConfig(
    warp=0.0, crop=0.0, low_resolution=0.0, thickness=0.4, neighbour=0.1, rule=0.1
)
_BATCH = 256
_VALIDATION_SHARE = 0.1

BEST = "best.weights.h5"
MODEL = "candidates.onnx"


@dataclass(frozen=True)
class CandidateRecipe:
    """What to train on, and how; see `hcr-train candidates --help`."""

    ink: Path
    output: Path
    lines: int
    epochs: int
    learning_rate: float
    seed: int
    precision: str


@dataclass(frozen=True)
class LabelledCandidates:
    """Windows of candidates, uint8 (n, ROWS, COLUMNS, 2); bool (n,), which are whole."""

    windows: NDArray[np.uint8]
    whole: NDArray[np.bool_]


def held_back_writers(ink: InkSet) -> tuple[frozenset[int], frozenset[int]]:
    """Return the writers to train on and those held back."""
    writers = sorted(set(ink.writers.tolist()))
    held = frozenset(writers[::HELD_BACK])
    return frozenset(writers) - held, held


def candidate_overlaps(
    line: SplitLine, boxes: Sequence[tuple[float, float, float, float]]
) -> NDArray[np.float64]:
    """Return the intersection over union of candidates and characters, float64 (n, m).

    Parameters
    ----------
    line
        Cut into n candidates.
    boxes
        (left, top, right, bottom) of its m characters, in pixels.
    """
    true = [Box(*(round(edge) for edge in box)) for box in boxes]
    shares = np.array([[c.box.iou(box) for box in true] for c in line.candidates], np.float64)
    return shares.reshape(len(line.candidates), len(true))


def label_candidates(
    shares: NDArray[np.float64],
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which candidates of a line are whole characters.

    Parameters
    ----------
    shares
        From `candidate_overlaps`.

    Returns
    -------
    whole, known : bool (n,)
        Those that overlap a character best; whether that can be said.
    """
    best = shares.max(axis=0, initial=0.0)
    found = best >= LEAST_OVERLAP
    whole = np.zeros(len(shares), np.bool_)
    whole[shares.argmax(axis=0)[found]] = True
    nearly = (shares >= NEARLY * best) & (shares > LEAST_OVERLAP)
    return whole, whole | ~nearly.any(axis=1)


def drawn_candidates(
    ink: InkSet, writers: frozenset[int], count: int, seed: int
) -> LabelledCandidates:
    """Draw lines of some writers and label what they are cut into.

    Raises
    ------
    ValueError
        If no line of theirs can be set.
    """
    windows, labels = [], []
    for number, (grey, boxes) in enumerate(_lines(ink, writers, count, seed)):
        spoilt = augment_line(grey, np.random.default_rng([seed, number]), _FAULTS)
        line = split_characters(spoilt)
        if not line.candidates:
            continue
        whole, known = label_candidates(candidate_overlaps(line, boxes))
        windows.append(candidate_windows(line)[known])
        labels.append(whole[known])
    if not windows:
        raise ValueError("no line can be set from the characters of so few writers")
    return LabelledCandidates(np.concatenate(windows), np.concatenate(labels))


def train_candidates(recipe: CandidateRecipe) -> str:
    """Train, and export the best weights to the output folder; return a line on the outcome.

    Raises
    ------
    ValueError
        If the ink cannot be used, or the network not exported.
    """
    cv2.setNumThreads(1)
    ink = load_unipen(recipe.ink)
    own, held = held_back_writers(ink)
    train = drawn_candidates(ink, own, recipe.lines, recipe.seed)
    apart = drawn_candidates(ink, held, max(3, int(_VALIDATION_SHARE * recipe.lines)), recipe.seed)
    print(f"{len(train.whole)} candidates, {train.whole.mean():.0%} of them whole", flush=True)
    recipe.output.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(recipe.seed)
    network = candidate_network(CandidateNetworkConfig(precision=recipe.precision))
    feed = _Feed(train, recipe.seed)
    rate = cosine(recipe.epochs * len(feed), recipe.learning_rate, 0.05, 0.01)
    network.compile(
        optimizer=adamw(rate, 0.02, 0.99),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    network.fit(
        feed,
        epochs=recipe.epochs,
        validation_data=(as_input(apart.windows), apart.whole[:, None].astype(np.float32)),
        validation_batch_size=_BATCH,
        verbose=1 if sys.stdout.isatty() else 2,
        callbacks=[
            keras.callbacks.SwapEMAWeights(swap_on_epoch=True),
            keras.callbacks.ModelCheckpoint(
                recipe.output / BEST, save_best_only=True, save_weights_only=True
            ),
        ],
    )
    network.load_weights(recipe.output / BEST)
    outcome = _measured(network, apart)
    model = recipe.output / MODEL
    _export(recipe.output / BEST, model, {
        "ink": recipe.ink.name, "lines": recipe.lines, "candidates": len(train.whole),
        "epochs": recipe.epochs, "learning_rate": recipe.learning_rate, "seed": recipe.seed,
        "precision": recipe.precision, "outcome": outcome,
    })  # fmt: skip
    return f"{model}: {outcome}"


def write_onnx(weights: str, path: str) -> None:
    """Write windows float32 (n, ROWS, COLUMNS, 2) to log odds float32 (n, 1) as ONNX."""
    network = candidate_network(CandidateNetworkConfig())
    network.load_weights(weights)
    shape = (None, ROWS, COLUMNS, 2)
    signature = [keras.InputSpec(shape=shape, dtype="float32", name="window")]
    network.export(path, format="onnx", input_signature=signature, verbose=False)


class _Feed(keras.utils.PyDataset):
    """Epochs over labelled candidates; a batch depends on seed, epoch and index alone."""

    def __init__(self, data: LabelledCandidates, seed: int) -> None:
        super().__init__(workers=1, max_queue_size=8)
        self._data, self._seed, self._epoch = data, seed, 0
        self._order = self._shuffled()

    def __len__(self) -> int:
        return max(1, len(self._data.whole) // _BATCH)

    def on_epoch_end(self) -> None:
        self._epoch += 1
        self._order = self._shuffled()

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        chosen = self._order[index * _BATCH : (index + 1) * _BATCH]
        whole = self._data.whole[chosen, None].astype(np.float32)
        return as_input(self._data.windows[chosen]), whole

    def _shuffled(self) -> NDArray[np.int64]:
        rng = np.random.default_rng([self._seed, self._epoch])
        return rng.permutation(len(self._data.whole))


def _lines(
    ink: InkSet, writers: frozenset[int], count: int, seed: int
) -> Iterator[tuple[NDArray[np.uint8], Sequence[tuple[float, float, float, float]]]]:
    """Yield lines, grey, and the boxes of their characters."""
    for number, touching in enumerate(TOUCHING):
        source = PrintedLines(ink, writers, touching, slanted=True)
        rng = np.random.default_rng([seed, number])
        for line in islice(source.draw("unboxed", rng), -(-count // len(TOUCHING))):
            yield np.asarray(cv2.cvtColor(line.image, cv2.COLOR_RGB2GRAY), np.uint8), line.boxes


def _export(weights: Path, path: Path, training: dict[str, Any]) -> None:
    metadata = {
        "kind": "candidates", "rows": ROWS, "columns": COLUMNS, "unit": UNIT, "training": training,
    }  # fmt: skip
    with new_model(path, metadata) as draft:
        on_tensorflow(write_onnx, str(weights.resolve()), str(draft))


def _measured(network: keras.Model, apart: LabelledCandidates) -> str:
    logits = network.predict(as_input(apart.windows), _BATCH, verbose=0)[:, 0]
    chance = np.clip(logistic(logits.astype(np.float64)), 1e-9, 1 - 1e-9)
    loss = -np.log(np.where(apart.whole, chance, 1 - chance)).mean()
    right = ((chance > 0.5) == apart.whole).mean()
    return f"{right:.2%} of {len(chance)} candidates of other writers right, log loss {loss:.4f}"
