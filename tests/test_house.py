"""The house keeps its rules: imports, words of messages, generated pages, sizes."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("scanner", "checks", "reports")
SAYING = frozenset(
    {"passed", "failed", "not_applicable", "inconclusive", "informational", "counted"}
)
# Where any exception is caught: around a judge, around a gatherer, around the program itself.
CATCHING = {"scanner/judge.py", "scanner/gather/collector.py", "scanner/cli/main.py"}


def _sources() -> list[Path]:
    every = (path for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py")))
    return [path for path in every if "migrations" not in path.parts]  # Alembic's own shape


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (one for one in ast.walk(tree) if isinstance(one, ast.Call))


def test_imports_go_one_way() -> None:
    ran = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout.decode()


@pytest.mark.parametrize("path", _sources(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_and_functions_are_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, node.name


def test_messages_are_literals() -> None:
    for path in _sources():
        for call in _calls(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(call.func, "id", "")
            if name not in SAYING or not call.args:
                continue
            said = call.args[1] if name == "inconclusive" and len(call.args) > 1 else call.args[0]
            assert not isinstance(said, ast.JoinedStr), f"{path}:{call.lineno}"


def test_any_exception_is_caught_in_three_places_only() -> None:
    found = set()
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler) and getattr(node.type, "id", "") in {
                "Exception",
                "BaseException",
            }:
                found.add(path.relative_to(ROOT).as_posix())
    assert found == CATCHING


def test_nothing_generated_is_stale() -> None:
    ran = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()


def test_the_project_reads_nothing_beside_itself() -> None:
    for path in _sources():
        assert "../shared" not in path.read_text(encoding="utf-8")


def test_what_the_user_fixed_is_where_he_put_it() -> None:
    for name in (
        "pyproject.toml",
        "scanner",
        "checks",
        "reports/templates",
        "targets.example.txt",
        "tests",
    ):
        assert (ROOT / name).exists()
