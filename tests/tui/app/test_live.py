"""Alerts about late items: one notification each."""

from __future__ import annotations

from incident_cockpit.plan.deadlines import Deadline, DeadlineKind
from incident_cockpit.tui.app.live import LateAlerts
from support.builders import Story, default_plan
from support.deadlines import AT_ONCE, only

NOW = Deadline("now", DeadlineKind.NOTICE, "Tell the CTO", "declared", AT_ONCE, "done now")


def test_immediate_item_notifies_once_after_a_minute() -> None:
    story = Story().declare(plan=only(default_plan(), NOW))
    rung: list[str] = []
    bell = LateAlerts(story.record, story.now, rung.append)
    for after in ("8s", "51s"):
        story.wait(after)
        bell.alert(story.record, story.now)
    assert rung == []
    for after in ("1s", "1s", "1h"):
        story.wait(after)
        bell.alert(story.record, story.now)
    assert len(rung) == 1
