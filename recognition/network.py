"""Runs an ONNX network, and keeps with it what belongs to that model: its metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recognition.checksums import WEIGHTS_FOLDER as WEIGHTS_FOLDER
from recognition.checksums import check, sha256

if TYPE_CHECKING:
    import onnxruntime

MAX_MODEL_BYTES = 256 * 2**20
METADATA_KEY = "hcr"


@dataclass(frozen=True)
class Network:
    """A loaded ONNX model.

    Attributes
    ----------
    session
        The ONNX Runtime session.
    metadata
        What `export` wrote into the model: kind, alphabet, height, stride, provenance.
    path
        Where it was read from.
    """

    session: onnxruntime.InferenceSession
    metadata: Mapping[str, Any]
    path: Path

    @classmethod
    def load(cls, path: Path, kind: str, threads: int = 1) -> Network:
        """Load a model.

        Parameters
        ----------
        path
            ONNX file with hcr metadata.
        kind
            What the model must be for: "line" or "characters".
        threads
            Threads of ONNX Runtime for one run; runs may go on side by side.

        Raises
        ------
        ValueError
            If the file is missing, too large, not ONNX, for something else, or one that comes
            with hcr but is not as it was shipped.
        """
        import onnxruntime

        data = _read(path)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Idle threads must not spin: other workers need the cores.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        # A model is data: nothing it names is loaded from elsewhere.
        try:
            session = onnxruntime.InferenceSession(
                data, sess_options=options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # ONNX Runtime raises a dozen unrelated kinds
            reason = str(error).splitlines()[0][:200]
            raise ValueError(f"{path}: ONNX Runtime cannot load it ({reason})") from error
        metadata = _metadata(session, path)
        if metadata.get("kind") != kind:
            found = metadata.get("kind", "nothing known")
            raise ValueError(f"{path}: a model for {found}, not for {kind}")
        return cls(session, metadata, path)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the model file, as a hexadecimal string."""
        return sha256(self.path.read_bytes())

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the model's first output for its only input."""
        return self.run_all(batch)[0]

    def run_all(self, batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Return all of the model's outputs for its only input."""
        name = self.session.get_inputs()[0].name
        return [np.asarray(output, np.float32) for output in self.session.run(None, {name: batch})]


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise ValueError(f"{path}: no such model file")
    if path.stat().st_size > MAX_MODEL_BYTES:
        raise ValueError(f"{path}: over {MAX_MODEL_BYTES >> 20} MiB, not a model of ours")
    data = path.read_bytes()
    check(path, data)
    return data


def _metadata(session: onnxruntime.InferenceSession, path: Path) -> Mapping[str, Any]:
    text = session.get_modelmeta().custom_metadata_map.get(METADATA_KEY)
    try:
        metadata = json.loads(text or "")
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}: carries no hcr metadata; export it with hcr-train") from error
    if not isinstance(metadata, dict):
        raise ValueError(f"{path}: its hcr metadata is not a table")
    return metadata
