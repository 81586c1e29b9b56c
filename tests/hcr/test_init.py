from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import hcr

HEAVY = ("numpy", "cv2", "onnxruntime", "PIL", "skimage", "scipy", "tensorflow", "pypdfium2")


@pytest.mark.parametrize("module", ["hcr", "hcr.cli"])
def test_import_is_cheap(module: str, root: Path) -> None:
    code = f"import sys, {module}; print([m for m in {HEAVY} if m in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert result.stdout == "[]\n"


def test_everything_promised_is_there() -> None:
    for name in hcr.__all__:
        assert getattr(hcr, name) is not None
    assert sorted(dir(hcr)) == sorted(hcr.__all__)


def test_nothing_else_is_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Raeder'"):
        hcr.Raeder  # noqa: B018


def test_version() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", hcr.__version__)
