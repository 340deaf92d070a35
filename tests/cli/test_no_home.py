"""A machine without a home directory or a login name, as many containers are."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

import pytest

from incident_cockpit.config import paths
from incident_cockpit.errors import ExitCode
from support.cli import Shell
from support.naming import naming


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    def unknown() -> str:
        raise KeyError(os.getuid())

    monkeypatch.setattr(getpass, "getuser", unknown)
    monkeypatch.setattr(paths, "_TEMPORARY", (str(tmp_path),))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/dev/null/nobody")
    return Shell(tmp_path / f"incident-cockpit-{os.getuid()}", {"INCIDENT_HOME": "", "LOGNAME": ""})


def test_incidents_are_kept_in_a_folder_that_a_warning_names(shell: Shell) -> None:
    warning, *_ = shell.good("new", "Checkout is down", "--severity", "1").err.splitlines()
    assert warning == naming("warning", "home directory", str(shell.home))
    for words in (("log", "5xx at 8%"), ("status",), ("list",), ("verify",), ("init", "--defaults")):
        ran = shell.good(*words)
        assert ran.err.count("INCIDENT_HOME") == 1, words
    assert shell.events() > 1
    doctor = shell("doctor")
    assert doctor.code == ExitCode.STORE
    assert str(shell.home) in doctor.out


def test_unknown_login_records_the_user_id_and_says_how_to_set_a_name(shell: Shell) -> None:
    assert "INCIDENT_USER" in shell.good("new", "Checkout is down", "--severity", "1").err
    ran = shell.good("log", "5xx at 8%")
    assert f"uid {os.getuid()}" in ran.err
    assert shell.timeline()[-1]["who"] == f"uid {os.getuid()}"
    assert "INCIDENT_USER" not in shell.good("status").err, "nothing was recorded"
    assert "recorded as" not in shell.good("log", "one more", "--as", "Ana").err
    assert "recorded as" not in shell.good("log", "and more", INCIDENT_USER="Ana").err


def test_init_sets_no_stand_in_for_a_name(shell: Shell) -> None:
    shell.good("init", stdin=b"\n" * 6)
    assert f"uid {os.getuid()}" not in (shell.home / "config.toml").read_text()
