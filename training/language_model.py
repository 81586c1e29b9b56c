"""What the n-gram of a language is estimated from: transcriptions, running text, made-up lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recognition.alphabet import LINE_ALPHABET
from recognition.language import LANGUAGES
from recognition.ngram import NGram
from training.corpus import cut_into_lines, running_text
from training.ink import load_unipen
from training.names import read_dictionary
from training.ngram import mix_ngram
from training.texts import TextSource


@dataclass(frozen=True)
class LanguageRecipe:
    """How to make the n-gram of one language.

    Attributes
    ----------
    language
        Code of the language.
    text
        Files and folders with running text.
    made_up
        Lines of word lists with numbers, dates, names and codes.
    dictionary
        Files of words that are written small: `TextSource`.
    truth_weight, text_weight, made_up_weight
        How much a line of the transcriptions, of the running text, of the made-up lines counts.
    order, max_ngrams, doubt
        As `mix_ngram`.
    seed
        Of the made-up text, and of where running text is cut into lines.
    """

    language: str
    text: tuple[Path, ...] = ()
    made_up: int = 100_000
    dictionary: tuple[Path, ...] = ()
    truth_weight: float = 12.0
    text_weight: float = 1.0
    made_up_weight: float = 1.0
    order: int = 7
    max_ngrams: int = 1_500_000
    doubt: float = 4.0
    seed: int = 1


def train_language(transcriptions: Sequence[str], recipe: LanguageRecipe) -> NGram:
    """Estimate the n-gram.

    Parameters
    ----------
    transcriptions
        Of training lines. Each different line counts once, however often it recurs.
    recipe
        The other sources.

    Raises
    ------
    ValueError
        If there is no text at all, a weight is not over 0, or a dictionary cannot be used.
    """
    rng = np.random.default_rng(recipe.seed)
    paragraphs = running_text(recipe.text, recipe.language, LINE_ALPHABET.characters, LANGUAGES)
    sources = (
        (sorted({line for line in transcriptions if line}), recipe.truth_weight),
        (cut_into_lines(paragraphs, rng), recipe.text_weight),
        (_made_up_lines(recipe), recipe.made_up_weight),
    )
    return mix_ngram(sources, recipe.order, recipe.max_ngrams, recipe.doubt)


def ink_labels(path: Path) -> list[str]:
    """Return what the words and lines in an archive of pen strokes say."""
    ink = load_unipen(path)
    return [ink.label(int(k)) for k in ink.select(("7", "8"), LINE_ALPHABET.characters)]


def _made_up_lines(recipe: LanguageRecipe) -> Iterator[str]:
    dictionary = read_dictionary(recipe.dictionary) if recipe.dictionary else None
    texts = TextSource(LINE_ALPHABET.characters, (recipe.language,), dictionary=dictionary)
    rng = np.random.default_rng(recipe.seed)
    for _ in range(recipe.made_up):
        yield texts.line(rng)
