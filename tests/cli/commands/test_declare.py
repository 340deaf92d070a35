"""Reporting, declaring and dismissing from the command line: what is understood, what is said, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from incident_cockpit.errors import ExitCode
from support.cli import Shell
from support.naming import naming

PLAN = """
extends = "default"
id = "ours"
name = "Ours"

[triage]
first = true
validate_within = "15m"
answer_within = "1h"
route = "#engineering"
false_alarm_follow_up = "Mend what raised it"

[channel]
name = "incident-{number}"
call = "https://meet.example/room"

[[participants]]
who = "Support"

[[notices]]
id = "tell-cto"
text = "Tell the CTO"
who = "CTO"
route = "telephone"
within = "5m"

[[reporters]]
id = "customer"
name = "Customer"
route = "support desk"

[[detections]]
id = "alert"
name = "Alert"

[[types]]
id = "breach"
name = "Data breach"
steps = ["Keep what shows it"]
restricted = true
aware = true
breach = true
"""


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    home = tmp_path / "home"
    (home / "plans").mkdir(parents=True)
    (home / "plans" / "ours.toml").write_text(PLAN)
    (home / "config.toml").write_text('plan = "ours"\n')
    return Shell(home)


class TestReport:
    """A report is taken down and named; what has to be found out by when is said."""

    def test_report_lists_the_next_steps(self, shell: Shell) -> None:
        ran = shell.good("report", "Carts", "are", "mixed", "up", "--by", "Jo", "--kind", "customer", "--as", "Ana")
        assert ran.out == "INC-1\n"
        assert ran.err.splitlines() == [
            naming("INC-1 Carts are mixed up", "Jo", "triage"),
            naming("Triage", "in 15m"),
            "  Reply to Jo (support desk): in 1h",
            naming("incident declare 1", "incident dismiss 1 --reason TEXT"),
        ]

    def test_json(self, shell: Shell) -> None:
        data = shell.good(
            "report", "Carts are mixed up", "--via", "a call", "--at", "-5m", "--as", "Ana", "--json"
        ).data
        assert (data["triage"], data["severity"], data["phase"], data["commander"]) == ("in triage", None, None, None)
        assert (data["report"]["by"], data["report"]["via"], data["report"]["kind"]) == ("Ana", "a call", None)
        assert data["report"]["at"] == data["started"] == data["milestones"]["detected"]

    @pytest.mark.parametrize(
        ("argv", "code", "words"),
        [
            (["  "], ExitCode.REFUSED, "Title"),
            (["x", "--kind", "martian"], ExitCode.REFUSED, "martian"),
            (["x", "--plan", "nowhere"], ExitCode.NOT_FOUND, "nowhere"),
            (["x", "--runbook", "nowhere.md"], ExitCode.NOT_FOUND, "nowhere.md"),
            (["x", "--at", "soon"], ExitCode.REFUSED, '"soon"'),
            (["x", "--started", "-1m", "--at", "-5m"], ExitCode.REFUSED, "report"),
        ],
    )
    def test_wrong_argument_makes_no_report(self, shell: Shell, argv: list[str], code: int, words: str) -> None:
        ran = shell("report", *argv)
        assert (ran.code, ran.out, shell.events()) == (code, "", 0)
        assert words in ran.err
        assert "Traceback" not in ran.err

    def test_it_is_read_like_any_other(self, shell: Shell) -> None:
        shell.good("report", "Carts are mixed up", "--by", "Jo", "--kind", "customer")
        heading, line = shell.good("list").out.splitlines()
        assert heading == "Open"
        assert line.split()[:4] == ["INC-1", "-", "in", "triage"]
        status = shell.good("status").out
        assert status.startswith("INC-1 Carts are mixed up (times in UTC)\nIn triage, T+")
        assert "Incident Commander" not in status, "nobody is in command of a report"
        assert "NEXT: " in status
        assert status.partition("NEXT: ")[2].startswith("Triage")
        assert shell.good("status", "--line").out.startswith("-  INC-1  Carts are mixed up  in triage  T+")
        assert "Jo (Customer) via support desk: Carts are mixed up" in shell.good("show").out
        assert "reported by Jo via support desk" in shell.good("timeline").out
        assert shell.good("log", "it is only on Chrome").code == ExitCode.OK

    def test_dismissed_report_has_a_duration(self, shell: Shell) -> None:
        shell.good("report", "Carts are mixed up", "--at", "-12m")
        shell.good("dismiss", "1", "--reason", "a load test")
        assert "took " in shell.good("list", "--all").out
        for said in (
            shell.good("status", "1").out,
            shell.good("status", "1", "--line").out,
            shell.good("join", "1").out,
        ):
            assert "took 12m" in said
            assert "T+" not in said

    def test_new_begins_with_it_where_the_plan_wants_that(self, shell: Shell) -> None:
        ran = shell.good("new", "Carts are mixed up", "--as", "Ana")
        assert ran.out == "INC-1\n"
        assert ran.err.splitlines()[0] == naming("Ana", "triage")
        declared = shell.good("new", "x", "--severity", "2", "--as", "Ana").err
        assert declared.splitlines()[0] == naming("declared SEV2", "Ana")
        assert "declared SEV1" in shell.good("new", "x", "--plan", "default").err


class TestDeclare:
    """What is in triage by its ID or its title, else a new one; what could be both is refused."""

    @pytest.fixture
    def reported(self, shell: Shell) -> Shell:
        shell.good("report", "Carts are mixed up", "--by", "Jo")
        return shell

    @pytest.mark.parametrize(
        "words", [["1"], ["INC-1"], ["#1"], ["carts", "are", "MIXED", "up"], ["--incident", "1"], []]
    )
    def test_report_in_triage_is_declared(self, reported: Shell, words: list[str]) -> None:
        ran = reported.good("declare", *words, "--severity", "2", "--why", "some carts", "--as", "Ana")
        assert ran.out == "INC-1\n"
        assert ran.err.splitlines() == [
            naming("INC-1 Carts are mixed up", "declared SEV2", "Ana"),
            "  Tell the CTO (telephone): in 5m",
            naming("incident message declared --incident 1"),
            naming("Support", "incident message invite --incident 1"),
            "  channel #incident-1",
            "  call https://meet.example/room",
        ]
        data = reported.good("show", "--json").data
        assert (data["severity"], data["severity_since"]["reason"], data["triage"]) == ("SEV2", "some carts", None)

    def test_a_new_one(self, reported: Shell) -> None:
        ran = reported.good("declare", "Search", "is", "down", "--severity", "1", "--as", "Ana")
        assert (ran.out, ran.err.splitlines()[0]) == (
            "INC-2\n", naming("INC-2 Search is down", "declared SEV1", "Ana"),
        )  # fmt: skip
        assert reported.good("show", "1", "--json").data["triage"] == "in triage"

    def test_with_everything_that_can_be_said(self, shell: Shell) -> None:
        argv = ("Addresses leak", "--severity", "1", "--why", "all of them", "--type", "breach", "--found-by", "alert",
                "--started", "-30m", "--as", "Ana")  # fmt: skip
        ran = shell.good("declare", *argv)
        assert "incident do restrict CODENAME --incident 1" in ran.err
        assert "incident do breach FIELD TEXT --incident 1" in ran.err
        data = shell.good("show", "--json").data
        assert (data["type"], data["found_by"], data["channel"]) == ("breach", "alert", "incident-1")
        assert data["milestones"]["aware"] == data["milestones"]["declared"] > data["started"]
        assert "Data breach: first steps" in {book["title"] for book in data["runbooks"]}

    def test_a_report_gets_its_type_in_the_same_act(self, reported: Shell) -> None:
        reported.good("declare", "1", "--severity", "1", "--type", "breach", "--found-by", "alert")
        reported.good("do", "undo", "--incident", "1")
        data = reported.good("show", "--json").data
        assert (data["triage"], data["type"], data["found_by"]) == ("in triage", None, None)

    def test_without_a_severity_it_is_the_worst_and_says_so(self, reported: Shell) -> None:
        ran = reported.good("declare", "1")
        assert "declared SEV1" in ran.err
        assert "incident do severity" in ran.err

    def test_words_that_could_be_both_declare_nothing(self, reported: Shell) -> None:
        before = reported.events()
        ran = reported("declare", "Carts")
        assert (ran.code, reported.events()) == (ExitCode.USAGE, before)
        assert "INC-1 Carts are mixed up" in ran.err
        assert "incident declare 1" in ran.err
        assert "incident declare --new Carts" in ran.err
        assert reported.good("declare", "--new", "Carts", "--severity", "3").out == "INC-2\n"
        assert reported.good("declare", "--new", "7", "--severity", "3").out == "INC-3\n"

    def test_two_of_one_title_are_named_by_number(self, reported: Shell) -> None:
        reported.good("report", "Carts are mixed up")
        ran = reported("declare", "Carts are mixed up")
        assert ran.code == ExitCode.USAGE
        assert "INC-2 Carts are mixed up, INC-1 Carts are mixed up" in ran.err

    def test_title_of_a_finished_triage_can_be_declared_again(self, reported: Shell) -> None:
        reported.good("dismiss", "1", "--reason", "a test")
        assert reported.good("declare", "Carts are mixed up", "--severity", "2").out == "INC-2\n"

    @pytest.mark.parametrize(
        ("argv", "code", "words"),
        [
            (
                ["9"],
                ExitCode.NOT_FOUND,
                "incident declare --new 9",
            ),
            (["1", "--severity", "SEV9"], ExitCode.REFUSED, "SEV9"),
            (["1", "--type", "flood"], ExitCode.REFUSED, "flood"),
            (["1", "--plan", "default"], ExitCode.USAGE, "--plan"),
            (["1", "--started", "-5m"], ExitCode.USAGE, "--started"),
            (["1", "--runbook", "nowhere"], ExitCode.NOT_FOUND, "nowhere"),
            (["Down", "--incident", "1"], ExitCode.USAGE, "cannot be combined"),
            (["Down", "--type", "flood"], ExitCode.REFUSED, "flood"),
            ([" "], ExitCode.REFUSED, "Title"),
        ],
    )
    def test_refusals(self, reported: Shell, argv: list[str], code: int, words: str) -> None:
        before = reported.events()
        ran = reported("declare", *argv)
        assert (ran.code, ran.out, reported.events()) == (code, "", before)
        assert words in ran.err
        assert "Traceback" not in ran.err

    def test_declared_incident_is_not_declared_again(self, reported: Shell) -> None:
        reported.good("declare", "1", "--severity", "2")
        ran = reported("declare", "1", "--severity", "1")
        assert ran.code == ExitCode.REFUSED
        assert "incident do severity" in ran.err

    def test_what_was_dismissed_is_taken_up_with_a_reason(self, reported: Shell) -> None:
        reported.good("dismiss", "1", "--reason", "a test")
        assert "incident do declare" in reported("declare", "1").err
        data = reported.good("declare", "1", "--why", "the test is over", "--severity", "2", "--json").data
        assert (data["triage"], data["live"], data["severity_since"]["reason"]) == (None, True, "the test is over")

    def test_on_an_empty_store(self, shell: Shell) -> None:
        assert shell("declare").code == ExitCode.NOT_FOUND
        assert shell.good("declare", "Down", "--severity", "1").out == "INC-1\n"


class TestDismiss:
    """It ends, and the text for the thread is printed."""

    @pytest.fixture
    def reported(self, shell: Shell) -> Shell:
        shell.good("report", "Carts are mixed up", "--by", "Jo")
        return shell

    def test_a_false_alarm(self, reported: Shell) -> None:
        ran = reported.good("dismiss", "--reason", "a load test of ours")
        assert "INC-1" in ran.out
        assert "a load test of ours" in ran.out
        assert ran.err.splitlines() == [
            naming("INC-1 Carts are mixed up", "false alarm", "do undo --incident 1"),
            "  follow-up added: Mend what raised it",
        ]
        assert reported.good("list").out == ""
        assert "1 false alarm has open follow-up" in reported.good("list").err
        assert "Mend what raised it" in reported.good("list", "--all").out
        reported.good("do", "follow-up-done", "Mend", "--incident", "1")
        assert "follow-up" not in reported.good("list").err
        assert "false alarm" in reported.good("list", "--all").out
        assert reported.good("list", "--all", "--json").data[0]["triage"] == "false alarm"
        assert reported.good("followups", "1").out

    def test_a_duplicate(self, reported: Shell) -> None:
        reported.good("declare", "Carts leak", "--severity", "1")
        ran = reported.good("dismiss", "1", "--duplicate-of", "INC-2")
        assert "INC-2" in ran.out
        assert ran.err.startswith("INC-1 Carts are mixed up: duplicate of INC-2;")
        assert reported.good("show", "1", "--json").data["report"]["same_as"] == "INC-2"

    def test_no_hurry(self, reported: Shell) -> None:
        ran = reported.good("dismiss", "1", "--not-urgent", "--reason", "one customer, one export")
        assert "Carts are mixed up" in ran.out
        assert "one customer, one export" in ran.out
        assert "the text above is the ticket" in ran.err

    def test_json(self, reported: Shell) -> None:
        data = reported.good("dismiss", "1", "--reason", "a load test", "--json").data
        assert data["incident"] == "INC-1"
        assert data["events"][0]["kind"] == "report.decided"
        assert "a load test" in data["message"]

    def test_it_can_be_taken_back(self, reported: Shell) -> None:
        reported.good("dismiss", "1", "--reason", "a load test")
        reported.good("do", "undo", "--incident", "1")
        assert reported.good("show", "1", "--json").data["triage"] == "in triage"

    @pytest.mark.parametrize(
        ("argv", "code", "words"),
        [
            (["1"], ExitCode.REFUSED, "--reason"),
            (["1", "--not-urgent"], ExitCode.REFUSED, "--reason"),
            (["1", "--duplicate-of", "9"], ExitCode.NOT_FOUND, "9"),
            (["1", "--duplicate-of", "1"], ExitCode.REFUSED, "duplicate"),
            (["1", "--duplicate-of", "2", "--not-urgent"], ExitCode.USAGE, "cannot be combined"),
            (["9", "--reason", "x"], ExitCode.NOT_FOUND, "9"),
        ],
    )
    def test_refusals(self, reported: Shell, argv: list[str], code: int, words: str) -> None:
        before = reported.events()
        ran = reported("dismiss", *argv)
        assert (ran.code, ran.out, reported.events()) == (code, "", before)
        assert words in ran.err
        assert "Traceback" not in ran.err


def test_whoever_joined_is_said_to_have_without_more_words(shell: Shell) -> None:
    shell.good("declare", "Nobody can pay", "--plan", "p0-p3", "--severity", "P0")
    shell.good("do", "answer", "Communications lead")
    assert "→ joined" in shell.timeline()[-1]["text"]
    shell.good("log", "@Raj 10m replica lag?")
    ran = shell("do", "answer", "Raj")
    assert (ran.code, shell.timeline()[-1]["text"]) == (ExitCode.REFUSED, "Raj, 10m: replica lag?")
