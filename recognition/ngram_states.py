"""An n-gram as an automaton, in which many states are looked up with one call."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Nodes = NDArray[np.int32]
Floats = NDArray[np.float32]

MOST_NODES = 2**24 - 1  # a node and a code are kept in 32 bits
_ROOT = 0
# So many tails are found one by one; who asks for more reads many lines, and all are worth finding.
_FEW = 10_000


class NGramStates:
    """The states of an n-gram model: where its text stands, for its next code.

    A node stands for one n-gram; node 0, the root, for none. A state is the node of the longest
    end of the text that the model knows. Should that have no children, the state's tail is meant:
    the same with the first code forgotten, or as many as it takes.

    Parameters
    ----------
    labels : uint8 (n,)
        Last code of nodes 1 to n, in breadth-first order, sorted among the children of a node.
    counts : uint8 (m,)
        How many children nodes 0 to m - 1 have.
    log_probs : float32 (n + 1,)
        Of each node's last code after the others.
    backoffs : float32 (m,)
        Log weight of what the tail of a node says of codes that are no children of it.

    Raises
    ------
    ValueError
        If the nodes are not in that order.
    """

    def __init__(
        self,
        labels: NDArray[np.uint8],
        counts: NDArray[np.uint8],
        log_probs: Floats,
        backoffs: Floats,
    ) -> None:
        # A node's parent and last code are found in one sorted array.
        parents = np.repeat(np.arange(len(counts), dtype=np.uint32), counts)
        self._keys = parents << np.uint32(8) | labels
        before = parents <= np.arange(len(labels), dtype=np.uint32)
        if not (before.all() and (self._keys[1:] > self._keys[:-1]).all()):
            raise ValueError("its n-grams are not in order")
        self._inner = np.zeros(len(log_probs), bool)
        self._inner[: len(counts)] = counts > 0
        self._log_probs, self._backoffs = log_probs, backoffs
        # Found out when first asked for; threads that do so at the same time find the same.
        self._tails = np.full(len(log_probs), -1, np.int32)
        self._tails[_ROOT] = _ROOT
        self._found, self._complete = 0, False
        # Backoff weights of inner nodes and their tails, theirs, and so on.
        self._sums = np.zeros(len(backoffs), np.float32)

    def score(self, states: Nodes, codes: Nodes) -> tuple[Floats, Nodes]:
        """Look up what follows.

        Parameters
        ----------
        states : int32 (n,)
        codes : int32 (n,)

        Returns
        -------
        float32 (n,)
            Natural log probability of each code after its state.
        int32 (n,)
            The states after.
        """
        # Hypotheses differ more often in what is long past than in what matters here.
        keys, places = np.unique(_keys(states, codes), return_inverse=True)
        unique = keys.view(np.int32)
        log_probs, after = self._look_up(unique >> 8 & MOST_NODES, unique & 0xFF)
        return log_probs[places], after[places]

    def _look_up(self, states: Nodes, codes: Nodes) -> tuple[Floats, Nodes]:
        leaves = np.flatnonzero(~self._inner[states])
        nodes = states.copy()
        nodes[leaves] = self._tails_of(states[leaves])
        longest = nodes.copy()
        after = self._children(nodes, codes)
        missing = np.flatnonzero(after == _ROOT)
        while len(missing):
            shorter = self._tails_of(nodes[missing])
            nodes[missing] = shorter
            after[missing] = found = self._children(shorter, codes[missing])
            missing = missing[found == _ROOT]
        backed_off = self._sums[longest] - self._sums[nodes]
        return self._log_probs[after] + backed_off, after.astype(np.int32)

    def _children(self, nodes: Nodes, codes: Nodes) -> NDArray[np.int64]:
        """Return the child of each node by a code; the root where there is none."""
        wanted = _keys(nodes, codes)
        at = self._keys.searchsorted(wanted)
        found = self._keys.take(at, mode="clip") == wanted
        return (at + 1) * found

    def _tails_of(self, nodes: Nodes) -> Nodes:
        """Return the longest state that the codes of each node end with, but for the first."""
        tails = self._tails[nodes]
        if not self._complete and tails.min(initial=0) < 0:
            new = np.unique(nodes[tails < 0])
            self._add_tails(new)
            self._found += len(new)
            if self._found > _FEW:
                self._find_all_tails()
                self._complete = True
            tails = self._tails[nodes]
        return tails

    def _find_all_tails(self) -> None:
        """Find the tails of all nodes, those of shorter n-grams first."""
        first, end = 1, 1 + int(np.searchsorted(self._keys, np.uint32(1 << 8)))
        while first < end:
            self._add_tails(np.arange(first, end, dtype=np.int32))
            first, end = end, 1 + int(np.searchsorted(self._keys, np.uint32(end << 8)))

    def _add_tails(self, nodes: Nodes) -> None:
        tails = self._find_tails(nodes)
        inner = self._inner[nodes]
        self._tails_of(tails[inner])  # so that their sums are known
        self._sums[nodes[inner]] = self._sums[tails[inner]] + self._backoffs[nodes[inner]]
        self._tails[nodes] = tails

    def _find_tails(self, nodes: Nodes) -> Nodes:
        keys = self._keys[nodes - 1].view(np.int32)
        # Codes go on from the tail of the parent, or from what is left of that.
        tails, codes = keys >> 8, keys & 0xFF
        going = np.flatnonzero(tails != _ROOT)
        while len(going):
            shorter = self._tails_of(tails[going])
            children = self._children(shorter, codes[going])
            found = (children != _ROOT) & self._inner[children]
            tails[going] = np.where(found, children, shorter)
            going = going[~found & (shorter != _ROOT)]
        return tails


def _keys(nodes: Nodes, codes: Nodes) -> NDArray[np.uint32]:
    return (nodes << 8 | codes).view(np.uint32)
