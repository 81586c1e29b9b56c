"""Accents and punctuation drawn as pen strokes, a little different each time.

Units are x-heights: y up from the baseline, x right.
"""

from __future__ import annotations

import numpy as np

from training.letterforms import CEDILLA, SIGN_EXTENTS, Strokes


def is_drawable(character: str) -> bool:
    """Whether `draw_sign` can draw the character."""
    return character in _SIGNS


def draw_sign(character: str, rng: np.random.Generator) -> Strokes:
    """Strokes of a punctuation mark or sign, a little different each time.

    Returns
    -------
    list of float32 (n, 2)
        x right from 0, y up from the baseline, in x-heights.
    """
    shift = rng.normal(0.0, 0.03, size=2)
    scale = np.exp(rng.normal(0.0, 0.12, size=2))
    strokes = [_jitter(np.array(stroke, dtype=np.float64), rng) for stroke in _SIGNS[character]]
    bottom, _ = SIGN_EXTENTS.get(character, (0.0, 1.0))
    origin = np.array([0.0, bottom])
    return [((s - origin) * scale + origin + shift).astype(np.float32) for s in strokes]


def draw_mark(mark: str, rng: np.random.Generator) -> Strokes:
    """Strokes of a combining mark about the middle of its letter.

    Parameters
    ----------
    mark : str
        One of `letterforms.ABOVE`, or the cedilla.
    rng : numpy.random.Generator

    Returns
    -------
    list of float32 (n, 2)
        x from the middle of the letter; y up from the letter's top, for the cedilla from the
        baseline. In x-heights.
    """
    size = float(np.exp(rng.normal(0.0, 0.2)))
    strokes = [_jitter(np.array(stroke, dtype=np.float64), rng) for stroke in _marks(mark, rng)]
    if mark != CEDILLA:
        lift = np.array([rng.normal(0.05, 0.12), rng.uniform(0.08, 0.4)])
        return [(stroke * size + lift).astype(np.float32) for stroke in strokes]
    return [(stroke * size).astype(np.float32) for stroke in strokes]


def _marks(mark: str, rng: np.random.Generator) -> list[list[tuple[float, float]]]:
    if mark in "\u0301\u0300":
        # Writers make them anything from steep to flat; the side they lean to remains.
        angle = np.deg2rad(np.clip(rng.normal(38.0, 24.0), -3.0, 80.0))
        x, y = 0.22 * np.cos(angle), 0.22 * np.sin(angle)
        side = 1.0 if mark == "\u0301" else -1.0
        return [[(-side * x, 0.2 - y), (side * x, 0.2 + y)]]
    if mark in "\u0302\u030c":
        foot, tip = (0.0, 0.35) if mark == "\u0302" else (0.35, 0.0)
        return [[(-0.28, foot), (0.0, tip), (0.28, foot)]]
    if mark == "\u0308":
        apart = rng.uniform(0.14, 0.26)
        return [[(side - 0.02, 0.22), (side + 0.03, 0.15)] for side in (-apart, apart)]
    if mark == "\u0303":
        return [[(-0.3, 0.1), (-0.15, 0.25), (0.12, 0.1), (0.3, 0.25)]]
    if mark == "\u0304":
        return [[(-0.25, 0.15), (0.25, 0.15)]]
    if mark == "\u030a":
        return [_arc(0.0, 0.2, 0.14, 0.14, 0, 360)]
    return [[(0.02, 0.03), (-0.03, -0.14), (0.13, -0.22), (0.02, -0.38), (-0.14, -0.36)]]


def _jitter(stroke: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return stroke + rng.normal(0.0, 0.02, size=stroke.shape)


def _arc(
    x: float, y: float, width: float, height: float, start: float, stop: float
) -> list[tuple[float, float]]:
    """Points of an ellipse's arc, angles in degrees counter-clockwise from the right."""
    angles = np.deg2rad(np.linspace(start, stop, 12))
    return [(float(x + width * np.cos(a)), float(y + height * np.sin(a))) for a in angles]


_DOT = [(0.06, 0.1), (0.12, 0.0)]
_COMMA = [(0.12, 0.1), (0.13, -0.05), (0.02, -0.3)]
_HIGH_DOT = [(0.07, 0.72), (0.12, 0.63)]
_SIGNS: dict[str, list[list[tuple[float, float]]]] = {
    ".": [_DOT],
    ",": [_COMMA],
    ";": [_COMMA, [(0.13, 0.72), (0.17, 0.63)]],
    ":": [_DOT, _HIGH_DOT],
    "!": [_DOT, [(0.1, 1.65), (0.08, 0.4)]],
    "?": [_DOT, [*_arc(0.3, 1.3, 0.3, 0.33, 160, -60), (0.1, 0.75), (0.08, 0.4)]],
    "'": [[(0.1, 1.65), (0.05, 1.2)]],
    '"': [[(0.08, 1.65), (0.05, 1.25)], [(0.33, 1.65), (0.28, 1.25)]],
    "`": [[(0.0, 1.6), (0.2, 1.25)]],
    "(": [_arc(0.4, 0.7, 0.38, 1.05, 110, 250)],
    ")": [_arc(0.0, 0.7, 0.38, 1.05, 70, -70)],
    "[": [[(0.35, 1.75), (0.02, 1.75), (0.0, -0.35), (0.35, -0.35)]],
    "]": [[(0.0, 1.75), (0.33, 1.75), (0.35, -0.35), (0.0, -0.35)]],
    "{": [
        [(0.4, 1.75), (0.2, 1.6), (0.22, 0.9), (0.0, 0.7), (0.22, 0.5), (0.2, -0.2), (0.4, -0.35)]
    ],
    "}": [
        [(0.0, 1.75), (0.2, 1.6), (0.18, 0.9), (0.4, 0.7), (0.18, 0.5), (0.2, -0.2), (0.0, -0.35)]
    ],
    "/": [[(0.7, 1.7), (0.0, -0.25)]],
    "\\": [[(0.0, 1.7), (0.7, -0.25)]],
    "|": [[(0.05, 1.7), (0.05, -0.4)]],
    "-": [[(0.0, 0.5), (0.6, 0.52)]],
    "_": [[(0.0, -0.15), (1.0, -0.15)]],
    "=": [[(0.0, 0.7), (0.75, 0.72)], [(0.0, 0.4), (0.75, 0.42)]],
    "+": [[(0.0, 0.55), (0.8, 0.55)], [(0.4, 0.95), (0.4, 0.12)]],
    "*": [[(0.0, 1.2), (0.6, 1.2)], [(0.12, 1.5), (0.48, 0.9)], [(0.48, 1.5), (0.12, 0.9)]],
    "<": [[(0.7, 0.95), (0.0, 0.5), (0.7, 0.1)]],
    ">": [[(0.0, 0.95), (0.7, 0.5), (0.0, 0.1)]],
    "^": [[(0.0, 1.15), (0.25, 1.6), (0.5, 1.15)]],
    "~": [[(0.0, 0.5), (0.2, 0.7), (0.55, 0.5), (0.8, 0.7)]],
    "@": [
        [*_arc(0.65, 0.6, 0.25, 0.25, 30, 360), (0.92, 0.4), *_arc(0.65, 0.6, 0.62, 0.7, -10, 310)]
    ],
    "#": [
        [(0.35, 1.5), (0.2, 0.0)], [(0.8, 1.5), (0.65, 0.0)],
        [(0.0, 1.0), (1.0, 1.02)], [(0.0, 0.5), (1.0, 0.52)],
    ],
    "$": [
        [*_arc(0.4, 1.1, 0.35, 0.35, 40, 270), *_arc(0.4, 0.4, 0.35, 0.35, 90, -150)],
        [(0.42, 1.7), (0.4, -0.2)],
    ],
    "%": [
        _arc(0.2, 1.2, 0.2, 0.25, 0, 360), _arc(0.85, 0.25, 0.2, 0.25, 0, 360),
        [(0.95, 1.5), (0.1, 0.0)],
    ],
    "&": [
        [
            (0.95, 0.05), (0.3, 1.05), *_arc(0.42, 1.25, 0.22, 0.25, 200, -30), (0.1, 0.5),
            *_arc(0.4, 0.3, 0.35, 0.3, 170, 320), (0.95, 0.6),
        ]
    ],
    "°": [_arc(0.2, 1.45, 0.18, 0.2, 0, 360)],
    "€": [
        _arc(0.55, 0.75, 0.5, 0.75, 50, 310), [(0.0, 0.95), (0.8, 0.95)], [(0.0, 0.6), (0.75, 0.6)]
    ],
    "£": [
        [*_arc(0.55, 1.25, 0.27, 0.3, 30, 180), (0.3, 0.5), (0.05, 0.05), (0.9, 0.03)],
        [(0.05, 0.75), (0.65, 0.75)],
    ],
    "¡": [[(0.08, 1.0), (0.13, 0.92)], [(0.1, 0.65), (0.06, -0.6)]],
    "¿": [
        [(0.38, 1.0), (0.43, 0.92)],
        [(0.4, 0.65), (0.38, 0.25), *_arc(0.3, -0.25, 0.3, 0.33, 120, 340)],
    ],
    "ø": [_arc(0.4, 0.5, 0.38, 0.45, 90, 450), [(0.0, -0.05), (0.8, 1.05)]],
    "Ø": [_arc(0.6, 0.8, 0.55, 0.8, 90, 450), [(0.05, -0.1), (1.15, 1.7)]],
    "ß": [
        [
            (0.0, -0.4), (0.05, 1.2), *_arc(0.3, 1.3, 0.25, 0.4, 170, -80),
            *_arc(0.3, 0.45, 0.35, 0.45, 90, -110),
        ]
    ],
    "«": [[(0.4, 0.9), (0.0, 0.5), (0.4, 0.12)], [(0.8, 0.9), (0.4, 0.5), (0.8, 0.12)]],
    "»": [[(0.0, 0.9), (0.4, 0.5), (0.0, 0.12)], [(0.4, 0.9), (0.8, 0.5), (0.4, 0.12)]],
    "§": [
        [
            *_arc(0.35, 1.35, 0.25, 0.25, 30, 250), (0.6, 0.7),
            *_arc(0.35, 0.1, 0.25, 0.25, 40, -180),
        ],
        [(0.25, 1.05), *_arc(0.3, 0.75, 0.25, 0.2, 120, 200), (0.5, 0.4)],
    ],
}  # fmt: skip
