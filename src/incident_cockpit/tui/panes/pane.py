"""The base of all panes: a list in a frame that draws a view, and gives what its cursor is on to actions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from incident_cockpit.actions.action import Scope
from incident_cockpit.actions.arguments.argument import Arg
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.widgets.list_view import Cell, LineList
from incident_cockpit.tui.widgets.pane_frame import PaneFrame, Tab


class Pane(LineList):
    """A list of the cockpit; a subclass provides its rows and the text on its frame."""

    title: ClassVar[str]
    scope: ClassVar[Scope]

    @property
    def frame(self) -> PaneFrame:
        """The frame around it."""
        frame = self.parent
        if not isinstance(frame, PaneFrame):
            raise TypeError("a pane lives in a frame")
        return frame

    def show(self, view: View) -> None:
        """Draw the incident as of now."""
        raise NotImplementedError

    def moves(self, key: str) -> bool:
        """Move the cursor by the key, at once: the next key is about the new row; False for other keys."""
        moves: dict[str, Callable[[], None]] = {
            "up": partial(self.action_step, -1),
            "down": partial(self.action_step, 1),
            "pageup": partial(self.action_page, -1),
            "pagedown": partial(self.action_page, 1),
            "home": self.action_first,
            "end": self.action_last,
        }
        if key in moves:
            moves[key]()
        return key in moves

    def cursor(self, kind: type[Arg]) -> str | None:
        """Return what the cursor is on, if it is of this kind: the value of an action's argument."""
        raise NotImplementedError

    def mismatch(self, kind: type[Arg]) -> str:  # noqa: ARG002
        """Return why an action of this pane cannot use the row under the cursor, or an empty string."""
        return ""

    def tab(self, number: int, view: View) -> Tab:
        """Return the tab of the pane, shown while another pane is in front."""
        return Tab(number, (Cell(f"{number} {self.title}", "muted"), *self.badge(view)))

    def badge(self, view: View) -> tuple[Cell, ...]:
        """Return the text beside its name on the tab."""
        raise NotImplementedError
