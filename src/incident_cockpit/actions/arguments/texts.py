"""Arguments that take free text: words, a pasted chat thread, a link or file, evidence in words or as an entry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from incident_cockpit.actions.arguments.argument import (
    NOTHING_OUTSIDE,
    Arg,
    Choice,
    FileArg,
    Here,
    Outside,
    match_choice,
)
from incident_cockpit.errors import Refused
from incident_cockpit.importers.chat import Thread, read_thread
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts.notes import CommandRun
from incident_cockpit.incident.facts.severity import Health
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.recording import Attachable, ChatThread
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.timeline import describe

# Choices are the newest entries; older ones can be typed by number.
_NEWEST = 300


class TextArg(Arg, frozen=True):
    """Free text; its rule says what an empty text lacks."""

    empty = ""
    free = True
    multiline = True


class ThreadArg(Arg, frozen=True):
    """A chat thread as it was copied."""

    word = "chat thread"
    value = ChatThread
    free = True
    multiline = True

    def read(self, text: str, record: Record, here: Here) -> Thread:  # noqa: ARG002
        """Return its messages, each with author and time."""
        return read_thread(text, here.now, here.zone)


class PinnedArg(FileArg, frozen=True):
    """A link, or the path of a file that is copied before the rule sees it."""

    word = "link or file"
    value = Attachable
    free = True
    multiline = True


class CommandRunArg(Arg, frozen=True):
    """A command that was run; `incident run` gives it, nothing is typed."""

    word = "command"
    value = CommandRun
    free = True


class SystemArg(Arg, frozen=True):
    """A system by its name: one that has a status, one of the plan, or a new one."""

    word = "system"
    free = True

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:
        """Return the systems that have a status, then those of the plan."""
        held, planned = incident.systems.values(), incident.plan.systems
        names = (*(system.name for system in held), *(system.name for system in planned))
        return (Choice(name, name) for name in dict.fromkeys(names))


class HealthArg(Arg, frozen=True):
    """The status of a system."""

    word = "system status"

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:  # noqa: ARG003
        """Return every status."""
        return (Choice(health.value, health.value) for health in Health)


# -- Entries of the timeline.


class Observation(Struct, frozen=True):
    """What was seen, in words; `line` is the seq of the timeline entry that shows it, if there is one."""

    text: str
    line: int | None = None


class TimelineArg(Arg, frozen=True):
    """The base of arguments that can name an entry of the timeline."""

    @classmethod
    def choices(cls, record: Record, outside: Outside = NOTHING_OUTSIDE) -> Sequence[Choice]:  # noqa: ARG003
        """Return the newest entries, newest first."""
        newest = [event for event in record.effective() if not event.fact.quiet][-_NEWEST:]
        entries = {event.seq: describe(record, event) for event in reversed(newest)}
        return [Choice(f"#{seq}", f"{entry.label}: {' '.join(entry.text.split())}") for seq, entry in entries.items()]

    @classmethod
    def in_event(cls, event: Event) -> str | None:
        """Return the entry itself."""
        return f"#{event.seq}"


class EntryArg(TimelineArg, frozen=True):
    """An entry of the timeline: "#12", "12" (a shell takes # for a comment), or its words."""

    word = "timeline entry"
    value = int

    def read(self, text: str, record: Record, here: Here) -> int:  # noqa: ARG002
        """Return the seq of the entry."""
        number = text.removeprefix("#")
        entries = {f"#{event.seq}": event for event in record.effective()}
        if number.isdecimal() and (f"#{number}" in entries or text != number):
            return int(number)
        choices = (Choice(key, " ".join(describe(record, event).text.split())) for key, event in entries.items())
        return int(match_choice(choices, text, self.word).removeprefix("#"))


class ObservationArg(TimelineArg, frozen=True):
    """Evidence in words, or as an entry of the timeline: "#12"."""

    word = "observation"
    value = Observation
    free = True

    def read(self, text: str, record: Record, here: Here) -> Observation:  # noqa: ARG002
        """Return the words, or those of the entry; raises Refused if there is no such entry."""
        if not text.startswith("#") or not text[1:].isdigit():
            return Observation(text)
        event = next((event for event in record.effective() if event.seq == int(text[1:])), None)
        if event is None:
            raise Refused(f"No timeline entry {text}", "use an existing number, or words of the entry")
        entry = describe(record, event)
        return Observation(f"{entry.label}: {entry.text}", event.seq)
