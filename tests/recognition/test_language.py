"""Languages in prefix beam search: the n-gram, mixtures, those that come with hcr."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from recognition.alphabet import LINE_ALPHABET
from recognition.capitals import AnyCase
from recognition.ctc import DecodeConfig, beam_search
from recognition.language import (
    ANY_CASE,
    LANGUAGES,
    Language,
    LanguageError,
    Mixture,
    NGramLanguage,
    load_language,
    parse_languages,
)
from training.ngram import train_ngram

ALPHABET = " -'0189ABDEHNPRTabcdehinoprstué"
BLANK = len(ALPHABET)


def weight(language: Language, text: str) -> float:
    """Log weight of a whole line; holds the promise of `best` on the way."""
    state, total = language.start(), 0.0
    for character in text:
        gained, state = language.score(state, ALPHABET.index(character))
        assert gained <= language.best
        total += gained
    return total + language.end(state)


def seen_as(*positions: str | Sequence[tuple[str, float]]) -> NDArray[np.float32]:
    """Frames with a blank after each position; a position is a character or rivals."""
    probs = np.full((2 * len(positions), BLANK + 1), 1e-6)
    probs[1::2, BLANK] = 1
    for row, rivals in zip(probs[::2], positions, strict=True):
        for character, prob in [(rivals, 1.0)] if isinstance(rivals, str) else rivals:
            row[ALPHABET.index(character)] = prob
    return np.log(probs / probs.sum(axis=1, keepdims=True)).astype(np.float32)


def read(log_probs: NDArray[np.float32], language: Language | None, alpha: float = 1.0) -> str:
    best = beam_search(log_probs, BLANK, DecodeConfig(alpha=alpha), language)[0]
    return "".join(ALPHABET[label] for label in best.labels)


DOUBT = seen_as("t", [("n", 0.6), ("h", 0.3), ("b", 0.1)], "e", " ", "c", "a", "t")


def test_an_ngram_settles_what_the_image_leaves_open() -> None:
    language = NGramLanguage(train_ngram(["the cat", "then the hat"] * 3), ALPHABET)
    assert read(DOUBT, None) == "tne cat"
    assert read(DOUBT, language) == "the cat"
    assert read(DOUBT, language, alpha=0.0) == "tne cat"


def test_an_ngram_leaves_alone_what_the_image_shows() -> None:
    language = NGramLanguage(train_ngram(["the cat", "then the hat"] * 3), ALPHABET)
    assert read(seen_as(*"A10 - B98"), language, alpha=0.5) == "A10 - B98"


def test_the_weight_of_a_line_is_its_log_probability() -> None:
    model = train_ngram(["the cat", "then the hat"])
    # 0 and é are unknown to the model.
    for text in ("", "the hat", "t0é h"):
        assert weight(NGramLanguage(model, ALPHABET), text) == pytest.approx(
            model.text_log_prob(text)
        )


ENGLISH = NGramLanguage(train_ngram(["the cat", "then the hat", "the bed"] * 3), ALPHABET)
FRENCH = NGramLanguage(train_ngram(["dans de ci", "de ces ans", "sans bois"] * 3), ALPHABET)


@pytest.mark.parametrize("text", ["the hat", "dans ces", "", "0189"])
def test_a_mixture_costs_little_more_than_the_language_that_fits(text: str) -> None:
    mixed = weight(Mixture([ENGLISH, FRENCH]), text)
    best = max(weight(ENGLISH, text), weight(FRENCH, text))
    # Half at the start, and a hundredth for a change with every label.
    assert best - 0.7 - 0.011 * (len(text) + 1) < mixed < best + 0.7


def test_a_mixture_follows_a_change_of_language() -> None:
    text = "the hat dans sans de"
    assert weight(Mixture([ENGLISH, FRENCH]), text) > weight(ENGLISH, text) + 1
    assert weight(Mixture([ENGLISH, FRENCH]), text) > weight(FRENCH, text) + 1


@given(st.text(ALPHABET, max_size=8))
def test_the_next_labels_of_a_mixture_are_a_distribution(text: str) -> None:
    mixture = Mixture([ENGLISH, FRENCH])
    state = mixture.start()
    for character in text:
        _, state = mixture.score(state, ALPHABET.index(character))
    seen = "the catbdnsio"  # no others, which share one code in each n-gram
    total = sum(np.exp(mixture.score(state, ALPHABET.index(c))[0]) for c in set(seen))
    assert total + np.exp(mixture.end(state)) <= 1.05


def test_a_mixture_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Mixture([])


def test_the_shipped_languages_know_their_own_words() -> None:
    characters = LINE_ALPHABET.characters
    english, french = (load_language([code], characters) for code in LANGUAGES)
    both = load_language(LANGUAGES, characters)

    def score(language: Language | None, text: str) -> float:
        assert language is not None
        state, total = language.start(), 0.0
        for label in LINE_ALPHABET.encode(text):
            gained, state = language.score(state, label)
            total += gained
        return total + language.end(state)

    one, autre = "and they have been there with her", "elle est née dans le département"
    assert score(english, one) > score(french, one) + 5
    assert score(french, autre) > score(english, autre) + 5
    assert score(both, one) > score(english, one) - 3
    assert score(both, autre) > score(french, autre) - 3


def test_no_language_reads_by_the_image_alone() -> None:
    assert load_language(parse_languages("none"), ALPHABET) is None
    assert load_language([], ALPHABET) is None


def test_a_language_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "own.npz"
    model = train_ngram(["the cat", "then the hat"])
    model.save(path)
    language = load_language([str(path)], ALPHABET)
    assert language is not None
    plain = NGramLanguage(model, ALPHABET)
    assert weight(plain, "the hat") == pytest.approx(model.text_log_prob("the hat"))
    # Some lines are expected to be in capitals, or to mix them in.
    both = Mixture([plain, AnyCase(plain, ALPHABET)], [1.0, ANY_CASE])
    assert weight(language, "the hat") == pytest.approx(weight(both, "the hat"))
    assert weight(language, "the hat") == pytest.approx(weight(plain, "the hat"), abs=0.3)


def test_unknown_and_missing_languages_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LanguageError, match="no language 'de': known are en, fr"):
        load_language(parse_languages("en, de"), ALPHABET)
    with pytest.raises(LanguageError, match=r"none\.npz cannot be read"):
        load_language([str(tmp_path / "none.npz")], ALPHABET)
    (tmp_path / "bad.npz").write_text("no model")
    with pytest.raises(LanguageError, match="not a character n-gram"):
        load_language([str(tmp_path / "bad.npz")], ALPHABET)
