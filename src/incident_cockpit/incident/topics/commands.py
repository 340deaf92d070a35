"""Commands that were run as evidence: what was run, how it ended, how long it took, and the end of what it said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.topic import Line, Topic, put, said
from incident_cockpit.timewords import duration

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class CommandRun(Struct, frozen=True):
    """One command: its words as a shell takes them, its exit code, its time in seconds, the redacted end of its output.

    `file` is where the whole output lies on the machine it ran on, `size` how many bytes that is.
    """

    command: str
    code: int
    seconds: float
    tail: str
    file: str
    size: int


class CommandLogged(Change, frozen=True):
    """A command was run and its end kept."""

    kind: ClassVar[str] = "command.run"
    names: ClassVar[str] = "command"
    command: str
    now: CommandRun | None
    was: CommandRun | None


def ran(incident: Incident, moment: Moment, run: CommandRun) -> CommandLogged:
    """Keep what came of a command."""
    return CommandLogged(command=f"c{moment.seq}", now=run, was=None)


def _fold(state: Mapping[str, CommandRun], fact: CommandLogged) -> Mapping[str, CommandRun]:
    return put(state, fact.command, fact.now)


def _words(fact: CommandLogged, incident: Incident) -> Line:
    run = said(fact.now, fact.was)
    ended = "" if run.code == 0 else f", exit {run.code}"
    took = duration(timedelta(seconds=round(run.seconds))) if run.seconds >= 1 else "under 1s"
    tail = f"\n{run.tail}" if run.tail else ""
    return Line("command", f"$ {run.command}  ({took}{ended}){tail}")


TOPIC = Topic("commands", {}, (CommandLogged,), _fold, _words)
