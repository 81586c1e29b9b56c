from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from recognition.network import METADATA_KEY, Network

onnx = pytest.importorskip("onnx")


def model(path: Path, metadata: str | None) -> Path:
    """Write a network that negates its input."""
    shape = ["n", 2]
    ends = [onnx.helper.make_tensor_value_info(name, 1, shape) for name in ("x", "y")]
    node = onnx.helper.make_node("Neg", ["x"], ["y"])
    graph = onnx.helper.make_graph([node], "negate", ends[:1], ends[1:])
    opset = onnx.helper.make_opsetid("", 13)
    built = onnx.helper.make_model(graph, opset_imports=[opset], ir_version=8)
    if metadata is not None:
        onnx.helper.set_model_props(built, {METADATA_KEY: metadata})
    onnx.save(built, str(path))
    return path


def test_runs_and_knows_its_metadata(tmp_path: Path) -> None:
    path = model(tmp_path / "m.onnx", json.dumps({"kind": "line", "alphabet": "aé"}))
    network = Network.load(path, "line", threads=1)
    assert network.metadata["alphabet"] == "aé"
    assert network.run(np.array([[1, -2]], np.float32)).tolist() == [[-1, 2]]
    assert network.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("metadata", [None, "", "{broken", "[1]", '{"kind": "characters"}'])
def test_refuses_models_that_are_not_ours(tmp_path: Path, metadata: str | None) -> None:
    path = model(tmp_path / "m.onnx", metadata)
    with pytest.raises(ValueError, match=r"m\.onnx"):
        Network.load(path, "line")


def test_refuses_what_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    with pytest.raises(ValueError, match="no such model file"):
        Network.load(path, "line")
    path.write_bytes(b"not a model")
    with pytest.raises(ValueError, match="cannot load it"):
        Network.load(path, "line")
