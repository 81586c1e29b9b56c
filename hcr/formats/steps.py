"""How a page was read, as ALTO and PAGE record it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NAME = "hcr-read"
CREATOR = "hcr"


@dataclass(frozen=True)
class Step:
    """One step; `category` is ALTO's word for its kind."""

    name: str
    category: Literal["preOperation", "contentGeneration"]
    description: str


STEPS = (
    Step(
        "preprocessing",
        "preOperation",
        "light evened out, noise and ruled lines removed, page turned upright and level",
    ),
    Step("segmentation", "contentGeneration", "text lines found and put in reading order"),
    Step(
        "recognition",
        "contentGeneration",
        "text of the lines read, with confidences that are probabilities of being right",
    ),
)


def version() -> str:
    """Return the version of the program that reads."""
    from hcr import __version__

    return __version__
