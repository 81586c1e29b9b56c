"""Labelled characters: sets joined under one alphabet, reduced, split in fair shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.emnist import BYCLASS


@dataclass(frozen=True)
class CharacterSet:
    """Images of single characters with their labels.

    Attributes
    ----------
    images
        uint8 (n, 28, 28), white ink on black, upright.
    labels
        int64 (n,), numbers of classes.
    classes
        The characters that each label may stand for. Under `common_classes`, the first ones
        stand for one character each and are the alphabet; those after it stand for several
        ("Cc": the case is unknown).
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.images)

    @property
    def alphabet(self) -> str:
        """The characters that have a class of their own."""
        return "".join(text for text in self.classes if len(text) == 1)

    @property
    def counts(self) -> NDArray[np.int64]:
        """Images of each class, int64 (classes,)."""
        return np.bincount(self.labels, minlength=len(self.classes))

    def take(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> CharacterSet:
        """Return the chosen images under the same classes."""
        return CharacterSet(self.images[chosen], self.labels[chosen], self.classes)

    def exact(self) -> CharacterSet:
        """Return the images whose character is known, under the classes of the alphabet."""
        known = self.labels < len(self.alphabet)
        return CharacterSet(self.images[known], self.labels[known], tuple(self.alphabet))


def common_classes(class_lists: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return classes under which sets with different ones can be joined.

    A label for several characters ("Cc" of ByMerge) stays one where another set tells them
    apart; else it is a class of its own, named by its first character.

    Parameters
    ----------
    class_lists
        What the labels of each set stand for, as in `training.emnist.CLASSES`.

    Examples
    --------
    >>> common_classes([("0", "Cc")])
    ('0', 'C')
    >>> common_classes([("0", "Cc"), ("0", "C", "c")])
    ('0', 'C', 'c', 'Cc')
    """
    texts = {text for classes in class_lists for text in classes}
    single = {text for text in texts if len(text) == 1}
    merged = {text for text in texts if len(text) > 1 and single.issuperset(text)}
    single |= {text[0] for text in texts - single - merged}
    return (*sorted(single, key=_place), *sorted(merged))


def under(data: CharacterSet, classes: Sequence[str]) -> CharacterSet:
    """Return a set numbered by other classes, such as `common_classes` of it and others.

    Raises
    ------
    ValueError
        If an image's label has no class there.
    """
    number = {text: k for k, text in enumerate(classes)}
    new = np.array([number.get(text, number.get(text[0], -1)) for text in data.classes], np.int64)
    labels = new[data.labels]
    if (labels < 0).any():
        unknown = data.classes[int(data.labels[labels < 0][0])]
        raise ValueError(f"images of {unknown!r}, but that is no class of the training images")
    return CharacterSet(data.images, labels, tuple(classes))


def concatenate(sets: Sequence[CharacterSet]) -> CharacterSet:
    """Put sets under the same classes together."""
    images = np.concatenate([some.images for some in sets])
    return CharacterSet(images, np.concatenate([some.labels for some in sets]), sets[0].classes)


def keep_only(data: CharacterSet, characters: str) -> CharacterSet:
    """Return the images that can only be one of the characters, under those classes.

    Raises
    ------
    ValueError
        If a character is in no class of the data, or fewer than two are left.
    """
    foreign = set(characters) - set("".join(data.classes))
    if foreign:
        raise ValueError(f"no class for {''.join(sorted(foreign))!r} in the data")
    wanted = set(characters)
    kept = [k for k, text in enumerate(data.classes) if wanted.issuperset(text)]
    if len(wanted) < 2:
        raise ValueError("two different characters are needed at least")
    renumbered = np.full(len(data.classes), -1, np.int64)
    renumbered[kept] = np.arange(len(kept))
    labels = renumbered[data.labels]
    classes = tuple(data.classes[k] for k in kept)
    return CharacterSet(data.images[labels >= 0], labels[labels >= 0], classes)


def stratified_split(
    data: CharacterSet, share: float, rng: np.random.Generator
) -> tuple[CharacterSet, CharacterSet]:
    """Set a share of every class apart.

    Parameters
    ----------
    data
        At least two images of every class that it holds.
    share
        0 to 1; at least one image of a class goes apart and at least one stays.
    rng
        Chooses.

    Returns
    -------
    tuple
        What stays, and what is apart.

    Raises
    ------
    ValueError
        If the share is out of range, or a class has a single image.
    """
    if not 0 < share < 1:
        raise ValueError(f"the validation share must be between 0 and 1, but is {share}")
    apart = np.zeros(len(data), bool)
    for label, count in enumerate(data.counts):
        if count == 1:
            raise ValueError(f"a single image of {data.classes[label]!r}: it cannot be split")
        if count:
            members = rng.permutation(np.flatnonzero(data.labels == label))
            apart[members[: int(np.clip(round(share * count), 1, count - 1))]] = True
    return data.take(~apart), data.take(apart)


def class_shares(data: CharacterSet, reference: CharacterSet) -> NDArray[np.float64]:
    """Return how often each character of the alphabet is in the data, float64 summing to 1.

    Images of unknown case are shared out as the reference has the cases.

    Parameters
    ----------
    data
        Images, some of them with several possible characters.
    reference
        Images under the same alphabet; only exact labels count.
    """
    alphabet = data.alphabet
    usual = reference.counts[: len(alphabet)] + 1e-9
    shares = np.zeros(len(alphabet))
    for text, count in zip(data.classes, data.counts, strict=True):
        members = [alphabet.index(character) for character in text]
        shares[members] += count * usual[members] / usual[members].sum()
    return (shares + 0.5) / (shares + 0.5).sum()


def _place(character: str) -> tuple[int, str]:
    """Sort key: EMNIST's order first, then by code point."""
    place = BYCLASS.find(character)
    return (place if place >= 0 else len(BYCLASS), character)
