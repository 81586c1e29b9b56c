from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from recognition.characters import CharacterClassifier
from recognition.confidence import apply_temperature
from training.characters.fit import predict
from training.characters.models import build_network, character_metadata, export_characters

ALPHABET = "01ab"


def test_the_exported_network_is_the_trained_one(tmp_path: Path) -> None:
    keras.utils.set_random_seed(0)
    network = build_network("residual", len(ALPHABET))
    images = np.random.default_rng(0).integers(0, 256, (5, 28, 28)).astype(np.uint8)
    expected = apply_temperature(predict(network, images), 1.0)
    assert expected.shape == (5, 4)
    network.save_weights(tmp_path / "some.weights.h5")
    metadata = character_metadata(ALPHABET, 1.0, dict.fromkeys(ALPHABET, 0.25), {"seed": 0})
    path = tmp_path / "model.onnx"
    weights = np.array([1.0, 2.0, 1.0, 0.5])
    export_characters(tmp_path / "some.weights.h5", "residual", metadata, path, np.log(weights))
    reader = CharacterClassifier.load(path)
    weighted = np.exp(expected) * weights
    weighted /= weighted.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(reader.classify(images), weighted, atol=1e-5)
    assert reader.network.metadata["frequencies"]["a"] == 0.25
    assert path.stat().st_size < 6e6


def test_the_residual_network_stays_small() -> None:
    assert build_network("residual", 62).count_params() < 1_400_000
