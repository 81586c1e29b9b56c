"""The readers that can be measured: hcr, any program that prints text, files made elsewhere."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Protocol

from hcr.bench.item import Item
from hcr.bench.launch import run
from hcr.bench.reading import Reading, from_layout, from_pages, from_text
from hcr.bench.truth import Truth
from hcr.document import Document
from hcr.errors import ConfigError, InputError, printable
from segmentation.layout_files import read_layout

_IMAGE = "{image}"
# Of files made elsewhere, what tells most first; hcr-read adds the format to the name.
_SUFFIXES = (".json", ".xml", ".alto.xml", ".page.xml", ".txt")


class Reader(Protocol):
    """Something to measure."""

    @property
    def name(self) -> str:
        """For the report."""

    @property
    def start_up(self) -> float | None:
        """Seconds before the first page, if they are not part of each page's."""

    @property
    def cuts_lines(self) -> bool:
        """Whether to read the truth's lines too where not asked to."""

    def read(self, item: Item) -> Reading:
        """Read a page, or an image of one line.

        Raises
        ------
        InputError
            If that fails; other images may still be read.
        """

    def read_lines(self, item: Item) -> list[Reading]:
        """Read the lines of a page that the truth outlines; raises as `read`."""

    def close(self) -> None:
        """Free what is held."""


class Command:
    """A program that prints the text of an image.

    Parameters
    ----------
    command
        As one would type it, ``{image}`` in place of the file; no shell is involved.
    timeout
        Seconds after which it is stopped.

    Raises
    ------
    ConfigError
        If it has no ``{image}``, or there is no such program.
    """

    start_up = None
    cuts_lines = False

    def __init__(self, command: str, timeout: float) -> None:
        try:
            self._words = shlex.split(command)
        except ValueError as error:
            raise ConfigError("--command", f"{command!r}: {error}", "quote it") from None
        if not any(_IMAGE in word for word in self._words[1:]):
            raise ConfigError("--command", f"{command!r} has no {_IMAGE}", f"write {_IMAGE} in it")
        if shutil.which(self._words[0]) is None:
            problem = f"there is no program {self._words[0]!r}"
            raise ConfigError("--command", problem, "install it or check its name")
        self._timeout = timeout
        self.name = Path(self._words[0]).name

    def read(self, item: Item) -> Reading:
        """Run the program on the image."""
        return self._read_file(item.image)

    def read_lines(self, item: Item) -> list[Reading]:
        """Run the program on each line, cut out and straightened."""
        return [self._read_file(path) for path in item.line_images]

    def close(self) -> None:
        """Nothing is held."""

    def _read_file(self, image: Path) -> Reading:
        words = [word.replace(_IMAGE, str(image.absolute())) for word in self._words]
        try:
            done = run(words, self._timeout)
        except subprocess.TimeoutExpired:
            problem = f"{self.name} took over {self._timeout:g} s"
            raise InputError(image, problem, "give it more with --timeout") from None
        except OSError as error:
            problem = f"{self._words[0]} cannot be started ({error.strerror or error})"
            raise ConfigError("--command", problem, "check its name") from None
        if done.status:
            said = done.errors.decode("utf-8", "replace").strip().splitlines()
            problem = f"{self.name} ended with status {done.status}"
            problem += f" ({printable(said[-1])})" if said else ""
            raise InputError(image, problem, "run the command by hand")
        return from_text(done.output.decode("utf-8", "replace"), done.seconds, done.memory)


class Predictions:
    """Files made elsewhere: NAME.json (of hcr), NAME.xml (ALTO or PAGE) or NAME.txt in a folder.

    Raises
    ------
    ConfigError
        If there is no such folder.
    """

    start_up = None
    cuts_lines = False

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise ConfigError(folder, "there is no such folder", "check --predictions")
        self._folder = folder
        self.name = folder.name or str(folder)

    def read(self, item: Item) -> Reading:
        """Take the file that has the image's name."""
        path = next((p for p in self._candidates(item.truth) if p.is_file()), None)
        if path is None:
            problem = f"{self._folder} has no reading of it (NAME.json, NAME.xml or NAME.txt)"
            raise InputError(item.truth.image, problem, "make one, even if it is empty")
        try:
            return self._parse(path).below(item.top)
        except (OSError, ValueError) as error:
            problem = str(error).removeprefix(f"{path}: ")
            raise InputError(path, f"it cannot be used ({problem})", "make it again") from None

    def read_lines(self, item: Item) -> list[Reading]:
        """Refuse: the files are about pages."""
        problem = f"{self._folder} holds readings of pages, not of lines cut out by the truth"
        raise ConfigError("--predictions", problem, "use it without --level line")

    def close(self) -> None:
        """Nothing is held."""

    def _candidates(self, truth: Truth) -> list[Path]:
        return [self._folder / f"{truth.name}{suffix}" for suffix in _SUFFIXES]

    @staticmethod
    def _parse(path: Path) -> Reading:
        if path.suffix == ".xml":
            return from_layout(read_layout(path))
        text = path.read_text("utf-8-sig")
        if path.suffix == ".json":
            return from_pages(Document.from_json(text).pages)
        return from_text(text)
