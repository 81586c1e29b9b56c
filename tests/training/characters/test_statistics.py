from __future__ import annotations

import keras
import numpy as np
import pytest

from training.characters.models import build_network
from training.characters.statistics import settle_statistics
from training.layers import BatchNormalization


def test_statistics_are_those_of_all_images() -> None:
    images = np.random.default_rng(0).integers(0, 256, (600, 28, 28)).astype(np.uint8)
    images[300:] //= 4
    layer = BatchNormalization(momentum=0.9)
    network = keras.Sequential([keras.Input((28, 28, 1)), layer])
    settle_statistics(network, images[:512], np.random.default_rng(1))
    mean = float(keras.ops.convert_to_numpy(layer.moving_mean)[0])
    assert mean == pytest.approx(images[:512].mean() / 255, abs=1e-4)
    assert layer.momentum == 0.9


def test_a_network_reads_as_it_does_in_training() -> None:
    keras.utils.set_random_seed(0)
    network = build_network("residual", 3)
    images = np.random.default_rng(0).integers(0, 256, (200, 28, 28)).astype(np.uint8)
    pictures = images[..., None].astype(np.float32) / 255
    inner = keras.Model(network.inputs[0], network.layers[-3].output)  # before dropout
    settle_statistics(network, images, np.random.default_rng(1))
    read = keras.ops.convert_to_numpy(inner(pictures, training=False))
    trained = keras.ops.convert_to_numpy(inner(pictures, training=True))
    np.testing.assert_allclose(read, trained, atol=0.02 * np.abs(trained).max())


def test_a_network_without_such_layers_stays_as_it_is() -> None:
    network = build_network("baseline", 3)
    before = network.get_weights()
    settle_statistics(network, np.zeros((4, 28, 28), np.uint8), np.random.default_rng(1))
    for one, two in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
