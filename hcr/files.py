"""Files: in which order names count, and written whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path

from hcr.errors import OutputError


def natural_key(path: Path) -> list[tuple[bool, int, str]]:
    """Sort key under which runs of digits compare as numbers."""
    parts = re.findall(r"[0-9]+|[^0-9]+", path.name.casefold())
    return [
        (False, int(part), "") if part[0] in "0123456789" else (True, 0, part) for part in parts
    ]


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
