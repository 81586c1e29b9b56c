from __future__ import annotations

import numpy as np

from hcr.forms.features import find_features, rough_homography
from hcr.forms.warp import map_points
from hcr.images import Pixels

from .conftest import scanned


def test_scan_of_the_page_is_roughly_laid(blank_image: Pixels) -> None:
    scan, matrix = scanned(blank_image, 3.0, 0.5)
    found = rough_homography(find_features(blank_image), find_features(scan), 12)
    assert found is not None
    corners = np.array([(0, 0), (1653, 0), (1653, 2338), (0, 2338)])
    assert abs(map_points(found, corners) - map_points(matrix, corners)).max() < 5


def test_features_are_in_pixels_of_the_page_whatever_it_was_reduced_to(blank_image: Pixels) -> None:
    features = find_features(blank_image)
    assert features.side == 2339
    low, high = features.points.min(axis=0), features.points.max(axis=0)
    assert (low > 100).all()
    assert 1450 < high[0] < 1560
    assert 2150 < high[1] < 2240


def test_empty_page_has_no_features_and_no_homography(blank_image: Pixels) -> None:
    empty = find_features(np.full((500, 400), 255, np.uint8))
    assert empty.points.shape == (0, 2)
    assert rough_homography(empty, empty, 12) is None
    assert rough_homography(find_features(blank_image), empty, 12) is None
