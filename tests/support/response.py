"""An incident in the middle of the response: asks, evidence, decisions, outcomes, needs and systems."""

from __future__ import annotations

from typing import Any

from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.tui.screens.cockpit import CockpitScreen
from support.screen import Scene


def in_the_loop(scene: Scene) -> Scene:
    """Log half an hour: asks to two people, a hypothesis ruled out, a decision to review, an action without outcome."""
    scene.declare().do("complete", item="Post the first message", after="30s")
    scene.do("assign", role="tech", who="Raj", after="30s").do("assign", role="comms", who="Mio")
    scene.do("impact", impact="8% of EU card payments fail")
    scene.do("system", system="checkout", health="degraded", note="EU only")
    scene.do("system", system="search", health="major outage")
    scene.do("need", text="somebody with access to the gateway")
    scene.do("hypothesis", text="bad deploy 4512").do("hypothesis", text="DNS")
    scene.do("note", text="5xx began two minutes after the deploy")
    scene.do("supports", hypothesis="bad", text=f"#{last(scene)}")
    scene.do("contradicts", hypothesis="bad", text="staging is fine")
    scene.do("rule-out", hypothesis="DNS", evidence="resolvers answer in 20 ms")
    scene.do("ask", who="Raj, Kim", within="10m", text="replica lag?")
    scene.do("ask", who="Raj", within="3m", text="who deployed 4512?")
    scene.do("ack", ask="who deployed")
    scene.do(
        "decide", text="roll back 4512 before the EU peak", why="8% fail", risk="loses two features", revisit="12m"
    )
    scene.do("objection", decision="roll back", objection="Raj: drain first")
    scene.do("action", text="rollback started")
    scene.do("effect", action="rollback", outcome="helped", evidence="5xx 8% to 3%", after="6m")
    scene.do("action", text="scaled checkout to 40")
    scene.do("sent", audience="internal", route="xclip", text="SEV2: we are looking")
    return scene.wait("1m")


def last(scene: Scene) -> int:
    """Return the number of the newest entry."""
    assert scene.session is not None
    return scene.session.record.seq


def texts(screen: CockpitScreen) -> list[str]:
    """Return the timeline, oldest first."""
    return [entry.text for entry in timeline_entries(screen.live.record)]


def incident(screen: CockpitScreen) -> Any:
    """Return the state of the incident."""
    return screen.live.record.incident


def put(screen: CockpitScreen, pane: str, text: str) -> None:
    """Put the cursor of a pane on the row with this text."""
    rows = screen.query_one(f"#{pane}")
    assert rows.move_to(next(row.key for row in rows.rows if text in " ".join(cell.text for cell in row.left)))
