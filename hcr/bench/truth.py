"""Transcribed images in a folder: ALTO, PAGE, `.gt.txt` and TSV files with images beside them."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from hcr.errors import ConfigError, HcrError, InputError
from hcr.files import natural_key
from hcr.images import SUFFIXES
from segmentation.layout_files import Layout, LayoutLine, read_layout

MAX_TEXT_BYTES = 16 * 2**20
STRUCK_OUT = re.compile(r">[^<>{}]*<")
_TEXT_SUFFIX = ".gt.txt"
_FILE_COLUMNS = ("file", "image", "path")


@dataclass(frozen=True)
class TruthConfig:
    """How transcriptions are to be understood.

    Attributes
    ----------
    level
        What images with plain text show: "auto" takes an image whose text has one line for an
        image of one line.
    strike_outs
        ``>text<`` marks writing that was struck out: it is left out.
    writer
        The part of an image's name that tells its writer: the first group of this pattern, or
        all that it matches. A TSV's own column goes first.
    """

    level: Literal["auto", "page", "line"] = "auto"
    strike_outs: bool = False
    writer: re.Pattern[str] | None = None


@dataclass(frozen=True)
class Truth:
    """An image and what it says.

    Attributes
    ----------
    name
        The image's name without its suffix, with sub-folders where a TSV names them.
    text
        Lines separated by line feeds.
    writer
        Empty if unknown.
    lines
        Where the lines are, in pixels of the image; empty where only the text is known.
    is_line
        The image shows one line, not a page.
    """

    name: str
    image: Path
    text: str
    writer: str = ""
    lines: tuple[LayoutLine, ...] = ()
    is_line: bool = False


def read_truth(
    source: Path, config: TruthConfig | None = None
) -> tuple[list[Truth], list[HcrError]]:
    """Read all transcriptions of a folder, or of one TSV file.

    Of an image that several files transcribe, ALTO or PAGE counts before TSV before `.gt.txt`.

    Parameters
    ----------
    source
        Folder with ``x.xml`` (or ``x.alto.xml``, ``x.page.xml``), ``x.gt.txt`` or ``*.tsv``
        beside the images, or a TSV file with the columns file, text and perhaps writer.
    config
        How to understand them.

    Returns
    -------
    list of Truth
        Sorted as people count (page2 before page10).
    list of HcrError
        The files that cannot be used.

    Raises
    ------
    ConfigError
        If there is no such folder, or no transcription in it.
    """
    config = config or TruthConfig()
    found: dict[Path, Truth] = {}
    errors: list[HcrError] = []
    for path, reader in _files(source):
        try:
            for truth in reader(path, config):
                found.setdefault(truth.image, truth)
        except InputError as error:
            errors.append(error)
    if not found and not errors:
        raise ConfigError(
            source,
            "there are no transcribed images in it",
            f"put an ALTO or PAGE file, NAME{_TEXT_SUFFIX} or a TSV beside the images",
        )
    truths = sorted(found.values(), key=lambda truth: natural_key(truth.image))
    return [_with_writer(truth, config) for truth in truths], errors


_Reader = Callable[[Path, TruthConfig], Iterator[Truth]]


def _files(source: Path) -> list[tuple[Path, _Reader]]:
    """Return the files to read, the most telling kind first, each with what reads it."""
    try:
        if source.suffix.lower() == ".tsv" and source.is_file():
            return [(source, _read_table)]
        inside = sorted(path for path in source.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise ConfigError(
            source, f"the folder cannot be read ({error.strerror})", "name a folder with images"
        ) from None
    kinds: tuple[tuple[str, _Reader], ...] = (
        (".xml", _read_xml),
        (".tsv", _read_table),
        (_TEXT_SUFFIX, _read_text),
    )
    return [
        (path, reader)
        for suffix, reader in kinds
        for path in inside
        # An eScriptorium export lists its pages in a METS file of this name.
        if path.name.lower().endswith(suffix) and path.name.lower() != "mets.xml"
    ]


def _read_xml(path: Path, config: TruthConfig) -> Iterator[Truth]:
    try:
        layout = _clean(read_layout(path), config)
    except (OSError, ValueError) as error:
        problem = str(error).removeprefix(f"{path}: ")
        raise InputError(path, problem, "mend it or take it out of the folder") from None
    # hcr-read itself writes x.alto.xml and x.page.xml beside x.jpg: corrected, they are truth.
    name = path.name[: -len(".xml")].removesuffix(".alto").removesuffix(".page")
    # The name inside the file is not trusted: it could point anywhere on the disk.
    image = _image_beside(path, name)
    text = "\n".join(line.text for line in layout.lines)
    yield Truth(name, image, text, lines=layout.lines)


def _clean(layout: Layout, config: TruthConfig) -> Layout:
    if not config.strike_outs:
        return layout
    lines = tuple(replace(line, text=STRUCK_OUT.sub(" ", line.text)) for line in layout.lines)
    return replace(layout, lines=lines)


def _read_text(path: Path, config: TruthConfig) -> Iterator[Truth]:
    name = path.name[: -len(_TEXT_SUFFIX)]
    yield _plain(name, _image_beside(path, name), _content(path), "", config)


def _read_table(path: Path, config: TruthConfig) -> Iterator[Truth]:
    rows = list(csv.reader(_content(path).splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    names = ["file", "text", "writer"]
    start = 0
    if rows and rows[0] and rows[0][0].strip().lower() in _FILE_COLUMNS:
        names = ["file", *(cell.strip().lower() for cell in rows[0][1:])]
        start = 1
    if "text" not in names:
        raise InputError(path, "its first row names no column 'text'", "name it so")
    for number, row in enumerate(rows[start:], start=start + 1):
        if not any(cell.strip() for cell in row):
            continue
        cells = dict(zip(names, row, strict=False))
        if "text" not in cells:
            raise InputError(path, f"row {number} has no text", "part the columns by tabs")
        image = path.parent / cells["file"].strip()
        if not image.is_file():
            raise InputError(path, f"row {number}: there is no image {image}", "check the name")
        name = Path(cells["file"].strip()).with_suffix("").as_posix()
        yield _plain(name, image, cells["text"], cells.get("writer", "").strip(), config)


def _plain(name: str, image: Path, text: str, writer: str, config: TruthConfig) -> Truth:
    if config.strike_outs:
        text = STRUCK_OUT.sub(" ", text)
    is_line = config.level == "line" or (config.level == "auto" and len(text.split("\n")) < 2)
    return Truth(name, image, text, writer, is_line=is_line)


def _content(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_TEXT_BYTES:
            raise InputError(path, f"over {MAX_TEXT_BYTES >> 20} MiB of text", "divide it")
        return path.read_text("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise InputError(path, "it is not UTF-8", "save it as UTF-8") from None
    except OSError as error:
        raise InputError(path, f"it cannot be read ({error.strerror})", "check it") from None


def _image_beside(path: Path, stem: str) -> Path:
    for suffix in sorted(SUFFIXES):
        for candidate in (f"{stem}{suffix}", f"{stem}{suffix.upper()}"):
            if (image := path.with_name(candidate)).is_file():
                return image
    raise InputError(path, "there is no image of that name beside it", "put it there")


def _with_writer(truth: Truth, config: TruthConfig) -> Truth:
    match = config.writer.search(truth.name) if config.writer and not truth.writer else None
    if match is None:
        return truth
    return replace(truth, writer=match[1] if match.re.groups and match[1] else match[0])
