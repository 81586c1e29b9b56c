"""FormReader: scans of filled forms to the values of their fields."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hcr.errors import ConfigError, InputError
from hcr.forms.cut import Cutter
from hcr.forms.picture import FieldPicture
from hcr.forms.reading import FieldReading
from hcr.forms.register import Blank, MismatchError, register
from hcr.forms.template import Field, Template
from hcr.images import ImagesConfig, Pixels, from_array, load

_REMEDY = "scan the whole form, or name its own template"


class ReadsFields(Protocol):
    """What reading forms needs of `hcr.forms.fields.FieldReader`."""

    def read(self, fields: Sequence[tuple[Field, FieldPicture]]) -> list[FieldReading]:
        """Return what is written in the fields of one form."""


@dataclass(frozen=True)
class FormReading:
    """One filled form.

    Attributes
    ----------
    picture
        uint8 (h, w) grey: the scan as it lies over the blank.
    readings
        Of the template's fields.
    """

    picture: Pixels
    readings: tuple[FieldReading, ...]


class FormReader:
    """Reads filled forms of one template.

    Parameters
    ----------
    template
        The form.
    fields
        Reads the fields.
    images
        Limits of images.

    Raises
    ------
    ConfigError
        If the blank cannot be read, or shows too little print to recognise the form by.
    """

    def __init__(
        self, template: Template, fields: ReadsFields, images: ImagesConfig | None = None
    ) -> None:
        self.template = template
        self._fields = fields
        self._images = images or ImagesConfig()
        self._blank = prepare_blank(template.blank, self._images)
        self._cutter = Cutter(self._blank)

    def read(self, source: Path | Pixels) -> Iterator[FormReading | InputError]:
        """Read the forms in a file, each page of which is one, or in an image.

        Parameters
        ----------
        source
            Path of an image, multi-page TIFF or PDF; or uint8 (h, w) grey, (h, w, 3) RGB or
            (h, w, 4) RGBA.

        Yields
        ------
        One form after the other, or the error of a page that is not the form.

        Raises
        ------
        InputError
            If the file cannot be read, or not to its end.
        """
        if isinstance(source, Path):
            name, pages = os.fspath(source), load(source, self._images)
        else:
            name, pages = "the image", iter([from_array(source)])
        for page in pages:
            try:
                yield self._read_page(page)
            except MismatchError as error:
                yield InputError(name, str(error), _REMEDY)

    def _read_page(self, image: Pixels) -> FormReading:
        registered = register(self._blank, image)
        fields = self.template.fields
        cuts = [self._cutter.cut(registered, field) for field in fields]
        shown = [(field, c.picture) for field, c in zip(fields, cuts, strict=True) if c.shown]
        read = iter(self._fields.read(shown))
        unseen = FieldReading("", 0.0, review=True)
        readings = tuple(next(read) if cut.shown else unseen for cut in cuts)
        return FormReading(registered.grey, readings)


def load_blank(path: Path, images: ImagesConfig | None = None) -> Pixels:
    """Return the image of a blank form, uint8 grey (h, w) or RGB (h, w, 3).

    Raises
    ------
    ConfigError
        If it cannot be read or has several pages.
    """
    try:
        pages = load(path, images)
        first = next(pages)
        several = next(pages, None) is not None
    except InputError as error:
        raise ConfigError(path, error.problem, error.remedy) from error
    if several:
        remedy = "save each page as an image with its own template"
        raise ConfigError(path, "the blank form has several pages", remedy)
    return first


def prepare_blank(path: Path, images: ImagesConfig | None = None) -> Blank:
    """Return a blank form made ready to lay scans over it.

    Raises
    ------
    ConfigError
        If it cannot be read, or shows too little print to recognise the form by.
    """
    try:
        return Blank.of(load_blank(path, images))
    except ValueError as error:
        raise ConfigError(path, str(error), "scan it with captions and frames") from None
