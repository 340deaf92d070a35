"""`incident line`: the same verbs without a screen, for scripts here; the terminal's way is tried in a real one."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from incident_cockpit.clock import SetClock, SystemClock
from incident_cockpit.service import store as store_module
from support.cli import Shell
from support.terminal import Terminal

INCIDENT = (sys.executable, "-c", "import sys; from incident_cockpit.cli.main import main; sys.exit(main())")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    made = Shell(tmp_path / "home")
    made.good("new", "Checkout fails", "--severity", "SEV2")
    return made


def test_lines_of_a_script_are_done_one_after_the_other(shell: Shell) -> None:
    ran = shell.good("line", stdin=b"5xx at 8%\n@Raj 10m replica lag?\n! rolled back\n:severity SEV1 all of EU\n")
    sorts = [line["sort"] for line in shell.timeline()]
    assert sorts[sorts.index("note") :][:4] == ["note", "ask", "action", "severity"]
    told = [re.sub(r"^\d\d:\d\d  ", "", line) for line in ran.out.splitlines()]
    assert told[told.index("note  5xx at 8%  (ana)") :][:4] == [
        "note  5xx at 8%  (ana)",
        "ask  Raj, 10m: replica lag?  (ana)",
        "action  rolled back  (ana)",
        "severity  SEV2 → SEV1: all of EU  (ana)",
    ]


def test_refused_line_does_not_stop_the_rest(shell: Shell) -> None:
    ran = shell("line", stdin=b":nosuch\n:help\nstill here\n")
    assert ran.code == 1
    assert '"nosuch"' in ran.err
    assert "only in the cockpit" in ran.err
    assert shell.timeline()[-1]["text"] == "still here"


def test_it_lists_verbs_and_lines_and_stops_when_told(shell: Shell) -> None:
    ran = shell.good("line", stdin=b"one\n:log\n:verbs\n:quit\ntwo\n")
    assert "severity SEVERITY REASON: " in ran.out
    assert "two" not in [line["text"] for line in shell.timeline()]


def test_on_a_terminal_it_prompts_and_asks_before_what_is_grave(shell: Shell, tmp_path: Path) -> None:
    env = {"INCIDENT_HOME": str(shell.home), "INCIDENT_USER": "Ana", "TZ": "UTC"}
    with Terminal([*INCIDENT, "line"], (100, 30), env, cwd=tmp_path) as terminal:
        terminal.expect("INC-1 >")
        terminal.type(":severity SEV1 all of EU").key("enter")
        terminal.expect(r"severity: SEV2 → SEV1: all of EU[\s\S]*Will start: [\s\S]*Type y to confirm")
        terminal.type("n").key("enter")
        terminal.expect("nothing")
        terminal.type(":severity SEV1 all of EU").key("enter")
        terminal.expect(r"nothing[\s\S]*Type y to confirm")
        terminal.type("y").key("enter")
        terminal.expect(r"SEV2 → SEV1: all of EU\s+\(Ana\)")
        shell.good("log", "from elsewhere", INCIDENT_USER="Raj")
        terminal.key("enter")
        terminal.expect(r"from elsewhere\s+\(Raj\)")
        terminal.type(":quit").key("enter")
        assert terminal.wait_exit() == 0


def test_entry_before_the_start_suggests_to_move_the_start(shell: Shell) -> None:
    ran = shell.good("line", stdin=b"-7m 5xx began\n-12m ! deploy 4512\n")
    assert [line["sort"] for line in shell.timeline() if line["before_start"]] == ["action", "note"]
    typed = re.findall(r":milestone started .+", ran.err)
    assert len(typed) == 2
    shell.good("line", stdin=typed[-1].encode())
    assert not any(line["before_start"] for line in shell.timeline())


def test_a_clock_that_steps_back_stops_no_line(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SetClock(SystemClock().now())
    clock.set_back(seconds=30)
    monkeypatch.setattr(store_module, "SystemClock", lambda: clock)
    shell.good("line", stdin=b"5xx at 8%\n@Raj 10m replica lag?\n:severity SEV1 all of EU\n")
    shell.good("log", "! rolled back")
    shell.good("do", "timer", "5m", "look again")
    texts = [line["text"] for line in shell.timeline()]
    assert sum("clock went back" in text for text in texts) == 1
    assert "T+0s" in shell.good("status", "--line").out
    assert shell.good("verify").code == 0
