"""The rules of the house that no linter knows: what a file may do, and how large it may get."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "incident_cockpit"
SOURCES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
EVERY_FILE = SOURCES + TESTS

LONGEST_FILE, LONGEST_CLASS = 600, 400

# What reads the clock. Waiting (`time.sleep`) and measuring zones do not.
_CLOCKS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns", "time.monotonic",
    "time.monotonic_ns", "time.perf_counter", "time.localtime", "time.gmtime", "time.ctime", "loop.time",
}  # fmt: skip


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _calls(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the last two words of whatever is called in a file: `datetime.now`."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Call):
            yield node.lineno, ".".join(ast.unparse(node.func).split(".")[-2:])


def _taken_from_time(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from ((node.lineno, f"time.{alias.name}") for alias in node.names)


def _classes(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ClassDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_a_file_is_one_idea() -> None:
    lengths = {_name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in EVERY_FILE}
    assert not {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE}


def test_a_class_is_one_idea() -> None:
    found = {(_name(path), name): lines for path in EVERY_FILE for name, lines in _classes(path)}
    assert not {name: lines for name, lines in found.items() if lines > LONGEST_CLASS}


def test_time_is_read_in_one_place() -> None:
    others = [path for path in SOURCES if path != PACKAGE / "clock.py"]
    read = [
        f"{_name(path)}:{line} {call}"
        for path in others
        for line, call in (*_calls(path), *_taken_from_time(path))
        if call in _CLOCKS
    ]
    assert not read, "take a Clock instead"


def test_only_commands_print() -> None:
    others = [path for path in SOURCES if not path.is_relative_to(PACKAGE / "cli")]
    assert not [f"{_name(path)}:{line}" for path in others for line, call in _calls(path) if call == "print"]


def test_nothing_is_left_for_later() -> None:
    # Put together here, or this file would be found.
    words = ("TO" + "DO", "FIX" + "ME", "X" + "XX")
    found = [(_name(path), word) for path in EVERY_FILE for word in words if word in path.read_text(encoding="utf-8")]
    assert not found


def _polls(path: Path) -> set[int]:
    """Return the lines that stand in a `while`: a short sleep there is part of waiting for a condition."""
    loops = [node for node in ast.walk(_tree(path)) if isinstance(node, ast.While)]
    return {line for loop in loops for line in range(loop.lineno, (loop.end_lineno or loop.lineno) + 1)}


def test_tests_wait_for_conditions() -> None:
    """A sleep by itself is too short on a busy machine and too long on every other."""
    sleeps = {"time.sleep", "asyncio.sleep"}
    found = [(path, line) for path in TESTS for line, call in _calls(path) if call in sleeps]
    assert not [f"{_name(path)}:{line}" for path, line in found if line not in _polls(path)]


def test_every_folder_says_what_it_is_for() -> None:
    rooms = [path for path in SOURCES if path.name == "__init__.py"]
    assert all(ast.get_docstring(_tree(path)) for path in rooms)
