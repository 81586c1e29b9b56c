"""Files to page images: every usual image format, multi-page TIFF and PDF, one page at a time.

Pillow reads the images, because it alone does all of EXIF rotation, CMYK JPEG, palettes, 1 bit and
single TIFF pages without a copy of the file in memory; pypdfium2 renders PDF.
"""

from __future__ import annotations

import stat
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from hcr.errors import HcrError, InputError

Pixels: TypeAlias = npt.NDArray[np.uint8]

# What a folder is searched for.
_JPEG = frozenset([".jpg", ".jpeg", ".jpe"])
_NETPBM = frozenset([".pgm", ".ppm", ".pbm", ".pnm"])
_OTHERS = frozenset([".png", ".webp", ".bmp", ".dib", ".gif", ".tif", ".tiff", ".pdf"])
SUFFIXES = _JPEG | _NETPBM | _OTHERS
# Pillow's names. Nothing else is tried: some of its other formats start programs (EPS) or are
# hardly ever tested.
_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "DIB", "PPM", "GIF", "TIFF")
_SIGNATURES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"BM", b"GIF8", b"II*\0", b"MM\0*")
_KNOWN = "PNG, JPEG, WebP, BMP, PGM, GIF, TIFF or PDF"
_THUMBNAIL_OR_MASK = 0b101
_NEW_SUBFILE_TYPE = 254
_pillow_limit_lock = threading.Lock()


@dataclass(frozen=True)
class ImagesConfig:
    """How images come in.

    Attributes
    ----------
    max_megapixels
        Larger pages are refused before they are decoded.
    pdf_dpi
        Resolution at which PDF pages are rendered.
    """

    max_megapixels: float = 200
    pdf_dpi: int = 300

    def __post_init__(self) -> None:
        if self.max_megapixels <= 0:
            raise ValueError("max_megapixels must be above 0")
        if not 36 <= self.pdf_dpi <= 1200:
            raise ValueError("pdf_dpi must lie between 36 and 1200")

    def check_size(self, width: float, height: float, path: Path, page: int) -> None:
        """Raise `InputError` for a page that is too large, or has no pixels at all."""
        if not (width >= 1 and height >= 1):
            raise InputError(path, f"page {page + 1} has no pixels", "scan or export it again")
        megapixels = width * height / 1e6
        if megapixels > self.max_megapixels:
            raise InputError(
                path,
                f"page {page + 1} has {megapixels:,.0f} megapixels, "
                f"more than the {self.max_megapixels:g} allowed",
                "make the image smaller",
            )


def load(path: str | Path, config: ImagesConfig | None = None) -> Iterator[Pixels]:
    """Read the pages of an image file or PDF, one after the other.

    Rotation by EXIF is applied, transparency is laid over white, 16 bits become 8. Of animations
    only the first picture is read.

    Parameters
    ----------
    path
        An image, multi-page TIFF or PDF.
    config
        Limits and resolution.

    Yields
    ------
    uint8 array (h, w), grey, or (h, w, 3), RGB. Only one page is in memory at a time.

    Raises
    ------
    InputError
        If the file cannot be read, is no image, is damaged, too large or encrypted. Pages before
        the damage have been yielded by then.
    """
    config = config or ImagesConfig()
    path = Path(path)
    with _opened(path) as stream:
        head = stream.read(1024)
        if not head:
            raise InputError(path, "the file is empty", "scan or export it again")
        stream.seek(0)
        if b"%PDF-" in head:
            from hcr import pdf  # slow to import, and most inputs are no PDF

            yield from pdf.render_pages(stream, path, config)
        else:
            yield from _image_pages(stream, path, config)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file; a pipe or device would block or never end."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise InputError(path, "this is a folder, not an image", "name the images in it")
        if not stat.S_ISREG(mode):
            raise InputError(path, "this is no regular file", "save the image to a file first")
        stream = path.open("rb")
    except FileNotFoundError:
        raise InputError(path, "there is no such file", "check the name") from None
    except PermissionError:
        raise InputError(path, "no permission to read it", "change its permissions") from None
    except (OSError, ValueError) as error:
        raise InputError(path, f"it cannot be opened ({error})", "check the name") from None
    with stream:
        yield stream


@contextmanager
def decoding(path: Path) -> Iterator[None]:
    """Turn whatever a decoder raises into one `InputError`, and keep its warnings quiet.

    Pillow's decoders raise OSError, SyntaxError, ValueError, struct.error, KeyError and more on
    damaged files, hence the broad catch.
    """
    try:
        with warnings.catch_warnings(), _own_pixel_limit():
            warnings.simplefilter("ignore")
            yield
    except HcrError:
        raise
    except MemoryError:
        raise InputError(path, "there is not enough memory for it", "make it smaller") from None
    except Exception as error:
        raise InputError(
            path,
            f"the file is damaged, truncated or of an unsupported kind ({error})",
            "scan or export it again",
        ) from error


@contextmanager
def _own_pixel_limit() -> Iterator[None]:
    """Suspend Pillow's limit (179 megapixels, for the whole program): ours is checked instead."""
    with _pillow_limit_lock:
        limit = Image.MAX_IMAGE_PIXELS
        Image.MAX_IMAGE_PIXELS = None
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = limit


def _image_pages(stream: BinaryIO, path: Path, config: ImagesConfig) -> Iterator[Pixels]:
    head = stream.read(8)
    stream.seek(0)
    with decoding(path):
        try:
            image = Image.open(stream, formats=_FORMATS)
        except UnidentifiedImageError:
            if head.startswith(_SIGNATURES):
                raise InputError(
                    path, "the image is damaged or truncated", "scan or export it again"
                ) from None
            raise InputError(
                path, "this is no image that hcr reads", f"convert it to {_KNOWN}"
            ) from None
    page = 0
    while True:
        with decoding(path):
            pixels = None
            if not _is_thumbnail(image):
                config.check_size(*image.size, path, page)
                pixels = _to_array(image)
        if pixels is not None:
            yield pixels
            page += 1
        with decoding(path):
            if image.format != "TIFF" or not _next_frame(image):
                break
    if not page:
        raise InputError(path, "the file has no pages", "scan or export it again")


def _next_frame(image: Image.Image) -> bool:
    """Go to the next page of a TIFF; False at the end."""
    try:
        image.seek(image.tell() + 1)
    except EOFError:
        return False
    return True


def _is_thumbnail(image: Image.Image) -> bool:
    """Tell whether a TIFF page is a small copy or a mask of another page."""
    tags = getattr(image, "tag_v2", {})
    return bool(tags.get(_NEW_SUBFILE_TYPE, 0) & _THUMBNAIL_OR_MASK)


def _to_array(image: Image.Image) -> Pixels:
    """Return one decoded picture as uint8 (h, w) or (h, w, 3)."""
    image.load()
    with suppress(Exception):  # a broken EXIF block is no reason not to read the picture
        image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):  # 16 bits, or 32 that hold 16
        wide = np.clip(np.asarray(image), 0, 65535)
        return (wide >> 8).astype(np.uint8)
    if image.mode == "F":  # 0 to 1 or 0 to 255: the format does not say
        real = np.nan_to_num(np.asarray(image), nan=1.0)
        scale = 255.0 if real.max() <= 1.0 else 1.0
        return np.clip(real * scale, 0, 255).astype(np.uint8)
    if image.has_transparency_data:
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image.convert("RGBA"))
        is_grey = image.mode in ("L", "LA", "La", "1")
        return np.array(paper.convert("L" if is_grey else "RGB"))
    return np.array(image.convert("L" if image.mode in ("1", "L") else "RGB"))


def from_array(array: Pixels) -> Pixels:
    """Return an image given as an array as `load` would: grey (h, w) or RGB (h, w, 3).

    Raises
    ------
    ValueError
        If it is not uint8 of shape (h, w), (h, w, 1), (h, w, 3) or (h, w, 4), or has no pixels.
    """
    if array.dtype != np.uint8 or array.ndim not in (2, 3) or not array.size:
        raise ValueError(
            f"an image is a uint8 array of two or three dimensions, "
            f"not {array.dtype} of shape {array.shape}"
        )
    if array.ndim == 2 or array.shape[2] == 3:
        return array
    if array.shape[2] == 1:
        return array[:, :, 0]
    if array.shape[2] == 4:
        return _to_array(Image.fromarray(array, "RGBA"))
    raise ValueError(f"an image has 1, 3 or 4 channels, not {array.shape[2]}")
