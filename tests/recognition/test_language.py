"""Languages in prefix beam search: the n-gram, the lexicon, both."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from recognition.ctc import DecodeConfig, beam_search
from recognition.language import Combined, Language, Lexicon, NGramLanguage
from recognition.ngram import train_ngram

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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("tordue", 0),  # begins like a word of the list
        ("tant", 8),
        ("tante", 0),  # goes on after a word of the list
        ("tan", 0),  # only its beginning
        ("tan tant", 8),
        ("Tant tant", 16),
        ("TANT", 8),
        ("tAnt", 0),
        ("tant-pis", 8),
        ("d'Ebène", 0),
        ("Saint-Denis", 20),
        ("Denis", 10),
        ("denis", 0),
        ("A98", 6),
        ("A99", 0),
    ],
)
def test_a_lexicon_gives_a_bonus_for_whole_words_of_the_list_only(
    text: str, expected: float
) -> None:
    alphabet = ALPHABET + "Sèo"
    lexicon = Lexicon(["tant", "Saint-Denis", "A98"], "".join(sorted({*alphabet, *text})), 2.0)
    state, total = lexicon.start(), 0.0
    for character in text:
        gained, state = lexicon.score(state, "".join(sorted({*alphabet, *text})).index(character))
        total += gained
    assert total + lexicon.end(state) == pytest.approx(expected)


@given(st.text(ALPHABET, max_size=30))
def test_a_lexicon_never_takes_more_than_it_gave(text: str) -> None:
    lexicon = Lexicon(["the", "then", "hat", "été"], ALPHABET)
    words = "".join(c if c.isalnum() else " " for c in text).split()
    listed = {"the", "then", "hat", "The", "Then", "Hat", "THE", "THEN", "HAT"} | {"été"}
    expected = sum(len(word) for word in words if word in listed)
    assert weight(lexicon, text) == pytest.approx(expected)


def test_a_lexicon_pays_off_at_once_and_lets_other_words_live() -> None:
    lexicon = Lexicon(["Durand", "the"], ALPHABET, bonus=1.0)
    assert read(DOUBT, lexicon) == "the cat"
    assert read(seen_as(*"tne Bat 0198"), lexicon) == "tne Bat 0198"


def test_combined_languages_add_up() -> None:
    model = NGramLanguage(train_ngram(["the cat"]), ALPHABET)
    lexicon = Lexicon(["cat"], ALPHABET)
    both = Combined([model, lexicon])
    for text in ("the cat", "a bat", ""):
        assert weight(both, text) == pytest.approx(weight(model, text) + weight(lexicon, text))
    assert read(DOUBT, Combined([])) == read(DOUBT, None)


def test_a_senseless_lexicon_is_refused() -> None:
    with pytest.raises(ValueError, match="no word"):
        Lexicon([" ", "--"], ALPHABET)
    with pytest.raises(ValueError, match="negative"):
        Lexicon(["the"], ALPHABET, bonus=-1.0)
