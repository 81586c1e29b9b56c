"""Who fills the copies of the benchmark of forms, and who those that its constants are fitted on.

Both are UNIPEN writers of the validation file and EMNIST's test split, which no network was trained
on; they share neither writers nor images nor names.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.form_copies import Copyist, Grey
from benchmarks.form_text import FreeText
from hcr.forms.template import Template
from training.emnist import load_emnist
from training.ink import InkSet, load_unipen
from training.ink_setter import InkPool

# Who wrote all digits and so many capitals fills the benchmark's copies; who wrote less than that,
# but so much, fills those for fitting.
_CAPITALS, _FEWER_CAPITALS, _FEWER_DIGITS = 18, 8, 5
_BROKEN = 0.6
"""Of the usual length of path."""


def copyist(
    template: Template,
    blank: Grey,
    unipen: Path,
    emnist: Path,
    cache: Path | None,
    train: bool,
    written: float,
) -> Copyist:
    """Return who fills copies.

    Parameters
    ----------
    template, blank
        The form, and its image, uint8 (h, w).
    unipen
        The archive of the validation writers.
    emnist
        TensorFlow Datasets directory.
    cache
        Where EMNIST's arrays are kept; None keeps none.
    train
        Whether the copies serve for fitting.
    written
        Of `FreeText`.
    """
    ink = load_unipen(unipen)
    full, partial = _form_writers(ink)
    others = sorted(set(ink.writers.tolist()) - set(full) - set(partial))
    # The others wrote words and lines only: half of them lend theirs to either kind of copies.
    kept = (partial + others[::2]) if train else (full + others[1::2])
    usable = np.isin(ink.writers, kept)
    usable[broken_samples(ink)] = False
    categories = np.where(usable, ink.categories, "")
    pool = InkPool(replace(ink, categories=categories))
    glyphs = load_emnist(emnist, cache, ("byclass",), "test", "held_out" if train else "train")
    writers, text = partial if train else full, FreeText(pool, written)
    return Copyist(template, blank, pool, writers, glyphs, int(not train), text)


def broken_samples(ink: InkSet) -> list[int]:
    """Return the digits and capitals that lack a stroke: an H of one bar, a 0 that is a dash.

    Their path is much shorter, for their size, than that of the same character usually is. Some
    1 % of UNIPEN's are so; nobody could read them, and no form shows them.
    """
    lengths: dict[str, dict[int, float]] = defaultdict(dict)
    for index in ink.select(("1a", "1b")).tolist():
        strokes = ink.strokes(index)
        path = sum(float(np.hypot(*np.diff(stroke, axis=0).T).sum()) for stroke in strokes)
        size = max(float(np.ptp(np.concatenate(strokes), axis=0).max()), 1.0)
        lengths[ink.label(index)][index] = path / size
    return [
        index
        for of_character in lengths.values()
        for index, length in of_character.items()
        if length < _BROKEN * float(np.median(list(of_character.values())))
    ]


def _form_writers(ink: InkSet) -> tuple[list[int], list[int]]:
    """Return the writers of all digits and most capitals, and those of some."""
    seen: dict[int, set[str]] = defaultdict(set)
    for index in ink.select(("1a", "1b")).tolist():
        seen[ink.writer(index)].add(ink.label(index))
    full, partial = [], []
    for writer, labels in sorted(seen.items()):
        digits = sum(map(str.isdigit, labels))
        capitals = sum(map(str.isupper, labels))
        if digits == 10 and capitals >= _CAPITALS:
            full.append(writer)
        elif digits >= _FEWER_DIGITS and capitals >= _FEWER_CAPITALS:
            partial.append(writer)
    return full, partial
