"""How likely a labelling is under CTC, where its labels lie, and how sure each word is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from recognition.trellis import Labels as Labels
from recognition.trellis import Row, Trellis
from recognition.trellis import Span as Span


def probabilities(log_probs: NDArray[np.float32], blank: int) -> NDArray[np.float64]:
    """Check the output of a CTC network and take it out of log space.

    Parameters
    ----------
    log_probs : float32 (T, C)
        Natural logarithms; each frame is a distribution over the C classes.
    blank : int
        Index of the blank class.

    Returns
    -------
    float64 (T, C)

    Raises
    ------
    ValueError
        If the array is not two-dimensional, `blank` is no class, or a frame does not sum to 1
        (logits or plain probabilities were passed).
    """
    if log_probs.ndim != 2:
        raise ValueError(f"log_probs must have shape (frames, classes), not {log_probs.shape}")
    if not 0 <= blank < log_probs.shape[1]:
        raise ValueError(f"blank {blank} is not one of {log_probs.shape[1]} classes")
    probs = np.exp(log_probs, dtype=np.float64)
    if not np.all(np.abs(probs.sum(axis=1) - 1) < 0.01):
        raise ValueError("log_probs must be log probabilities: every frame has to sum to 1")
    return probs


def labelling_log_probs(
    log_probs: NDArray[np.float32], labellings: Sequence[Labels], blank: int
) -> NDArray[np.float64]:
    """Log probability of each labelling: the sum over all its paths (CTC forward algorithm).

    Parameters
    ----------
    log_probs : float32 (T, C)
    labellings : sequence of n label sequences, without blanks
    blank : int

    Returns
    -------
    float64 (n,)
        ``-inf`` for a labelling that does not fit in T frames.

    Raises
    ------
    ValueError
        As `probabilities`, or if a labelling holds the blank or an unknown class.
    """
    probs = probabilities(log_probs, blank)
    return _trellis(labellings, blank, probs.shape).log_probs(probs)


def align(
    log_probs: NDArray[np.float32], labellings: Sequence[Labels], blank: int
) -> list[tuple[Span, ...]]:
    """Frames of every label on the most probable path of its labelling (Viterbi).

    Parameters
    ----------
    log_probs : float32 (T, C)
    labellings : sequence of label sequences, without blanks
    blank : int

    Returns
    -------
    list of tuples of (start, end)
        One tuple a labelling, one frame range [start, end) a label: in order, disjoint, never
        empty. Blank frames belong to no label.

    Raises
    ------
    ValueError
        If a labelling has no path of positive probability, or as `labelling_log_probs`.
    """
    probabilities(log_probs, blank)
    return _trellis(labellings, blank, log_probs.shape).spans(log_probs)


def word_ranges(labels: Labels, space: int) -> list[Span]:
    """Label ranges [first, end) of the words: the longest runs without the `space` label."""
    inner = np.array([label != space for label in labels], np.int8)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], inner, [0])).astype(np.int8)))
    return [(int(first), int(end)) for first, end in edges.reshape(-1, 2)]


def word_log_probs(
    log_probs: NDArray[np.float32],
    labels: Labels,
    spans: Sequence[Span],
    words: Sequence[Span],
    blank: int,
    space: int | None = None,
) -> NDArray[np.float64]:
    """Log probability that the frames around each label range read exactly these labels.

    Every window of frames has labellings whose CTC probabilities sum to 1, so the forward
    probability of the word's labels over the window of that word *is* the probability of the
    word given its frames, all alternatives (other letters, more letters, fewer letters) counted.
    Two details make it fair:

    - A word is right only if it ends where it is said to end, so a neighbouring `space` belongs
      to the sequence and to its window: "in" read from something that may be "into" is not sure.
    - A window is cut at the frame where the blank is most probable between two labels. Should the
      label across the cut still be seen inside, that is no other reading of the word: it may
      appear at the edge. (Not where it equals the label at the edge: a doubled letter counts.)

    Parameters
    ----------
    log_probs : float32 (T, C)
    labels : n labels
        The labelling that was chosen for the line.
    spans : n frame ranges [start, end)
        Its alignment, from `align`.
    words : sequence of label ranges [first, end)
        From `word_ranges`, or (i, i + 1) for single glyphs. None may be empty.
    blank : int
    space : int, optional
        The label between words; None for glyphs.

    Returns
    -------
    float64 (len(words),), at most 0

    Raises
    ------
    ValueError
        If a range is empty or reaches over the labels, or as `labelling_log_probs`.
    """
    probs = probabilities(log_probs, blank)
    rows = word_rows(probs[:, blank], labels, spans, words, space)
    return np.minimum(Trellis(rows, blank, probs.shape[1]).log_probs(probs), 0.0)


def word_rows(
    blanks: NDArray[np.float64],
    labels: Labels,
    spans: Sequence[Span],
    words: Sequence[Span],
    space: int | None = None,
    first_frame: int = 0,
) -> list[Row]:
    """What `word_log_probs` asks of a trellis, for lines that are to share one.

    Parameters
    ----------
    blanks : float64 (T,)
        Probability of the blank in the frames of the line.
    labels, spans, words, space
        As `word_log_probs`.
    first_frame : int
        Number of the line's first frame among those of all lines.

    Raises
    ------
    ValueError
        If a range is empty or reaches over the labels.
    """
    if any(not 0 <= first < end <= len(labels) for first, end in words):
        raise ValueError(f"label ranges {list(words)} do not fit {len(labels)} labels")
    cuts = [first_frame + cut for cut in _cuts(blanks, spans)]
    rows = []
    for first, end in words:
        if space is not None:
            first -= first > 0 and labels[first - 1] == space
            end += end < len(labels) and labels[end] == space
        before = int(first > 0 and labels[first - 1] != labels[first])
        after = int(end < len(labels) and labels[end] != labels[end - 1])
        window = cuts[first], cuts[end]
        rows.append(Row(labels[first - before : end + after], window, before, after))
    return rows


def _trellis(labellings: Sequence[Labels], blank: int, shape: tuple[int, ...]) -> Trellis:
    return Trellis([Row(labels, (0, shape[0])) for labels in labellings], blank, shape[1])


def _cuts(blanks: NDArray[np.float64], spans: Sequence[Span]) -> list[int]:
    """Frame of the cut before each label, and the end: where the blank is most probable."""
    cuts = [0]
    for (_, end), (start, _) in pairwise(spans):
        cuts.append(end + int(np.argmax(blanks[end:start])) if end < start else start)
    return [*cuts, len(blanks)] if spans else cuts
