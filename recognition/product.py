"""The product of a CTC trellis and an automaton, and the backward pass over it.

A path stands, after each frame, either in a blank at a state of the automaton or in a *node*: at
the state that some label led to, and still in that label.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from recognition.automata import NOWHERE, Automaton

Logs: TypeAlias = NDArray[np.float64]


class Product:
    """The arcs and nodes of an automaton under CTC.

    Parameters
    ----------
    automaton
        Its labels are the classes of the network, the blank comes after them.

    Attributes
    ----------
    labels, targets, nodes : int (arcs,)
        Of each arc: the label, the state it leads to, the node it enters. Sorted by their origin.
    """

    def __init__(self, automaton: Automaton) -> None:
        self.alphabet, self.accepts = automaton.alphabet, automaton.accepts
        self._origins, self.labels = np.nonzero(automaton.table != NOWHERE)
        self.targets = automaton.table[self._origins, self.labels]
        width = len(automaton.alphabet)
        keys = self.targets.astype(np.int64) * width + self.labels
        unique, self.nodes = np.unique(keys, return_inverse=True)
        self._node_states, self._node_labels = np.divmod(unique, width)
        # The arc by which a node's state would be left with the node's own label, if any.
        again = self._origins.astype(np.int64) * width + self.labels
        place = np.minimum(np.searchsorted(again, unique), max(len(again) - 1, 0))
        has_one = again[place] == unique if len(again) else np.zeros(0, bool)
        self._repeats = np.where(has_one, place, len(again))
        self._bounds = np.searchsorted(self._origins, np.arange(len(self.accepts) + 1))
        self._leaving = np.flatnonzero(np.diff(self._bounds))

    def arcs_from(self, state: int) -> NDArray[np.int64]:
        """Return the numbers of the arcs that leave a state."""
        return np.arange(self._bounds[state], self._bounds[state + 1])

    def futures(self, frames: Logs) -> tuple[Logs, float]:
        """Sum over everything that the automaton accepts, from the last frame backwards.

        Parameters
        ----------
        frames : float64 (T, C)
            Log-probabilities, the blank last.

        Returns
        -------
        futures : float64 (T, nodes)
            Log of the probability of all ways to finish after frame t for one who is in a node
            then.
        total : float
            Log of the probability of all accepted labellings.
        """
        end = np.where(self.accepts, 0.0, -np.inf)
        in_blank, in_node = end, end[self._node_states]
        futures = np.empty((len(frames), len(self._node_states)))
        for t in range(len(frames) - 1, -1, -1):
            futures[t] = in_node
            in_blank, in_node = self._step_back(frames[t], in_blank, in_node)
        return futures, float(in_blank[0])

    def _step_back(self, frame: Logs, in_blank: Logs, in_node: Logs) -> tuple[Logs, Logs]:
        """Return the futures one frame earlier."""
        blank = frame[-1] + in_blank
        stay = frame[self._node_labels] + in_node
        entered = frame[self.labels] + in_node[self.nodes]
        anything, other = self._sums(entered)
        left = np.where(
            self._repeats < len(entered), other[self._repeats], anything[self._node_states]
        )
        return (
            np.logaddexp(blank, anything),
            np.logaddexp(np.logaddexp(stay, blank[self._node_states]), left),
        )

    def _sums(self, entered: Logs) -> tuple[Logs, Logs]:
        """Add up what arcs lead to.

        Returns
        -------
        anything : float64 (states,)
            Log of the sum over all arcs that leave a state.
        other : float64 (arcs + 1,)
            The same without the arc itself; one entry more for nodes that have no such arc.
        """
        anything = np.full(len(self.accepts), -np.inf)
        other = np.full(len(entered) + 1, -np.inf)
        if not len(entered):
            return anything, other
        starts = self._bounds[self._leaving]
        top, total = _log_sums(entered, starts)
        anything[self._leaving] = total
        sizes = np.diff(np.append(starts, len(entered)))
        all_of_state = np.repeat(total, sizes)
        # Taking the greatest off the sum would leave only rounding errors. The first of the
        # greatest is left out of a second sum instead; every other is at most half of the sum.
        greatest = np.flatnonzero(entered == np.repeat(top, sizes))
        first = greatest[np.unique(self._origins[greatest], return_index=True)[1]]
        without = entered.copy()
        without[first] = -np.inf
        with np.errstate(divide="ignore", invalid="ignore"):
            rest = all_of_state + np.log1p(-np.exp(entered - all_of_state))
        other[:-1] = np.where(np.isnan(rest), -np.inf, rest)
        other[first] = np.repeat(_log_sums(without, starts)[1], sizes)[first]
        return anything, other


def _log_sums(values: Logs, starts: NDArray[np.int64]) -> tuple[Logs, Logs]:
    """Return for each run of values the greatest, and the log of the sum of their exps."""
    top = np.maximum.reduceat(values, starts)
    base = np.where(np.isfinite(top), top, 0.0)
    sizes = np.diff(np.append(starts, len(values)))
    with np.errstate(divide="ignore"):
        sums = np.add.reduceat(np.exp(values - np.repeat(base, sizes)), starts)
        return top, base + np.log(sums)
