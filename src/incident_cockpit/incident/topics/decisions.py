"""What stands behind a decision: why, at what risk, whose it is, who objected, when it is looked at again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.notes import Sort, log
from incident_cockpit.incident.topics.topic import Line, Topic, put, said

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class Ground(Struct, frozen=True):
    """The grounds of one decision; `revisit` is when it is looked at again, `reversed` why it no longer holds."""

    text: str
    why: str = ""
    risk: str = ""
    who: str = ""
    objections: str = ""
    revisit: datetime | None = None
    reversed: str = ""


class DecisionGrounded(Change, frozen=True):
    """What stands behind a decision was said, or it was reversed; `decision` is the id of its line."""

    kind: ClassVar[str] = "decision.grounded"
    names: ClassVar[str] = "decision"
    decision: str
    now: Ground | None
    was: Ground | None

    @property
    def quiet(self) -> bool:
        """Return whether it came with the decision's own line."""
        return self.was is None and self.now is not None and not self.now.reversed and not self.now.objections


def decide(
    incident: Incident,
    moment: Moment,
    text: str,
    why: str = "",
    risk: str = "",
    who: str = "",
    revisit: timedelta | None = None,
) -> tuple[Change, ...]:
    """Log a decision with its grounds; whoever acts decided where nobody is named."""
    line = log(incident, moment, text, Sort.DECISION)
    at = moment.happened + revisit if revisit is not None else None
    if not (why or risk or who or at):
        return (line,)
    ground = Ground(text.strip(), why, risk, who or moment.who, revisit=at)
    return (line, DecisionGrounded(decision=line.note, now=ground, was=None))


def object_to(incident: Incident, moment: Moment, decision: str, objection: str) -> DecisionGrounded:
    """Note an objection to a decision, or that nobody had one; raises Refused when nothing is said."""
    if not objection:
        raise Refused("nothing is said", "say who objects and why, or: nobody")
    ground, held = _ground(incident, decision)
    objections = f"{ground.objections}; {objection}" if ground.objections else objection
    return DecisionGrounded(decision=decision, now=replace(ground, objections=objections), was=held)


def revisit(incident: Incident, moment: Moment, decision: str, within: timedelta | None) -> DecisionGrounded:
    """Look at a decision again in this time, or no more; looking at it now and keeping it is that, too."""
    ground, held = _ground(incident, decision)
    at = moment.happened + within if within is not None else None
    if at is None and ground.revisit is None:
        raise Refused(f"nobody wanted to look at '{ground.text}' again", "leave it")
    return DecisionGrounded(decision=decision, now=replace(ground, revisit=at), was=held)


def reverse(incident: Incident, moment: Moment, decision: str, reason: str) -> DecisionGrounded:
    """Say that a decision no longer holds; raises Refused without the reason, because others acted on it."""
    ground, held = _ground(incident, decision)
    if not reason:
        raise Refused("a decision is not reversed silently", "say why: others acted on it")
    if ground.reversed:
        raise Refused(f"'{ground.text}' was reversed already", "leave it, or undo")
    return DecisionGrounded(decision=decision, now=replace(ground, reversed=reason, revisit=None), was=held)


def _ground(incident: Incident, decision: str) -> tuple[Ground, Ground | None]:
    note = incident.notes.decisions.get(decision)
    if note is None:
        raise Refused(f"there is no decision {decision}", "name it by its words")
    held = incident.decisions.get(decision)
    return held or Ground(note.text, who=note.by), held


def _fold(state: Mapping[str, Ground], fact: DecisionGrounded) -> Mapping[str, Ground]:
    return put(state, fact.decision, fact.now)


def _words(fact: DecisionGrounded, incident: Incident) -> Line:
    one, was = said(fact.now, fact.was), fact.was
    if one.reversed:
        return Line("decision", f"reversed: {one.text} ({one.reversed})")
    if was is not None and one.objections == was.objections:
        return Line(
            "decision", f"{one.text}: looked at again " + (f"at {one.revisit:%H:%M} UTC" if one.revisit else "no more")
        )
    if one.objections:
        return Line("decision", f"{one.text}: objections: {one.objections}")
    return Line("decision", f"{one.text}: {one.why}")


TOPIC = Topic("decisions", {}, (DecisionGrounded,), _fold, _words)
