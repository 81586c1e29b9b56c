"""The models that come with hcr are the ones that were shipped: their SHA-256."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

WEIGHTS_FOLDER = Path(__file__).parent / "weights"
CHECKSUMS = WEIGHTS_FOLDER / "sha256.json"


def check(path: Path, data: bytes | None = None) -> None:
    """Compare a shipped file with its checksum; any other file passes.

    Parameters
    ----------
    path
        The file.
    data
        Its content, where that was read already.

    Raises
    ------
    ValueError
        If it is not the file that was shipped.
    OSError
        If it cannot be read.
    """
    if path.parent != WEIGHTS_FOLDER:
        return
    expected = _checksums().get(path.name)
    if expected is not None and sha256(path.read_bytes() if data is None else data) != expected:
        raise ValueError(f"{path}: damaged or changed (its SHA-256 differs); install hcr again")


def sha256(data: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def record(folder: Path = WEIGHTS_FOLDER) -> dict[str, str]:
    """Write down the checksums of all models in the folder of shipped ones; return them."""
    files = sorted([*folder.glob("*.onnx"), *folder.glob("*.npz")])
    sums = {file.name: sha256(file.read_bytes()) for file in files}
    (folder / CHECKSUMS.name).write_text(json.dumps(sums, indent=1) + "\n", "utf-8")
    forget()
    return sums


def forget() -> None:
    """Read the checksums anew when they are needed next."""
    _checksums.cache_clear()


@cache
def _checksums() -> dict[str, str]:
    try:
        return dict(json.loads(CHECKSUMS.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ValueError(f"{CHECKSUMS}: cannot be read ({error}); install hcr again") from error
