from __future__ import annotations

import pytest

from hcr.errors import ConfigError
from hcr.line_models import load_readers
from hcr.line_readers import Both, ByCharacter, ByLine
from hcr.reader import ReaderConfig


@pytest.mark.parametrize(
    ("reader", "kind"), [("auto", Both), ("crnn", ByLine), ("characters", ByCharacter)]
)
def test_the_reader_that_is_named(reader: str, kind: type) -> None:
    assert isinstance(load_readers(ReaderConfig(reader=reader)), kind)  # type: ignore[arg-type]


@pytest.mark.real_model
@pytest.mark.parametrize("reader", ["crnn", "characters"])
def test_a_language_that_is_not_known(reader: str) -> None:
    config = ReaderConfig(reader=reader, language=("xx",))  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="xx"):
        load_readers(config)
