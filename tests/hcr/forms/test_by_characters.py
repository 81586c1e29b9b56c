"""Numbers are weighed by their characters: what is cut apart plainly settles what is in doubt."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from hcr.forms.by_characters import CharacterOpinion, text_log_prob
from recognition.alphabet import ASCII
from recognition.automata import pattern_automaton
from recognition.candidates import CandidateJudge
from recognition.characters import CharacterClassifier
from recognition.constrained import Accepted, Constrained
from recognition.lattice import Lattice, LatticeConfig

DIGITS = "0123456789"


@pytest.fixture(scope="module")
def opinion() -> CharacterOpinion:
    return CharacterOpinion(CharacterClassifier.load(), CandidateJudge.load())


def written(text: str) -> np.ndarray:
    line = np.full((90, 60 * len(text) + 40), 255, np.uint8)
    for number, character in enumerate(text):
        place = (20 + 60 * number, 70)
        cv2.putText(line, character, place, cv2.FONT_HERSHEY_SIMPLEX, 1.8, (30,), 4, cv2.LINE_AA)
    return line


def readings(*texts: str) -> Constrained:
    """Readings that the line reader finds the less probable the later they come."""
    shares = np.linspace(1.2, 0.8, len(texts)) / len(texts)
    accepted = (Accepted(t, math.log(s), s) for t, s in zip(texts, shares.tolist(), strict=True))
    return Constrained(tuple(accepted), 0.0, True)


@pytest.mark.parametrize(
    ("wrong", "right"), [("752", "452"), ("3752", "752"), ("52", "352"), ("128", "126")]
)
def test_characters_settle_what_the_line_leaves_in_doubt(
    opinion: CharacterOpinion, wrong: str, right: str
) -> None:
    automaton = pattern_automaton("[0-9]+", ASCII)
    found = opinion.weigh(written(right), readings(wrong, right), automaton)
    assert [reading.text for reading in found.readings] == [right, wrong]
    assert found.readings[0].share > 0.8
    assert sum(reading.share for reading in found.readings) == pytest.approx(1.0)


def test_fields_with_letters_and_single_readings_stay_as_they_are(
    opinion: CharacterOpinion,
) -> None:
    found = readings("752", "452")
    letters = pattern_automaton("[A-Z0-9]+", ASCII)
    assert opinion.weigh(written("452"), found, letters) is found
    digits = pattern_automaton("[0-9]+", ASCII)
    alone = readings("752")
    assert opinion.weigh(written("452"), alone, digits) is alone
    assert opinion.weigh(np.full((40, 90), 255, np.uint8), found, digits) is found


def lattice(*ways: tuple[int, int, str, float], cuts: int) -> Lattice:
    """A lattice of arcs (first cut, end cut, character, log odds to be whole)."""
    seen = np.full((len(ways), len(DIGITS)), -8.0)
    for row, (_, _, character, _) in zip(seen, ways, strict=True):
        row[DIGITS.index(character)] = -0.1
    arcs = [(first, end) for first, end, _, _ in ways]
    whole = np.array([odds for _, _, _, odds in ways])
    return Lattice(arcs, whole, seen, DIGITS, np.zeros(cuts + 1))


def test_all_ways_to_cut_a_line_count() -> None:
    # "11" in two pieces, or in three of which the last two are one character.
    two_ways = lattice(
        (0, 1, "1", 0.0), (1, 3, "1", 0.5), (1, 2, "1", 0.0), (2, 3, "1", 0.0), cuts=3
    )
    plain = LatticeConfig(whole=1.0, image=1.0)
    assert text_log_prob(two_ways, "11", plain) == pytest.approx(-0.2 + 0.5)
    assert text_log_prob(two_ways, "111", plain) == pytest.approx(-0.3)
    assert text_log_prob(two_ways, "1 1 1", plain) == pytest.approx(-0.3)
    assert text_log_prob(two_ways, "1", plain) == -math.inf
    assert text_log_prob(two_ways, "71", plain) == pytest.approx(-8.1 + 0.5)


def test_signs_that_are_not_known_count_alike() -> None:
    one = lattice((0, 1, "1", 0.0), (1, 2, "7", 0.0), cuts=2)
    assert text_log_prob(one, "1€") == text_log_prob(one, "1$") > text_log_prob(one, "10")
