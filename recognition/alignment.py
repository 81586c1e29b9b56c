"""How likely a given labelling is under CTC, where its labels lie, and how sure each word is.

The trellis of a labelling of L labels has 2 L + 1 states: its labels with a blank before, between
and after them (Graves et al. 2006, "Connectionist temporal classification", section 4.1). All
labellings of one call run side by side as rows of one array, so that the Python loop over the
frames is paid once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Labels = Sequence[int]
Span = tuple[int, int]

# Under this log probability the linear forward pass may have lost mass to underflow (float64 ends
# near e**-708), and the slower pass in log space is taken.
_LINEAR_LIMIT = -600.0
# Frames between two rescalings of the linear pass; a float32 probability is at least 1e-45.
_RESCALE_EVERY = 4


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
    trellis = _Trellis.of(labellings, blank, probs.shape[1])
    starts = np.zeros(len(labellings), np.int64)
    return _forward(probs, trellis, starts, starts + len(probs))


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
    trellis = _Trellis.of(labellings, blank, log_probs.shape[1])
    n, width = trellis.classes.shape
    frames = len(log_probs)
    emitted = _with_column(log_probs, -np.inf)[:, trellis.classes]
    jump_cost = np.where(trellis.jumps, 0.0, -np.inf)
    moved = np.zeros((frames, n, width), bool)
    jumped = np.zeros((frames, n, width), bool)
    best = np.full((n, width + 2), -np.inf)
    best[:, 2] = 0.0  # as if a blank stood before the first frame
    for t in range(frames):
        stay, step, jump = best[:, 2:], best[:, 1:-1], best[:, :-2] + jump_cost
        np.greater(step, stay, out=moved[t])
        reached = np.maximum(stay, step)
        np.greater(jump, reached, out=jumped[t])
        best[:, 2:] = np.maximum(reached, jump) + emitted[t]
    return [
        _trace_back(best[row, 2:], moved[:, row], jumped[:, row], 2 * len(labels))
        for row, labels in enumerate(labellings)
    ]


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
    if any(not 0 <= first < end <= len(labels) for first, end in words):
        raise ValueError(f"label ranges {list(words)} do not fit {len(labels)} labels")
    cuts = _cuts(probs[:, blank], spans)
    rows: list[Labels] = []
    windows, before, after = [], [], []
    for first, end in words:
        if space is not None:
            first -= first > 0 and labels[first - 1] == space
            end += end < len(labels) and labels[end] == space
        windows.append((cuts[first], cuts[end]))
        before.append(int(first > 0 and labels[first - 1] != labels[first]))
        after.append(int(end < len(labels) and labels[end] != labels[end - 1]))
        rows.append(labels[first - before[-1] : end + after[-1]])
    trellis = _Trellis.of(rows, blank, probs.shape[1], before, after)
    starts, stops = np.array(windows, np.int64).reshape(-1, 2).T
    return np.minimum(_forward(probs, trellis, starts, stops), 0.0)


@dataclass(frozen=True)
class _Trellis:
    """The states of several labellings, padded at the end with a class of probability 0."""

    classes: NDArray[np.int64]  # (n, S)
    jumps: NDArray[np.bool_]  # (n, S): may be entered from two states before (skipping a blank)
    entries: NDArray[np.bool_]  # (n, S): states of the first frame
    exits: NDArray[np.bool_]  # (n, S): states of the last frame

    @classmethod
    def of(
        cls,
        labellings: Sequence[Labels],
        blank: int,
        n_classes: int,
        optional_before: Sequence[int] = (),
        optional_after: Sequence[int] = (),
    ) -> _Trellis:
        """Build the states; so many labels at either end of each labelling are optional."""
        lengths = np.array([len(labels) for labels in labellings], np.int64)
        if any(not 0 <= label < n_classes or label == blank for row in labellings for label in row):
            raise ValueError(f"labels must be in 0..{n_classes - 1} and not the blank, {blank}")
        state = np.arange(2 * int(lengths.max(initial=0)) + 1)[None, :]
        last = 2 * lengths[:, None]
        classes = np.where(state <= last, blank, n_classes)
        for row, labels in enumerate(labellings):
            classes[row, 1 : 2 * len(labels) : 2] = labels
        jumps = np.zeros(classes.shape, bool)
        jumps[:, 3::2] = classes[:, 3::2] != classes[:, 1:-2:2]
        before = 2 * np.array(optional_before or [0] * len(labellings), np.int64)[:, None]
        after = 2 * np.array(optional_after or [0] * len(labellings), np.int64)[:, None]
        entries = (state <= 1 + before) & (state <= last)
        exits = (state >= last - 1 - after) & (state <= last)
        return cls(classes, jumps, entries, exits)


def _forward(
    probs: NDArray[np.float64],
    trellis: _Trellis,
    starts: NDArray[np.int64],
    stops: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Log probability (n,) of each row of the trellis over its own frames [start, stop)."""
    n, width = trellis.classes.shape
    longest = int((stops - starts).max(initial=0))
    # Rows of shorter windows run on over frames that are not theirs; their result is read before.
    frames = np.minimum(starts + np.arange(longest)[:, None], len(probs) - 1)
    emitted = _with_column(probs, 0.0)[frames[:, :, None], trellis.classes]
    result = np.where(trellis.entries & trellis.exits, 0.0, -np.inf).max(axis=1)
    log_scale = np.zeros(n)
    alpha = np.zeros((n, width + 2))
    ends = set((stops - starts).tolist())
    with np.errstate(divide="ignore"):
        for t in range(longest):
            if t == 0:
                alpha[:, 2:] = trellis.entries * emitted[0]
            else:
                jump = alpha[:, :-2] * trellis.jumps
                alpha[:, 2:] = (alpha[:, 2:] + alpha[:, 1:-1] + jump) * emitted[t]
            if t % _RESCALE_EVERY == 0:
                scale = alpha.max(axis=1)
                scale[scale == 0] = 1.0
                alpha /= scale[:, None]
                log_scale += np.log(scale)
            if t + 1 in ends:
                total = np.log((alpha[:, 2:] * trellis.exits).sum(axis=1)) + log_scale
                result = np.where(stops - starts == t + 1, total, result)
        for row in np.flatnonzero((result < _LINEAR_LIMIT) & (stops > starts)):
            result[row] = _forward_in_log_space(probs[starts[row] : stops[row]], trellis, int(row))
    return result


def _forward_in_log_space(probs: NDArray[np.float64], trellis: _Trellis, row: int) -> float:
    """Log probability of one row over all frames given: slow, but nothing underflows."""
    emitted = np.log(_with_column(probs, 0.0)[:, trellis.classes[row]])
    jump_cost = np.where(trellis.jumps[row], 0.0, -np.inf)
    alpha = np.full(emitted.shape[1] + 2, -np.inf)
    alpha[2:] = np.where(trellis.entries[row], emitted[0], -np.inf)
    for frame in emitted[1:]:
        moved = np.logaddexp(alpha[2:], alpha[1:-1])
        alpha[2:] = np.logaddexp(moved, alpha[:-2] + jump_cost) + frame
    return float(np.logaddexp.reduce(alpha[2:][trellis.exits[row]]))


def _trace_back(
    best: NDArray[np.float64],
    moved: NDArray[np.bool_],
    jumped: NDArray[np.bool_],
    last: int,
) -> tuple[Span, ...]:
    """Spans of the labels on the best path; `last` is the state of the final blank."""
    state = last - 1 if last and best[last - 1] > best[last] else last
    if best[state] == -np.inf:
        raise ValueError(f"no path of {len(moved)} frames reads these {last // 2} labels")
    starts, ends = [0] * (last // 2), [0] * (last // 2)
    for t in range(len(moved) - 1, -1, -1):
        if state % 2:
            starts[state // 2] = t
            ends[state // 2] = max(ends[state // 2], t + 1)
        state -= 2 if jumped[t, state] else int(moved[t, state])
    return tuple(zip(starts, ends, strict=True))


def _cuts(blanks: NDArray[np.float64], spans: Sequence[Span]) -> list[int]:
    """Frame of the cut before each label, and the end: where the blank is most probable."""
    cuts = [0]
    for (_, end), (start, _) in pairwise(spans):
        cuts.append(end + int(np.argmax(blanks[end:start])) if end < start else start)
    return [*cuts, len(blanks)] if spans else cuts


def _with_column(array: NDArray[np.floating], value: float) -> NDArray[np.floating]:
    """The array with one more column, which the padding of a trellis points at."""
    return np.pad(array, ((0, 0), (0, 1)), constant_values=value)
