"""A recurrent network over characters that tells how likely a line is after those before it.

A gated recurrent unit (Cho et al. 2014, in the form of cuDNN, which Keras calls `reset_after`)
reads a page's lines, each with the end of line after it. It remembers more than the few characters
of an n-gram: how the sentence began, what the line above was about. `training.neural_language`
makes such models; NumPy is enough to use them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recognition.archive import pack_text, read_arrays, refusing, unpack_text, write_arrays
from recognition.hashing import MULTIPLIER, grown

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Symbols = Sequence[int]

_FORMAT = 1
# What is read for a character that the model has never seen.
_STRANGE = "?"
# Lines that have agreed in so many symbols go on from one state (Liu et al. 2014, "Efficient
# lattice rescoring using recurrent neural network language models"). CER of Copiste's validation
# lines and of our own cuts without that 5.63 and 5.42 %, with 24, 16 and 12 symbols 5.63 and 5.41,
# with 8 5.63 and 5.43, with 6 5.64 and 5.45; 12 need 63 % of the states.
MEMORY = 12


@dataclass(frozen=True, eq=False)
class NeuralLanguage:
    """A gated recurrent unit with its output layer; S symbols: the characters, the end of a line.

    Attributes
    ----------
    characters : str
        Known characters. Their places are their symbols; the end of a line follows them.
    inputs : float32 (S, 3 H)
        What each symbol adds to the gates: update, reset, candidate.
    recurrent : float32 (H, 3 H)
        What the state before adds to them.
    recurrent_bias : float32 (3 H,)
    outputs : float32 (H, S)
        From the state to the log odds of the next symbol.
    output_bias : float32 (S,)
    """

    characters: str
    inputs: Floats
    recurrent: Floats
    recurrent_bias: Floats
    outputs: Floats
    output_bias: Floats

    @property
    def end(self) -> int:
        """Symbol of the end of a line."""
        return len(self.characters)

    def symbols(self, text: str) -> list[int]:
        """Symbols of a text; a character that is not known counts as a question mark."""
        return [self._places.get(character, self._strange) for character in text]

    def log_probs(
        self, contexts: Sequence[Symbols], lines: Sequence[Sequence[Symbols]]
    ) -> list[list[Floats]]:
        """Log probabilities of the symbols of lines, and of their ends.

        Parameters
        ----------
        contexts : n sequences of int
            What stands before: whole lines with their ends; empty for the first line of a page.
        lines : n sequences of sequences of int
            For each context the lines that may follow, without their ends, the likeliest first.
            What two of them begin with alike is read once. After a difference, at the same place
            and MEMORY symbols back, a line goes on as the first one of those that it agrees with.

        Returns
        -------
        list of lists of float32 (symbols + 1,)
        """
        rows = [line for some in lines for line in some]
        lengths = np.array([len(row) for row in rows], np.int64)
        padded = np.full((len(rows), int(lengths.max(initial=0)) + 1), self.end, np.int64)
        for row, line in zip(padded, rows, strict=True):
            row[: len(line)] = line
        gained = np.zeros(padded.shape, np.float32)
        states, left = self._after(contexts), np.arange(len(rows))
        nodes = np.repeat(np.arange(len(lines)), [len(some) for some in lines])
        memories = _memories(padded, nodes)
        for depth in range(padded.shape[1]):
            symbols = padded[left, depth]
            gained[left, depth] = self._following(states)[nodes, symbols]
            going = lengths[left] > depth
            left, nodes, symbols = left[going], nodes[going], symbols[going]
            _, first, after = np.unique(
                memories[left, depth], return_index=True, return_inverse=True
            )
            states, nodes = self._step(states[nodes[first]], symbols[first]), after
        of_rows = iter(gain[: length + 1] for gain, length in zip(gained, lengths, strict=True))
        return [[next(of_rows) for _ in some] for some in lines]

    def save(self, path: Path) -> None:
        """Write a compressed .npz file in half precision."""
        arrays = {name: getattr(self, name).astype(np.float16) for name in _ARRAYS}
        write_arrays(path, _FORMAT, {"characters": pack_text(self.characters), **arrays})

    @classmethod
    def load(cls, path: Path) -> NeuralLanguage:
        """Read what `save` wrote.

        Raises
        ------
        ValueError
            If the file is not a model, or of another version.
        OSError
            If it cannot be read.
        """
        with refusing(path, "neural language model"):
            stored = read_arrays(path, _FORMAT)
            arrays = [stored[name].astype(np.float32) for name in _ARRAYS]
            model = cls(unpack_text(stored["characters"]), *arrays)
            model._check()
            return model

    def _check(self) -> None:
        """Refuse arrays that do not fit each other, or hold what is no number."""
        symbols, units = len(self.characters) + 1, self.recurrent.shape[0]
        shapes = (
            (symbols, 3 * units),
            (units, 3 * units),
            (3 * units,),
            (units, symbols),
            (symbols,),
        )
        if units == 0 or any(
            array.shape != shape for array, shape in zip(self._arrays, shapes, strict=True)
        ):
            raise ValueError("its arrays do not fit each other")
        if not all(np.isfinite(array).all() for array in self._arrays):
            raise ValueError("it holds values that are no numbers")
        if len(set(self.characters)) != len(self.characters) or _STRANGE not in self.characters:
            raise ValueError("its characters are not usable")

    @property
    def _arrays(self) -> tuple[Floats, ...]:
        return tuple(getattr(self, name) for name in _ARRAYS)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {character: place for place, character in enumerate(self.characters)}

    @cached_property
    def _strange(self) -> int:
        return self._places[_STRANGE]

    def _after(self, contexts: Sequence[Symbols]) -> Floats:
        """States after contexts, (n, H). The beginning of a page reads as the end of a line."""
        symbols = [(self.end, *context) for context in contexts]
        longest = max(map(len, symbols), default=0)
        order = sorted(range(len(symbols)), key=lambda k: -len(symbols[k]))
        states = np.zeros((len(symbols), len(self.recurrent)), np.float32)
        for left in range(longest, 0, -1):
            now = [symbols[k][-left] for k in order if len(symbols[k]) >= left]
            states[: len(now)] = self._step(states[: len(now)], np.array(now))
        after = np.empty_like(states)
        after[order] = states
        return after

    def _step(self, states: Floats, symbols: Ints) -> Floats:
        """States (n, H) after one more symbol each."""
        units = len(self.recurrent)
        given, kept = self.inputs[symbols], states @ self.recurrent + self.recurrent_bias
        odds: Floats = given[:, : 2 * units] + kept[:, : 2 * units]
        gates = np.float32(0.5) * (1 + np.tanh(odds / 2))  # the logistic function, without overflow
        update, reset = gates[:, :units], gates[:, units:]
        candidate = np.tanh(given[:, 2 * units :] + reset * kept[:, 2 * units :])
        after: Floats = candidate + update * (states - candidate)
        return after

    def _following(self, states: Floats) -> Floats:
        """Log probabilities of the next symbol, (n, S)."""
        odds = states @ self.outputs + self.output_bias
        odds -= odds.max(axis=1, keepdims=True)
        normalised: Floats = odds - np.log(np.exp(odds).sum(axis=1, keepdims=True))
        return normalised


def _memories(lines: Ints, numbers: Ints) -> Ints:
    """Numbers that two lines share at a place if they agree in the MEMORY symbols up to it.

    Parameters
    ----------
    lines : int64 (n, longest)
        Symbols.
    numbers : int64 (n,)
        What lines must have in common besides.

    Returns
    -------
    int64 (n, longest)
        Hashes of these symbols.
    """
    memories = np.empty_like(lines)
    known, forgotten = numbers + 1, np.power(MULTIPLIER, MEMORY)
    for place, symbols in enumerate(lines.T):
        known = grown(known, symbols + 1)
        if place >= MEMORY:
            known -= forgotten * (lines[:, place - MEMORY] + 1)
        memories[:, place] = known
    return memories


_ARRAYS = "inputs", "recurrent", "recurrent_bias", "outputs", "output_bias"
