"""Incidents with damaged events: listed with the reason, never opened, harmless to others."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from incident_cockpit.tui.screens.incidents import IncidentsScreen
from support.screen import Scene, opened, until


def damage(scene: Scene, incident: str) -> None:
    """Make one event of the incident unreadable."""
    scene.library.close()
    with closing(sqlite3.connect(scene.home / "incidents.db", isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER events_are_never_changed")
        connection.execute("UPDATE events SET line = x'7b' WHERE seq = 4 AND incident = ?", (incident,))


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return a scene of two incidents of which the newer one is damaged."""
    scene = Scene(tmp_path).declare("Login is slow").declare("Checkout fails")
    assert scene.session is not None
    damage(scene, scene.session.record.id)
    return scene


async def test_unreadable_incident_returns_to_list(scene: Scene) -> None:
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await until(lambda: isinstance(app.screen, IncidentsScreen) and app.screen._loaded)
        assert ["INC-2 cannot" in note.message for note in app._notifications] == [True]
        screen = app.screen
        assert isinstance(screen, IncidentsScreen)
        assert [bool(one.unreadable) for one in screen._overviews] == [True, False]
        await pilot.press("down", "enter")
        cockpit = await opened(pilot)
        assert cockpit.live.record.incident.title == "Login is slow"


async def test_incident_without_start_is_listed(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare()
    scene.library.close()
    with closing(sqlite3.connect(tmp_path / "incidents.db", isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER events_are_never_changed")
        renamed = 'replace(CAST(line AS TEXT), \'"name":"started"\', \'"name":"detected"\')'
        connection.execute(f"UPDATE events SET line = CAST({renamed} AS BLOB)")  # noqa: S608 - words of ours
    async with scene.app().run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        assert "started" not in screen.live.record.incident.milestones
