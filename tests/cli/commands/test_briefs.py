"""`incident handoff`, `join`, `stand-down` and `script`: texts about an incident for people, as commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from incident_cockpit.errors import ExitCode
from incident_cockpit.integrations import clipboard
from incident_cockpit.integrations.clipboard import Copied
from support.cli import Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path / "home", {"INCIDENT_USER": "Ana"})
    shell.good("new", "Checkout fails", "--severity", "SEV2")
    shell.good("do", "impact", "8% of EU cards fail")
    shell.good("do", "action", "Rolled back 4512")
    shell.good("do", "effect", "Rolled", "helped", "8 to 1")
    shell.good("do", "ask", "Raj", "10m", "check the replica")
    return shell


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    texts: list[str] = []

    def copy(text: str, **_settings: Any) -> Copied:
        texts.append(text)
        return Copied("xclip", True, "copied with xclip", None)

    monkeypatch.setattr(clipboard, "copy", copy)
    return texts


TEXTS = {
    "handoff": "*Handoff brief: SEV2 INC-1 Checkout fails*",
    "join": "*SEV2 INC-1 Checkout fails* (times in ",
    "stand-down": "*Stand-down: SEV2 INC-1 Checkout fails*",
}
each_text = pytest.mark.parametrize("command", TEXTS)


@each_text
def test_it_prints_the_text_and_nothing_else(shell: Shell, command: str) -> None:
    before = shell.events()
    ran = shell.good(command)
    assert ran.out.startswith(TEXTS[command])
    assert (ran.err, shell.events()) == ("", before)
    assert shell.good(command, "1").out.splitlines()[0] == ran.out.splitlines()[0]


@each_text
def test_it_copies_on_request(shell: Shell, command: str, copied: list[str]) -> None:
    shell.good(command)
    assert copied == []
    ran = shell.good(command, "--copy")
    assert copied == [ran.out.removesuffix("\n")]
    assert ran.err == "copied with xclip\n"


@each_text
def test_a_copy_that_reached_nothing_says_what_to_do(
    shell: Shell, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = Copied("none", False, "not copied: no clipboard answers here", None)
    monkeypatch.setattr(clipboard, "copy", lambda _text, **_settings: nowhere)
    ran = shell(command, "--copy")
    assert ran.code == ExitCode.REFUSED
    assert ran.out.startswith(TEXTS[command])
    assert "by hand" in ran.err


@each_text
def test_json_holds_the_text(shell: Shell, command: str) -> None:
    data = shell.good(command, "--json").data
    assert data["incident"] == "INC-1"
    assert data["text"].startswith(TEXTS[command])


def test_the_stand_down_says_as_data_who_may_rest(shell: Shell) -> None:
    people = shell.good("stand-down", "--json").data["people"]
    assert [(one["who"], one["still"], one["may_rest"]) for one in people] == [
        ("Ana", "Incident Commander", False), ("Raj", "asked: check the replica", False),
    ]  # fmt: skip
    assert people[0]["heard"].endswith("Z")
    assert people[1]["heard"] is None


def test_the_brief_holds_what_the_next_commander_needs(shell: Shell) -> None:
    shell.good("do", "handoff", "Kim")
    out = shell.good("handoff").out
    for part in ("→ helped: 8 to 1", "- Raj: check the replica (in ", "*Read-back by Kim:*", "*Due:*"):
        assert part in out


@pytest.mark.parametrize("command", [*TEXTS, "script"])
def test_without_an_incident_it_is_not_found(tmp_path: Path, command: str) -> None:
    ran = Shell(tmp_path / "home")(command)
    assert ran.code == ExitCode.NOT_FOUND
    assert ran.out == ""


class TestSay:
    def test_without_a_name_it_lists_them_the_fitting_one_first(self, shell: Shell) -> None:
        rows = [row.split(maxsplit=1) for row in shell.good("script").out.splitlines()]
        assert rows[0] == ["size-up", "Size-up"]
        assert sorted(word for word, _ in rows) == [
            "all-clear", "objections", "opening", "size-up", "swoop", "transfer",
        ]  # fmt: skip
        assert shell.good("script", "--json").data[0] == {"id": "size-up", "name": "Size-up"}

    def test_it_is_said_by_whoever_speaks(self, shell: Shell) -> None:
        assert shell.good("script", "opening").out.startswith("This is Ana")
        assert shell.good("script", "op", "--as", "Mio").out.startswith("This is Mio")

    def test_json(self, shell: Shell) -> None:
        data = shell.good("script", "swoop", "--json").data
        assert sorted(data) == ["incident", "script", "text", "warnings"]
        assert data["script"] == "swoop"
        assert data["text"]

    def test_a_name_nobody_knows(self, shell: Shell) -> None:
        ran = shell("script", "goodbye")
        assert ran.code == ExitCode.NOT_FOUND
        assert "opening, size-up" in ran.err

    def test_whoever_switched_them_off_reads_none(self, shell: Shell) -> None:
        (shell.home / "config.toml").write_text("scripts = false\n")
        for argv in (("script",), ("script", "opening")):
            ran = shell(*argv)
            assert (ran.code, ran.out) == (ExitCode.REFUSED, "")
            assert "scripts = true in config.toml" in ran.err

    def test_a_plan_s_own_words(self, shell: Shell, tmp_path: Path, child: Callable[[str], Path]) -> None:
        shell.good(
            "new",
            "Search fails",
            "--plan",
            str(child('[[messages]]\nid = "say-swoop"\nname = "S"\ntext = "Hello {{ id }}"')),
        )
        assert shell.good("script", "swoop", "--incident", "2").out == "Hello INC-2\n"


@pytest.fixture
def child(tmp_path: Path) -> Callable[[str], Path]:
    """Return how a plan is made that extends the default one."""

    def made(more: str) -> Path:
        path = tmp_path / "mine.toml"
        path.write_text(f'id = "mine"\nname = "Mine"\nextends = "default"\n{more}\n')
        return path

    return made


@pytest.mark.parametrize("command", ["handoff", "join"])
def test_brief_warns_of_a_channel_named_after_a_restricted_title(tmp_path: Path, command: str) -> None:
    shell = Shell(tmp_path / "restricted")
    shell.good("new", "Zebra customers leaked", "--severity", "SEV1")
    assert "channel name" not in shell.good(command).err
    shell.good("do", "restrict", "Bluebird")
    assert "channel name" in shell.good(command).err
    shell.good("do", "channel", "#bluebird")
    assert "channel name" not in shell.good(command).err
