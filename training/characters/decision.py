"""Which errors a character model should avoid: weights between accuracy and balanced accuracy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from training.characters.measures import merged_key


def decision_weights(
    frequencies: NDArray[np.float64], alphabet: str, evenness: float
) -> NDArray[np.float64]:
    """Return what to multiply the probability of each character with before the best is chosen.

    The best one then maximises ``(1 - evenness) * accuracy + evenness * balanced accuracy``: an
    image of class c adds 1/n to the first and 1/(K n f_c) to the second, n images and K classes
    of frequency f. Both cases of a letter that EMNIST merges are one class here, so that the
    choice between them stays what its frequencies say.

    Parameters
    ----------
    frequencies
        Of the characters, for which the probabilities are right, float64 (alphabet,).
    alphabet
        The characters.
    evenness
        0 changes nothing; 1 takes all classes to be equally frequent.

    Returns
    -------
    float64 (alphabet,)

    Raises
    ------
    ValueError
        If the evenness is not between 0 and 1.

    Examples
    --------
    >>> decision_weights(np.array([0.5, 0.3, 0.2]), "7Cc", 0.0).tolist()
    [1.0, 1.0, 1.0]
    >>> decision_weights(np.array([0.8, 0.1, 0.1]), "7Cc", 1.0).tolist()
    [0.625, 2.5, 2.5]
    """
    if not 0 <= evenness <= 1:
        raise ValueError(f"the evenness must be between 0 and 1, but is {evenness}")
    names = [merged_key(character) for character in alphabet]
    totals = dict.fromkeys(names, 0.0)
    for name, frequency in zip(names, frequencies, strict=True):
        totals[name] += float(frequency)
    shares = np.array([totals[name] for name in names])
    return np.asarray((1 - evenness) + evenness / (len(totals) * np.maximum(shares, 1e-6)))
