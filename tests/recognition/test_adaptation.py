"""What lines of one hand teach of it, on hands made up: a shape a frame, some misread."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from recognition.adaptation import AdaptationConfig, LineFrames, adapt
from recognition.ctc import Hypothesis

A, B, C, BLANK = range(4)
SHAPES = 6
"""One for each label and two that the network has not learned."""
ODD, ODDER = 4, 5


def line(shapes: Sequence[int], looks: dict[int, dict[int, float]]) -> LineFrames:
    """Shapes with paper between them; `looks` has what the network takes unlearned shapes for."""
    frames = [shape for one in shapes for shape in (one, BLANK)]
    probs = np.full((len(frames), 4), 0.01)
    for row, shape in zip(probs, frames, strict=True):
        seen = looks.get(shape, {shape: 0.97})
        row[list(seen)] = list(seen.values())
    probs /= probs.sum(axis=1, keepdims=True)
    features = np.eye(SHAPES, dtype=np.float32)[frames]
    return LineFrames(np.log(probs).astype(np.float32), features)


def reading(labels: Sequence[int]) -> list[Hypothesis]:
    return [Hypothesis(tuple(labels), -1.0, (), -1.0)]


def probs_of(frames: np.ndarray, place: int) -> np.ndarray:
    """Probabilities of the character at a place."""
    return np.exp(frames[2 * place])


@pytest.fixture
def page() -> tuple[list[LineFrames], list[list[Hypothesis]]]:
    """Eight lines by a hand whose C looks more like a B, and which the language has read as C."""
    looks = {ODD: {B: 0.6, C: 0.37}}
    lines = [line([A, ODD, B, ODD, A, B], looks) for _ in range(8)]
    return lines, [reading([A, C, B, C, A, B])] * 8


def test_a_shape_is_taken_for_what_the_readings_say(
    page: tuple[list[LineFrames], list[list[Hypothesis]]],
) -> None:
    lines, readings = page
    config = AdaptationConfig(prior=0.0, rate=0.1)
    for before, after in zip(lines, adapt(lines, readings, BLANK, config), strict=True):
        assert before.log_probs[2].argmax() == B
        assert probs_of(after, 1)[C] > 0.8
        # Letters that were right stay so.
        assert probs_of(after, 0)[A] > 0.9
        assert probs_of(after, 2)[B] > 0.9
        np.testing.assert_allclose(np.exp(after).sum(axis=1), 1.0, rtol=1e-5)
        assert after.dtype == np.float32


def test_few_steps_are_a_small_correction(
    page: tuple[list[LineFrames], list[list[Hypothesis]]],
) -> None:
    after = adapt(*page, BLANK)[0]
    before = page[0][0].log_probs
    assert probs_of(before, 1)[C] < probs_of(after, 1)[C] < probs_of(before, 1)[C] + 0.1


def test_a_line_does_not_learn_from_itself() -> None:
    looks = {ODDER: {B: 0.5, C: 0.45}}
    lines = [line([A, ODDER, B], looks), *[line([A, B, B, A], looks)] * 7]
    readings = [reading([A, C, B]), *[reading([A, B, B, A])] * 7]
    # Only the first line has the shape, and only it says C of it.
    after = adapt(lines, readings, BLANK, AdaptationConfig(prior=0.0, rate=0.1))
    assert probs_of(after[0], 1)[C] <= probs_of(lines[0].log_probs, 1)[C]


def test_left_as_they_are(page: tuple[list[LineFrames], list[list[Hypothesis]]]) -> None:
    lines, readings = page
    assert np.array_equal(adapt(lines[:2], readings[:2], BLANK)[0], lines[0].log_probs)
    blind = [LineFrames(one.log_probs, one.features[:, :0]) for one in lines]
    assert np.array_equal(adapt(blind, readings, BLANK)[0], lines[0].log_probs)
    assert adapt([], [], BLANK) == []


def test_lines_that_say_nothing_are_no_obstacle(
    page: tuple[list[LineFrames], list[list[Hypothesis]]],
) -> None:
    lines, readings = page
    after = adapt([*lines, line([BLANK], {})], [*readings, reading([])], BLANK)
    assert len(after) == 9
    assert after[-1].argmax(axis=1).tolist() == [BLANK, BLANK]


def test_many_lines_are_learned_in_parts(
    page: tuple[list[LineFrames], list[list[Hypothesis]]],
) -> None:
    lines, readings = page
    parts = adapt(lines, readings, BLANK, AdaptationConfig(most_lines=4))
    halves = [adapt(lines[k : k + 4], readings[k : k + 4], BLANK) for k in (0, 4)]
    for one, other in zip(parts, [*halves[0], *halves[1]], strict=True):
        np.testing.assert_array_equal(one, other)
