"""Pictures of a training: loss and character error rate by epoch."""

from __future__ import annotations

import csv
from pathlib import Path


def plot_history(history: Path, picture: Path) -> None:
    """Draw the loss and the validation CERs of a `history.csv` as a PNG.

    Parameters
    ----------
    history
        As `fit_line_network` writes it: epoch, seconds, loss, then one column a set.
    picture
        The PNG to write.

    Raises
    ------
    ValueError
        If the history holds no epoch.
    """
    from matplotlib.figure import Figure

    with history.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    if not rows:
        raise ValueError(f"{history}: no epoch in it")
    epochs = [int(row["epoch"]) for row in rows]
    figure = Figure(figsize=(10, 4), layout="constrained")
    losses, rates = figure.subplots(1, 2)
    losses.plot(epochs, [float(row["loss"]) for row in rows], color="black")
    losses.set(xlabel="epoch", ylabel="training loss (CTC)", yscale="log")
    for name in list(rows[0])[3:]:
        rates.plot(epochs, [100 * float(row[name]) for row in rows], label=name)
    rates.set(xlabel="epoch", ylabel="validation CER, %", ylim=(0, None))
    rates.legend(title="set")
    for axes in (losses, rates):
        axes.grid(alpha=0.3)
    figure.savefig(picture, dpi=120)
