"""Reads a row of boxes or a comb, one character in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from hcr.forms.cell_scores import CellScorer
from hcr.forms.cells import cell_pictures
from hcr.forms.evidence import Evidence, best_name, best_value
from hcr.forms.hand import PAIRS, DigitPair, same_hand
from hcr.forms.kinds import Kind
from hcr.forms.names import NameSearch
from hcr.forms.picture import FieldPicture
from hcr.images import Pixels
from recognition.alphabet import Alphabet
from recognition.constrained import cell_frames, decode
from recognition.language import Language

_LISTED = 5
# Log-probability that a small mark in a cell does not count, that a character does not, and that
# an empty cell is not a space.
_STRAY, _DROPPED, _SKIPPED = -5.0, -30.0, -4.0
# A mark is small if it has less than this share of the ink that a cell usually has.
_SMALL = 0.2
# Cells count as one of two digits that look alike if they are one of both with so much probability.
_EITHER = 0.5
# Log odds of a digit that the field may hold against one that it may not.
_ALLOWED = 6.0


@dataclass(frozen=True)
class CellField:
    """A field with cells.

    Attributes
    ----------
    picture
    kind
        What it may hold.
    is_name
        Whether the language has a say.
    """

    picture: FieldPicture
    kind: Kind
    is_name: bool


@dataclass(frozen=True)
class _Looked:
    """Cells of a field from the first to the last that is written in: pictures, scores."""

    field: CellField
    cuts: Sequence[Pixels | None]
    log_probs: npt.NDArray[np.float32]  # (n, labels), rows need not sum to 1


class CellReader:
    """Reads fields with cells.

    Parameters
    ----------
    scorer
        Of single cells.
    language
        Weighs names and words; None weighs all alike.
    """

    def __init__(self, scorer: CellScorer, language: Language | None = None) -> None:
        self._scorer = scorer
        self._alphabet = Alphabet(scorer.alphabet)
        self._names = None if language is None else NameSearch(language, scorer.alphabet)

    def read(self, fields: Sequence[CellField]) -> list[Evidence | None]:
        """Read fields that one person filled in; None where nothing is written.

        Each is read by itself, and once more after digits that look alike were judged together.
        """
        looked = [self._look(field) for field in fields]
        written = [one for one in looked if one is not None]
        alone = [self._evidence(one) for one in written]
        judged = self._by_one_hand(written, [evidence.value for evidence in alone])
        same = map(np.array_equal, (a.log_probs for a in written), (b.log_probs for b in judged))
        read = (
            before if unchanged else self._evidence(after)
            for before, after, unchanged in zip(alone, judged, same, strict=True)
        )
        return [None if one is None else next(read) for one in looked]

    def _look(self, field: CellField) -> _Looked | None:
        cuts = _between_empty_ends(cell_pictures(field.picture))
        if not cuts:
            return None
        return _Looked(field, cuts, self._scorer.score(cuts, field.kind.automaton.characters))

    def _evidence(self, looked: _Looked) -> Evidence:
        field, automaton = looked.field, looked.field.kind.automaton
        scores = _with_nothing(looked.log_probs, looked.cuts)
        if field.is_name and self._names is not None:
            evidence = best_name(self._names.read(scores, automaton))
        else:
            found = decode(cell_frames(scores), automaton, _LISTED)
            evidence = best_value(found, field.kind.value)
        return evidence or self._most_probable(looked.log_probs)

    def _by_one_hand(self, written: Sequence[_Looked], values: Sequence[str]) -> list[_Looked]:
        """Judge look-alike digits of fields together, given what each holds by itself."""
        if not written:
            return []
        rows = np.concatenate([looked.log_probs for looked in written])
        for digits in PAIRS:
            known = [
                _allowed(looked, value, digits)
                for looked, value in zip(written, values, strict=True)
            ]
            self._judge(rows, np.concatenate(known), digits)
        ends = np.cumsum([len(looked.cuts) for looked in written])
        parts = np.split(rows, ends[:-1])
        return [replace(old, log_probs=part) for old, part in zip(written, parts, strict=True)]

    def _judge(
        self,
        rows: npt.NDArray[np.float32],
        known: npt.NDArray[np.float64],
        digits: DigitPair,
    ) -> None:
        """Judge two digits in all cells together, in place, given log odds of what is known."""
        labels = self._alphabet.encode(digits.first + digits.second)
        first, second = (rows[:, label] for label in labels)
        either = np.logaddexp(first, second)
        judged = np.isfinite(first) & np.isfinite(second)
        judged &= either > np.logaddexp.reduce(rows, axis=1) + np.log(_EITHER)
        odds = same_hand(first[judged] - second[judged], known[judged], digits)
        # Views: what is set here is set in the rows.
        first[judged] = either[judged] - np.logaddexp(0, -odds)
        second[judged] = either[judged] - np.logaddexp(0, odds)

    def _most_probable(self, scores: npt.NDArray[np.float32]) -> Evidence:
        """Return what the cells seem to hold where the field may not hold it."""
        text = self._alphabet.decode(scores.argmax(axis=1).tolist())
        return Evidence(text.strip(), 0.0, -20.0)


def _between_empty_ends(cuts: list[Pixels | None]) -> list[Pixels | None]:
    """Return the cells from the first to the last that is written in."""
    written = [number for number, cut in enumerate(cuts) if cut is not None]
    return cuts[written[0] : written[-1] + 1] if written else []


def _allowed(looked: _Looked, value: str, digits: DigitPair) -> npt.NDArray[np.float64]:
    """Return log odds of the first digit against the second by what the field may hold, (n,).

    Nothing is known of a field that is not read as one character a cell.
    """
    odds = np.zeros(len(looked.cuts))
    if len(value) == len(odds):
        for place in range(len(odds)):
            as_first, as_second = (
                looked.field.kind.automaton.matches(value[:place] + digit + value[place + 1 :])
                for digit in (digits.first, digits.second)
            )
            odds[place] = _ALLOWED * (as_first - as_second)
    return odds


def _with_nothing(
    scores: npt.NDArray[np.float32], cuts: Sequence[Pixels | None]
) -> npt.NDArray[np.float32]:
    """Add the class that a cell holds nothing that counts: dirt, or no space between words."""
    amounts = np.array([0.0 if cut is None else float((255.0 - cut).sum()) for cut in cuts])
    small = amounts < _SMALL * np.median(amounts[amounts > 0])
    nothing = np.where(amounts == 0, _SKIPPED, np.where(small, _STRAY, _DROPPED))
    return np.column_stack([scores, nothing.astype(np.float32)])
