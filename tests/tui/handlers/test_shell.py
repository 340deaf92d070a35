"""The shell key: the shell knows the incident, no draft is lost, and new events are shown afterwards."""

from __future__ import annotations

import shlex
from pathlib import Path

from support.screen import Scene, opened, until
from support.single_screen import text_of
from test_story import INCIDENT, Incidents


def test_the_shell_logs_to_the_incident(tmp_path: Path) -> None:
    incidents = Incidents(tmp_path)
    incidents.env |= {"SHELL": "/bin/sh", "PS1": "$ "}
    incidents.run("new", "The one meant", "--severity", "SEV2")
    incidents.run("new", "Another one", "--severity", "SEV3")
    with incidents.terminal("open", "1") as term:
        term.expect("INC-1 .*The one meant")
        term.key("n").type("half a thought").expect("half a thought")
        term.key("escape").expect("space tick   - skip")
        term.type("!").expect("exit or ctrl\\+d")
        program = shlex.join(INCIDENT)
        term.type(f"{program} log '! restarted it'; echo logged $?").key("enter").expect("logged 0")
        term.key("ctrl+d").expect("1 new event")
        term.expect("action +restarted it")
        term.expect("half a thought")
        term.key("n", "enter").expect("note +half a thought")
        term.key("escape", "ctrl+q")
        assert term.wait_exit() == 0
        assert not term.left_on()
    listed = incidents.run("list", "--all", "--json").stdout
    assert "Another one" in listed
    assert "restarted it" in incidents.run("timeline", "--incident", "1").stdout


async def test_without_a_terminal_the_command_is_shown(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("exclamation_mark")
        await until(lambda: "export INCIDENT=INC-1" in text_of(app))
        await pilot.press("h")
        await until(lambda: "Possible cause" in text_of(app))
