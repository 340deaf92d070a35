"""What all panes share: a list in a frame that is shown a view, and says what its cursor means to an action."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from incident_cockpit.actions.action import ArgKind, Scope
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.widgets.list_view import Cell, LineList
from incident_cockpit.tui.widgets.pane_frame import PaneFrame, Tab


class Pane(LineList):
    """A list of the cockpit; a subclass says what its rows are and what stands on its frame."""

    number: ClassVar[int]
    title: ClassVar[str]
    scope: ClassVar[Scope]

    def framed(self) -> PaneFrame:
        """Return the pane in its frame, as the screen lays it out."""
        return PaneFrame(self.title, self, self.number, id=f"frame-{self.number}")

    @property
    def frame(self) -> PaneFrame:
        """The frame around it."""
        frame = self.parent
        if not isinstance(frame, PaneFrame):
            raise TypeError("a pane lives in a frame")
        return frame

    def show(self, view: View) -> None:
        """Draw what the view holds."""
        raise NotImplementedError

    def moves(self, key: str) -> bool:
        """Move the cursor by the key, at once: the next key is about where it stands then; False for other keys."""
        ways: dict[str, Callable[[], None]] = {
            "up": partial(self.action_step, -1),
            "down": partial(self.action_step, 1),
            "pageup": partial(self.action_page, -1),
            "pagedown": partial(self.action_page, 1),
            "home": self.action_first,
            "end": self.action_last,
        }
        if key in ways:
            ways[key]()
        return key in ways

    def cursor(self, kind: ArgKind) -> str | None:
        """Return what the cursor is on, if it is of this kind: the argument an action of this pane takes."""
        raise NotImplementedError

    def tab(self, view: View) -> Tab:
        """Return what stands for it while another pane is in front."""
        return Tab(self.number, (Cell(f"{self.number} {self.title}", "muted"), *self.badge(view)))

    def badge(self, view: View) -> tuple[Cell, ...]:
        """Return what its tab says on a small screen."""
        raise NotImplementedError
