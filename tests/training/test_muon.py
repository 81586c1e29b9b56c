from __future__ import annotations

import keras
import numpy as np
import pytest

from training.muon import Muon
from training.schedule import cosine, muon


def variable(shape: tuple[int, ...], name: str, seed: int = 1) -> keras.Variable:
    values = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
    return keras.Variable(values, name=name)


def step(optimizer: keras.optimizers.Optimizer, weights: keras.Variable) -> np.ndarray:
    before = np.array(keras.ops.convert_to_numpy(weights))
    gradient = np.random.default_rng(2).normal(size=before.shape).astype(np.float32)
    gradient += np.copysign(0.5, gradient)
    optimizer.apply([keras.ops.convert_to_tensor(gradient)], [weights])
    return np.asarray(before - keras.ops.convert_to_numpy(weights))


@pytest.mark.parametrize("shape", [(3, 3, 8, 16), (5, 12, 6), (40, 10), (10, 40)])
def test_all_directions_of_a_kernel_step_alike(shape: tuple[int, ...]) -> None:
    moved = step(Muon(0.1, weight_decay=0.0), variable(shape, "kernel")).reshape(-1, shape[-1])
    sizes = np.linalg.svd(moved, compute_uv=False)
    scale = 0.1 * 0.2 * max(moved.shape) ** 0.5
    assert np.all(sizes > 0.6 * scale)
    assert np.all(sizes < 1.4 * scale)


@pytest.mark.parametrize(
    ("shape", "name"), [((7,), "bias"), ((5, 5, 1, 4), "stem"), ((6, 9), "main")]
)
def test_vectors_single_channels_and_outputs_step_as_in_adamw(
    shape: tuple[int, ...], name: str
) -> None:
    weights = variable(shape, name)
    moved = step(Muon(0.1, weight_decay=0.0, exclude_layers=["main"]), weights)
    # The first step of Adam is the rate in every direction.
    np.testing.assert_allclose(np.abs(moved), 0.1, rtol=2e-2)


def test_a_convolution_learns() -> None:
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(3)
    images = rng.normal(size=(64, 9, 9, 2)).astype(np.float32)
    teacher = keras.layers.Conv2D(4, 3)
    targets = keras.ops.convert_to_numpy(teacher(images))
    model = keras.Sequential([keras.Input((9, 9, 2)), keras.layers.Conv2D(4, 3)])
    rate = cosine(150, 0.05, 0.1, 0.01)
    model.compile(optimizer=muon(rate, 0.0, 0.9, 5.0, ()), loss="mse")
    before = model.evaluate(images, targets, verbose=0)
    model.fit(images, targets, epochs=150, batch_size=64, verbose=0)
    assert model.evaluate(images, targets, verbose=0) < before / 50
