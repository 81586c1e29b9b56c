"""Capitals where a language knows small letters alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.capitals import AnyCase
from recognition.language import Language, Mixture, NGramLanguage
from recognition.weighing import Floats, Ints
from training.ngram import train_ngram

ALPHABET = " '.0aàbcdehnortßAÀBCDEHNORT"
PLAIN = NGramLanguage(train_ngram(["the cat", "then the bed", "a red hat."] * 3), ALPHABET)
ANY = AnyCase(PLAIN, ALPHABET)
OTHER = NGramLanguage(train_ngram(["an other art", "a bone"] * 3), ALPHABET)


def weight(language: Language, text: str) -> float:
    ((gained, states),) = language.trails([[ALPHABET.index(character) for character in text]])
    assert (gained <= language.best).all()
    return float(gained.sum()) + language.end(states[-1])


@given(st.text(ALPHABET, max_size=10))
def test_letters_count_as_small_ones_but_for_their_case(text: str) -> None:
    small = weight(PLAIN, text.lower())
    letters = sum(character.lower() != character.upper() for character in text)
    assert small + letters * np.log(0.3) - 1e-9 <= weight(ANY, text) <= small + 1e-9


def test_a_case_that_stays_is_likelier_than_one_that_changes() -> None:
    assert weight(ANY, "THE CAT") == pytest.approx(weight(ANY, "the cat"))
    assert weight(ANY, "THE CAT") > weight(ANY, "The Cat") > weight(ANY, "tHe CaT")
    # What is no letter changes nothing.
    assert weight(ANY, "a'A") - weight(PLAIN, "a'a") == pytest.approx(np.log(0.5 * 0.3))


def test_mixed_in_it_leaves_usual_text_alone_and_lets_capitals_live() -> None:
    mixture = Mixture([PLAIN, ANY], [1.0, 0.1])
    assert weight(mixture, "then the cat") > weight(PLAIN, "then the cat") - 0.3
    assert weight(mixture, "THeN THe CaT") > weight(PLAIN, "THeN THe CaT") + 10


class Closed(Language):
    """A language that does not tell on which other one it stands."""

    best = 0.0

    def __init__(self, language: Language) -> None:
        self._inner = language

    def start(self) -> Floats:
        return self._inner.start()

    def scores(self, states: Floats, labels: Ints) -> tuple[Floats, Floats]:
        return self._inner.scores(states, labels)

    def ends(self, states: Floats) -> Floats:
        return self._inner.ends(states)


@given(st.lists(st.text(ALPHABET, max_size=10), min_size=1, max_size=4))
def test_asked_together_a_language_says_the_same(texts: list[str]) -> None:
    labellings = [[ALPHABET.index(character) for character in text] for text in texts]
    parts, shares = [PLAIN, ANY, AnyCase(OTHER, ALPHABET), OTHER], [1.0, 0.1, 0.2, 0.5]
    together, apart = Mixture(parts, shares), Mixture([Closed(part) for part in parts], shares)
    assert len({part.source for part in parts}) == 2
    for one, other in zip(together.trails(labellings), apart.trails(labellings), strict=True):
        for found, expected in zip(one, other, strict=True):
            np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("shares", [[1.0], [1.0, 0.0], [1.0, -1.0], []])
def test_shares_that_make_no_sense_are_refused(shares: list[float]) -> None:
    with pytest.raises(ValueError, match="cannot have the shares"):
        Mixture([PLAIN, ANY], shares)
