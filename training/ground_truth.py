"""Transcribed handwriting from files: ALTO and PAGE pages, and line images with `.gt.txt`."""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

Points = tuple[tuple[float, float], ...]

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp", ".pgm")
MAX_XML_BYTES = 64 * 2**20
STRUCK_OUT = re.compile(r">[^<>{}]*<")
QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "‟": '"'})
# Signs that look alike on paper are one sign to the reader.
LOOK_ALIKE = str.maketrans({"–": "-", "—": "-", "‑": "-", "‐": "-", "−": "-", "…": "..."})


@dataclass(frozen=True)
class TruthLine:
    """A transcribed line: its text, and where it is in the pixels of the page image."""

    text: str
    baseline: Points
    polygon: Points


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


def has_struck_out(text: str) -> bool:
    """Tell whether a transcription marks struck-out or illegible writing."""
    return STRUCK_OUT.search(text) is not None


def read_alto(path: Path) -> TruthPage:
    """Read an ALTO 4 file (https://www.loc.gov/standards/alto/) whose image lies beside it.

    Raises
    ------
    ValueError
        If the file is not ALTO XML, or its image is missing.
    """
    root = _parse(path)
    page = root.find(".//{*}Page")
    if page is None or not root.tag.endswith("alto"):
        raise ValueError(f"{path}: not an ALTO file")
    lines = []
    for node in root.iterfind(".//{*}TextLine"):
        polygon = node.find("./{*}Shape/{*}Polygon")
        text = " ".join(s.get("CONTENT", "") for s in node.iterfind("./{*}String"))
        points = _points(polygon.get("POINTS", "")) if polygon is not None else _box(node)
        lines.append(TruthLine(text, _baseline(node.get("BASELINE", "")), points))
    return TruthPage(
        _image_beside(path),
        int(float(page.get("WIDTH", "0"))),
        int(float(page.get("HEIGHT", "0"))),
        tuple(lines),
    )


def read_page_xml(path: Path) -> TruthPage:
    """Read a PAGE XML file (Pletschacher and Antonacopoulos 2010), image beside it.

    Raises
    ------
    ValueError
        If the file is not PAGE XML, or its image is missing.
    """
    root = _parse(path)
    page = root.find(".//{*}Page")
    if page is None or not root.tag.endswith("PcGts"):
        raise ValueError(f"{path}: not a PAGE file")
    lines = []
    for node in root.iterfind(".//{*}TextLine"):
        coords, baseline = node.find("./{*}Coords"), node.find("./{*}Baseline")
        text = node.findtext("./{*}TextEquiv/{*}Unicode") or ""
        lines.append(
            TruthLine(
                text,
                _baseline(baseline.get("points", "")) if baseline is not None else (),
                _points(coords.get("points", "")) if coords is not None else (),
            )
        )
    return TruthPage(
        _image_beside(path),
        int(page.get("imageWidth", "0")),
        int(page.get("imageHeight", "0")),
        tuple(lines),
    )


def read_folder(folder: Path) -> list[TruthPage]:
    """Read every ALTO or PAGE file of a folder, sorted by name.

    Raises
    ------
    ValueError
        If the folder holds none, or one of them cannot be read.
    """
    pages = []
    for path in sorted(folder.glob("*.xml")):
        is_alto = b"alto" in path.read_bytes()[:2000].lower()
        pages.append(read_alto(path) if is_alto else read_page_xml(path))
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


def _parse(path: Path) -> ElementTree.Element:
    if path.stat().st_size > MAX_XML_BYTES:
        raise ValueError(f"{path}: over {MAX_XML_BYTES >> 20} MiB of XML, refused")
    try:
        return ElementTree.parse(path).getroot()
    except ElementTree.ParseError as error:
        raise ValueError(f"{path}: not well-formed XML ({error})") from error


def _points(text: str) -> Points:
    """Parse "x,y x,y" (PAGE, ALTO 4) or "x y x y" (as eScriptorium writes ALTO)."""
    numbers = [float(n) for n in text.replace(",", " ").split()]
    return tuple(zip(numbers[::2], numbers[1::2], strict=False))


def _baseline(text: str) -> Points:
    """Parse a baseline and put it in order: annotators click points out of turn."""
    return tuple(sorted(_points(text)))


def _box(node: ElementTree.Element) -> Points:
    left, top = float(node.get("HPOS", "0")), float(node.get("VPOS", "0"))
    right = left + float(node.get("WIDTH", "0"))
    bottom = top + float(node.get("HEIGHT", "0"))
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def _image_beside(path: Path) -> Path:
    # The name inside the XML is not trusted: it could point anywhere on the disk.
    for suffix in IMAGE_SUFFIXES:
        for candidate in (path.with_suffix(suffix), path.with_suffix(suffix.upper())):
            if candidate.exists():
                return candidate
    raise ValueError(f"{path}: no image of that name beside it")
