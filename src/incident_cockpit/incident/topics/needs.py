"""What the response lacks: people, access, a vendor; how long it has been lacking, and who helped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.topic import Line, Topic, put, said

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class Need(Struct, frozen=True):
    """What is lacking, since when, and by whom and when it was met."""

    text: str
    raised: datetime
    by: str
    met: datetime | None = None
    met_by: str = ""


class NeedChanged(Change, frozen=True):
    """Something was found lacking, or is no longer."""

    kind: ClassVar[str] = "need.changed"
    names: ClassVar[str] = "need"
    need: str
    now: Need | None
    was: Need | None


def need(incident: Incident, moment: Moment, text: str) -> NeedChanged:
    """Say what is lacking; raises Refused when it is empty or said already."""
    if not text:
        raise Refused("the need is empty", "say what is lacking, as in :need somebody with access to the gateway")
    for held in open_needs(incident).values():
        if held.text.casefold() == text.casefold():
            raise Refused(f"'{held.text}' is lacking already", "say when it is met, as in :met NEED WHO")
    return NeedChanged(need=f"d{moment.seq}", now=Need(text, moment.happened, moment.who), was=None)


def meet(incident: Incident, moment: Moment, need: str, who: str = "") -> NeedChanged:
    """Say that it is no longer lacking, and who helped; whoever acts where nobody is named."""
    held = incident.needs.get(need)
    if held is None:
        raise Refused(f"there is no need {need}", "name it by its words")
    if held.met is not None:
        raise Refused(f"'{held.text}' is met already", "leave it, or undo")
    return NeedChanged(need=need, now=replace(held, met=moment.happened, met_by=who or moment.who), was=held)


def open_needs(incident: Incident) -> dict[str, Need]:
    """Return what is still lacking, by id."""
    return {key: one for key, one in incident.needs.items() if one.met is None}


def _fold(state: Mapping[str, Need], fact: NeedChanged) -> Mapping[str, Need]:
    return put(state, fact.need, fact.now)


def _words(fact: NeedChanged, incident: Incident) -> Line:
    one = said(fact.now, fact.was)
    return Line("need", f"{one.text}  met by {one.met_by}" if one.met else one.text)


TOPIC = Topic("needs", {}, (NeedChanged,), _fold, _words)
