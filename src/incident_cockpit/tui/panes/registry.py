"""The panes of the cockpit in the order of their keys, and the place of each on a large screen."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from incident_cockpit.tui.panes.due import DuePane
from incident_cockpit.tui.panes.hypotheses import HypothesesPane
from incident_cockpit.tui.panes.pane import Pane
from incident_cockpit.tui.panes.people import PeoplePane
from incident_cockpit.tui.panes.runbook import RunbookPane
from incident_cockpit.tui.panes.timeline import TimelinePane


class Area(StrEnum):
    """A part of the screen: the left, the column at the side of it, or the bottom, which small screens show too."""

    LEFT = "left"
    SIDE = "side"
    BOTTOM = "bottom"


class Slot(NamedTuple):
    """A pane and its share of the screen: a width on the left, a height elsewhere."""

    pane: type[Pane]
    area: Area
    share: str

    @property
    def number(self) -> int:
        """The number that is the pane's key."""
        return PANES.index(self) + 1

    @property
    def css(self) -> str:
        """The rule for its share of the screen."""
        return f"CockpitScreen .{self.css_class} {{ {'width' if self.area is Area.LEFT else 'height'}: {self.share}; }}"

    @property
    def css_class(self) -> str:
        """The CSS class of its frame."""
        return f"frame-of-{self.pane.title.lower()}"


PANES = (
    Slot(RunbookPane, Area.LEFT, "52%"),
    Slot(TimelinePane, Area.BOTTOM, "32%"),
    Slot(DuePane, Area.SIDE, "10fr"),
    Slot(PeoplePane, Area.SIDE, "7fr"),
    Slot(HypothesesPane, Area.SIDE, "5fr"),
)
SLOTS = {slot.pane: slot for slot in PANES}
