"""What a scanner or a camera does to a sheet of paper."""

from __future__ import annotations

import cv2
import numpy as np

from samples.sheet import smooth_noise


def scan(
    sheet: np.ndarray,
    rng: np.random.Generator,
    skew: float = 0.0,
    blur: float = 0.6,
    noise: float = 2.0,
    specks: int = 30,
) -> np.ndarray:
    """Scan a sheet on a flatbed.

    Parameters
    ----------
    sheet : float32 (h, w, 3), 0 to 255
    rng : source of all chance
    skew : how far the sheet lies turned, in degrees, positive counter-clockwise
    blur : standard deviation of the optics' blur in pixels
    noise : standard deviation of the sensor's noise in grey levels
    specks : number of dust specks

    Returns
    -------
    uint8 (h, w, 3) RGB
    """
    height, width = sheet.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), skew, 1.0)
    image = cv2.warpAffine(
        sheet, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(246.0, 246.0, 246.0)
    )
    for x, y in rng.uniform((0, 0), (width, height), (specks, 2)):
        centre = (round(8 * x), round(8 * y))
        radius = round(8 * rng.uniform(0.3, 1.1))
        shade = float(rng.uniform(90, 190))
        cv2.circle(image, centre, radius, (shade,) * 3, -1, cv2.LINE_AA, shift=3)
    # The lamp is weaker at one edge, and the lid does not press the paper flat at the other.
    across = np.linspace(0, 1, width, dtype=np.float32)
    lamp = 1 - 0.05 * across**3 - 0.06 * np.exp(-across * 40)
    return _sense(image * lamp[None, :, None], rng, blur, noise)


def photograph(
    sheet: np.ndarray,
    rng: np.random.Generator,
    skew: float = 5.0,
    tilt: float = 0.05,
    shadow: float = 0.4,
    noise: float = 3.0,
) -> np.ndarray:
    """Photograph a sheet that lies on a wooden table.

    Parameters
    ----------
    sheet : float32 (h, w, 3), 0 to 255
    rng : source of all chance
    skew : how far the sheet lies turned, in degrees, positive counter-clockwise
    tilt : how much smaller the far edge looks, as a fraction of the width
    shadow : how much light the photographer's shadow takes away, 0 to 1
    noise : standard deviation of the sensor's noise in grey levels

    Returns
    -------
    uint8 (h, w, 3) RGB
    """
    height, width = sheet.shape[:2]
    matrix = _camera(width, height, skew, tilt)
    table = _table(width, height, rng)
    seen = cv2.warpPerspective(
        np.ones((height, width), np.float32), matrix, (width, height), flags=cv2.INTER_LINEAR
    )
    image = cv2.warpPerspective(sheet, matrix, (width, height), flags=cv2.INTER_CUBIC)
    under = 1 - 0.35 * cv2.GaussianBlur(np.roll(seen, (8, 8), (0, 1)), (0, 0), 6)
    image = np.where(
        seen[..., None] > 0, image * seen[..., None] + table * (1 - seen[..., None]), table
    )
    image *= np.where(seen > 0, 1, under)[..., None]
    image *= _light(width, height, shadow, rng)[..., None]
    return _sense(image, rng, 0.7, noise)


def _camera(width: int, height: int, skew: float, tilt: float) -> np.ndarray:
    """Return the homography from the flat sheet to the picture, the sheet still inside it."""
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    middle = corners.mean(axis=0)
    angle = np.deg2rad(skew)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    placed = (corners - middle) @ turn.T
    placed[:2, 0] *= 1 - 2 * tilt
    placed[:, 1] *= 1 - tilt
    placed *= min(0.97 * width / np.ptp(placed[:, 0]), 0.97 * height / np.ptp(placed[:, 1]))
    placed += middle - (placed.max(axis=0) + placed.min(axis=0)) / 2
    return cv2.getPerspectiveTransform(corners, placed.astype(np.float32))


def _table(width: int, height: int, rng: np.random.Generator) -> np.ndarray:
    """Return a table top of dark wood, float32 (h, w, 3)."""
    grain = cv2.resize(
        rng.normal(size=(height // 2, 6)).astype(np.float32),
        (width, height),
        interpolation=cv2.INTER_CUBIC,
    )
    return np.array((92, 66, 48), dtype=np.float32) + 8 * grain[..., None]


def _light(width: int, height: int, shadow: float, rng: np.random.Generator) -> np.ndarray:
    """Return the light on the table: a lamp to one side and the shadow of a head and an arm."""
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    light = 1.0 - 0.22 * np.hypot(x - 0.3, y - 0.25)
    edge = 0.62 + 0.15 * np.sin(3 * y + rng.uniform(0, 2)) - 0.25 * y
    light *= 1 - shadow / (1 + np.exp(-(x - edge) * 28))
    return light.astype(np.float32)


def _sense(image: np.ndarray, rng: np.random.Generator, blur: float, noise: float) -> np.ndarray:
    """Blur, add the sensor's noise and round to bytes."""
    image = cv2.GaussianBlur(image, (0, 0), blur)
    shape = (image.shape[0], image.shape[1])
    image = image + (noise * smooth_noise(shape, 1.2, rng))[..., None]
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)
