"""Transcribed handwriting from files: ALTO and PAGE pages, and line images with `.gt.txt`."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from segmentation.layout_files import LayoutLine, read_layout

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp", ".pgm")
STRUCK_OUT = re.compile(r">[^<>{}]*<")
QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "‟": '"'})
# Signs that look alike on paper are one sign to the reader.
LOOK_ALIKE = str.maketrans({"–": "-", "—": "-", "‑": "-", "‐": "-", "−": "-", "…": "..."})


TruthLine = LayoutLine
"""A transcribed line is what a layout file says of it."""


@dataclass(frozen=True)
class TruthPage:
    """A page image with its transcribed lines, in the order of the file."""

    image: Path
    width: int
    height: int
    lines: tuple[TruthLine, ...]


def clean_text(text: str) -> str:
    """Return what a reader should print for a transcription.

    NFC; typographic quotes and dashes folded to those of a keyboard; `>struck out<`
    writing dropped, since nobody asks for it back; white space collapsed.
    """
    text = unicodedata.normalize("NFC", text)
    text = STRUCK_OUT.sub(" ", text).translate(QUOTES).translate(LOOK_ALIKE)
    return " ".join(text.split())


def read_page(path: Path) -> TruthPage:
    """Read an ALTO or PAGE file whose image lies beside it.

    Raises
    ------
    ValueError
        If the file is neither, or its image is missing.
    """
    layout = read_layout(path)
    return TruthPage(_image_beside(path), layout.width, layout.height, layout.lines)


def read_folder(folder: Path) -> list[TruthPage]:
    """Read every ALTO or PAGE file of a folder, sorted by name.

    Raises
    ------
    ValueError
        If the folder holds none, or one of them cannot be read.
    """
    pages = [read_page(path) for path in sorted(folder.glob("*.xml"))]
    if not pages:
        raise ValueError(f"{folder}: no ALTO or PAGE files in it")
    return pages


def read_line_folder(folder: Path) -> list[tuple[Path, str]]:
    """Return (image, text) for every line image of a folder with a `.gt.txt` beside it."""
    pairs = []
    for path in sorted(folder.iterdir()):
        truth = path.with_suffix(".gt.txt")
        if path.suffix.lower() in IMAGE_SUFFIXES and truth.exists():
            pairs.append((path, clean_text(truth.read_text(encoding="utf-8"))))
    return pairs


def _image_beside(path: Path) -> Path:
    # The name inside the XML is not trusted: it could point anywhere on the disk.
    # hcr-read itself writes x.alto.xml and x.page.xml beside x.jpg: corrected, they are truth.
    stem = path.name.removesuffix(".xml").removesuffix(".alto").removesuffix(".page")
    for suffix in IMAGE_SUFFIXES:
        for candidate in (path.with_name(stem + suffix), path.with_name(stem + suffix.upper())):
            if candidate.exists():
                return candidate
    raise ValueError(f"{path}: no image of that name beside it")
