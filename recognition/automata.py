"""Deterministic automata over a recognizer's characters, made of patterns and lists of words.

Thompson's construction and the subset construction (Aho, Sethi and Ullman, "Compilers", 3.7),
then Moore's minimisation. Every step is bounded: a hostile pattern ends in one clear error.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recognition.patterns import (
    Chain,
    Chars,
    Choice,
    Node,
    PatternError,
    Repeat,
    any_of,
    parse_pattern,
)

NOWHERE = -1
# States of the non-deterministic automaton on the way; a list of 10,000 names needs 200,000.
MOST_STEPS = 250_000
# Arcs and set members looked at to make it deterministic: about a second.
MOST_WORK = 700_000
# Larger automata (lists of words) are used as they are.
_MOST_MINIMISED = 4_000


@dataclass(frozen=True)
class Automaton:
    """Which texts a field may hold.

    Attributes
    ----------
    alphabet : str
        Label k is the character ``alphabet[k]``.
    table : int32 (S, len(alphabet))
        State after each label, or `NOWHERE`; it begins in state 0. From every state an accepted
        text can be completed.
    accepts : bool (S,)
        States in which the text may end.
    """

    alphabet: str
    table: NDArray[np.int32]
    accepts: NDArray[np.bool_]

    @property
    def labels(self) -> NDArray[np.int64]:
        """The labels that occur in any accepted text, ascending."""
        return np.flatnonzero((self.table != NOWHERE).any(axis=0))

    @property
    def characters(self) -> frozenset[str]:
        """The characters that occur in any accepted text."""
        return frozenset(self.alphabet[label] for label in self.labels)

    def matches(self, text: str) -> bool:
        """Tell whether the text is accepted."""
        state = 0
        for character in text:
            label = self.alphabet.find(character)
            state = int(self.table[state, label]) if label >= 0 else NOWHERE
            if state == NOWHERE:
                return False
        return bool(self.accepts[state])

    def shortest(self) -> int:
        """Return the number of characters of the shortest accepted text."""
        reached, length = {0}, 0
        while not self.accepts[list(reached)].any():
            reached = set(self.table[list(reached)].ravel().tolist()) - {NOWHERE}
            length += 1
        return length


def pattern_automaton(pattern: str, alphabet: str) -> Automaton:
    """Make the automaton of a pattern.

    Parameters
    ----------
    pattern
        As `recognition.patterns` describes.
    alphabet
        The recognizer's characters; others cannot be read and are left out of classes.

    Raises
    ------
    PatternError
        If the pattern is malformed, needs a character that cannot be read, or is too large.
    """
    return build(parse_pattern(pattern), alphabet)


def words_automaton(words: Iterable[str], alphabet: str) -> Automaton:
    """Make the automaton of a list of words; parameters and errors as `pattern_automaton`."""
    return build(any_of(sorted(set(words))), alphabet)


def build(node: Node, alphabet: str) -> Automaton:
    """Make the automaton of a parsed pattern; parameters and errors as `pattern_automaton`."""
    net = _Net(alphabet)
    table, accepts = _determinise(net, *net.add(Chain((node,))))
    table, accepts = _trim(table, accepts)
    if len(table) <= _MOST_MINIMISED:
        table, accepts = _minimise(table, accepts)
    return Automaton(alphabet, table, accepts)


@dataclass
class _Net:
    """A non-deterministic automaton: every state has one labelled arc or silent ones."""

    alphabet: str
    labels: list[frozenset[int]] = field(default_factory=list)  # of the arc to the next state
    silent: list[list[int]] = field(default_factory=list)
    _known: dict[Chars, frozenset[int]] = field(default_factory=dict)

    def add(self, node: Node) -> tuple[int, int]:
        """Add the states of a node; return its first and its last."""
        if isinstance(node, Chars):
            start = self._state(self._labels(node))
            return start, self._state()
        if isinstance(node, Chain):
            return self._chain(node.parts)
        if isinstance(node, Choice):
            start, end = self._state(), self._state()
            for part in node.parts:
                first, last = self.add(part)
                self.silent[start].append(first)
                self.silent[last].append(end)
            return start, end
        return self._repeat(node)

    def _state(self, labels: frozenset[int] = frozenset()) -> int:
        if len(self.labels) >= MOST_STEPS:
            raise PatternError(f"the pattern needs more than {MOST_STEPS} steps")
        self.labels.append(labels)
        self.silent.append([])
        return len(self.labels) - 1

    def _labels(self, node: Chars) -> frozenset[int]:
        if node not in self._known:
            held = [(c in node.characters) != node.negated for c in self.alphabet]
            self._known[node] = frozenset(np.flatnonzero(held).tolist())
        if not self._known[node]:
            wanted = "".join(sorted(node.characters))[:20]
            raise PatternError(f"no character of {wanted!r} can be read by this model")
        return self._known[node]

    def _chain(self, parts: Iterable[Node]) -> tuple[int, int]:
        start = end = self._state()
        for part in parts:
            first, last = self.add(part)
            self.silent[end].append(first)
            end = last
        # A last state without silent arcs: sets of states are told apart by it.
        stop = self._state()
        self.silent[end].append(stop)
        return start, stop

    def _repeat(self, node: Repeat) -> tuple[int, int]:
        start, end = self._chain([node.part] * node.low)
        if node.high is None:
            first, last = self.add(node.part)
            loop = self._state()
            self.silent[end].append(loop)
            self.silent[loop].append(first)
            self.silent[last].append(loop)
            return start, loop
        stop = self._state()
        for _ in range(node.high - node.low):
            self.silent[end].append(stop)
            first, last = self.add(node.part)
            self.silent[end].append(first)
            end = last
        self.silent[end].append(stop)
        return start, stop


def _determinise(net: _Net, start: int, end: int) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Return table and accepting states: each state stands for a set of the net's states."""
    first = _closure(net, {start})
    numbers, queue = {first: 0}, [first]
    arcs: list[tuple[int, int, int]] = []
    work = 0
    for number, states in enumerate(queue):
        targets: dict[int, set[int]] = {}
        for state in states:
            work += len(net.labels[state]) + 1
            for label in net.labels[state]:
                targets.setdefault(label, set()).add(state + 1)
        closed: dict[frozenset[int], int] = {}
        for label, reached in targets.items():
            key = frozenset(reached)
            if key not in closed:
                following = _closure(net, reached)
                work += len(following)
                if following not in numbers:
                    numbers[following] = len(queue)
                    queue.append(following)
                closed[key] = numbers[following]
            arcs.append((number, label, closed[key]))
        if work > MOST_WORK:
            raise PatternError("the pattern leads to too many states; make it simpler")
    table = np.full((len(queue), len(net.alphabet)), NOWHERE, np.int32)
    if arcs:
        origin, labels, target = np.array(arcs).T
        table[origin, labels] = target
    return table, np.array([end in states for states in queue], bool)


def _closure(net: _Net, states: set[int]) -> frozenset[int]:
    """Return the states with all that silent arcs lead to; only such as matter are kept."""
    reached, waiting = set(states), list(states)
    while waiting:
        for following in net.silent[waiting.pop()]:
            if following not in reached:
                reached.add(following)
                waiting.append(following)
    # States that only lead on silently would make sets differ that behave alike.
    return frozenset(s for s in reached if net.labels[s] or not net.silent[s])


def _trim(
    table: NDArray[np.int32], accepts: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Drop the states from which nothing accepted can be reached."""
    useful = accepts.copy()
    origin, label = np.nonzero(table != NOWHERE)
    target = table[origin, label]
    while True:
        grown = useful.copy()
        grown[origin[useful[target]]] = True
        if (grown == useful).all():
            break
        useful = grown
    if not useful[0]:
        raise PatternError("the pattern accepts nothing")
    number = np.where(useful, np.cumsum(useful) - 1, NOWHERE).astype(np.int32)
    moved = np.where(table != NOWHERE, number[table], NOWHERE)
    return np.asarray(moved[useful], np.int32), accepts[useful]


def _minimise(
    table: NDArray[np.int32], accepts: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Merge the states that behave alike (Moore), the first state staying the first."""
    _, columns = np.unique(table, axis=1, return_index=True)
    kind = accepts.astype(np.int32)
    count = 0
    while True:
        following = np.where(table != NOWHERE, kind[table], NOWHERE)[:, columns]
        signature = np.column_stack([kind, following])
        _, first, inverse = np.unique(signature, axis=0, return_index=True, return_inverse=True)
        kind = inverse.reshape(-1).astype(np.int32)
        if len(first) == count:
            break
        count = len(first)
    # np.unique numbers the kinds by their signature; the start has to be 0.
    order = np.argsort(first, kind="stable")
    rank = np.empty(count, np.int32)
    rank[order] = np.arange(count, dtype=np.int32)
    kept = first[order]
    merged = np.where(table[kept] != NOWHERE, rank[kind[table[kept]]], NOWHERE)
    return np.asarray(merged, np.int32), accepts[kept]
