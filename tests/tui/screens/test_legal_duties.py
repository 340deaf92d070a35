"""Open legal duties: forms that end an incident or a duty list them, and nothing hides them."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from incident_cockpit.plan.schema import Plan
from incident_cockpit.tui.screens.form import FormScreen
from support.builders import full_plan
from support.screen import Scene, opened, until
from support.single_screen import text_of, type_ahead

AUTHORITY, PEOPLE = "Tell the data protection authority", "Tell the people whose data it is"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INCIDENT_HOME", str(tmp_path))


def plan() -> Plan:
    return replace(full_plan(), closing=())


@pytest.mark.parametrize(("name", "keys"), [("close", ()), ("phase", ("~Closed", "enter"))])
async def test_closing_lists_legal_duties_and_is_refused(tmp_path: Path, name: str, keys: tuple[str, ...]) -> None:
    scene = Scene(tmp_path).follow(plan()).declare().do("type", type="breach").do("resolve", verified="flat")
    app = scene.app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        screen.do(name)
        await until(lambda: isinstance(app.screen, FormScreen) and app.screen.focused is not None)
        type_ahead(app, *keys)
        await until(lambda: AUTHORITY in text_of(app) and PEOPLE in text_of(app))
        type_ahead(app, "~all is said", "enter")
        await pilot.pause()
        await until(lambda: AUTHORITY in text_of(app))
        assert "Press y" not in text_of(app)
        assert "closed" not in screen.live.record.incident.milestones


async def test_dismissing_lists_legal_duties(tmp_path: Path) -> None:
    app = Scene(tmp_path).follow(plan()).report().do("type", type="breach").app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        screen.do("dismiss")
        await until(lambda: AUTHORITY in text_of(app))
        type_ahead(app, "~a drill", "enter")
        await pilot.pause()
        await until(lambda: AUTHORITY in text_of(app))
        assert not screen.live.record.incident.dismissed


async def test_removing_type_lists_effects_and_confirms(tmp_path: Path) -> None:
    app = Scene(tmp_path).follow(plan()).declare().do("type", type="breach").app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        screen.do("remove-type")
        await until(lambda: isinstance(app.screen, FormScreen) and app.screen.focused is not None)
        type_ahead(app, "enter", "~no personal data", "enter")
        await until(lambda: "Press y" in text_of(app))
        shown = " ".join(text_of(app).replace("│", " ").split())
        assert AUTHORITY in shown
        assert PEOPLE in shown
        assert screen.live.record.incident.classification.types["breach"].removed is None
        await pilot.press("y")
        await until(lambda: screen.live.record.incident.classification.types["breach"].removed is not None)
