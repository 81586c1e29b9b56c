"""Which files go in and under which names results come out, whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from hcr.errors import ConfigError, HcrError, InputError, OutputError


def expand(paths: Iterable[Path], suffixes: frozenset[str]) -> Iterator[Path | HcrError]:
    """Replace folders by the images in them.

    Files are passed on as they are, in the order given. Of a folder come the files whose name
    ends in one of `suffixes`, sorted as people count (page2 before page10), hidden files and
    sub-folders left out. A folder that cannot be listed or has none comes as the error to report.
    """
    for path in paths:
        if not _is_folder(path):
            yield path
            continue
        try:
            inside = [
                entry
                for entry in path.iterdir()
                if entry.suffix.lower() in suffixes
                and not entry.name.startswith(".")
                and entry.is_file()
            ]
        except OSError as error:
            yield InputError(
                path, f"the folder cannot be read ({error.strerror})", "change its permissions"
            )
            continue
        if not inside:
            yield InputError(path, "the folder has no images in it", "name a folder with images")
        yield from sorted(inside, key=natural_key)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # not allowed to look, name too long: opening it will say so
        return False


def natural_key(path: Path) -> list[tuple[bool, int, str]]:
    """Sort key under which runs of digits compare as numbers."""
    parts = re.findall(r"[0-9]+|[^0-9]+", path.name.casefold())
    return [
        (False, int(part), "") if part[0] in "0123456789" else (True, 0, part) for part in parts
    ]


def check_stems(inputs: Iterable[Path]) -> None:
    """Refuse inputs whose results, named after the stem, would overwrite each other.

    Raises
    ------
    ConfigError
        If two inputs have the same stem.
    """
    seen: dict[str, Path] = {}
    for path in inputs:
        other = seen.setdefault(path.stem, path)
        if other is not path:
            raise ConfigError(
                path,
                f"its result would have the same name as that of {other}",
                "rename one of them or read them into different folders",
            )


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that at every moment it is absent, old or complete, never half written.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    temporary = None
    try:
        handle, name = tempfile.mkstemp(prefix=".hcr-", dir=path.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except BaseException as error:
        if temporary:
            with suppress(OSError):
                temporary.unlink()
        if isinstance(error, OSError):
            raise OutputError(
                path, f"it cannot be written ({error.strerror})", "check the folder and the disk"
            ) from None
        raise


def _umask() -> int:
    """Return the process's file mode mask, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
