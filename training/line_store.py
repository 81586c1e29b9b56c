"""Line images with their texts in one `.npz` file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]


@dataclass(frozen=True)
class LineStore:
    """Labelled line images.

    Attributes
    ----------
    images
        uint8 (h, w) each, dark ink on paper.
    texts
        What is written, cleaned by `clean_text`.
    groups
        Where each line is from (the page's name), so that sets can be split by writer.
    """

    images: list[Grey]
    texts: list[str]
    groups: list[str]

    def __len__(self) -> int:
        return len(self.images)

    def save(self, path: Path) -> None:
        """Write the lines to an `.npz` file."""
        flat = [image.ravel() for image in self.images] or [np.zeros(0, np.uint8)]
        np.savez_compressed(
            path,
            pixels=np.concatenate(flat),
            shapes=np.array([image.shape for image in self.images], np.int32).reshape(-1, 2),
            texts=np.array(self.texts, np.str_),
            groups=np.array(self.groups, np.str_),
        )

    @classmethod
    def load(cls, path: Path) -> LineStore:
        """Read an `.npz` file written by `save`.

        Raises
        ------
        ValueError
            If the file is not a store of lines.
        """
        try:
            with np.load(path, allow_pickle=False) as archive:
                pixels, shapes = archive["pixels"], archive["shapes"]
                texts, groups = archive["texts"].tolist(), archive["groups"].tolist()
        except (KeyError, ValueError, OSError, EOFError, BadZipFile) as error:
            raise ValueError(f"{path}: not a store of lines ({error})") from error
        ends = np.cumsum(shapes.prod(axis=1))
        pieces = np.split(pixels, ends[:-1])
        images = [piece.reshape(shape) for piece, shape in zip(pieces, shapes, strict=True)]
        return cls(images, texts, groups)


def joined(stores: Sequence[LineStore]) -> LineStore:
    """Return the lines of several stores in one."""
    return LineStore(
        [image for store in stores for image in store.images],
        [text for store in stores for text in store.texts],
        [group for store in stores for group in store.groups],
    )
