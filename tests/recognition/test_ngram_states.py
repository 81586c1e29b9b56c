"""The automaton of an n-gram, against looking every context up from its first code."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.ngram import BACKOFF_TOP, STEP, NGram
from training.ngram import train_ngram


def trie(model: NGram) -> dict[bytes, tuple[float, float | None]]:
    """Log probability of every n-gram, and its backoff weight if others go on from it."""
    nodes = [b""] * (len(model) + 1)
    roots = len(model) - int(model.children.sum(dtype=int))
    ends = np.cumsum([0, roots, *model.children.tolist()])
    for parent, (first, end) in enumerate(pairwise(ends)):
        for child in range(first, end):
            nodes[child + 1] = nodes[parent] + bytes([model.labels[child]])
    known: dict[bytes, tuple[float, float | None]] = {}
    for node in range(1, len(nodes)):
        goes_on = node <= len(model.children) and model.children[node - 1] > 0
        backoff = BACKOFF_TOP - int(model.backoffs[node - 1]) * STEP if goes_on else None
        known[nodes[node]] = -int(model.log_probs[node - 1]) * STEP, backoff
    return known


def log_prob(known: dict[bytes, tuple[float, float | None]], context: bytes, code: int) -> float:
    """Katz's backoff, by its definition."""
    grown = context + bytes([code])
    if grown in known:
        return known[grown][0]
    _, backoff = known.get(context, (0.0, None))
    return (backoff or 0.0) + log_prob(known, context[1:], code)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.text("abé ", max_size=12), min_size=1, max_size=6).filter(any),
    st.integers(2, 6),
    st.integers(0, 60),
    st.lists(st.text("abé ☃", min_size=9, max_size=9), min_size=1, max_size=5),
)
def test_many_texts_at_once_as_by_definition(
    lines: list[str], order: int, most: int, texts: list[str]
) -> None:
    model = train_ngram(lines, order, most)
    known = trie(model)
    states = np.full(len(texts), model.start, np.int32)
    codes = np.array([[model.code(character) for character in text] for text in texts], np.int32)
    for t in range(codes.shape[1]):
        found, states = model.states.score(states, codes[:, t])
        for row, gained in zip(codes, found.tolist(), strict=True):
            context = bytes([model.start - 1, *row[:t].tolist()])[1 - order :]
            assert abs(gained - log_prob(known, context, int(row[t]))) < 1e-4


def test_nothing_is_looked_up_of_no_states() -> None:
    empty = np.zeros(0, np.int32)
    log_probs, states = train_ngram(["abc"]).states.score(empty, empty)
    assert len(log_probs) == len(states) == 0
