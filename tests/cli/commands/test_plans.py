"""`incident plan`: the list, a plan for people and as JSON, the errors of a file, and the reference of keys."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from incident_cockpit.cli.commands import plans
from incident_cockpit.cli.views import plan_json
from incident_cockpit.cli.views.layout import as_text, table, wrapped
from incident_cockpit.errors import ExitCode
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind
from incident_cockpit.plan.loader import list_plans, load_plan, read_plan
from incident_cockpit.plan.render import plan_blocks
from incident_cockpit.plan.schema import Plan
from incident_cockpit.resources import shipped
from incident_cockpit.text.blocks import BlockKind, plain
from incident_cockpit.text.width import cells
from incident_cockpit.times.business_calendar import Within
from support.cli import Shell
from support.golden import check_golden
from support.plans import FULL, full, text_of

PLANS = shipped("sample_data", "plans")
SHIPPED = list(list_plans((PLANS,)).values())
WHOLE = read_plan(text_of(FULL), "whole.toml")
TODAY = date(2026, 11, 20)


def shown(plan: Plan, today: date = TODAY) -> list[str]:
    return list(as_text(plan_blocks(plan, today)))


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "home")


def put(shell: Shell, name: str, raw: dict[str, Any]) -> Path:
    folder = shell.home / "plans"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.toml"
    path.write_text(text_of(raw))
    return path


class TestList:
    """Every plan has its line, the wrong ones too."""

    def test_the_default_is_chosen(self, shell: Shell) -> None:
        found = shell.good("plan", "list", "--json").data
        assert [one["name"] for one in found if one["chosen"]] == ["default"]
        assert [one["name"] for one in found] == [path.stem for path in SHIPPED]
        assert shell.good("plan", "list").out.startswith("*  default     Default response plan  ")

    def test_ones_own_says_what_it_extends(self, shell: Shell) -> None:
        put(shell, "ours", {"id": "ours", "name": "Our plan", "extends": "default"})
        [ours] = [one for one in shell.good("plan", "list", "--json").data if one["name"] == "ours"]
        assert (ours["title"], ours["extends"], ours["errors"]) == ("Our plan", "default", [])
        assert "   ours        Our plan, extends default  " in shell.good("plan", "list").out
        assert shell.good("new", "Down", "--plan", "ours", "--json").data["plan"] == "ours"

    def test_a_wrong_one_hides_no_other(self, shell: Shell) -> None:
        path = put(shell, "ours", full(zone="Nowhere", command_role="boss"))
        ran = shell.good("plan", "list")
        assert "!  ours        2 errors" in ran.out
        assert "*  default     Default response plan" in ran.out
        [ours] = [one for one in shell.good("plan", "list", "--json").data if one["name"] == "ours"]
        assert (ours["title"], ours["extends"], len(ours["errors"])) == (None, None, 2)
        assert all(line.startswith(f"{path}: ") for line in ours["errors"])
        path.write_bytes(b"\xff\xfe")
        assert "!  ours        1 error" in shell.good("plan", "list").out


class TestCheck:
    """Whatever is wrong with a file is said at once; names are as good as files."""

    def test_everything_that_is_wrong_is_said(self, shell: Shell, tmp_path: Path) -> None:
        good = PLANS / "default.toml"
        bad = tmp_path / "bad.toml"
        bad.write_text(good.read_text().replace('command_role = "ic"', 'command_role = "boss"').replace("30m", "soon"))
        ran = shell("plan", "check", str(good), str(bad))
        assert ran.code == ExitCode.REFUSED
        assert f"{good}: OK" in ran.out
        assert f"{bad}: command_role = 'boss'" in ran.err
        assert f"{bad}: cadences.internal.every.SEV1 = 'soon'" in ran.err
        right, wrong = shell("plan", "check", str(good), str(bad), "--json").data
        assert (right["errors"], len(wrong["errors"]) >= 2) == ([], True)

    def test_a_plan_that_extends_another_is_checked_with_it(self, shell: Shell, tmp_path: Path) -> None:
        ours = tmp_path / "ours.toml"
        ours.write_text(text_of({"id": "ours", "name": "Ours", "extends": "default", "drop": ["roles.nobody"]}))
        ran = shell("plan", "check", str(ours))
        assert ran.err.startswith(f"{ours}: drop.1 = 'roles.nobody'")
        ours.write_text(text_of({"id": "ours", "name": "Ours", "extends": "defualt"}))
        assert "default" in shell("plan", "check", str(ours)).err

    def test_a_runbook_that_nobody_can_find_is_told_and_is_no_error(self, shell: Shell, tmp_path: Path) -> None:
        ours = tmp_path / "ours.toml"
        ours.write_text(text_of({"id": "ours", "name": "Ours", "extends": "default", "runbook": "not-written"}))
        ran = shell.good("plan", "check", str(ours))
        assert ran.out == f"{ours}: OK, Ours\n"
        assert ran.err.startswith(f"{ours}: runbook = 'not-written': ")
        assert "not-written" in shell.good("plan", "check", str(ours), "--json").err
        (shell.home / "runbooks").mkdir(parents=True)
        (shell.home / "runbooks" / "not-written.md").write_text("- [ ] Look\n")
        assert shell.good("plan", "check", str(ours)).err == ""

    def test_a_name_will_do_and_what_is_not_there_is_said(self, shell: Shell) -> None:
        assert shell.good("plan", "check", "default").out == "default: OK, Default response plan\n"
        for name in ("nowhere.toml", "nowhere", "~nobody-at-all/x.toml", "", "x" * 5000):
            ran = shell("plan", "check", name, "default")
            assert (ran.code, "Default response plan" in ran.out) == (ExitCode.REFUSED, True)
            assert ran.err

    def test_settings_that_are_wrong_hinder_nobody(self, shell: Shell) -> None:
        shell.home.mkdir()
        (shell.home / "config.toml").write_text("plan = 5\n")
        assert shell("plan", "check", "default").code == ExitCode.OK


class TestShow:
    """A plan for people, and for programs."""

    def test_a_plan_that_says_everything_reads_so(self) -> None:
        check_golden("plan-show.txt", "\n".join(shown(WHOLE)))

    @pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
    def test_every_shipped_plan_is_shown_whole_in_eighty_columns(self, path: Path) -> None:
        plan = load_plan(path)
        lines = shown(plan)
        assert all(cells(line) <= 80 for line in lines)
        assert all(line == line.rstrip() for line in lines)
        words = " ".join(" ".join(lines).split())
        assert [text for text in texts(plan) if " ".join(text.split()) not in words] == []

    def test_by_name_and_without_one(self, shell: Shell) -> None:
        assert shell.good("plan", "show").out.startswith("Default response plan (default): ")
        assert "SEV1 30m" in shell.good("plan", "show").out
        assert shell.good("plan", "show", "p0-p3").out.startswith("P0 to P3 with an escalation matrix (p0-p3): ")
        assert shell("plan", "show", "nowhere").code == ExitCode.NOT_FOUND

    def test_what_a_terminal_obeys_never_reaches_it(self) -> None:
        hostile = replace(WHOLE, name="A\x1b[2Jplan", about="two\u202elines\x07")
        assert not any(sign in line for line in shown(hostile) for sign in "\x1b\x07\u202e")

    def test_a_plan_that_says_little_has_few_headings(self) -> None:
        keys = ("id", "name", "about", "command_role", "first_phase", "severities", "roles", "phases")
        plan = read_plan(text_of({key: FULL[key] for key in keys}), "x")
        headings = [plain(block.lines[0]) for block in plan_blocks(plan, TODAY) if block.kind is BlockKind.HEADING]
        assert headings == ["Severities", "Roles", "Phases", "Escalation", "Deadlines", "Postmortem", "Review"]


def texts(plan: Plan) -> list[str]:
    """Return what a reader of a plan has to find in it: every name and every sentence but templates."""
    left_out = {"templates", "messages", "met_by", "first_phase", "command_role", "deadlines", "message", "start"}
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            for key, inner in value.items():
                if key not in left_out and inner:
                    walk(inner)
        elif isinstance(value, list | tuple):
            for inner in value:
                walk(inner)

    built: dict[str, Any] = msgspec.to_builtins(plan)
    # Times, days and zero are worded.
    built["hours"], built["upkeep"] = {}, {"notes": built["upkeep"]["notes"]}
    for one in built["targets"]:
        one["metric"] = ""
    for severity in built["severities"]:
        severity["respond"] = severity["escalate"] = None
    for gate in built["closing"]:
        gate["id"] = ""
    walk(built)
    return found


@pytest.mark.parametrize(
    ("reviewed", "today", "words"),
    [
        ("2026-11-01", "2026-11-20", ["2027-05-02", "in 163 days"]),
        ("2026-11-01", "2027-05-01", ["2027-05-02", "in 1 day"]),
        ("2026-11-01", "2027-05-02", ["2027-05-02", "today"]),
        ("2026-11-01", "2027-05-12", ["2027-05-02", "10 days overdue"]),
        ("", "2026-11-20", ["182 days"]),
    ],
)
def test_next_review_of_the_plan_is_counted_in_days(reviewed: str, today: str, words: list[str]) -> None:
    plan = replace(WHOLE, upkeep=replace(WHOLE.upkeep, reviewed=reviewed))
    lines = shown(plan, date.fromisoformat(today))
    upkeep = "\n".join(lines[lines.index("Upkeep") :])
    assert [word for word in words if word not in upkeep] == []


def clock(text: str, within: str, *severities: str) -> Deadline:
    return Deadline(
        text + within, DeadlineKind.TARGET, text, "declared", Within(within, 1), "milestone mitigated", severities
    )


def clocks_of(*deadlines: Deadline) -> list[str]:
    lines = shown(replace(WHOLE, deadlines=deadlines))
    start = lines.index("Deadlines")
    return [line.strip() for line in lines[start + 1 : lines.index("", start)] if "milestone mitigated" not in line]


def test_deadlines_that_differ_by_severity_are_one() -> None:
    assert clocks_of(clock("Tell VP", "5m", "P0"), clock("Tell VP", "2h", "P1"), clock("Log it", "1d")) == [
        "Tell VP: 5m (P0), 2h (P1) after declaration",
        "Log it: 1d after declaration",
    ]


def test_severities_with_the_same_time_are_named_together() -> None:
    found = clocks_of(clock("Look", "5m", "P0"), clock("Look", "1h", "P0"), clock("Look", "1h", "P1"))
    assert found == ["Look: 5m (P0), 1h (P0, P1) after declaration"]


def test_long_text_goes_on_below_where_it_began() -> None:
    assert list(wrapped("one two three", 9, "- ")) == ["- one two", "  three"]
    assert list(wrapped("see https://example.org/a/b/c now", 12)) == ["see", "https://example.org/a/b/c", "now"]
    assert list(wrapped("決済 が 失敗", 9)) == ["決済 が", "失敗"]
    assert list(wrapped(" \n ", 9)) == []
    assert list(table([("a", "one two"), ("bb", ""), ("x" * 40, "three")], 9)) == [
        "a   one", "    two", "bb", "x" * 40, "    three",
    ]  # fmt: skip


class TestShape:
    """What a program reads of a plan."""

    def test_every_part_of_the_plan_is_in_it(self) -> None:
        made = plan_json.plan_object(WHOLE)
        assert sorted(made) == [
            "about", "audiences", "channel", "closing", "command_role", "confirmers", "contacts", "deadlines",
            "detections", "extends", "first_phase", "follow_up_kinds", "hours", "id", "jargon", "messages", "name",
            "participants", "phases", "postmortem", "progress_at", "progress_seconds", "reporters", "review", "roles",
            "runbook", "severities", "systems", "targets", "templates", "triage", "triggers", "types", "upkeep",
            "watch", "zone",
        ]  # fmt: skip
        assert made["severities"][2]["respond"] == {
            "said": "8h in business hours or next business day",
            "seconds": None,
            "business_seconds": 28_800,
            "business_days": 1,
        }
        assert made["hours"]["opens"] == "08:30"
        assert made["audiences"] == [
            {
                "id": "internal",
                "name": "Internal update",
                "every_seconds": {"P0": 1800, "P1": 5400},
                "first_seconds": {"P0": 0},
                "from": "confirmed",
                "until": "closed",
                "inside": True,
                "route": "#incidents",
                "guide": ["Say the impact"],
                "format": "markdown",
            }
        ]
        by_id = {one["id"]: one for one in made["deadlines"]}
        assert (by_id["authority"]["kind"], by_id["authority"]["from"], by_id["authority"]["who"]) == (
            "notice", "aware", "Data protection officer",
        )  # fmt: skip
        assert by_id["respond-P0"]["who"] is None
        assert made["messages"] == [{"id": "declared", "name": "First message"}]
        assert made["upkeep"] == {
            "reviewed": "2026-11-01",
            "review_days": 182,
            "drill_days": 91,
            "notes": ["New hires shadow"],
            "due": "2027-05-02",
        }
        assert made["types"][1]["runbook"] is None

    def test_it_comes_as_json(self, shell: Shell) -> None:
        data = shell.good("plan", "show", "--json").data
        assert [one["id"] for one in data["severities"]] == ["SEV1", "SEV2", "SEV3", "SEV4"]
        assert data["audiences"][0]["every_seconds"]["SEV1"] == 1800


class TestKeys:
    """What may stand in a plan file is told where it is written: in the terminal, without a network."""

    def test_all_of_it(self, shell: Shell) -> None:
        out = shell.good("plan", "keys").out
        assert out.startswith(plans.TIMES[:20])
        for heading in ("[[severities]] *  ", "[hours]  ", "systems.resources  "):
            assert f"\n\n{heading}" in out
        assert all(cells(line) <= 80 for line in out.splitlines())

    def test_one_table(self, shell: Shell) -> None:
        lines = shell.good("plan", "keys", "watch").out.splitlines()
        assert lines[0].startswith("[watch]  ")
        assert [line.split("  ")[1] for line in lines if line.startswith("  ") and line[2] != " "] == [
            "for *", "every *", "checks",
        ]  # fmt: skip
        assert shell.good("plan", "keys", "[watch]").out.splitlines() == lines

    def test_what_a_text_can_say(self, shell: Shell) -> None:
        out = shell.good("plan", "keys", "variables").out
        assert "\n  next_time       " in out

    def test_one_that_is_not_there(self, shell: Shell) -> None:
        ran = shell("plan", "keys", "notice")
        assert (ran.code, ran.out) == (ExitCode.NOT_FOUND, "")
        assert "notices" in ran.err
        assert shell("plan", "keys", "").code == ExitCode.NOT_FOUND

    def test_as_json(self, shell: Shell) -> None:
        [one] = shell.good("plan", "keys", "watch", "--json").data
        assert (one["table"], one["heading"], one["needed"]) == ("watch", "[watch]", False)
        assert (one["keys"][0]["key"], one["keys"][0]["needed"]) == ("for", True)
        assert len(shell.good("plan", "keys", "--json").data) == len(plans.table_names()) + 1
