"""The sample form, scans of it with known faults, and a field reader that counts ink."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from hcr.errors import ConfigError
from hcr.forms.picture import FieldPicture
from hcr.forms.reading import FieldReading
from hcr.forms.register import Blank
from hcr.forms.template import Field, Template, load_template
from hcr.images import Pixels, load


class InkReader:
    """Reads every field as how much is written in it: nothing, or "ink"; tiny text is doubtful."""

    def check(self, fields: Iterable[Field]) -> None:
        for field in fields:
            if field.pattern == "[":
                raise ConfigError(f"field {field.name!r}", "'[' without ']'", "correct it")

    def read(self, fields: Sequence[tuple[Field, FieldPicture]]) -> list[FieldReading]:
        return [
            FieldReading("", 0.95, field.required)
            if picture.ink.mean() < 0.001
            else FieldReading("ink", 0.9, False)
            for field, picture in fields
        ]


@pytest.fixture(autouse=True)
def fake_fields(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let all fields be read by the fake, unless a test asks for the real model."""
    from hcr.forms import job
    from hcr.forms.fields import FieldReader

    job.form_reader.cache_clear()
    if not request.node.get_closest_marker("real_model"):
        monkeypatch.setattr(FieldReader, "load", lambda *_, **__: InkReader())
    yield
    job.form_reader.cache_clear()


@pytest.fixture(scope="session")
def template(samples: Path) -> Template:
    return load_template(samples / "form.toml")


@pytest.fixture(scope="session")
def blank_image(samples: Path) -> Pixels:
    return next(load(samples / "form_blank.png"))


@pytest.fixture(scope="session")
def filled_image(samples: Path) -> Pixels:
    return next(load(samples / "form_filled.jpg"))


@pytest.fixture(scope="session")
def blank(blank_image: Pixels) -> Blank:
    return Blank.of(blank_image)


@pytest.fixture(scope="session")
def small_forms(samples: Path) -> dict[str, Pixels]:
    """The blank and the filled sample at half their size, 100 dpi, by file name."""
    forms = {}
    for name in ("form_blank.png", "form_filled.jpg"):
        image = next(load(samples / name))
        forms[name] = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return forms


@pytest.fixture
def form_folder(tmp_path: Path, samples: Path, small_forms: dict[str, Pixels]) -> Path:
    """A folder with the sample's template, blank and filled copy, small."""
    shutil.copy(samples / "form.toml", tmp_path)
    for name, image in small_forms.items():
        Image.fromarray(image).save(tmp_path / name)
    return tmp_path


def scanned(
    image: Pixels,
    degrees: float = 0.0,
    scale: float = 1.0,
    shift: tuple[float, float] = (0.0, 0.0),
    tilt: tuple[float, float] = (0.0, 0.0),
) -> tuple[Pixels, np.ndarray]:
    """Return a scan of a page that lies askew, and the homography from the page to it.

    The scan is as large as the page seen upright from above, or its box after larger turns; the
    page lies in its middle, moved by `shift`.
    """
    height, width = image.shape[:2]
    turn = np.vstack([cv2.getRotationMatrix2D((0, 0), degrees, scale), (0, 0, 1)])
    matrix = turn @ np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1]])
    matrix = np.array([[1, 0, 0], [0, 1, 0], [tilt[0] / width, tilt[1] / height, 1]]) @ matrix
    sides = (height, width) if 45 < abs(degrees) < 135 else (width, height)
    size = tuple(round(side * scale) for side in sides)
    matrix = np.array(
        [[1, 0, size[0] / 2 + shift[0]], [0, 1, size[1] / 2 + shift[1]], [0, 0, 1]]
    ) @ (matrix)
    white = (255, 255, 255)
    scan = cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_AREA, borderValue=white)
    return np.asarray(scan, np.uint8), matrix
