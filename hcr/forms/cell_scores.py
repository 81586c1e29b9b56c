"""How probable each character is in each cell: the character reader and the line reader together.

The character reader was made for single characters; the line reader, given one cell as a line,
knows signs and strokes that it does not. Each is wrong where the other is right.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hcr.forms.views import PLAIN, View, seen
from hcr.images import Pixels
from recognition.alignment import labelling_log_probs
from recognition.characters import CharacterClassifier, prepare_character
from recognition.crnn import SPACE, LineReader
from recognition.prepare import prepare_line

Floats = npt.NDArray[np.float64]

LINE_SHARE_DIGITS, LINE_SHARE = 0.3, 0.5
"""Weight of the line reader's log-probabilities beside the character reader's, in fields of digits
and in others; chosen on the copies of ``python -m benchmarks.forms --train``."""
DIGIT_VIEWS = (PLAIN, View(degrees=8.0), View(degrees=-8.0), View(slant=0.2), View(slant=-0.2))
"""Digits are shown to the character reader in these ways: one that is misread because it leans or
has an upstroke is right in most. Letters gain nothing by it."""
# Log-probability of a character in an empty cell, and of a space where something is written.
_UNLIKELY = -12.0
_LEAST = 1e-9


class CellScorer:
    """Scores the characters of cells.

    Parameters
    ----------
    line_reader
        Its alphabet is the one that labels are of.
    classifier
        Knows letters and digits.
    """

    def __init__(self, line_reader: LineReader, classifier: CharacterClassifier) -> None:
        self._lines, self._characters = line_reader, classifier
        self.alphabet = line_reader.alphabet.characters

    def score(
        self, cuts: Sequence[Pixels | None], allowed: frozenset[str]
    ) -> npt.NDArray[np.float32]:
        """Return log-probabilities of the labels in each cell.

        Parameters
        ----------
        cuts
            What is written in each cell, as `cell_pictures` gives it.
        allowed
            Characters that may occur; of the others only those count that are the same letter in
            the other case where that letter is not allowed in both.

        Returns
        -------
        float32 (n, len(alphabet)), -inf for what is not allowed
        """
        letters = sorted(allowed - {SPACE})
        scores = np.full((len(cuts), len(self.alphabet)), -np.inf, np.float32)
        places = [self.alphabet.index(letter) for letter in letters]
        space = self.alphabet.index(SPACE)
        written = [number for number, cut in enumerate(cuts) if cut is not None]
        pictures = [cut for cut in cuts if cut is not None]
        for number, cut in enumerate(cuts):
            scores[number, places] = _UNLIKELY - np.log(max(len(places), 1))
            scores[number, space] = 0.0 if cut is None else _UNLIKELY
        if places and written:
            scores[np.ix_(written, places)] = self._combined(pictures, letters)
        return scores

    def _combined(self, pictures: Sequence[Pixels], letters: Sequence[str]) -> Floats:
        """Return log-probabilities (n, letters) of what is written, each row summing to 1."""
        by_line = self._by_line(pictures, letters)
        known = np.array([letter in self._characters.alphabet for letter in letters])
        if not known.any():
            return np.log(by_line)
        has_letters = any(map(str.isalpha, letters))
        alone = self._alone(pictures, letters, (PLAIN,) if has_letters else DIGIT_VIEWS)
        # The line reader says whether it is a sign at all: the other one knows none.
        share = by_line[:, known].sum(axis=1, keepdims=True)
        weight = LINE_SHARE if has_letters else LINE_SHARE_DIGITS
        mixed = alone[:, known] ** (1 - weight) * (by_line[:, known] / share) ** weight
        by_line[:, known] = share * mixed / mixed.sum(axis=1, keepdims=True)
        return np.log(np.maximum(by_line, _LEAST))

    def _alone(
        self, pictures: Sequence[Pixels], letters: Sequence[str], views: Sequence[View]
    ) -> Floats:
        """Return the character reader's probabilities, the geometric mean over several views."""
        images = [prepare_character(seen(picture, view)) for view in views for picture in pictures]
        by_view = _folded(
            self._characters.classify(np.stack(images)), self._characters.alphabet, letters
        )
        mean = np.exp(np.log(by_view).reshape(len(views), len(pictures), -1).mean(axis=0))
        return np.asarray(mean / mean.sum(axis=1, keepdims=True))

    def _by_line(self, pictures: Sequence[Pixels], letters: Sequence[str]) -> Floats:
        """Return the line reader's probabilities that a cell holds exactly one character."""
        alphabet = self._lines.alphabet
        forms = {form for letter in letters for form in _forms(letter)}
        wanted = sorted(forms.intersection(self.alphabet))
        labellings = [alphabet.encode(character) for character in wanted]
        rows = np.full((len(pictures), len(wanted)), 1.0 / len(wanted))
        for number, picture in enumerate(pictures):
            line = prepare_line(picture)
            if line.image.shape[1]:
                frames = self._lines.log_probs(line)
                single = labelling_log_probs(frames, labellings, alphabet.blank)
                if np.isfinite(single).any():
                    rows[number] = np.exp(single - single.max())
        return _folded(rows, "".join(wanted), letters)


def _forms(letter: str) -> tuple[str, ...]:
    """Return a letter and the same letter in the other case."""
    other = letter.swapcase()
    return (letter, other) if len(other) == 1 else (letter,)


def _folded(probabilities: npt.NDArray[np.floating], names: str, letters: Sequence[str]) -> Floats:
    """Return probabilities (n, letters), rows summing to 1, of columns named by characters."""
    result = np.full((len(probabilities), len(letters)), _LEAST)
    place = {letter: number for number, letter in enumerate(letters)}
    for column, name in enumerate(names):
        target = next((form for form in _forms(name) if form in place), None)
        if target is not None:
            result[:, place[target]] += probabilities[:, column]
    return np.asarray(result / result.sum(axis=1, keepdims=True))
