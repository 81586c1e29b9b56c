"""The mean of the weights of several runs that began at the same weights: one network of them all.

Runs that go on from one another stay in one valley of the loss; the middle of it reads what is new
better than its sides do (Wortsman et al. 2022, "Model soups").
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from training.fit import BEST, LAST, SUMMARY, trained_network
from training.pretrained import SHIPPED, load_pretrained


def average_runs(parts: Sequence[tuple[Path, float]], output: Path) -> None:
    """Write the mean as a run of its own, to be exported as any.

    Of a run the weights after its last epoch count, where its schedule has come to rest: by its
    validation a run that goes on from good weights is often best after its first epoch.

    Parameters
    ----------
    parts
        Folders of finished runs of the line network, or files of weights (`load_pretrained`), and
        how much each counts, over 0. At least one is a folder.
    output
        Folder that receives the weights and the summary of the first run, with what was averaged.

    Raises
    ------
    ValueError
        If a folder holds no finished run, or one of another network, or there are not two.
    """
    if len(parts) < 2 or not all(0 < share < np.inf for _, share in parts):
        raise ValueError("a mean needs at least two runs, each with a weight over 0")
    folders = [path for path, _ in parts if not path.is_file()]
    if not folders:
        raise ValueError("a mean needs a run among its parts, to know the network")
    network, summary = trained_network(folders[0], LAST)
    total = [np.zeros(array.shape) for array in network.get_weights()]
    for path, share in parts:
        for place, array in zip(total, _weights(path, network, summary), strict=True):
            place += share * array
    whole = sum(share for _, share in parts)
    network.set_weights([(array / whole).astype(np.float32) for array in total])
    output.mkdir(parents=True, exist_ok=True)
    for name in (BEST, LAST):
        network.save_weights(output / name)
    summary.pop("best_cer", None)
    summary["mean_of"] = {path.name: share for path, share in parts}
    (output / SUMMARY).write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n")


def _weights(
    path: Path, like: keras.Model, summary: Mapping[str, Any]
) -> list[NDArray[np.float32]]:
    """Return the weights of a part, as float32 arrays shaped as those of `like`."""
    if path.is_file():
        load_pretrained(like, path)
        return list(like.get_weights())
    network, its = trained_network(path, LAST)
    weights = list(network.get_weights())
    alike = [w.shape for w in weights] == [w.shape for w in like.get_weights()]
    if its["alphabet"] != summary["alphabet"] or not alike:
        raise ValueError(f"{path}: not the network of the other runs")
    return weights


def parse_part(text: str) -> tuple[Path, float]:
    """Return path and weight of "RUN" or "RUN=WEIGHT"; "shipped" is the model that comes with hcr.

    Raises
    ------
    ValueError
        If the weight is no number.
    """
    name, _, weight = text.rpartition("=") if "=" in text else (text, "", "1")
    try:
        return SHIPPED if name == "shipped" else Path(name), float(weight)
    except ValueError:
        raise ValueError(f"{text}: {weight!r} is no weight") from None
