"""A list of words that are likely to occur, and what it does to the reading of a line."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate
from pathlib import Path
from unicodedata import normalize

import numpy as np

from recognition.weighing import Floats, Ints, Language

MAX_FILE_BYTES = 8 * 2**20
_WORD = re.compile(r"[^\W_]+")
# How often what follows a word is this sign; any other one shares the rest.
_GAPS = {" ": 0.78, ",": 0.06, ".": 0.04, "-": 0.03, "'": 0.02}
_OTHER_GAP, _LINE_END = 0.002, 0.05
# However strange a word is, this chance is left that it is not of the list: over the least float.
_LEAST = 1e-280
# A word of the list in other cases is expected this often, in hundredths.
_AS_GIVEN, _CAPITALISED, _UPPER = 100, 50, 20

NO_WORD = 0  # node of no character at all

_Range = tuple[int, int]


class Lexicon:
    """Words, and how likely each character is to follow in one of them.

    Entries such as "Saint-Denis" or "AB 12" count as two words. A word in small letters also
    stands for its capitalised form, and every word for its upper case form.

    Parameters
    ----------
    words : iterable of str

    Raises
    ------
    ValueError
        If there is no word in the list.
    """

    def __init__(self, words: Iterable[str]) -> None:
        weights: dict[str, int] = {}
        for entry in words:
            for word in _WORD.findall(normalize("NFC", entry)):
                for form, weight in _forms(word):
                    weights[form] = max(weight, weights.get(form, 0))
        if not weights:
            raise ValueError("the lexicon holds no word")
        self._words = sorted(weights)
        self._sums = [0, *accumulate(weights[word] for word in self._words)]
        self._found: dict[str, _Range] = {"": (0, len(self._words))}
        # Beginnings of words, numbered as they are met.
        self._beginnings = [""]
        self._steps: dict[tuple[int, str], tuple[int, float]] = {}

    def __contains__(self, word: str) -> bool:
        start, end = self._range(word)
        return start < end and self._words[start] == word

    def next_prob(self, prefix: str, character: str) -> float:
        """Probability that a word beginning with `prefix` goes on with `character`."""
        return self._share(self._range(prefix + character), prefix)

    def end_prob(self, prefix: str) -> float:
        """Probability that a word beginning with `prefix` is over."""
        start, _ = self._range(prefix)
        return self._share((start, start + 1), prefix) if prefix in self else 0.0

    def step(self, node: int, character: str) -> tuple[int, float]:
        """Go on from a beginning of words by a character.

        Parameters
        ----------
        node : int
            Number of the beginning: `NO_WORD`, or what this function gave.
        character : str

        Returns
        -------
        (int, float)
            Number of the longer beginning, and how probable it is after the shorter one. Where no
            word goes on so, they are `NO_WORD` and 0.
        """
        known = self._steps.get((node, character))
        if known is None:
            prefix = self._beginnings[node]
            prob = self.next_prob(prefix, character)
            known = (len(self._beginnings), prob) if prob else (NO_WORD, 0.0)
            if prob:
                self._beginnings.append(prefix + character)
            self._steps[node, character] = known
        return known

    def end_prob_after(self, node: int) -> float:
        """Probability that a word is over after a beginning that `step` has numbered."""
        return self.end_prob(self._beginnings[node])

    def _share(self, part: _Range, prefix: str) -> float:
        start, end = self._range(prefix)
        whole = self._sums[end] - self._sums[start]
        return (self._sums[part[1]] - self._sums[part[0]]) / whole if whole else 0.0

    def _range(self, prefix: str) -> _Range:
        """Return [start, end) of the words that begin with `prefix`."""
        found = self._found.get(prefix)
        if found is None:
            start = bisect_left(self._words, prefix)
            found = start, bisect_left(self._words, prefix + chr(0x10FFFF), start)
            self._found[prefix] = found
        return found


class LexiconLanguage(Language):
    """Another language, in which each word may instead be one of a list.

    Every word is drawn from the list with a fixed chance and from the language otherwise, and
    each of its characters says more of which it was. So a word of the list costs no more than
    its share of the list, however strange its spelling is, and another word costs next to
    nothing more than without the list. A state is that of the language, then how far the word
    has come in the list, and the chance that it is not of the list.

    Parameters
    ----------
    language : Language
    lexicon : Lexicon
    alphabet : str
        Character of each label.
    chance : float
        That a word is one of the list, over 0 and under 1.

    Raises
    ------
    ValueError
        If the chance is out of range.
    """

    def __init__(
        self, language: Language, lexicon: Lexicon, alphabet: str, chance: float = 0.5
    ) -> None:
        if not 0 < chance < 1:
            raise ValueError(f"the chance of a listed word must be between 0 and 1, not {chance}")
        self._language = language
        self._lexicon = lexicon
        self._alphabet = alphabet
        self._inside = np.array([_WORD.match(character) is not None for character in alphabet])
        self._gaps = np.array([_GAPS.get(character, _OTHER_GAP) for character in alphabet])
        self._other = 1 - chance
        self.best = max(language.best, 0.0)

    def start(self) -> Floats:
        """State of the language, no word begun, and the chance that it is not of the list."""
        return np.concatenate([self._language.start(), [NO_WORD, self._other]])

    def scores(self, states: Floats, labels: Ints) -> tuple[Floats, Floats]:
        """Log weights of labels after states, and the states after them."""
        words, others = states[:, -2].astype(np.int64), states[:, -1]
        after = np.empty(states.shape)
        weights, after[:, :-2] = self._language.scores(states[:, :-2], labels)
        after[:, -2] = NO_WORD
        inside = self._inside[labels]
        after[:, -1] = np.where(inside, 1.0, self._other)
        gained = self._ended(weights, words, others, self._gaps[labels])
        gained[inside] = weights[inside]
        going = np.flatnonzero(inside & (others < 1))
        steps = [
            self._lexicon.step(word, self._alphabet[label])
            for word, label in zip(words[going].tolist(), labels[going].tolist(), strict=True)
        ]
        longer, probs = np.array(steps, np.float64).reshape(-1, 2).T
        unlisted = others[going] * np.exp(weights[going])
        total = unlisted + (1 - others[going]) * probs
        gained[going] = np.log(total)
        after[going, -2] = longer
        after[going, -1] = np.where(probs > 0, np.maximum(unlisted / total, _LEAST), 1.0)
        return gained, after

    def ends(self, states: Floats) -> Floats:
        """Log weights of the line ending after states."""
        weights = self._language.ends(states[:, :-2])
        return self._ended(weights, states[:, -2].astype(np.int64), states[:, -1], _LINE_END)

    def _ended(self, weights: Floats, words: Ints, others: Floats, gaps: Floats | float) -> Floats:
        """Log weights of what ends words; outside of words, those of the language alone."""
        ends = np.array([self._lexicon.end_prob_after(word) for word in words.tolist()], np.float64)
        ended = np.log(others * np.exp(weights) + (1 - others) * ends * gaps)
        return np.where(words == NO_WORD, weights, ended)


def read_lexicon(path: Path) -> Lexicon:
    """Read a list of words: UTF-8, one a line.

    Raises
    ------
    ValueError
        If the file is missing, too large, no UTF-8 text or holds no word.
    """
    if not path.is_file():
        raise ValueError(f"{path}: no such file")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise ValueError(f"{path}: over {MAX_FILE_BYTES >> 20} MiB, too long for a list of words")
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: it is not UTF-8 text (byte {error.start})") from error
    except OSError as error:
        raise ValueError(f"{path}: it cannot be read ({error.strerror})") from error
    if "\0" in text:
        raise ValueError(f"{path}: it is not text (it holds a null character)")
    try:
        return Lexicon(text.splitlines())
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _forms(word: str) -> list[tuple[str, int]]:
    forms = [(word, _AS_GIVEN), (word.upper(), _UPPER)]
    if word.islower():
        forms.append((word[0].upper() + word[1:], _CAPITALISED))
    return forms
