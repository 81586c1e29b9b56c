"""Pictures of a character training: batches, curves, confusion matrix, confused examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.characters.evaluate import Evaluation
from training.characters.measures import confused_pairs

_PAIRS, _EXAMPLES = 12, 8
_SHEET_COLUMNS = 16


def draw_sheet(images: NDArray[np.uint8], labels: Sequence[str], picture: Path) -> None:
    """Draw images with their labels above them, in rows, as a PNG.

    Parameters
    ----------
    images
        uint8 (n, 28, 28), at least one.
    labels
        One each.
    picture
        The file to write.
    """
    from matplotlib.figure import Figure

    rows = -(-len(images) // _SHEET_COLUMNS)
    figure = Figure(figsize=(_SHEET_COLUMNS * 0.7, rows * 0.9), layout="constrained")
    axes = figure.subplots(rows, _SHEET_COLUMNS, squeeze=False).ravel()
    for place in axes:
        place.axis("off")
    for place, image, label in zip(axes, images, labels, strict=False):
        place.imshow(image, cmap="gray", vmin=0, vmax=255)
        place.set_title(label, fontsize=9, pad=2, parse_math=False)
    figure.savefig(picture, dpi=120)


def draw_curves(histories: Mapping[str, Sequence[Mapping[str, float]]], picture: Path) -> None:
    """Draw loss and accuracy by epoch, in training (dashed) and validation, as a PNG.

    Parameters
    ----------
    histories
        Rows of `read_history` by the name of the model.
    picture
        The file to write.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    losses, accuracies = figure.subplots(1, 2)
    for number, (name, rows) in enumerate(histories.items()):
        epochs = [row["epoch"] for row in rows]
        for axes, field, factor in ((losses, "loss", 1), (accuracies, "accuracy", 100)):
            colour, trained, held = f"C{number}", field, f"val_{field}"
            for key, style, part in ((trained, "--", "training"), (held, "-", "validation")):
                values = [factor * row[key] for row in rows]
                axes.plot(epochs, values, style, color=colour, marker=".", label=f"{name}, {part}")
    losses.set(xlabel="epoch", ylabel="cross-entropy")
    accuracies.set(xlabel="epoch", ylabel="accuracy, %")
    for axes in (losses, accuracies):
        axes.grid(alpha=0.3)
        axes.xaxis.get_major_locator().set_params(integer=True)
    accuracies.legend()
    figure.savefig(picture, dpi=120)


def draw_confusion(evaluation: Evaluation, picture: Path) -> None:
    """Draw the confusion matrix, each true class (row) in shares of its images, as a PNG."""
    from matplotlib.figure import Figure

    confusion = evaluation.exact.confusion
    names = [one.text for one in evaluation.exact.classes]
    shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    side = max(4.0, 0.16 * len(names) + 1.5)
    figure = Figure(figsize=(side + 1, side), layout="constrained")
    axes = figure.subplots()
    # The root shows the rare confusions beside the diagonal.
    shown = axes.imshow(np.sqrt(shares), cmap="magma_r", vmin=0, vmax=1)
    size = 7 if len(names) > 20 else 10
    axes.set_xticks(range(len(names)), names, fontsize=size, parse_math=False)
    axes.set_yticks(range(len(names)), names, fontsize=size, parse_math=False)
    axes.set(xlabel="read as", ylabel="written", title=f"{evaluation.name}: share of the row")
    bar = figure.colorbar(shown, ax=axes, shrink=0.6)
    ticks = [0, 0.01, 0.05, 0.2, 0.5, 1]
    bar.set_ticks(np.sqrt(ticks).tolist(), labels=[f"{100 * tick:g} %" for tick in ticks])
    figure.savefig(picture, dpi=110)


def draw_confused(evaluation: Evaluation, picture: Path) -> bool:
    """Draw examples of the most confused pairs, one pair a row, as a PNG.

    Returns
    -------
    bool
        False if nothing is confused; nothing is drawn then.
    """
    from matplotlib.figure import Figure

    pairs = confused_pairs(evaluation.exact.confusion, _PAIRS)
    if not pairs:
        return False
    data, names = evaluation.data, evaluation.data.classes
    figure = Figure(figsize=(_EXAMPLES * 0.7 + 2, len(pairs) * 0.75), layout="constrained")
    axes = figure.subplots(len(pairs), _EXAMPLES, squeeze=False)
    for row, (true, read, count) in zip(axes, pairs, strict=True):
        chosen = np.flatnonzero((data.labels == true) & (evaluation.found == read))
        for place in row:
            place.set(xticks=[], yticks=[])
            place.set_frame_on(False)
        for place, index in zip(row, chosen, strict=False):
            place.imshow(data.images[index], cmap="gray", vmin=0, vmax=255)
        text = f"{names[true]} read as {names[read]}\n{count} of {int((data.labels == true).sum())}"
        row[0].set_ylabel(text, rotation=0, ha="right", va="center", fontsize=9, parse_math=False)
    figure.savefig(picture, dpi=120)
    return True
