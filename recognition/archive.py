"""Model files of arrays (.npz): no code in them, a bound on their size, one clear error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

MAX_BYTES = 64 * 2**20
_NO_MODEL = KeyError, TypeError, ValueError, OverflowError, EOFError, AttributeError, BadZipFile


def read_arrays(path: Path, version: int) -> dict[str, NDArray[Any]]:
    """Read the arrays of a file, all but its format.

    Raises
    ------
    ValueError, and others that `refusing` knows
        If it is no such archive, unpacks to over `MAX_BYTES`, or is of another version.
    OSError
        If it cannot be read.
    """
    with np.load(path, allow_pickle=False) as archive:
        if sum(part.file_size for part in archive.zip.infolist()) > MAX_BYTES:
            raise ValueError(f"it unpacks to over {MAX_BYTES >> 20} MiB")
        stored = {name: archive[name] for name in archive.files}
    found = int(stored.pop("format"))
    if found != version:
        raise ValueError(f"version {found} of the format is not known")
    return stored


def write_arrays(path: Path, version: int, arrays: dict[str, NDArray[Any]]) -> None:
    """Write a compressed file that `read_arrays` reads."""
    contents: dict[str, Any] = {"format": np.array(version), **arrays}
    with path.open("wb") as file:
        np.savez_compressed(file, **contents)


def pack_text(text: str) -> NDArray[np.uint32]:
    """Return a text as an array."""
    return np.array([ord(character) for character in text], np.uint32)


def unpack_text(codes: NDArray[Any]) -> str:
    """Return the text of an array; raises what `refusing` knows if it holds none."""
    return "".join(map(chr, codes))


@contextmanager
def refusing(path: Path, kind: str) -> Iterator[None]:
    """Say of whatever goes wrong while a file is made into a model that it is none of its kind.

    Raises
    ------
    ValueError
        In place of the other errors.
    """
    try:
        yield
    except _NO_MODEL as error:
        raise ValueError(f"{path} is not a {kind}: {error}") from error
