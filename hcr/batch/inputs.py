"""Finds what is to be read: files, folders with all that is in them, and patterns."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hcr.errors import HcrError, InputError
from hcr.files import natural_key


@dataclass(frozen=True)
class Found:
    """An input.

    Attributes
    ----------
    path
        Where it is.
    name
        Where its results go in the output folder, without suffix: the input's place below the
        folder, or below the fixed part of the pattern, that it was found in.
    """

    path: Path
    name: Path


def find_inputs(
    paths: Iterable[Path], suffixes: frozenset[str], output: Path | None = None
) -> Iterator[Found | HcrError]:
    """Replace folders and patterns by the images that they stand for.

    Parameters
    ----------
    paths
        Files are passed on as they are, in the order given. Of a folder come the images below it,
        each folder's files before its sub-folders, both as people count (page2 before page10);
        hidden ones are left out, and links to folders are not followed. What does not exist and
        has ``*``, ``?`` or ``[`` in it is a pattern; ``**`` stands for any folders.
    suffixes
        What the names of images end in, in lower case.
    output
        Folder of the results; where it lies below a folder of inputs, it is left out.

    Yields
    ------
    Found, or the error to report for a path that has no images or cannot be listed.
    """
    for path in paths:
        if _is_folder(path):
            yield from _in_folder(path, path, suffixes, output)
        elif glob.has_magic(os.fspath(path)) and not os.path.lexists(path):
            yield from _matching(path, suffixes, output)
        else:
            yield Found(path, Path(path.stem))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # not allowed to look, no such name: opening it will say so
        return False


def _in_folder(
    folder: Path, root: Path, suffixes: frozenset[str], output: Path | None
) -> Iterator[Found | HcrError]:
    """Yield the images below `folder`, named by their place below `root`."""
    empty = True
    for item in _walk(folder, suffixes, output.resolve() if output else None):
        empty = False
        yield item if isinstance(item, HcrError) else _found(item, root)
    if empty:
        yield InputError(folder, "the folder has no images in it", "name a folder with images")


def _found(path: Path, root: Path) -> Found:
    return Found(path, path.relative_to(root).with_name(path.stem))


def _walk(folder: Path, suffixes: frozenset[str], output: Path | None) -> Iterator[Path | HcrError]:
    try:
        with os.scandir(folder) as entries:
            shown = [entry for entry in entries if not entry.name.startswith(".")]
            folders = [Path(e) for e in shown if e.is_dir(follow_symlinks=False)]
            files = [Path(e) for e in shown if e.is_file()]
    except OSError as error:
        problem = f"the folder cannot be read ({error.strerror})"
        yield InputError(folder, problem, "change its permissions")
        return
    yield from sorted((f for f in files if f.suffix.lower() in suffixes), key=natural_key)
    for inner in sorted(folders, key=natural_key):
        if output is None or inner.resolve() != output:
            yield from _walk(inner, suffixes, output)


def _matching(
    pattern: Path, suffixes: frozenset[str], output: Path | None
) -> Iterator[Found | HcrError]:
    fixed = []
    for part in pattern.parts[:-1]:
        if glob.has_magic(part):
            break
        fixed.append(part)
    root = Path(*fixed)
    # Unlike Path.glob this leaves out hidden files and takes any pattern, as shells do.
    matches = [Path(name) for name in glob.iglob(os.fspath(pattern), recursive=True)]  # noqa: PTH207
    found: dict[Path, Found | HcrError] = {}  # a pattern may match a file and its folder
    for match in sorted(matches, key=_path_key):
        if _is_folder(match):
            inside = _walk(match, suffixes, output.resolve() if output else None)
        else:
            inside = iter([match] if match.suffix.lower() in suffixes else [])
        for item in inside:
            key = Path(item.source) if isinstance(item, HcrError) else item
            found[key] = item if isinstance(item, HcrError) else _found(item, root)
    if not found:
        yield InputError(pattern, "there is no such file and no image matches", "check the name")
    yield from found.values()


def _path_key(path: Path) -> list[list[tuple[bool, int, str]]]:
    return [natural_key(Path(part)) for part in path.parts]
