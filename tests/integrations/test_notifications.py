"""Notifications, with real programs that work and fail."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from incident_cockpit.integrations import desktop as room
from incident_cockpit.integrations.desktop import notify
from support.patience import patience

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the program tried here is that of Linux desktops")

SAVES = 'for part in "$@"; do printf "%s\\n" "$part"; done > "$STORE"'


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take its time over a program that works."""
    monkeypatch.setattr(room, "LIMIT_SECONDS", patience())


def desk(folder: Path, script: str | None, name: str = "notify-send") -> dict[str, str]:
    if script is not None:
        (folder / name).write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
        (folder / name).chmod(0o755)
    return {"PATH": str(folder), "STORE": str(folder / "store")}


def test_off_is_silent(tmp_path: Path) -> None:
    rung: list[str] = []
    assert notify("late", how="off", env=desk(tmp_path, SAVES), write_terminal=rung.append) == "off"
    assert rung == []
    assert not (tmp_path / "store").exists()


def test_the_bell_is_one_character(tmp_path: Path) -> None:
    rung: list[str] = []
    assert notify("late", how="bell", env=desk(tmp_path, SAVES), write_terminal=rung.append) == "bell"
    assert rung == ["\x07"]


def test_the_desktop_gets_clean_words_that_are_no_option_and_no_markup(tmp_path: Path) -> None:
    rung: list[str] = []
    env = desk(tmp_path, SAVES)
    taken = notify(
        "--help <b>5 & 6</b>\x1b[31m\nred", how="desktop", title="INC-7", env=env, write_terminal=rung.append
    )
    assert taken == "desktop"
    assert rung == []
    told = (tmp_path / "store").read_text().splitlines()
    assert told == ["--app-name=incident", "--", "INC-7", "--help &lt;b&gt;5 &amp; 6&lt;/b&gt; red"]


@pytest.mark.parametrize("script", [None, "exit 1", "exec sleep 60"])
def test_a_desktop_that_does_not_answer_leaves_the_bell(
    tmp_path: Path, script: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if script is not None and "sleep" in script:
        monkeypatch.setattr(room, "LIMIT_SECONDS", 0.2)
    rung: list[str] = []
    assert notify("late", how="desktop", env=desk(tmp_path, script), write_terminal=rung.append) == "bell"
    assert rung == ["\x07"]


def test_a_mac_is_told_by_arguments_and_never_by_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room.sys, "platform", "darwin")
    env = desk(tmp_path, SAVES, "osascript")
    assert notify('" & quit & "', how="desktop", env=env, write_terminal=None) == "desktop"
    told = (tmp_path / "store").read_text().splitlines()
    assert told[-2:] == ['" & quit & "', "Incident"]
    assert not any("quit" in line for line in told[:-2])


def test_a_terminal_that_is_gone_is_not_an_error(tmp_path: Path) -> None:
    def gone(sequence: str) -> None:
        raise OSError("gone")

    assert notify("late", how="bell", env={}, write_terminal=gone) == "off"
    assert notify("late", how="bell", env={}, write_terminal=None) == "off"
