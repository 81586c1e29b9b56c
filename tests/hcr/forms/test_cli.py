"""hcr-forms from end to end, with a fake in the place of the field reader but for one test."""

from __future__ import annotations

import csv
import io
import json
import pickle
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

import hcr
from hcr.forms.cli import main
from hcr.forms.job import read_forms
from hcr.forms.read import FormReader
from hcr.forms.template import load_template

from .conftest import InkReader


def run(*arguments: object) -> Result:
    """Run hcr-forms in this process."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def rows(table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table, newline="")))


def test_init_proposes_a_template_that_check_and_read_take(form_folder: Path) -> None:
    result = run("init", form_folder / "form_blank.png")
    assert result.exit_code == 0
    path = form_folder / "form_blank.toml"
    assert result.stdout.startswith(f"{path}: 7 fields; name them")
    assert [field.type for field in load_template(path).fields].count("choice") == 1
    assert "field_6: choice (option_1, option_2, option_3)" in run("check", path).stdout
    (row,) = rows(run("read", path, form_folder / "form_filled.jpg").stdout)
    assert row["field_7"] == "ink"


def test_init_overwrites_nothing(form_folder: Path) -> None:
    before = (form_folder / "form.toml").read_bytes()
    result = run("init", form_folder / "form_blank.png", "-o", form_folder / "form.toml")
    assert result.exit_code == 2
    assert "it exists already; name another file with -o" in result.stderr
    assert (form_folder / "form.toml").read_bytes() == before


def test_init_of_what_is_no_form(samples: Path, tmp_path: Path) -> None:
    for name, phrase in (("letter_en.jpg", "no boxes, combs"), ("none.png", "no such file")):
        result = run("init", samples / name, "-o", tmp_path / "form.toml")
        assert result.exit_code == 2
        assert phrase in result.stderr
        assert result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_check_lists_and_draws(form_folder: Path) -> None:
    picture = form_folder / "fields.png"
    result = run("check", form_folder / "form.toml", "-o", picture)
    assert result.exit_code == 0
    assert "Library membership: 7 fields, blank of 827 x 1170 pixels" in result.stdout
    assert "  born: date, comb of 8, required\n" in result.stdout
    assert Image.open(picture).size == (827, 1170)
    refused = run("check", form_folder / "form.toml", "-o", form_folder / "fields.xyz")
    assert refused.exit_code == 2
    assert "name it .png or .jpg" in refused.stderr


def test_wrong_template_is_one_line(form_folder: Path) -> None:
    path = form_folder / "form.toml"
    path.write_text(path.read_text("utf-8").replace('"[0-9]{5}"', '"["'), "utf-8")
    for arguments in (["check", path], ["read", path, form_folder / "form_filled.jpg"]):
        result = run(*arguments)
        assert result.exit_code == 2
        line = f"hcr-forms: {path}: field 'postcode': '[' without ']'; correct it\n"
        assert result.stderr.endswith(line)


def test_table_on_standard_output(form_folder: Path) -> None:
    result = run("read", form_folder / "form.toml", form_folder / "form_filled.jpg")
    assert (result.exit_code, result.stderr) == (0, "")
    (row,) = rows(result.stdout)
    assert row["file"] == str(form_folder / "form_filled.jpg")
    assert (row["page"], row["surname"], row["surname_confidence"]) == ("1", "ink", "0.9")
    assert (row["surname_review"], row["error"]) == ("false", "")


def test_failures_are_lines_rows_and_status_1(form_folder: Path, samples: Path) -> None:
    filled = Image.open(form_folder / "form_filled.jpg")
    scans = form_folder / "scans"
    scans.mkdir()
    filled.save(scans / "p10.tif", save_all=True, append_images=[Image.new("RGB", (500, 700))])
    filled.save(scans / "p2.jpg")
    (scans / "p3.png").write_bytes(b"no image")
    table = form_folder / "all.jsonl"
    result = run("read", form_folder / "form.toml", scans, scans / "none.png", "-o", table)
    assert result.exit_code == 1
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert lines[0].startswith(f"{scans / 'p3.png'}: this is no image")
    assert lines[1].startswith(f"{scans / 'p10.tif'}: page 2: this is not the form")
    assert lines[2].startswith(f"{scans / 'none.png'}: there is no such file")
    assert lines[3:] == ["forms: 2 read, 0 with fields to review, 3 failed"]
    records = [json.loads(line) for line in table.read_text("utf-8").splitlines()]
    assert [(Path(r["file"]).name, r["page"], "error" in r) for r in records] == [
        *(("p2.jpg", 1, False), ("p3.png", None, True)),
        *(("p10.tif", 1, False), ("p10.tif", 2, True), ("none.png", None, True)),
    ]


def test_pictures_show_what_was_read(form_folder: Path) -> None:
    filled = Image.open(form_folder / "form_filled.jpg")
    filled.save(form_folder / "two.tif", save_all=True, append_images=[filled.rotate(180)])
    pictures = form_folder / "new" / "pictures"
    arguments = ("read", form_folder / "form.toml", form_folder / "two.tif")
    assert run(*arguments, "--pictures", pictures).exit_code == 0
    assert sorted(path.name for path in pictures.iterdir()) == ["two-p2.jpg", "two.jpg"]
    assert Image.open(pictures / "two-p2.jpg").size == (827, 1170)


def test_interrupted_reading_keeps_what_is_read(
    form_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = InkReader.read
    seen: list[str] = []

    def interrupt(self: InkReader, fields: object) -> object:
        seen.append("x")
        if len(seen) > 1:
            raise KeyboardInterrupt
        return read(self, fields)  # type: ignore[arg-type]

    monkeypatch.setattr(InkReader, "read", interrupt)
    table, filled = form_folder / "t.csv", form_folder / "form_filled.jpg"
    result = run("read", form_folder / "form.toml", filled, filled, "-o", table)
    assert result.exit_code == 130
    assert result.stderr == "hcr-forms: interrupted\n"
    assert len(rows(table.read_text("utf-8"))) == 1


def test_fault_of_ours_costs_one_input(form_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FormReader, "_read_page", lambda *_: 1 / 0)
    result = run("read", form_folder / "form.toml", form_folder / "form_filled.jpg")
    assert result.exit_code == 1
    assert "reading it failed (ZeroDivisionError" in result.stderr
    assert len(rows(result.stdout)) == 1


def test_wrong_usage(form_folder: Path) -> None:
    template, filled = form_folder / "form.toml", form_folder / "form_filled.jpg"
    for arguments, phrase in (
        (["-o", form_folder / "t.xlsx"], ".csv or .jsonl"),
        (["-o", form_folder / "none" / "t.csv"], "no such folder for the table"),
        (["--jobs", "0"], "--jobs"),
        (["--precision", "1"], "--precision"),
    ):
        result = run("read", template, filled, *arguments)
        assert result.exit_code == 2
        assert phrase in result.stderr
    assert run("read", template).exit_code == 2
    assert run("--version").stdout == f"hcr-forms, version {hcr.__version__}\n"


def test_task_goes_to_worker_processes(form_folder: Path) -> None:
    task = pickle.loads(pickle.dumps(partial(read_forms, form_folder / "form.toml", 0.99)))
    assert task.args == (form_folder / "form.toml", 0.99)


@pytest.mark.real_model
def test_sample_is_read(samples: Path) -> None:
    (row,) = rows(run("read", samples / "form.toml", samples / "form_filled.jpg").stdout)
    values = [row[name] for name in ("surname", "first_name", "born", "postcode", "membership")]
    assert values == ["OKONKWO", "ADA LOUISE", "23071984", "40213", "child"]
    assert row["born_review"] == "false"
    strict = ("--precision", "0.9999", "--language", "en")
    (row,) = rows(run("read", *strict, samples / "form.toml", samples / "form_filled.jpg").stdout)
    assert row["born_review"] == "true"
    options = ("--language", "tlh")
    result = run("read", *options, samples / "form.toml", samples / "form_filled.jpg")
    assert result.exit_code == 2
    assert "--language" in result.stderr
    assert result.stderr.count("\n") == 1
