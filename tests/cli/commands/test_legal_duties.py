"""Types and legal duties from the command line: set with the declaration, asked for before closing, listed after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from incident_cockpit.errors import ExitCode
from support.cli import Shell

BREACH = ("new", "Orders are public", "--plan", "p0-p3", "--severity", "P0")
DUTIES = ("security-team", "legal-team", "breach-assessed", "authority", "affected-users", "breach-record")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "home", {"INCIDENT": "1"})


def types(shell: Shell) -> list[str]:
    return [one["id"] for one in shell.good("show", "1", "--json").data["types"]]


def resolved(shell: Shell) -> Shell:
    shell.good(*BREACH, "--type", "privacy", INCIDENT="")
    shell.good("do", "resolve", "the cache is off")
    return shell


def closed_owing(shell: Shell) -> Shell:
    """Close, and have the last waiver taken back, which says what is owed again."""
    resolved(shell)
    for duty in DUTIES:
        shell.good("do", "waive", duty, f"{duty}: no risk", INCIDENT_USER="noor")
    shell.good("do", "close", "all is said")
    assert "1 legal duty outstanding" in shell.good("do", "undo", INCIDENT_USER="noor").err
    return shell


@pytest.mark.parametrize("command", ["new", "declare"])
def test_an_incident_begins_with_as_many_types_as_are_named(shell: Shell, command: str) -> None:
    named = ("--type", "privacy", "--type", "security")
    shell.good(command, "Orders", "--plan", "p0-p3", "--severity", "P0", *named, INCIDENT="")
    assert sorted(types(shell)) == ["privacy", "security"]
    due = [one["key"] for one in shell.good("status", "1", "--json").data["due"]]
    assert {"clock:authority", "clock:regulator", "clock:legal-team"} <= set(due)
    assert due.count("clock:legal-team") == 1
    # The channel's name is read by all, and one of the types is restricted.
    assert "orders" not in shell.good("show", "1", "--json").data["channel"]


def test_a_report_begins_with_its_type_too(shell: Shell) -> None:
    shell.good("new", "Orders", "--plan", "sev-owner", "--type", "confidentiality", INCIDENT="")
    assert types(shell) == ["confidentiality"]
    assert shell.good("show", "1", "--json").data["triage"] == "in triage"


@pytest.mark.parametrize("command", ["new", "declare"])
def test_an_unknown_type_makes_no_incident(shell: Shell, command: str) -> None:
    ran = shell(command, "Orders", "--plan", "p0-p3", "--severity", "P0", "--type", "flood", INCIDENT="")
    assert ran.code == ExitCode.REFUSED
    assert "flood" in ran.err
    assert shell.events() == 0


def test_plan_without_types_suggests_no_command(shell: Shell) -> None:
    shell.good(*BREACH, INCIDENT="")
    ran = shell("new", "Orders", "--plan", "small-team", "--type", "privacy", INCIDENT="")
    assert ran.code == ExitCode.REFUSED
    assert "incident do" not in ran.err


def test_close_names_each_open_legal_duty_and_its_commands(shell: Shell) -> None:
    resolved(shell)
    before = shell.events()
    for argv in (("do", "close"), ("do", "close", "we are done"), ("do", "phase", "closed", "we are done")):
        ran = shell(*argv)
        assert ran.code == ExitCode.REFUSED
        assert all(duty in ran.err for duty in DUTIES)
        assert "incident do waive ITEM REASON --incident 1" in ran.err
    assert shell.events() == before


def test_open_duty_is_listed_after_closing(shell: Shell) -> None:
    closed_owing(shell)
    assert "1 legal duty outstanding" in shell.good("list", INCIDENT="").out
    [row] = shell.good("list", "--json", INCIDENT="").data
    assert (row["live"], row["legal_duties_owed"]) == (False, 1)
    shell.good("new", "Another", "--plan", "p0-p3", "--severity", "P2", INCIDENT="")
    assert {row["number"] for row in shell.good("list", "--json", INCIDENT="").data} == {1, 2}
    for argv in (("followups",), ("followups", "1"), ("followups", "--all")):
        [owed] = shell.good(*argv, "--json", INCIDENT="").data
        assert (owed["incident"], owed["id"], owed["kind"], owed["done"]) == (
            "INC-1",
            "breach-record",
            "legal duty",
            False,
        )
    assert shell.good("followups", "2", "--json", INCIDENT="").data == []
    shell.good("do", "complete", "breach-record")
    assert "owed" not in shell.good("list", "--all", INCIDENT="").out
    assert shell.good("followups", "1", "--json", INCIDENT="").data == []


def test_followups_shows_what_is_owed_where_no_incident_is_open(shell: Shell) -> None:
    closed_owing(shell)
    assert "Complete the breach record" in shell.good("followups", INCIDENT="").out
    shell.good("do", "complete", "breach-record")
    assert shell.good("followups", "--json", INCIDENT="").data == []


def test_removing_a_type_needs_a_reason_and_names_what_ends(shell: Shell) -> None:
    shell.good(*BREACH, "--type", "privacy", "--type", "security", INCIDENT="")
    assert shell("do", "remove-type", "privacy").code == ExitCode.REFUSED
    ran = shell.good("do", "remove-type", "privacy", "test data only")
    assert "Notify the supervisory authority" in ran.err
    assert "Complete the breach record" in ran.err
    assert types(shell) == ["security"]
    assert "test data only" in shell.good("breach", "1").out
    assert "test data only" in shell.good("show", "1").out


def test_it_is_called_a_breach_while_one_of_its_types_is_one(shell: Shell) -> None:
    shell.good(*BREACH, "--type", "privacy", INCIDENT="")
    shell.good("do", "type", "security")
    assert "no breach is recorded" not in shell.good("breach", "1").err
    shell.good("do", "remove-type", "privacy", "test data only")
    assert "no breach is recorded" in shell.good("breach", "1").err


@pytest.mark.parametrize("argv", [("--reason", "a drill"), ("--duplicate-of", "2")])
def test_a_breach_is_not_dismissed_with_duties_open(shell: Shell, argv: tuple[str, ...]) -> None:
    shell.good(*BREACH, "--type", "privacy", INCIDENT="")
    shell.good("new", "The other", "--plan", "p0-p3", "--severity", "P0", INCIDENT="")
    ran = shell("dismiss", "1", *argv, INCIDENT="")
    assert ran.code == ExitCode.REFUSED
    assert "authority" in ran.err
    shell.good("do", "remove-type", "privacy", "a drill, no real data")
    shell.good("dismiss", "1", *argv, INCIDENT="")
