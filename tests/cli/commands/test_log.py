"""Logging and doing from the command line: what is kept, where it goes, and what is refused without a trace."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from incident_cockpit.cli.entries import joined
from incident_cockpit.errors import ExitCode
from support.cli import Shell

TITLE = "Checkout returns 500"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """One open incident that began an hour ago."""
    shell = Shell(tmp_path / "home")
    shell.good("new", TITLE, "--severity", "SEV2", "--started", "-60m")
    return shell


@pytest.mark.parametrize(
    ("argv", "sort", "text"),
    [
        (["log", "5xx", "at", "8%"], "note", "5xx at 8%"),
        (["log", "! rollback started"], "action", "rollback started"),
        (["log", "= roll back 4512"], "decision", "roll back 4512"),
        (["log", "? bad deploy"], "hypothesis", "bad deploy"),
        (["log", "@Raj 10m replica lag?"], "ask", "Raj, 10m: replica lag?"),
        (["log", "@here", "look", "at", "this"], "note", "@here look at this"),
        (["log", ":impact 8% of EU cards fail"], "impact", "8% of EU cards fail"),
        (["log", "-5% traffic"], "note", "-5% traffic"),
        (["log", "--decision", "= stays as it is"], "decision", "= stays as it is"),
        (["log", "--action", "restart", "api-3"], "action", "restart api-3"),
        (["log", "--note", ":impact none"], "note", ":impact none"),
        (["log", "--ask", "Raj", "10m", "replica lag?"], "ask", "Raj, 10m: replica lag?"),
        (["log", "replica", "lag?", "--ask", "Raj", "10m"], "ask", "Raj, 10m: replica lag?"),
        (["log", "--", "--help", "is", "text"], "note", "--help is text"),
        (["do", "note", "5xx at 8%"], "note", "5xx at 8%"),
        (["do", "ask", "Raj Patel", "10m", "replica lag?"], "ask", "Raj Patel, 10m: replica lag?"),
        (["do", "severity", "SEV1", "all EU payments fail"], "severity", "SEV2 → SEV1: all EU payments fail"),
        (["do", "severity", "1", "all", "EU", "payments", "fail"], "severity", "SEV2 → SEV1: all EU payments fail"),
        (["do", "assign", "scribe", "Mio"], "role", "Scribe: Mio"),
        (["do", "skip", "s5", "the call was open"], "step", "skipped: the call was open"),
        (["do", "milestone", "detected", "-20m"], "milestone", "detected at "),
    ],
)
def test_a_line_is_kept_as_it_reads(shell: Shell, argv: list[str], sort: str, text: str) -> None:
    before = max(line["seq"] for line in shell.timeline())
    ran = shell.good(*argv)
    assert ran.out == ""
    assert ran.err.startswith(f"INC-1 {TITLE}: logged ")
    # What comes along, as the asks of a worse severity, stands behind it.
    kept = min((line for line in shell.timeline() if line["seq"] > before), key=lambda line: line["seq"])
    assert kept["sort"] == sort
    assert text in kept["text"]


@pytest.mark.parametrize("argv", [["log", "-7m", "rollback started"], ["log", "--at", "-7m", "rollback started"],
                                  ["do", "--at", "-7m", "note", "rollback started"]])  # fmt: skip
def test_a_time_before_is_kept_apart_from_when_it_was_recorded(shell: Shell, argv: list[str]) -> None:
    assert "rollback started" in shell.good(*argv).err
    [line] = [line for line in shell.timeline() if line["sort"] == "note"]
    assert line["happened"] < line["recorded"]


def test_json_answers_with_what_was_kept(shell: Shell) -> None:
    data = shell.good("log", "--json", "5xx at 8%").data
    assert (data["incident"], data["title"]) == ("INC-1", TITLE)
    [event] = data["events"]
    assert (event["sort"], event["text"], event["who"], event["kind"]) == ("note", "5xx at 8%", "ana", "note.logged")


def test_whoever_speaks_is_named(shell: Shell) -> None:
    shell.good("log", "from the flag", "--as", "Raj", INCIDENT_USER="Mio")
    shell.good("log", "from the environment", INCIDENT_USER="Mio")
    shell.good("--as", "Kim", "log", "before the command")
    who = {line["text"]: line["who"] for line in shell.timeline() if line["sort"] == "note"}
    assert who == {"from the flag": "Raj", "from the environment": "Mio", "before the command": "Kim"}


def test_undo_says_what_it_took_back(shell: Shell) -> None:
    shell.good("log", "typed into the wrong window")
    assert "undone" in shell.good("do", "undo").err
    assert not [line for line in shell.timeline() if line["sort"] == "note"]
    assert "redone" in shell.good("do", "redo").err
    assert [line["text"] for line in shell.timeline() if line["sort"] == "note"] == ["typed into the wrong window"]


class TestStandardInput:
    """What is piped in is one note, as it stands."""

    def test_signs_and_lines_stay(self, shell: Shell) -> None:
        shell.good("log", "-", stdin=b"= not a decision\n:undo\n  indented\n")
        [line] = [line for line in shell.timeline() if line["sort"] == "note"]
        assert line["text"] == "= not a decision\n:undo\n  indented"

    def test_flags_still_count(self, shell: Shell) -> None:
        shell.good("log", "--decision", "--at", "-7m", "-", stdin=b"roll back\n")
        [line] = [line for line in shell.timeline() if line["sort"] == "decision"]
        assert line["recorded"] is not None

    def test_run_makes_control_characters_visible(self, shell: Shell) -> None:
        shell.good("log", "-", stdin=b"\x1b[31mred\x1b[0m \x07 \xff end")
        [line] = [line for line in shell.timeline() if line["sort"] == "note"]
        assert line["text"] == "red ␇ \ufffd end"
        assert "\x07" not in shell.good("timeline").out

    def test_a_long_log_is_cut_and_says_so(self, shell: Shell) -> None:
        ran = shell.good("log", "-", stdin=b"5xx on every node\n" * 40_000)
        assert len(ran.err) < 500
        [line] = [line for line in shell.timeline() if line["sort"] == "note"]
        assert "cut at" in line["text"][-40:]

    @pytest.mark.parametrize("stdin", [b"", b" \n", b"\x00\x01\x02"])
    def test_nothing_and_binary_are_refused(self, shell: Shell, stdin: bytes) -> None:
        before = shell.events()
        ran = shell("log", "-", stdin=stdin)
        assert (ran.code, ran.out, shell.events()) == (ExitCode.REFUSED, "", before)


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        (["log", ""], ExitCode.REFUSED, "Text required"),
        (["do", "severity", "SEV1", "all of EU", "--at", "-2h"], ExitCode.REFUSED, "before the incident"),
        (["log", "--at", "2199-01-01T00:00:00Z", "later"], ExitCode.REFUSED, "2199-01-01"),
        (["log", "--at", "soon", "later"], ExitCode.REFUSED, '"soon"'),
        (["log", "--at", "-7m", "-8m two times"], ExitCode.REFUSED, "give a time"),
        (["log", ":severty 1 x"], ExitCode.REFUSED, '"severty"'),
        (["log", ":help"], ExitCode.REFUSED, "only in the cockpit"),
        (["log"], ExitCode.USAGE, "missing argument"),
        (["log", "--decison", "roll back"], ExitCode.USAGE, "no such option '--decison'"),
        (["log", "--decision", "--action", "roll back"], ExitCode.USAGE, "--decision"),
        (["log", "--ask", "Raj", "soon", "lag?"], ExitCode.REFUSED, "not a duration"),
        (["log", "--incident", "", "text"], ExitCode.USAGE, "ID is empty"),
        (["log", "--incident", "99", "text"], ExitCode.NOT_FOUND, '"99"'),
        (["do", "severity", "SEV9", "why"], ExitCode.REFUSED, "SEV9"),
        (["do", "severity", "SEV1"], ExitCode.REFUSED, "Reason"),
        (["do", "tick", "s999"], ExitCode.REFUSED, "s999"),
        (["do", "attach", "nowhere.md"], ExitCode.NOT_FOUND, "nowhere.md"),
        (["do", "fly"], ExitCode.REFUSED, '"fly"'),
        (["do", "palette"], ExitCode.USAGE, "only in the cockpit"),
        (["do", "update"], ExitCode.USAGE, "--for AUDIENCE"),
        (["do", "undo", "everything"], ExitCode.REFUSED, "everything"),
        (["runbook", "attach", "nowhere.md"], ExitCode.NOT_FOUND, "nowhere.md"),
    ],
)
def test_wrong_argument_is_refused_and_nothing_written(shell: Shell, argv: list[str], code: int, words: str) -> None:
    before = shell.events()
    ran = shell(*argv)
    assert (ran.code, ran.out) == (code, "")
    first, *way_on = ran.err.splitlines()
    assert first.startswith("incident: ")
    assert words in ran.err
    assert way_on
    assert all(line.startswith("  ") for line in way_on)
    assert shell.events() == before


class TestTwoOpenIncidents:
    """A line must never land in the wrong incident."""

    @pytest.fixture
    def two(self, shell: Shell) -> Shell:
        """A second open incident."""
        shell.good("new", "Search is slow", "--severity", "SEV3", "--started", "-60m")
        return shell

    def test_a_bare_log_refuses_and_lists_them(self, two: Shell) -> None:
        before = two.events()
        ran = two("log", "5xx at 8%")
        assert (ran.code, ran.out, two.events()) == (ExitCode.USAGE, "", before)
        assert "INC-1  SEV2  Checkout returns 500" in ran.err
        assert "INC-2  SEV3  Search is slow" in ran.err
        assert "incident use" in ran.err

    def test_each_way_of_choosing_says_where_it_went(self, two: Shell) -> None:
        assert two.good("log", "--incident", "2", "by flag").err.startswith("INC-2 Search is slow: ")
        assert two.good("log", "by environment", INCIDENT="INC-1").err.startswith("INC-1 Checkout returns 500: ")
        assert two.good("log", "--incident", "checkout", "by words").err.startswith("INC-1 Checkout returns 500: ")
        two.good("use", "2")
        assert two.good("log", "by use").err.startswith("INC-2 Search is slow: ")
        assert two.good("log", "the flag wins", "--incident", "1").err.startswith("INC-1 Checkout returns 500: ")
        two.good("use", "--none")
        assert two("log", "none again").code == ExitCode.USAGE


@pytest.mark.parametrize(
    ("words", "arguments", "line"),
    [
        (["Raj Patel", "10m", "check the lag"], 3, '"Raj Patel" "10m" "check the lag"'),
        (["5xx at baseline", "for", "15m"], 1, "5xx at baseline for 15m"),
        (["the whole reason"], 1, "the whole reason"),
        (['say "hi" now', "rest"], 2, '\'say "hi" now\' "rest"'),
        (["s3", "not a deploy"], 2, '"s3" "not a deploy"'),
        (["Raj", "10m", "check", "the lag"], 3, 'Raj 10m check "the lag"'),
        (["SEV1", "all", "of", "EU"], 2, "SEV1 all of EU"),
        ([], 2, ""),
    ],
)
def test_words_of_a_shell_become_one_line(words: list[str], arguments: int, line: str) -> None:
    assert joined(words, arguments) == line


def test_shell_quotes_separate_the_arguments_of_a_decision(shell: Shell) -> None:
    shell.good("do", "decide", "Roll back", "errors", "", "Kim", "30m")
    shell.good("do", "decide", "Fail over", "the disk is full", "a minute of writes")
    assert [line["text"] for line in shell.timeline() if line["sort"] == "decision"] == [
        "Roll back  (because errors; decided by Kim)",
        "Fail over  (because the disk is full; risk: a minute of writes)",
    ]


def test_a_thread_may_come_on_standard_input(shell: Shell) -> None:
    ran = shell.good("do", "chat", "-", stdin=b"Raj  14:05\n:undo\nMio  14:06\nrolled it\n")
    assert ":undo" in ran.err
    assert [(line["who"], line["text"]) for line in shell.timeline() if line["sort"] == "note"] == [
        ("Raj", ":undo"), ("Mio", "rolled it")
    ]  # fmt: skip
    assert shell("do", "chat", "-", stdin=b"no name and no time\n").code == ExitCode.REFUSED


def test_what_of_a_thread_is_left_out_is_said(shell: Shell) -> None:
    ran = shell.good("do", "chat", "-", stdin=b"#ops\n14:05 Raj: errors\n14:06 rolled back\n14:07 Mio: better\n")
    assert "2 rows" in ran.err
    assert "#ops" in ran.err
    many = "\n".join(f"{number // 60:02}:{number % 60:02} Raj: {number}" for number in range(1_201))
    ran = shell.good("do", "chat", "-", stdin=f"{many}\n{many}".encode())
    assert "402 rows" in ran.err


class TestMovingOn:
    @pytest.fixture
    def planned(self, tmp_path: Path) -> Shell:
        """One open incident by a plan with checklists, confirmers and closing gates."""
        shell = Shell(tmp_path / "planned", {"INCIDENT": "1"})
        shell.good("new", TITLE, "--severity", "Sev2", "--plan", "four-phase", INCIDENT="")
        return shell

    def test_open_steps_are_named_on_standard_error_and_stop_nobody(self, planned: Shell) -> None:
        ran = planned.good("do", "phase", "response")
        said, left = ran.err.splitlines()
        assert "logged" in said
        assert left.startswith("INC-1: 4 steps of Detection are open: Is it confirmed, and by what evidence?; Gather")
        assert left.endswith("; and 1 more")
        assert planned.good("do", "phase", "detection").err.count("\n") == 1, "going back leaves nothing behind"
        assert ran.out == ""

    def test_a_logged_command_names_them_too(self, planned: Shell) -> None:
        assert "4 steps of Detection are open" in planned.good("log", ":phase response").err

    def test_close_lists_the_open_closing_criteria(self, planned: Shell) -> None:
        planned.good("do", "resolve", "errors at baseline")
        before = planned.events()
        ran = planned("do", "close")
        assert ran.code == ExitCode.REFUSED
        _, *gates, hint = ran.err.splitlines()
        assert gates
        assert all(gate.startswith("  - ") for gate in gates)
        assert "incident do close REASON --incident 1" in hint
        assert planned.events() == before
        closed = planned.good("do", "close", "the team is gone").err.splitlines()
        for gate in gates:
            assert f"INC-1: Not done: {gate.removeprefix('  - ')}" in closed
            assert any(f"{gate.removeprefix('  - ')}  " in line and "the team is gone" in line for line in closed)

    def test_a_review_is_scheduled_with_the_words_people_use(self, planned: Shell) -> None:
        planned.good("do", "resolve", "errors at baseline")
        ran = planned.good("do", "schedule-review", "2199-11-24", "10:00Z", "75m", "Room", "4")
        assert "review  on 2199-11-24 10:00 UTC, 75 min, Room 4" in ran.err
        assert planned("do", "schedule-review", "2026-01-01", "10:00").code == ExitCode.REFUSED


class TestBeforeTheStart:
    @pytest.mark.parametrize(
        ("argv", "sort"),
        [
            (["log", "-7m 5xx began"], "note"),
            (["log", "--at", "-12m", "--action", "deploy 4512"], "action"),
            (["log", "-9m ? bad pool"], "hypothesis"),
            (["log", "-9m", "=", "fail over"], "decision"),
            (["do", "action", "deploy 4512", "--at", "-12m"], "action"),
            (["do", "backfill", "-7m", "! deploy 4512"], "action"),
        ],
    )
    def test_it_is_kept_and_the_command_that_moves_the_start_works(
        self, tmp_path: Path, argv: list[str], sort: str
    ) -> None:
        shell = Shell(tmp_path / "home")
        shell.good("new", TITLE, "--severity", "SEV2")
        ran = shell.good(*argv)
        [line] = [line for line in shell.timeline() if line["before_start"]]
        assert line["sort"] == sort
        [command] = re.findall(r"incident (do milestone started \S.*)", ran.err)
        shell.good(*command.split())
        assert not any(line["before_start"] for line in shell.timeline())

    def test_suggested_start_names_its_incident(self, tmp_path: Path) -> None:
        shell = Shell(tmp_path / "home")
        shell.good("new", "One", "--severity", "SEV2")
        shell.good("new", "Another", "--severity", "SEV2")
        shell.good("use", "1")
        started = shell.good("show", "1", "--json").data["milestones"]["started"]
        ran = shell.good("log", "--incident", "2", "-7m 5xx began")
        [command] = re.findall(r"incident (do milestone started \S.*)", ran.err)
        shell.good(*command.split())
        assert shell.good("show", "1", "--json").data["milestones"]["started"] == started
        assert shell.good("show", "2", "--json").data["milestones"]["started"] < started

    def test_what_is_not_before_the_start_offers_nothing(self, shell: Shell) -> None:
        assert "milestone" not in shell.good("log", "-7m 5xx began").err

    def test_a_pasted_thread_offers_its_earliest_line(self, tmp_path: Path) -> None:
        shell = Shell(tmp_path / "home")
        shell.good("new", TITLE, "--severity", "SEV2")
        thread = b"[2026-01-15 13:50] Raj: errors\n[2026-01-15 13:52] Mio: looking"
        assert "milestone started 2026-01-15 13:50Z" in shell.good("do", "chat", "-", stdin=thread).err
