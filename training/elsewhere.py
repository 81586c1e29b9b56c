"""Calls one of our functions where Keras runs on TensorFlow: only there it exports ONNX well.

Where another backend is in use, a process of its own makes the call; arguments pass as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import keras

HOME = Path(__file__).parents[1]


def on_tensorflow(function: Callable[..., None], *arguments: Any) -> None:
    """Call a function of one of our modules, in another process unless TensorFlow is in use.

    Parameters
    ----------
    function
        Of a module of this package, found by its name.
    arguments
        Whatever JSON can hold; paths as absolute strings.

    Raises
    ------
    ValueError
        If that process fails, for instance for want of TensorFlow; the last line of its errors.
    """
    if keras.backend.backend() == "tensorflow":
        function(*arguments)
        return
    job = json.dumps([function.__module__, function.__name__, arguments])
    paths = os.pathsep.join([str(HOME), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-m", "training.elsewhere", job],
        env={**os.environ, "KERAS_BACKEND": "tensorflow", "PYTHONPATH": paths},
        cwd=HOME,  # a folder `training` where the user is would be taken for ours
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ValueError((done.stderr.strip().splitlines() or ["no reason given"])[-1])


def _main() -> None:
    module, name, arguments = json.loads(sys.argv[1])
    getattr(import_module(module), name)(*arguments)


if __name__ == "__main__":
    _main()
