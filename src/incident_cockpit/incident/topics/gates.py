"""Decisions that a runbook puts between its steps: which way was taken, by whom, and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.topic import Line, Topic, put
from incident_cockpit.runbook.model import Choice, Gate

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident

_LONGEST = 80


class Passed(Struct, frozen=True):
    """The way that was taken at a gate: its words, and the title of the section it leads to, if it leads to one."""

    words: str
    to: str
    escalate: bool
    who: str
    when: datetime


class GatePassed(Change, frozen=True):
    """A way was taken at a gate, or another one."""

    kind: ClassVar[str] = "gate.passed"
    names: ClassVar[str] = "gate"
    gate: str
    now: Passed | None
    was: Passed | None


def decide(incident: Incident, moment: Moment, gate: str, choice: str) -> GatePassed:
    """Take a way at a gate, named by its number, its words or its section; raises Refused for one it does not have."""
    held = find(incident, gate)
    if held is None:
        raise Refused(f"there is no gate {gate}", "name it by its words")
    runbook = incident.steps.runbooks[gate.partition(".")[0]]
    titles = [runbook.sections[one.section].title if one.section is not None else "" for one in held.choices]
    at = _meant(held.choices, titles, choice)
    if at is None:
        listed = "; ".join(f"{number} {one.words}" for number, one in enumerate(held.choices, 1))
        raise Refused(f"'{choice}' is no way on from here" if choice else "no way was chosen", f"say which: {listed}")
    way = held.choices[at]
    passed = Passed(way.words, titles[at], way.escalate, moment.who, moment.happened)
    return GatePassed(gate=gate, now=passed, was=incident.gates.get(gate))


def find(incident: Incident, gate: str) -> Gate | None:
    """Return the gate with this id ("r4.g1"), or None."""
    runbook, _, key = gate.partition(".")
    attached = incident.steps.runbooks.get(runbook)
    return next((one for one in attached.gates if one.key == key), None) if attached else None


def _meant(choices: tuple[Choice, ...], titles: list[str], said: str) -> int | None:
    if said.isdigit():
        return int(said) - 1 if 0 < int(said) <= len(choices) else None
    wanted = said.casefold()
    fits = [
        place
        for place, one in enumerate(choices)
        if wanted and (wanted in one.words.casefold() or wanted in titles[place].casefold())
    ]
    return fits[0] if len(fits) == 1 else None


def _fold(state: Mapping[str, Passed], fact: GatePassed) -> Mapping[str, Passed]:
    return put(state, fact.gate, fact.now)


def _words(fact: GatePassed, incident: Incident) -> Line:
    held = find(incident, fact.gate)
    asked = " ".join(held.text.split()) if held else fact.gate
    asked = asked if len(asked) <= _LONGEST else f"{asked[: _LONGEST - 1]}…"
    if fact.now is None:
        return Line("gate", f"{asked}  open again")
    return Line("gate", f"{asked}  → {fact.now.to or fact.now.words}")


TOPIC = Topic("gates", {}, (GatePassed,), _fold, _words)
