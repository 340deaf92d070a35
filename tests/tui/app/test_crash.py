"""Unexpected errors of both apps: one line, no values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.app import App

from incident_cockpit.tui.app.app import CockpitApp
from incident_cockpit.tui.app.safety import GuardedApp
from incident_cockpit.tui.app.wall import WallApp
from support.screen import Scene

TOKEN = "xoxb-" + "1" * 9


def cockpit(scene: Scene, incident_id: str) -> GuardedApp:
    return CockpitApp(scene.another("Ana"), incident_id)


def wall(scene: Scene, incident_id: str) -> GuardedApp:
    return WallApp(scene.another("Ana"), incident_id)


@pytest.mark.parametrize("make", [cockpit, wall])
async def test_unexpected_error_exits_with_one_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Scene, str], GuardedApp],
) -> None:
    scene = Scene(tmp_path).declare()
    assert scene.session is not None
    incident_id = scene.session.record.id
    scene.library.close()
    app = make(scene, incident_id)

    def fall(secret: str = TOKEN) -> None:
        raise KeyError("gone")

    app.call_later(fall)
    # On a terminal; without one Textual hands the fault to whoever tests.
    with monkeypatch.context() as patch:
        patch.setattr(App, "is_headless", property(lambda _: False))
        await app.run_async(headless=True)
    app.store_thread.close()
    told = capsys.readouterr().err
    assert app.return_code == 1
    assert "(KeyError)" in told.replace("\n", " ")
    assert TOKEN not in told
    assert "Traceback" not in told
