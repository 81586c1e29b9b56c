"""What weighs the labels of a line while it is decoded: a character n-gram, a list of words."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any, Protocol
from unicodedata import normalize

from recognition.ngram import NGram

_WORD = re.compile(r"[^\W_]+")


class Language(Protocol):
    """What weighs the labels of a line from left to right.

    A state is whatever the language needs to know of the labels before; it is never changed in
    place, because several prefixes may share it. Log weights are finite and need not be
    normalised: a language model returns log probabilities, a lexicon a bonus or its withdrawal.
    """

    @property
    def best(self) -> float:
        """No log weight of a label is higher than this: what the search may rely on to prune."""

    def start(self) -> Any:
        """State before the first label."""

    def score(self, state: Any, label: int) -> tuple[float, Any]:
        """Log weight of `label` after `state`, and the state after it."""

    def end(self, state: Any) -> float:
        """Log weight of the line ending after `state`."""


class NGramLanguage:
    """A character n-gram over the labels of a recognizer.

    Parameters
    ----------
    ngram : NGram
    alphabet : str
        Character of each label. Characters that the n-gram has not seen count as unknown ones.
    """

    best = 0.0

    def __init__(self, ngram: NGram, alphabet: str) -> None:
        self._ngram = ngram
        self._codes = [ngram.code(character) for character in alphabet]

    def start(self) -> bytes:
        """State before the first label."""
        return self._ngram.start

    def score(self, state: bytes, label: int) -> tuple[float, bytes]:
        """Log probability of `label` after `state`, and the state after it."""
        code = self._codes[label]
        return self._ngram.log_prob(state, code), self._ngram.advance(state, code)

    def end(self, state: bytes) -> float:
        """Log probability of the line ending after `state`."""
        return self._ngram.log_prob(state, self._ngram.end)


class Lexicon:
    """A user's own words: a bonus for each character of a word that is in the list.

    The bonus is given while the characters since the last gap begin a word of the list, and
    taken back where they turn out not to be one. So words that are not in the list weigh what
    they weigh without it. Entries such as "Saint-Denis" or "AB 12" count as two words; a word
    in small letters also stands for its capitalised and its upper case form.

    Parameters
    ----------
    words : iterable of str
    alphabet : str
        Character of each label.
    bonus : float
        Log weight of each character, not under 0.

    Raises
    ------
    ValueError
        If the bonus is negative or there is no word in the list.
    """

    def __init__(self, words: Iterable[str], alphabet: str, bonus: float = 1.0) -> None:
        if bonus < 0:
            raise ValueError(f"the bonus of a lexicon must not be negative, but is {bonus}")
        forms = {word for entry in words for word in _WORD.findall(normalize("NFC", entry))}
        forms |= {form for word in forms if word.islower() for form in (word.title(), word.upper())}
        if not forms:
            raise ValueError("the lexicon holds no word")
        self.best = bonus
        self._alphabet = alphabet
        self._words = sorted(forms)

    def start(self) -> tuple[str | None, float]:
        """State before the first label: no character of a word, no bonus to take back."""
        return "", 0.0

    def score(
        self, state: tuple[str | None, float], label: int
    ) -> tuple[float, tuple[str | None, float]]:
        """Bonus or its withdrawal for `label` after `state`, and the state after it."""
        prefix, given = state
        character = self._alphabet[label]
        if not _WORD.match(character):
            return self.end(state), ("", 0.0)
        if prefix is None:
            return 0.0, state
        grown = prefix + character
        at = bisect_left(self._words, grown)
        if at < len(self._words) and self._words[at].startswith(grown):
            return self.best, (grown, given + self.best)
        return -given, (None, 0.0)

    def end(self, state: tuple[str | None, float]) -> float:
        """Withdrawal of the bonus where the last word is only the beginning of one."""
        prefix, given = state
        if not prefix:
            return 0.0
        at = bisect_left(self._words, prefix)
        return 0.0 if at < len(self._words) and self._words[at] == prefix else -given


class Combined:
    """Several languages at once: their log weights add up."""

    def __init__(self, parts: Sequence[Language]) -> None:
        self._parts = tuple(parts)
        self.best = sum(part.best for part in self._parts)

    def start(self) -> tuple[Any, ...]:
        """States of the parts before the first label."""
        return tuple(part.start() for part in self._parts)

    def score(self, state: tuple[Any, ...], label: int) -> tuple[float, tuple[Any, ...]]:
        """Sum of the log weights of `label`, and the states after it."""
        scored = [part.score(of, label) for part, of in zip(self._parts, state, strict=True)]
        return sum(weight for weight, _ in scored), tuple(after for _, after in scored)

    def end(self, state: tuple[Any, ...]) -> float:
        """Sum of the log weights of the line ending."""
        return sum(part.end(of) for part, of in zip(self._parts, state, strict=True))
