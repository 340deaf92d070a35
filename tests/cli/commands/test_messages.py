"""Messages, the breach record, the invitation and how the plan was kept, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from icalendar import Calendar

from incident_cockpit.errors import ExitCode
from incident_cockpit.integrations import clipboard
from incident_cockpit.integrations.clipboard import Copied
from support.cli import Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path / "home")
    shell.good("new", "Checkout is down", "--severity", "P0", "--plan", "p0-p3")
    shell.good("log", ":impact 8% of EU cards fail")
    return shell


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stand in for the clipboard; what was copied is in here."""
    texts: list[str] = []

    def copy(text: str, **_settings: object) -> Copied:
        texts.append(text)
        return Copied("xclip", True, "copied with xclip", None)

    monkeypatch.setattr(clipboard, "copy", copy)
    return texts


def _due(shell: Shell) -> set[str]:
    return {item["text"] for item in shell.good("status", "--json").data["due"]}


class TestMessage:
    """Printing settles nothing; copying does."""

    def test_without_a_name_they_are_listed_with_what_they_settle(self, shell: Shell) -> None:
        lines = shell.good("message").out.splitlines()
        assert lines[0].split(maxsplit=1) == ["declared", "Incident detected"]
        assert any(line.startswith("escalation:rung-P0-vp-engineering") for line in lines)
        listed = {one["id"]: one for one in shell.good("message", "--json").data}
        assert listed["declared"]["settles"] == ["Notify all stakeholders"]
        assert listed["status"]["settles"] == []

    def test_it_is_only_printed(self, shell: Shell) -> None:
        before = shell.events()
        ran = shell.good("message", "declared")
        assert "P0 INC-1 Checkout is down" in ran.out
        assert "8% of EU cards fail" in ran.out
        assert "note: " in ran.err
        assert shell.events() == before

    def test_blocks_are_for_programs(self, shell: Shell) -> None:
        argv = ("message", "declared", "--format", "blocks")
        assert [json.loads(shell.good(*argv).out)] == shell.good(*argv, "--json").data["payloads"]
        ran = shell(*argv, "--copy")
        assert ran.code == ExitCode.USAGE
        assert "cannot be pasted" in ran.err

    def test_json(self, shell: Shell) -> None:
        data = shell.good("message", "declared", "--json").data
        assert sorted(data) == [
            "fields", "guide", "incident", "message", "messages", "payloads", "settles", "text", "warnings",
        ]  # fmt: skip
        assert (data["incident"], data["message"]) == ("INC-1", "declared")

    @pytest.mark.parametrize(("target", "sign"), [("slack", "*P0 INC-1"), ("markdown", "**P0"), ("text", "P0 INC-1")])
    def test_formats(self, shell: Shell, target: str, sign: str) -> None:
        assert shell.good("message", "declared", "--format", target).out.startswith(sign)

    def test_copying_marks_what_the_plan_asks_for(self, shell: Shell, copied: list[str]) -> None:
        assert "Notify all stakeholders" in _due(shell)
        ran = shell.good("message", "declared", "--copy")
        assert copied == [ran.out.removesuffix("\n")]
        assert "copied with xclip" in ran.err
        assert "Notify all stakeholders  done: copied (xclip)" in ran.err
        assert "Notify all stakeholders" not in _due(shell)
        shell.good("message", "escalation:rung-P0-vp-engineering", "--copy")
        assert "Notify VP Engineering" not in _due(shell)

    def test_copying_what_nothing_asks_for_marks_nothing(self, shell: Shell, copied: list[str]) -> None:
        before = shell.events()
        shell.good("message", "ticket", "--copy")
        assert len(copied) == 1
        assert shell.events() == before

    def test_a_copy_that_reached_nothing_marks_nothing(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        nowhere = Copied("none", False, "not copied: no clipboard answers here", None)
        monkeypatch.setattr(clipboard, "copy", lambda _text, **_settings: nowhere)
        before = shell.events()
        ran = shell("message", "declared", "--copy")
        assert (ran.code, shell.events()) == (ExitCode.REFUSED, before)
        assert "8% of EU cards fail" in ran.out
        assert "incident do complete" in ran.err

    @pytest.mark.parametrize(
        ("argv", "code", "words"),
        [
            (["--copy"], ExitCode.USAGE, "needs a message"),
            (["nonsense"], ExitCode.REFUSED, "declared, invite"),
            (["all-clear"], ExitCode.REFUSED, "all-clear"),
            (["notice:nobody"], ExitCode.REFUSED, "notice:tell-all"),
        ],
    )
    def test_wrong_value_is_refused(self, shell: Shell, argv: list[str], code: int, words: str) -> None:
        before = shell.events()
        ran = shell("message", *argv)
        assert (ran.code, ran.out, shell.events()) == (code, "", before)
        assert words in ran.err


class TestInvitation:
    """A calendar file for everybody who took part."""

    def test_it_is_written_with_the_addresses_that_are_known(self, shell: Shell, tmp_path: Path) -> None:
        shell.good("do", "resolve", "payments work", "--incident", "1")
        shell.good("do", "schedule-review", "tomorrow 10:00", "--incident", "1")
        (shell.home / "contacts.toml").write_text('[[contacts]]\nname = "ana"\nmail = "ana@shop.example"\n')
        file = tmp_path / "review.ics"
        ran = shell.good("invite", "1", "-o", str(file))
        assert f"Saved {file}" in ran.err
        assert "no email address for" in ran.err
        [event] = Calendar.from_ical(file.read_bytes()).walk("VEVENT")
        assert str(event["organizer"]) == "mailto:ana@shop.example"
        assert Calendar.from_ical(shell.good("invite", "1").out)["method"] == "REQUEST"
        assert shell("invite", "1", "-o", str(file)).code == ExitCode.REFUSED

    def test_without_a_review_it_says_how_to_schedule_one(self, shell: Shell) -> None:
        ran = shell("invite")
        assert (ran.code, ran.out) == (ExitCode.REFUSED, "")
        assert "incident do schedule-review" in ran.err

    def test_wrong_contacts_are_said(self, shell: Shell) -> None:
        (shell.home / "contacts.toml").write_text("contacts = 7")
        ran = shell("invite")
        assert ran.code == ExitCode.REFUSED
        assert "contacts.toml: contacts: must be tables" in ran.err
        assert "contacts" in shell("doctor").out


class TestBreach:
    """The record of a breach is printed or written; where it is none, that is said."""

    def test_it_is_printed_and_written(self, shell: Shell, tmp_path: Path) -> None:
        shell.good("do", "type", "privacy")
        shell.good("do", "breach", "records", "about 1,200")
        ran = shell.good("breach")
        assert "legal advice" in ran.out
        assert "about 1,200" in ran.out
        assert "note:" not in ran.err
        file = tmp_path / "breach.md"
        shell.good("do", "restrict", "Bluebird")
        ran = shell.good("breach", "1", "-o", str(file))
        assert "INC-1 Bluebird: breach record" in ran.err
        assert file.read_text().startswith("**RESTRICTED: Bluebird. Do not forward.**")

    def test_what_nobody_called_a_breach_says_so(self, shell: Shell) -> None:
        assert "no breach is recorded" in shell.good("breach").err


def test_how_the_plan_was_kept(shell: Shell) -> None:
    assert "| Notify all stakeholders | All stakeholders |" in shell.good("adherence", "--markdown").out
    judged = shell.good("adherence", "--json").data
    assert {"id", "kind", "text", "who", "verdict", "due", "met", "by_seconds", "why", "former"} == set(judged[0])
    assert {"running", "not applicable"} <= {one["verdict"] for one in judged}
