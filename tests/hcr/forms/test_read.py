from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hcr.errors import ConfigError, InputError
from hcr.forms.read import FormReader, FormReading, load_blank, prepare_blank
from hcr.forms.template import load_template

from .conftest import InkReader


@pytest.fixture
def reader(form_folder: Path) -> FormReader:
    return FormReader(load_template(form_folder / "form.toml"), InkReader())


def test_each_page_of_a_file_is_a_form(reader: FormReader, form_folder: Path) -> None:
    filled = Image.open(form_folder / "form_filled.jpg")
    other = Image.new("RGB", (600, 800), "white")
    blank = Image.open(form_folder / "form_blank.png").convert("RGB")
    path = form_folder / "all.tif"
    filled.save(path, save_all=True, append_images=[other, blank.rotate(180)])
    first, second, third = reader.read(path)
    assert isinstance(first, FormReading)
    assert [reading.value for reading in first.readings] == ["ink"] * 7
    assert isinstance(second, InputError)
    assert str(second).startswith(f"{path}: this is not the form")
    assert isinstance(third, FormReading)
    assert [reading.value for reading in third.readings] == [""] * 7
    assert [reading.review for reading in third.readings] == [
        field.required for field in reader.template.fields
    ]
    assert first.picture.shape == third.picture.shape == (1170, 827)


def test_torn_field_is_empty_and_to_be_reviewed(reader: FormReader, form_folder: Path) -> None:
    page = np.array(Image.open(form_folder / "form_filled.jpg"))
    torn = page.copy()
    torn[:290] = 255  # the heading and the surname
    (reading,) = reader.read(torn)
    assert isinstance(reading, FormReading)
    surname, *others = reading.readings
    assert (surname.value, surname.confidence, surname.review) == ("", 0.0, True)
    assert {other.value for other in others} == {"ink"}


def test_unreadable_file(reader: FormReader, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        list(reader.read(tmp_path / "none.png"))


def test_blanks_that_cannot_be_used(tmp_path: Path) -> None:
    page = Image.new("L", (300, 400), 255)
    page.save(tmp_path / "bare.png")
    page.save(tmp_path / "two.tif", save_all=True, append_images=[page])
    (tmp_path / "bad.png").write_bytes(b"x")
    with pytest.raises(ConfigError, match="too little print"):
        prepare_blank(tmp_path / "bare.png")
    with pytest.raises(ConfigError, match="several pages"):
        load_blank(tmp_path / "two.tif")
    with pytest.raises(ConfigError, match="no image"):
        load_blank(tmp_path / "bad.png")
