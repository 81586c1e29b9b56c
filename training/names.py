"""Names of people, places and works: words in use that no dictionary has in small letters."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

import numpy as np
import wordfreq

from training.codes import capitalised, pick, pick_weighted

PLACE = 0.12
"""Share of the names that are a place's of several words."""
PLACES = {
    "en": (
        "St {}", "New {}", "{}-on-{}", "{}-upon-{}", "Lake {}", "Mount {}", "North {}",
        "South {}",
    ),
    "fr": (
        "Saint-{}", "Saint-{}", "Saint-{}-de-{}", "Saint-{}-sur-{}", "Sainte-{}", "{}-sur-{}",
        "{}-en-{}", "{}-le-{}", "{}-la-{}", "{}-les-{}", "{}-sous-{}", "{}-de-{}", "{}-du-{}",
        "{}-et-{}", "La {}", "Le {}", "Les {}", "L'{}", "Mont-{}", "Nord-{}",
    ),
}  # fmt: skip
SHORTEST = 3
"""Shorter ones are abbreviations and typing errors more often than names."""


class Names:
    """What wordfreq counts in a language beyond the words of dictionaries, with its frequency.

    Parameters
    ----------
    language : str
    dictionary : collection of str
        Words, inflected ones too, that are written small. Those of all languages that are
        quoted in the language, if it is to be without foreign words.
    alphabet : collection of str, optional
        Characters that a name may hold, capitalised.
    exponent : float
        Power of the frequencies: 1 as in real text, 0 all names alike.

    Raises
    ------
    ValueError
        When nothing is left.
    """

    def __init__(
        self,
        language: str,
        dictionary: Collection[str],
        alphabet: Collection[str] | None = None,
        exponent: float = 0.5,
    ) -> None:
        small = {word for word in dictionary if word.islower()}
        allowed = None if alphabet is None else frozenset(alphabet)
        frequencies = wordfreq.get_frequency_dict(language, wordlist="best")
        words = sorted(
            word
            for word in frequencies
            if len(word) >= SHORTEST
            and word.isalpha()
            and capitalised(word) != word
            and word not in small
            and (allowed is None or allowed.issuperset(capitalised(word)))
        )
        if not words:
            raise ValueError(f"no names: the dictionary has all words of {language}")
        self._words = [capitalised(word) for word in words]
        self._places = PLACES[language]
        self._cumulated = np.cumsum(np.array([frequencies[w] for w in words]) ** exponent)

    def __len__(self) -> int:
        return len(self._words)

    def draw(self, rng: np.random.Generator) -> str:
        """Return a name, capitalised; a place's may be of several words."""
        if rng.random() < PLACE:
            pattern = pick(rng, self._places)
            return pattern.format(*(self._word(rng) for _ in range(pattern.count("{}"))))
        return self._word(rng)

    def _word(self, rng: np.random.Generator) -> str:
        return pick_weighted(rng, self._words, self._cumulated)


def read_dictionary(paths: Iterable[Path]) -> frozenset[str]:
    """Read lists of words, one a line, in UTF-8.

    Raises
    ------
    ValueError
        If a file is not text.
    """
    words: set[str] = set()
    for path in paths:
        try:
            words.update(path.read_text(encoding="utf-8").split())
        except UnicodeDecodeError as error:
            raise ValueError(f"{path}: not a list of words in UTF-8 ({error.reason})") from error
    return frozenset(words)
