"""README, CONTRIBUTING and CHANGELOG: the facts in them that the code knows too."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from incident_cockpit.actions.registry import ACTIONS
from support.pages import CHANGELOG, CONTRIBUTING, MANUAL, PACKAGE, README, ROOT, named, rows, text

PAGES = (README, CONTRIBUTING, CHANGELOG, *sorted(MANUAL.glob("*.md")))
PROJECT = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]

# Packages whose module has another name.
_MODULES = {"markdown-it-py": "markdown_it"}
# Packages that are data, and are imported by no file of ours.
_DATA = {"tzdata"}


def test_the_signs_of_the_entry_line_are_explained() -> None:
    lines = [name for row in re.findall(r"^\| (`.*?) \|", text(README), re.M) for name in named(row)]
    signs = {action.prefix for action in ACTIONS.values() if action.prefix}
    assert not {sign for sign in signs if not any(line.startswith(sign) for line in lines)}


def test_the_test_command_is_the_one_that_has_to_pass() -> None:
    commands = re.findall(r"^    (python3 -m venv .*)$", text(README), re.MULTILINE)
    assert len(commands) == 2
    assert commands[1] in text(ROOT / ".ci" / "run")


def test_every_room_is_on_the_map() -> None:
    rooms = {f"{path.name}/" for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    modules = {path.name for path in PACKAGE.glob("*.py") if path.name != "__init__.py"}
    assert sorted(name for row in rows(CONTRIBUTING, "## The map") for name in named(row[0])) == sorted(rooms | modules)


def test_the_layers_are_those_of_the_contract() -> None:
    contracts = tomllib.loads(text(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    [layers] = [one["layers"] for one in contracts if one["type"] == "layers"]
    assert " <- ".join(reversed(layers)) in " ".join(text(CONTRIBUTING).split())


@pytest.mark.parametrize("requirement", PROJECT["dependencies"])
def test_a_dependency_is_used_and_said_why(requirement: str) -> None:
    [package] = re.findall(r"^[\w-]+", requirement)
    assert re.search(rf'^    "{re.escape(requirement)}", # \w', text(ROOT / "pyproject.toml"), re.MULTILINE)
    module = _MODULES.get(package, package.replace("-", "_"))
    wanted = re.compile(rf"(?:from {module}[ .]|import (?:[\w, ]+, )?{module}\b)")
    assert package in _DATA or any(wanted.search(text(path)) for path in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize(
    ("page", "limit"), [(README, 12 * 1024), (CONTRIBUTING, 10 * 1024)], ids=["README", "CONTRIBUTING"]
)
def test_a_page_is_short_enough_to_be_read(page: Path, limit: int) -> None:
    assert len(text(page).encode()) <= limit


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_links_to_is_there(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", text(page))
    assert not [link for link in links if "://" not in link and not (page.parent / link).exists()]


def test_files_that_pages_name_are_there() -> None:
    files = re.findall(
        r"`((?:tests|sample_data|cli|plan|tui|incident|actions|documents)/[\w/.-]+)`", text(CONTRIBUTING)
    )
    assert files
    assert not [name for name in files if not ((ROOT / name).exists() or (PACKAGE / name).exists())]


def test_the_changelog_begins_with_what_is_not_released() -> None:
    headings = re.findall(r"^## (.+)$", text(CHANGELOG), re.MULTILINE)
    assert headings[0] == "Unreleased"
