"""TOML tables read key by key, and the files that they name; one clear line for each mistake."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hcr.errors import ConfigError

_MISSING: Any = object()


class Table:
    """A table of which every key is asked for by name; `finish` refuses those never asked for.

    Parameters
    ----------
    values
        The table as a TOML parser gives it.
    path
        The file it is from.
    place
        Where in the file, as in ``field 3``; empty for the file itself.
    """

    def __init__(self, values: dict[str, Any], path: Path, place: str = "") -> None:
        self.path = path
        self._values, self._place = values, place
        self._known: list[str] = []

    def finish(self) -> None:
        """Raise `ConfigError` for the first key that means nothing here."""
        for key in self._values:
            if key not in self._known:
                close = difflib.get_close_matches(key, self._known, n=1)
                known = ", ".join(self._known)
                remedy = f"did you mean {close[0]!r}?" if close else f"known are {known}"
                raise ConfigError(self.path, self._at(f"unknown key {key!r}"), remedy)

    @contextmanager
    def naming_faults(self) -> Iterator[None]:
        """Turn a `ValueError` of what is made from the table into one that names the place."""
        try:
            yield
        except ValueError as error:
            raise ConfigError(self.path, self._at(str(error)), "correct the value") from None

    def text(self, key: str, default: str = _MISSING) -> str:
        """Return a text."""
        value: str = self._get(key, default, str, "text in quotes")
        return value

    def whole(self, key: str, default: int = _MISSING) -> int:
        """Return a whole number."""
        value: int = self._get(key, default, int, "a whole number")
        return value

    def flag(self, key: str) -> bool:
        """Return true or false, which is the default."""
        value: bool = self._get(key, False, bool, "true or false")
        return value

    def one_of(self, key: str, choices: Sequence[str], default: str = _MISSING) -> str:
        """Return one of several texts."""
        value = self.text(key, default)
        if value not in choices:
            close = difflib.get_close_matches(value, choices, n=1)
            known = ", ".join(f'"{choice}"' for choice in choices)
            remedy = f'did you mean "{close[0]}"?' if close else f"it must be one of {known}"
            raise ConfigError(self.path, self._at(f"{key!r} cannot be {value!r}"), remedy)
        return value

    def box(
        self, key: str, default: tuple[float, float, float, float] | None = None
    ) -> tuple[float, float, float, float]:
        """Return four numbers."""
        expected = "[left, top, right, bottom], four numbers"
        value = self._get(key, _MISSING if default is None else default, (list, tuple), expected)
        kinds = {type(number) for number in value}
        if len(value) != 4 or not kinds <= {int, float}:
            raise self._wrong(key, expected)
        left, top, right, bottom = (float(min(max(number, -1e9), 1e9)) for number in value)
        if any(math.isnan(number) for number in (left, top, right, bottom)):
            raise self._wrong(key, expected)
        return left, top, right, bottom

    def words(self, key: str) -> str | tuple[str, ...]:
        """Return a text, or the texts of a list; an empty list is the default."""
        expected = "a list of words, or the name of a file with one word a line"
        value = self._get(key, (), (list, tuple, str), expected)
        if isinstance(value, str):
            return value
        if any(not isinstance(word, str) for word in value):
            raise self._wrong(key, expected)
        return tuple(value)

    def tables(self, key: str, *, optional: bool = False) -> Iterator[Table]:
        """Yield the tables of an array of tables, each named by its `name` or its number."""
        values = self._get(key, [] if optional else _MISSING, list, "a list of tables")
        for number, value in enumerate(values, 1):
            if not isinstance(value, dict):
                raise self._wrong(key, "a list of tables")
            name = value.get("name")
            shown = repr(name) if isinstance(name, str) and name else str(number)
            place = f"{key.removesuffix('s')} {shown}"
            yield Table(value, self.path, f"{self._place}, {place}" if self._place else place)

    def _get(self, key: str, default: Any, kind: Any, expected: str) -> Any:
        self._known.append(key)
        value = self._values.get(key, default)
        if value is _MISSING:
            raise ConfigError(self.path, self._at(f"{key!r} is missing"), f"give {expected}")
        is_number_for_flag = isinstance(value, bool) and kind is int  # a bool is an int to Python
        if not isinstance(value, kind) or is_number_for_flag:
            raise self._wrong(key, expected)
        return value

    def _wrong(self, key: str, expected: str) -> ConfigError:
        problem = self._at(f"{key!r} has a value of the wrong kind")
        return ConfigError(self.path, problem, f"it must be {expected}")

    def _at(self, problem: str) -> str:
        return f"{self._place}: {problem}" if self._place else problem


def read_text(path: Path, limit: int) -> str:
    """Return the text of a regular file that is not longer than `limit` bytes.

    Raises
    ------
    ConfigError
        If it cannot be read, is longer or is not UTF-8.
    """
    try:
        if not path.is_file():
            raise ConfigError(path, "there is no such file", "check the name")
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
        if len(data) > limit:
            raise ConfigError(path, f"it is larger than {limit:,} bytes", "shorten it")
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise ConfigError(path, "it is not UTF-8", "save it as UTF-8") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(path, f"it cannot be read ({reason})", "check the name") from None


def beside(path: Path, name: str, key: str) -> Path:
    """Return the path of a file that lies in the folder of the file `path` or below it.

    Parameters
    ----------
    path
        A template.
    name
        Of the other file, relative to the template's folder.
    key
        Under which the template names it.

    Raises
    ------
    ConfigError
        If it lies elsewhere, or there is no such file.
    """
    folder = path.parent
    try:
        inside = (folder / name).resolve().is_relative_to(folder.resolve())
        exists = (folder / name).is_file()
    except (OSError, ValueError, RuntimeError):  # no such name can be, links in a circle
        inside, exists = True, False
    if not inside or Path(name).is_absolute():
        problem = f"{key!r} names a file outside the template's folder"
        raise ConfigError(path, problem, "put the file beside the template")
    if not exists:
        problem = f"{key!r} names {name!r}, and there is no such file"
        raise ConfigError(path, problem, "put the file beside the template")
    return folder / name
