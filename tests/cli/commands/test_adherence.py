"""How an incident kept to its plan, from the command line: the table, its order, and every field of the JSON."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from incident_cockpit.cli.commands.documents import compliance_rows
from incident_cockpit.cli.views.json import plan_item
from incident_cockpit.errors import ExitCode
from incident_cockpit.incident.views.adherence import adherence
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind
from support.builders import Story, default_plan
from support.cli import Shell
from support.deadlines import AT_ONCE, DEADLINES, only, rung, span
from support.json_shapes import TEXT, TEXT_OR_NOTHING, YES_NO, check
from support.naming import naming

JUDGED = {
    "id": TEXT, "kind": TEXT, "text": TEXT, "who": TEXT_OR_NOTHING, "verdict": TEXT, "due": TEXT_OR_NOTHING,
    "met": TEXT_OR_NOTHING, "by_seconds": (int, type(None)), "why": TEXT_OR_NOTHING, "former": YES_NO,
}  # fmt: skip


def story() -> Story:
    """Return an incident in which each verdict was given once, and one thing was asked for by a plan before."""
    now = Deadline("now", DeadlineKind.NOTICE, "Brief support", "declared", AT_ONCE, "done now")
    ladder = [rung("SEV1", after, who) for after, who in (("15m", "EM"), ("30m", "VP"), ("45m", "CTO"), ("9h", "CEO"))]
    other = rung("SEV2", "1h", "Vendor")
    told = Story().declare(plan=only(default_plan(), now, *ladder, other), severity="SEV1")
    told.do("complete", item="Brief support", after="2m")
    told.do("waive", item="CTO", reason="on a plane")
    told.do("complete", item="EM", after="7m")
    told.do("complete", item="VP", after="29m")
    told.do("adopt-plan", plan=only(default_plan(), *ladder[1:], other), after="5m")
    return told


def table(told: Story) -> list[tuple[str, ...]]:
    return list(compliance_rows(adherence(told.record, told.now), told.now))


def test_compliance_rows_start_with_what_needs_attention() -> None:
    assert table(story()) == [
        ("late", "Brief support (former plan)", "due 14:00 UTC", "met 14:02 UTC", "late 2m"),
        ("late", "Tell VP", "due 14:30 UTC", "met 14:39 UTC", "late 9m"),
        ("running", "Tell CEO", "due 23:00 UTC", "", "in 8h16m"),
        ("met", "Tell EM (former plan)", "due 14:15 UTC", "met 14:10 UTC", "on time, 5m early"),
        ("waived", "Tell CTO", "due 14:45 UTC", "", "on a plane"),
        ("not applicable", "Tell Vendor", "", "", naming("severity", "SEV2")),
    ]


def test_open_plan_item_shows_how_late_it_is_and_its_day() -> None:
    told = Story().declare(plan=only(default_plan(), rung("SEV1", "15m", "EM")), severity="SEV1").wait("3d")
    assert table(told) == [("missed", "Tell EM", "due 11-20 14:15 UTC", "", naming("late 2d23h", "not done"))]


@pytest.mark.parametrize(("after", "said"), [("15m", "on time"), ("14m59s", "on time, 1s early"), ("15m1s", "late 1s")])
def test_the_second_counts(after: str, said: str) -> None:
    told = Story().declare(plan=only(default_plan(), rung("SEV1", "15m", "EM")), severity="SEV1")
    told.do("complete", item="EM", after=after)
    assert table(told)[0][-1] == said


def test_the_json_has_every_field() -> None:
    told = story()
    made = [plan_item(one) for one in adherence(told.record, told.now)]
    check(made, [JUDGED])
    vp = next(one for one in made if one["text"] == "Tell VP")
    assert vp == {
        "id": "rung-SEV1-vp", "kind": "rung", "text": "Tell VP", "who": "VP", "verdict": "late",
        "due": "2026-11-20T14:30:00Z", "met": "2026-11-20T14:39:00Z", "by_seconds": 540, "why": None, "former": False,
    }  # fmt: skip
    ceo = next(one for one in made if one["text"] == "Tell CEO")
    assert ceo["by_seconds"] == -timedelta(hours=8, minutes=16).total_seconds()


def test_every_deadline_can_be_shown() -> None:
    told = Story().declare(plan=only(default_plan(), *DEADLINES), severity="SEV1")
    assert len(table(told)) == len(DEADLINES)
    late = Deadline("late", DeadlineKind.DEADLINE, "It", "declared", span("1m"), "done it")
    assert table(Story().declare(plan=only(default_plan(), late)))[0][-1] == "in 1m"


class TestTheCommand:
    @pytest.fixture
    def shell(self, tmp_path: Path) -> Shell:
        shell = Shell(tmp_path / "home")
        shell.good("new", "Checkout is down", "--severity", "P0", "--plan", "p0-p3")
        return shell

    def test_the_table_is_data_and_the_count_is_for_people(self, shell: Shell) -> None:
        ran = shell.good("adherence")
        verdicts = {"met", "late", "missed", "running", "waived", "not needed", "not applicable"}
        assert {line.partition("  ")[0] for line in ran.out.splitlines()} <= verdicts
        assert ran.err.startswith("INC-1 Checkout is down: ")
        assert "running" in ran.err
        assert shell.good("adherence", "1").out == ran.out

    def test_markdown_excludes_json(self, shell: Shell) -> None:
        check(shell.good("adherence", "--json").data, [JUDGED])
        assert shell.good("adherence", "--markdown").out.startswith("# INC-1 Checkout is down: ")
        ran = shell("adherence", "--markdown", "--json")
        assert ran.code == ExitCode.USAGE
        assert "--markdown" in ran.err
        assert "--json" in ran.err

    def test_an_unknown_incident_is_not_found(self, shell: Shell) -> None:
        assert shell("adherence", "9").code == ExitCode.NOT_FOUND
