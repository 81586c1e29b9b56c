"""What weighs the labels of a line from left to right: what the search asks of a language."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Language(ABC):
    """What weighs the labels of a line from left to right.

    A state is whatever the language needs to know of the labels before: a row of k numbers. Many
    are weighed with one call. Log weights are finite and need not be normalised.
    """

    best: float
    """No log weight of a label is higher than this: what the search may rely on to prune."""

    @abstractmethod
    def start(self) -> Floats:
        """State before the first label, float64 (k,)."""

    @abstractmethod
    def scores(self, states: Floats, labels: Ints) -> tuple[Floats, Floats]:
        """Log weights (n,) of labels (n,) after states (n, k), and the states (n, k) after them."""

    @abstractmethod
    def ends(self, states: Floats) -> Floats:
        """Log weights (n,) of the line ending after states (n, k)."""

    @property
    def source(self) -> Language:
        """Whom this language asks for its log weights: itself, or the one that it stands on."""
        return self

    def question(self, states: Floats, labels: Ints) -> tuple[Floats, Ints]:
        """States and labels that the source is asked for, given one's own."""
        return states, labels

    def answer(
        self, states: Floats, labels: Ints, weights: Floats, after: Floats
    ) -> tuple[Floats, Floats]:
        """Make of what the source's `scores` says of the question what one's own would say."""
        return weights, after

    def score(self, state: Floats, label: int) -> tuple[float, Floats]:
        """Log weight of one label after one state, and the state after it."""
        weights, after = self.scores(state[None], np.array([label]))
        return float(weights[0]), after[0]

    def end(self, state: Floats) -> float:
        """Log weight of the line ending after one state."""
        return float(self.ends(state[None])[0])

    def trails(self, labellings: Sequence[Sequence[int]]) -> list[tuple[Floats, Floats]]:
        """Follow whole labellings.

        Returns
        -------
        list of (float64 (L,), float64 (L + 1, k))
            Log weight of each label, and the states before the labels and after the last.
        """
        order = sorted(range(len(labellings)), key=lambda k: -len(labellings[k]))
        states = np.tile(self.start(), (len(order), 1))
        gained: list[Floats] = []
        passed = [states]
        for t in range(len(labellings[order[0]]) if order else 0):
            labels = [labellings[k][t] for k in order if len(labellings[k]) > t]
            weights, states = self.scores(states[: len(labels)], np.array(labels))
            gained.append(weights)
            passed.append(states)
        trails = {}
        for row, k in enumerate(order):
            length = len(labellings[k])
            weights = np.array([step[row] for step in gained[:length]], np.float64)
            trails[k] = weights, np.array([step[row] for step in passed[: length + 1]])
        return [trails[k] for k in range(len(labellings))]
