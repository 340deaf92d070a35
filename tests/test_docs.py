"""Pages that go stale mislead when it matters most: whatever they say that the code knows too is compared with it."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
import pytest

from incident_cockpit.actions.action import Action, Scope
from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.cli.tree import root
from incident_cockpit.config.paths import Paths
from incident_cockpit.config.settings import Settings
from incident_cockpit.exports.formats.registry import FORMATS
from incident_cockpit.tui.keys import shown

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "incident_cockpit"
README, CONTRIBUTING = ROOT / "README.md", ROOT / "CONTRIBUTING.md"
PAGES = (README, CONTRIBUTING, ROOT / "CHANGELOG.md")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# Packages whose module has another name.
_MODULES = {"markdown-it-py": "markdown_it"}


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _rows(page: Path, heading: str) -> list[list[str]]:
    """Return the cells of the first table under a heading, without its header."""
    section = page.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def _named(cell: str) -> list[str]:
    """Return what a cell has in backquotes."""
    return re.findall(r"`([^`]+)`", cell)


def _check(name: str, made: str) -> None:
    """Compare what stands between the README's markers; REWRITE=1 in the environment writes it anew."""
    text = README.read_text(encoding="utf-8")
    found = re.search(rf"(<!-- {name}: [^\n]*-->\n)(.*?)(<!-- end of {name} -->)", text, re.DOTALL)
    assert found, f"the README has lost its markers for {name}"
    wanted = f"\n{made}\n\n"
    if os.environ.get("REWRITE"):
        README.write_text(text[: found.start(2)] + wanted + text[found.end(2) :], encoding="utf-8")
    else:
        assert found[2] == wanted, f"the table of {name} is stale: REWRITE=1 pytest -n0 tests/test_docs.py"


def _where(action: Action) -> str:
    return "" if action.scope is Scope.EVERYWHERE else action.scope.value.capitalize()


def test_the_keys_are_those_of_the_registry() -> None:
    bound = [action for action in ACTIONS.values() if action.keys]
    rows = [
        (" ".join(f"`{shown(key)}`" for key in action.keys), _where(action), f"`{action.name}`", action.about)
        for action in sorted(bound, key=_where)
    ]
    _check("keys", _table(("key", "only in", "command", "what it does"), rows))


def test_the_commands_are_those_of_the_command_line() -> None:
    context = click.Context(root, info_name="incident")
    rows = [("`incident`", "Open the cockpit on the incident that is meant, else on the list of incidents.")]
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        assert command is not None, f"incident {name} is listed and not there"
        about = " ".join((command.help or "").partition("\n\n")[0].split())
        inner = command.list_commands(context) if isinstance(command, click.Group) else []
        rows.append((f"`incident {name}" + (f" {', '.join(inner)}`" if inner else "`"), about))
    _check("commands", _table(("command", "what it does"), rows))


def test_the_formats_are_those_that_can_be_chosen() -> None:
    rows = [
        (f"`{each.name}`", each.about, f"{each.limit:,} {each.unit}" if each.limit else "") for each in FORMATS.values()
    ]
    _check("formats", _table(("`--format`", "what it is for", "the most in one message"), rows))


def test_the_settings_are_those_that_are_read() -> None:
    assert [_named(row[0])[0] for row in _rows(README, "Settings")] == list(Settings.__struct_fields__)


def test_the_files_are_where_the_readme_says() -> None:
    places = Paths(Path("data"), Path("config"))
    known = {getattr(places, name).name for name, value in vars(Paths).items() if isinstance(value, property)}
    named = {name.rstrip("/") for row in _rows(README, "Where things live") for name in _named(row[0])}
    assert named <= known
    assert {"incidents.db", "config.toml"} <= named


def test_the_signs_of_the_entry_line_are_explained() -> None:
    lines = [
        name for row in re.findall(r"^\| (`.*?) \|", README.read_text(encoding="utf-8"), re.M) for name in _named(row)
    ]
    signs = {action.sign for action in ACTIONS.values() if action.sign}
    assert not {sign for sign in signs if not any(line.startswith(sign) for line in lines)}


def test_the_test_command_is_the_one_that_has_to_pass() -> None:
    commands = re.findall(r"^    (python3 -m venv .*)$", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(commands) == 2
    assert commands[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_room_is_on_the_map() -> None:
    rooms = {f"{path.name}/" for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    modules = {path.name for path in PACKAGE.glob("*.py") if path.name != "__init__.py"}
    assert sorted(name for row in _rows(CONTRIBUTING, "The map") for name in _named(row[0])) == sorted(rooms | modules)


def _users(module: str) -> list[str]:
    """Return the rooms whose files import a module, also in the code of a process they start."""
    wanted = re.compile(rf"(?:from {module}[ .]|import (?:[\w, ]+, )?{module}\b)")
    files = [path for path in PACKAGE.rglob("*.py") if wanted.search(path.read_text(encoding="utf-8"))]
    parts = [path.relative_to(PACKAGE).parts for path in files]
    return sorted({f"{names[0]}/" if len(names) > 1 else names[0] for names in parts})


@pytest.mark.parametrize("requirement", PROJECT["dependencies"])
def test_a_dependency_is_used_and_said_why(requirement: str) -> None:
    [package] = re.findall(r"^[\w-]+", requirement)
    said = {_named(row[0])[0]: row[1:] for row in _rows(CONTRIBUTING, "Dependencies")}
    used, why = said[package]
    assert _named(used) == _users(_MODULES.get(package, package.replace("-", "_")))
    assert why


def test_no_dependency_is_explained_that_is_not_there() -> None:
    wanted = {re.findall(r"^[\w-]+", requirement)[0] for requirement in PROJECT["dependencies"]}
    assert {_named(row[0])[0] for row in _rows(CONTRIBUTING, "Dependencies")} == wanted


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_links_to_is_there(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert not [link for link in links if "://" not in link and not (page.parent / link).exists()]


def test_files_that_pages_name_are_there() -> None:
    named = re.findall(r"`((?:tests|sample_data)/[\w/.-]+)`", CONTRIBUTING.read_text(encoding="utf-8"))
    assert named
    assert not [name for name in named if not (ROOT / name).exists()]


def test_the_changelog_begins_with_what_is_not_released() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased"
