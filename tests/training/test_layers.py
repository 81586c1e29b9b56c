"""The networks are the same functions whatever backend Keras runs on."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN = """
import sys
import keras
import numpy as np
from training.layers import Conv2D, RowPooling
from training.networks import LineNetworkConfig, line_network
from training.neural_language import language_network
keras.utils.set_random_seed(1)
network = line_network(LineNetworkConfig(48, 9, 8, 8, 8, 8, 2, 8, dropout=0.0))
rng = np.random.default_rng(0)
network.set_weights([rng.random(w.shape).astype("float32") for w in network.get_weights()])
image = keras.ops.convert_to_tensor(rng.random((2, 48, 83, 1)).astype("float32"))
logits = network(image, training=False)["main"]
# A step of training moves the statistics of batch normalisation.
network(image, training=True)
moved = np.concatenate([w.ravel() for w in network.get_weights()])
language = language_network(9, 16)
language.set_weights([rng.normal(size=w.shape).astype("float32") for w in language.get_weights()])
following = language(rng.integers(0, 9, (3, 20)))
# Sides that do not divide evenly are where "same" padding differs between libraries.
picture = keras.ops.convert_to_tensor(rng.random((2, 7, 9, 3)).astype("float32"))
convolution = Conv2D(4, 5, strides=(2, 3), padding="same")
convolution.build(picture.shape)
weights = convolution.get_weights()
convolution.set_weights([rng.normal(size=w.shape).astype("float32") for w in weights])
results = logits, moved, following, convolution(picture), RowPooling()(picture)
np.savez(sys.argv[1], *(keras.ops.convert_to_numpy(x) for x in results))
"""


def outputs(backend: str, path: Path) -> list[np.ndarray]:
    environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", RUN, str(path)], check=True, env=environment)
    with np.load(path) as archive:
        return [archive[name] for name in archive.files]


def test_torch_kernels_give_what_keras_gives(tmp_path: Path) -> None:
    pytest.importorskip("tensorflow")
    if importlib.util.find_spec("torch") is None:
        pytest.skip("PyTorch is not installed")
    theirs = outputs("tensorflow", tmp_path / "tensorflow.npz")
    ours = outputs("torch", tmp_path / "torch.npz")
    assert np.allclose(theirs[0], ours[0], rtol=1e-3, atol=1e-3)
    # Weights in 0..1 at first, then moved; Torch's running variance is the unbiased one.
    assert ours[1].max() > 1.01
    assert np.allclose(theirs[1], ours[1], rtol=0.05, atol=1e-3)
    for expected, given in zip(theirs[2:], ours[2:], strict=True):
        assert expected.shape == given.shape
        assert np.allclose(expected, given, rtol=1e-3, atol=1e-3)


def test_spans_are_hidden_only_while_training() -> None:
    pytest.importorskip("tensorflow")
    import keras

    from training.layers import SpanMask

    keras.utils.set_random_seed(2)
    layer = SpanMask(0.2, 5)
    frames = np.ones((40, 200, 3), np.float32)
    assert np.array_equal(keras.ops.convert_to_numpy(layer(frames, training=False)), frames)
    hidden = keras.ops.convert_to_numpy(layer(frames, training=True)) == 0
    assert 0.15 < hidden.mean() < 0.23
    assert (hidden.all(axis=2) == hidden.any(axis=2)).all()  # whole frames
    borders = np.diff(np.pad(hidden[:, :, 0].astype(int), ((0, 0), (1, 1))))
    lengths = np.argwhere(borders == -1)[:, 1] - np.argwhere(borders == 1)[:, 1]
    ends_of_lines = np.argwhere(borders == -1)[:, 1] == frames.shape[1]
    assert lengths[~ends_of_lines].min() == 5  # longer where spans overlap
    assert np.array_equal(
        keras.ops.convert_to_numpy(SpanMask(0.0, 5)(frames, training=True)), frames
    )
