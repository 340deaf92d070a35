"""Every action of the registry under a full plan: each asks for its arguments and logs its fact."""

from __future__ import annotations

from pathlib import Path

import pytest

from incident_cockpit.actions.action import Action
from incident_cockpit.actions.arguments.of_incident import GateArg, IncidentArg
from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.tui.screens.cockpit import CockpitScreen
from incident_cockpit.tui.screens.form import FormScreen
from support.builders import full_plan
from support.screen import Scene, opened, until
from support.single_screen import text_of, type_ahead

SIZES = [(120, 40), (40, 10)]
# These show something to read, or take a paste, before they ask: test_read_back.py and test_chat_import.py try them.
SHOW_FIRST = {"handoff", "chat"}
ASKED = [
    action
    for action in ACTIONS.values()
    if action.decide is not None and any(arg.required for arg in action.args) and action.name not in SHOW_FIRST
]
# Without something of it there is nothing to choose, and the form says so.
NONE_YET = {GateArg, IncidentArg}


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INCIDENT_HOME", str(tmp_path))


def working(home: Path) -> Scene:
    scene = Scene(home).follow(full_plan()).declare()
    scene.do("ask", who="Raj", within="10m", text="lag?").do("timer", within="15m", text="look")
    scene.do("hypothesis", text="DNS").do("follow-up", text="alert on lag").do("evidence", text="disk image")
    scene.do("type", type="outage").do("decision", text="roll back").do("action", text="rollback started").do(
        "need", text="a database expert"
    )
    return scene


def texts(screen: CockpitScreen) -> list[str]:
    return [said.text for said in timeline_entries(screen.live.record)]


@pytest.mark.parametrize("size", SIZES)
async def test_every_action_asks_for_its_arguments(tmp_path: Path, size: tuple[int, int]) -> None:
    app = working(tmp_path).app()
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        # From here no cursor answers for anybody.
        await pilot.press("2")
        for action in ASKED:
            await asked(screen, action)
            form = app.screen
            assert isinstance(form, FormScreen)
            arg = action.args[0]
            assert form._arg is arg
            assert form._options or arg.free or type(arg) in NONE_YET, f"{action.name} offers nothing to choose"
            await pilot.press("down", "escape")
            await until(lambda: app.screen is screen)


async def asked(screen: CockpitScreen, action: Action) -> None:
    screen.do(action.name)
    await until(lambda: isinstance(screen.app.screen, FormScreen) and screen.app.screen.focused is not None)


@pytest.mark.parametrize(
    ("action", "keys", "said"),
    [
        ("type", ("~breach", "enter"), "Data breach"),
        ("remove-type", ("enter", "~slow, not out", "enter", "y"), "Outage removed: slow, not out"),
        ("detected-by", ("~alert", "enter"), "Alert"),
        ("trigger", ("~target", "enter", "enter", "enter"), "Engineering manager: A target was missed"),
        ("follow-up-priority", ("enter", "~high", "enter"), "alert on lag  high priority"),
        ("follow-up-kind", ("enter", "~tech", "enter"), "technical"),
        ("follow-up-due", ("enter", "~in 14d", "enter"), "2026-01-29"),
        ("breach", ("~people", "enter", "~names", "enter"), "names"),
        ("evidence-handed", ("enter", "~Kim", "enter"), "Kim"),
        ("channel", ("~war-room", "enter"), "#war-room"),
        ("mark", ("~mitigated", "enter"), "mitigated at"),
        ("cadence", ("~external", "enter", "~off", "enter"), "external"),
    ],
)
async def test_plan_defined_choices_are_logged(tmp_path: Path, action: str, keys: tuple[str, ...], said: str) -> None:
    app = working(tmp_path).app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("2")
        before = screen.live.record.seq
        await asked(screen, ACTIONS[action])
        type_ahead(app, *keys)
        await until(lambda: app.screen is screen and screen.live.record.seq > before)
        assert any(said in text for text in texts(screen)), texts(screen)


async def test_scheduled_review_offers_invitation(tmp_path: Path) -> None:
    app = working(tmp_path).do("resolve", verified="flat").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await asked(screen, ACTIONS["schedule-review"])
        type_ahead(app, "~2026-01-20 10:00", "enter", "enter", "~room 3", "enter")
        await until(lambda: screen.live.record.incident.review)
        assert screen.live.record.incident.review.where == "room 3"
        await until(lambda: ":invitation" in text_of(app))


async def test_adopt_plan_takes_a_plan_name(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await asked(screen, ACTIONS["adopt-plan"])
        await until(lambda: "four-phase" in text_of(app))
        type_ahead(app, "~nothing-like-it", "enter")
        await until(lambda: "Press y" in text_of(app))
        await pilot.press("y")
        await until(lambda: "nothing-like-it" in text_of(app).casefold() and "▲" in text_of(app))
        await pilot.press("escape")
        await until(lambda: app.screen is screen)
        assert screen.live.record.incident.plan.id == "default"
