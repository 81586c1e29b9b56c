"""Exact statistics for batch normalisation, of plain training images and the final weights."""

from __future__ import annotations

import keras
import numpy as np
from numpy.typing import NDArray

from training.characters.feed import as_input

_BATCH = 256


def settle_statistics(
    network: keras.Model, images: NDArray[np.uint8], rng: np.random.Generator, batches: int = 60
) -> None:
    """Set mean and variance of every batch normalisation to those of a sample of images.

    Training leaves the moving statistics of its last few batches, of varied images, and of other
    weights than the averaged ones that are kept (Wu and Johnson 2021, "Rethinking 'Batch' in
    BatchNorm", section 3: precise statistics).

    Parameters
    ----------
    network
        Is changed.
    images
        uint8 (n, 28, 28), as frequent and as plain as those to be read.
    rng
        Chooses the sample.
    batches
        Of 256 images.
    """
    layers = [
        layer
        for layer in network._flatten_layers()
        if isinstance(layer, keras.layers.BatchNormalization)
    ]
    if not layers:
        return
    momenta = [layer.momentum for layer in layers]
    order = rng.permutation(len(images))[: batches * _BATCH]
    for number, start in enumerate(range(0, len(order), _BATCH)):
        for layer in layers:
            layer.momentum = number / (number + 1)  # every batch counts alike
        network(as_input(images[order[start : start + _BATCH]]), training=True)
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum
