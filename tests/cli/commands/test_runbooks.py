"""Runbooks given back: with their ticks, as remarks for their owners, and newer versions taken in."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from incident_cockpit.errors import ExitCode
from support.cli import Shell

RUNBOOK = "\ufeff# Disk full\r\n\r\n- [ ] Look\r\n- [x] Tell\r\n* [ ] Mend\r\n  - [ ] Größe [X]\r\n".encode()


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "home")


@pytest.fixture
def runbook(tmp_path: Path) -> Path:
    path = tmp_path / "disk-full.md"
    path.write_bytes(RUNBOOK)
    return path


@pytest.fixture
def running(shell: Shell, runbook: Path) -> Shell:
    """Return a shell in which an incident follows that runbook alone."""
    shell.good("new", "The disk is full", "--severity", "SEV2", "--runbook", str(runbook))
    return shell


def statuses(shell: Shell, incident: str = "1") -> list[tuple[str, str]]:
    """Return what became of every step, by its words."""
    books = shell.good("show", incident, "--json").data["runbooks"]
    return [(step["text"], step["status"]) for book in books for step in book["steps"]]


class TestExport:
    """The file as it was read, with what was done."""

    def test_untouched_it_is_the_same(self, running: Shell, tmp_path: Path) -> None:
        running.good("runbook", "export", "-o", str(tmp_path / "out.md"))
        assert (tmp_path / "out.md").read_bytes() == RUNBOOK

    def test_only_the_ticks_change(self, running: Shell) -> None:
        running.good("do", "tick", "Look")
        running.good("do", "skip", "Größe", "no such thing")
        out = running.good("runbook", "export").out.encode()
        assert out == RUNBOOK.replace(b"[ ] Look", b"[x] Look").replace("[ ] Größe".encode(), "[-] Größe".encode())

    def test_exported_runbook_is_read_back(self, running: Shell, tmp_path: Path) -> None:
        running.good("do", "tick", "Mend")
        running.good("do", "reopen-step", "Tell")
        running.good("do", "skip", "Look", "seen")
        out = tmp_path / "out.md"
        running.good("runbook", "export", "-o", str(out))
        running.good("new", "Again", "--severity", "SEV2", "--runbook", str(out))
        assert statuses(running, "2") == statuses(running, "1")

    def test_it_writes_over_nothing(self, running: Shell, runbook: Path) -> None:
        ran = running("runbook", "export", "-o", str(runbook))
        assert (ran.code, runbook.read_bytes()) == (ExitCode.REFUSED, RUNBOOK)
        running.good("do", "tick", "Look")
        running.good("runbook", "export", "-o", str(runbook), "--force")
        assert b"[x] Look" in runbook.read_bytes()

    def test_the_file_may_be_gone(self, running: Shell, runbook: Path) -> None:
        runbook.unlink()
        assert running.good("runbook", "export").out.encode() == RUNBOOK

    def test_an_incident_that_came_without_its_documents(self, running: Shell, tmp_path: Path) -> None:
        lines = running.good("export", "1", "-").out.splitlines(keepends=True)
        (tmp_path / "bare.jsonl").write_text("".join(line for line in lines if not line.startswith('{"document"')))
        other = Shell(tmp_path / "other")
        other.good("import", str(tmp_path / "bare.jsonl"))
        for command in ("export", "redline"):
            ran = other("runbook", command, "--incident", "1")
            assert (ran.code, ran.out) == (ExitCode.NOT_FOUND, "")
            assert "disk-full.md is not in this store" in ran.err


class TestWhich:
    """With several runbooks the one that is meant is named."""

    @pytest.fixture
    def two(self, running: Shell, tmp_path: Path) -> Shell:
        (tmp_path / "network.md").write_text("# Net\n- [ ] Ping\n")
        running.good("runbook", "attach", str(tmp_path / "network.md"))
        return running

    @pytest.mark.parametrize("command", ["export", "redline"])
    def test_none_is_guessed(self, two: Shell, command: str) -> None:
        ran = two("runbook", command)
        assert (ran.code, ran.out) == (ExitCode.USAGE, "")
        assert "disk-full.md" in ran.err
        assert "network.md" in ran.err

    @pytest.mark.parametrize("word", ["network", "network.md", "Net"])
    def test_it_is_named(self, two: Shell, word: str) -> None:
        assert two.good("runbook", "export", "--runbook", word).out == "# Net\n- [ ] Ping\n"

    def test_an_unknown_one(self, two: Shell) -> None:
        assert "dns" in two("runbook", "export", "--runbook", "dns").err

    def test_a_newer_file_finds_its_own(self, two: Shell, runbook: Path) -> None:
        runbook.write_bytes(RUNBOOK + b"- [ ] New\r\n")
        two.good("runbook", "update", str(runbook))
        assert ("New", "open") in statuses(two)

    @pytest.mark.parametrize("command", [("export",), ("redline",), ("update", "x.md")])
    def test_there_is_none(self, shell: Shell, command: tuple[str, ...]) -> None:
        shell.good("new", "Bare", "--severity", "SEV2", "--runbook", "")
        ran = shell("runbook", *command)
        assert ran.code == ExitCode.REFUSED
        assert "no runbook attached" in ran.err


class TestMerge:
    """A newer file takes the place of the attached one."""

    def test_ticks_stay(self, running: Shell, runbook: Path) -> None:
        running.good("do", "tick", "Mend")
        runbook.write_bytes(RUNBOOK.replace(b"- [ ] Look\r\n", b"- [ ] New\r\n").replace(b"Tell", b"Tell all"))
        ran = running.good("runbook", "update", str(runbook), "--json")
        assert "2 steps new, 2 gone, 2 kept" in ran.err
        assert ran.data["events"][0]["kind"] == "runbook.merged"
        assert ("Mend", "done") in statuses(running)
        assert "kept in the record: Tell" in ran.err

    def test_it_can_be_undone(self, running: Shell, runbook: Path) -> None:
        before = statuses(running)
        runbook.write_bytes(RUNBOOK + b"- [ ] New\r\n")
        running.good("runbook", "update", str(runbook))
        running.good("do", "undo")
        assert statuses(running) == before
        assert running.good("runbook", "export").out.encode() == RUNBOOK

    def test_the_newest_version_is_exported(self, running: Shell, runbook: Path) -> None:
        running.good("do", "tick", "Mend")
        newer = RUNBOOK.replace(b"# Disk full\r\n", b"# Disk full\r\n\r\n- [ ] New\r\n")
        runbook.write_bytes(newer)
        running.good("runbook", "update", str(runbook))
        assert running.good("runbook", "export").out.encode() == newer.replace(b"[ ] Mend", b"[x] Mend")

    def test_another_runbook_is_refused(self, running: Shell, tmp_path: Path) -> None:
        (tmp_path / "network.md").write_text("# Net\n- [ ] Ping\n")
        ran = running("runbook", "update", str(tmp_path / "network.md"))
        assert (ran.code, statuses(running)[0]) == (ExitCode.REFUSED, ("Look", "open"))
        assert "Disk full" in ran.err

    def test_it_goes_with_an_exported_incident(self, running: Shell, runbook: Path, tmp_path: Path) -> None:
        newer = RUNBOOK + b"- [ ] New\r\n"
        runbook.write_bytes(newer)
        running.good("runbook", "update", str(runbook))
        running.good("export", "1", str(tmp_path / "one.jsonl"))
        other = Shell(tmp_path / "other")
        other.good("import", str(tmp_path / "one.jsonl"))
        assert other.good("runbook", "export", "--incident", "1").out.encode() == newer


class TestRedline:
    """What the incident says about the runbook, for its owner."""

    def test_it_applies_to_the_file(self, running: Shell, runbook: Path) -> None:
        running.good("do", "skip", "Look", "seen --> password=hunter2hunter2")
        made = running.good("runbook", "redline").out
        assert "<!-- skipped in INC-1: seen - - >" in made
        assert "hunter2" not in made
        git = shutil.which("git")
        if git is None:
            pytest.skip("no git here")
        ran = subprocess.run(
            [git, "apply", "--check", "-"], cwd=runbook.parent, input=made.encode(), capture_output=True, check=False
        )
        assert ran.returncode == 0, ran.stderr

    def test_to_a_file(self, running: Shell, tmp_path: Path) -> None:
        ran = running.good("runbook", "redline", "-o", str(tmp_path / "made.diff"))
        assert ran.out == ""
        assert (tmp_path / "made.diff").read_bytes().decode() == running.good("runbook", "redline").out
        assert running("runbook", "redline", "-o", str(tmp_path / "made.diff")).code == ExitCode.REFUSED

    def test_as_data(self, running: Shell) -> None:
        running.good("do", "skip", "Look", "seen")
        data = running.good("runbook", "redline", "--json").data
        assert (data["incident"], data["name"]) == ("INC-1", "disk-full.md")
        assert data["remarks"][0] == {
            "sort": "skipped",
            "step": "r1.s1",
            "line": 3,
            "text": "Look",
            "words": "skipped in INC-1: seen",
            "reason": "seen",
        }
        assert running("runbook", "redline", "--json", "-o", "x").code == ExitCode.USAGE

    def test_nothing_to_say(self, shell: Shell, tmp_path: Path) -> None:
        (tmp_path / "one.md").write_text("- [ ] One\n")
        shell.good("new", "One", "--severity", "SEV2", "--runbook", str(tmp_path / "one.md"))
        shell.good("do", "tick", "One")
        ran = shell.good("runbook", "redline")
        assert (ran.out, "no proposed edits for one.md" in ran.err) == ("", True)
