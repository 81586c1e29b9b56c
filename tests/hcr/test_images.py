from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hcr import images
from hcr.errors import InputError
from hcr.images import ImagesConfig

WIDTH, HEIGHT = 60, 40


def picture(mode: str = "RGB") -> Image.Image:
    """White with a black block top left and, in colour, a blue one top right."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    image.paste("black", (0, 0, 20, 10))
    image.paste((0, 0, 255), (40, 0, 60, 10))
    return image.convert(mode)


def save(folder: Path, name: str, image: Image.Image, **options: object) -> Path:
    path = folder / name
    image.save(path, **options)
    return path


def read(path: Path, **limits: float) -> list[np.ndarray]:
    return list(images.load(path, ImagesConfig(**limits)))  # type: ignore[arg-type]


def problem(path: Path, **limits: float) -> str:
    with pytest.raises(InputError) as caught:
        read(path, **limits)
    assert caught.value.exit_code == 1
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert len(message.splitlines()) == 1
    return message


def assert_is_picture(array: np.ndarray, tolerance: int = 0) -> None:
    assert array.dtype == np.uint8
    assert array.shape[:2] == (HEIGHT, WIDTH)
    colour = array if array.ndim == 3 else np.repeat(array[:, :, None], 3, axis=2)
    assert colour[2:8, 2:18].max() <= tolerance
    assert colour[20:, :].min() >= 255 - tolerance
    blue = colour[2:8, 42:58].astype(int)
    assert blue[..., 0].max() < 128
    if array.ndim == 3:
        assert blue[..., 2].min() >= 250 - tolerance


@pytest.mark.parametrize(
    ("name", "mode", "tolerance"),
    [
        ("a.png", "RGB", 0),
        ("a.png", "L", 0),
        ("a.png", "P", 0),
        ("a.jpg", "RGB", 60),
        ("a.jpg", "L", 60),
        ("a.webp", "RGB", 60),
        ("a.bmp", "RGB", 0),
        ("a.bmp", "L", 0),
        ("a.pgm", "L", 0),
        ("a.ppm", "RGB", 0),
        ("a.gif", "P", 0),
        ("a.tif", "RGB", 0),
        ("a.tif", "L", 0),
        ("a.tif", "P", 0),
    ],
)
def test_formats(tmp_path: Path, name: str, mode: str, tolerance: int) -> None:
    (array,) = read(save(tmp_path, name, picture(mode)))
    assert array.ndim == (2 if mode == "L" else 3)
    assert_is_picture(array, tolerance)


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.pbm", "a.bmp"])
def test_one_bit(tmp_path: Path, name: str) -> None:
    image = picture("L").point(lambda v: 255 * (v > 128), "1")
    (array,) = read(save(tmp_path, name, image))
    assert_is_picture(array)


@pytest.mark.parametrize("suffix", ["png", "tif", "pgm"])
def test_sixteen_bit_grey(tmp_path: Path, suffix: str) -> None:
    wide = np.asarray(picture("L")).astype(np.uint16) * 257
    path = tmp_path / f"a.{suffix}"
    if suffix == "pgm":
        path.write_bytes(b"P5 60 40 65535\n" + wide.astype(">u2").tobytes())
    else:
        Image.fromarray(wide).save(path)
    (array,) = read(path)
    assert_is_picture(array)


def test_sixteen_bit_colour(tmp_path: Path) -> None:
    wide = np.asarray(picture()).astype(">u2") * 257
    path = write_png(tmp_path / "a.png", WIDTH, HEIGHT, wide.tobytes(), depth=16, kind=2)
    (array,) = read(path)
    assert_is_picture(array)


def test_float_tiff(tmp_path: Path) -> None:
    grey = np.asarray(picture("L")).astype(np.float32)
    for name, values in (("bytes.tif", grey), ("unit.tif", grey / 255)):
        (array,) = read(save(tmp_path, name, Image.fromarray(values)))
        assert_is_picture(array)


def test_cmyk_jpeg(tmp_path: Path) -> None:
    (array,) = read(save(tmp_path, "a.jpg", picture("CMYK"), quality=95))
    assert array.shape == (HEIGHT, WIDTH, 3)
    assert_is_picture(array, tolerance=60)


@pytest.mark.parametrize("suffix", ["png", "webp", "tif"])
def test_alpha_is_laid_over_white(tmp_path: Path, suffix: str) -> None:
    image = picture("RGBA")
    image.putalpha(image.convert("L").point(lambda v: 0 if v == 255 else 255))
    hidden = Image.new("RGBA", image.size, (0, 0, 0, 0))  # black where it cannot be seen
    hidden.alpha_composite(image)
    options = {"lossless": True} if suffix == "webp" else {}
    (array,) = read(save(tmp_path, f"a.{suffix}", hidden, **options))
    assert_is_picture(array)


def test_grey_with_alpha_stays_grey(tmp_path: Path) -> None:
    (array,) = read(save(tmp_path, "a.png", Image.new("LA", (5, 4), (0, 0))))
    assert array.shape == (4, 5)
    assert array.min() == 255


def test_transparent_palette(tmp_path: Path) -> None:
    image = Image.new("P", (5, 4), 0)
    image.putpalette([0, 0, 0, 200, 0, 0])
    (array,) = read(save(tmp_path, "a.png", image, transparency=0))
    assert array.min() == 255


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
@pytest.mark.parametrize(
    ("orientation", "undo"),
    [
        (3, Image.Transpose.ROTATE_180),
        (6, Image.Transpose.ROTATE_90),
        (8, Image.Transpose.ROTATE_270),
    ],
)
def test_exif_rotation(
    tmp_path: Path, suffix: str, orientation: int, undo: Image.Transpose
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = save(tmp_path, f"a.{suffix}", picture().transpose(undo), exif=exif)
    (array,) = read(path)
    assert_is_picture(array, tolerance=0 if suffix in ("png", "tif") else 60)


def test_broken_exif_is_ignored(tmp_path: Path) -> None:
    path = save(tmp_path, "a.jpg", picture(), exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")
    (array,) = read(path)
    assert array.shape == (HEIGHT, WIDTH, 3)


def test_multi_page_tiff(tmp_path: Path) -> None:
    first = picture("L").point(lambda v: 255 * (v > 128), "1")
    rest = [Image.new("L", (30, 20 + n), 10 * n) for n in range(3)]
    path = save(tmp_path, "a.tif", first, save_all=True, append_images=rest)
    pages = read(path)
    assert [page.shape for page in pages] == [(40, 60), (20, 30), (21, 30), (22, 30)]
    assert [int(page.mean()) for page in pages[1:]] == [0, 10, 20]


def test_compressed_tiff(tmp_path: Path) -> None:
    fax = picture("L").point(lambda v: 255 * (v > 128), "1")
    (array,) = read(save(tmp_path, "fax.tif", fax, compression="group4"))
    assert_is_picture(array)
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "packbits"):
        (array,) = read(save(tmp_path, "a.tif", picture(), compression=compression))
        assert_is_picture(array)


def test_pages_come_one_at_a_time(tmp_path: Path) -> None:
    path = save(
        tmp_path, "a.tif", picture(), save_all=True, append_images=[Image.new("L", (3000, 10))]
    )
    pages = images.load(path, ImagesConfig(max_megapixels=0.01))
    assert_is_picture(next(pages))
    with pytest.raises(InputError, match="page 2 has"):
        next(pages)


def test_animation_gives_its_first_picture(tmp_path: Path) -> None:
    path = save(
        tmp_path, "a.gif", picture("P"), save_all=True, append_images=[Image.new("P", (60, 40))]
    )
    assert len(read(path)) == 1


def test_second_picture_of_a_phone_is_left_out(tmp_path: Path) -> None:
    path = save(
        tmp_path,
        "a.jpg",
        picture(),
        format="MPO",
        save_all=True,
        append_images=[Image.new("RGB", (30, 20))],
    )
    (array,) = read(path)
    assert_is_picture(array, tolerance=60)


def test_suffix_does_not_matter(tmp_path: Path) -> None:
    path = save(tmp_path, "a.png", picture()).rename(tmp_path / "scan.dat")
    assert_is_picture(read(path)[0])


# PDF


def test_pdf_is_rendered_at_300_dpi(tmp_path: Path) -> None:
    path = save(
        tmp_path, "a.pdf", picture(), resolution=150, save_all=True, append_images=[picture("L")]
    )
    pages = read(path)
    assert np.allclose([page.shape for page in pages], (80, 120, 3), atol=1)
    assert pages[0][5:15, 5:35].max() < 30
    assert pages[0][5:15, 85:115, 2].min() > 200
    assert np.allclose(read(path, pdf_dpi=75)[0].shape, (20, 30, 3), atol=1)


def test_photograph_on_a_huge_pdf_page_keeps_its_pixels(tmp_path: Path) -> None:
    photo = Image.new("RGB", (1500, 2000), "white")
    path = save(tmp_path, "a.pdf", photo, resolution=72)  # a page of 53 x 71 cm
    (array,) = read(path)
    assert array.shape == (2000, 1500, 3)


def test_encrypted_pdf(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", trailer="/Encrypt 4 0 R /ID [<00><00>]")
    assert "encrypted" in problem(path)


def test_huge_pdf_page(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", box="0 0 14400 14400")
    assert "3,600 megapixels" in problem(path)


@pytest.mark.parametrize("box", ["0 0 0 0", "0 0 -5 10", "0 0 1e30 1e30", "a b"])
def test_odd_pdf_page_sizes_are_no_crash(tmp_path: Path, box: str) -> None:
    path = write_pdf(tmp_path / "a.pdf", box=box)
    try:
        (array,) = read(path)
    except InputError:
        return
    assert array.size < 3 * 200e6


def test_pdf_without_pages(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", kids="", count=0)
    assert "pages" in problem(path) or "damaged" in problem(path)


def test_broken_pdf(tmp_path: Path) -> None:
    whole = save(tmp_path, "whole.pdf", picture()).read_bytes()
    path = tmp_path / "a.pdf"
    path.write_bytes(whole[:40])
    assert "damaged" in problem(path)


# Refusals


def test_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.touch()
    assert "empty" in problem(path)


def test_missing_file(tmp_path: Path) -> None:
    assert "no such file" in problem(tmp_path / "a.png")


@pytest.mark.parametrize("content", [b"just text\n", b"%!PS-Adobe\n", b"\0" * 500, b"PK\3\4zip"])
def test_no_image(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    assert "no image that hcr reads" in problem(path)


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "bmp", "gif", "tif", "pgm", "ppm"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_truncated(tmp_path: Path, suffix: str, share: float) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (80, 120, 3), dtype=np.uint8)
    image = Image.fromarray(noise).convert("L" if suffix == "pgm" else "RGB")
    whole = save(tmp_path, f"whole.{suffix}", image).read_bytes()
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(whole[: int(len(whole) * share)])
    assert "truncated" in problem(path)


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "bmp", "gif", "tif", "pgm", "pdf"])
def test_flipped_bytes_give_a_picture_or_an_input_error(tmp_path: Path, suffix: str) -> None:
    image = picture("L" if suffix == "pgm" else "RGB")
    whole = save(tmp_path, f"whole.{suffix}", image).read_bytes()
    rng = np.random.default_rng(7)
    path = tmp_path / f"a.{suffix}"
    for _ in range(25):
        damaged = bytearray(whole)
        for place in rng.integers(0, len(whole), 4):
            damaged[place] = rng.integers(0, 256)
        path.write_bytes(damaged)
        try:
            pages = read(path, max_megapixels=5)
        except InputError:
            continue
        assert all(page.dtype == np.uint8 and page.size for page in pages)


def test_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    path = write_png(tmp_path / "a.png", 100_000, 100_000, b"")
    assert "10,000 megapixels" in problem(path)


def test_limit(tmp_path: Path) -> None:
    path = save(tmp_path, "a.png", Image.new("1", (1000, 1000)))
    assert read(path, max_megapixels=1)[0].shape == (1000, 1000)
    assert "megapixels" in problem(path, max_megapixels=0.99)


def test_limit_is_ours_and_not_pillows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    for suffix in ("png", "tif"):
        (array,) = read(save(tmp_path, f"a.{suffix}", picture()))
        assert_is_picture(array)
    assert Image.MAX_IMAGE_PIXELS == 100


def test_folder(tmp_path: Path) -> None:
    assert "folder" in problem(tmp_path)


def test_pipe_and_device_are_not_opened(tmp_path: Path) -> None:
    pipe = tmp_path / "a.png"
    os.mkfifo(pipe)
    assert "no regular file" in problem(pipe)
    assert "no regular file" in problem(Path("/dev/zero"))


def test_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(tmp_path, "a.png", picture())

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # root may read everything
    assert "permission" in problem(path)


def test_name_too_long_or_impossible(tmp_path: Path) -> None:
    assert "cannot be opened" in problem(tmp_path / ("a" * 5000))
    with pytest.raises(InputError):
        read(Path("a\0b"))


def test_arrays() -> None:
    grey = np.full((4, 5), 7, np.uint8)
    assert images.from_array(grey) is grey
    assert images.from_array(grey[:, :, None]).shape == (4, 5)
    assert images.from_array(np.zeros((4, 5, 3), np.uint8)).shape == (4, 5, 3)
    clear = images.from_array(np.zeros((4, 5, 4), np.uint8))
    assert clear.shape == (4, 5, 3)
    assert clear.min() == 255


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((4, 5)),
        np.zeros((0, 5), np.uint8),
        np.zeros(5, np.uint8),
        np.zeros((4, 5, 2), np.uint8),
        np.zeros((1, 4, 5, 3), np.uint8),
    ],
)
def test_arrays_that_are_no_images(array: np.ndarray) -> None:
    with pytest.raises(ValueError, match="an image"):
        images.from_array(array)


@pytest.mark.parametrize("options", [{"max_megapixels": 0}, {"pdf_dpi": 10}, {"pdf_dpi": 5000}])
def test_config_is_checked(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must"):
        ImagesConfig(**options)


# Hand-made files: no library writes headers that lie.


def write_png(
    path: Path, width: int, height: int, rows: bytes, depth: int = 1, kind: int = 0
) -> Path:
    def chunk(name: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    stride = len(rows) // height
    raw = b"".join(b"\0" + rows[n : n + stride] for n in range(0, len(rows), max(stride, 1)))
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(raw))
        + chunk(b"IEND", b"")
    )
    return path


def write_pdf(
    path: Path, box: str = "0 0 72 72", kids: str = "3 0 R", count: int = 1, trailer: str = ""
) -> Path:
    key = "00" * 32
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] >>",
        f"<< /Filter /Standard /V 1 /R 2 /P -4 /O <{key}> /U <{key}> >>",
    ]
    text, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(text))
        text += f"{number} 0 obj\n{body}\nendobj\n"
    start = len(text)
    text += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n"
    text += "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    text += f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R {trailer} >>\n"
    path.write_text(f"{text}startxref\n{start}\n%%EOF\n", "ascii")
    return path
