from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

import hcr
from hcr import Document
from hcr.cli import main

LINES = "ab cd\n" * 3


def run(*arguments: object) -> Result:
    """Run hcr-read in this process, with the fake model."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def command(*arguments: object) -> list[str]:
    """Return the command line of hcr-read in a process of its own."""
    code = "from hcr.cli import main; main(prog_name='hcr-read')"
    return [sys.executable, "-c", code, *map(str, arguments)]


@pytest.fixture
def copies(tmp_path: Path, page: np.ndarray) -> Path:
    """A folder with the images p2.png and p10.png."""
    folder = tmp_path / "scans"
    folder.mkdir()
    for name in ("p10.png", "p2.png"):
        Image.fromarray(page).save(folder / name)
    return folder


def test_text_goes_to_standard_output(page_file: Path) -> None:
    result = run(page_file)
    assert (result.exit_code, result.stdout, result.stderr) == (0, LINES, "")


def test_pages_are_separated_by_form_feeds(page_file: Path, blank_file: Path) -> None:
    assert run(page_file, blank_file, page_file).stdout == f"{LINES}\f\f{LINES}"


def test_json(page_file: Path, blank_file: Path) -> None:
    lines = run("-f", "json", page_file, blank_file).stdout.splitlines()
    first, second = (json.loads(line) for line in lines)
    assert first["source"] == str(page_file)
    assert set(first["pages"][0]) == {"index", "width", "height", "skew", "lines"}
    line = first["pages"][0]["lines"][0]
    assert {"text", "confidence", "box", "baseline", "words"} <= set(line)
    assert set(line["words"][0]) == {"text", "confidence", "box", "glyphs"}
    assert set(line["words"][0]["glyphs"][0]) == {"text", "confidence", "box"}
    assert second["pages"][0]["lines"] == []


def test_files_with_output_folder(copies: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    result = run("-f", "txt", "-f", "json", "-o", out, copies)
    assert (result.exit_code, result.stdout) == (0, "")
    names = ["p10.json", "p10.txt", "p2.json", "p2.txt"]
    assert sorted(path.name for path in out.iterdir() if path.name[0] != ".") == names
    assert (out / "p2.txt").read_text("utf-8") == LINES
    assert Document.from_json((out / "p10.json").read_text("utf-8")).text == LINES


def test_folder_is_read_in_natural_order(copies: Path) -> None:
    sources = [json.loads(line)["source"] for line in run("-f", "json", copies).stdout.splitlines()]
    assert [Path(source).name for source in sources] == ["p2.png", "p10.png"]


def test_bad_inputs_are_one_line_each_and_the_others_are_read(
    page_file: Path, tmp_path: Path
) -> None:
    empty, text, folder = tmp_path / "empty.png", tmp_path / "text.png", tmp_path / "folder"
    empty.touch()
    text.write_text("hello")
    folder.mkdir()
    missing = tmp_path / "missing.png"
    result = run(empty, page_file, text, missing, folder)
    assert result.exit_code == 1
    assert result.stdout == LINES
    lines = result.stderr.splitlines()
    assert len(lines) == 4
    for path in (empty, text, missing, folder):
        assert sum(line.startswith(f"{path}: ") for line in lines) == 1


def test_file_names_cannot_steer_the_terminal(tmp_path: Path) -> None:
    result = run(tmp_path / "\x1b[31mred\n.png")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.rstrip("\n").isprintable()


def test_equal_stems_are_refused_before_anything_is_read(copies: Path, tmp_path: Path) -> None:
    Image.new("L", (9, 9)).save(copies / "p2.jpg")
    result = run("-o", tmp_path / "out", copies)
    assert result.exit_code == 2
    assert "same name" in result.stderr
    assert list((tmp_path / "out").iterdir()) == []
    assert run(copies).exit_code == 0


def test_level_line(page: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "line.png"
    Image.fromarray(page[110:170]).save(path)
    assert run("--level", "line", path).stdout == "ab cd\n"


def test_show(page_file: Path, copies: Path, tmp_path: Path) -> None:
    assert run("--show", tmp_path / "one.png", page_file).stdout == LINES
    assert Image.open(tmp_path / "one.png").width > 1800
    assert run("--show", tmp_path / "all.jpg", copies).exit_code == 0
    assert sorted(path.name for path in tmp_path.glob("all*")) == ["all-p10.jpg", "all-p2.jpg"]


def test_show_into_a_missing_folder(page_file: Path, tmp_path: Path) -> None:
    result = run("--show", tmp_path / "no" / "one.png", page_file)
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


def test_config_file_and_flags(page_file: Path, tmp_path: Path) -> None:
    config = tmp_path / "hcr.toml"
    config.write_text('format = ["json"]\nimages.max_megapixels = 0.1\n')
    result = run("--config", config, page_file)
    assert result.exit_code == 1
    assert "megapixels" in result.stderr
    config.write_text('format = ["json"]\n')
    assert run("--config", config, page_file).stdout.startswith('{"source"')
    assert run("--config", config, "-f", "txt", page_file).stdout == LINES


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Missing argument"),
        (["-f", "doc", "x.png"], "'doc' is not one of"),
        (["-f", "txt", "-f", "json", "x.png"], "add -o DIR"),
        (["-f", "txt", "-f", "txt", "-o", "{tmp}/o", "x.png"], "twice"),
        (["--level", "word", "x.png"], "'word' is not one of"),
        (["--reader", "words", "x.png"], "'words' is not one of"),
        (["--jobs", "0", "x.png"], "not in the range"),
        (["--show", "found.txt", "x.png"], "--show writes"),
        (["--config", "{tmp}/no.toml", "x.png"], "cannot be read"),
        (["--config", "{tmp}/bad.toml", "x.png"], "did you mean 'jobs'?"),
        (["-o", "{tmp}/bad.toml", "x.png"], "no such folder can be made"),
        (["--colour", "x.png"], "No such option"),
    ],
)
def test_wrong_usage(arguments: list[str], message: str, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("job = 1")
    result = run(*(argument.replace("{tmp}", str(tmp_path)) for argument in arguments))
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


@pytest.mark.real_model
def test_model_that_is_no_model(page_file: Path, tmp_path: Path) -> None:
    model = tmp_path / "model.onnx"
    model.write_bytes(b"no model")
    result = run("--model", model, page_file, page_file)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert str(model) in result.stderr


@pytest.mark.real_model
@pytest.mark.parametrize(
    ("content", "problem"), [(b"\xff\xfe\0B", "not UTF-8"), (b"\n", "no word"), (None, "no such")]
)
def test_lexicon_that_is_none_is_one_line(
    page_file: Path, tmp_path: Path, content: bytes | None, problem: str
) -> None:
    path = tmp_path / "names.txt"
    if content is not None:
        path.write_bytes(content)
    result = run("--lexicon", path, page_file, page_file)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert f"{path}: " in result.stderr
    assert problem in result.stderr


@pytest.mark.real_model
def test_language_that_is_not_known_is_one_line(page_file: Path) -> None:
    result = run("--language", "en,de", page_file)
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "hcr-read: --language: no language 'de': known are en, fr, none and .npz files of "
        "hcr-train; choose others"
    ]


@pytest.mark.real_model
def test_language_and_lexicon_are_used(page_file: Path, tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("Quévillon\n", "utf-8")
    for options in (["--language", "none"], ["--language", "fr", "--lexicon", "names.txt"]):
        arguments = [str(tmp_path / "names.txt") if o == "names.txt" else o for o in options]
        assert run(*arguments, page_file).exit_code == 0
    assert run("--language", "none", "--lexicon", tmp_path / "names.txt", page_file).exit_code == 2


@pytest.mark.real_model
def test_pages_by_many_hands_are_read_line_by_line() -> None:
    page = Path(__file__).parents[2] / "samples" / "letter_en.jpg"
    found = {option: run(option, "-f", "json", page) for option in ("--one-hand", "--many-hands")}
    assert [result.exit_code for result in found.values()] == [0, 0]
    assert found["--one-hand"].stdout == run("-f", "json", page).stdout
    sure = [
        [line.confidence for line in Document.from_json(result.stdout).pages[0].lines]
        for result in found.values()
    ]
    assert len(sure[0]) == len(sure[1]) > 5
    assert sure[0] != sure[1]


def test_version_and_help() -> None:
    assert run("--version").stdout == f"hcr-read, version {hcr.__version__}\n"
    text = run("--help").stdout
    for option in ("-f, --format", "-o, --output", "--level", "--reader", "--model", "--jobs"):
        assert option in text
    assert "Examples:" in text
    assert all(len(line) <= 80 for line in text.splitlines())


# In a process of its own, with the model that comes with hcr


@pytest.mark.real_model
def test_processes_read_what_one_reads(samples: Path, root: Path) -> None:
    pages = [samples / "line.png"] * 3
    outputs = [
        subprocess.run(
            command("--level", "line", "--jobs", jobs, *pages),
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
        for jobs in (1, 2)
    ]
    assert outputs[0].stdout.strip()
    assert outputs[0].stdout == outputs[1].stdout
    assert [output.stderr for output in outputs] == ["", ""]


@pytest.mark.real_model
def test_failures_of_processes_are_one_line_each(tmp_path: Path, root: Path) -> None:
    result = subprocess.run(
        command("--jobs", 2, tmp_path / "a.png", tmp_path / "b.png"),
        cwd=root,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == [
        str(tmp_path / "a.png"),
        str(tmp_path / "b.png"),
    ]


@pytest.mark.real_model
def test_closed_pipe_is_quiet(samples: Path, root: Path) -> None:
    process = subprocess.Popen(
        command("--level", "line", *[samples / "line.png"] * 3),
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    process.wait()


@pytest.mark.real_model
@pytest.mark.parametrize("jobs", [1, 2])
def test_interrupt_is_one_line(samples: Path, root: Path, jobs: int) -> None:
    process = subprocess.Popen(
        command("--jobs", jobs, "--level", "line", *[samples / "line.png"] * 2000),
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        # Whoever starts the tests in the background has Ctrl-C ignored in all that they start.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    process.stdout.readline()  # it is in the midst of it
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == b"hcr-read: interrupted\n"
