"""hcr-bench as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from hcr.bench.cli import main
from hcr.errors import ConfigError
from hcr.reader import ReaderConfig

# Reads the three lines of the fixture, one of their 35 characters wrong.
READS = "print('un chat\\ndeux chiens\\nC\\'est l\\'ete')"
Program = Callable[[str], str]


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def figures(path: Path, level: str = "pages", reader: int = 0) -> dict[str, float]:
    """The figures of a JSON report, without their intervals."""
    found = json.loads(path.read_text("utf-8"))["readers"][reader]["levels"][level]["figures"]
    return {key: figure["value"] for key, figure in found.items()}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "report.json"


def test_a_program_and_files_side_by_side(
    truth_folder: Path, tmp_path: Path, program: Program, out: Path
) -> None:
    made = tmp_path / "made"
    made.mkdir()
    (made / "p1.txt").write_text("un chat\ndeux chiens\nC'est l'été", "utf-8")
    html = tmp_path / "report.html"
    options = ("--reader", "none", "--strike-outs", "--json", out, "--html", html)
    result = run(*options, "--command", program(READS), "--predictions", made, truth_folder)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "1 whole pages; too few pages for intervals" in result.stdout
    assert figures(out)["cer"] == pytest.approx(2 / 31, abs=1e-4)
    assert figures(out)["wer"] == pytest.approx(1 / 6, abs=1e-4)
    assert figures(out, reader=1)["cer"] == 0
    head = result.stdout.splitlines()[2].split()
    assert head == [Path(sys.executable).name, "made"]
    assert html.read_bytes().startswith(b"<!DOCTYPE html>")


def test_hcr_reads_pages_and_the_truths_lines(samples: Path, tmp_path: Path, out: Path) -> None:
    table = tmp_path / "truth.tsv"
    text = (samples / "line.gt.txt").read_text("utf-8").strip()
    table.write_text(f"{samples / 'line.png'}\t{text}\tme\n", "utf-8")
    result = run("--json", out, table)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "1 single lines" in result.stdout
    assert 0 <= figures(out, "lines")["cer"] < 0.5


@pytest.mark.parametrize(
    ("options", "errors"),
    [
        ((), 2),
        (("--ignore-accents",), 0),
        (("--keep-quotes",), 3),
        (("--ignore-case", "--ignore-punctuation"), 2),
    ],
)
def test_normalisation_is_switched(
    truth_folder: Path, program: Program, out: Path, options: tuple[str, ...], errors: int
) -> None:
    run(
        "--reader",
        "none",
        "--strike-outs",
        "--command",
        program(READS),
        "--json",
        out,
        *options,
        truth_folder,
    )
    (found,) = json.loads(out.read_text())["readers"][0]["levels"]["pages"]["results"]
    assert sum(found["counts"][3:6]) == errors


def test_a_program_reads_the_truths_lines(truth_folder: Path, program: Program, out: Path) -> None:
    # Each cut line has its number in its name.
    code = "import sys; print(['un chat', 'deux', 'rien'][int(sys.argv[1][-5])])"
    options = ("--reader", "none", "--level", "line", "--cut-header", "--strike-outs")
    result = run(*options, "--json", out, "--command", program(code), truth_folder)
    assert result.exit_code == 0
    assert figures(out, "lines")["exact"] == pytest.approx(1 / 3, abs=1e-4)


@pytest.mark.parametrize(("limit", "status"), [("0.10", 0), ("0.05", 1)])
def test_as_a_gate(truth_folder: Path, program: Program, limit: str, status: int) -> None:
    options = ("--reader", "none", "--strike-outs", "--fail-above", limit)
    result = run(*options, "--command", program(READS), truth_folder)
    assert result.exit_code == status
    assert ("the CER of 6.45% is above 5.00%" in result.stderr) == (status == 1)


def test_compared_with_an_earlier_run(truth_folder: Path, program: Program, out: Path) -> None:
    options = ("--reader", "none", "--strike-outs", "--command")
    run(*options, program("print('un')"), "--json", out, truth_folder)
    result = run(*options, program(READS), "--compare", out, truth_folder)
    name = Path(sys.executable).name
    assert f"CER, {name} minus {name} in report.json: -87.10 points" in result.stdout
    result = run(*options, program(READS), "--compare", out, "--ignore-case", truth_folder)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "normalised in another way" in result.stderr


def test_one_bad_image_costs_no_other(truth_folder: Path, program: Program, out: Path) -> None:
    (truth_folder / "p2.png").write_bytes(b"\x89PNG no more")
    (truth_folder / "p2.gt.txt").write_text("x", "utf-8")
    (truth_folder / "p3.gt.txt").write_text("x", "utf-8")
    result = run("--reader", "none", "--command", program(READS), "--json", out, truth_folder)
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert len(lines) == 2
    assert "p3.gt.txt: there is no image" in lines[0]
    assert "p2.png: the image is damaged" in lines[1]
    assert json.loads(out.read_text())["readers"][0]["levels"]["pages"]["count"] == 1


def test_a_page_that_a_reader_gives_up_on_counts_as_unread(
    truth_folder: Path, program: Program, out: Path
) -> None:
    options = ("--reader", "none", "--strike-outs", "--json", out)
    result = run(*options, "--command", program("raise SystemExit(4)"), truth_folder)
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert figures(out)["cer"] == 1


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--reader", "none"), "needs a --command or --predictions"),
        (("--command", "tesseract"), "has no {image}"),
        (("--reader", "none", "--command", "no-such-program {image}"), "there is no program"),
        (("--predictions", "gone"), "there is no such folder"),
        (("--writer", "("), "is no pattern"),
        (("--json", "gone/x.json"), "no file can be written there"),
        (("--compare", "gone.json"), "cannot be read"),
        (("--model", "gone.onnx"), "gone.onnx"),
        (("--fail-above", "-1"), "--fail-above"),
    ],
)
def test_wrong_usage(
    truth_folder: Path, options: tuple[str, ...], problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(truth_folder)
    result = run(*options, ".")
    assert (result.exit_code, result.stdout) == (2, "")
    assert problem in result.stderr


def test_a_folder_without_transcriptions(tmp_path: Path) -> None:
    Image.new("L", (9, 9)).save(tmp_path / "a.png")
    for folder in (tmp_path, tmp_path / "gone"):
        result = run(folder)
        assert (result.exit_code, result.stdout) == (2, "")
        assert len(result.stderr.splitlines()) == 1


def test_help_is_quick_to_load() -> None:
    code = (
        "import sys; from hcr.bench.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "--fail-above" in done.stdout
    loaded = set(done.stdout.split())
    assert loaded & {"numpy", "cv2", "PIL", "scipy", "onnxruntime"} == set()


@pytest.mark.parametrize(("options", "one_hand"), [((), True), (("--many-hands",), False)])
def test_many_hands_reach_the_reader(
    options: tuple[str, ...], one_hand: bool, truth_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[ReaderConfig] = []

    def refuse(config: ReaderConfig) -> None:
        given.append(config)
        raise ConfigError("--model", "it is not asked for", "go home")

    monkeypatch.setattr("hcr.bench.ours.Hcr", refuse)
    assert run(*options, "--reader", "crnn", truth_folder).exit_code == 2
    assert given == [ReaderConfig(reader="crnn", one_hand=one_hand)]
