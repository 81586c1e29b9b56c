"""Readings weighed anew by the language that comes with hcr."""

from __future__ import annotations

import numpy as np
import pytest

from recognition.alphabet import LINE_ALPHABET
from recognition.ctc import DecodeConfig, Hypothesis
from recognition.rescoring import Rescorer, RescoringConfig, load_neural_language, rescored


@pytest.fixture(scope="module")
def rescorer() -> Rescorer:
    language = load_neural_language(["en", "fr"])
    assert language is not None
    return Rescorer(language, LINE_ALPHABET, DecodeConfig(alpha=0.0))


def readings(*texts: str, apart: float = 0.0) -> list[Hypothesis]:
    """Readings that the search has scored `apart` from one another."""
    return [
        Hypothesis(tuple(LINE_ALPHABET.encode(text)), -k * apart, (), -k * apart)
        for k, text in enumerate(texts)
    ]


def best(line: list[Hypothesis]) -> str:
    return LINE_ALPHABET.decode(line[0].labels)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("Il est ne le 4 mars 1956 à Paris", "Il est né le 4 mars 1956 à Paris"),
        ("The house stands an the hill", "The house stands on the hill"),
        ("est une cornmune française", "est une commune française"),
    ],
)
def test_sentences_come_first(wrong: str, right: str, rescorer: Rescorer) -> None:
    (line,) = rescorer([readings(wrong, right, apart=0.5)], [()])
    assert best(line.found) == right
    assert len(line.liking) == len(right)
    scores = [reading.score for reading in line.found]
    assert scores == sorted(scores, reverse=True)


def test_what_the_frames_say_still_counts(rescorer: Rescorer) -> None:
    (line,) = rescorer([readings("Il est ne à Paris", "Il est né à Paris", apart=11)], [()])
    assert best(line.found) == "Il est ne à Paris"


def test_the_line_above_tells_the_language(rescorer: Rescorer) -> None:
    rivals = readings("the", "thé")
    lines = "She was there with all of", "Il a bu avec sa femme du"
    above = [[LINE_ALPHABET.encode(line)] for line in lines]
    english, french = (list(map(np.sum, x)) for x in rescorer.log_probs([rivals] * 2, above))
    assert english[0] - english[1] > french[0] - french[1] + 5


def test_readings_far_below_the_best_are_left_out(rescorer: Rescorer) -> None:
    line = readings("ab", "ac", "ad", apart=0.75 * rescorer.config.margin)
    assert [len(weighed.found) for weighed in rescorer([line], [()])] == [2]


def test_no_lines_are_no_lines(rescorer: Rescorer) -> None:
    assert rescorer([], []) == []


@pytest.mark.parametrize(("searched", "trust"), [(-8.0, 0.5), (-80.0, 1.0), (80.0, 0.0)])
def test_scores_are_weighted_sums(searched: float, trust: float) -> None:
    decoding = DecodeConfig(alpha=0.5, beta=2.0)
    languages = 0.5 * searched + 3 * 2.0
    reading = Hypothesis((1, 2, 3), -2.0, (), -2.0 + languages)
    config = RescoringConfig(neural=0.5, kept=0.25, bonus=1.5, softness=2)
    given = np.array([-1.0, -2.0, -3.0, -2.0], np.float32)
    weighed = rescored([reading], [given], decoding, config)
    (scored,) = weighed.found
    assert weighed.trust == pytest.approx(trust, abs=1e-6)
    assert weighed.liking.tolist() == [-1, -2, -3]
    trusted = -2 + languages * 0.25 - 8 * 0.5 + 3 * 1.5
    assert scored.score == pytest.approx(trust * trusted + (1 - trust) * reading.score, abs=1e-4)
    assert scored.log_prob == reading.log_prob


@pytest.mark.parametrize("wrong", [{"neural": -1}, {"kept": -0.1}, {"margin": 0}, {"softness": 0}])
def test_weights_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must not be under 0"):
        RescoringConfig(**wrong)
