"""What five processes ask for is somewhere, and a test shows it; the tables of CONTRIBUTING name only what is there."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import click
import pytest

from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.cli.tree import root
from incident_cockpit.plan.pointers import IDENTITY, identity
from pages import CONTRIBUTING, ROOT, named, rows, section
from shipped_plans import PLANS, RUNBOOKS, switched_on

SEEDS = ("000", "001", "002", "003", "004")
EVERY = [(seed, row) for seed in SEEDS for row in rows(CONTRIBUTING, f"### Seed {seed}")]
_IDS = [f"{seed} {row[0]}" for seed, row in EVERY]


def _files(seed: str) -> list[str]:
    """Return the files that a seed's first paragraph names: its plan, then its stories."""
    return named(section(CONTRIBUTING, f"### Seed {seed}").strip().partition("\n\n")[0])


@cache
def _plan(seed: str) -> dict[str, Any]:
    """Return the tables of a seed's plan, with the examples that are switched off in it."""
    return tomllib.loads(switched_on(Path(_files(seed)[0]).stem))


@cache
def _tests(file: Path) -> frozenset[str]:
    """Return the tests of a file, as "test" or "Class::test"."""
    found = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        before = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        found |= {before + one.name for one in inside if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
    return frozenset(one for one in found if one.rpartition("::")[2].startswith("test_"))


def _is_place(raw: dict[str, Any], place: str) -> bool:
    """Return whether a plan has "key", "table", "table.key", "table.row" or "table.row.key"."""
    name, _, rest = place.partition(".")
    held = raw.get(name)
    if held is None or not rest:
        return held is not None
    if isinstance(held, dict):
        return rest in held
    if not isinstance(held, list) or name not in IDENTITY:
        return False
    for row in held:
        names = [str(part or "") for part in identity(name, row)]
        for parts in range(1, len(names) + 1):
            called = ".".join(names[:parts])
            if rest == called or (rest.startswith(f"{called}.") and rest[len(called) + 1 :] in row):
                return True
    return False


def _is_command(line: str) -> bool:
    command: click.Command | None = root
    for word in line.split()[1:]:
        command = command.get_command(click.Context(command), word) if isinstance(command, click.Group) else None
    return command is not None


def _is_there(seed: str, word: str) -> bool:
    if word.startswith("incident "):
        return _is_command(word)
    if word.startswith(":"):
        return word[1:] in ACTIONS
    if word.startswith("runbooks/"):
        return word.removeprefix("runbooks/") in RUNBOOKS
    return _is_place(_plan(seed), word)


def _is_test(seed: str, word: str) -> bool:
    file, _, rest = word.partition("::")
    if file.endswith(".py"):
        return any(rest in _tests(path) for path in ROOT.glob(f"tests/**/{file}"))
    return any(word in _tests(ROOT / story) for story in _files(seed)[1:])


@pytest.mark.parametrize("seed", SEEDS)
def test_each_process_has_its_plan_its_stories_and_its_table(seed: str) -> None:
    plan, *stories = _files(seed)
    assert (ROOT / plan).parent.name == "plans"
    assert stories
    assert all((ROOT / story).exists() for story in stories)
    assert len(rows(CONTRIBUTING, f"### Seed {seed}")) >= 20


def test_every_plan_that_is_shipped_carries_out_a_process() -> None:
    assert {Path(_files(seed)[0]).stem for seed in SEEDS} == {path.stem for path in PLANS.glob("*.toml")} - {"default"}


@pytest.mark.parametrize(("seed", "row"), EVERY, ids=_IDS)
def test_it_is_where_it_is_said_to_be(seed: str, row: list[str]) -> None:
    assert len(row) == 3
    assert named(row[1])
    assert not [word for word in named(row[1]) if not _is_there(seed, word)]


@pytest.mark.parametrize(("seed", "row"), EVERY, ids=_IDS)
def test_a_test_shows_it(seed: str, row: list[str]) -> None:
    assert named(row[2])
    assert not [word for word in named(row[2]) if not _is_test(seed, word)]


def test_what_is_not_there_is_found() -> None:
    raw = _plan("000")
    assert _is_place(raw, "templates.internal.resolved")
    assert _is_place(raw, "roles.duty.duties")
    assert _is_place(_plan("003"), "escalation.P0.Tell customers")
    missing = ("roles.boss", "roles.duty.many", "triage.last", "nothing", "templates.internal.contain", "about.more")
    assert not [place for place in missing if _is_place(raw, place)]
    assert not [word for word in ("incident fly", ":fly", "runbooks/fly") if _is_there("000", word)]
    gone = ("test_nothing", "TestHandling::test_nothing", "test_docs.py::test_nothing", "test_nowhere.py::test_it")
    assert not [word for word in gone if _is_test("000", word)]
    assert re.fullmatch(r"test_\w+", min(_tests(Path(__file__))))
