"""CTC's forward pass and its most probable paths, for labellings of many windows side by side.

The trellis of L labels has 2 L + 1 states: the labels, and a blank before, between and after them
(Graves et al. 2006, "Connectionist temporal classification", section 4.1). Labels and blanks are
kept in two arrays, one row a labelling, those of the longest windows first; so the Python loop over
the frames is paid once, and rows leave it as their windows end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = Sequence[int]
Span = tuple[int, int]

# Under this log probability the linear forward pass may have lost mass to underflow (float64 ends
# near e**-708), and the slower pass in log space is taken.
_LINEAR_LIMIT = -600.0
# Frames between two rescalings of the linear pass; a float32 probability is at least 1e-45.
_RESCALE_EVERY = 4


@dataclass(frozen=True)
class Row:
    """A labelling of some frames.

    Attributes
    ----------
    labels
        Without blanks.
    window
        Frames [start, stop) that it is a labelling of.
    before, after
        So many labels at either end are optional.
    """

    labels: Labels
    window: Span
    before: int = 0
    after: int = 0


class Trellis:
    """The states of labellings over the frames of a network.

    Parameters
    ----------
    rows : sequence of Row
    blank : int
    classes : int
        How many there are, the blank among them.

    Raises
    ------
    ValueError
        If a labelling holds the blank or an unknown class.
    """

    def __init__(self, rows: Sequence[Row], blank: int, classes: int) -> None:
        if any(not 0 <= label < classes or label == blank for row in rows for label in row.labels):
            raise ValueError(f"labels must be in 0..{classes - 1} and not the blank, {blank}")
        self._blank = blank
        sizes = np.array([row.window[1] - row.window[0] for row in rows], np.int64)
        self._order = np.argsort(-sizes, kind="stable")
        self._rows = [rows[k] for k in self._order]
        self._sizes = sizes[self._order]
        self._starts = np.array([row.window[0] for row in self._rows], np.int64)
        self._lengths = np.array([len(row.labels) for row in self._rows], np.int64)
        # Padded with the blank: no path leads from the padding back, and none ends there.
        self._labels = np.full((len(rows), int(self._lengths.max(initial=0))), blank, np.int64)
        for k, row in enumerate(self._rows):
            self._labels[k, : len(row.labels)] = row.labels
        self._jumps = np.zeros(self._labels.shape, bool)
        self._jumps[:, 1:] = self._labels[:, 1:] != self._labels[:, :-1]

    def log_probs(self, probs: Floats) -> Floats:
        """Log probability of each labelling over its window: the sum over all its paths.

        Parameters
        ----------
        probs : float64 (T, C)

        Returns
        -------
        float64 (rows,)
            ``-inf`` for a labelling that does not fit in its frames.
        """
        entries, exits = self._entries(), self._exits()
        # No frame at all reads what may be left out altogether.
        result = np.where((entries[1] & exits[1]).any(axis=1), 0.0, -np.inf)
        scale = np.zeros(len(self._rows))
        labels, blanks = (np.zeros(states.shape) for states in entries)
        with np.errstate(divide="ignore"):
            for t in range(int(self._sizes.max(initial=0))):
                going = int(np.count_nonzero(self._sizes > t))
                labels, blanks = labels[:going], blanks[:going]
                seen, empty = self._emitted(probs, t, going)
                if t == 0:
                    labels, blanks = entries[0][:going] * seen, entries[1][:going] * empty
                else:
                    labels, blanks = self._step(labels, blanks, seen, empty)
                if t % _RESCALE_EVERY == 0:
                    top = np.maximum(labels.max(axis=1, initial=0), blanks.max(axis=1))
                    top[top == 0] = 1.0
                    labels /= top[:, None]
                    blanks /= top[:, None]
                    scale[:going] += np.log(top)
                ended = slice(int(np.count_nonzero(self._sizes > t + 1)), going)
                if ended.start < going:
                    total = (labels[ended] * exits[0][ended]).sum(axis=1)
                    total += (blanks[ended] * exits[1][ended]).sum(axis=1)
                    result[ended] = np.log(total) + scale[ended]
            for k in np.flatnonzero((result < _LINEAR_LIMIT) & (self._sizes > 0)):
                result[k] = self._log_prob_in_log_space(probs, int(k))
        back = np.empty_like(result)
        back[self._order] = result
        return back

    def spans(self, log_probs: NDArray[np.floating]) -> list[tuple[Span, ...]]:
        """Frames of every label on the most probable path of its labelling (Viterbi).

        Parameters
        ----------
        log_probs : (T, C)

        Returns
        -------
        list of tuples of (start, end)
            Frames [start, end) of the labels of each row, in order, disjoint, never empty.

        Raises
        ------
        ValueError
            If a labelling has no path of positive probability.
        """
        count, width = self._labels.shape
        longest = int(self._sizes.max(initial=0))
        # States back from which the best path comes; of labels, then of blanks.
        back = np.zeros((longest, count, width), np.int8)
        moved = np.zeros((longest, count, width + 1), bool)
        labels, blanks = np.full((count, width), -np.inf), np.full((count, width + 1), -np.inf)
        blanks[:, 0] = 0.0  # as if a blank stood before the first frame
        cost = np.where(self._jumps, 0.0, -np.inf)[:, 1:]
        for t in range(longest):
            going = int(np.count_nonzero(self._sizes > t))
            seen, empty = self._emitted(log_probs, t, going)
            stay, step = labels[:going], blanks[:going, :-1]
            back[t, :going] = step > stay
            best = np.maximum(stay, step)
            jump = stay[:, :-1] + cost[:going]
            jumped = jump > best[:, 1:]
            back[t, :going, 1:][jumped] = 2
            np.maximum(best[:, 1:], jump, out=best[:, 1:])
            np.greater(stay, blanks[:going, 1:], out=moved[t, :going, 1:])
            np.maximum(stay, blanks[:going, 1:], out=blanks[:going, 1:])
            blanks[:going] += empty
            np.add(best, seen, out=labels[:going])
        return self._traced_back(labels, blanks, back, moved)

    def _emitted(
        self, values: NDArray[np.floating], t: int, going: int
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Values of frame `t` of the first rows' windows for their labels and for the blank."""
        frames = self._starts[:going] + t
        at = frames[:, None] * values.shape[1] + self._labels[:going]
        return np.take(values, at), values[frames, self._blank][:, None]

    def _step(
        self, labels: Floats, blanks: Floats, seen: Floats, empty: Floats
    ) -> tuple[Floats, Floats]:
        moved = labels + blanks[:, :-1]
        moved[:, 1:] += labels[:, :-1] * self._jumps[: len(labels), 1:]
        ended = blanks * empty
        ended[:, 1:] += labels * empty
        return moved * seen, ended

    def _entries(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Labels and blanks of the first frame."""
        optional = np.array([row.before for row in self._rows], np.int64)[:, None]
        labels, blanks, lengths = *self._numbers(), self._lengths[:, None]
        return (labels <= optional) & (labels < lengths), (blanks <= optional) & (blanks <= lengths)

    def _exits(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Labels and blanks of the last frame."""
        optional = np.array([row.after for row in self._rows], np.int64)[:, None]
        labels, blanks, lengths = *self._numbers(), self._lengths[:, None]
        last = lengths - optional
        return (labels >= last - 1) & (labels < lengths), (blanks >= last) & (blanks <= lengths)

    def _numbers(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        width = self._labels.shape[1]
        return np.arange(width)[None, :], np.arange(width + 1)[None, :]

    def _log_prob_in_log_space(self, probs: Floats, k: int) -> float:
        """Log probability of one row: slow, but nothing underflows."""
        row = self._rows[k]
        states = np.full(2 * len(row.labels) + 1, self._blank)
        states[1::2] = row.labels
        emitted = np.log(probs[slice(*row.window)][:, states])
        cost = np.full(len(states), -np.inf)
        cost[1::2][self._jumps[k, : len(row.labels)]] = 0.0
        alpha = np.full(len(states) + 2, -np.inf)
        first = 2 + 2 * row.before
        alpha[2 : 2 + first] = emitted[0, :first]
        for frame in emitted[1:]:
            moved = np.logaddexp(alpha[2:], alpha[1:-1])
            alpha[2:] = np.logaddexp(moved, alpha[:-2] + cost) + frame
        return float(np.logaddexp.reduce(alpha[2:][-2 - 2 * row.after :]))

    def _traced_back(
        self,
        labels: NDArray[np.floating],
        blanks: NDArray[np.floating],
        back: NDArray[np.int8],
        moved: NDArray[np.bool_],
    ) -> list[tuple[Span, ...]]:
        """Spans of the labels on the best paths, from their last frames back."""
        rows, last = np.arange(len(self._rows)), self._lengths
        final = blanks[rows, last]
        # A label before the last blank; a row without labels has none.
        before = np.where(last > 0, labels[rows, last - 1] if labels.shape[1] else -np.inf, -np.inf)
        for k in np.flatnonzero(np.maximum(final, before) == -np.inf):
            frames, length = self._sizes[k], last[k]
            raise ValueError(f"no path of {frames} frames reads these {length} labels")
        states = 2 * last - (before > final)
        starts = np.zeros((len(rows), labels.shape[1]), np.int64)
        stops = np.zeros(starts.shape, np.int64)
        for t in range(len(back) - 1, -1, -1):
            going = int(np.count_nonzero(self._sizes > t))
            at, on_label = states[:going] // 2, states[:going] % 2 == 1
            some, label = np.flatnonzero(on_label), at[on_label]
            frame = self._starts[some] + t
            starts[some, label] = frame
            stops[some, label] = np.maximum(stops[some, label], frame + 1)
            states[some] -= back[t, some, label]
            some = np.flatnonzero(~on_label)
            states[some] -= moved[t, some, at[some]]
        found: list[tuple[Span, ...]] = [()] * len(rows)
        for row, k in enumerate(self._order.tolist()):
            length = int(last[row])
            pairs = zip(starts[row, :length].tolist(), stops[row, :length].tolist(), strict=True)
            found[k] = tuple(pairs)
        return found
