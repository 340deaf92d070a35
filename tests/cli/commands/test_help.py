"""`incident help`: the topics of the manual and their pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from incident_cockpit.errors import ExitCode
from incident_cockpit.manual.pages import TOPICS
from support.cli import Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_without_a_topic_all_are_listed(shell: Shell) -> None:
    lines = shell.good("help").out.splitlines()
    assert [line.split()[0] for line in lines] == list(TOPICS)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_is_printed_as_text(shell: Shell, topic: str) -> None:
    out = shell.good("help", topic).out
    assert out.startswith(TOPICS[topic])
    assert "<!--" not in out


def test_an_unknown_topic_is_refused_with_the_nearest(shell: Shell) -> None:
    ran = shell("help", "handof")
    assert (ran.code, ran.out) == (ExitCode.NOT_FOUND, "")
    assert "handoff" in ran.err


def test_help_needs_no_store(shell: Shell) -> None:
    shell.good("help", "recovery")
    assert not (shell.home / "incidents.db").exists()
