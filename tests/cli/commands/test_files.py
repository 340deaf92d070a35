"""Runbook and plan files, export and import, and the check of the store."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from incident_cockpit.errors import ExitCode
from support.cli import Shell

RUNBOOK = """\
# Own

## First
- [x] Look, see [the graphs](https://example.org/graphs)
- [ ] Mend

  ```sh
  make mend
  ```

## Then
- [ ] Tell
"""


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "home")


@pytest.fixture
def runbook(tmp_path: Path) -> Path:
    path = tmp_path / "own.md"
    path.write_text(RUNBOOK)
    return path


class TestRunbook:
    """What is read of a file is said before anybody needs it."""

    def test_check_says_every_figure(self, shell: Shell, runbook: Path) -> None:
        [found] = shell.good("runbook", "check", str(runbook), "--json").data
        assert found.pop("rule")
        assert found == {
            "file": str(runbook),
            "steps": 3,
            "steps_by_kind": {"task": 3, "numbered": 0, "bullet": 0, "heading": 0, "table": 0, "template": 0},
            "checked": 1,
            "sections": 3,
            "code_blocks": 1,
            "links": 1,
            "warnings": [],
        }
        out = shell.good("runbook", "check", str(runbook)).out
        assert "3 steps (3 task) in 3 sections, 1 ticked" in out

    def test_one_that_cannot_be_used_does_not_hide_the_others(
        self, shell: Shell, runbook: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "prose.md").write_text("# Only words\n")
        ran = shell("runbook", "check", str(tmp_path / "prose.md"), str(runbook), "--json")
        assert ran.code == ExitCode.REFUSED
        wrong, right = ran.data
        assert sorted(wrong) == sorted(right)
        assert "has no steps" in wrong["warnings"][0]["words"]
        assert (wrong["rule"], wrong["steps"], right["steps"]) == (None, 0, 3)
        assert "prose.md" in ran.err

    def test_one_that_is_not_there(self, shell: Shell, runbook: Path) -> None:
        ran = shell("runbook", "check", "nowhere", str(runbook))
        assert (ran.code, "3 steps" in ran.out) == (ExitCode.NOT_FOUND, True)
        for name in (str(runbook.parent / "*.none"), "x" * 5000, "a[*"):
            assert shell("runbook", "check", name).code == ExitCode.NOT_FOUND

    def test_folders_and_patterns(self, shell: Shell, tmp_path: Path) -> None:
        folder = tmp_path / "runbooks"
        (folder / "deep").mkdir(parents=True)
        for name in ("b.md", "a.txt", "c.png", "deep/d.md"):
            (folder / name).write_text("1. Drain\n- Look\n")
        names = ["a.txt", "b.md"]
        for given, wanted in ((folder, names), (folder / "*.md", ["b.md"]), (folder / "**/*.md", ["b.md", "d.md"])):
            found = shell.good("runbook", "check", str(given), "--json").data
            assert [Path(one["file"]).name for one in found] == wanted
            assert {one["rule"] for one in found} == {"numbered steps"}
        assert "other formats: bullets (1)" in shell.good("runbook", "check", str(folder / "b.md")).out
        assert shell("runbook", "check", str(folder.parent)).code == ExitCode.REFUSED

    def test_a_shipped_one_has_a_name(self, shell: Shell) -> None:
        assert shell.good("runbook", "check", "service-outage", "--json").data[0]["steps"] > 10

    def test_the_seed_is_read_as_it_is(self, shell: Shell, seeds: Path) -> None:
        files = sorted(map(str, seeds.glob("001_*.txt")))
        assert files
        assert all(found["steps"] > 0 for found in shell.good("runbook", "check", *files, "--json").data)

    def test_attach_names_the_incident_and_takes_over_ticks(self, shell: Shell, runbook: Path) -> None:
        shell.good("new", "Checkout is down")
        ran = shell.good("runbook", "attach", str(runbook))
        assert ran.err.startswith("INC-1 Checkout is down: logged")
        steps = shell.good("show", "--json").data["runbooks"][1]["steps"]
        assert [(step["section"], step["text"], step["status"]) for step in steps] == [
            ("First", "Look, see the graphs", "done"),
            ("First", "Mend", "open"),
            ("Then", "Tell", "open"),
        ]
        before = shell.events()
        again = shell("runbook", "attach", str(runbook))
        assert (again.code, shell.events()) == (ExitCode.REFUSED, before)


class TestExportAndImport:
    """An incident goes out whole and comes in whole."""

    @pytest.fixture
    def file(self, shell: Shell, tmp_path: Path) -> Path:
        shell.good("new", "Checkout is down", "--severity", "2")
        shell.good("log", "5xx at 8%")
        path = tmp_path / "inc.jsonl"
        shell.good("export", "1", str(path))
        return path

    def test_there_and_back(self, shell: Shell, file: Path, tmp_path: Path) -> None:
        other = Shell(tmp_path / "other")
        ran = other.good("import", str(file))
        assert ran.out == "INC-1\n"
        assert "Checkout is down" in ran.err
        assert other.timeline() == shell.timeline()
        again = other("import", str(file))
        assert again.code == ExitCode.REFUSED
        assert "INC-1" in again.err

    def test_by_pipe_it_is_the_same_bytes(self, shell: Shell, file: Path, tmp_path: Path) -> None:
        piped = shell.good("export", "1", "-").out.encode()
        assert piped == file.read_bytes()
        other = Shell(tmp_path / "other")
        assert other.good("import", "-", "--json", stdin=piped).data["title"] == "Checkout is down"

    def test_the_file_is_private_and_never_overwritten(self, shell: Shell, file: Path) -> None:
        assert file.stat().st_mode & 0o777 == 0o600
        before = file.read_bytes()
        shell.good("log", "another")
        ran = shell("export", "1", str(file))
        assert (ran.code, file.read_bytes()) == (ExitCode.REFUSED, before)
        shell.good("export", "1", str(file), "--force")
        assert file.read_bytes() != before

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"", "no events"),
            (b"hello\n", "line 1 "),
            (b"\x00\xff\xfe", "line 1 "),
            (b'{"format":"other","version":1,"incident":"' + b"0" * 32 + b'"}\n', "line 1 "),
        ],
    )
    def test_non_export_file_is_refused(self, shell: Shell, tmp_path: Path, data: bytes, words: str) -> None:
        (tmp_path / "x.jsonl").write_bytes(data)
        ran = shell("import", str(tmp_path / "x.jsonl"))
        assert (ran.code, ran.out, shell.events()) == (ExitCode.REFUSED, "", 0)
        assert words in ran.err

    def test_a_file_that_is_cut_or_not_there(self, shell: Shell, file: Path, tmp_path: Path) -> None:
        file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-1]))
        other = Shell(tmp_path / "other")
        assert "11 of 12" in other("import", str(file)).err
        assert other("import", str(tmp_path / "nowhere")).code == ExitCode.NOT_FOUND
        assert other("import", str(tmp_path)).code == ExitCode.REFUSED
        assert other.events() == 0
        assert shell("export", "9", "-").code == ExitCode.NOT_FOUND


class TestVerify:
    """Damage is found, and said with exit code 4."""

    def test_a_whole_store(self, shell: Shell) -> None:
        shell.good("new", "Checkout is down")
        assert "1 incident, OK" in shell.good("verify").out
        assert shell.good("verify", "--json").data["complaints"] == []

    def test_an_event_that_was_altered(self, shell: Shell) -> None:
        shell.good("new", "Checkout is down")
        shell.good("log", "5xx at 8%")
        connection = sqlite3.connect(shell.home / "incidents.db", isolation_level=None)
        connection.execute("DROP TRIGGER events_are_never_changed")
        connection.execute("UPDATE events SET line = CAST(replace(CAST(line AS TEXT), '8%', '9%') AS BLOB)")
        connection.close()
        for command in ("verify", "doctor"):
            ran = shell(command)
            assert ran.code == ExitCode.STORE
            assert "Traceback" not in ran.err
        assert json.loads(shell("verify", "--json").out)["complaints"]
