"""Trained weights kept small, to start other trainings from: float16 arrays in one `.npz`."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile

import keras
import numpy as np

SHIPPED = Path(__file__).parent / "weights" / "line.npz"
"""The weights of the line model that comes with hcr."""


def save_pretrained(network: keras.Model, path: Path) -> None:
    """Write the weights of a network as float16, in the network's own order."""
    weights = network.get_weights()
    arrays = {f"w{index:03}": array.astype(np.float16) for index, array in enumerate(weights)}
    np.savez_compressed(path, **arrays)


def load_pretrained(network: keras.Model, path: Path) -> None:
    """Set the weights of a network from `save_pretrained`, or from a `.weights.h5` of a run.

    Raises
    ------
    ValueError
        If the file is neither, or is of another network.
    """
    if path.suffix == ".h5":
        network.load_weights(path)
        return
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = [archive[name].astype(np.float32) for name in sorted(archive.files)]
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise ValueError(f"{path}: not a file of weights ({error})") from error
    shapes = [array.shape for array in network.get_weights()]
    if shapes != [array.shape for array in arrays]:
        raise ValueError(f"{path}: weights of another network")
    network.set_weights(arrays)
