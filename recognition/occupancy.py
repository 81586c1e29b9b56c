"""How likely each label stands in each frame of a line, given what the line may say.

Forward and backward pass of CTC (Graves et al. 2006, "Connectionist temporal classification",
section 4.1) over several labellings of several lines side by side, each labelling with its weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recognition.trellis import Labels

Floats = NDArray[np.float64]

# Lines worked on together: more share more of the cost of the Python loop over the frames, and
# take more memory (a line of 10 readings about 3 MB).
_TOGETHER = 8


@dataclass(frozen=True)
class Weighed:
    """A line and its readings.

    Attributes
    ----------
    probs : float64 (T, C)
        Probabilities of a CTC network, T at least 1.
    labellings : sequence of label sequences, without blanks
    weights : sequence of float
        One a labelling, not negative.
    """

    probs: Floats
    labellings: Sequence[Labels]
    weights: Sequence[float]


def occupancies(lines: Sequence[Weighed], blank: int) -> list[Floats]:
    """Return how likely each class is in each frame, were one of its readings what a line says.

    Parameters
    ----------
    lines
        Lines with their readings. Readings that do not fit into a line's frames, or that are less
        likely than e**-700 times its best path, do not count.
    blank
        Index of the blank class.

    Returns
    -------
    list of float64 (T, C)
        Each frame sums to 1. A line without readings has the network's own probabilities.
    """
    found: list[Floats] = []
    for first in range(0, len(lines), _TOGETHER):
        found += _together(lines[first : first + _TOGETHER], blank)
    return found


def _together(lines: Sequence[Weighed], blank: int) -> list[Floats]:
    rows = [
        (k, tuple(labels), weight)
        for k, line in enumerate(lines)
        for labels, weight in zip(line.labellings, line.weights, strict=True)
        if weight > 0
    ]
    sums = [np.zeros(line.probs.shape) for line in lines]
    if rows:
        paths = _Paths(lines, rows, blank)
        for (k, _, weight), (states, occupied) in zip(rows, paths.occupied(), strict=True):
            total = occupied.sum(axis=1, keepdims=True)
            if np.all(total > 0):
                _add(sums[k], states, occupied * (weight / total))
    return [_normalised(total, line.probs) for total, line in zip(sums, lines, strict=True)]


def _add(total: Floats, states: NDArray[np.int64], occupied: Floats) -> None:
    """Add what is in each state to the class of that state; classes recur among the states."""
    frames, classes = total.shape
    places = np.arange(frames)[:, None] * classes + states
    total += np.bincount(places.ravel(), occupied.ravel(), total.size).reshape(total.shape)


def _normalised(total: Floats, otherwise: Floats) -> Floats:
    mass = total.sum(axis=1, keepdims=True)
    return total / mass if np.all(mass > 0) else otherwise


class _Paths:
    """The 2 L + 1 states of each labelling, blanks between its labels, over its line's frames."""

    def __init__(
        self, lines: Sequence[Weighed], rows: Sequence[tuple[int, Labels, float]], blank: int
    ) -> None:
        starts = np.cumsum([0, *(len(line.probs) for line in lines)])
        self._probs = np.concatenate([line.probs for line in lines])
        self._frames = [(int(starts[k]), int(starts[k + 1])) for k, _, _ in rows]
        self._states = []
        for _, labels, _ in rows:
            states = np.full(2 * len(labels) + 1, blank, np.int64)
            states[1::2] = labels
            self._states.append(states)
        self._blank = blank

    def occupied(self) -> list[tuple[NDArray[np.int64], Floats]]:
        """Return the states of each row and, up to a factor a frame, how likely it is in each."""
        ahead = self._pass([np.arange(*frames) for frames in self._frames], self._states)
        back = self._pass(
            [np.arange(*frames)[::-1] for frames in self._frames],
            [states[::-1] for states in self._states],
        )
        found = []
        for k, (states, (start, end)) in enumerate(zip(self._states, self._frames, strict=True)):
            shape = end - start, len(states)
            before = ahead[: shape[0], k, : shape[1]]
            after = back[: shape[0], k, : shape[1]][::-1, ::-1]
            # Both passes count the frame itself.
            seen = np.maximum(self._probs[start:end][:, states], np.finfo(np.float64).tiny)
            found.append((states, before * after / seen))
        return found

    def _pass(
        self, frames: Sequence[NDArray[np.int64]], rows: Sequence[NDArray[np.int64]]
    ) -> Floats:
        """Return the probability of all paths up to each frame, scaled to 1 at most in each."""
        longest, width = max(map(len, frames)), max(map(len, rows))
        # Padded with the last frame and with blanks: nothing leads back from there.
        when = np.array([np.pad(row, (0, longest - len(row)), mode="edge") for row in frames])
        states = np.full((len(rows), width), self._blank, np.int64)
        for k, row in enumerate(rows):
            states[k, : len(row)] = row
        leap = np.zeros(states.shape, bool)
        leap[:, 2:] = (states[:, 2:] != self._blank) & (states[:, 2:] != states[:, :-2])
        reached = np.zeros((longest, *states.shape))
        current = np.zeros(states.shape)
        current[:, 0] = 1.0  # as if a blank stood before the first frame
        for t in range(longest):
            moved = current.copy()
            moved[:, 1:] += current[:, :-1]
            moved[:, 2:] += current[:, :-2] * leap[:, 2:]
            moved *= self._probs[when[:, t, None], states]
            top = moved.max(axis=1, keepdims=True)
            top[top == 0] = 1.0
            current = np.divide(moved, top, out=reached[t])
        return reached
