from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from training.ground_truth import (
    clean_text,
    read_folder,
    read_line_folder,
    read_page,
)

ALTO = """<?xml version="1.0"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Layout>
<Page WIDTH="300" HEIGHT="200"><PrintSpace><TextBlock>
<TextLine BASELINE="200 52 10 50" HPOS="8" VPOS="20" WIDTH="195" HEIGHT="40">
  <String CONTENT="R\u00e9collet"/></TextLine>
</TextBlock></PrintSpace></Page></Layout></alto>"""

PAGE = """<?xml version="1.0"?>
<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15">
<Page imageFilename="../../etc/passwd" imageWidth="300" imageHeight="200"><TextRegion>
<TextLine><Coords points="8,20 203,20 203,60 8,60"/><Baseline points="10,50 200,52"/>
<TextEquiv><Unicode>bonjour</Unicode></TextEquiv></TextLine></TextRegion></Page></PcGts>"""


def page(folder: Path, name: str, xml: str) -> Path:
    cv2.imwrite(str(folder / f"{name}.png"), np.full((200, 300), 255, np.uint8))
    path = folder / f"{name}.xml"
    path.write_text(xml, encoding="utf-8")
    return path


def test_a_page_takes_the_image_beside_it_only(tmp_path: Path) -> None:
    truth = read_page(page(tmp_path, "p", PAGE))
    assert (truth.image, truth.width, truth.height) == (tmp_path / "p.png", 300, 200)
    assert truth.lines[0].text == "bonjour"
    assert truth.lines[0].baseline == ((10, 50), (200, 52))


@pytest.mark.parametrize("suffix", [".page.xml", ".alto.xml"])
def test_files_named_as_hcr_read_names_them_find_their_image(tmp_path: Path, suffix: str) -> None:
    page(tmp_path, "p", ALTO if "alto" in suffix else PAGE)
    (tmp_path / "p.xml").rename(tmp_path / f"p{suffix}")
    assert [truth.image for truth in read_folder(tmp_path)] == [tmp_path / "p.png"]


def test_a_folder_may_mix_both(tmp_path: Path) -> None:
    page(tmp_path, "b", PAGE)
    page(tmp_path, "a", ALTO)
    assert [truth.image.stem for truth in read_folder(tmp_path)] == ["a", "b"]


def test_clear_errors(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no ALTO or PAGE"):
        read_folder(tmp_path)
    with pytest.raises(ValueError, match=r"x\.xml: not well-formed"):
        read_page(page(tmp_path, "x", ALTO[:200]))
    lonely = page(tmp_path, "z", ALTO)
    (tmp_path / "z.png").unlink()
    with pytest.raises(ValueError, match="no image of that name"):
        read_page(lonely)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("du 21 >juin< mai", "du 21 mai"),
        ("à des fins >< non", "à des fins non"),
        ("l\u2019e\u0301te\u0301", "l'été"),
        ("\u201cNo\u201d \u2013 yes\u2026", '"No" - yes...'),
        ("a>0{-x a>0}, b<0", "a>0{-x a>0}, b<0"),
        ("  two \t words ", "two words"),
    ],
)
def test_clean_text(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean
    assert clean_text(clean) == clean


def test_lines_with_gt_txt(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "1.png"), np.full((20, 30), 255, np.uint8))
    cv2.imwrite(str(tmp_path / "2.png"), np.full((20, 30), 255, np.uint8))
    (tmp_path / "1.gt.txt").write_text("bonjour\n", encoding="utf-8")
    assert read_line_folder(tmp_path) == [(tmp_path / "1.png", "bonjour")]
