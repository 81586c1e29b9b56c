"""Greedy and prefix beam search, against all labellings of small inputs."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from recognition.ctc import DecodeConfig, beam_search, greedy
from recognition.language import Language

EXHAUSTIVE = DecodeConfig(width=400, n_best=400, min_prob=0, min_ratio=0)
Case = tuple[NDArray[np.float32], int]
Floats = NDArray[np.float64]


@st.composite
def emissions(draw: st.DrawFn, most_frames: int = 4) -> Case:
    """Random (log_probs, blank), from flat to peaky."""
    shape = draw(st.integers(0, most_frames)), draw(st.integers(2, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    logits = rng.normal(size=shape) * draw(st.sampled_from([0.5, 3, 12]))
    log_probs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return log_probs.astype(np.float32), draw(st.integers(0, shape[1] - 1))


def all_labellings(log_probs: NDArray[np.float32], blank: int) -> dict[tuple[int, ...], float]:
    """The probability of every labelling, path by path."""
    probs: dict[tuple[int, ...], float] = defaultdict(float)
    for path in itertools.product(range(log_probs.shape[1]), repeat=len(log_probs)):
        labels = tuple(label for label, _ in itertools.groupby(path) if label != blank)
        probs[labels] += math.exp(sum(float(log_probs[t, c]) for t, c in enumerate(path)))
    return probs


class Pairs(Language):
    """A language of made-up weights for each pair of labels, some of them over 0."""

    best = 0.9

    def start(self) -> Floats:
        return np.array([-1.0])

    def scores(self, states: Floats, labels: NDArray[np.int64]) -> tuple[Floats, Floats]:
        after = labels[:, None].astype(np.float64)
        return np.sin(7.1 * states[:, 0] + 3.3 * labels) * 1.9 - 1.0, after

    def ends(self, states: Floats) -> Floats:
        return np.cos(5.0 * states[:, 0])

    def line(self, labels: tuple[int, ...]) -> float:
        before = itertools.pairwise((-1, *labels))
        scores = [math.sin(7.1 * state + 3.3 * label) * 1.9 - 1.0 for state, label in before]
        return sum(scores) + math.cos(5.0 * (labels[-1] if labels else -1))


@settings(max_examples=40)
@given(emissions())
def test_an_exhaustive_beam_finds_every_labelling_in_order(case: Case) -> None:
    expected = all_labellings(*case)
    found = beam_search(*case, EXHAUSTIVE)
    assert {h.labels: math.exp(h.log_prob) for h in found} == pytest.approx(
        expected, rel=1e-5, abs=1e-12
    )
    scores = [h.score for h in found]
    assert scores == sorted(scores, reverse=True)
    assert scores == [h.log_prob for h in found]


@settings(max_examples=40)
@given(emissions(), st.sampled_from([0.0, 0.4, 1.5]), st.sampled_from([-1.0, 0.0, 0.8]))
def test_an_exhaustive_beam_adds_the_weights_of_the_language(
    case: Case, alpha: float, beta: float
) -> None:
    config = DecodeConfig(width=400, n_best=400, alpha=alpha, beta=beta, min_prob=0, min_ratio=0)
    expected = {
        labels: math.log(prob) + alpha * Pairs().line(labels) + beta * len(labels)
        for labels, prob in all_labellings(*case).items()
    }
    found = beam_search(*case, config, Pairs())
    assert {h.labels: h.score for h in found} == pytest.approx(expected, rel=1e-5, abs=1e-5)
    assert found[0].score == max(h.score for h in found)


@given(emissions(), st.integers(1, 5))
def test_pruning_by_the_best_weight_of_a_language_loses_nothing(case: Case, width: int) -> None:
    class Boundless(Pairs):
        best = 50.0

    config = DecodeConfig(width=width, min_prob=0, min_ratio=0)
    found = beam_search(*case, config, Pairs())
    assert [h.labels for h in found] == [h.labels for h in beam_search(*case, config, Boundless())]


@given(emissions(most_frames=12), st.integers(1, 4))
def test_beam_search_is_never_worse_than_greedy(case: Case, width: int) -> None:
    found = beam_search(*case, DecodeConfig(width=width, n_best=3))
    assert 1 <= len(found) <= 3
    assert len({h.labels for h in found}) == len(found)
    assert found[0].log_prob >= greedy(*case).log_prob - 1e-9


@given(emissions(most_frames=12))
def test_spans_are_ordered_disjoint_and_inside(case: Case) -> None:
    for hypothesis in (greedy(*case), *beam_search(*case)):
        edges = [edge for span in hypothesis.spans for edge in span]
        assert edges == sorted(edges)
        assert all(start < end for start, end in hypothesis.spans)
        assert len(hypothesis.spans) == len(hypothesis.labels)
        assert not edges or (edges[0] >= 0 and edges[-1] <= len(case[0]))


def frames(*rows: list[float]) -> NDArray[np.float32]:
    return np.log(np.maximum(rows, 1e-12)).astype(np.float32)


def test_greedy_joins_repeats_and_drops_blanks() -> None:
    a, b, blank = [0.9, 0.05, 0.05], [0.05, 0.9, 0.05], [0.05, 0.05, 0.9]
    found = greedy(frames(blank, a, a, blank, a, b, blank), 2)
    assert found.labels == (0, 0, 1)
    assert found.spans == ((1, 3), (4, 5), (5, 6))


def test_the_sum_of_paths_beats_the_best_path() -> None:
    # Graves' example: the best path is all blank (0.36), "a" has 0.64.
    log_probs = frames([0.4, 0.6], [0.4, 0.6])
    assert greedy(log_probs, 1).labels == ()
    (first, second) = beam_search(log_probs, 1)
    assert (first.labels, second.labels) == ((0,), ())
    assert math.exp(first.log_prob) == pytest.approx(0.64)


def test_a_language_turns_the_scales_only_where_the_image_is_in_doubt() -> None:
    class Zeros(Language):
        best = 0.0

        def start(self) -> Floats:
            return np.zeros(0)

        def scores(self, states: Floats, labels: NDArray[np.int64]) -> tuple[Floats, Floats]:
            return np.where(labels == 0, 0.0, -3.0), states

        def ends(self, states: Floats) -> Floats:
            return np.zeros(len(states))

    doubt, sure = [0.4, 0.59, 0.01], [0.01, 0.98, 0.01]
    log_probs = frames(doubt, [0.0, 0.0, 1.0], sure)
    assert beam_search(log_probs, 2)[0].labels == (1, 1)
    config = DecodeConfig(alpha=1.0)
    assert beam_search(log_probs, 2, config, Zeros())[0].labels == (0, 1)
    off = DecodeConfig(alpha=0.0)
    assert beam_search(log_probs, 2, off, Zeros())[0].labels == (1, 1)


def test_long_lines_do_not_underflow() -> None:
    logits = np.random.default_rng(3).normal(size=(500, 30))
    log_probs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    best = beam_search(log_probs.astype(np.float32), 29)[0]
    assert -math.inf < best.log_prob < -700
    assert len(best.spans) == len(best.labels) > 100


@pytest.mark.parametrize(
    "wrong", [{"width": 0}, {"n_best": 0}, {"min_prob": 1.0}, {"min_ratio": -1}, {"alpha": -0.1}]
)
def test_a_senseless_configuration_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        DecodeConfig(**wrong)  # type: ignore[arg-type]


def test_logits_are_refused() -> None:
    with pytest.raises(ValueError, match="sum to 1"):
        beam_search(np.ones((4, 3), np.float32), 0)
    with pytest.raises(ValueError, match="sum to 1"):
        greedy(np.ones((4, 3), np.float32), 0)
