"""Checks XML files against the official schemas that are kept here."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


class Schema:
    """A schema; what it refers to is looked for in this folder, never on the net."""

    def __init__(self, name: str) -> None:
        etree = pytest.importorskip("lxml.etree", reason="lxml is not installed")

        class Here(etree.Resolver):  # type: ignore[name-defined]
            def resolve(self, url: str, _: object, context: object) -> Any:
                return self.resolve_filename(str(HERE / url.rpartition("/")[2]), context)

        parser = etree.XMLParser(no_network=True)
        parser.resolvers.add(Here())
        self._etree = etree
        self._schema = etree.XMLSchema(etree.parse(str(HERE / name), parser))

    def check(self, data: bytes) -> None:
        """Raise AssertionError if `data` is not what the schema allows."""
        valid = self._schema.validate(self._etree.fromstring(data))
        assert valid, self._schema.error_log


@lru_cache
def schema(name: str) -> Schema:
    return Schema(name)
