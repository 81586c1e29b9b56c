"""Reads a row of boxes or a comb, one character in each."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hcr.forms.cell_scores import CellScorer
from hcr.forms.cells import Pixels, cell_pictures
from hcr.forms.evidence import Evidence, best_name, best_value
from hcr.forms.kinds import Kind
from hcr.forms.names import NameSearch
from hcr.forms.picture import FieldPicture
from recognition.alphabet import Alphabet
from recognition.constrained import cell_frames, decode
from recognition.language import Language

_LISTED = 5
# Log-probability that a small mark in a cell does not count, that a character does not, and that
# an empty cell is not a space.
_STRAY, _DROPPED, _SKIPPED = -5.0, -30.0, -4.0
# A mark is small if it has less than this share of the ink that a cell usually has.
_SMALL = 0.2


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

    def read(self, picture: FieldPicture, kind: Kind, is_name: bool) -> Evidence | None:
        """Read a field.

        Parameters
        ----------
        picture
            With cells.
        kind
            What it may hold.
        is_name
            Whether the language has a say.

        Returns
        -------
        Evidence or None
            None where nothing is written.
        """
        cuts = _between_empty_ends(cell_pictures(picture))
        if not cuts:
            return None
        scores = self._scorer.score(cuts, kind.automaton.characters)
        cells = _with_nothing(scores, cuts)
        if is_name and self._names is not None:
            evidence = best_name(self._names.read(cells, kind.automaton))
        else:
            evidence = best_value(decode(cell_frames(cells), kind.automaton, _LISTED), kind.value)
        return evidence or self._most_probable(scores)

    def _most_probable(self, scores: npt.NDArray[np.float32]) -> Evidence:
        """Return what the cells seem to hold where the field may not hold it."""
        text = self._alphabet.decode(scores.argmax(axis=1).tolist())
        return Evidence(text.strip(), 0.0, -20.0)


def _between_empty_ends(cuts: list[Pixels | None]) -> list[Pixels | None]:
    """Return the cells from the first to the last that is written in."""
    written = [number for number, cut in enumerate(cuts) if cut is not None]
    return cuts[written[0] : written[-1] + 1] if written else []


def _with_nothing(
    scores: npt.NDArray[np.float32], cuts: list[Pixels | None]
) -> npt.NDArray[np.float32]:
    """Add the class that a cell holds nothing that counts: dirt, or no space between words."""
    amounts = np.array([0.0 if cut is None else float((255.0 - cut).sum()) for cut in cuts])
    small = amounts < _SMALL * np.median(amounts[amounts > 0])
    nothing = np.where(amounts == 0, _SKIPPED, np.where(small, _STRAY, _DROPPED))
    return np.column_stack([scores, nothing.astype(np.float32)])
