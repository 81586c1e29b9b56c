"""The figures of a report: each a ratio of sums of counts, so that all can be bootstrapped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np

from hcr.bench.bootstrap import Counts
from recognition.metrics import Errors, Score

# Order of the columns that `counts` makes.
_LINES, _EXACT = 0, 1
_CHARACTERS, _WORDS, _BAG = 2, 6, 10


@dataclass(frozen=True)
class Measure:
    """A figure: the sum of some counts over another.

    Attributes
    ----------
    key, label
        In JSON, and for people.
    parts, units
        Columns of `counts`: what is summed, and what it is divided by.
    complement
        1 minus the ratio.
    """

    key: str
    label: str
    parts: tuple[int, ...]
    units: int
    complement: bool = False

    def __call__(self, sums: Counts) -> Counts:
        """Return the figure for sums of counts, (..., k) to (...); no units count as one."""
        ratio = sums[..., list(self.parts)].sum(axis=-1) / np.maximum(sums[..., self.units], 1)
        return np.asarray(1 - ratio if self.complement else ratio)


_CHARACTER_ERRORS = tuple(range(_CHARACTERS + 1, _CHARACTERS + 4))
_WORD_ERRORS = tuple(range(_WORDS + 1, _WORDS + 4))
CER = Measure("cer", "CER", _CHARACTER_ERRORS, _CHARACTERS)
WER = Measure("wer", "WER", _WORD_ERRORS, _WORDS)
MEASURES = (
    CER,
    WER,
    Measure("bag_wer", "WER in any order", (_BAG,), _WORDS),
    Measure("character_accuracy", "character accuracy", _CHARACTER_ERRORS, _CHARACTERS, True),
    Measure("exact", "without any error", (_EXACT,), _LINES),
    Measure("insertions", "characters inserted", _CHARACTER_ERRORS[:1], _CHARACTERS),
    Measure("deletions", "characters missing", _CHARACTER_ERRORS[1:2], _CHARACTERS),
    Measure("substitutions", "characters replaced", _CHARACTER_ERRORS[2:], _CHARACTERS),
)


def counts(scores: Sequence[Score]) -> Counts:
    """Return the counts of scores, float64 (n, 11)."""
    rows = [
        (
            score.lines,
            score.exact_lines,
            *astuple(score.characters),
            *astuple(score.words),
            score.bag_errors,
        )
        for score in scores
    ]
    return np.array(rows, dtype=np.float64).reshape(len(rows), 11)


def score_from(row: Sequence[int]) -> Score:
    """Return the score whose counts are a row of `counts`.

    Raises
    ------
    ValueError
        If the row does not have that many numbers.
    """
    if len(row) != 11:
        raise ValueError(f"a score has 11 counts, not {len(row)}")
    return Score(row[0], row[1], Errors(*row[2:6]), Errors(*row[6:10]), row[10])
