"""Finds in a scan the features of the blank, and the homography that most of them agree on."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from segmentation.enhance import Grey

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

_SIDE = 1500
"""Longer side in pixels of the copies on which features are looked for."""
_MOST = 4000
"""At most so many features, the strongest."""
_RATIO = 0.8
"""The best match of a feature must be so much nearer than the second best (Lowe 2004)."""
_TOLERANCE = 0.004
"""Features that agree are no further off than this share of the scan's longer side."""


@dataclass(frozen=True)
class Features:
    """Features of a page.

    Attributes
    ----------
    points
        float64 (n, 2), places in pixels.
    descriptors
        float32 (n, 128).
    side
        Longer side of the page in pixels.
    """

    points: Floats
    descriptors: Singles
    side: int


def find_features(grey: Grey) -> Features:
    """Return the features of a page: SIFT (Lowe 2004) as RootSIFT (Arandjelović, Zisserman 2012).

    Parameters
    ----------
    grey
        uint8 (h, w), evenly lit.
    """
    side = max(grey.shape)
    factor = min(1.0, _SIDE / side)
    width, height = (max(1, round(length * factor)) for length in grey.shape[::-1])
    small = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)
    keypoints, descriptors = cv2.SIFT.create(nfeatures=_MOST).detectAndCompute(small, None)
    if descriptors is None:
        return Features(np.zeros((0, 2)), np.zeros((0, 128), np.float32), side)
    places = np.array([keypoint.pt for keypoint in keypoints], dtype=np.float64)
    total = np.maximum(descriptors.sum(axis=1, keepdims=True), 1e-6)
    root = np.sqrt(descriptors / total).astype(np.float32)
    scale = np.array([grey.shape[1] / width, grey.shape[0] / height])
    return Features((places + 0.5) * scale - 0.5, root, side)


def rough_homography(blank: Features, scan: Features, fewest: int) -> Floats | None:
    """Return the 3x3 map from blank to scan, or None where fewer than `fewest` features agree.

    RANSAC in the form of MAGSAC++ (Barath et al. 2020), which always comes to the same result.
    """
    if min(len(blank.points), len(scan.points)) < max(2, fewest):
        return None
    matcher = cv2.BFMatcher(cv2.NORM_L2)
    pairs = matcher.knnMatch(blank.descriptors, scan.descriptors, k=2)
    clear = [best for best, second in pairs if best.distance < _RATIO * second.distance]
    if len(clear) < fewest:
        return None
    sources = blank.points[[match.queryIdx for match in clear]]
    targets = scan.points[[match.trainIdx for match in clear]]
    matrix, agreeing = cv2.findHomography(
        sources, targets, cv2.USAC_MAGSAC, _TOLERANCE * scan.side, maxIters=10_000, confidence=0.999
    )
    if matrix is None or np.count_nonzero(agreeing) < fewest:
        return None
    return np.asarray(matrix, np.float64)
