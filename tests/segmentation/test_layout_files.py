"""ALTO and PAGE files: lines, baselines, polygons, words; and files that are none of these."""

from __future__ import annotations

from pathlib import Path

import pytest

from segmentation.geometry import Box
from segmentation.layout_files import read_layout

ALTO = """<?xml version="1.0"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Layout>
<Page WIDTH="300" HEIGHT="200"><PrintSpace><TextBlock>
<TextLine BASELINE="200 52 10 50" HPOS="8" VPOS="20" WIDTH="195" HEIGHT="40">
  <Shape><Polygon POINTS="8,20 203,20 203,60 8,60"/></Shape>
  <String CONTENT="Sault-au-" HPOS="8" VPOS="20" WIDTH="90.5" HEIGHT="40"/><SP/>
  <String CONTENT="R\u00e9collet" HPOS="110" VPOS="22" WIDTH="93" HEIGHT="30"/></TextLine>
<TextLine BASELINE="90" HPOS="8" VPOS="70" WIDTH="60" HEIGHT="30">
  <String CONTENT="2"/></TextLine>
</TextBlock></PrintSpace></Page></Layout></alto>"""

PAGE = """<?xml version="1.0"?>
<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15">
<Page imageFilename="p.png" imageWidth="300" imageHeight="200"><TextRegion><TextLine>
<Coords points="8,20 203,20 203,60 8,60"/><Baseline points="200,52 10,50"/>
<Word><Coords points="8,20 90,20 90,60 8,60"/><TextEquiv><Unicode>bon</Unicode></TextEquiv></Word>
<TextEquiv index="1"><Unicode>ban jour</Unicode></TextEquiv>
<TextEquiv index="0"><Unicode>bon jour</Unicode></TextEquiv>
</TextLine><TextLine/></TextRegion></Page></PcGts>"""


def write(folder: Path, xml: str | bytes) -> Path:
    path = folder / "page.xml"
    path.write_bytes(xml if isinstance(xml, bytes) else xml.encode("utf-8"))
    return path


def test_alto(tmp_path: Path) -> None:
    layout = read_layout(write(tmp_path, ALTO))
    first, second = layout.lines
    assert (layout.width, layout.height) == (300, 200)
    assert first.text == "Sault-au- Récollet"
    assert first.baseline == ((10, 50), (200, 52))
    assert first.polygon[2] == (203, 60)
    assert [(word.text, word.box) for word in first.words] == [
        ("Sault-au-", Box(8, 20, 99, 60)),
        ("Récollet", Box(110, 22, 203, 52)),
    ]
    # Older versions give a baseline as one number, and lines as boxes.
    assert second.baseline == second.words == ()
    assert second.polygon == ((8, 70), (68, 70), (68, 100), (8, 100))


def test_alto_with_whole_lines_as_strings_knows_no_words(tmp_path: Path) -> None:
    layout = read_layout(write(tmp_path, ALTO.replace("Sault-au-", "Sault au")))
    assert [line.words for line in layout.lines] == [(), ()]
    assert layout.lines[0].text == "Sault au Récollet"


def test_page(tmp_path: Path) -> None:
    first, second = read_layout(write(tmp_path, PAGE)).lines
    assert first.text == "bon jour"
    assert first.baseline == ((10, 50), (200, 52))
    assert [(word.text, word.box) for word in first.words] == [("bon", Box(8, 20, 90, 60))]
    assert (second.text, second.baseline, second.polygon, second.words) == ("", (), (), ())


@pytest.mark.parametrize(
    ("xml", "problem"),
    [
        (ALTO[:200], "not well-formed"),
        (b"\x89PNG\r\n\x1a\n", "not well-formed"),
        (b"", "not well-formed"),
        ('<?xml version="1.0" encoding="klingon"?><alto/>', "not well-formed"),
        ("<alto/>", "neither ALTO nor PAGE"),
        ("<html><Page/></html>", "neither ALTO nor PAGE"),
        (ALTO.replace("8,20", "nan,20"), "'nan' is no coordinate"),
        (ALTO.replace("8,20", "1e300,20"), "'1e300' is no coordinate"),
        (ALTO.replace('WIDTH="300"', 'WIDTH="wide"'), "'wide' is no coordinate"),
        (PAGE.replace('index="1"', 'index="x"'), "'x' is no coordinate"),
    ],
)
def test_other_files_are_refused_in_one_line(
    tmp_path: Path, xml: str | bytes, problem: str
) -> None:
    path = write(tmp_path, xml)
    with pytest.raises(ValueError, match=problem) as caught:
        read_layout(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_entities_do_not_explode(tmp_path: Path) -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE alto [<!ENTITY e0 "ha">{levels}]><alto>&e11;</alto>'
    with pytest.raises(ValueError, match="not well-formed"):
        read_layout(write(tmp_path, bomb))
