"""Scores of cells are probabilities of what is allowed, letters counted in either case."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from hcr.forms.cell_scores import CellScorer
from recognition.characters import CharacterClassifier
from recognition.crnn import LineReader


@pytest.fixture(scope="module")
def scorer() -> CellScorer:
    return CellScorer(LineReader.load(threads=1, languages=()), CharacterClassifier.load())


def drawn(character: str) -> np.ndarray:
    cell = np.full((70, 60), 255, np.uint8)
    cv2.putText(cell, character, (12, 55), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (30,), 4, cv2.LINE_AA)
    return cell


def best(scorer: CellScorer, scores: np.ndarray) -> str:
    return "".join(scorer.alphabet[k] for k in scores.argmax(axis=1))


def test_characters_are_recognised_among_those_allowed(scorer: CellScorer) -> None:
    scores = scorer.score([drawn(c) for c in "2750"], frozenset("0123456789"))
    assert best(scorer, scores) == "2750"
    assert np.exp(scores.astype(float)).sum(axis=1) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("stroke", [[(38, 28), (59, 14), (31, 76)], [(34, 27), (52, 15), (38, 76)]])
def test_a_one_with_an_upstroke_is_no_seven(
    scorer: CellScorer, stroke: list[tuple[int, int]]
) -> None:
    cell = np.full((90, 80), 255, np.uint8)
    cv2.polylines(cell, [np.array(stroke, np.int32)], False, (30,), 3, cv2.LINE_AA)
    assert best(scorer, scorer.score([cell], frozenset("0123456789"))) == "1"


@pytest.mark.parametrize("allowed", ["SXCOZ", "sxcoz"])
def test_letters_count_in_the_case_that_is_allowed(scorer: CellScorer, allowed: str) -> None:
    scores = scorer.score([drawn("S"), drawn("x")], frozenset(allowed))
    assert best(scorer, scores) == allowed[:2]


def test_signs_unknown_to_the_character_reader_are_read(scorer: CellScorer) -> None:
    scores = scorer.score([drawn("3"), drawn("+")], frozenset("0123456789+"))
    assert best(scorer, scores) == "3+"


def test_an_empty_cell_is_a_space_where_one_may_stand(scorer: CellScorer) -> None:
    with_space = scorer.score([drawn("A"), None], frozenset("AB "))
    assert best(scorer, with_space) == "A "
    assert with_space[1, scorer.alphabet.index("A")] < -10


def test_what_is_not_allowed_has_no_chance(scorer: CellScorer) -> None:
    allowed = frozenset("47")
    scores = scorer.score([drawn("A"), None], allowed)
    held = {scorer.alphabet[k] for k in np.flatnonzero(np.isfinite(scores).any(axis=0))}
    assert held <= allowed | {" "}
    assert scorer.score([], allowed).shape == (0, len(scorer.alphabet))
