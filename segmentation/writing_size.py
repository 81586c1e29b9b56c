"""Estimates how large the writing on a sheet is."""

from __future__ import annotations

import cv2
import numpy as np

# Components of running writing, their heights weighted by themselves, are this many x-heights
# tall in the median (measured on the training pages of Copiste: 0.9 to 2.2).
COMPONENT_HEIGHT = 1.35
# A dot or a dash inks so much of its box; only upright strokes that are letters do the same.
FULL = 0.75
# Line pitch in x-heights lies within these bounds on nearly every page.
PITCH = (2.5, 4.0)
# Widths of the filters through which lines are seen to repeat themselves; a narrower one
# shows lines closer together than the letters say.
FILTERS, NARROW = (0.5, 0.7, 1.0), 0.35
# So often at most, letters that hang together are taken for smaller ones.
LOOKS = 3


def estimate_x_height(ink: np.ndarray, boxes: np.ndarray) -> float | None:
    """Estimate the height of small letters without ascenders in pixels.

    Parameters
    ----------
    ink : bool array (h, w)
    boxes : int array (n, 5)
        Left, top, width, height and area of the connected components.

    Returns
    -------
    float or None
        None where there is nothing of the size of a letter.
    """
    _, _, widths, heights, areas = boxes.T
    # Rules, specks and frames are no letters, nor are dots, dashes and rests of thick rules: full.
    letters = (heights >= 5) & (areas >= 12) & (widths < 12 * heights) & (heights < 15 * widths)
    letters &= (heights > 2 * widths) | (areas < FULL * widths * heights)
    if not letters.any():
        return None
    tall = heights[letters]
    x_height = weighted_median(tall, tall) / COMPONENT_HEIGHT
    # Letters that hang together over several lines are no measure, but their lines still repeat.
    for look in range(LOOKS + 1):
        pitch, closest = estimate_pitches(ink, x_height)
        if look == LOOKS or closest is None or closest >= PITCH[0] * x_height:
            break
        x_height = closest / PITCH[0]
    if pitch is not None:
        x_height = min(max(x_height, pitch / PITCH[1]), pitch / PITCH[0])
    return x_height


def estimate_pitches(ink: np.ndarray, x_height: float) -> tuple[float | None, float | None]:
    """Estimate the distance between lines by autocorrelation.

    Row profiles of upright strips are correlated each with itself, so slanted lines do no harm.

    Parameters
    ----------
    ink : bool array (h, w)
    x_height : float
        Expected height of small letters in pixels; lines are further apart than 1.15 of it.

    Returns
    -------
    tuple of float or None
        The usual distance, and the least that the lines may have if the letters are smaller than
        expected, in pixels; None where none is regular.
    """
    scale = min(1.0, 6.0 / x_height)
    rows = max(3, round(ink.shape[0] * scale))
    strips = max(1, round(ink.shape[1] / (10 * x_height)))
    profile = cv2.resize(
        ink.astype(np.uint8) * 255, (strips, rows), interpolation=cv2.INTER_AREA
    ).astype(np.float32)
    unit = x_height * scale
    # The pitch may pass a filter of one width and its double another: the least is the pitch.
    usual = [lag for share in FILTERS if (lag := _first_echo(profile, unit, share)) is not None]
    narrow = _first_echo(profile, unit, NARROW)
    seen = usual if narrow is None else [narrow, *usual]
    return (min(usual) / scale if usual else None), (min(seen) / scale if seen else None)


def _first_echo(profile: np.ndarray, unit: float, share: float) -> int | None:
    """Lag at which the rows repeat themselves, None where they do not."""
    rows = len(profile)
    band = np.sqrt(_blur_rows(profile, 0.4 * share * unit))
    band -= _blur_rows(band, 2.0 * share * unit)
    power = (np.abs(np.fft.rfft(band, 2 * rows, axis=0)) ** 2).sum(axis=1)
    echo = np.fft.irfft(power)[:rows]
    if echo[0] <= 0:
        return None
    echo /= echo[0]
    lags = 1 + np.flatnonzero((echo[1:-1] > echo[:-2]) & (echo[1:-1] >= echo[2:]))
    lags = lags[(lags > 1.15 * unit) & (lags < 10 * unit)]
    if not len(lags) or echo[lags].max() < 0.25:
        return None
    # Twice the pitch may echo louder than the pitch itself.
    return int(lags[np.argmax(echo[lags] >= 0.45 * echo[lags].max())])


def weighted_median(values: np.ndarray, weights: np.ndarray) -> float:
    """Return the value below which half of the weight lies."""
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])


def _blur_rows(profile: np.ndarray, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(profile, (1, 2 * int(3 * sigma + 1) + 1), sigmaX=1, sigmaY=sigma)
