"""Paper with its rules and print, and the ink as it lies on the paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from samples.pen import SCALE, Fonts

Colour = tuple[int, int, int]
Segment = tuple[float, float, float, float]


@dataclass(frozen=True)
class Ink:
    """What the pen leaves behind.

    Attributes
    ----------
    colour : RGB of the full ink
    strength : how much of the paper it hides, 0 to 1
    fade : how unevenly it flows, 0 to 1
    grain : how much of the paper's tooth shows through, 0 (ball pen) to 1 (pencil, chalk)
    weight : change of the stroke width in pixels of the sheet
    """

    colour: Colour
    strength: float = 0.9
    fade: float = 0.15
    grain: float = 0.1
    weight: float = 0.0


def smooth_noise(
    shape: tuple[int, int], length: float, rng: np.random.Generator, detail: int = 1
) -> np.ndarray:
    """Return noise that changes over about ``length`` pixels.

    Returns
    -------
    float32 of ``shape``, mean 0, standard deviation 1
    """
    height = max(2, round(shape[0] / length) + 3)
    width = max(2, round(shape[1] / length) + 3)
    total = np.zeros(shape, dtype=np.float32)
    for octave in range(detail):
        coarse = rng.normal(size=(height << octave, width << octave)).astype(np.float32)
        total += cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC) / (1 << octave)
    return (total - total.mean()) / max(float(total.std()), 1e-6)


def paper(width: int, height: int, colour: Colour, rng: np.random.Generator) -> np.ndarray:
    """Return a sheet of blank paper with fibres and clouds.

    Returns
    -------
    float32 (height, width, 3), 0 to 255
    """
    shape = (height, width)
    relief = 1.2 * smooth_noise(shape, 300, rng) + 0.7 * smooth_noise(shape, 3, rng, detail=2)
    return np.array(colour, dtype=np.float32) + relief[..., None]


def rule(
    sheet: np.ndarray,
    segments: Sequence[Segment],
    colour: Colour,
    width: float = 1.0,
    dots: float = 0.0,
) -> None:
    """Print straight lines on the sheet, in place.

    Parameters
    ----------
    sheet : float32 (h, w, 3)
    segments : (x0, y0, x1, y1) in pixels
    colour : RGB of the print
    width : line width in pixels
    dots : distance of the dots of a dotted line in pixels, 0 for a solid line
    """
    drawn = np.zeros(sheet.shape[:2], dtype=np.uint8)
    for x0, y0, x1, y1 in segments:
        if dots:
            steps = max(1, round(np.hypot(x1 - x0, y1 - y0) / dots))
            for part in np.linspace(0, 1, steps + 1):
                centre = (round(8 * (x0 + part * (x1 - x0))), round(8 * (y0 + part * (y1 - y0))))
                cv2.circle(drawn, centre, round(8 * width), 255, -1, cv2.LINE_AA, shift=3)
        else:
            ends = np.rint(np.array([x0, y0, x1, y1]) * 8).astype(int).tolist()
            cv2.line(drawn, ends[:2], ends[2:], 255, round(width), cv2.LINE_AA, shift=3)
    _print(sheet, drawn.astype(np.float32) / 255, colour)


def print_text(
    sheet: np.ndarray,
    text: str,
    x: float,
    baseline: float,
    size: float,
    fonts: Fonts,
    colour: Colour = (40, 40, 45),
) -> None:
    """Print ``text`` on the sheet with a printing font, in place."""
    drawn = Image.new("L", (sheet.shape[1], sheet.shape[0]))
    font = fonts.get("open-sans", size)
    ImageDraw.Draw(drawn).text((x, baseline), text, fill=255, font=font, anchor="ls")
    _print(sheet, np.asarray(drawn, dtype=np.float32) / 255, colour)


def apply_ink(
    sheet: np.ndarray, laid: np.ndarray, ink: Ink, rng: np.random.Generator
) -> np.ndarray:
    """Put the strokes of a Pen on paper: shaky, of uneven width, bleeding and fading.

    Parameters
    ----------
    sheet : float32 (h, w, 3)
    laid : float32 (h * SCALE, w * SCALE), Pen.ink

    Returns
    -------
    float32 (h, w, 3)
    """
    laid = _shake(laid, rng)
    soft = cv2.GaussianBlur(laid, (0, 0), 0.55 * SCALE)
    # Where the threshold on the blurred stroke is low the stroke comes out wide.
    edge = 0.42 - 0.16 * ink.weight + 0.05 * smooth_noise(laid.shape, 40 * SCALE, rng)
    edge += 0.05 * smooth_noise(laid.shape, 1.5 * SCALE, rng)
    stroke = np.clip((soft - edge) * 3.5 + 0.5, 0, 1)
    height, width = sheet.shape[:2]
    covered = cv2.resize(stroke, (width, height), interpolation=cv2.INTER_AREA)
    flow = smooth_noise((height, width), 60, rng, detail=2)
    tooth = smooth_noise((height, width), 1.5, rng)
    strength = ink.strength * (1 + ink.fade * flow) * (1 + ink.grain * tooth)
    alpha = np.clip(covered * np.clip(strength, 0.25 * ink.strength, 1), 0, 1)[..., None]
    return sheet * (1 - alpha) + np.array(ink.colour, dtype=np.float32) * alpha


def _shake(laid: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Bend the strokes a little so that the same letter never comes out twice."""
    target: np.ndarray = np.indices(laid.shape, dtype=np.float32)
    for length, reach in ((14 * SCALE, 0.8 * SCALE), (90 * SCALE, 1.8 * SCALE)):
        target[1] += reach * smooth_noise(laid.shape, length, rng)
        target[0] += reach * smooth_noise(laid.shape, length, rng)
    return cv2.remap(laid, target[1], target[0], cv2.INTER_LINEAR)


def _print(sheet: np.ndarray, drawn: np.ndarray, colour: Colour) -> None:
    """Mix ``colour`` into the sheet where ``drawn`` (0 to 1) says."""
    sheet += (np.array(colour, dtype=np.float32) - sheet) * drawn[..., None]
