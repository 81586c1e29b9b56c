"""The networks that `hcr-train characters` can train, and their ONNX files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import keras
import numpy as np
from numpy.typing import NDArray

from recognition.characters import SIZE
from training.elsewhere import on_tensorflow
from training.export import new_model
from training.networks import CharacterNetworkConfig, baseline_network, character_network

NetworkName = Literal["residual", "baseline"]


def build_network(name: NetworkName, classes: int, precision: str = "float32") -> keras.Model:
    """Build an untrained network: the compact residual one, or the tutorials' small one."""
    if name == "baseline":
        return baseline_network(classes)
    return character_network(CharacterNetworkConfig(classes, precision=precision))


def character_metadata(
    alphabet: str, temperature: float, frequencies: Mapping[str, float], training: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what a character model's file says of itself.

    Parameters
    ----------
    alphabet
        Characters of its classes.
    temperature
        By which its log-probabilities are calibrated.
    frequencies
        How frequent each character is in the writing that its probabilities are right for.
    training
        How it was trained.
    """
    return {
        "kind": "characters",
        "alphabet": alphabet,
        "size": SIZE,
        "temperature": temperature,
        "frequencies": dict(frequencies),
        "training": dict(training),
    }


def export_characters(
    weights: Path,
    name: NetworkName,
    metadata: Mapping[str, Any],
    path: Path,
    offset: NDArray[np.float64] | None = None,
) -> None:
    """Write a trained network as ONNX with its metadata.

    Keras writes ONNX best from TensorFlow: with another backend, a process of its own does it.

    Parameters
    ----------
    weights
        Keras weights of the network.
    name
        Which network.
    metadata
        From `character_metadata`.
    path
        The file to write; it appears whole or not at all.
    offset
        Added to the logits, float64 (classes,); nothing if missing.

    Raises
    ------
    ValueError
        If that process fails, for instance for want of TensorFlow.
    """
    classes = len(metadata["alphabet"])
    added = None if offset is None else offset.tolist()
    with new_model(path, metadata) as draft:
        try:
            on_tensorflow(write_onnx, str(weights.resolve()), name, classes, str(draft), added)
        except ValueError as error:
            raise ValueError(
                f"{weights}: cannot be exported to ONNX ({error}); "
                "run the same command with --resume where TensorFlow is installed"
            ) from error


def write_onnx(
    weights: str, name: NetworkName, classes: int, path: str, offset: list[float] | None = None
) -> None:
    """Write images float32 (n, 28, 28, 1) to log-probabilities float32 (n, classes) as ONNX."""
    network = build_network(name, classes)
    network.load_weights(weights)
    if offset is not None:
        bias = network.get_layer("logits").bias
        bias.assign(bias + keras.ops.convert_to_tensor(offset, "float32"))
    log_probs = keras.layers.Activation("log_softmax", name="log_probs")(network.outputs[0])
    reader = keras.Model(network.inputs, log_probs)
    signature = [keras.InputSpec(shape=(None, SIZE, SIZE, 1), dtype="float32", name="image")]
    reader.export(path, format="onnx", input_signature=signature, verbose=False)
