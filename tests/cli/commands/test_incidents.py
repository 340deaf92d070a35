"""Declaring, listing, showing, choosing; and a store that cannot be used."""

from __future__ import annotations

import os
import re
import sqlite3
from pathlib import Path

import pytest

from incident_cockpit.clock import SetClock, SystemClock
from incident_cockpit.errors import ExitCode
from incident_cockpit.journal import database
from incident_cockpit.service import store as store_module
from support.cli import Shell
from support.naming import naming


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "home")


class TestNew:
    """A title is enough; everything wrong is refused before anything is written."""

    def test_it_prints_the_name_and_says_who_commands(self, shell: Shell) -> None:
        ran = shell.good("new", "Checkout", "is", "down", "--severity", "2", "--as", "Raj")
        assert ran.out == "INC-1\n"
        *said, channel = ran.err.splitlines()
        assert said == [
            naming("INC-1 Checkout is down", "declared SEV2", "Raj"),
            naming("incident message declared --incident 1"),
        ]
        assert re.fullmatch(r"  channel #inc-\d{4}-\d\d-\d\d-checkout-is-down", channel)

    def test_without_a_severity_it_is_the_worst_and_says_so(self, shell: Shell) -> None:
        ran = shell.good("new", "Checkout is down")
        assert "declared SEV1" in ran.err
        assert "incident do severity" in ran.err

    def test_json(self, shell: Shell) -> None:
        data = shell.good("new", "Checkout is down", "--severity", "SEV3", "--started", "-20m", "--json").data
        assert (data["name"], data["title"], data["severity"], data["live"]) == (
            "INC-1", "Checkout is down", "SEV3", True,
        )  # fmt: skip
        assert data["started"] < data["opened"]

    def test_a_runbook_of_ones_own(self, shell: Shell, tmp_path: Path) -> None:
        (tmp_path / "own.md").write_text("# Own\n\n- [ ] Look\n- [ ] Mend\n")
        data = shell.good("new", "Checkout is down", "--runbook", str(tmp_path / "own.md"), "--json").data
        assert [step["text"] for step in data["runbooks"][0]["steps"]] == ["Look", "Mend"]

    def test_it_warns_when_commands_still_go_elsewhere(self, shell: Shell) -> None:
        shell.good("new", "Checkout is down")
        assert "is still INC" not in shell.good("new", "Search is slow").err
        shell.good("use", "1")
        assert "is still INC-1 Checkout is down" in shell.good("new", "Mail is late").err

    @pytest.mark.parametrize(
        ("argv", "code", "words"),
        [
            ([""], ExitCode.REFUSED, "Title"),
            ([" \t "], ExitCode.REFUSED, "Title"),
            (["x" * 201], ExitCode.REFUSED, "201 characters"),
            (["Down", "--severity", "SEV9"], ExitCode.REFUSED, "SEV1 (Critical)"),
            (["Down", "--plan", "nowhere"], ExitCode.NOT_FOUND, "nowhere"),
            (["Down", "--plan", "nowhere.toml"], ExitCode.NOT_FOUND, "nowhere.toml"),
            (["Down", "--runbook", "nowhere.md"], ExitCode.NOT_FOUND, "nowhere.md"),
            (["Down", "--runbook", "{}/binary.md"], ExitCode.REFUSED, "binary.md"),
            (["Down", "--runbook", "{}/empty.md"], ExitCode.REFUSED, "empty.md"),
            (["Down", "--runbook", "{}/prose.md"], ExitCode.REFUSED, "prose.md"),
            (["Down", "--runbook", "{}"], ExitCode.REFUSED, "is a folder"),
            (["Down", "--started", "2199-01-01T00:00Z"], ExitCode.REFUSED, "--started"),
            (["Down", "--started", "soon"], ExitCode.REFUSED, '"soon"'),
        ],
    )
    def test_wrong_argument_makes_no_incident(
        self, shell: Shell, tmp_path: Path, argv: list[str], code: int, words: str
    ) -> None:
        (tmp_path / "binary.md").write_bytes(b"\x7fELF\x00\x01\x02" * 50)
        (tmp_path / "empty.md").write_bytes(b"")
        (tmp_path / "prose.md").write_text("# Only words\n\nNothing to do here.\n")
        ran = shell("new", *(word.format(tmp_path) for word in argv))
        assert (ran.code, ran.out, shell.events()) == (code, "", 0)
        assert ran.err.startswith("incident: ")
        assert words in ran.err
        assert "Traceback" not in ran.err


class TestReading:
    """What is listed and shown."""

    def test_the_list_is_empty_at_first(self, shell: Shell) -> None:
        ran = shell.good("list")
        assert (ran.out, ran.err) == ("", naming("no open"))
        assert shell.good("list", "--json").data == []
        assert shell.good("status", "--line").out == ""
        assert shell("status").code == ExitCode.NOT_FOUND
        assert shell("show").code == ExitCode.NOT_FOUND

    def test_columns_are_aligned_whatever_the_letters(self, shell: Shell) -> None:
        shell.good("new", "漢字 checkout", "--severity", "2", "--as", "李")
        shell.good("new", "Search is slow", "--severity", "3", "--as", "Raj Patel")
        _, second, first = shell.good("list").out.splitlines()
        # The two wide letters take the cells of the eight that are missing beside one that is wide itself.
        assert first.index("漢字") + 1 == second.index("Search")

    def test_closed_ones_are_listed_when_asked_for(self, shell: Shell) -> None:
        shell.good("new", "Checkout is down", "--severity", "2", "--started", "-30m")
        shell.good("do", "resolve", "5xx at baseline")
        shell.good("do", "close", "a drill")
        ran = shell.good("list")
        assert ran.out == ""
        assert "incident list --all" in ran.err
        heading, line = shell.good("list", "--all").out.splitlines()
        assert heading == "Closed"
        assert line.split()[:3] == ["INC-1", "SEV2", "closed"]
        assert "took" in line
        [row] = shell.good("list", "--all", "--json").data
        assert (row["live"], row["ended"] is None, row["group"]) == (False, False, "closed")

    def test_status_says_what_is_next_and_due(self, shell: Shell) -> None:
        shell.good("new", "Checkout is down", "--severity", "1", "--started", "-2h", "--as", "Ana")
        shell.good("log", "-90m", "@Raj 10m replica lag?")
        out = shell.good("status").out
        assert "Incident Commander: Ana" in out
        assert "NEXT: Raj: replica lag?" in out
        assert "!  late 1h20m" in out
        assert shell.good("status", "--line").out.startswith("SEV1  INC-1  Checkout is down  Investigating  T+2h")
        assert "! Raj: replica lag? late 1h20m" in shell.good("status", "--line").out

    def test_the_prompt_line_never_fails_over_how_many_are_open(self, shell: Shell) -> None:
        shell.good("new", "Checkout is down")
        shell.good("new", "Search is slow")
        assert shell.good("status", "--line").out == "2 incidents open: INC-2 INC-1\n"
        assert shell.good("status", "--line", INCIDENT="1").out.startswith("SEV1  INC-1")
        assert shell("status", "--line", "--incident", "9").code == ExitCode.NOT_FOUND

    @pytest.mark.parametrize("flags", [[], ["--line"], ["--json"]])
    def test_status_takes_the_incident_by_its_name(self, shell: Shell, flags: list[str]) -> None:
        shell.good("new", "Checkout is down")
        shell.good("new", "Search is slow")
        for word, name in (("2", "INC-2"), ("inc-1", "INC-1"), ("search", "INC-2")):
            assert name in shell.good("status", word, *flags).out
        ran = shell("status", "9", *flags)
        assert (ran.code, ran.out) == (ExitCode.NOT_FOUND, "")
        assert shell("status", "", *flags).code == ExitCode.USAGE, "an empty variable is no incident"
        assert shell("status", "1", "2", *flags).code == ExitCode.USAGE

    def test_other_readers_take_it_too(self, shell: Shell) -> None:
        shell.good("new", "Checkout is down")
        shell.good("new", "Search is slow")
        assert "INC-1" in shell.good("update", "1", "--for", "internal").out
        assert "INC-1 Checkout is down" in shell.good("line", "1").out

    def test_what_stands_on_shared_screens_has_the_codename(self, shell: Shell) -> None:
        shell.good("new", "Customer records seen by strangers", "--severity", "1")
        shell.good("do", "restrict", "Bluebird")
        shell.good("log", "@Raj 5m who has customer records seen by strangers?")
        for flag in ("--line", "--json"):
            out = shell.good("status", flag).out
            assert "Bluebird" in out
            assert "customer records" not in out.casefold()
        assert "Customer records seen by strangers" in shell.good("status").out, "whoever works on it sees what it is"

    def test_tmux_reads_no_style_in_a_title(self, shell: Shell) -> None:
        shell.good("new", "#[fg=red]down #(reboot)")
        assert "#[" not in shell.good("status", "--line").out
        assert "#(" not in shell.good("status", "--line").out

    def test_show_has_everything(self, shell: Shell) -> None:
        shell.good("new", "Checkout is down", "--severity", "2", "--started", "-30m", "--as", "Ana")
        for words in ("? bad deploy", "@Raj 10m lag?", ":impact 8% of EU cards", ":follow-up alert by region",
                      ":assign scribe Mio", ":tick-off s1", ":skip s5 open already",
                      ":assign-step s2 Raj"):  # fmt: skip
            shell.good("log", words, "--as", "Ana")
        shell.good("update", "--for", "internal", "--sent", "--as", "Ana")
        out = shell.good("show").out
        for line in ("Impact: 8% of EU cards", "Scribe: Mio", "Raj: lag?", "- bad deploy", "internal 1, ",
                     "open: alert by region", "Acknowledge", "open already", "→ Raj"):  # fmt: skip
            assert line in out

    def test_show_ascribes_no_tick_of_the_file_to_anybody(self, shell: Shell, tmp_path: Path) -> None:
        (tmp_path / "half.md").write_text("# Half\n- [x] a\n- [ ] b\n")
        shell.good("new", "Checkout is down", "--runbook", str(tmp_path / "half.md"), "--as", "Ana")
        shell.good("do", "timebox", "s2", "9d", "--as", "Ana")
        ticked, boxed = (line.split() for line in shell.good("show").out.split("Runbook ")[1].splitlines()[1:3])
        assert ticked == ["s1", "[x]", "a", "(so", "marked", "in", "the", "file)"]
        assert boxed[-3] == "(by", "nine days on is another day, which is said before the time"

    def test_show_tells_the_work_on_a_runbook(self, shell: Shell) -> None:
        shell.good("new", "Checkout is down", "--severity", "2", "--as", "Ana")
        for words in (("branch", "g1", "2"), ("answer-step", "s8", "Pay by card"), ("add-step", "s2", "Ask the shops"),
                      ("assign-step", "s2", "Communications Lead"), ("assign", "comms", "Mio"),
                      ("timebox", "s2", "10m"), ("start-step", "s3")):  # fmt: skip
            shell.good("do", *words, "--as", "Ana")
        lines = {line.split()[0]: line for line in shell.good("show").out.split("Runbook ")[1].splitlines()[1:] if line}
        assert lines["s8"].endswith(": Pay by card)")
        assert "→ Communications Lead (Mio), by " in lines["s2"]
        assert any(key.startswith("a") and "+ Ask the shops" in line for key, line in lines.items())
        assert "[>]" in lines["s3"]
        assert lines["g1"].split()[1] == "Ana"
        assert lines["g1"].endswith("→ Assessment")
        assert lines["g2"].split()[1:3] == ["open", "If"]

    def test_the_id_can_be_said_in_many_ways(self, shell: Shell) -> None:
        made = shell.good("new", "Checkout is down", "--json").data["id"]
        shell.good("new", "Search is slow")
        for word in ("1", "INC-1", "inc-1", "checkout", made, made[:8]):
            assert shell.good("show", word, "--json").data["id"] == made
        assert shell("show", "s").code == ExitCode.REFUSED
        assert shell("show", "").code == ExitCode.USAGE


class TestGroups:
    """The groups of the list: open, resolved, and closed with something left to do."""

    def test_open_ones_say_how_much_is_late_in_each(self, shell: Shell) -> None:
        for title in ("Checkout is down", "Search is slow"):
            shell.good("new", title, "--severity", "3", "--started", "-2h")
        shell.good("log", "-90m", "@Raj 10m replica lag?", "--incident", "2")
        heading, second, first = shell.good("list").out.splitlines()
        assert heading == "Open"
        assert second == naming("1 late", "1h20m")
        assert "late" not in first
        assert shell.good("status", "1").out.splitlines()[-1] == naming("! INC-2", "1 late", "1h20m")
        assert "INC-2" not in shell.good("status", "2").out.splitlines()[-1]
        assert shell.good("status", "--line").out == "2 incidents open: INC-2 (1 late) INC-1\n"
        assert shell.good("status", "1", "--line").out.endswith("! INC-2: 1 late\n")
        rows = shell.good("list", "--json").data
        assert [(row["name"], row["late"], row["worst_late_seconds"]) for row in rows] == [
            ("INC-2", 1, pytest.approx(80 * 60, abs=60)), ("INC-1", 0, None),
        ]  # fmt: skip

    def test_a_resolved_one_stays_in_the_list_with_what_is_next(self, shell: Shell) -> None:
        shell.good("new", "Checkout is down", "--severity", "2", "--started", "-30m")
        shell.good("do", "resolve", "5xx at baseline")
        heading, line, below = shell.good("list").out.splitlines()
        assert heading == naming("Resolved")
        assert line.split()[:3] == ["INC-1", "SEV2", "resolved"]
        assert re.fullmatch(r"    next in \d+m.*: .+", below)
        [row] = shell.good("list", "--json").data
        assert (row["group"], row["live"], row["closed"]) == ("resolved", False, None)
        assert row["next"]["in_seconds"] > 0

    def test_a_closed_one_is_listed_where_a_follow_up_is_late(
        self, shell: Shell, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clock = SetClock(SystemClock().now())
        monkeypatch.setattr(store_module, "SystemClock", lambda: clock)
        shell.good("new", "Checkout is down", "--severity", "2")
        shell.good("do", "follow-up", "Cache limit")
        shell.good("do", "follow-up-due", "Cache", "in 1d")
        shell.good("do", "resolve", "5xx at baseline")
        shell.good("do", "close", "a drill")
        assert shell.good("list").out == ""
        clock.forward(days=3)
        heading, _, below = shell.good("list").out.splitlines()
        assert (heading, below) == ("Closed", "    1 follow-up late by 2d")
        assert shell.good("list", "--json").data[0]["owed"] == "1 follow-up late by 2d"
        shell.good("do", "follow-up-done", "Cache", "--incident", "1")
        assert shell.good("list").out == ""

    def test_headings_and_titles_are_no_control_codes(self, shell: Shell) -> None:
        shell.good("new", "\x1b[31mred\x1b[0m\nOpen", "--severity", "2")
        shell.good("do", "resolve", "5xx at baseline")
        assert "\x1b" not in shell.good("list").out
        assert len(shell.good("list").out.splitlines()) == 3


class TestUse:
    """Choosing the incident that commands mean."""

    def test_it_says_which_is_meant(self, shell: Shell) -> None:
        shell.good("new", "Checkout is down")
        shell.good("new", "Search is slow")
        assert shell("use").code == ExitCode.USAGE
        assert shell.good("use", "1").err.startswith("current incident: INC-1 Checkout is down")
        assert shell.good("use").out == "INC-1\n"
        shell.good("use", "--none")
        assert shell("use").code == ExitCode.USAGE
        assert shell("use", "1", "--none").code == ExitCode.USAGE
        assert shell("use", "9").code == ExitCode.NOT_FOUND


class TestStore:
    """A store that cannot be used: its file is named, no traceback, nothing is lost."""

    @pytest.fixture
    def store(self, shell: Shell) -> Path:
        shell.good("new", "Checkout is down", "--started", "-30m")
        return shell.home / "incidents.db"

    @staticmethod
    def refused(shell: Shell, store: Path, *argv: str) -> str:
        """Return what was said by a command that could not use the store."""
        ran = shell(*argv)
        assert (ran.code, ran.out) == (ExitCode.STORE, "")
        assert ran.err.startswith("incident: ")
        assert str(store) in ran.err
        assert "Traceback" not in ran.err
        return ran.err

    def test_another_file(self, shell: Shell, store: Path) -> None:
        store.write_bytes(b"this is no database at all, it is a letter to my aunt" * 40)
        for argv in (["log", "5xx"], ["list"], ["status"], ["verify"]):
            assert "is not an incident store" in self.refused(shell, store, *argv)
        assert store.read_bytes().startswith(b"this is no database")

    def test_damaged(self, shell: Shell, store: Path) -> None:
        whole = store.read_bytes()
        store.write_bytes(whole[:4096] + b"\xa5" * (len(whole) - 4096))
        before = store.read_bytes()
        self.refused(shell, store, "log", "5xx")
        assert store.read_bytes() == before

    def test_newer(self, shell: Shell, store: Path) -> None:
        connection = sqlite3.connect(store)
        connection.execute("PRAGMA user_version = 99")
        connection.close()
        before = shell.events()
        assert "newer version" in self.refused(shell, store, "log", "5xx")
        assert shell.events() == before
        assert "Checkout is down" in shell.good("list").out

    def test_locked(self, shell: Shell, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
        connection = sqlite3.connect(store, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        try:
            assert "locked" in self.refused(shell, store, "log", "5xx")
        finally:
            connection.close()
        shell.good("log", "5xx")

    def test_read_only(self, shell: Shell, store: Path) -> None:
        store.chmod(0o400)
        store.parent.chmod(0o500)
        if os.access(store, os.W_OK):
            pytest.skip("the superuser may write everywhere")
        try:
            self.refused(shell, store, "log", "5xx")
            assert "Checkout is down" in shell.good("list").out
        finally:
            store.parent.chmod(0o700)

    def test_a_home_that_cannot_be_made(self, shell: Shell) -> None:
        ran = shell("new", "Checkout is down", INCIDENT_HOME="/proc/incident-home")
        assert (ran.code, ran.out) == (ExitCode.STORE, "")
        assert "/proc/incident-home" in ran.err

    def test_settings_that_are_wrong(self, shell: Shell, store: Path) -> None:
        (shell.home / "config.toml").write_text('usr = "Ana"\nzone = "Paris"\n')
        before = shell.events()
        ran = shell("log", "5xx")
        assert (ran.code, ran.out, shell.events()) == (ExitCode.REFUSED, "", before)
        assert "did you mean" in ran.err
        assert "zone" in ran.err
