"""The options of the commands that draw samples."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

_FOLDER = click.Path(file_okay=False, path_type=Path)


def drawing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --fonts, --output and --seed to a command."""
    for option in (
        click.option("--seed", default=1, show_default=True, help="Another seed, another hand."),
        click.option("-o", "--output", type=_FOLDER, default=Path(__file__).parent,
                     help="Where the pictures go; default: beside this script."),
        click.option("--fonts", type=click.Path(exists=True, file_okay=False, path_type=Path),
                     required=True, help="Folder that holds the npm packages of the fonts."),
    ):  # fmt: skip
        command = option(command)
    return command
