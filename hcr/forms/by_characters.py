"""Numbers on a line weighed once more: by their characters, each judged by the character reader.

The line reader is sure of what it has often seen; that a 7 is a 4, or that there is a digit more,
shows when the line is cut into characters.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from recognition.automata import Automaton
from recognition.candidates import CandidateJudge
from recognition.character_lines import CharacterLineReader
from recognition.characters import CharacterClassifier
from recognition.constrained import Constrained
from recognition.lattice import Lattice, LatticeConfig
from segmentation.characters import split_characters

SHARE = 0.25
"""Weight of the characters' log-probability beside the line reader's; chosen on the copies of
``python -m benchmarks.forms --train``."""
# Log-probabilities lower than these say no more: the line is cut in the wrong places.
_LEAST_OF_LINE, _LEAST_OF_CHARACTERS = -40.0, -30.0
# Log-probability of a character that the character reader does not know.
_UNKNOWN, _LEAST = -4.0, -15.0


class CharacterOpinion:
    """Weighs readings of numbers.

    Parameters
    ----------
    classifier
        Reads single characters.
    judge
        Tells which pieces of a line are single characters.
    """

    def __init__(self, classifier: CharacterClassifier, judge: CandidateJudge) -> None:
        self._characters = CharacterLineReader(classifier, judge, split_characters)

    def weigh(
        self, grey: npt.NDArray[np.uint8], found: Constrained, automaton: Automaton
    ) -> Constrained:
        """Return readings with shares by both readers, the most probable first.

        Parameters
        ----------
        grey
            uint8 (h, w), the line.
        found
            How the line reader reads it.
        automaton
            What the field may hold. Where that has letters nothing changes: running hand cannot
            be cut.
        """
        if len(found.readings) < 2 or any(map(str.isalpha, automaton.characters)):
            return found
        line = split_characters(grey)
        if not line.slices:
            return found
        lattice = self._characters.lattice(line)
        weights = [
            (1 - SHARE) * max(reading.log_prob, _LEAST_OF_LINE)
            + SHARE * max(text_log_prob(lattice, reading.text), _LEAST_OF_CHARACTERS)
            for reading in found.readings
        ]
        total = float(np.logaddexp.reduce(weights))
        readings = [
            replace(reading, share=math.exp(weight - total))
            for reading, weight in zip(found.readings, weights, strict=True)
        ]
        ordered = sorted(readings, key=lambda reading: -reading.share)
        return replace(found, readings=tuple(ordered))


def text_log_prob(lattice: Lattice, text: str, config: LatticeConfig | None = None) -> float:
    """Return how well a text fits a lattice, summed over all ways to cut the line.

    Parameters
    ----------
    lattice
        Of a line.
    text
        Its spaces do not count.
    config
        How much each part counts; defaults where None.

    Returns
    -------
    float
        Log weight of the text, not normalised; -inf where no way has so many characters.
    """
    config = config or LatticeConfig()
    columns = [lattice.characters.find(character) for character in text if character != " "]
    last = len(lattice.spaces) - 1
    # How far each beginning of the text gets: cuts down, characters across.
    reached = np.full((last + 1, len(columns) + 1), -np.inf)
    reached[0, 0] = 0.0
    whole = config.whole * lattice.whole
    sure = config.image * np.maximum(lattice.log_probs, _LEAST)
    known = np.column_stack([sure, np.full(len(sure), _UNKNOWN)])[:, columns]
    for arc in sorted(range(len(lattice.arcs)), key=lambda number: lattice.arcs[number][0]):
        first, end = lattice.arcs[arc]
        step = reached[first, :-1] + whole[arc] + known[arc]
        reached[end, 1:] = np.logaddexp(reached[end, 1:], step)
    return float(reached[last, -1])
