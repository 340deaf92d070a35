"""The hand for a report: what it turned out to be, each verdict with what it still needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from incident_cockpit.actions.options import Option
from incident_cockpit.tui.screens.pick import PickScreen
from incident_cockpit.tui.stage import Stage

Ask = Callable[[str, dict[str, str]], Awaitable[None]]

_VERDICTS = (
    ("declare", "It is an incident: declare it"),
    ("investigate", "Not clear yet: hand it to somebody who finds out"),
    ("dismiss", "It is a false alarm: say why, and copy that for the thread"),
    ("duplicate", "It is the same as another incident: say which, and copy that for the thread"),
    ("not-urgent", "It is real and can wait: say why, and copy a ticket"),
)


class Triage:
    """Asks what a report is; `ask` opens the form of an action."""

    def __init__(self, screen: Stage, ask: Ask) -> None:
        """Work for this screen."""
        self._screen = screen
        self._ask = ask

    async def decide(self, _values: dict[str, str]) -> None:
        """Offer the verdicts there are; what was dismissed can only be taken up again."""
        incident = self._screen.following.record.incident
        if incident.dismissed:
            await self._ask("declare", {})
            return
        if incident.declared:
            self._screen.say("it is declared already; if it was none after all, say why with :dismiss", "warn")
            return
        report = incident.report
        ways = [Option(name, words) for name, words in _VERDICTS]
        mine = report is not None and report.who == self._screen.following.who
        if report is not None and report.answered is None and report.who and not mine:
            ways.append(Option("answered", f"{report.who} was answered"))
        title = f"{report.who}: {report.text}" if report is not None and report.who else incident.title
        chosen = await self._screen.app.push_screen_wait(PickScreen(title, ways))
        if chosen:
            await self._ask(chosen, {})
