"""What weighs the labels of a line while it is decoded: character n-grams and mixtures of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from recognition.checksums import WEIGHTS_FOLDER, check
from recognition.lexicon import Lexicon, LexiconLanguage
from recognition.ngram import NGram

LANGUAGES = ("en", "fr")  # those that come with hcr
NO_LANGUAGE = "none"
_CACHED_SCORES = 100_000  # of each n-gram: what lines have in common is looked up once

# Chance that a line goes on in another language, a label.
SWITCH = 0.01


class LanguageError(ValueError):
    """A language that is asked for and cannot be had."""


class Language(Protocol):
    """What weighs the labels of a line from left to right.

    A state is whatever the language needs to know of the labels before; it is never changed in
    place, because several prefixes may share it. Log weights are finite and need not be
    normalised.
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
        self._scores: dict[tuple[bytes, int], tuple[float, bytes]] = {}

    def start(self) -> bytes:
        """State before the first label."""
        return self._ngram.start

    def score(self, state: bytes, label: int) -> tuple[float, bytes]:
        """Log probability of `label` after `state`, and the state after it."""
        known = self._scores.get((state, label))
        if known is None:
            code = self._codes[label]
            known = self._ngram.log_prob(state, code), self._ngram.advance(state, code)
            if len(self._scores) >= _CACHED_SCORES:
                self._scores.clear()
            self._scores[state, label] = known
        return known

    def end(self, state: bytes) -> float:
        """Log probability of the line ending after `state`."""
        return self._ngram.log_prob(state, self._ngram.end)


class Mixture:
    """A line in one of several languages, which may change within the line.

    Each language predicts the next label, and how well it did so far says how much its
    prediction counts (Bayesian mixture of experts whose posterior decays by `SWITCH` a label).

    Parameters
    ----------
    parts : sequence of Language
        Of log probabilities, at least one.

    Raises
    ------
    ValueError
        If there is none.
    """

    best = 0.0

    def __init__(self, parts: Sequence[Language]) -> None:
        if not parts:
            raise ValueError("a mixture needs at least one language")
        self._parts = tuple(parts)
        self._scorers = [part.score for part in parts]
        self._floor = SWITCH / len(self._parts)

    def start(self) -> tuple[tuple[Any, ...], tuple[float, ...]]:
        """States of the languages before the first label, and their shares."""
        count = len(self._parts)
        return tuple(part.start() for part in self._parts), (1 / count,) * count

    def score(
        self, state: tuple[tuple[Any, ...], tuple[float, ...]], label: int
    ) -> tuple[float, tuple[tuple[Any, ...], tuple[float, ...]]]:
        """Log probability of `label` after `state`, and the state after it."""
        weighted, after = [], []
        for score, inner, share in zip(self._scorers, *state, strict=True):
            log_prob, inner = score(inner, label)
            weighted.append(share * math.exp(log_prob))
            after.append(inner)
        total = sum(weighted)
        kept = (1 - SWITCH) / total
        shares = tuple([weight * kept + self._floor for weight in weighted])
        return math.log(total), (tuple(after), shares)

    def end(self, state: tuple[tuple[Any, ...], tuple[float, ...]]) -> float:
        """Log probability of the line ending."""
        terms = zip(self._parts, *state, strict=True)
        return math.log(sum(share * math.exp(part.end(inner)) for part, inner, share in terms))


def parse_languages(text: str) -> tuple[str, ...]:
    """Return the names in a list such as "en,fr"."""
    return tuple(name.strip() for name in text.split(","))


def load_language(
    names: Sequence[str], alphabet: str, lexicon: Lexicon | None = None
) -> Language | None:
    """Load languages, mix them, and add the user's own words.

    Parameters
    ----------
    names : sequence of str
        Of `LANGUAGES`, or `.npz` files that `hcr-train language` made. Empty, or "none" alone,
        is no language.
    alphabet : str
        Character of each label.
    lexicon : Lexicon, optional
        Needs a language to stand in.

    Returns
    -------
    Language or None
        None without any language.

    Raises
    ------
    LanguageError
        If a language is not known, or its file cannot be used.
    """
    chosen = [] if tuple(names) == (NO_LANGUAGE,) else dict.fromkeys(names)
    parts = [NGramLanguage(load_ngram(name), alphabet) for name in chosen]
    if not parts:
        if lexicon is not None:
            raise LanguageError("a lexicon needs a language beside it")
        return None
    language: Language = Mixture(parts) if len(parts) > 1 else parts[0]
    return language if lexicon is None else LexiconLanguage(language, lexicon, alphabet)


def load_ngram(name: str) -> NGram:
    """Load one language by its code, or from a file; raises what `load_language` does."""
    if name not in LANGUAGES and not name.endswith(".npz"):
        known = ", ".join((*LANGUAGES, NO_LANGUAGE))
        raise LanguageError(f"no language {name!r}: known are {known} and .npz files of hcr-train")
    path = WEIGHTS_FOLDER / f"language-{name}.npz" if name in LANGUAGES else Path(name)
    try:
        check(path)
        return NGram.load(path)
    except OSError as error:
        raise LanguageError(f"{path} cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise LanguageError(str(error)) from error
