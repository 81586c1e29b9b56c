"""Text that is written in capitals, or with capitals among the small letters: as a language."""

from __future__ import annotations

import numpy as np

from recognition.weighing import Floats, Ints, Language

# How often a letter is a capital if the one before is, and small if the one before is small; the
# first letter of a line is either. In capitals throughout it would be more, in hands that print
# some letters as capitals wherever they stand it is less.
_SAME = 0.7

_NO_LETTER, _SMALL, _CAPITAL = 0, 1, 2


class AnyCase(Language):
    """Another language, whose letters may be small or capital wherever they stand.

    Says of a letter in either case what the language says of the small one, and how likely the
    case is after that of the letter before. A state is that of the language, then the case of
    the last letter.

    Parameters
    ----------
    language : Language
    alphabet : str
        Character of each label.
    """

    def __init__(self, language: Language, alphabet: str) -> None:
        places = {character: label for label, character in enumerate(alphabet)}
        self._language = language
        self._small = np.array([places.get(c.lower(), places[c]) for c in alphabet])
        self._case = np.array([_case(character) for character in alphabet])
        self.best = language.best

    def start(self) -> Floats:
        """State of the language before the first label, and no letter before."""
        return np.concatenate([self._language.start(), [_NO_LETTER]])

    @property
    def source(self) -> Language:
        """The other language."""
        return self._language

    def question(self, states: Floats, labels: Ints) -> tuple[Floats, Ints]:
        """States of the language, and the small letters."""
        return states[:, :-1], self._small[labels]

    def answer(
        self, states: Floats, labels: Ints, weights: Floats, after: Floats
    ) -> tuple[Floats, Floats]:
        """Add how likely the cases are."""
        case, before = self._case[labels], states[:, -1]
        likely = np.where(case == before, _SAME, 1 - _SAME)
        likely[before == _NO_LETTER] = 0.5
        likely[case == _NO_LETTER] = 1.0
        last = np.where(case == _NO_LETTER, before, case)
        return weights + np.log(likely), np.concatenate([after, last[:, None]], axis=1)

    def scores(self, states: Floats, labels: Ints) -> tuple[Floats, Floats]:
        """Log weights of labels after states, and the states after them."""
        answered = self._language.scores(*self.question(states, labels))
        return self.answer(states, labels, *answered)

    def ends(self, states: Floats) -> Floats:
        """Log weights of the line ending after states."""
        return self._language.ends(states[:, :-1])


def _case(character: str) -> int:
    if character.isupper():
        return _CAPITAL
    return _SMALL if character.islower() else _NO_LETTER
