"""Reports for triage: shown without a severity, then declared, dismissed, or marked as a duplicate or not urgent."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from incident_cockpit.actions.action import Scope
from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.incident.facts.report import TriageOutcome
from incident_cockpit.plan.schema import TriagePolicy
from incident_cockpit.tui.screens.cockpit import CockpitScreen
from incident_cockpit.tui.screens.declare import DeclareScreen
from incident_cockpit.tui.screens.form import FormScreen
from incident_cockpit.tui.screens.incidents import IncidentsScreen
from incident_cockpit.tui.screens.pick import PickScreen
from support.builders import default_plan, full_plan
from support.screen import Scene, opened, until
from support.single_screen import text_of, type_ahead

SIZES = [(120, 40), (80, 24)]
# They leave the screen, or are tried with a case of their own.
LEAVE = {"quit", "back"}


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INCIDENT_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def reported(home: Path) -> Scene:
    return Scene(home).follow(full_plan()).report(via="#incidents")


def outcome(screen: CockpitScreen) -> TriageOutcome:
    report = screen.live.record.incident.report
    assert report is not None
    return report.outcome


@pytest.mark.parametrize("size", SIZES)
async def test_report_shows_triage_and_due_items(tmp_path: Path, size: tuple[int, int]) -> None:
    app = reported(tmp_path).wait("2m").app()
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        assert "TRIAGE" in text_of(app).splitlines()[0]
        await pilot.press("3")
        await until(lambda: "Reply to Lea" in text_of(app))
        assert "Triage" in text_of(app)
        assert "within 5m" in text_of(app)


@pytest.mark.parametrize("size", SIZES)
async def test_every_key_works_on_report_without_severity(tmp_path: Path, size: tuple[int, int]) -> None:
    app = reported(tmp_path).app()
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        everywhere = [action for action in ACTIONS.values() if action.scope is Scope.EVERYWHERE]
        for pane in "12345":
            await pilot.press(pane)
            assert screen.pane is not None
            own = [action for action in ACTIONS.values() if action.scope is screen.pane.scope]
            # What works everywhere is tried once, where most is to be read.
            for action in (*own, *(everywhere if pane == "3" else ())):
                if action.keys and action.name not in LEAVE:
                    await pilot.press(pane, action.keys[0])
                    while app.screen is not screen:
                        await pilot.press("escape")
                    await pilot.press("escape")
        assert screen.is_current
        assert outcome(screen) is TriageOutcome.OPEN


async def test_next_key_answers_reporter_then_triages(tmp_path: Path) -> None:
    app = reported(tmp_path).wait("2m").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("g")
        await until(lambda: screen.live.record.incident.report.answered)
        await pilot.press("g")
        await until(lambda: isinstance(app.screen, PickScreen) and "Lea: Checkout seems slow" in text_of(app))


@pytest.mark.parametrize(("by", "offered"), [("Lea", True), ("Ana", False)])
async def test_own_report_needs_no_answer(tmp_path: Path, by: str, offered: bool) -> None:
    app = Scene(tmp_path).follow(full_plan()).report(by=by).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.do("triage")
        await until(lambda: isinstance(app.screen, PickScreen) and "false alarm" in text_of(app))
        assert (f"{by} as answered" in text_of(app)) is offered


async def test_false_alarm_copies_its_answer(tmp_path: Path) -> None:
    app = reported(tmp_path).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.do("triage")
        await until(lambda: isinstance(app.screen, PickScreen))
        type_ahead(app, "~false", "enter", "~a load test of Kim", "enter")
        await until(lambda: "Press y" in text_of(app))
        assert outcome(screen) is TriageOutcome.OPEN
        await pilot.press("y")
        await until(lambda: "the thread" in text_of(app))
        assert outcome(screen) is TriageOutcome.FALSE_ALARM
        assert "a load test of Kim" in (tmp_path / "last-copy.txt").read_text()
        assert "FALSE ALARM" in text_of(app).splitlines()[0]
        assert [one.text for one in screen.live.record.incident.followups.values()] == ["Find out why it looked real"]


async def test_dismissed_report_stops_and_can_be_reopened(tmp_path: Path) -> None:
    scene = reported(tmp_path).do("dismiss", reason="a load test", after="5m")
    app = scene.wait("3h").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        assert "took 5m" in text_of(app).splitlines()[0]
        screen.do("triage")
        await until(lambda: isinstance(app.screen, FormScreen) and "Declare the report" in text_of(app))
        type_ahead(app, "~sev2", "enter", "~no test after all", "enter")
        await until(lambda: "Press y" in text_of(app))
        await pilot.press("y")
        await until(lambda: screen.live.record.incident.declared)
        screen.do("triage")
        await until(lambda: "Already declared" in text_of(app))


async def test_declaring_report_sets_severity_and_phase(tmp_path: Path) -> None:
    app = reported(tmp_path).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.do("triage")
        await until(lambda: isinstance(app.screen, PickScreen))
        type_ahead(app, "enter")
        await until(lambda: isinstance(app.screen, FormScreen) and "whole service" in text_of(app))
        type_ahead(app, "enter", "~everybody sees it", "enter")
        await until(lambda: "Press y" in text_of(app))
        for said in ("declared as SEV1",
                     "Will ask Support, Security to join #incident-",
                     "Will start: Tell the CTO how bad it is (now)"):  # fmt: skip
            assert said in text_of(app)
        await pilot.press("enter")
        assert not screen.live.record.incident.declared, "another key than the one of the form"
        await pilot.press("y")
        await until(lambda: screen.live.record.incident.declared)
        await until(lambda: "INVESTIGATING" in text_of(app).splitlines()[0])
        await until(lambda: "Tell the CTO how bad it is" in text_of(app))
        assert "(C copy declaration)" in text_of(app)


async def test_declared_false_alarm_is_dismissed(tmp_path: Path) -> None:
    scene = reported(tmp_path).do("declare", severity="SEV2").do("dismiss", reason="a load test")
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        assert "FALSE ALARM" in text_of(app).splitlines()[0]


async def test_duplicate_offers_other_incidents(tmp_path: Path) -> None:
    scene = Scene(tmp_path).follow(full_plan()).declare("Replica lag in the EU")
    app = scene.report(via="#incidents").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.do("duplicate")
        await until(lambda: isinstance(app.screen, FormScreen) and "Replica lag in the EU" in text_of(app))
        assert [option.id for option in app.screen._options] == ["INC-1"]
        type_ahead(app, "~replica", "enter", "enter")
        await until(lambda: "Press y" in text_of(app))
        await pilot.press("y")
        await until(lambda: outcome(screen) is TriageOutcome.DUPLICATE)
        assert screen.live.record.incident.report.same_as == "INC-1"
        await until((tmp_path / "last-copy.txt").exists)
        assert "INC-1" in (tmp_path / "last-copy.txt").read_text()


async def test_not_urgent_report_copies_a_ticket(tmp_path: Path) -> None:
    app = reported(tmp_path).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.entry.start(":not-urgent one export is slow")
        await pilot.press("enter")
        await until(lambda: outcome(screen) is TriageOutcome.NOT_URGENT)
        await until((tmp_path / "last-copy.txt").exists)
        assert "one export is slow" in (tmp_path / "last-copy.txt").read_text()
        assert "NOT URGENT" in text_of(app).splitlines()[0]


async def test_triage_page_shows_the_report(tmp_path: Path) -> None:
    app = reported(tmp_path).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("3")
        screen.panes[1].move_to("report:validate")
        await pilot.press("enter")
        await until(lambda: "triages the report" in text_of(app))
        assert "Lea" in text_of(app)
        await pilot.press("escape")
        await until(lambda: app.screen is screen)
        screen.panes[1].move_to("report:validate")
        await pilot.press("minus")
        await until(lambda: "A report is due until it is triaged" in text_of(app))


# The list


async def listing(scene: Scene, *keys: str) -> str:
    app = scene.app(listing=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: isinstance(app.screen, IncidentsScreen) and app.screen._loaded)
        await pilot.press(*keys)
        return text_of(app)


async def test_list_marks_triage_and_dismissed(tmp_path: Path) -> None:
    scene = reported(tmp_path).do("dismiss", reason="a load test").report("Search is slow").declare("Replica lag")
    drawn = await listing(scene)
    head = drawn.splitlines()[0]
    rows = {line.split("INC-")[1][:1]: line for line in drawn.splitlines() if "INC-" in line}
    assert "1 open" in head
    assert "1 in triage" in head
    assert "false alarm" in rows["1"]
    assert "in triage" in rows["2"]
    assert "nobody" not in rows["2"]
    assert "investigating" in rows["3"]


async def test_filter_finds_reports_in_triage(tmp_path: Path) -> None:
    app = Scene(tmp_path).follow(full_plan()).declare("Replica lag").report("Search is slow").app(listing=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: isinstance(app.screen, IncidentsScreen) and app.screen._loaded)
        await pilot.press("slash", *"triage")
        await until(lambda: "1 of 2" in text_of(app))
        assert "Search is slow" in text_of(app)


async def test_plan_with_triage_first_reports(tmp_path: Path) -> None:
    plan = replace(default_plan(), triage=TriagePolicy(first=True, route="#incidents"))
    app = Scene(tmp_path).follow(plan).app(listing=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: "No incidents" in text_of(app))
        await pilot.press("d")
        await until(lambda: isinstance(app.screen, DeclareScreen) and app.screen.focused is not None)
        type_ahead(app, "~Checkout is slow", "enter")
        await until(lambda: "enter report" in text_of(app))
        type_ahead(app, "enter")
        await until(lambda: isinstance(app.screen, CockpitScreen))
        report = app.screen.live.record.incident.report
        assert (report.who, report.via, report.outcome) == ("Ana", "#incidents", TriageOutcome.OPEN)
        await until(lambda: "INC-1 reported (g" in text_of(app))


async def test_report_form_takes_reporter_and_channel(tmp_path: Path) -> None:
    app = Scene(tmp_path).follow(default_plan()).app(listing=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: "No incidents" in text_of(app))
        await pilot.press("d")
        await until(lambda: isinstance(app.screen, DeclareScreen) and app.screen.focused is not None)
        type_ahead(app, "~Checkout is slow", "ctrl+o")
        await until(lambda: app.focused is app.screen.query_one("#runbook"))
        assert "Reporter" not in text_of(app)
        type_ahead(app, "enter", "~-5m", "enter", "~three tickets", "enter", "~unsure")
        await until(lambda: "Reporter" in text_of(app))
        type_ahead(app, "shift+tab", "~support desk", "shift+tab", "~Lea", "enter", "enter", "enter")
        await until(lambda: isinstance(app.screen, CockpitScreen) and "T+5m" in text_of(app))
        report = app.screen.live.record.incident.report
        assert (report.who, report.via, report.text) == ("Lea", "support desk", "three tickets")


async def test_declare_shows_severity_criteria(tmp_path: Path) -> None:
    app = Scene(tmp_path).follow(default_plan()).app(listing=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: "No incidents" in text_of(app))
        await pilot.press("d")
        await until(lambda: "Data is being lost, corrupted" in text_of(app))
        type_ahead(app, "~x", "enter", "down")
        await until(lambda: "A large share of requests fails" in text_of(app))
        assert "enter declare" in text_of(app)
        type_ahead(app, "enter")
        await until(lambda: "INC-1 declared (C" in text_of(app))
