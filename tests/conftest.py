"""Settings and fixtures shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

# No deadlines: a busy machine is not a failed test. In CI the examples are the same every time.
settings.register_profile("hcr", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("hcr")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def samples(root: Path) -> Path:
    """The folder of sample pages."""
    return root / "samples"
