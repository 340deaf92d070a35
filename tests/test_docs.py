"""Pages that go stale mislead when it matters most: whatever they say that the code knows too is compared with it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import pytest

from incident_cockpit.actions.action import Action, Scope
from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.cli.commands.plans import reference
from incident_cockpit.cli.tree import root
from incident_cockpit.config.paths import Paths
from incident_cockpit.config.settings import Settings
from incident_cockpit.documents.formats.registry import FORMATS
from incident_cockpit.tui.app.keys import shown
from support.keystrokes import ACTS, TYPED
from support.pages import CHANGELOG, CONTRIBUTING, PACKAGE, README, ROOT, check, named, rows, table, text

PAGES = (README, CONTRIBUTING, CHANGELOG)
PROJECT = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]

# Packages whose module has another name.
_MODULES = {"markdown-it-py": "markdown_it"}
# Packages that are data, and are imported by no file of ours.
_DATA = {"tzdata"}


def _where(action: Action) -> str:
    return "" if action.scope is Scope.EVERYWHERE else action.scope.value.capitalize()


def test_the_keys_are_those_of_the_registry() -> None:
    bound = [action for action in ACTIONS.values() if action.keys]
    lines = [
        (" ".join(f"`{shown(key)}`" for key in action.keys), _where(action), f"`{action.name}`", action.about)
        for action in sorted(bound, key=_where)
    ]
    check("keys", table(("key", "only in", "command", "what it does"), lines))


def test_the_keystrokes_are_those_that_are_pressed() -> None:
    lines = [(act.what, " ".join(_pressed(key) for key in act.keys), f"{act.count}") for act in ACTS]
    check("keystrokes", table(("what", "keys", "keys besides the words"), lines))


def _pressed(key: str) -> str:
    return f"*{key.removeprefix(TYPED)}*" if key.startswith(TYPED) else f"`{shown(key)}`"


def test_the_commands_are_those_of_the_command_line() -> None:
    context = click.Context(root, info_name="incident")
    lines = [("`incident`", "Open the cockpit on the incident that is meant, else on the list of incidents.")]
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        assert command is not None, f"incident {name} is listed and not there"
        about = " ".join((command.help or "").partition("\n\n")[0].split())
        inner = command.list_commands(context) if isinstance(command, click.Group) else []
        lines.append((f"`incident {name}" + (f" {', '.join(inner)}`" if inner else "`"), about))
    check("commands", table(("command", "what it does"), lines))


def test_the_keys_of_a_plan_are_those_that_are_explained() -> None:
    lines: list[tuple[str, str]] = []
    for part in reference():
        heading = f"**`{part.heading}`**{_needed(part.required)}" if part.heading else ""
        lines.append((heading, f"**{part.means}**"))
        lines += [(f"`{key.name}`{_needed(key.required)}", key.means) for key in part.keys]
    check("plan keys", table(("key", "what it means; * has to be there, here or in the plan it extends"), lines))


def _needed(there: bool) -> str:
    return " *" if there else ""


def test_the_formats_are_those_that_can_be_chosen() -> None:
    lines = [
        (f"`{each.name}`", each.about, f"{each.limit:,} {each.unit}" if each.limit else "") for each in FORMATS.values()
    ]
    check("formats", table(("`--format`", "what it is for", "the most in one message"), lines))


def test_the_settings_are_those_that_are_read() -> None:
    assert [named(row[0])[0] for row in rows(README, "## Settings")] == list(Settings.__struct_fields__)


def test_the_files_are_where_the_readme_says() -> None:
    places = Paths(Path("data"), Path("config"))
    known = {getattr(places, name).name for name, value in vars(Paths).items() if isinstance(value, property)}
    said = {name.rstrip("/") for row in rows(README, "## Where things live") for name in named(row[0])}
    assert said <= known
    assert {"incidents.db", "config.toml"} <= said


def test_the_signs_of_the_entry_line_are_explained() -> None:
    lines = [name for row in re.findall(r"^\| (`.*?) \|", text(README), re.M) for name in named(row)]
    signs = {action.sign for action in ACTIONS.values() if action.sign}
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


def test_contributing_is_short_enough_to_be_read() -> None:
    assert len(text(CONTRIBUTING).encode()) <= 10 * 1024


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
