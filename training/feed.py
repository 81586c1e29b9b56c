"""Batches of prepared lines, drawn from several sources in given shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from threading import Lock
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from recognition.alphabet import Alphabet
from recognition.prepare import prepare_line
from training.networks import FRAME_STRIDE
from training.sources import Grey, LineSource

Augment = Callable[[Grey, np.random.Generator], Grey]
Line = tuple[Grey, list[int]]
Batch = tuple[NDArray[np.float32], dict[str, NDArray[np.int32]]]

# Lines of this many batches are made together and sorted by width, so that little of a batch is
# padding: of its columns 91 % are a line's. Sorted before augmentation, which stretches and crops
# them, 61 % were.
GROUP = 24
# Few different shapes: TensorFlow keeps memory and primitives for every one that it has seen.
WIDTH_STEP = 64
WIDEST = 1536
# Pixels of a line before it is prepared: a giant one costs more memory than the machine has.
LARGEST = 4_000_000
# Lines tried for each that is needed; what cannot be spelled or is too wide is left out.
TRIES = 4


@dataclass(frozen=True)
class Share:
    """A source and how much of the training it makes up, relative to the others."""

    source: LineSource
    weight: float


class LineFeed(keras.utils.PyDataset):
    """An endless mix of lines in epochs of a fixed number of batches.

    The batch `index` of an epoch depends on nothing but seed, epoch and index: training can
    stop and go on, in any number of workers, and sees the same lines. The batches of a group are
    made together and come in a random order: train with `shuffle=False`, or every batch makes its
    group anew.

    Parameters
    ----------
    shares
        Sources with their weights.
    alphabet
        Numbers the characters.
    batch_size, steps
        Lines in a batch, batches in an epoch.
    seed, first_epoch
        Where the random numbers start.
    augment
        Applied to every line before it is prepared.
    workers
        Threads that make batches.
    """

    def __init__(
        self,
        shares: Sequence[Share],
        alphabet: Alphabet,
        batch_size: int,
        steps: int,
        seed: int = 0,
        first_epoch: int = 0,
        augment: Augment | None = None,
        workers: int = 1,
    ) -> None:
        super().__init__(workers=workers, max_queue_size=8)
        self._shares = [share for share in shares if share.weight > 0]
        weights = np.array([share.weight for share in self._shares])
        self._weights = weights / weights.sum()
        self._alphabet = alphabet
        self._batch_size, self._steps = batch_size, steps
        self._seed, self._epoch = seed, first_epoch
        self._augment = augment
        self._lock = Lock()
        self._made: tuple[int, int, list[list[Line]]] = (-1, -1, [])

    def __len__(self) -> int:
        return self._steps

    def on_epoch_end(self) -> None:
        """Go on to other lines in the next epoch."""
        self._epoch += 1

    def __getitem__(self, index: int) -> Batch:
        group, place = divmod(index, GROUP)
        lines = self._group(self._epoch, group)[place]
        # Keras takes a dimension that is the same in the first two batches for a fixed one.
        return pad_batch(lines, self._alphabet, parity=index if index < 2 else None)

    def _group(self, epoch: int, group: int) -> list[list[Line]]:
        """Return the batches of a group; the last one asked for is kept."""
        with self._lock:
            if self._made[:2] != (epoch, group):
                self._made = epoch, group, self._make_group(epoch, group)
            return self._made[2]

    def _make_group(self, epoch: int, group: int) -> list[list[Line]]:
        rng = np.random.default_rng([self._seed, epoch, group])
        count = min(GROUP, self._steps - group * GROUP)
        wanted = count * self._batch_size
        made = (self._draw(rng) for _ in range(TRIES * wanted))
        lines = list(islice((line for line in made if line is not None), wanted))
        if not lines:
            raise ValueError("no line of a batch can be spelled in the frames that it has")
        repeated = (lines * wanted)[:wanted]
        repeated.sort(key=lambda line: line[0].shape[1])
        starts = self._batch_size * rng.permutation(count)
        return [repeated[start : start + self._batch_size] for start in starts]

    def _draw(self, rng: np.random.Generator) -> Line | None:
        choice = int(rng.choice(len(self._shares), p=self._weights))
        return self._line(self._shares[choice].source.draw(rng), rng)

    def _line(self, sample: tuple[Grey, str], rng: np.random.Generator) -> Line | None:
        """Prepare a line; None if too wide, or if CTC cannot spell its text in so few frames."""
        grey, text = sample
        if grey.size > LARGEST:
            return None
        if self._augment is not None:
            grey = self._augment(grey, rng)
        image = prepare_line(grey).image
        labels = self._alphabet.encode(self._alphabet.keep(text))
        doubled = sum(a == b for a, b in pairwise(labels))
        frames = image.shape[1] // FRAME_STRIDE
        fits = len(labels) + doubled < frames and image.shape[1] <= WIDEST
        if not labels or not fits:
            return None
        return image, labels


def pad_batch(lines: Sequence[Line], alphabet: Alphabet, parity: int | None = None) -> Batch:
    """Put prepared lines of different widths and their labels into arrays.

    Parameters
    ----------
    lines
        Prepared images uint8 (h, w) with class numbers; at least one.
    alphabet
        Its blank pads the labels.
    parity
        0 or 1: pad to an even or an odd number of width steps and of labels.

    Returns
    -------
    tuple
        Images float32 (n, h, widest, 1) in 0..1, and a dictionary of int32 arrays: "labels"
        (n, longest), "label_lengths" (n,), "frames" (n,).
    """
    height = lines[0][0].shape[0]
    widest = max(image.shape[1] for image, _ in lines)
    widest = _with_parity(-(-widest // WIDTH_STEP), parity) * WIDTH_STEP
    images = np.zeros((len(lines), height, widest, 1), np.float32)
    longest = _with_parity(max(len(labels) for _, labels in lines), parity)
    padded = np.full((len(lines), longest), alphabet.blank, np.int32)
    for row, (image, labels) in enumerate(lines):
        images[row, :, : image.shape[1], 0] = image / np.float32(255)
        padded[row, : len(labels)] = labels
    frames = [-(-image.shape[1] // FRAME_STRIDE) for image, _ in lines]
    targets: dict[str, Any] = {
        "labels": padded,
        "label_lengths": np.array([len(labels) for _, labels in lines], np.int32),
        "frames": np.array(frames, np.int32),
    }
    return images, targets


def _with_parity(number: int, parity: int | None) -> int:
    return number if parity is None or number % 2 == parity else number + 1
