"""An incident on a store of its own, a clock set by hand, and waits for conditions: for tests of screens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from textual.app import App
from textual.pilot import Pilot

from incident_cockpit.clock import SetClock
from incident_cockpit.config.paths import Paths
from incident_cockpit.config.settings import Settings
from incident_cockpit.ids import RandomIds
from incident_cockpit.plan.schema import Plan
from incident_cockpit.service.session import Session
from incident_cockpit.service.store import Store
from incident_cockpit.times.parse import parse_duration
from incident_cockpit.tui.app.app import CockpitApp
from incident_cockpit.tui.screens.cockpit import CockpitScreen
from support.patience import Deadline

START = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)
RUNBOOK = """# Checkout 5xx

## Initial response

- [ ] Acknowledge the alert
  > Say so in the channel.
- [ ] Name the incident commander

## Assessment

- [ ] Gather first facts
  > - [ ] What is not working?
  > - [ ] What changed last?

  ```sh
  kubectl -n shop get pods
  ```
- [ ] Look at the dashboards

## Containment

- [ ] Stop the bleeding
"""


class Scene:
    """A store driven by hand: `do` runs an action, and time passes only on request."""

    def __init__(self, home: Path, who: str = "Ana", settings: Settings | None = None) -> None:
        """Start with an empty store below `home`."""
        self.home = home
        self.clock = SetClock(START)
        self.who = who
        self.settings = settings or Settings(zone="UTC")
        self.plan: Plan | None = None
        self.library = self.another(who)
        self.session: Session | None = None

    def another(self, who: str) -> Store:
        """Return one more store object on the same file, as another process would have."""
        places = Paths(self.home, self.home)
        library = Store(places, self.settings, self.clock, RandomIds(), {"INCIDENT_USER": who})
        if self.plan is not None:
            library.plan = lambda _name=None: self.plan
        return library

    def follow(self, plan: Plan) -> Scene:
        """Use this plan for new incidents; it is in no file."""
        self.plan = plan
        self.library = self.another(self.who)
        return self

    def report(self, title: str = "Checkout seems slow", **more: Any) -> Scene:
        """Log a report for triage."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.session = self.library.report(title, **{"by": "Lea", **more})
        return self

    def declare(self, title: str = "Checkout returns 500 for EU cards", severity: str = "SEV2", **more: Any) -> Scene:
        """Declare an incident with the short runbook, or the one in `more`."""
        path = self.home / "checkout-5xx.md"
        self.home.mkdir(parents=True, exist_ok=True)
        path.write_text(RUNBOOK)
        self.session = self.library.declare(title, severity, **{"runbook": str(path), **more})
        return self

    def do(self, action: str, /, after: str = "1m", when: str = "", **values: str) -> Scene:
        """Let time pass, then run an action."""
        assert self.session is not None
        self.clock.forward(seconds=_span(after).total_seconds())
        self.session.act(action, values, self.clock.now() - _span(when) if when else None)
        return self

    def wait(self, span: str) -> Scene:
        """Let time pass."""
        self.clock.forward(seconds=_span(span).total_seconds())
        return self

    def app(self, *, listing: bool = False) -> CockpitApp:
        """Return the app on this store, opened on the incident or on the list."""
        incident_id = None if listing or self.session is None else self.session.record.id
        self.library.close()
        return CockpitApp(self.another(self.who), incident_id)


def _span(text: str) -> timedelta:
    span = parse_duration(text)
    assert span is not None, text
    return span


async def until(condition: Callable[[], object]) -> None:
    """Wait until the condition is true, with the event loop running; fail after a generous time."""
    deadline = Deadline()
    while not condition():
        assert not deadline.passed, f"waited {deadline.waited:.0f} s in vain for {condition}"
        await asyncio.sleep(0.01)


async def opened(pilot: Pilot[Any]) -> CockpitScreen:
    """Wait until the cockpit has been painted, and return it."""
    app: App[Any] = pilot.app
    await until(lambda: isinstance(app.screen, CockpitScreen) and app.screen.is_mounted)
    screen = app.screen
    assert isinstance(screen, CockpitScreen)
    await until(lambda: bool(screen.query("#header")) and screen.query_one("#header").size.width > 0)
    await pilot.pause()
    screen.paint()
    await pilot.pause()
    return screen


def busy(scene: Scene) -> Scene:
    """Fill the incident: overdue items, ten people, long titles, CJK and emoji."""
    scene.declare(
        "Checkout returns 500 for EU cards, and the retry queue in 東京 grows faster than it drains 🔥", "SEV2"
    )
    scene.do("note", text="Pager: 5xx above 5% on checkout-api, EU only")
    scene.do("complete", item="Post the first message", after="10s")
    for role, who in (("tech", "Raj"), ("scribe", "Mio"), ("sme", "Lea"), ("sme", "Sofía"), ("sme", "佐藤")):
        scene.do("assign", role=role, who=who, after="30s")
    for step in ("s1", "s2", "s4"):
        scene.do("tick", step=step)
    scene.do("skip", step="s6", reason="no dashboards while SSO is down")
    scene.do("assign-step", step="s5", who="Scribe")
    scene.do("hypothesis", text="bad deploy 4512").do("test", hypothesis="bad deploy", who="Raj")
    scene.do("hypothesis", text="connection pool exhausted").do("hypothesis", text="DNS")
    scene.do("rule-out", hypothesis="DNS", evidence="resolver logs clean")
    scene.do("decision", text="Roll back 4512 before the EU peak")
    scene.do("action", text="Rollback started, see [red]deploy[/red] and [@click=app.quit]log[/]")
    scene.do("severity", severity="SEV1", reason="all EU card payments")
    scene.do("impact", impact="8% of EU card payments fail, 支払いに失敗")
    for who in ("Raj", "Kim", "Noor", "Olu", "Pia", "Quentin"):
        scene.do("ask", who=who, within="10m", text=f"replica lag in {who}'s region?", after="20s")
    scene.do("timer", within="18m", text="check rollback")
    scene.do("note", text="5xx falling: 8% → 3% 🎉", when="2m")
    return scene.wait("8m")
