"""Loads the models that a configuration asks for; what goes wrong is said in the user's terms."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hcr.errors import ConfigError, ModelError
from hcr.line_readers import Both, ByCharacter, ByLine, LineReaders

if TYPE_CHECKING:
    from hcr.reader import ReaderConfig
    from recognition.character_lines import CharacterLineReader
    from recognition.crnn import LineReader
    from recognition.lexicon import Lexicon


def load_readers(config: ReaderConfig) -> LineReaders:
    """Load what `config.reader` names; "auto" loads characters when the first line needs them.

    Raises
    ------
    ModelError
        If a model cannot be loaded.
    ConfigError
        If a language or lexicon cannot be used.
    """
    if config.reader == "characters":
        return ByCharacter(_load_characters(config))
    lines = _load_lines(config)
    if config.reader == "crnn":
        return ByLine(lines)
    return Both(lines, partial(_load_characters, config))


def _load_lines(config: ReaderConfig) -> LineReader:
    from recognition.crnn import LineReader  # starts ONNX Runtime
    from recognition.language import LanguageError

    lexicon = _read_lexicon(config.lexicon) if config.lexicon else None
    try:
        return LineReader.load(
            config.model,
            threads=config.threads,
            languages=config.language,
            lexicon=lexicon,
            one_hand=config.one_hand,
        )
    except LanguageError as error:
        raise ConfigError("--language", str(error), "choose others") from error
    except (OSError, ValueError) as error:
        name = config.model or "the model that comes with hcr"
        problem = str(error).removeprefix(f"{name}: ")
        raise ModelError(name, problem, "name another with --model") from error


def _load_characters(config: ReaderConfig) -> CharacterLineReader:
    from recognition.character_lines import CharacterLineReader
    from recognition.language import LanguageError
    from segmentation.characters import split_characters

    try:
        return CharacterLineReader.load(
            split_characters, threads=config.threads, languages=config.language
        )
    except LanguageError as error:
        raise ConfigError("--language", str(error), "choose others") from error
    except (OSError, ValueError) as error:
        name = "the character model that comes with hcr"
        raise ModelError(name, str(error), "use --reader crnn instead") from error


def _read_lexicon(path: Path) -> Lexicon:
    from recognition.lexicon import read_lexicon

    try:
        return read_lexicon(path)
    except ValueError as error:
        problem = str(error).removeprefix(f"{path}: ")
        raise ConfigError(path, problem, "give a text file with one word a line") from error
