"""The mean of the weights of several runs that began at the same weights: one network of them all.

Runs that go on from one another stay in one valley of the loss; the middle of it reads what is new
better than its sides do (Wortsman et al. 2022, "Model soups").
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from training.fit import BEST, SUMMARY, trained_network


def average_runs(parts: Sequence[tuple[Path, float]], output: Path) -> None:
    """Write the mean as a run of its own, to be exported as any.

    Parameters
    ----------
    parts
        Folders of finished runs of the line network, and how much each counts, over 0.
    output
        Folder that receives the weights and the summary of the first run, with what was averaged.

    Raises
    ------
    ValueError
        If a folder holds no finished run, or one of another network, or there are not two.
    """
    if len(parts) < 2 or not all(0 < share < np.inf for _, share in parts):
        raise ValueError("a mean needs at least two runs, each with a weight over 0")
    network, summary = trained_network(parts[0][0])
    shapes = [array.shape for array in network.get_weights()]
    total = [np.zeros(shape) for shape in shapes]
    for folder, share in parts:
        one, its = trained_network(folder)
        weights = one.get_weights()
        if its["alphabet"] != summary["alphabet"] or [w.shape for w in weights] != shapes:
            raise ValueError(f"{folder}: not the network of {parts[0][0]}")
        for place, array in zip(total, weights, strict=True):
            place += share * array
    whole = sum(share for _, share in parts)
    network.set_weights([(array / whole).astype(np.float32) for array in total])
    output.mkdir(parents=True, exist_ok=True)
    network.save_weights(output / BEST)
    summary.pop("best_cer", None)
    summary["mean_of"] = {folder.name: share for folder, share in parts}
    (output / SUMMARY).write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n")


def parse_part(text: str) -> tuple[Path, float]:
    """Return folder and weight of "RUN" or "RUN=WEIGHT".

    Raises
    ------
    ValueError
        If the weight is no number.
    """
    folder, sign, weight = text.rpartition("=")
    try:
        return (Path(folder), float(weight)) if sign else (Path(weight), 1.0)
    except ValueError:
        raise ValueError(f"{text}: {weight!r} is no weight") from None
