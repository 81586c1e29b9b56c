from __future__ import annotations

import os
from pathlib import Path

import pytest

from hcr.batch.inputs import Found, find_inputs
from hcr.errors import HcrError, InputError

SUFFIXES = frozenset([".png", ".tif"])


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder of images with others in sub-folders, and things to leave out."""
    root = tmp_path / "scans"
    names = ("p10.png", "p2.PNG", "notes.txt", ".hidden.png", "b/x.tif", "a/p1.png", "a/10/y.png")
    for name in (*names, "a/9/z.png", ".git/p1.png", "out/old.png"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return root


def found(*paths: Path, output: Path | None = None) -> list[tuple[str, str]]:
    """Paths below the folder ``scans``, and names."""
    items = list(find_inputs(paths, SUFFIXES, output))
    assert all(isinstance(item, Found) for item in items), items
    return [
        (item.path.as_posix().partition("scans/")[2], item.name.as_posix())
        for item in items
        if isinstance(item, Found)
    ]


def errors(*paths: Path) -> list[HcrError]:
    items = list(find_inputs(paths, SUFFIXES))
    assert all(isinstance(item, HcrError) for item in items), items
    return [item for item in items if isinstance(item, HcrError)]


def test_files_pass_in_the_order_given_whatever_they_are(tmp_path: Path) -> None:
    paths = [tmp_path / "b.txt", tmp_path / "a.png", Path("a" * 5000), Path("nul\0")]
    items = [item for item in find_inputs(paths, SUFFIXES) if isinstance(item, Found)]
    assert [item.path for item in items] == paths
    assert [item.name for item in items][:2] == [Path("b"), Path("a")]


def test_folder_is_read_with_its_sub_folders_in_natural_order(tree: Path) -> None:
    assert found(tree, output=tree / "out") == [
        ("p2.PNG", "p2"),
        ("p10.png", "p10"),
        ("a/p1.png", "a/p1"),
        ("a/9/z.png", "a/9/z"),
        ("a/10/y.png", "a/10/y"),
        ("b/x.tif", "b/x"),
    ]


def test_output_folder_is_left_out_only_below_the_inputs(tree: Path) -> None:
    assert ("out/old.png", "out/old") in found(tree)
    assert found(tree / "out", output=tree / "out") == [("out/old.png", "old")]
    assert found(tree / "a", output=tree) == found(tree / "a")


def test_a_link_to_a_folder_above_does_not_go_round_in_circles(tree: Path) -> None:
    before = found(tree)
    (tree / "a" / "up").symlink_to(tree)
    assert found(tree) == before


def test_patterns_name_results_below_their_fixed_part(tree: Path) -> None:
    assert found(tree / "*" / "*.png") == [("a/p1.png", "a/p1"), ("out/old.png", "out/old")]
    assert found(tree / "a" / "**" / "?.png") == [("a/9/z.png", "9/z"), ("a/10/y.png", "10/y")]
    assert found(tree / "[ab]") == [*found_below(tree, "a"), *found_below(tree, "b")]
    assert found(tree / "[bp]*") == [*found_below(tree, "b"), ("p2.PNG", "p2"), ("p10.png", "p10")]


def found_below(tree: Path, folder: str) -> list[tuple[str, str]]:
    return [(path, f"{folder}/{name}") for path, name in found(tree / folder)]


def test_a_pattern_matches_a_file_once(tree: Path) -> None:
    matched = found(tree / "**")
    assert len(matched) == len(set(matched)) == 7


def test_relative_pattern(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree)
    items = list(find_inputs([Path("b/*.tif")], SUFFIXES))
    assert items == [Found(Path("b/x.tif"), Path("x"))]


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(tree: Path) -> None:
    (tree / "p[12].png").touch()
    assert found(tree / "p[12].png") == [("p[12].png", "p[12]")]


def test_nothing_to_read_is_an_error_in_its_place(tree: Path) -> None:
    (tree / "empty" / "inner").mkdir(parents=True)
    (bad,) = errors(tree / "empty")
    assert isinstance(bad, InputError)
    assert "no images" in str(bad)
    (bad,) = errors(tree / "*.jpg")
    assert "no image matches" in str(bad)


def test_folder_that_may_not_be_listed(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied")  # root may list everything
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    items = list(find_inputs([tree], SUFFIXES))
    (bad,) = [item for item in items if isinstance(item, HcrError)]
    assert "Permission denied" in str(bad)
    assert bad.source == str(tree / "a")
    assert len(items) == 5  # two above, one below b, one below out, and the error
