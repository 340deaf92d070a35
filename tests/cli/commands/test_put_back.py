"""`incident put-back`, and the programs that stay open while the store is replaced, each in a terminal of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.cli import Shell
from support.terminal import Terminal

INCIDENT = (sys.executable, "-c", "import sys; from incident_cockpit.cli.main import main; sys.exit(main())")

Put = Callable[[Path, bytes], None]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    made = Shell(tmp_path / "home")
    made.good("new", "Checkout fails", "--severity", "SEV2")
    return made


def store(shell: Shell) -> Path:
    return shell.home / "incidents.db"


def in_place(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def moved_over(path: Path, content: bytes) -> None:
    other = path.with_name("other.db")
    other.write_bytes(content)
    other.replace(path)


HOW = pytest.mark.parametrize("put", [in_place, moved_over])


def texts(shell: Shell) -> list[str]:
    return [line["text"] for line in shell.timeline()]


def terminal(shell: Shell, *argv: str) -> Terminal:
    env = {"INCIDENT_HOME": str(shell.home), "INCIDENT_USER": "Ana", "TZ": "UTC"}
    return Terminal([*INCIDENT, *argv], (120, 40), env, cwd=shell.home)


def test_what_a_replaced_store_lacks_comes_back_once(shell: Shell) -> None:
    copy = store(shell).read_bytes()
    shell.good("log", "one", INCIDENT_USER="Raj")
    store(shell).write_bytes(copy)
    told = shell.good("log", "two").err
    assert "incident put-back" in told
    assert shell("verify").code == 4
    assert "1 event" in shell.good("put-back").err
    [line] = [line for line in shell.timeline() if line["text"] == "one"]
    assert (line["who"], line["put_back"] is not None) == ("Raj", True)
    assert not [line for line in shell.timeline() if line["text"] == "two" and "put_back" in line]
    assert shell.good("verify").code == 0
    assert shell("put-back").code == 1
    assert texts(shell).count("one") == 1


def test_an_incident_that_the_store_lacks_is_found_by_its_number(shell: Shell) -> None:
    shell.good("log", "one")
    other = Shell(shell.home / "other")
    other.good("new", "Another", "--severity", "SEV3")
    store(shell).write_bytes(store(other).read_bytes())
    verified = shell("verify")
    assert verified.code == 4
    assert "incident put-back" in verified.err
    [copy] = (shell.home / "rescue").glob("*.jsonl")
    shell.good("put-back", copy.stem[:8])
    assert "one" in [line["text"] for line in shell.timeline("2")]
    assert "put-back" not in shell("verify").err


def test_nothing_to_put_back_is_refused(shell: Shell) -> None:
    assert shell("put-back").code == 1
    assert shell("put-back", "99").code == 3


@HOW
def test_cockpit_continues_in_a_replaced_store(shell: Shell, tmp_path: Path, put: Put) -> None:
    copy = store(shell).read_bytes()
    for word in ("first", "second", "third"):
        shell.good("log", word)
    with terminal(shell, "open", "1") as cockpit:
        cockpit.expect("third")
        put(store(shell), copy)
        cockpit.expect(r"replaced: 3 events")
        cockpit.expect_gone(r"note +third")
        cockpit.type("nafter the copy").key("enter")
        cockpit.expect(r":\d\d +note +after the copy")
        assert texts(shell)[-1] == "after the copy"
        cockpit.type(":put-back").key("enter")
        cockpit.expect(r"Restored 3 events")
        cockpit.expect(r"third +restored")
        cockpit.kill()
    assert {"first", "second", "third", "after the copy"} <= set(texts(shell))
    assert shell.good("verify").code == 0
    shell.good("export", "1", str(tmp_path / "out.jsonl"))
    Shell(tmp_path / "elsewhere").good("import", str(tmp_path / "out.jsonl"))


@HOW
def test_cockpit_keeps_the_line_when_the_incident_is_gone(shell: Shell, tmp_path: Path, put: Put) -> None:
    other = Shell(tmp_path / "other")
    other.good("new", "Another", "--severity", "SEV3")
    with terminal(shell, "open", "1") as cockpit:
        cockpit.expect("Checkout fails")
        put(store(shell), store(other).read_bytes())
        cockpit.expect(r"no longer has INC-1")
        cockpit.type("nnot lost").key("enter")
        cockpit.wait_quiet()
        cockpit.expect(r"not lost")
        assert not any("not lost" in text for text in texts(shell))
        cockpit.key("ctrl+u").type(":put-back").key("enter")
        cockpit.expect(r"Restored \d+ events")
        cockpit.type("goes on").key("enter")
        cockpit.expect(r":\d\d +note +goes on")
        cockpit.kill()
    assert [line["text"] for line in shell.timeline("2")][-1] == "goes on"
    assert "put-back" not in shell("verify").err


def test_the_line_mode_says_it_and_goes_on(shell: Shell) -> None:
    copy = store(shell).read_bytes()
    shell.good("log", "one")
    with terminal(shell, "line") as program:
        program.expect("INC-1 >")
        store(shell).write_bytes(copy)
        program.type("after").key("enter")
        program.expect(r"replaced: 1 event")
        program.type(":put-back").key("enter")
        program.expect(r"Restored 1 event")
        program.type(":quit").key("enter")
        assert program.wait_exit() == 0
    assert {"one", "after"} <= set(texts(shell))
    assert shell.good("verify").code == 0


@HOW
def test_wallboard_shows_a_replaced_store_and_put_back(shell: Shell, put: Put) -> None:
    copy = store(shell).read_bytes()
    shell.good("log", "only before")
    with terminal(shell, "watch") as wall:
        wall.expect("only before")
        put(store(shell), copy)
        wall.expect(r"incident put-back 1")
        wall.expect_gone("only before")
        shell.good("log", "only after")
        wall.expect("only after")


def test_list_shows_the_incidents_of_a_replaced_store(shell: Shell) -> None:
    other = Shell(shell.home / "other")
    other.good("new", "Another one", "--severity", "SEV3")
    with terminal(shell) as program:
        program.expect("Checkout fails")
        program.type("q")
        program.expect("Incidents")
        moved_over(store(shell), store(other).read_bytes())
        program.expect("Another one")


def test_a_cockpit_opened_on_an_older_store_says_what_it_lacks(shell: Shell) -> None:
    copy = store(shell).read_bytes()
    shell.good("log", "one")
    store(shell).write_bytes(copy)
    with terminal(shell, "open", "1") as cockpit:
        cockpit.expect(r"replaced: 1 event")
        cockpit.type(":put-back").key("enter")
        cockpit.expect(r"Restored 1 event")
    assert "one" in texts(shell)
