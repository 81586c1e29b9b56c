"""Folders of classes, as in "train/0 ... train/9": pictures of single characters to data."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.characters import prepare_character
from training.characters.data import CharacterSet

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".pgm"})


def read_class_folders(folder: Path) -> CharacterSet:
    """Read the pictures of a folder that has one folder for each character.

    Pictures may have any size and show dark writing on light or light on dark; each is brought
    to the form of EMNIST by `recognition.characters.prepare_character`. A class folder is named
    by its character, or by its code point as in "U+0061", for systems where the names "a" and "A"
    are one.

    Parameters
    ----------
    folder
        The folder of class folders; hidden ones are passed over.

    Raises
    ------
    ValueError
        If a name is no character, a picture cannot be read or is blank, or there is none.
    """
    places: dict[str, list[Path]] = {}
    for place in sorted(folder.iterdir()):
        if place.is_dir() and not place.name.startswith("."):
            places.setdefault(character_of(place), []).append(place)
    images, labels = [], []
    for label, character in enumerate(places):
        for place in places[character]:
            found = [path for path in sorted(place.iterdir()) if path.suffix.lower() in SUFFIXES]
            images += [_read(path) for path in found]
            labels += [label] * len(found)
    if not images:
        raise ValueError(f"{folder}: no pictures in class folders (such as {folder}/a/1.png)")
    return CharacterSet(np.stack(images), np.array(labels, np.int64), tuple(places))


def character_of(place: Path) -> str:
    """Return the character that a class folder is named by.

    Raises
    ------
    ValueError
        If the name is neither one character nor a code point.
    """
    name = place.name
    if len(name) == 1:
        return name
    try:
        character = chr(int(name.removeprefix("U+"), 16)) if name.startswith("U+") else ""
    except (ValueError, OverflowError):
        character = ""
    if not character.isprintable() or not character:
        raise ValueError(f"{place}: a class folder is named by one character, or as U+0061")
    return character


def _read(path: Path) -> NDArray[np.uint8]:
    """Return a picture in the form of EMNIST."""
    # Not cv2.imread, which cannot open every name on every system.
    data = np.fromfile(path, np.uint8)
    grey = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if len(data) else None
    if grey is None:
        raise ValueError(f"{path}: not a picture that OpenCV can read")
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    if np.median(edge) < (int(grey.min()) + int(grey.max())) / 2:
        grey = 255 - grey
    prepared = prepare_character(np.asarray(grey, np.uint8))
    if not prepared.any():
        raise ValueError(f"{path}: nothing is drawn in it")
    return prepared
