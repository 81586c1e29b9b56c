"""Characters drawn from pen strokes and brought to EMNIST's form, to train beside EMNIST's own.

Reading prepares the characters that it cuts from a line with the same function, so that the
network learns what they look like then.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recognition.characters import prepare_character
from training.characters.data import CharacterSet
from training.ink import InkSet, Strokes, render_ink

CATEGORIES = ("1a", "1b", "1c")
"""UNIPEN's single digits, capitals and small letters."""
# Height in pixels at which characters are drawn: small and large writing in a scan.
_HEIGHTS = (22.0, 70.0)
_DRAWINGS = 3


def ink_characters(
    ink: InkSet,
    classes: tuple[str, ...],
    shares: NDArray[np.float64],
    count: int,
    rng: np.random.Generator,
) -> CharacterSet:
    """Draw single characters, each with a pen of its own.

    Each character is as frequent as the shares say: a network that can tell drawn characters
    from scanned ones would learn other frequencies with them.

    Parameters
    ----------
    ink
        Pen strokes.
    classes
        Of the result, as in `CharacterSet`: the alphabet first.
    shares
        Wanted share of each character of the alphabet, float64 summing to 1.
    count
        Images wanted. A sample is drawn `_DRAWINGS` times at most: a character with too few
        samples has fewer than its share.
    rng
        Chooses samples and pens.

    Raises
    ------
    ValueError
        If the ink has no single character of the alphabet.
    """
    alphabet = "".join(text for text in classes if len(text) == 1)
    usable = ink.select(CATEGORIES, alphabet)
    written = np.array([ink.label(int(k)) for k in usable])
    chosen = [
        _repeated(rng.permutation(usable[written == character]), round(share * count))
        for character, share in zip(alphabet, shares, strict=True)
    ]
    samples = np.concatenate(chosen)
    if not len(samples):
        raise ValueError("the pen strokes hold no single character of the alphabet")
    images = np.stack([draw_character(ink.strokes(int(k)), rng) for k in samples])
    labels = np.repeat(np.arange(len(shares)), [len(members) for members in chosen])
    return CharacterSet(images, labels.astype(np.int64), classes)


def _repeated(samples: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return the first samples, and the same again as often as is allowed and needed."""
    return np.tile(samples, _DRAWINGS)[:count]


def draw_character(strokes: Strokes, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draw the strokes of one character with a random pen, in EMNIST's form.

    Parameters
    ----------
    strokes
        Pen positions, float (n, 2) each.
    rng
        Draws size and pen.

    Returns
    -------
    uint8 (28, 28)
        White on black.
    """
    return prepare_character(render_ink(strokes, float(rng.uniform(*_HEIGHTS)), rng))
