"""What weighs the labels of a line while it is decoded: character n-grams and mixtures of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from recognition.capitals import AnyCase
from recognition.checksums import WEIGHTS_FOLDER, check
from recognition.lexicon import Lexicon, LexiconLanguage
from recognition.ngram import NGram
from recognition.weighing import Floats, Ints
from recognition.weighing import Language as Language

LANGUAGES = ("en", "fr")  # those that come with hcr
NO_LANGUAGE = "none"

# Chance that a line goes on in another language, a label.
SWITCH = 0.01
# How often a line is in capitals, or mixes them in, for one that is written as usual.
ANY_CASE = 0.1


class LanguageError(ValueError):
    """A language that is asked for and cannot be had."""


class NGramLanguage(Language):
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
        self._codes = np.array([ngram.code(character) for character in alphabet], np.int32)

    def start(self) -> Floats:
        """State before the first label."""
        return np.array([self._ngram.start], np.float64)

    def scores(self, states: Floats, labels: Ints) -> tuple[Floats, Floats]:
        """Log probabilities of labels after states, and the states after them."""
        nodes = states[:, 0].astype(np.int32)
        log_probs, after = self._ngram.states.score(nodes, self._codes[labels])
        return log_probs.astype(np.float64), after[:, None].astype(np.float64)

    def ends(self, states: Floats) -> Floats:
        """Log probabilities of the line ending after states."""
        codes = np.full(len(states), self._ngram.end, np.int32)
        log_probs, _ = self._ngram.states.score(states[:, 0].astype(np.int32), codes)
        return log_probs.astype(np.float64)


class Mixture(Language):
    """A line in one of several languages, which may change within the line.

    Each language predicts the next label, and how well it did so far says how much its
    prediction counts (Bayesian mixture of experts whose posterior decays by `SWITCH` a label).
    A state is the states of the languages side by side, then their shares.

    Parameters
    ----------
    parts : sequence of Language
        Of log probabilities, at least one.
    shares : sequence of float, optional
        How often a line begins in each, and goes on in it when it changes; all alike when
        missing. They need not sum to 1.

    Raises
    ------
    ValueError
        If there is none, or not a share over 0 for each.
    """

    best = 0.0

    def __init__(self, parts: Sequence[Language], shares: Sequence[float] | None = None) -> None:
        if not parts:
            raise ValueError("a mixture needs at least one language")
        first = np.ones(len(parts)) if shares is None else np.array(shares, np.float64)
        if first.shape != (len(parts),) or not (first > 0).all():
            raise ValueError(f"{len(parts)} languages cannot have the shares {shares}")
        self._first = first / first.sum()
        bounds = np.cumsum([0, *(len(part.start()) for part in parts)]).tolist()
        self._parts = [
            (part, slice(*pair)) for part, pair in zip(parts, pairwise(bounds), strict=True)
        ]
        # Parts that ask the same language are answered with one call, which costs little more.
        numbered = [(k, part, columns) for k, (part, columns) in enumerate(self._parts)]
        self._asking = [
            (source, [asking for asking in numbered if asking[1].source is source])
            for source in dict.fromkeys(part.source for part in parts)
        ]
        self._shares = slice(bounds[-1], bounds[-1] + len(parts))

    def start(self) -> Floats:
        """States of the languages before the first label, and their shares."""
        return np.concatenate([*(part.start() for part, _ in self._parts), self._first])

    def scores(self, states: Floats, labels: Ints) -> tuple[Floats, Floats]:
        """Log probabilities of labels after states, and the states after them."""
        after = np.empty(states.shape)
        weighted = states[:, self._shares].copy()
        for source, asking in self._asking:
            questions = [part.question(states[:, own], labels) for _, part, own in asking]
            before, following = map(np.concatenate, zip(*questions, strict=True))
            told = [np.split(each, len(asking)) for each in source.scores(before, following)]
            for (k, part, own), gained, reached in zip(asking, *told, strict=True):
                log_probs, after[:, own] = part.answer(states[:, own], labels, gained, reached)
                weighted[:, k] *= np.exp(log_probs)
        total = weighted.sum(axis=1)
        kept = weighted * ((1 - SWITCH) / total)[:, None]
        after[:, self._shares] = kept + SWITCH * self._first
        return np.log(total), after

    def ends(self, states: Floats) -> Floats:
        """Log probabilities of the line ending after states."""
        ends = [np.exp(part.ends(states[:, columns])) for part, columns in self._parts]
        return np.log((states[:, self._shares] * np.stack(ends, axis=1)).sum(axis=1))


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
    plain = [NGramLanguage(load_ngram(name), alphabet) for name in chosen]
    if not plain:
        if lexicon is not None:
            raise LanguageError("a lexicon needs a language beside it")
        return None
    parts = [*plain, *(AnyCase(part, alphabet) for part in plain)]
    shares = [1.0] * len(plain) + [ANY_CASE] * len(plain)
    language = Mixture(parts, shares)
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
