from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from hcr import Document
from hcr.cli import main
from hcr.formats import FORMATS


def run(*arguments: object) -> Result:
    """Run hcr-read in this process, with the fake model."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.fixture
def two_pages(scan: Path, tmp_path: Path) -> Path:
    """A TIFF with the page twice."""
    image = Image.open(scan)
    path = tmp_path / "two.tif"
    image.save(path, save_all=True, append_images=[image])
    return path


def test_names() -> None:
    assert set(FORMATS) == {"txt", "md", "json", "csv", "tsv", "hocr", "alto", "page", "pdf"}
    assert len({each.suffix for each in FORMATS.values()}) == len(FORMATS)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_the_same_bytes_every_time_and_after_json(
    name: str, document: Document, scan: Path
) -> None:
    data = FORMATS[name].render(document, scan)
    again = Document.from_json(document.to_json())
    assert FORMATS[name].render_files(again, scan) == (data,)


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - {"pdf"}))
def test_only_pdf_needs_the_scan(name: str, document: Document) -> None:
    moved = Document("moved/scan.png", document.pages)
    assert FORMATS[name].render(moved, Path("nowhere"))


def test_importing_the_formats_leaves_pdfium_alone(root: Path) -> None:
    code = "import hcr.formats, sys; print('pypdfium2' in sys.modules)"
    output = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, check=True)
    assert output.stdout.strip() == b"False"


# hcr-read -f


def test_all_formats_at_once(scan: Path, document: Document, tmp_path: Path) -> None:
    out = tmp_path / "out"
    chosen = [option for name in FORMATS for option in ("-f", name)]
    assert run(*chosen, "-o", out, scan).exit_code == 0
    names = {f"scan{each.suffix}" for each in FORMATS.values()}
    assert names <= {path.name for path in out.iterdir()}
    for each in FORMATS.values():
        assert (out / f"scan{each.suffix}").read_bytes() == each.render(document, scan)


def test_page_writes_a_file_a_page(two_pages: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("-f", "page", "-f", "alto", "-o", out, two_pages).exit_code == 0
    written = {path.name for path in out.glob("*.xml")}
    assert written == {"two.page.xml", "two-p2.page.xml", "two.alto.xml"}


def test_one_page_is_printed(scan: Path) -> None:
    result = run("-f", "page", scan)
    assert result.exit_code == 0
    assert result.stdout_bytes.startswith(b"<?xml")
    assert result.stdout_bytes.count(b"<TextLine") == 3


def test_several_pages_are_no_single_file(two_pages: Path) -> None:
    result = run("-f", "page", two_pages)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "it has 2 pages" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["hocr", "alto", "page", "pdf"])
def test_several_inputs_are_no_single_file(name: str, scan: Path, two_pages: Path) -> None:
    result = run("-f", name, scan, two_pages)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "add -o DIR" in result.stderr


def test_tables_have_one_header(scan: Path, two_pages: Path) -> None:
    rows = run("-f", "tsv", scan, two_pages).stdout.splitlines()
    assert len(rows) == 1 + 6 + 12
    assert [row for row in rows if row.startswith("source\t")] == rows[:1]


def test_markdown_of_several_inputs(scan: Path, two_pages: Path) -> None:
    text = run("-f", "md", scan, two_pages).stdout
    assert text.count("\n---\n") == 2


def test_pdf_is_printed_but_not_on_a_terminal(scan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("-f", "pdf", scan).stdout_bytes.startswith(b"%PDF-")
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True)
    result = run("-f", "pdf", scan)
    assert result.exit_code == 2
    assert "terminal" in result.stderr
