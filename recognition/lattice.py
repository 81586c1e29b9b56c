"""The best path through a lattice of candidate characters.

Every candidate is an arc from one cut of the line to another. A path is worth the sum of what its
arcs are worth as characters, of the network's log probabilities, of the language's, of the gaps
taken for spaces or not, and of the changes between capitals, small letters and digits. The search
goes from left to right and keeps the best paths to every cut (beam search; Bellman's recursion is
exact but for the language's long memory).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recognition.language import Language

Floats = NDArray[np.float64]
SPACE = " "


@dataclass(frozen=True)
class LatticeConfig:
    """How much each part counts; fitted on lines set from UNIPEN's training characters.

    Attributes
    ----------
    beam
        Paths kept at every cut.
    labels
        Characters considered of each arc.
    narrow
        Paths and characters so many nats below the best are left out.
    whole, image, language, kind, space
        Weights of: being one whole character, the network, the language, the changes of kind,
        the width of the gaps.
    """

    beam: int = 10
    labels: int = 9
    narrow: float = 7.0
    whole: float = 0.5
    image: float = 0.8
    language: float = 0.5
    kind: float = 0.9
    space: float = 1.0


@dataclass(frozen=True, eq=False)
class Lattice:
    """Arcs between the cuts of a line, cut 0 at its left end.

    Attributes
    ----------
    arcs
        (first, end) cuts of each arc; from every cut but the last leads an arc to the next.
    whole
        float64 (n,), log odds that each is one whole character.
    log_probs
        float64 (n, len(characters)), which character it is if it is one.
    characters
        What the columns stand for.
    spaces
        float64 (cuts,), log odds that a space is at each cut, if an arc ends there.
    """

    arcs: Sequence[tuple[int, int]]
    whole: Floats
    log_probs: Floats
    characters: str
    spaces: Floats


@dataclass(frozen=True)
class LatticePath:
    """A path: its score, its arcs with their characters, after which of them spaces follow."""

    score: float
    arcs: tuple[int, ...]
    text: tuple[str, ...]
    spaced: tuple[bool, ...]

    @property
    def line(self) -> str:
        """The text with its spaces."""
        return "".join(
            c + SPACE * gap for c, gap in zip(self.text, self.spaced, strict=True)
        ).strip()


# Log probabilities of the kind of a character after another's; rows: at the start of a word, after
# a small letter, one capital at the start, a run of capitals, a digit. Columns: small letter,
# capital, digit, sign. Rough shares of running text with names, headlines and numbers.
_KINDS = np.log(
    [
        [0.60, 0.24, 0.14, 0.02],
        [0.93, 0.01, 0.01, 0.05],
        [0.55, 0.38, 0.02, 0.05],
        [0.02, 0.90, 0.03, 0.05],
        [0.02, 0.03, 0.85, 0.10],
    ]
)


# Kind after each kind and character; a sign leaves the kind as it was.
_KIND_AFTER = ((1, 2, 4, 0), (1, 3, 4, 1), (1, 3, 4, 2), (1, 3, 4, 3), (1, 3, 4, 4))
# Log odds from which a gap is taken for what it looks like.
_CERTAIN = 7.0
# Characters in which paths to one cut must differ for both to be kept.
_TAIL = 5


@dataclass(frozen=True, slots=True)
class _Partial:
    """A path up to a cut; what it has read hangs on `before`."""

    score: float
    state: Any
    kind: int
    before: _Partial | None
    arc: int
    character: str
    tail: str


class _Beam:
    """The best paths to one cut."""

    def __init__(self) -> None:
        self._paths: dict[tuple[int, str], _Partial] = {}
        self.best = -math.inf

    def add(self, path: _Partial) -> None:
        """Keep the best of the paths that are alike in their last characters."""
        key = path.kind, path.tail
        known = self._paths.get(key)
        if known is None or known.score < path.score:
            self._paths[key] = path
            self.best = max(self.best, path.score)

    def kept(self, config: LatticeConfig) -> list[_Partial]:
        """Return the paths worth going on with, best first."""
        near = [p for p in self._paths.values() if p.score >= self.best - config.narrow]
        return sorted(near, key=lambda p: -p.score)[: config.beam]


def best_paths(
    lattice: Lattice, language: Language | None = None, config: LatticeConfig | None = None
) -> list[LatticePath]:
    """Find the best paths through a lattice.

    Parameters
    ----------
    lattice
    language
        Over the labels of `language_alphabet`; None judges by the image alone.
    config

    Returns
    -------
    list of LatticePath
        Best first, of different texts; at least one.
    """
    config = config or LatticeConfig()
    search = _Search(lattice, language, config)
    last = len(lattice.spaces) - 1
    beams = [_Beam() for _ in range(last + 1)]
    beams[0].add(_Partial(0.0, language.start() if language else None, 0, None, -1, "", ""))
    leaving: list[list[int]] = [[] for _ in range(last + 1)]
    for number, (first, _) in enumerate(lattice.arcs):
        leaving[first].append(number)
    for cut in range(last):
        kept = beams[cut].kept(config)
        search.weigh(kept, leaving[cut])
        for row, partial in enumerate(kept):
            for arc in leaving[cut]:
                search.extend(row, partial, arc, beams[lattice.arcs[arc][1]])
    found: dict[str, LatticePath] = {}
    for partial in beams[last].kept(config):
        path = _path(partial, search.finished(partial))
        if path.line not in found or found[path.line].score < path.score:
            found[path.line] = path
    return sorted(found.values(), key=lambda path: -path.score)


class _Search:
    """Extends paths by arcs."""

    def __init__(self, lattice: Lattice, language: Language | None, config: LatticeConfig) -> None:
        self._lattice, self._language, self._config = lattice, language, config
        alphabet = language_alphabet(lattice.characters)
        self._labels = [alphabet.index(c.lower()) for c in lattice.characters]
        self._columns = [_column(c) for c in lattice.characters]
        self._space = alphabet.index(SPACE)
        self._options = [_options(row, config) for row in lattice.log_probs]
        self._whole = (lattice.whole * config.whole).tolist()
        self._gaps = [_gap(odds) for odds in lattice.spaces.tolist()]
        self._kinds = (_KINDS * config.kind).tolist()
        # Of the paths to the cut at hand and each label: the language's weights and states.
        self._places: dict[int, int] = {}
        self._joined: tuple[list[float], Floats] = [], np.zeros((0, 0))
        self._apart = self._joined

    def weigh(self, kept: list[_Partial], arcs: list[int]) -> None:
        """Let the language weigh all that may follow the paths to a cut, with and without a space.

        One call for all of them: most of what a call costs is the same for one and for a thousand.
        """
        labels = sorted({self._labels[k] for arc in arcs for k, _ in self._options[arc]})
        self._places = {label: place for place, label in enumerate(labels)}
        if self._language is None or not kept or not labels:
            return
        states = np.repeat(np.stack([partial.state for partial in kept]), len(labels), axis=0)
        weights, after = self._language.scores(states, np.tile(labels, len(kept)))
        spaces, spaced = self._language.scores(after, np.full(len(after), self._space))
        self._joined = (weights * self._config.language).tolist(), after
        self._apart = (spaces * self._config.language).tolist(), spaced

    def extend(self, row: int, partial: _Partial, arc: int, beam: _Beam) -> None:
        """Put a path gone on by an arc, with each of its characters, into the beam at its end.

        `row` is the path's place among those that `weigh` was given.
        """
        joined, apart = self._gaps[self._lattice.arcs[arc][1]]
        worth = partial.score + self._whole[arc]
        for k, sure in self._options[arc]:
            column = self._columns[k]
            score = worth + sure + self._kinds[partial.kind][column]
            # The language only ever takes away.
            if score < beam.best - self._config.narrow:
                continue
            character = self._lattice.characters[k]
            tail = (partial.tail + character)[-_TAIL:]
            at = row * len(self._places) + self._places[self._labels[k]]
            liked, state = self._liked(self._joined, at)
            score += liked
            if joined > -_CERTAIN:
                kind = _KIND_AFTER[partial.kind][column]
                beam.add(_Partial(score + joined, state, kind, partial, arc, character, tail))
            if apart > -_CERTAIN:
                liked, state = self._liked(self._apart, at)
                tail = (tail + SPACE)[-_TAIL:]
                spaced = character + SPACE
                beam.add(_Partial(score + apart + liked, state, 0, partial, arc, spaced, tail))

    def finished(self, partial: _Partial) -> float:
        """Return the score of a path that ends the line."""
        if self._language is None:
            return partial.score
        return partial.score + self._config.language * self._language.end(partial.state)

    def _liked(self, weighed: tuple[list[float], Floats], at: int) -> tuple[float, Any]:
        return (weighed[0][at], weighed[1][at]) if self._language else (0.0, None)


def language_alphabet(characters: str) -> str:
    """Return the labels that the language of a lattice weighs: characters without case, space."""
    return "".join(sorted({c.lower() for c in characters} | {SPACE}))


def _options(log_probs: Floats, config: LatticeConfig) -> list[tuple[int, float]]:
    """Return the likely characters of an arc with their weighted log probabilities."""
    order = np.argsort(-log_probs, kind="stable")[: config.labels].tolist()
    least = float(log_probs[order[0]]) - config.narrow
    return [(k, float(log_probs[k]) * config.image) for k in order if log_probs[k] >= least]


def _gap(odds: float) -> tuple[float, float]:
    """Return the log probabilities of no space and of a space at a cut, from its log odds."""
    inside = min(max(odds, -50.0), 50.0)
    return -math.log1p(math.exp(inside)), -math.log1p(math.exp(-inside))


def _column(character: str) -> int:
    if character.islower():
        return 0
    return 1 if character.isupper() else 2 if character.isdigit() else 3


def _path(partial: _Partial, score: float) -> LatticePath:
    steps = []
    at: _Partial | None = partial
    while at is not None and at.arc >= 0:
        steps.append((at.arc, at.character))
        at = at.before
    steps.reverse()
    return LatticePath(
        score,
        tuple(arc for arc, _ in steps),
        tuple(text[0] for _, text in steps),
        tuple(len(text) > 1 for _, text in steps),
    )
