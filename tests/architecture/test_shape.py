"""Rules on the shape of the code that no other tool holds."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON_LINES, TYPESCRIPT_LINES, FUNCTION_LINES, MAIN_LINES = 300, 250, 50, 25
DRAWERS = {"common", "utils", "util", "helpers", "core", "misc", "legacy"}

WAIVERS: dict[str, str] = {}
"""Path, or path:function, that may be larger, and why."""


def python_files(*parts: str) -> Iterator[Path]:
    for part in parts or ("libs", "services", "cli", "tests"):
        for path in (ROOT / part).rglob("*.py"):
            if "node_modules" not in path.parts and "generated" not in path.parts:
                yield path


def typescript_files() -> Iterator[Path]:
    for path in (ROOT / "services/gateway/dashboard/src").rglob("*.ts*"):
        if "generated" not in path.parts:
            yield path


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def too_long(paths: Iterator[Path], limit: int) -> list[str]:
    sizes = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    return [f"{name}: {size} lines" for name, size in sizes.items() if size > limit and name not in WAIVERS]


def long_functions(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    names = {f"{name_of(path)}:{node.name}": (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    return [f"{name}: {size} lines" for name, size in names.items() if size > FUNCTION_LINES and name not in WAIVERS]


def test_no_python_file_is_too_long() -> None:
    assert too_long(python_files(), PYTHON_LINES) == []


def test_no_typescript_file_is_too_long() -> None:
    assert too_long(typescript_files(), TYPESCRIPT_LINES) == []


def test_no_function_is_too_long() -> None:
    assert [finding for path in python_files() for finding in long_functions(path)] == []


def test_a_long_function_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "long.py"
    path.write_text("def long():\n" + "    x = 1\n" * FUNCTION_LINES)
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    assert long_functions(path) == ["long.py:long: 51 lines"]


def test_every_waiver_names_something_that_exists_and_a_reason() -> None:
    for name, reason in WAIVERS.items():
        assert (ROOT / name.partition(":")[0]).is_file(), name
        assert len(reason) > 10, name


def test_no_module_is_a_drawer() -> None:
    names = {
        name_of(path): {part.removesuffix(".py") for part in path.relative_to(ROOT).parts} for path in python_files()
    }
    assert [name for name, parts in names.items() if parts & DRAWERS] == []


def test_entry_points_only_hand_over() -> None:
    assert too_long((path for path in python_files("services") if path.name == "__main__.py"), MAIN_LINES) == []


def test_every_module_of_the_code_says_what_it_is_for() -> None:
    missing = [
        name_of(path)
        for path in python_files("libs", "services", "cli")
        if path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert missing == []


def test_tests_do_not_mock() -> None:
    pattern = re.compile(r"^\s*(from unittest(\.mock)? import|import unittest\.mock)|\bMagicMock\b", re.MULTILINE)
    files = [path for path in python_files("tests") if path != Path(__file__)]
    assert [name_of(path) for path in files if pattern.search(path.read_text(encoding="utf-8"))] == []


def test_the_order_of_imports_is_the_architecture() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_what_is_made_from_the_schemas_is_fresh() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "streamkit.generate", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
