"""Settings of a run of hcr-read: defaults < configuration file (TOML) < flags."""

from __future__ import annotations

import difflib
import sys
import types
import typing
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Literal

from hcr.errors import ConfigError
from hcr.images import ImagesConfig
from hcr.reader import ReaderConfig

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True)
class RunConfig:
    """Everything hcr-read can be told; the TOML file's keys are these names.

    `images` is a table of its own (``[images]``), with the keys of `ImagesConfig`.
    """

    format: tuple[
        Literal["txt", "md", "json", "csv", "tsv", "hocr", "alto", "page", "pdf"], ...
    ] = ("txt",)
    output: Path | None = None
    level: Literal["page", "line"] = "page"
    reader: Literal["auto", "crnn", "characters"] = "auto"
    model: Path | None = None
    language: tuple[str, ...] = ("en", "fr")
    lexicon: Path | None = None
    one_hand: bool = True
    jobs: int | None = None
    show: Path | None = None
    resume: bool = False
    report: Path | None = None
    scheduler: str | None = None
    images: ImagesConfig = field(default_factory=ImagesConfig)

    def __post_init__(self) -> None:
        if self.jobs is not None and self.jobs < 1:
            raise ValueError("jobs must be at least 1")

    def reader_config(self) -> ReaderConfig:
        """Return what the reader needs of it; with `jobs`, each process keeps to one thread."""
        threads = 0 if self.jobs is None else 1
        return ReaderConfig(
            self.level,
            self.model,
            threads,
            self.images,
            self.language,
            self.lexicon,
            self.reader,
            self.one_hand,
        )


def load_config(path: Path | None, flags: dict[str, Any]) -> RunConfig:
    """Return the settings of a file, overruled by `flags`.

    Paths in the file are relative to the file's folder.

    Raises
    ------
    ConfigError
        If the file cannot be read, or a key or value is wrong.
    """
    config = RunConfig()
    if path is not None:
        try:
            table = tomllib.loads(path.read_text("utf-8"))
        except OSError as error:
            raise ConfigError(
                path, f"it cannot be read ({error.strerror})", "check the name"
            ) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(path, f"it is not TOML ({error})", "mend that line") from None
        config = _updated(config, table, path)
    return replace(config, **flags)


def _updated(config: Any, table: dict[str, Any], path: Path, prefix: str = "") -> Any:
    """Return the dataclass `config` with the values of a TOML table."""
    kinds = typing.get_type_hints(type(config))
    changes = {}
    for key, value in table.items():
        if key not in kinds:
            raise _unknown_key(prefix + key, [prefix + f.name for f in fields(config)], path)
        if is_dataclass(kinds[key]):
            if not isinstance(value, dict):
                raise _wrong_value(prefix + key, "a table", path)
            changes[key] = _updated(getattr(config, key), value, path, f"{prefix}{key}.")
        else:
            changes[key] = _converted(value, kinds[key], prefix + key, path)
    try:
        return replace(config, **changes)
    except ValueError as error:
        raise ConfigError(path, str(error), "correct the value") from None


def _converted(value: Any, kind: Any, key: str, path: Path) -> Any:
    """Return a TOML value as the type a field has."""
    origin, choices = typing.get_origin(kind), typing.get_args(kind)
    if origin is Literal:
        if value not in choices:
            raise _wrong_value(key, " or ".join(f'"{choice}"' for choice in choices), path)
        return value
    if origin is tuple:
        if not isinstance(value, list) or not value:
            raise _wrong_value(key, "a list", path)
        return tuple(_converted(item, choices[0], key, path) for item in value)
    if origin is types.UnionType:  # no other unions than `| None`, and TOML has no None
        return _converted(value, choices[0], key, path)
    if kind is Path:
        if not isinstance(value, str):
            raise _wrong_value(key, "a path in quotes", path)
        return path.parent / value
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not kind:
        names = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}
        raise _wrong_value(key, names[kind], path)
    return value


def _unknown_key(key: str, known: list[str], path: Path) -> ConfigError:
    close = difflib.get_close_matches(key, known, n=1)
    remedy = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
    return ConfigError(path, f"unknown key {key!r}", remedy)


def _wrong_value(key: str, expected: str, path: Path) -> ConfigError:
    return ConfigError(path, f"{key!r} has a value of the wrong kind", f"it must be {expected}")
