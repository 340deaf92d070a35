"""Which incident a command means: the one that is not closed, the one just closed, the chosen one, or none."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from incident_cockpit.clock import SetClock
from incident_cockpit.errors import ExitCode
from incident_cockpit.service import store as store_module
from support.cli import Shell

START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    clock = SetClock(START)
    monkeypatch.setattr(store_module, "SystemClock", lambda: clock)
    return clock


@pytest.fixture
def shell(tmp_path: Path, clock: SetClock) -> Shell:
    return Shell(tmp_path / "home")


def over(shell: Shell, number: str, *, closed: bool = True) -> None:
    shell.good("do", "resolve", "all green", "--incident", number)
    if closed:
        shell.good("do", "close", "a drill", "--incident", number)


def told(shell: Shell, number: str) -> str:
    return " ".join(str(line["text"]) for line in shell.timeline(number))


class TestNotClosed:
    """What is resolved is worked on until it is closed."""

    def test_what_is_resolved_is_meant_until_it_is_closed(self, shell: Shell, clock: SetClock) -> None:
        shell.good("new", "Checkout fails", "--plan", "p0-p3", "--severity", "P0")
        over(shell, "1", closed=False)
        clock.forward(days=2)
        assert "INC-1" in shell.good("status").out
        for words in (["review-held"], ["follow-up", "Cache limit"], ["close", "all is done"]):
            shell.good("do", *words)
        assert shell.good("list").out == ""

    def test_an_open_one_goes_before_those_that_are_resolved(self, shell: Shell) -> None:
        shell.good("new", "Checkout fails", "--severity", "SEV1")
        over(shell, "1", closed=False)
        shell.good("report", "Maps look wrong")
        shell.good("log", "only on Chrome")
        assert "only on Chrome" in told(shell, "2")

    def test_of_several_that_are_resolved_none_is_guessed(self, shell: Shell) -> None:
        for number in ("1", "2"):
            shell.good("new", f"Checkout {number}", "--severity", "SEV1")
            over(shell, number, closed=False)
        ran = shell("log", "x")
        assert ran.code == ExitCode.USAGE
        assert "INC-1" in ran.err
        assert "INC-2" in ran.err
        assert shell.good("status", "--line").out == "2 incidents not closed: INC-2 INC-1\n"

    def test_the_prompt_line_shows_what_is_resolved_and_not_closed(self, shell: Shell) -> None:
        shell.good("new", "Checkout fails", "--severity", "SEV1")
        over(shell, "1", closed=False)
        assert shell.good("status", "--line").out.startswith("SEV1  INC-1")
        shell.good("do", "close", "a drill")
        assert shell.good("status", "--line").out == ""


class TestJustClosed:
    """For a day it is read, and whoever reads is told."""

    @pytest.fixture
    def closed(self, shell: Shell, clock: SetClock) -> Shell:
        shell.good("new", "Checkout fails", "--severity", "SEV1")
        over(shell, "1")
        clock.forward(hours=20)
        return shell

    @pytest.mark.parametrize(
        "argv",
        [["status"], ["show"], ["timeline"], ["postmortem"], ["adherence"], ["update", "--for", "internal"],
         ["message"], ["ticket"], ["join"], ["followups"], ["use"]],
    )  # fmt: skip
    def test_reading_and_texts_mean_it_and_say_so(self, closed: Shell, argv: list[str]) -> None:
        assert closed.good(*argv).err.count("INC-1 Checkout fails was closed 20h ago") == 1

    def test_an_update_of_it_can_still_be_marked_as_sent(self, closed: Shell) -> None:
        ran = closed.good("update", "--for", "internal", "--sent")
        assert "INC-1 was closed 20h ago" in ran.err

    @pytest.mark.parametrize(
        "argv", [["log", "db down"], ["do", "note", "db down"], ["do", "undo"], ["log", ":undo"], ["line"],
                 ["run", "--", "true"], ["runbook", "attach", "x.md"], ["declare"]],
    )  # fmt: skip
    def test_writing_has_to_name_it(self, closed: Shell, argv: list[str]) -> None:
        before = closed.events()
        ran = closed(*argv, stdin=b"db down\n")
        assert (ran.code, closed.events()) == (ExitCode.NOT_FOUND, before)
        assert "INC-1 Checkout fails was closed 20h ago" in ran.err
        assert "--incident 1" in ran.err

    def test_named_it_is_written_to_and_that_is_said(self, closed: Shell) -> None:
        assert "note: INC-1 was closed 20h ago" in closed.good("log", "db down", "--incident", "1").err
        assert "note: INC-1 was closed 20h ago" in closed.good("do", "note", "db down", INCIDENT="1").err
        assert "note:" not in closed.good("do", "phase", "resolved", "--incident", "1").err, "it is not closed any more"

    def test_taking_the_close_back_wants_its_name(self, closed: Shell) -> None:
        assert "note:" not in closed.good("do", "undo", "--incident", "1").err
        assert closed.good("list", "--json").data[0]["group"] == "resolved"

    def test_after_a_day_none_is_meant(self, closed: Shell, clock: SetClock) -> None:
        clock.forward(hours=5)
        for argv in (["status"], ["log", "x"]):
            ran = closed(*argv)
            assert ran.code == ExitCode.NOT_FOUND
            assert "incident use 1" in ran.err

    def test_what_was_closed_goes_before_what_was_dismissed_since(self, closed: Shell) -> None:
        closed.good("report", "Alert on a test machine")
        closed.good("dismiss", "2", "--reason", "a load test")
        assert "INC-1" in closed.good("status").out


class TestUse:
    """A choice holds until its incident is over and another begins."""

    @pytest.fixture
    def chosen(self, shell: Shell, clock: SetClock) -> Shell:
        """INC-1 is closed, two days later it is chosen."""
        shell.good("new", "old", "--severity", "SEV1")
        over(shell, "1")
        clock.forward(days=2)
        shell.good("use", "1")
        return shell

    def test_a_choice_of_what_is_over_is_said_and_holds(self, chosen: Shell) -> None:
        assert "INC-1 old (resolved)" in chosen.good("use", "1").err
        ran = chosen.good("log", "found in the review")
        assert "note: INC-1 was closed 2d ago" in ran.err
        assert "found in the review" in told(chosen, "1")

    @pytest.mark.parametrize(
        "begin", [["new", "new outage", "--severity", "SEV1"], ["report", "new outage"], ["declare", "new outage"]]
    )
    @pytest.mark.parametrize("closed", [True, False])
    def test_new_incident_replaces_a_current_one_that_is_resolved(
        self, chosen: Shell, begin: list[str], closed: bool
    ) -> None:
        if not closed:
            chosen.good("do", "undo", "--incident", "1")
        ran = chosen.good(*begin)
        assert "the current incident is still" not in ran.err
        chosen.good("log", "db down")
        assert "db down" in told(chosen, "2")
        assert "db down" not in told(chosen, "1")

    def test_also_where_others_are_open(self, chosen: Shell) -> None:
        chosen.good("new", "other", "--severity", "SEV2")
        chosen.good("use", "1")
        chosen.good("new", "new outage", "--severity", "SEV1")
        chosen.good("log", "db down")
        assert "db down" in told(chosen, "3")

    @pytest.mark.parametrize("by", [["declare", "2", "--severity", "1"], ["do", "declare", "SEV1", "--incident", "2"]])
    def test_a_report_that_is_declared_is_meant(self, chosen: Shell, by: list[str]) -> None:
        chosen.good("report", "Maps look wrong")
        chosen.good("use", "1")
        chosen.good(*by)
        chosen.good("log", "db down")
        assert "db down" in told(chosen, "2")

    def test_a_report_that_was_dismissed_and_is_declared_is_meant(self, chosen: Shell) -> None:
        chosen.good("report", "Maps look wrong")
        chosen.good("dismiss", "2", "--reason", "a load test")
        chosen.good("use", "1")
        chosen.good("declare", "2", "--severity", "1", "--why", "it is back")
        chosen.good("log", "db down")
        assert "db down" in told(chosen, "2")

    def test_a_choice_of_what_is_open_stays_and_that_is_said(self, shell: Shell) -> None:
        shell.good("new", "live", "--severity", "SEV1")
        shell.good("use", "1")
        assert "incident use 2" in shell.good("new", "second", "--severity", "SEV2").err
        assert shell.good("use").out == "INC-1\n"
        assert "the current incident is still" in shell.good("new", "third", "--severity", "SEV2", INCIDENT="1").err


class TestUndo:
    """Undo takes back what its speaker did last, or nothing."""

    @pytest.fixture
    def two(self, shell: Shell, clock: SetClock) -> Shell:
        """INC-1 is open and chosen; what ana did last was to dismiss INC-2."""
        shell.good("new", "live", "--severity", "SEV1")
        shell.good("use", "1")
        shell.good("do", "severity", "SEV2", "smaller")
        clock.forward(minutes=1)
        shell.good("report", "Another one")
        shell.good("dismiss", "2", "--reason", "typo")
        return shell

    @pytest.mark.parametrize("argv", [["do", "undo"], ["do", "redo"], ["log", ":undo"]])
    @pytest.mark.parametrize("env", [{}, {"INCIDENT": "1"}])
    def test_it_is_refused_where_the_last_act_was_in_another_incident(
        self, two: Shell, argv: list[str], env: dict[str, str]
    ) -> None:
        before = two.events()
        ran = two(*argv, **env)
        assert (ran.code, two.events()) == (ExitCode.REFUSED, before)
        assert "INC-2 Another one" in ran.err
        verb = argv[-1].removeprefix(":")
        assert f"incident do {verb} --incident 2" in ran.err
        assert f"incident do {verb} --incident 1" in ran.err

    def test_mistyped_undo_suggests_undo_in_the_named_incident(self, two: Shell) -> None:
        assert "do undo --incident 1" in two("do", "und", "--incident", "1").err

    def test_the_incident_can_be_named(self, two: Shell) -> None:
        two.good("do", "undo", "--incident", "1")
        assert two.good("status", "1", "--json").data["severity"] == "SEV1"
        two.good("do", "redo")
        assert two.good("status", "1", "--json").data["severity"] == "SEV2", "the last act was in INC-1 by now"
        assert two.good("status", "2", "--json").data["triage"] == "false alarm"

    def test_also_where_the_other_is_the_only_open_one(self, two: Shell) -> None:
        two.good("use", "--none")
        assert "--incident 2" in two("do", "undo").err

    def test_everybody_has_a_last_act_of_their_own(self, two: Shell) -> None:
        two.good("log", "mine", "--as", "kim")
        two.good("do", "undo", "--as", "kim")
        assert "lea" in two("do", "undo", "--as", "lea").err

    def test_imported_events_count_by_their_own_time(self, two: Shell, tmp_path: Path, clock: SetClock) -> None:
        clock.forward(minutes=1)
        two.good("log", "newest")
        two.good("export", "2", str(tmp_path / "two.jsonl"))
        other = Shell(tmp_path / "other")
        other.good("new", "elsewhere", "--severity", "SEV1")
        other.good("log", "newest here")
        other.good("import", str(tmp_path / "two.jsonl"))
        other.good("do", "undo")
