"""CharacterReader: pictures of single characters to probabilities."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hcr.errors import ModelError
from recognition.characters import CharacterClassifier
from recognition.crnn import usable_cores


class CharacterReader:
    """Reads pictures of single hand-written characters.

    Parameters
    ----------
    model
        A character model (ONNX); None is the one that comes with hcr.
    threads
        For the network; 0 is one for every core.

    Raises
    ------
    ModelError
        If the model cannot be loaded.

    Examples
    --------
    >>> reader = CharacterReader()
    >>> black = np.zeros((5, 28, 28), np.uint8)
    >>> reader.classify(black).shape == (5, len(reader.alphabet))
    True
    """

    def __init__(self, model: str | Path | None = None, threads: int = 0) -> None:
        path = None if model is None else Path(model)
        try:
            self._classifier = CharacterClassifier.load(path, threads or usable_cores())
        except (OSError, ValueError) as error:
            name = path or "the character model that comes with hcr"
            problem = str(error).removeprefix(f"{name}: ")
            remedy = "name a model that hcr-train characters made"
            raise ModelError(name, problem, remedy) from error

    @property
    def alphabet(self) -> str:
        """The characters in the order of the probabilities; 62 in the model of hcr."""
        return self._classifier.alphabet

    def classify(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the probability of each character of the alphabet.

        Parameters
        ----------
        images
            uint8 (n, 28, 28), white on black, upright: the form of EMNIST.

        Returns
        -------
        float32 (n, len(alphabet))
            Calibrated; every row sums to 1.

        Raises
        ------
        ValueError
            If the images are not of that type and shape.
        """
        return self._classifier.classify(images)

    def top(self, images: NDArray[np.uint8], count: int = 5) -> list[list[tuple[str, float]]]:
        """Return the most probable characters of each image with their probabilities, best first.

        Parameters and errors are those of `classify`; at most `count` characters an image.
        """
        probabilities = self.classify(images)
        best = np.argsort(-probabilities, axis=1, kind="stable")[:, :count]
        return [
            [(self.alphabet[k], float(row[k])) for k in chosen]
            for row, chosen in zip(probabilities, best, strict=True)
        ]
