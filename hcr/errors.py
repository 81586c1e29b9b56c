"""The errors a user sees: one line each, 'FILE: what is wrong; what to do', and an exit code."""

from __future__ import annotations

import os
from pathlib import Path


def printable(text: str) -> str:
    """Return `text` with every control, format and undecodable character escaped.

    File names go to the terminal through here: a name may hold escape sequences, line breaks or
    bytes that are no UTF-8.
    """
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text
    )


class HcrError(Exception):
    """Base of all errors hcr raises on purpose.

    Parameters
    ----------
    source
        The file (or option) that is at fault.
    problem
        What is wrong, without a full stop.
    remedy
        What the user can do about it.
    """

    exit_code = 1

    def __init__(self, source: str | Path, problem: str, remedy: str) -> None:
        # All three go to Exception so that the error survives the way back from a worker process.
        super().__init__(source, problem, remedy)
        self.source = os.fspath(source)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return printable(f"{self.source}: {self.problem}; {self.remedy}")


class InputError(HcrError):
    """An input that cannot be read; the other inputs still can."""


class OutputError(HcrError):
    """An output that cannot be written."""


class ConfigError(HcrError):
    """A wrong option or configuration file: nothing is read."""

    exit_code = 2


class ModelError(HcrError):
    """A model that cannot be loaded: nothing is read."""

    exit_code = 2
