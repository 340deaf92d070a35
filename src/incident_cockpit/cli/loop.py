"""The loop of an incident as it is shown: asks, causes, deeds with effects, decisions, needs, systems, hand-over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from incident_cockpit.exports.history import impacts
from incident_cockpit.incident.impacts import Peak, highest
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.topics.asks import Ask, AskStatus
from incident_cockpit.incident.topics.decisions import Ground
from incident_cockpit.incident.topics.hypotheses import Hypothesis
from incident_cockpit.incident.topics.notes import Note
from incident_cockpit.incident.topics.pins import Pin
from incident_cockpit.text.count import counted
from incident_cockpit.timewords import clock, lasted

Shape = dict[str, Any]
Rows = Sequence[Sequence[str]]


def shape(record: Record) -> Shape:
    """Return it as JSON holds it; times are for the caller to word."""
    one = record.incident
    return {
        "highest_impact": [_peak(each) for each in highest(impacts(record))],
        "systems": [
            {
                "name": each.name,
                "status": each.health.value,
                "since": each.since,
                "by": each.by,
                "note": each.note or None,
            }
            for each in one.systems.values()
        ],
        "asks": [_ask(key, each) for key, each in one.asks.items()],
        "hypotheses": [_hypothesis(key, each) for key, each in one.hypotheses.items()],
        "actions": [_action(one, key, each) for key, each in one.notes.actions.items()],
        "decisions": [_decision(key, each, one.decisions.get(key)) for key, each in one.notes.decisions.items()],
        "needs": [
            {
                "id": key,
                "text": each.text,
                "by": each.by,
                "raised": each.raised,
                "met": each.met,
                "met_by": each.met_by or None,
            }
            for key, each in one.needs.items()
        ],
        "handoff": _handoff(one),
        "commands": [
            {
                "id": key,
                "command": each.command,
                "exit_code": each.code,
                "seconds": round(each.seconds, 3),
                "tail": each.tail,
                "file": each.file,
                "size": each.size,
            }
            for key, each in one.commands.items()
        ],
        "pinned": [{"id": key, **pin(each)} for pins in one.pins.values() for key, each in pins.items()],
    }


def pin(one: Pin) -> Shape:
    """Return a link or a file that is pinned to a line; `copy` is its name in the folder of evidence."""
    file = one.file
    return {
        "line": one.line,
        "link": one.link or None,
        "file": {"name": file.name, "size": file.size, "sha256": file.sha256, "copy": file.copy} if file else None,
        "by": one.by,
        "when": one.when,
    }


def _peak(one: Peak) -> Shape:
    figure = one.figure
    return {
        "text": figure.said,
        "amount": figure.amount,
        "percent": figure.share,
        "of": figure.of or None,
        "whole": figure.whole,
        "since": one.since,
        "past": one.past,
    }


def _ask(key: str, one: Ask) -> Shape:
    return {
        "id": key,
        "who": one.who,
        "text": one.text,
        "by": one.by,
        "asked": one.asked,
        "due": one.due,
        "status": one.status.value,
        "answer": one.answer or None,
        "acknowledged": one.acknowledged,
        "extended": one.extended,
        "before": list(one.before),
    }


def _hypothesis(key: str, one: Hypothesis) -> Shape:
    return {
        "id": key,
        "text": one.text,
        "belief": one.belief.value,
        "since": one.since,
        "by": one.by,
        "tester": one.tester or None,
        "found": one.found or None,
        "evidence": [{"speaks_for": each.speaks_for, "text": each.text, "line": each.line} for each in one.evidence],
    }


def _action(one: Incident, key: str, note: Note) -> Shape:
    effect = one.effects.get(key)
    return {
        "id": key,
        "text": note.text,
        "by": note.by,
        "happened": note.happened,
        "effect": effect.verdict.value if effect else None,
        "found": (effect.found or None) if effect else None,
        "seen_by": effect.by if effect else None,
        "seen": effect.when if effect else None,
    }


def _decision(key: str, note: Note, ground: Ground | None) -> Shape:
    held = ground or Ground(note.text, who=note.by)
    return {
        "id": key,
        "text": note.text,
        "by": note.by,
        "happened": note.happened,
        "decided_by": held.who or note.by,
        "why": held.why or None,
        "risk": held.risk or None,
        "objections": held.objections or None,
        "revisit": held.revisit,
        "stands": not held.reversed,
        "reversed": held.reversed or None,
    }


def _handoff(one: Incident) -> Shape | None:
    held = one.handoff
    if held is None:
        return None
    return {
        "from": held.outgoing,
        "to": held.incoming,
        "offered": held.offered,
        "read_back": dict(held.read_back),
        "left": list(held.left),
    }


def parts(record: Record, now: datetime) -> Iterator[tuple[str, Rows]]:
    """Yield it as people read it, each part with its title; empty parts are for the caller to leave out."""
    one = record.incident
    at = one.opened
    yield "Highest impact", [(each.figure.said, f"at {clock(each.since, UTC, at)} UTC") for each in _fallen(record)]
    yield "Systems", [(each.health.value, each.name, each.note) for each in one.systems.values()]
    yield (
        "Asks",
        [_ask_row(each) for each in sorted(one.asks.values(), key=lambda ask: ask.status is not AskStatus.OPEN)],
    )
    yield "Hypotheses", [row for each in one.hypotheses.values() for row in _hypothesis_rows(each)]
    yield "Actions", [_action_row(one, key, each) for key, each in one.notes.actions.items()]
    yield "Decisions", [_decision_row(one, each, one.decisions.get(key)) for key, each in one.notes.decisions.items()]
    yield (
        "Needs",
        [
            (
                f"met by {each.met_by} after {lasted(each.raised, each.met)}"
                if each.met
                else f"lacking for {lasted(each.raised, now)}",
                each.text,
            )
            for each in one.needs.values()
        ],
    )
    yield "Hand-over", _handoff_rows(one)
    yield "Pinned", [_pin_row(one, each) for pins in one.pins.values() for each in pins.values()]
    yield "Commands", [(f"exit {each.code}", each.command, each.file) for each in one.commands.values()]


def _fallen(record: Record) -> list[Peak]:
    return [one for one in highest(impacts(record)) if one.past]


def _ask_row(one: Ask) -> tuple[str, str, str, str]:
    more = [f"→ {one.answer}"] if one.answer else []
    if one.status is AskStatus.OPEN:
        more += ["on it"] if one.acknowledged else []
        more += [f"extended {counted(one.extended, 'time')}"] if one.extended else []
    more += [f"before: {', '.join(one.before)}"] if one.before else []
    return one.status.value, one.who, one.text, "; ".join(more)


def _hypothesis_rows(one: Hypothesis) -> Iterator[tuple[str, str, str]]:
    yield one.belief.value, one.text, one.found or one.tester
    for each in one.evidence:
        yield "", f"  {'for' if each.speaks_for else 'against'}: {each.text}", ""


def _action_row(one: Incident, key: str, note: Note) -> tuple[str, str, str, str]:
    effect = one.effects.get(key)
    when = clock(note.happened, UTC, one.opened)
    return (
        when,
        note.by,
        note.text,
        f"{effect.verdict.value}{f': {effect.found}' if effect.found else ''}" if effect else "",
    )


def _decision_row(one: Incident, note: Note, ground: Ground | None) -> tuple[str, str, str, str]:
    more: list[str] = []
    if ground is not None:
        more += [f"no longer holds: {ground.reversed}"] if ground.reversed else []
        more += [f"because {ground.why}"] if ground.why else []
        more += [f"risk: {ground.risk}"] if ground.risk else []
        more += [f"objections: {ground.objections}"] if ground.objections else []
        more += [f"look again at {clock(ground.revisit, UTC, one.opened)} UTC"] if ground.revisit else []
    who = ground.who if ground is not None and ground.who else note.by
    return clock(note.happened, UTC, one.opened), who, note.text, "; ".join(more)


def _pin_row(one: Incident, pin: Pin) -> tuple[str, str, str, str]:
    where = pin.file.where if pin.file else ""
    return clock(pin.when, UTC, one.opened), pin.by, f"{pin.words} → {pin.to}", where


def _handoff_rows(one: Incident) -> Rows:
    held = one.handoff
    if held is None:
        return []
    said = dict(held.read_back)
    giver = held.outgoing or "nobody"
    rows = [("offered", f"{giver} → {held.incoming}, at {clock(held.offered, UTC, one.opened)} UTC")]
    return [*rows, *((point, said.get(point, "not read back yet")) for point in (*said, *held.left))]
