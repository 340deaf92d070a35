"""Current values with which the form of an action opens."""

from __future__ import annotations

from datetime import tzinfo
from pathlib import Path

import pytest

from incident_cockpit.actions.arguments.argument import Here
from incident_cockpit.actions.execute import unreadable
from incident_cockpit.actions.registry import find
from incident_cockpit.incident.state import Incident
from support.response import in_the_loop
from support.screen import Scene


def current_value(action: str, name: str, values: dict[str, str], incident: Incident, zone: tzinfo) -> str | None:
    current = next(arg.current for arg in find(action).args if arg.name == name)
    assert current is not None
    return current(incident, values, zone)


CURRENT = [
    (("title", {"title": "Cards fail"}), {}, "title", "Cards fail"),
    (("severity", {"severity": "SEV1", "reason": "all"}), {}, "severity", "SEV1"),
    (("restrict", {"codename": "Bluebird"}), {}, "codename", "Bluebird"),
    (("breach", {"field": "data", "text": "names"}), {"field": "data"}, "text", "names"),
    (("breach", {"field": "data", "text": "names"}), {"field": "people"}, "text", None),
    (("system", {"system": "API", "health": "degraded", "note": "slow"}), {"system": "api"}, "health", "degraded"),
    (
        ("system", {"system": "API", "health": "degraded", "note": "slow"}),
        {"system": "API", "health": "degraded"},
        "note",
        "slow",
    ),
    (
        ("system", {"system": "API", "health": "degraded", "note": "slow"}),
        {"system": "API", "health": "restored"},
        "note",
        None,
    ),
    (("cadence", {"audience": "internal", "every": "45m"}), {"audience": "internal"}, "every", "45m"),
    (("cadence", {"audience": "internal", "every": "off"}), {"audience": "internal"}, "every", "off"),
    (("milestone", {"name": "started", "at": "13:30"}), {"name": "started"}, "at", "2026-01-15 13:30"),
    (("note", {"text": "nothing"}), {"name": "mitigated"}, "at", None),
    (("schedule-review", {"at": "2026-01-20 10:00", "minutes": "45m", "where": "room"}), {}, "at", "2026-01-20 10:00"),
    (("schedule-review", {"at": "2026-01-20 10:00", "minutes": "45m", "where": "room"}), {}, "minutes", "45m"),
    (("schedule-review", {"at": "2026-01-20 10:00", "minutes": "45m", "where": "room"}), {}, "where", "room"),
]


@pytest.mark.parametrize(("done", "given", "arg", "value"), CURRENT)
def test_current_value_of_each_argument(
    tmp_path: Path, done: tuple[str, dict[str, str]], given: dict[str, str], arg: str, value: str | None
) -> None:
    action, values = done
    scene = Scene(tmp_path).declare().do(action, **values)
    assert scene.session is not None
    action = "milestone" if action == "note" else action
    assert current_value(action, arg, given, scene.session.record.incident, scene.session.zone) == value
    if value is not None and find(action).args[-1].name == arg and not find(action).grave:
        # It can be typed as it is shown.
        here = Here(scene.clock.now(), scene.session.zone)
        arg_of = next(each for each in find(action).args if each.name == arg)
        assert not unreadable(find(action), arg_of, scene.session.record, here, value)


def test_follow_ups_and_effects_have_current_values(tmp_path: Path) -> None:
    scene = in_the_loop(Scene(tmp_path)).do("follow-up", text="alert on lag")
    scene.do("follow-up-success", follow_up="alert", success="an alert in 5m")
    scene.do("follow-up-priority", follow_up="alert", priority="high")
    scene.do("follow-up-due", follow_up="alert", due="2026-02-02 12:00")
    assert scene.session is not None
    incident, zone = scene.session.record.incident, scene.session.zone
    [follow_up] = incident.followups
    given = {"follow_up": follow_up}
    assert current_value("follow-up-success", "success", given, incident, zone) == "an alert in 5m"
    assert current_value("follow-up-priority", "priority", given, incident, zone) == "high"
    assert current_value("follow-up-due", "due", given, incident, zone) == "2026-02-02 12:00"
    action = next(iter(incident.notes.actions))
    scene.do("effect", action=action, outcome="helped", evidence="queue empty")
    incident = scene.session.record.incident
    assert current_value("effect", "outcome", {"action": action}, incident, zone) == "helped"
    assert current_value("effect", "evidence", {"action": action, "outcome": "helped"}, incident, zone) == "queue empty"
    assert current_value("effect", "evidence", {"action": action, "outcome": "nothing"}, incident, zone) is None
