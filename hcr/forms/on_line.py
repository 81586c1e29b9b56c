"""Reads a free line: under what the field may hold, or as running text."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from hcr.forms.by_characters import CharacterOpinion
from hcr.forms.darken import darkened
from hcr.forms.evidence import Evidence, best_value
from hcr.forms.kinds import Kind
from hcr.forms.picture import FieldPicture
from hcr.forms.views import View, seen
from recognition.alignment import labelling_log_probs
from recognition.automata import Automaton
from recognition.constrained import decode
from recognition.crnn import SPACE, LineReader
from recognition.prepare import prepare_line

_LISTED = 5
_PAPER = 255
# Strokes smaller than this share of the square of a field's height are dirt.
_DIRT = 0.002
# What a digit is read as where letters are expected; counted as the digit where they are not.
_ALIKE = (
    ("0", "OoD"),
    ("1", "lI|i"),
    ("2", "Zz"),
    ("5", "Ss"),
    ("6", "bG"),
    ("8", "B"),
    ("9", "gq"),
)
OTHER_VIEWS = (View(width=0.85), View(width=1.15))
"""Running text is read in these ways, too: what is read otherwise then is seldom right."""
LOOK_ALIKES = {letter: digit for digit, letters in _ALIKE for letter in letters}


class LineFieldReader:
    """Reads fields on a line.

    Parameters
    ----------
    line_reader
        The recognizer.
    opinion
        Weighs numbers once more.
    """

    def __init__(self, line_reader: LineReader, opinion: CharacterOpinion) -> None:
        self._lines, self._opinion = line_reader, opinion

    def read(self, picture: FieldPicture, kind: Kind | None) -> Evidence | None:
        """Read a field.

        Parameters
        ----------
        picture
        kind
            What it may hold; None for running text.

        Returns
        -------
        Evidence or None
            None where nothing is written.
        """
        grey = own_writing(picture)
        if grey is None:
            return None
        line = prepare_line(grey)
        if not line.image.shape[1]:
            return None
        if kind is not None:
            frames = fold_frames(self._lines.log_probs(line), kind.automaton)
            found = decode(frames, kind.automaton, _LISTED)
            found = self._opinion.weigh(grey, found, kind.automaton)
            evidence = best_value(found, kind.value)
            if evidence is not None:
                return evidence
            return self._unfitting(grey)
        return self._freely(grey)

    def _unfitting(self, grey: npt.NDArray[np.uint8]) -> Evidence | None:
        """Read what the field may not hold."""
        (reading,) = self._lines.read([grey])
        return Evidence(reading.text, 0.0, -20.0) if reading.text else None

    def _freely(self, grey: npt.NDArray[np.uint8]) -> Evidence | None:
        """Read running text."""
        reading, *others = self._lines.read([grey, *(seen(grey, view) for view in OTHER_VIEWS)])
        if not reading.text:
            return None
        frames, alphabet = self._lines.log_probs(prepare_line(grey)), self._lines.alphabet
        labels = [alphabet.encode(reading.text)]
        (log_prob,) = labelling_log_probs(frames, labels, alphabet.blank).tolist()
        share = float(np.prod([word.confidence for word in reading.words]))
        alike = sum(other.text == reading.text for other in others) / len(others)
        return Evidence(reading.text, share, log_prob, alike)


def own_writing(picture: FieldPicture) -> npt.NDArray[np.uint8] | None:
    """Return the field's picture without what lies wholly outside its box, faint writing darkened.

    Returns
    -------
    uint8 (h, w) or None
        None where nothing but dirt is inside.
    """
    height, width = picture.ink.shape
    margin = picture.margin
    inside = np.zeros((height, width), bool)
    inside[margin : height - margin, margin : width - margin] = True
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        picture.ink.astype(np.uint8), connectivity=8
    )
    own = np.zeros(count, bool)
    own[np.unique(labels[inside])] = True
    own[0] = False
    smallest = max(3.0, _DIRT * (height - 2 * margin) ** 2)
    if not (own & (stats[:, cv2.CC_STAT_AREA] >= smallest)).any():
        return None
    others = (labels > 0) & ~own[labels]
    near = cv2.dilate(others.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    alone = np.where(near & ~own[labels], np.uint8(_PAPER), picture.grey)
    return darkened(alone, own[labels])


def fold_frames(
    log_probs: npt.NDArray[np.float32], automaton: Automaton
) -> npt.NDArray[np.float32]:
    """Count what cannot stand in a field as what is written alike and can.

    Letters in the wrong case count as the right one, look-alikes of digits as digits, and spaces
    as nothing, each where the field cannot hold them.

    Parameters
    ----------
    log_probs
        float32 (T, C), the blank last.
    automaton
        Over C - 1 labels.

    Returns
    -------
    float32 (T, C)
    """
    alphabet, allowed = automaton.alphabet, automaton.characters
    blank = len(alphabet)
    target = np.arange(blank + 1)
    for label, character in enumerate(alphabet):
        if character in allowed:
            continue
        if character == SPACE:
            target[label] = blank
        elif len(character.swapcase()) == 1 and character.swapcase() in allowed:
            target[label] = alphabet.index(character.swapcase())
        elif LOOK_ALIKES.get(character) in allowed:
            target[label] = alphabet.index(LOOK_ALIKES[character])
    folded = np.zeros_like(log_probs)
    np.add.at(folded.T, target, np.exp(log_probs).T)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(folded), np.float32)
