from __future__ import annotations

from pathlib import Path

import pytest

from hcr.config import RunConfig, load_config
from hcr.errors import ConfigError
from hcr.formats import FORMATS


def write(folder: Path, text: str) -> Path:
    path = folder / "hcr.toml"
    path.write_text(text, "utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    path = write(folder, text)
    with pytest.raises(ConfigError) as caught:
        load_config(path, {})
    assert str(caught.value).startswith(f"{path}: ")
    return str(caught.value)


def test_defaults() -> None:
    assert load_config(None, {}) == RunConfig()


def test_every_format_can_be_asked_for_in_the_file(tmp_path: Path) -> None:
    names = sorted(FORMATS)
    listed = ", ".join(f'"{name}"' for name in names)
    config = load_config(write(tmp_path, f"format = [{listed}]"), {})
    assert sorted(config.format) == names


def test_file_overrules_defaults_and_flags_overrule_the_file(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        format = ["json", "txt"]
        output = "results"
        level = "line"
        jobs = 3
        [images]
        pdf_dpi = 200
        max_megapixels = 50
        """,
    )
    config = load_config(path, {"jobs": 2})
    assert config.format == ("json", "txt")
    assert config.output == tmp_path / "results"
    assert config.level == "line"
    assert config.jobs == 2
    assert config.images.pdf_dpi == 200
    assert config.images.max_megapixels == 50.0


def test_language_and_lexicon_reach_the_reader(tmp_path: Path) -> None:
    path = write(tmp_path, 'language = ["fr"]\nlexicon = "names.txt"')
    config = load_config(path, {})
    assert config.reader_config().language == ("fr",)
    assert config.reader_config().lexicon == tmp_path / "names.txt"
    assert load_config(path, {"language": ("en",)}).reader_config().language == ("en",)
    assert load_config(None, {}).reader_config().language == ("en", "fr")


def test_many_hands_reach_the_reader(tmp_path: Path) -> None:
    path = write(tmp_path, "one_hand = false")
    assert not load_config(path, {}).reader_config().one_hand
    assert load_config(path, {"one_hand": True}).reader_config().one_hand
    assert load_config(None, {}).reader_config().one_hand


def test_paths_in_the_file_may_be_absolute(tmp_path: Path) -> None:
    assert load_config(write(tmp_path, 'model = "/m.onnx"'), {}).model == Path("/m.onnx")


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("job = 2", "did you mean 'jobs'?"),
        ("[images]\npdf_dip = 3", "did you mean 'images.pdf_dpi'?"),
        ("[image]\npdf_dpi = 3", "did you mean 'images'?"),
        ("xyz = 1", "known are format, output"),
    ],
)
def test_unknown_key_is_refused_with_a_suggestion(
    tmp_path: Path, text: str, suggestion: str
) -> None:
    message = refusal(tmp_path, text)
    assert "unknown key" in message
    assert suggestion in message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('jobs = "2"', "a whole number"),
        ("jobs = true", "a whole number"),
        ("jobs = 0", "at least 1"),
        ('format = "txt"', "a list"),
        ("format = []", "a list"),
        ('format = ["doc"]', '"txt"'),
        ('level = "word"', '"page" or "line"'),
        ('reader = "words"', '"auto" or "crnn" or "characters"'),
        ("output = 3", "a path in quotes"),
        ("images = 3", "a table"),
        ('images.max_megapixels = "big"', "a number"),
        ("images.pdf_dpi = 1", "between 36 and 1200"),
        ("images.pdf_dpi = 72.5", "a whole number"),
    ],
)
def test_wrong_values_are_refused(tmp_path: Path, text: str, expected: str) -> None:
    assert expected in refusal(tmp_path, text)


def test_no_toml(tmp_path: Path) -> None:
    assert "not TOML" in refusal(tmp_path, "jobs = = 2")
    path = tmp_path / "hcr.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not TOML"):
        load_config(path, {})


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "no.toml", {})


def test_workers_keep_to_one_thread() -> None:
    assert RunConfig(jobs=2).reader_config().threads == 1
    assert RunConfig(jobs=1).reader_config().threads == 1
    assert RunConfig().reader_config().threads == 0
