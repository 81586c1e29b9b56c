"""Hashes of sequences that grow by a symbol at a time, many sequences at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

MULTIPLIER = np.int64(6364136223846793005)  # of Knuth's linear congruential generator


def grown(hashes: Ints, symbols: Ints) -> Ints:
    """Return the hashes of sequences that a symbol each is added to.

    Parameters
    ----------
    hashes : int64 (n,)
        Of the sequences before; any number for an empty one.
    symbols : int64 (n,)
        Over 0.

    Returns
    -------
    int64 (n,)
        Polynomials in MULTIPLIER, which wrap around (Karp and Rabin 1987).
    """
    return hashes * MULTIPLIER + symbols
