"""A list of words that are likely to occur, and what it does to the reading of a line."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

if TYPE_CHECKING:
    from recognition.language import Language

MAX_FILE_BYTES = 8 * 2**20
_WORD = re.compile(r"[^\W_]+")
# How often what follows a word is this sign; any other one shares the rest.
_GAPS = {" ": 0.78, ",": 0.06, ".": 0.04, "-": 0.03, "'": 0.02}
_OTHER_GAP, _LINE_END = 0.002, 0.05
# However strange a word is, this chance is left that it is not of the list: over the least float.
_LEAST = 1e-280
# A word of the list in other cases is expected this often, in hundredths.
_AS_GIVEN, _CAPITALISED, _UPPER = 100, 50, 20

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


class LexiconLanguage:
    """Another language, in which each word may instead be one of a list.

    Every word is drawn from the list with a fixed chance and from the language otherwise, and
    each of its characters says more of which it was. So a word of the list costs no more than
    its share of the list, however strange its spelling is, and another word costs next to
    nothing more than without the list.

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

    best = 0.0

    def __init__(
        self, language: Language, lexicon: Lexicon, alphabet: str, chance: float = 0.5
    ) -> None:
        if not 0 < chance < 1:
            raise ValueError(f"the chance of a listed word must be between 0 and 1, not {chance}")
        self._language = language
        self._lexicon = lexicon
        self._alphabet = alphabet
        self._inside = [bool(_WORD.match(character)) for character in alphabet]
        self._other = 1 - chance
        self.best = max(language.best, 0.0)

    def start(self) -> tuple[Any, str, float]:
        """State of the language, the word so far, and the chance that it is not of the list."""
        return self._language.start(), "", self._other

    def score(
        self, state: tuple[Any, str, float], label: int
    ) -> tuple[float, tuple[Any, str, float]]:
        """Log weight of `label` after `state`, and the state after it."""
        inner, prefix, other = state
        weight, inner = self._language.score(inner, label)
        character = self._alphabet[label]
        if not self._inside[label]:
            gap = _GAPS.get(character, _OTHER_GAP)
            return self._ended(weight, prefix, other, gap), (inner, "", self._other)
        if other == 1:
            return weight, (inner, "", 1.0)
        listed = (1 - other) * self._lexicon.next_prob(prefix, character)
        unlisted = other * math.exp(weight)
        total = listed + unlisted
        if not listed:
            return math.log(total), (inner, "", 1.0)
        return math.log(total), (inner, prefix + character, max(unlisted / total, _LEAST))

    def end(self, state: tuple[Any, str, float]) -> float:
        """Log weight of the line ending after `state`."""
        inner, prefix, other = state
        return self._ended(self._language.end(inner), prefix, other, _LINE_END)

    def _ended(self, weight: float, prefix: str, other: float, gap: float) -> float:
        """Log weight of what ends a word; outside of words, that of the language alone."""
        if not prefix:
            return weight
        listed = (1 - other) * self._lexicon.end_prob(prefix) * gap
        return math.log(other * math.exp(weight) + listed)


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
