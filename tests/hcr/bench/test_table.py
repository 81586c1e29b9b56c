"""The report as text."""

from __future__ import annotations

from hcr.bench.bootstrap import Interval
from hcr.bench.compare import between
from hcr.bench.run import Measurement
from hcr.bench.table import describe, percent, render
from recognition.metrics import NormaliseConfig


def test_columns_side_by_side(measurements: list[Measurement]) -> None:
    text = render(measurements, NormaliseConfig(), between(measurements))
    lines = text.splitlines()
    assert lines[0] == "compared as NFC, quotes folded, dashes folded, white space collapsed"
    row = {line[2:].split("  ")[0]: line.split() for line in reversed(lines) if line[:2] == "  "}
    assert " ".join(row["CER"]) == "CER 5.0 % 95.0 %"
    assert row["seconds each"] == ["seconds", "each", "1.00", "s", "2.00", "s"]
    # The first reader's memory is not known: its cell stays empty.
    memory = next(line for line in lines if "peak memory" in line)
    assert memory.index("80 MB") == lines[2].index("other")
    assert any("4 whole pages; 95 % intervals over 4 pages" in line for line in lines)
    assert any("CER, hcr minus other: -90.00 points" in line for line in lines)
    assert row["given up on"][-1] == "1"


def test_levels_without_results_are_left_out(measurements: list[Measurement]) -> None:
    assert "single lines" not in render(measurements[1:], NormaliseConfig())
    assert "calibration" not in render(measurements[1:], NormaliseConfig())


def test_two_pages_have_no_interval(measurements: list[Measurement]) -> None:
    two = Measurement("hcr", pages=measurements[0].pages[:2])
    assert "too few pages for intervals" in render([two], NormaliseConfig())


def test_the_normalisation_is_named() -> None:
    bare = NormaliseConfig(fold_quotes=False, fold_dashes=False, collapse_spaces=False)
    assert describe(bare) == "NFC"
    assert describe(NormaliseConfig(fold_case=True)).endswith("white space collapsed, case ignored")


def test_figures() -> None:
    assert percent(Interval(0.1034)) == "10.3 %"
    assert percent(Interval(0.0, 0.0, 0.0)) == "0.0 %"
    assert percent(Interval(0.1034, 0.08, 0.12345)) == "10.3 % (8.0 to 12.3)"
