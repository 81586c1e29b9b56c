"""Holds the picture of the house: which package may import what, and how light `import hcr` is."""

from __future__ import annotations

import ast
import copy
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALLOWED = {
    "segmentation": set(),
    "recognition": set(),
    "hcr": {"segmentation", "recognition"},
    "training": {"segmentation", "recognition"},
}
TRAINING_ONLY = {"keras", "tensorflow", "tensorflow_datasets", "tf2onnx", "torch", "jax"}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {
    module_name(path): ast.parse(path.read_text("utf-8"))
    for package in ALLOWED
    for path in sorted((ROOT / package).rglob("*.py"))
}


def imports(node: ast.AST, importer: str) -> Iterator[str]:
    """The dotted names that a module imports anywhere, inside functions too."""
    for child in ast.walk(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"{importer} uses a relative import"
            yield from (f"{child.module}.{alias.name}" for alias in child.names)


def at_import_time(tree: ast.Module) -> ast.Module:
    """The module without what runs later (functions) or never (``if TYPE_CHECKING``)."""

    class Pruner(ast.NodeTransformer):
        def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
            return None

        def visit_If(self, node: ast.If) -> ast.AST | None:
            return None if "TYPE_CHECKING" in ast.unparse(node.test) else self.generic_visit(node)

    pruned = Pruner().visit(tree)
    assert isinstance(pruned, ast.Module)
    return pruned


def own_module(name: str) -> str | None:
    """The module of ours that the imported name is or lives in."""
    return next((part for part in (name, name.rpartition(".")[0]) if part in MODULES), None)


@pytest.mark.parametrize("package", ALLOWED)
def test_package_imports_only_what_the_picture_shows(package: str) -> None:
    wrong = [
        f"{module} imports {name}"
        for module, tree in MODULES.items()
        if module.partition(".")[0] == package
        for name in imports(tree, module)
        if name.partition(".")[0] in ALLOWED.keys() - ALLOWED[package] - {package}
    ]
    assert wrong == []


def test_only_training_imports_a_training_framework() -> None:
    frameworks = {
        (module.partition(".")[0], name.partition(".")[0])
        for module, tree in MODULES.items()
        for name in imports(tree, module)
        if name.partition(".")[0] in TRAINING_ONLY
    }
    assert ("training", "keras") in frameworks
    assert {package for package, _ in frameworks} == {"training"}


def test_modules_import_each_other_without_cycles() -> None:
    graph: dict[str, set[str]] = {}
    for module, tree in MODULES.items():
        names = imports(at_import_time(copy.deepcopy(tree)), module)
        graph[module] = {own for name in names if (own := own_module(name))}
    assert sum(map(len, graph.values())) > 10
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the cycle


def loaded_by(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after running ``code``."""
    report = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return set(run.stdout.split())


@pytest.mark.parametrize("module", ["hcr", "hcr.cli"])
def test_import_is_light(module: str) -> None:
    loaded = loaded_by(f"import {module}")
    assert "hcr" in loaded
    heavy = {"cv2", "onnxruntime", "scipy", "skimage", "pypdfium2", *TRAINING_ONLY}
    assert loaded & heavy == set()


def test_reading_loads_no_training_framework() -> None:
    readers = [name for name in MODULES if not name.startswith("training")]
    loaded = loaded_by(f"import {', '.join(readers)}")
    assert {"segmentation", "recognition", "cv2"} <= loaded
    assert loaded & {"training", *TRAINING_ONLY} == set()
