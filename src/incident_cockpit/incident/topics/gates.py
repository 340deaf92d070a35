"""Decisions that a runbook puts between its steps: which way was taken, by whom, and when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.topic import Line, Topic, put, said
from incident_cockpit.runbook.model import Choice, Gate

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident

_LONGEST = 80
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_SIGNS = re.compile(r"\*\*|__|`|^[ \t]*(?:[>*+-][ \t]+)+", re.MULTILINE)


class Passed(Struct, frozen=True):
    """The way that was taken at a gate: its words, and the title of the section it leads to, if it leads to one.

    `asked` is what the gate asks, which a newer version of the runbook may have no more.
    """

    asked: str
    words: str
    to: str
    escalate: bool
    who: str
    when: datetime

    @property
    def told(self) -> str:
        """Return the decision in one line: what was asked, and which way it went."""
        return f"{_short(self.asked)}  → {self.way}"

    @property
    def way(self) -> str:
        """Return where it went: the section, or the words of the choice."""
        return self.to or self.words


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


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
    passed = Passed(question(held), way.words, titles[at], way.escalate, moment.who, moment.happened)
    return GatePassed(gate=gate, now=passed, was=incident.gates.get(gate))


def find(incident: Incident, gate: str) -> Gate | None:
    """Return the gate with this id ("r4.g1"), or None."""
    runbook, _, key = gate.partition(".")
    attached = incident.steps.runbooks.get(runbook)
    return next((one for one in attached.gates if one.key == key), None) if attached else None


def question(gate: Gate) -> str:
    """Return the text of a gate as people read it: on one line, without the signs of Markdown."""
    return " ".join(_SIGNS.sub("", _LINK.sub(r"\1", gate.text)).split())


def _meant(choices: tuple[Choice, ...], titles: list[str], choice: str) -> int | None:
    if choice.isdecimal():
        return int(choice) - 1 if 0 < int(choice) <= len(choices) else None
    wanted = choice.casefold()
    named = [(one.words.casefold(), titles[place].casefold()) for place, one in enumerate(choices)]
    whole = [place for place, names in enumerate(named) if wanted and wanted in names]
    part = [place for place, names in enumerate(named) if wanted and any(wanted in name for name in names)]
    return next((fits[0] for fits in (whole, part) if len(fits) == 1), None)


def _fold(state: Mapping[str, Passed], fact: GatePassed) -> Mapping[str, Passed]:
    return put(state, fact.gate, fact.now)


def _words(fact: GatePassed, incident: Incident) -> Line:
    passed = said(fact.now, fact.was)
    # The way comes first, because a line is cut at its end and the runbook knows what it asked.
    return Line("gate", f"→ {passed.way}  ({_short(passed.asked)})")


TOPIC = Topic("gates", {}, (GatePassed,), _fold, _words)
