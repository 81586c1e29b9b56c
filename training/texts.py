"""Made-up text to set in handwriting: English and French words with all that stands among them.

Words come from wordfreq (Speer 2022) with their frequencies; numbers, dates, names, amounts,
addresses and codes are made up. Nothing is taken from any transcription.
"""

from __future__ import annotations

import string
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import wordfreq

from training.codes import capitalised, pick, pick_weighted, random_code
from training.names import Names

TITLES = {"en": "Mr. Mrs. Ms. Dr. Prof. Miss Sir", "fr": "M. Mme Mlle Dr Me Mgr Prof."}
ELIDED = ("l'", "d'", "qu'", "n'", "s'", "j'", "c'", "m'", "t'", "jusqu'", "lorsqu'")
VOWELS = frozenset("aeiouyhâàéèêëîïôœ")
LONE_LETTERS = {"en": frozenset("ai"), "fr": frozenset("àay")}
MARKS = (",", ".", ";", ":", "!", "?", "...")
MARK_SHARES = (0.45, 0.3, 0.06, 0.08, 0.05, 0.05, 0.01)


@dataclass(frozen=True)
class TextConfig:
    """What the made-up text is like.

    Attributes
    ----------
    vocabulary : int
        Words of each language, the most frequent ones.
    exponent : float
        Power of the word frequencies: 1 as in real text, 0 all words alike.
    rare_character : float
        Chance that a word is picked for holding one character drawn from all.
    code, capitals, mixed : float
        Chance that a token is a number, date, code...; that a line is in capitals; that it is of
        a hand that prints, and writes some of the letters as capitals wherever they stand.
    known_name : float
        Chance that a part of a name is one of the names given, not any word.
    """

    vocabulary: int = 40_000
    exponent: float = 0.8
    rare_character: float = 0.06
    code: float = 0.13
    capitals: float = 0.05
    mixed: float = 0.0
    known_name: float = 0.9


class TextSource:
    """Made-up words and lines of one or more languages.

    Parameters
    ----------
    alphabet : collection of str, optional
        Characters that the text may hold (others are left out); any when missing.
    languages : collection of str
        Of "en" and "fr".
    config : TextConfig
    dictionary : collection of str, optional
        Words that are written small: the others that wordfreq knows are taken for names, see
        `Names`. Without it any rare word can be a name.

    Raises
    ------
    ValueError
        When a language is not known.
    """

    def __init__(
        self,
        alphabet: Collection[str] | None = None,
        languages: Collection[str] = ("en", "fr"),
        config: TextConfig | None = None,
        dictionary: Collection[str] | None = None,
    ) -> None:
        unknown = set(languages).difference(TITLES)
        if unknown or not languages:
            raise ValueError(f"no text for language {', '.join(sorted(unknown)) or '(none)'}")
        self.config = config or TextConfig()
        self.languages = tuple(languages)
        self._alphabet = None if alphabet is None else frozenset(alphabet)
        self._words: dict[str, list[str]] = {}
        self._cumulated: dict[str, np.ndarray] = {}
        self._holding: dict[str, dict[str, list[int]]] = {}
        self._held: dict[str, list[str]] = {}
        self._names: dict[str, Names] = {}
        if dictionary is not None:
            self._names = {name: Names(name, dictionary, alphabet) for name in self.languages}
        for language in self.languages:
            self._load(language)

    def _load(self, language: str) -> None:
        lone = LONE_LETTERS[language]
        words = [
            word
            for word in wordfreq.top_n_list(language, self.config.vocabulary)
            if word.replace("'", "").replace("-", "").isalpha()
            and (len(word) > 1 or word in lone)
            and (self._alphabet is None or self._alphabet.issuperset(word))
        ]
        weights = np.array([wordfreq.word_frequency(word, language) for word in words])
        self._words[language] = words
        self._cumulated[language] = np.cumsum(weights**self.config.exponent)
        holding: dict[str, list[int]] = {}
        for index, word in enumerate(words):
            for character in set(word):
                holding.setdefault(character, []).append(index)
        self._holding[language] = holding
        self._held[language] = sorted(holding)

    def language(self, rng: np.random.Generator) -> str:
        """One of the languages at random."""
        return self.languages[rng.integers(len(self.languages))]

    def word(self, rng: np.random.Generator, language: str | None = None) -> str:
        """One lower-case word."""
        language = language or self.language(rng)
        words = self._words[language]
        if rng.random() < self.config.rare_character:
            holding = self._holding[language]
            indices = holding[pick(rng, self._held[language])]
            return words[indices[rng.integers(len(indices))]]
        word = pick_weighted(rng, words, self._cumulated[language])
        if language == "fr" and word[0] in VOWELS and len(word) > 2 and rng.random() < 0.35:
            return pick(rng, ELIDED[:4] if rng.random() < 0.8 else ELIDED) + word
        return word

    def name(self, rng: np.random.Generator, language: str | None = None) -> str:
        """Something capitalised like a person or a place."""
        language = language or self.language(rng)
        parts = [self._proper(rng, language) for _ in range(rng.integers(1, 4))]
        kind = rng.random()
        if kind < 0.2:
            parts.insert(0, pick(rng, TITLES[language].split()))
        elif kind < 0.4:
            parts.insert(len(parts) - 1, pick(rng, string.ascii_uppercase) + ".")
        elif kind < 0.55:
            return "-".join(parts)
        elif kind < 0.65 and language == "fr":
            parts.insert(len(parts) - 1, pick(rng, ("de", "du", "de la", "des", "le")))
        return " ".join(parts)

    def _proper(self, rng: np.random.Generator, language: str) -> str:
        names = self._names.get(language)
        if names is not None and rng.random() < self.config.known_name:
            word = names.draw(rng)
        else:
            words = self._words[language]
            # Rarer words are more often names.
            word = words[rng.integers(len(words) // 10, len(words))]
        return word.upper() if rng.random() < 0.04 else capitalised(word)

    def code(self, rng: np.random.Generator, language: str | None = None) -> str:
        """A number, date, amount, address, telephone number, code or the like."""
        language = language or self.language(rng)
        return random_code(rng, language, self._words[language])

    def line(self, rng: np.random.Generator, longest: int = 55, shortest: int = 3) -> str:
        """A piece of running text, as a line of a page would cut it.

        Parameters
        ----------
        rng : numpy.random.Generator
            The only source of chance: the same state gives the same line.
        longest, shortest : int
            Bounds of the number of characters; words are kept whole, so that one long word
            may go over.
        """
        language = self.language(rng)
        wanted = int(rng.integers(shortest, longest + 1))
        # Start inside a sentence more often than not, as lines of a page do.
        tokens: list[str] = []
        opening = rng.random() < 0.3
        while sum(map(len, tokens)) + len(tokens) < wanted:
            token = self._token(rng, language)
            tokens.append(capitalised(token) if opening else token)
            opening = False
            if rng.random() < 0.16:
                mark = _mark(rng, language)
                tokens[-1] += mark
                opening = mark.strip() in {".", "!", "?"}
        if len(tokens) > 1 and sum(map(len, tokens)) + len(tokens) > longest + 4:
            tokens.pop()
        text = " ".join(tokens)
        style = rng.random()
        if style < self.config.capitals:
            text = text.upper()
        elif style < self.config.capitals + self.config.mixed:
            text = _mixed(rng, text)
        if len(text) > 12 and text[-1].isalpha() and rng.random() < 0.06:
            text = text[: -int(rng.integers(1, 4))].rstrip() + "-"
        return self._fit(text)

    def _token(self, rng: np.random.Generator, language: str) -> str:
        kind = rng.random()
        if kind < self.config.code:
            token = self.code(rng, language)
        elif kind < self.config.code + 0.13:
            token = self.name(rng, language)
        else:
            token = self.word(rng, language)
            if rng.random() < 0.03:
                token += "-" + self.word(rng, language)
        if rng.random() < 0.05:
            token = _enclosed(rng, language, token)
        return token

    def _fit(self, text: str) -> str:
        if self._alphabet is not None:
            text = "".join(c for c in text if c in self._alphabet or c == " ")
        return " ".join(text.split()) or "a"


def _mixed(rng: np.random.Generator, text: str) -> str:
    """Write some letters as capitals wherever they stand, as some hands that print do."""
    share = rng.uniform(0.3, 0.9)
    capitals = {letter for letter in sorted(set(text)) if rng.random() < share}
    # Not those that are two letters as capitals.
    raised = {ord(letter): letter.upper() for letter in capitals if len(letter.upper()) == 1}
    return text.translate(raised)


def _mark(rng: np.random.Generator, language: str) -> str:
    mark = str(rng.choice(MARKS, p=MARK_SHARES))
    # French sets a space before high marks; writers often do not.
    return " " + mark if language == "fr" and mark in ";:!?" and rng.random() < 0.4 else mark


def _enclosed(rng: np.random.Generator, language: str, token: str) -> str:
    kind = rng.random()
    if kind < 0.5:
        return f"({token})"
    if kind < 0.75:
        return f"« {token} »" if language == "fr" else f'"{token}"'
    if kind < 0.85:
        return f"'{token}'"
    return pick(rng, ("[{}]", "{{{}}}", '"{}"', "<{}>", "«{}»", "({}")).format(token)
