"""Batches of character images: shuffled or balanced, augmented, mixed up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import keras
import numpy as np
from numpy.typing import NDArray

from training.characters.data import CharacterSet

Images = NDArray[np.uint8]
Augment = Callable[[Images, np.random.Generator], Images]
Balance = Literal["none", "weights", "sampling"]
Batch = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]

# A class of ten images must not weigh a thousand times as much as one of ten thousand.
LARGEST_WEIGHT = 10.0


@dataclass(frozen=True, kw_only=True)
class FeedConfig:
    """How batches are made.

    Raises ValueError if smoothing or trust is no share.

    Attributes
    ----------
    batch_size
        Images in a batch.
    balance
        "weights": images of rare classes weigh more; "sampling": they are drawn more often.
    mixup
        Alpha of the Beta distribution of mixup (Zhang et al. 2018); 0 mixes nothing.
    smoothing
        Share of every label that is spread over the alphabet (label smoothing).
    trust
        Share of every label that is a teacher's opinion, where there is one.
    seed
        Of everything random.
    """

    batch_size: int = 128
    balance: Balance = "none"
    mixup: float = 0.0
    smoothing: float = 0.0
    trust: float = 0.6
    seed: int = 1

    def __post_init__(self) -> None:
        for name in ("smoothing", "trust"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a share from 0 to 1, not {getattr(self, name):g}")


class CharacterFeed(keras.utils.PyDataset):
    """Epochs over a set of characters.

    A batch depends on nothing but seed, epoch and index, so that a resumed training sees what
    it would have seen.

    Parameters
    ----------
    data
        What to train on.
    config
        How.
    first_epoch
        Where a resumed training goes on.
    augment
        Applied to the images of a batch.
    opinions
        A teacher's probabilities of the alphabet's characters, float (m, alphabet), for the
        first m images (`training.characters.teacher`).
    """

    def __init__(
        self,
        data: CharacterSet,
        config: FeedConfig,
        first_epoch: int = 0,
        augment: Augment | None = None,
        opinions: NDArray[np.float16] | None = None,
    ) -> None:
        super().__init__(workers=1, max_queue_size=8)
        self._opinions = opinions
        self._data, self._config, self._augment = data, config, augment
        self._epoch = first_epoch
        self._weights = class_weights(data)[data.labels] if config.balance != "none" else None
        self._order = self._shuffled()

    def __len__(self) -> int:
        return max(1, len(self._data) // self._config.batch_size)

    def on_epoch_end(self) -> None:
        """Shuffle again."""
        self._epoch += 1
        self._order = self._shuffled()

    def __getitem__(self, index: int) -> Batch:
        config = self._config
        chosen = self._order[index * config.batch_size : (index + 1) * config.batch_size]
        rng = np.random.default_rng([config.seed, self._epoch, index])
        images = self._data.images[chosen]
        if self._augment is not None:
            images = self._augment(images, rng)
        pictures = as_input(images)
        targets = self._targets(chosen)
        if config.mixup > 0:
            share = np.float32(rng.beta(config.mixup, config.mixup))
            other = rng.permutation(len(chosen))
            pictures = share * pictures + (1 - share) * pictures[other]
            targets = share * targets + (1 - share) * targets[other]
        weights = np.ones(len(chosen), np.float32)
        if config.balance == "weights" and self._weights is not None:
            weights = self._weights[chosen].astype(np.float32)
        return pictures, targets, weights

    @property
    def classes(self) -> tuple[str, ...]:
        """What each column of the targets stands for."""
        return self._data.classes

    def images(self, count: int) -> tuple[Images, list[str]]:
        """Return the first images as the network sees them, with their labels."""
        pictures, targets, _ = self[0]
        shown = np.rint(pictures[:count, ..., 0] * 255).astype(np.uint8)
        return shown, [self._data.classes[k] for k in targets[:count].argmax(axis=1)]

    def _targets(self, chosen: NDArray[np.int64]) -> NDArray[np.float32]:
        """One-hot labels, float32 (n, classes), those of several characters after the alphabet."""
        config, alphabet = self._config, len(self._data.alphabet)
        targets = np.zeros((len(chosen), len(self._data.classes)), np.float32)
        targets[:, :alphabet] = config.smoothing / alphabet
        targets[np.arange(len(chosen)), self._data.labels[chosen]] += 1 - config.smoothing
        if self._opinions is not None:
            taught = np.flatnonzero(chosen < len(self._opinions))
            targets[taught] *= 1 - config.trust
            targets[taught, :alphabet] += config.trust * self._opinions[chosen[taught]]
        return targets

    def _shuffled(self) -> NDArray[np.int64]:
        rng = np.random.default_rng([self._config.seed, self._epoch])
        if self._config.balance == "sampling" and self._weights is not None:
            chances = self._weights / self._weights.sum()
            return rng.choice(len(self._data), len(self._data), p=chances)
        return rng.permutation(len(self._data))


def as_input(images: Images) -> NDArray[np.float32]:
    """Scale images uint8 (n, 28, 28) to the network's float32 (n, 28, 28, 1) in 0..1."""
    return images[..., None].astype(np.float32) / np.float32(255)


def class_weights(data: CharacterSet) -> NDArray[np.float64]:
    """Weight of each class by its rarity, float64 (classes,); the mean over all images is 1."""
    counts = np.maximum(data.counts, 1)
    rarity = np.minimum(1 / counts, LARGEST_WEIGHT / counts.max())
    return np.asarray(rarity * len(data) / (rarity * data.counts).sum())
