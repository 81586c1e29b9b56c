from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recognition.alphabet import LINE_ALPHABET
from recognition.network import Network
from recognition.prepare import LINE_HEIGHT

keras = pytest.importorskip("keras")


def test_an_exported_line_network_says_what_it_said_in_keras(tmp_path: Path) -> None:
    from training.export import export_line_network, line_metadata
    from training.networks import LineNetworkConfig, line_network, line_reader_network

    keras.utils.set_random_seed(3)
    network = line_network(
        LineNetworkConfig(LINE_HEIGHT, len(LINE_ALPHABET) + 1, 8, 8, 8, 8, 1, 32)
    )
    path = tmp_path / "line.onnx"
    export_line_network(network, line_metadata(LINE_ALPHABET, {"seed": 3}), path)
    batch = np.random.default_rng(1).random((2, LINE_HEIGHT, 200, 1), np.float32)
    expected = line_reader_network(network)(batch, training=False)
    loaded = Network.load(path, "line")
    for found, part in zip(loaded.run_all(batch), expected, strict=True):
        np.testing.assert_allclose(found, keras.ops.convert_to_numpy(part), atol=0.02)
    assert loaded.metadata["training"] == {"seed": 3}


def test_weights_take_two_bytes_each(tmp_path: Path) -> None:
    from training.export import export_line_network, line_metadata
    from training.networks import LineNetworkConfig, line_network, line_reader_network

    network = line_network(LineNetworkConfig(LINE_HEIGHT, len(LINE_ALPHABET) + 1))
    path = tmp_path / "line.onnx"
    export_line_network(network, line_metadata(LINE_ALPHABET, {}), path)
    count = line_reader_network(network).count_params()
    assert 2 * count < path.stat().st_size < 2.1 * count
