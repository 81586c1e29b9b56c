"""A trained network to one ONNX file that carries everything that belongs to the model."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy as np

from recognition.alphabet import Alphabet
from recognition.network import METADATA_KEY
from recognition.prepare import LINE_HEIGHT
from training.networks import FRAME_STRIDE, line_reader_network

SMALL = 256
"""Arrays of fewer numbers are stored as they are."""


def line_metadata(alphabet: Alphabet, provenance: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a line model's file says of itself.

    Parameters
    ----------
    alphabet
        Characters of its classes.
    provenance
        How it was trained: the training's summary.
    """
    return {
        "kind": "line",
        "alphabet": alphabet.characters,
        "blank": alphabet.blank,
        "height": LINE_HEIGHT,
        "stride": FRAME_STRIDE,
        "temperature": 1.0,
        "word_model": None,
        "training": dict(provenance),
    }


def export_line_network(network: keras.Model, metadata: Mapping[str, Any], path: Path) -> None:
    """Write the reading part of a line network as ONNX with its metadata.

    Parameters
    ----------
    network
        From `line_network`, trained.
    metadata
        From `line_metadata`.
    path
        The file to write; it appears whole or not at all.
    """
    reader = line_reader_network(network)
    signature = [keras.InputSpec(shape=(None, LINE_HEIGHT, None, 1), dtype="float32", name="image")]
    with new_model(path, metadata) as draft:
        reader.export(str(draft), format="onnx", input_signature=signature, verbose=False)
        halve_weights(draft)


@contextmanager
def new_model(path: Path, metadata: Mapping[str, Any]) -> Iterator[Path]:
    """Give a place to write an ONNX file to; with its metadata it appears whole or not at all."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        draft = (Path(folder) / path.name).resolve()
        yield draft
        set_metadata(draft, metadata)
        draft.replace(path)


def halve_weights(path: Path) -> None:
    """Store the large arrays of an ONNX file as float16: half the size.

    A cast, which ONNX Runtime makes once when it loads the file, widens them again; the network
    still computes in float32.
    """
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load(str(path))
    casts = []
    for tensor in model.graph.initializer:
        array = numpy_helper.to_array(tensor)
        if array.dtype != np.float32 or array.size < SMALL:
            continue
        name, half = tensor.name, f"{tensor.name}_half"
        tensor.CopyFrom(numpy_helper.from_array(array.astype(np.float16), half))
        casts.append(helper.make_node("Cast", [half], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def set_metadata(path: Path, metadata: Mapping[str, Any]) -> None:
    """Replace the hcr metadata of an ONNX file."""
    import onnx

    model = onnx.load(str(path))
    kept = {entry.key: entry.value for entry in model.metadata_props}
    kept[METADATA_KEY] = json.dumps(metadata, ensure_ascii=False, sort_keys=True)
    onnx.helper.set_model_props(model, kept)
    onnx.save(model, str(path))


def read_metadata(path: Path) -> dict[str, Any]:
    """Return the hcr metadata of an ONNX file.

    Raises
    ------
    ValueError
        If it carries none.
    """
    import onnx

    entries = {entry.key: entry.value for entry in onnx.load(str(path)).metadata_props}
    if METADATA_KEY not in entries:
        raise ValueError(f"{path}: carries no hcr metadata")
    return dict(json.loads(entries[METADATA_KEY]))
