"""The manual: its generated parts, and the facts in it that the code knows too."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from incident_cockpit.actions.action import Action, Scope
from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.cli.commands.plans import reference
from incident_cockpit.cli.tree import root
from incident_cockpit.config.paths import Paths
from incident_cockpit.config.settings import Settings, declared
from incident_cockpit.documents.formats.registry import FORMATS
from incident_cockpit.errors import ExitCode
from incident_cockpit.manual.pages import TOPICS, page
from incident_cockpit.plan.templates import VARIABLES
from incident_cockpit.runbook.prose import prose
from incident_cockpit.times.spans import parse_within
from incident_cockpit.tui.app.keys import shown
from support.keystrokes import ACTS, TYPED
from support.pages import MANUAL, check_generated, named, rows, table, text
from support.refusals import refuses


def _key(name: str) -> str:
    return f"*{name.removeprefix(TYPED)}*" if name.startswith(TYPED) else f"`{shown(name)}`"


def _scope(action: Action) -> str:
    return "" if action.scope is Scope.EVERYWHERE else action.scope.value.capitalize()


def test_every_page_is_a_topic_with_its_title() -> None:
    assert {path.stem for path in MANUAL.glob("*.md")} == set(TOPICS)
    assert {topic: page(topic).partition("\n")[0] for topic in TOPICS} == {
        topic: f"# {title}" for topic, title in TOPICS.items()
    }


def test_an_unknown_topic_is_refused_with_the_nearest() -> None:
    with refuses("topic") as refusal:
        page("plan-kyes")
    assert "plan-keys" in refusal.value.what_to_do
    assert refusal.value.code is ExitCode.NOT_FOUND


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("width", [40, 80, 120])
def test_a_page_fits_any_screen(topic: str, width: int) -> None:
    assert all(
        line.indent + sum(len(run.text) for run in line.runs) <= max(width, 100) for line in prose(page(topic), width)
    )


def test_keys_are_those_of_the_registry() -> None:
    bound = sorted((action for action in ACTIONS.values() if action.keys), key=_scope)
    lines = [
        (" ".join(f"`{shown(key)}`" for key in action.keys), _scope(action), f"`{action.name}`", action.description)
        for action in bound
    ]
    check_generated(MANUAL / "keys.md", "keys", table(("key", "only in", "command", "what it does"), lines))


def test_keystrokes_are_those_that_are_pressed() -> None:
    lines = [(act.what, " ".join(map(_key, act.keys)), f"{act.count}") for act in ACTS]
    heads = ("action", "keys", "number of keys besides the text")
    check_generated(MANUAL / "keys.md", "keystrokes", table(heads, lines))


def test_commands_are_those_of_the_command_line() -> None:
    context = click.Context(root, info_name="incident")
    lines = [("`incident`", "Open the cockpit on the current incident, otherwise on the list.")]
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        assert command is not None, f"incident {name} is listed and does not exist"
        about = " ".join((command.help or "").partition("\n\n")[0].split())
        inner = command.list_commands(context) if isinstance(command, click.Group) else []
        lines.append((f"`incident {name}" + (f" {', '.join(inner)}`" if inner else "`"), about))
    check_generated(MANUAL / "commands.md", "commands", table(("command", "what it does"), lines))


def test_plan_keys_are_those_of_the_schema() -> None:
    lines: list[tuple[str, str]] = []
    for part in reference():
        heading = f"**`{part.heading}`**{' *' if part.required else ''}" if part.heading else ""
        lines.append((heading, f"**{part.means}**"))
        lines += [(f"`{key.name}`{' *' if key.required else ''}", key.means) for key in part.keys]
    check_generated(MANUAL / "plan-keys.md", "plan-keys", table(("key", "meaning"), lines))


def test_variables_are_those_of_templates() -> None:
    lines = [(f"`{name}`", means) for name, means in VARIABLES.items()]
    check_generated(MANUAL / "variables.md", "variables", table(("variable", "value"), lines))


def test_formats_are_those_of_the_registry() -> None:
    lines = [
        (f"`{each.name}`", each.about, f"{each.limit:,} {each.unit}" if each.limit else "") for each in FORMATS.values()
    ]
    check_generated(MANUAL / "updates.md", "formats", table(("format", "for", "limit of one message"), lines))


def test_settings_are_those_that_are_declared() -> None:
    defaults = {name: getattr(Settings(), name) for name in declared()}
    written = {name: str(value).lower() if isinstance(value, bool) else value for name, value in defaults.items()}
    lines = [
        (f"`{name}`", f"`{written[name]}`" if written[name] else "", setting.means)
        for name, setting in declared().items()
    ]
    check_generated(MANUAL / "settings.md", "settings", table(("setting", "default", "meaning"), lines))


def test_files_are_where_the_manual_says() -> None:
    places = Paths(Path("data"), Path("config"))
    known = {getattr(places, name).name for name, value in vars(Paths).items() if isinstance(value, property)}
    listed = {name.rstrip("/") for row in rows(MANUAL / "files.md", "# Files") for name in named(row[0])}
    assert listed <= known
    assert {"incidents.db", "config.toml"} <= listed


def test_exit_codes_are_those_of_the_program() -> None:
    codes = [int(row[0]) for row in rows(MANUAL / "commands.md", "## Output")]
    assert codes == [code.value for code in ExitCode]


def test_signs_of_the_entry_line_are_explained() -> None:
    lines = [name for row in rows(MANUAL / "entry-line.md", "# The entry line") for name in named(row[0])]
    signs = {action.prefix for action in ACTIONS.values() if action.prefix}
    assert not {sign for sign in signs if not any(line.startswith(sign) for line in lines)}


def test_periods_are_written_as_the_manual_shows() -> None:
    [sentence] = re.findall(r"Times are written as (.*?);", " ".join(text(MANUAL / "plans.md").split()))
    assert len(named(sentence)) > 3
    assert not [period for period in named(sentence) if parse_within(period) is None]
