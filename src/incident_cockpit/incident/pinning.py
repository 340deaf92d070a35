"""Pinning a link or a file to a line of the timeline: which line is meant, and what may not be pinned to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from incident_cockpit.errors import Refused
from incident_cockpit.incident import topics
from incident_cockpit.incident.envelope import Draft, Moment
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.timeline import words
from incident_cockpit.incident.topics.pins import LONGEST_WORDS, Pin, Pinned, PinnedFile, link, on_line
from incident_cockpit.incident.topics.topic import Line

Thing = str | PinnedFile


def pin(record: Record, moment: Moment, what: Thing, line: int | None = None) -> tuple[Draft, ...]:
    """Pin a link or a file that was kept to a line; without one to the newest line of whoever acts.

    Raises Refused where there is no such line, for what is no link, and for what is pinned to it already.
    """
    to = line if line is not None else _newest(record, moment.who)
    event = next((event for event in record.standing() if event.seq == to), None)
    if event is None:
        raise Refused(f"there is no line #{to} on the timeline", "name a line that is there, by its number or words")
    made = _made(what, to, words(record, event), moment)
    if any(made.same_as(one) for one in on_line(record.incident, to)):
        raise Refused(f"{made.words} is pinned to that line already", "leave it, or name another line")
    return (Draft(Pinned(pin=f"p{moment.seq}", now=made, was=None)),)


def along(record: Record, moment: Moment, drafts: Sequence[Draft], things: Sequence[Thing]) -> Iterator[Draft]:
    """Yield the facts that pin these to the line that an action is about to add; raises Refused where it adds none."""
    if not things:
        return
    place = next((at for at, draft in enumerate(drafts) if not draft.fact.quiet and draft.undoes is None), None)
    if place is None:
        raise Refused("that adds no line to pin anything to", "pin it to a line that is there with :pin WHAT LINE")
    fact = drafts[place].fact
    said = topics.TOPIC_OF[type(fact)].words(fact, record.incident)
    pins: list[Pin] = []
    for thing in things:
        one = _made(thing, moment.seq + place, said, moment, along=True)
        if not any(one.same_as(other) for other in pins):
            pins.append(one)
    for number, one in enumerate(pins, moment.seq + len(drafts)):
        yield Draft(Pinned(pin=f"p{number}", now=one, was=None))


def _newest(record: Record, who: str) -> int:
    """Return the newest line of somebody that is no pin itself: several pinned one after the other go to one line."""
    for event in reversed(record.events):
        own = event.who == who and event.undoes is None and not event.fact.quiet
        if own and not isinstance(event.fact, Pinned) and record.taken_back(event.seq) is None:
            return event.seq
    raise Refused("there is no line of yours yet", "name the line, by its number or words, with :pin WHAT LINE")


def _made(what: Thing, line: int, said: Line, moment: Moment, *, along: bool = False) -> Pin:
    to = _begins(said)
    if isinstance(what, PinnedFile):
        return Pin(line, to, moment.who, moment.happened, file=what, along=along)
    return Pin(line, to, moment.who, moment.happened, link=link(what), along=along)


def _begins(said: Line) -> str:
    """Return how a line begins; half a secret would no longer be known as one."""
    words = " ".join(f"{said.sort}: {said.text}".split())
    if len(words) > LONGEST_WORDS:
        # Late: logging does not need it.
        from incident_cockpit.text.secrets import redact

        words = redact(words)[0]
    return words if len(words) <= LONGEST_WORDS else f"{words[: LONGEST_WORDS - 1].rstrip()}…"
