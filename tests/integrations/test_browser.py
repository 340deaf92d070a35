"""Addresses are opened only on a desktop, only http and https, and never freeze the cockpit."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from incident_cockpit.integrations.desktop import can_open, open_address
from support.naming import naming

PROGRAM = "open" if sys.platform == "darwin" else "xdg-open"


@pytest.fixture
def desktop(tmp_path: Path) -> dict[str, str]:
    program = tmp_path / PROGRAM
    program.write_text(f'#!/bin/sh\nprintf %s "$1" > "{tmp_path}/opened"\n')
    program.chmod(0o755)
    return {"PATH": f"{tmp_path}:/usr/bin:/bin", "DISPLAY": ":0"}


def test_an_address_is_handed_to_the_desktop(desktop: dict[str, str], tmp_path: Path) -> None:
    assert open_address("https://example.com/a?b=c", desktop) == "opened: https://example.com/a?b=c"
    assert (tmp_path / "opened").read_text() == "https://example.com/a?b=c"


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "file:///etc/passwd", "ssh://-oProxyCommand=x", "vscode://x", "/etc/passwd", "#a", ""],
)
def test_nothing_else_is_ever_opened(desktop: dict[str, str], tmp_path: Path, url: str) -> None:
    assert not can_open(url, desktop)
    assert open_address(url, desktop).startswith("not opened")
    assert not (tmp_path / "opened").exists()


@pytest.mark.skipif(sys.platform == "darwin", reason="there the desktop is always there")
def test_without_a_desktop_nothing_is_opened(desktop: dict[str, str]) -> None:
    assert not can_open("https://example.com", {**desktop, "DISPLAY": ""})


def test_a_desktop_that_says_no_is_believed(desktop: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / PROGRAM).write_text("#!/bin/sh\nexit 3\n")
    assert open_address("https://example.com", desktop) == naming("did not", "https://example.com")
