"""A character model measured on labelled images, and the report of it in words and tables."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recognition.characters import CharacterClassifier
from training.characters.data import CharacterSet
from training.characters.measures import (
    KINDS,
    VIEWS,
    Score,
    confused_pairs,
    fold,
    look_alike_groups,
    score,
)

REPORT = "report.txt"
WORST_PAIRS = 12


@dataclass(frozen=True)
class Evaluation:
    """What a model does on a set of characters.

    Attributes
    ----------
    name
        Of the model.
    data
        The images and their true classes.
    found
        int64 (n,), the classes that the model reads.
    views
        Scores for the classes as they are and for look-alike classes made one.
    kinds
        Accuracy on digits, capitals and small letters when the kind is known beforehand.
    """

    name: str
    data: CharacterSet
    found: NDArray[np.int64]
    views: dict[str, Score]
    kinds: dict[str, float]

    @property
    def exact(self) -> Score:
        """The score for the classes as they are labelled."""
        return next(iter(self.views.values()))


def evaluate(name: str, classifier: CharacterClassifier, data: CharacterSet) -> Evaluation:
    """Measure a model.

    Where the data's classes are fewer than the model's, the model chooses among those alone; a
    class of several characters ("Cc") has the sum of their probabilities.

    Parameters
    ----------
    name
        Shown above the model's figures.
    classifier
        The model.
    data
        Labelled images, at least one.

    Raises
    ------
    ValueError
        If the model cannot read a class of the data.
    """
    probabilities = classifier.classify(data.images)
    shares = classifier.network.metadata.get("frequencies") or {}
    usual = np.array([[float(shares.get(text, 1.0)) for text in classifier.alphabet]], np.float32)
    projected, frequencies = (
        _project(rows, classifier.alphabet, data.classes) for rows in (probabilities, usual)
    )
    views, known = {}, set()
    for view, key in VIEWS.items():
        folded, labels, names = fold(projected, data.labels, data.classes, key)
        if len(names) in known:
            continue  # no classes that this view makes one
        known.add(len(names))
        members, _, _ = fold(frequencies, data.labels[:1], data.classes, key)
        views[view] = score(folded, labels, names, members[0] if shares else None)
    kinds = {}
    for kind, key in KINDS.items():
        folded, labels, names = fold(projected, data.labels, data.classes, key)
        if len(names) > 1 and len(labels):
            kinds[kind] = float((folded.argmax(axis=1) == labels).mean())
    return Evaluation(name, data, projected.argmax(axis=1), views, kinds)


def describe(evaluations: Sequence[Evaluation]) -> str:
    """Return the figures of one or more models on the same data, side by side, as text."""
    first = evaluations[0]
    width = max(12, *(len(one.name) + 2 for one in evaluations))
    lines = [f"{len(first.data)} test images, {len(first.data.classes)} classes"]
    lines.append(_row("", [one.name for one in evaluations], width))
    for view, exact in first.views.items():
        scores = [one.views[view] for one in evaluations]
        lines.append(f"{view} ({len(exact.classes)} classes)")
        for label, field in _FIGURES.items():
            cells = [_percent(getattr(one, field)) for one in scores]
            lines.append(_row(f"  {label}", cells, width))
    if first.kinds:
        lines.append("accuracy where the kind is known")
    for kind in first.kinds:
        cells = [_percent(one.kinds[kind]) for one in evaluations]
        lines.append(_row(f"  {kind}", cells, width))
    lines += _look_alikes(first)
    pairs = confused_pairs(first.exact.confusion, WORST_PAIRS)
    if pairs:
        names = first.data.classes
        worst = ", ".join(f"{names[a]} as {names[b]} {count}" for a, b, count in pairs)
        lines.append(f"most confused ({first.name}): {worst}")
    return "\n".join(lines)


def write_tables(evaluations: Sequence[Evaluation], folder: Path) -> None:
    """Write report.txt and report.json of all models, classes.csv and confusion.csv of the first.

    Parameters
    ----------
    evaluations
        At least one.
    folder
        Is made where missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / REPORT).write_text(describe(evaluations) + "\n", encoding="utf-8")
    figures = {one.name: _figures(one) for one in evaluations}
    text = json.dumps(figures, indent=2, ensure_ascii=False)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8")
    exact = evaluations[0].exact
    names = [one.text for one in exact.classes]
    with (folder / "classes.csv").open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream)
        table.writerow(["class", "images", "precision", "recall", "f1"])
        for one in exact.classes:
            rates = (f"{rate:.4f}" for rate in (one.precision, one.recall, one.f1))
            table.writerow([one.text, one.images, *rates])
    with (folder / "confusion.csv").open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream)
        table.writerow(["true \\ read", *names])
        table.writerows([name, *row] for name, row in zip(names, exact.confusion, strict=True))


_FIGURES = {
    "accuracy": "accuracy",
    "among the best 3": "top3",
    "balanced accuracy": "balanced_accuracy",
    "the same, all classes as frequent": "even_accuracy",
    "mean precision": "precision",
    "mean F1": "f1",
    "expected calibration error": "calibration_error",
}


def _figures(evaluation: Evaluation) -> dict[str, Any]:
    views = {}
    for view, figures in evaluation.views.items():
        views[view] = {field: getattr(figures, field) for field in _FIGURES.values()}
    classes = [asdict(one) for one in evaluation.exact.classes]
    images = evaluation.exact.images
    return {"images": images, "views": views, "kinds": evaluation.kinds, "classes": classes}


def _look_alikes(evaluation: Evaluation) -> list[str]:
    """Describe each group: its images, how many are read right, and as another of the group."""
    confusion = evaluation.exact.confusion
    lines = []
    for text, members in look_alike_groups(evaluation.data.classes).items():
        images = int(confusion[members].sum())
        right = int(confusion[members, members].sum())
        inside = int(confusion[np.ix_(members, members)].sum()) - right
        if images:
            lines.append(
                f"  {text:<4} {images:>6} images {_percent(right / images):>8} right "
                f"{_percent(inside / images):>8} as another of them"
            )
    return [f"look-alikes ({evaluation.name})", *lines] if lines else []


def _project(
    probabilities: NDArray[np.float32], alphabet: str, classes: Sequence[str]
) -> NDArray[np.float32]:
    """Return the probabilities of the data's classes, given that it is one of them."""
    missing = [text for text in classes if not set(text) & set(alphabet)]
    if missing:
        raise ValueError(f"the model has no class for {', '.join(map(repr, missing[:5]))}")
    member = np.array([[own in text for text in classes] for own in alphabet], np.float32)
    sums = probabilities @ member
    return np.asarray(sums / np.maximum(sums.sum(axis=1, keepdims=True), 1e-12))


def _row(label: str, cells: Sequence[str], width: int) -> str:
    return f"{label:<36}" + "".join(f"{cell:>{width}}" for cell in cells)


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"
