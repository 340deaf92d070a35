"""Fields of a form that depend on the incident: labels, defaults, and refusal at the field."""

from __future__ import annotations

from pathlib import Path

import pytest

from incident_cockpit.actions.registry import find
from incident_cockpit.incident.closing import suggested_review
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.plan.schema import Participant, Plan
from incident_cockpit.tui.screens.cockpit import CockpitScreen
from support.builders import default_plan, full_plan
from support.deadlines import only
from support.screen import Scene, opened, until
from support.single_screen import text_of, type_ahead


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Where the text is kept when no clipboard answers.
    monkeypatch.setenv("INCIDENT_HOME", str(tmp_path))


def scene_of(home: Path, plan: Plan) -> Scene:
    return Scene(home).follow(plan).declare(severity="SEV1")


def last(screen: CockpitScreen) -> str:
    return list(timeline_entries(screen.live.record))[-1].text


async def test_joined_responder_is_logged_with_two_keys(tmp_path: Path) -> None:
    plan = only(default_plan(), participants=(Participant("Support", 300),))
    app = scene_of(tmp_path, plan).wait("1m").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await until(lambda: "Support: join" in text_of(app).splitlines()[1])
        await pilot.press("g")
        await until(lambda: "joined?" in text_of(app))
        assert "default: joined" in text_of(app)
        await pilot.press("enter")
        await until(lambda: "→ joined" in last(screen))


async def test_invalid_time_is_refused_at_its_field(tmp_path: Path) -> None:
    app = scene_of(tmp_path, only(default_plan())).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.do("schedule-review")
        await until(lambda: find("schedule-review").args[0].prompt in text_of(app))
        type_ahead(app, "~soon", "enter")
        await until(lambda: '"soon" is not' in text_of(app))
        assert find("schedule-review").args[0].prompt in text_of(app), "before more is asked for"


async def test_review_form_offers_a_default_time(tmp_path: Path) -> None:
    scene = scene_of(tmp_path, full_plan()).do("resolve", verified="5xx flat")
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.do("schedule-review")
        suits = suggested_review(screen.live.record.incident, screen.live.view().now)
        assert suits is not None
        await until(lambda: f"default: {suits:%Y-%m-%d %H:%M}" in text_of(app))
        await pilot.press("enter", "enter", "enter")
        await until(lambda: screen.live.record.incident.review)
        assert screen.live.record.incident.review.at == suits
