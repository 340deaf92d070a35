"""The ticket from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from incident_cockpit.errors import ExitCode
from incident_cockpit.integrations import clipboard
from incident_cockpit.integrations.clipboard import Copied
from support.cli import Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path / "home")
    shell.good("new", "Checkout is down", "--severity", "SEV1", "--started", "-60m")
    shell.good("log", "! Rolled back {4512}")
    return shell


def test_it_is_written_for_the_tracker(shell: Shell) -> None:
    jira = shell.good("ticket").out
    assert jira.startswith("Summary: [SEV1] INC-1 Checkout is down\n\nh2. ")
    assert r"Rolled back \{4512\}" in jira
    github = shell.good("ticket", "1", "--format", "github").out
    assert github.startswith("Title: [SEV1] INC-1 Checkout is down\n\n## ")
    assert "| Rolled back {4512} |" in github


def test_json_has_the_title_apart(shell: Shell) -> None:
    data = shell.good("ticket", "--json").data
    assert data["fields"] == {"Summary": "[SEV1] INC-1 Checkout is down"}
    assert data["text"] == f"Summary: [SEV1] INC-1 Checkout is down\n\n{data['messages'][0]}"


def test_copying_says_its_route_and_records_nothing(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "copy", lambda *_, **__: Copied("xclip", True, "copied with xclip", None))
    before = shell.events()
    assert "copied with xclip" in shell.good("ticket", "--copy").err
    assert shell.events() == before
    assert shell("ticket", "--format", "trello").code == ExitCode.USAGE
