"""Names: the language decides between what looks alike, and no more than that."""

from __future__ import annotations

import numpy as np
import pytest

from hcr.forms.evidence import best_name
from hcr.forms.names import NameSearch
from recognition.alphabet import ASCII
from recognition.automata import Automaton, pattern_automaton
from recognition.language import Language


class Words(Language):
    """A language that knows some words, a letter at a time, and finds anything else unlikely.

    A state is the number of the text so far among those that it has been asked about.
    """

    best = 0.0

    def __init__(self, *words: str) -> None:
        self.words = words
        self.texts = [""]

    def start(self) -> np.ndarray:
        return np.zeros(1)

    def scores(self, states: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        first = len(self.texts)
        known = [self.texts[number] for number in states[:, 0].astype(int)]
        self.texts += [text + ASCII[label] for text, label in zip(known, labels, strict=True)]
        weights = [-0.1 if self.begins(text) else -4.0 for text in self.texts[first:]]
        return np.array(weights), np.arange(first, len(self.texts), dtype=float)[:, None]

    def begins(self, text: str) -> bool:
        return any(word.startswith(text) for word in self.words)

    def ends(self, states: np.ndarray) -> np.ndarray:
        known = [self.texts[number] for number in states[:, 0].astype(int)]
        return np.array([-0.1 if text in self.words else -4.0 for text in known])


@pytest.fixture(scope="module")
def capitals() -> Automaton:
    return pattern_automaton("[A-Z](?:[ '-]?[A-Z])*", ASCII)


def cells(*likely: dict[str, float]) -> np.ndarray:
    """Log-probabilities of cells, each given as its likely characters; "" is nothing."""
    scores = np.full((len(likely), len(ASCII) + 1), -15.0)
    for row, chances in zip(scores, likely, strict=True):
        for character, chance in chances.items():
            row[ASCII.index(character) if character else -1] = np.log(chance)
    return scores


def test_the_language_decides_between_look_alikes(capitals: Automaton) -> None:
    unsure = cells({"O": 0.6, "D": 0.4}, {"I": 1.0}, {"A": 1.0}, {"2": 0.5, "Z": 0.5})
    found = NameSearch(Words("Diaz"), ASCII).read(unsure, capitals)
    assert found[0].text == "DIAZ"
    assert found[0].log_prob == pytest.approx(np.log(0.4 * 0.5))


def test_what_is_plainly_written_stands_against_the_language(capitals: Automaton) -> None:
    plain = cells({"O": 0.9999, "D": 1e-8}, {"I": 0.9999, "J": 1e-8}, {"A": 1.0}, {"Z": 1.0})
    assert NameSearch(Words("Diaz"), ASCII).read(plain, capitals)[0].text == "OIAZ"


def test_only_accepted_texts_are_read(capitals: Automaton) -> None:
    digits = cells({"1": 0.9, "I": 0.1}, {"0": 0.99, "O": 0.01})
    assert [name.text for name in NameSearch(Words(), ASCII).read(digits, capitals)] == ["IO"]
    assert NameSearch(Words(), ASCII).read(cells({"1": 1.0}), capitals) == []


def test_names_of_two_words_begin_with_two_capitals(capitals: Automaton) -> None:
    two = cells({"A": 1.0}, {"L": 0.5, "I": 0.5}, {" ": 0.9, "": 0.1}, {"L": 0.5, "I": 0.5})
    assert NameSearch(Words("Al Li", "Al I"), ASCII).read(two, capitals)[0].text == "AL I"


def test_dirt_in_a_cell_does_not_count(capitals: Automaton) -> None:
    dirty = cells({"A": 1.0}, {"": 0.3, "I": 0.2}, {"L": 1.0})
    assert NameSearch(Words("Al"), ASCII).read(dirty, capitals)[0].text == "AL"


def test_the_share_falls_with_good_alternatives(capitals: Automaton) -> None:
    search = NameSearch(Words("Al", "Il"), ASCII)
    sure = best_name(search.read(cells({"A": 0.999, "I": 0.001}, {"L": 1.0}), capitals))
    unsure = best_name(search.read(cells({"A": 0.55, "I": 0.45}, {"L": 1.0}), capitals))
    assert sure is not None
    assert unsure is not None
    assert sure.value == unsure.value == "AL"
    assert unsure.share == pytest.approx(0.55, abs=0.02)
    assert sure.share > 0.99
    assert best_name([]) is None
