"""Digests that tell whether an input would be read as it was before."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hcr

if TYPE_CHECKING:
    from hcr.config import RunConfig

# What says where and how the work is done, not what comes out; the model has its own digest.
_NO_MATTER = ("output", "jobs", "resume", "report", "scheduler", "model")
_BLOCK = 1 << 20


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal; empty for what is no file that can be read."""
    digest = hashlib.sha256()
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would block
            return ""
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
    except (OSError, ValueError):
        return ""
    return digest.hexdigest()


def model_digest(model: Path | None) -> str:
    """Return the SHA-256 of a line model and of all that comes with hcr to read with it."""
    from recognition.network import WEIGHTS_FOLDER

    shipped = sorted(p for p in WEIGHTS_FOLDER.iterdir() if p.suffix in (".onnx", ".npz", ".json"))
    return _joint_digest([*([model] if model else []), *shipped])


def options_text(config: RunConfig) -> str:
    """Return the version and the options that a result depends on, as JSON.

    A file that an option names counts by what is in it, wherever it is.
    """
    options = {key: value for key, value in asdict(config).items() if key not in _NO_MATTER}
    options["language"] = [_plain(Path(x)) if is_file(x) else x for x in config.language]
    if config.show:  # the picture's name tells where it goes, like `output`, but also its format
        options["show"] = str(config.show)
    return json.dumps({"hcr": hcr.__version__, **options}, default=_plain, sort_keys=True)


def is_file(language: str) -> bool:
    """Tell whether a language is named by a file."""
    return language.endswith(".npz")


def _plain(value: Any) -> str:
    if isinstance(value, Path):
        return file_digest(value) or str(value)
    return str(value)


def _joint_digest(paths: Iterable[Path]) -> str:
    return hashlib.sha256("".join(map(file_digest, paths)).encode("ascii")).hexdigest()
