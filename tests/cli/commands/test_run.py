"""`incident run`: a command becomes evidence, and exits as it would without us. In processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.patience import patience

INCIDENT = (sys.executable, "-c", "import sys; from incident_cockpit.cli.main import main; sys.exit(main())")


class Home:
    """A home with one open incident."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.env = {**os.environ, "INCIDENT_HOME": str(home), "INCIDENT_USER": "Ana"}
        assert self("new", "Checkout fails", "--severity", "SEV2").returncode == 0

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*INCIDENT, *words],
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
            timeout=patience(),
            cwd=self.home.parent,
        )

    def newest(self) -> str:
        lines = json.loads(self("timeline", "--json").stdout)
        return str(next(line["text"] for line in reversed(lines) if line["sort"] == "command"))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_it_streams_exits_alike_and_keeps_the_end_without_secrets(home: Home) -> None:
    token = "ghp_" + "a1B2" * 9
    ran = home("run", "--", "sh", "-c", f"echo seen; echo {token}; echo wrong >&2; exit 4")
    assert (ran.returncode, ran.stdout) == (4, f"seen\n{token}\n")
    assert "wrong" in ran.stderr
    text = home.newest()
    assert "exit 4" in text
    assert text.endswith("wrong") or text.endswith("[redacted: GitHub token]")
    assert token not in text
    [kept] = (home.home / "evidence").iterdir()
    assert token in kept.read_text(), "the whole output is its owner's, in a file of theirs"
    assert str(kept) in ran.stderr


def test_options_behind_the_command_are_its_own(home: Home) -> None:
    ran = home("run", "ls", "-d", "--", "/")
    assert (ran.returncode, ran.stdout) == (0, "/\n")
    assert home.newest().startswith("$ ls -d -- /  (")


def test_control_characters_stay_out_of_the_journal(home: Home) -> None:
    home("run", "printf", r"\033]0;owned\007red \033[31mtext\033[0m")
    assert "\x1b" not in home.newest()
    assert "text" in home.newest()


def test_only_the_end_of_much_stands_on_the_timeline(home: Home) -> None:
    home("run", "seq", "1", "500")
    shown = home.newest().split("\n")[1:]
    assert (shown[0], shown[-1], len(shown)) == ("481", "500", 20)


def test_nothing_to_run_and_no_incident_are_said(home: Home, tmp_path: Path) -> None:
    assert home("run").returncode == 2
    assert home("run", "--").returncode == 2
    home.env["INCIDENT_HOME"] = str(tmp_path / "empty")
    ran = home("run", "--", "touch", str(tmp_path / "ran"))
    assert ran.returncode == 3
    assert not (tmp_path / "ran").exists(), "it is not run where it cannot be kept"


def test_what_is_no_text_stays_in_its_file(home: Home) -> None:
    home("run", "head", "-c", "300", "/dev/zero")
    assert "binary" in home.newest()
    [kept] = (home.home / "evidence").iterdir()
    assert kept.read_bytes() == bytes(300)


def test_a_store_that_was_replaced_while_the_command_ran_is_said(home: Home) -> None:
    store = home.home / "incidents.db"
    copy = home.home / "copy.db"
    copy.write_bytes(store.read_bytes())
    home("log", "one")
    ran = home("run", "--", "cp", str(copy), str(store))
    assert ran.returncode == 0
    assert "incident put-back" in ran.stderr
    assert "cp" in home.newest()
    assert home("put-back").returncode == 0
    assert home("verify").returncode == 0
