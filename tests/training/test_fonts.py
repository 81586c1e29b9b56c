from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np
import pytest
from fontTools.ttLib import TTFont

from recognition.alphabet import LINE_ALPHABET
from training.fonts import FontSet, Typeface, compose_typeset
from training.sources import font_lines
from training.texts import TextSource

FOLDER = Path(matplotlib.get_data_path()) / "fonts" / "ttf"


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    return FontSet(FOLDER)


@pytest.fixture
def face(fonts: FontSet) -> Typeface:
    return next(face for face in fonts.typefaces if face.path.name == "DejaVuSans.ttf")


def test_fonts_say_what_they_have(face: Typeface) -> None:
    assert face.characters >= set("azAZ09éœ€")
    assert "\ue000" not in face.characters
    assert 0.5 < face.x_height < 0.6


def test_fonts_without_letters_are_left_out(fonts: FontSet) -> None:
    names = {face.path.name for face in fonts.typefaces}
    assert "STIXSizOneSymReg.ttf" in {path.name for path in FOLDER.iterdir()}
    assert "STIXSizOneSymReg.ttf" not in names
    assert "STIXGeneral.ttf" in names


def test_a_font_of_capitals_alone_is_left_out(face: Typeface, tmp_path: Path) -> None:
    with TTFont(face.path) as font:
        for table in font["cmap"].tables:
            for letter in "abcdefghijklmnopqrstuvwxyz":
                if ord(letter) in table.cmap:
                    table.cmap[ord(letter)] = table.cmap[ord(letter.upper())]
        font.save(tmp_path / "capitals.ttf")
    (tmp_path / "broken.ttf").write_bytes(b"not a font at all")
    with pytest.raises(ValueError, match="no font with small and capital letters"):
        FontSet(tmp_path)


def test_lines_are_ink_on_paper_and_grow_with_their_text(face: Typeface) -> None:
    short, long = (
        compose_typeset(text, face, np.random.default_rng(3)) for text in ("mot", "mot " * 8)
    )
    for image in (short, long):
        assert image.dtype == np.uint8
        assert image.ndim == 2
        assert np.median(image) > 240 > 200 > image.min()
    assert long.shape[1] > 6 * short.shape[1]


def test_the_same_random_numbers_make_the_same_line(face: Typeface) -> None:
    one, again, other = (
        compose_typeset("deux fois deux", face, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, again)
    assert one.shape != other.shape or (one != other).any()


def test_a_word_that_comes_twice_is_not_the_same_picture_twice(face: Typeface) -> None:
    image = compose_typeset("mmmm mmmm", face, np.random.default_rng(5)) < 128
    columns = np.flatnonzero(image.any(axis=0))
    gaps = np.diff(columns)
    cut = columns[int(gaps.argmax())] + 1
    first, second = image[:, columns[0] : cut], image[:, columns[int(gaps.argmax()) + 1] :]
    widths = first.shape[1], second.shape[1]
    shared = min(widths)
    assert widths[0] != widths[1] or (first[:, :shared] != second[:, :shared]).any()


def test_texts_hold_only_what_the_font_and_the_alphabet_have(fonts: FontSet) -> None:
    texts = TextSource(LINE_ALPHABET.characters)
    source, rng = font_lines(fonts, texts, LINE_ALPHABET), np.random.default_rng(11)
    known = set.union(*(set(face.characters) for face in fonts.typefaces)) | {" "}
    for _ in range(20):
        image, text = source.draw(rng)
        assert text
        assert set(text) <= known & set(LINE_ALPHABET.characters)
        assert image.size


def test_nothing_to_write_is_refused(face: Typeface) -> None:
    with pytest.raises(ValueError, match="nothing to write"):
        compose_typeset(" ", face, np.random.default_rng(1))
