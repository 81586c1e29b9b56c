from __future__ import annotations

import cv2
import numpy as np
import pytest

from training.line_store import LineStore

WORDS = ("alpha", "beta", "gamma", "delta", "epsilon 12", "zeta, eta", "theta.", "iota kappa")


def written(text: str) -> np.ndarray:
    """Draw a line with OpenCV's pen font, dark on white."""
    font, size, thickness, pad = cv2.FONT_HERSHEY_SIMPLEX, 1.5, 3, 12
    (width, height), below = cv2.getTextSize(text, font, size, thickness)
    image = np.full((height + below + 2 * pad, width + 2 * pad), 255, np.uint8)
    cv2.putText(image, text, (pad, pad + height), font, size, 30, thickness, cv2.LINE_AA)
    return image


@pytest.fixture(scope="session")
def drawn_lines() -> LineStore:
    """Eight labelled lines of our own."""
    return LineStore([written(word) for word in WORDS], list(WORDS), ["own"] * len(WORDS))
