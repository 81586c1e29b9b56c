"""Measures of a character reader: accuracies, look-alikes, confusions, calibration.

EMNIST cannot tell 0 from O or C from c: its characters stand alone, scaled to one size. Measures
are therefore given for the labels as they are, and for labels in which such classes are one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recognition.confidence import expected_calibration_error
from training.emnist import MERGED_LETTERS

Probabilities = NDArray[np.float32]
Labels = NDArray[np.int64]
Key = Callable[[str], str]

LOOK_ALIKES = ("0Oo", "1Il", "5Ss", "2Zz")
"""Groups of classes that many writers draw alike; pairs of cases come on top of them."""


def exact_key(text: str) -> str:
    """Every class for itself."""
    return text


def merged_key(text: str) -> str:
    """The 47 classes of EMNIST ByMerge: both cases of 15 letters are one."""
    return text[0].upper() if text[0].upper() in MERGED_LETTERS else text[0]


def case_key(text: str) -> str:
    """Both cases of every letter are one."""
    return text[0].upper()


def look_alike_key(text: str) -> str:
    """Both cases are one, and so are `LOOK_ALIKES`."""
    for group in LOOK_ALIKES:
        if text[0].lower() in group.lower():
            return group
    return text[0].upper()


VIEWS: Mapping[str, Key] = {
    "as labelled": exact_key,
    "47 merged classes": merged_key,
    "case folded": case_key,
    "case and look-alikes folded": look_alike_key,
}
KINDS: Mapping[str, Key] = {
    "digits": lambda text: text if text.isdigit() else "",
    "capital letters": lambda text: text if text.isupper() else "",
    "small letters": lambda text: text if text.islower() else "",
}


@dataclass(frozen=True)
class ClassScore:
    """Precision, recall and F1 of one class, with its number of images."""

    text: str
    images: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Score:
    """How a reader does on labelled images.

    Attributes
    ----------
    images
        Their number.
    accuracy, top3
        Share whose true class is the best, or among the best three.
    balanced_accuracy, precision, f1
        Means over the classes that have images, of recall, precision and F1.
    even_accuracy
        Balanced accuracy when all classes are taken to be equally frequent.
    calibration_error
        Expected calibration error, 15 bins (Guo et al. 2017).
    confusion
        int64 (classes, classes): images of the row's class read as the column's.
    classes
        Scores of each class.
    """

    images: int
    accuracy: float
    top3: float
    balanced_accuracy: float
    precision: float
    f1: float
    even_accuracy: float
    calibration_error: float
    confusion: NDArray[np.int64]
    classes: tuple[ClassScore, ...]


def fold(
    probabilities: Probabilities, labels: Labels, classes: Sequence[str], key: Key
) -> tuple[Probabilities, Labels, tuple[str, ...]]:
    """Make classes of equal key one: their probabilities are summed.

    Parameters
    ----------
    probabilities
        float32 (n, classes).
    labels
        int64 (n,).
    classes
        Names.
    key
        Of a class; classes whose key is empty, and their images, are left out, and what is left
        is the probability given that it is one of the others.

    Returns
    -------
    tuple
        Probabilities, labels and names of the folded classes.
    """
    keys = [key(text) for text in classes]
    names = tuple(dict.fromkeys(name for name in keys if name))
    member = np.array([[own == name for name in names] for own in keys], np.float32)
    member = member.reshape(len(keys), len(names))
    number = np.where(member.any(axis=1), member.argmax(axis=1) if names else 0, -1)
    kept = number[labels] >= 0
    folded = probabilities[kept] @ member
    folded /= np.maximum(folded.sum(axis=1, keepdims=True), 1e-12)
    return folded, number[labels][kept], names


def score(
    probabilities: Probabilities,
    labels: Labels,
    classes: Sequence[str],
    frequencies: NDArray[np.float64] | None = None,
) -> Score:
    """Measure a reader.

    Parameters
    ----------
    probabilities
        float32 (n, classes), rows summing to 1.
    labels
        int64 (n,), the truth.
    classes
        Names.
    frequencies
        Of the classes, for which the probabilities are right; those of the labels if missing.

    Raises
    ------
    ValueError
        If there is no image.
    """
    if not len(labels):
        raise ValueError("no image to measure on")
    found = probabilities.argmax(axis=1)
    confusion = confusion_matrix(labels, found, len(classes))
    per_class = _class_scores(confusion, classes)
    seen = [one for one in per_class if one.images]
    if frequencies is None:
        frequencies = confusion.sum(axis=1) / len(labels)
    even = probabilities / np.maximum(frequencies, 1e-6)
    evenly = confusion_matrix(labels, even.argmax(axis=1), len(classes))
    best = np.argsort(-probabilities, axis=1)[:, :3]
    return Score(
        images=len(labels),
        accuracy=float((found == labels).mean()),
        top3=float((best == labels[:, None]).any(axis=1).mean()),
        balanced_accuracy=_mean([one.recall for one in seen]),
        precision=_mean([one.precision for one in seen]),
        f1=_mean([one.f1 for one in seen]),
        even_accuracy=_mean([one.recall for one in _class_scores(evenly, classes) if one.images]),
        calibration_error=expected_calibration_error(
            np.clip(probabilities.max(axis=1), 0, 1), found == labels
        ),
        confusion=confusion,
        classes=per_class,
    )


def confusion_matrix(truth: Labels, found: Labels, count: int) -> NDArray[np.int64]:
    """Return images of each true class (row) by the class they were read as (column)."""
    cells = np.bincount(truth * count + found, minlength=count * count)
    return cells.reshape(count, count)


def confused_pairs(confusion: NDArray[np.int64], count: int) -> list[tuple[int, int, int]]:
    """Return the most frequent errors: true class, class read, images; most frequent first."""
    errors = confusion - np.diag(np.diag(confusion))
    order = np.argsort(-errors, axis=None, kind="stable")[:count]
    rows, columns = np.unravel_index(order, errors.shape)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(row, column, int(errors[row, column])) for row, column in pairs if errors[row, column]]


def look_alike_groups(classes: Sequence[str]) -> dict[str, list[int]]:
    """Return the groups of classes that look alike: `LOOK_ALIKES`, then pairs of cases."""
    number = {text: k for k, text in enumerate(classes)}
    letters = dict.fromkeys(text.upper() for text in classes if text.upper() != text.lower())
    texts = [*LOOK_ALIKES, *(letter + letter.lower() for letter in letters)]
    groups = {text: [number[c] for c in text if c in number] for text in texts}
    return {text: members for text, members in groups.items() if len(members) > 1}


def best_temperature(log_probs: NDArray[np.float32], labels: Labels) -> float:
    """Return the temperature under which the labels are most probable (Guo et al. 2017)."""
    from scipy.optimize import minimize_scalar

    def loss(log_temperature: float) -> float:
        scaled = log_probs.astype(np.float64) / np.exp(log_temperature)
        top = scaled.max(axis=1)
        total = top + np.log(np.exp(scaled - top[:, None]).sum(axis=1))
        return float((total - scaled[np.arange(len(labels)), labels]).mean())

    found = minimize_scalar(loss, bounds=np.log((0.25, 4.0)), method="bounded")
    return float(np.exp(found.x))


def _class_scores(confusion: NDArray[np.int64], classes: Sequence[str]) -> tuple[ClassScore, ...]:
    right = np.diag(confusion)
    truth, found = confusion.sum(axis=1), confusion.sum(axis=0)
    recall, precision = right / np.maximum(truth, 1), right / np.maximum(found, 1)
    f1 = 2 * right / np.maximum(truth + found, 1)
    rows = zip(classes, truth.tolist(), precision, recall, f1, strict=True)
    return tuple(ClassScore(text, n, float(p), float(r), float(f)) for text, n, p, r, f in rows)


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))
