"""What `pip install` brings: packages, data files, dependencies, commands, licences."""

from __future__ import annotations

import ast
import re
import sys
from configparser import ConfigParser
from fnmatch import fnmatch
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
READING = ("hcr", "segmentation", "recognition")
OURS = {*READING, "training"}
NAMED_OTHERWISE = {"cv2": "opencv-python-headless", "pil": "pillow", "skimage": "scikit-image"}
# Keras runs on either of these instead of TensorFlow; who wants that installs it.
OTHER_BACKENDS = {"jax", "torch"}
# Keras calls tf2onnx and onnx for us when it exports.
NOT_IMPORTED_BY_NAME = {"onnx", "tf2onnx", "tensorflow"}


@pytest.fixture(scope="module")
def config() -> ConfigParser:
    parser = ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def names(config: ConfigParser, section: str, key: str) -> list[str]:
    return [line for line in config[section][key].splitlines() if line]


def required(config: ConfigParser, *extras: str) -> dict[str, Requirement]:
    lines = names(config, "options", "install_requires")
    for extra in extras:
        lines += names(config, "options.extras_require", extra)
    requirements = map(Requirement, lines)
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


def third_party(*packages: str) -> set[str]:
    """The distributions whose modules the packages import, by name."""
    found = set()
    for path in (path for package in packages for path in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    found -= {*sys.stdlib_module_names, "tomllib", *OURS}
    return {NAMED_OTHERWISE.get(name.lower(), canonicalize_name(name)) for name in found}


def test_every_package_on_disk_is_installed(config: ConfigParser) -> None:
    on_disk = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for package in OURS
        for path in (ROOT / package).rglob("__init__.py")
    }
    assert set(names(config, "options", "packages")) == on_disk


def test_every_model_file_is_installed(config: ConfigParser) -> None:
    patterns = names(config, "options.package_data", "recognition")
    files = [path for path in (ROOT / "recognition/weights").iterdir() if path.is_file()]
    assert any(path.suffix == ".onnx" for path in files)
    left_out = [
        path.name for path in files if not any(fnmatch(f"weights/{path.name}", p) for p in patterns)
    ]
    assert left_out == []


def test_reading_requires_exactly_what_it_imports(config: ConfigParser) -> None:
    # Only who reads on a cluster installs what that takes.
    cluster = set(required(config, "cluster")) - set(required(config))
    assert set(required(config)) == third_party(*READING) - cluster
    assert cluster == {"dask", "distributed"}


def test_training_requires_exactly_what_it_imports(config: ConfigParser) -> None:
    imported = third_party(*OURS) - OTHER_BACKENDS
    assert imported | NOT_IMPORTED_BY_NAME == set(required(config, "train", "cluster"))


def test_reading_requires_no_training_framework(config: ConfigParser) -> None:
    frameworks = {"tensorflow", "tensorflow-cpu", "keras", "tensorflow-datasets", *OTHER_BACKENDS}
    assert set(required(config)) & frameworks == set()


def test_requirements_give_a_minimum_and_pin_nothing(config: ConfigParser) -> None:
    operators = {
        str(requirement): {part.operator for part in requirement.specifier}
        for requirement in required(config, "train", "cluster", "dev").values()
    }
    assert {name: used for name, used in operators.items() if used != {">="}} == {}


def test_commands_exist(config: ConfigParser) -> None:
    commands = names(config, "options.entry_points", "console_scripts")
    named = {command.partition(" = ")[0] for command in commands}
    assert named == {"hcr-bench", "hcr-forms", "hcr-read", "hcr-train"}
    for command in commands:
        module, function = command.partition(" = ")[2].split(":")
        tree = ast.parse((ROOT / module.replace(".", "/")).with_suffix(".py").read_text("utf-8"))
        assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_version_is_kept_in_one_place(config: ConfigParser) -> None:
    import hcr

    assert config["metadata"]["version"] == "attr: hcr.__version__"
    assert re.fullmatch(r"\d+\.\d+\.\d+", hcr.__version__)


@pytest.mark.parametrize(
    ("file", "phrase"),
    [
        ("LICENSE", "Apache License"),
        ("NOTICE", "Copiste d'un jour"),
        ("NOTICE", "1195803"),
        ("NOTICE", "Guyon"),
        ("NOTICE", "EMNIST"),
    ],
)
def test_licence_files_name_the_sources(config: ConfigParser, file: str, phrase: str) -> None:
    assert file in names(config, "metadata", "license_files")
    assert phrase in (ROOT / file).read_text("utf-8")


def test_samples_credit_every_font_they_use() -> None:
    source = (ROOT / "samples/pages.py").read_text("utf-8")
    source += (ROOT / "samples/sheet.py").read_text("utf-8")
    fonts = set(re.findall(r'(?:Hand\(|fonts\.get\()\s*"([a-z-]+)"', source))
    assert {"kalam", "open-sans"} <= fonts
    notice = re.sub(r"\s+", " ", (ROOT / "NOTICE").read_text("utf-8")).lower()
    assert {font for font in fonts if font.replace("-", " ") not in notice} == set()
