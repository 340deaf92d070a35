"""The loop in a postmortem: what was tried and what it did, what was lacking, handed over, run as evidence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from incident_cockpit.documents.markdown import cell, say, table
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts.hypotheses import Hypothesis
from incident_cockpit.incident.facts.notes import ActionOutcome, CommandLogged, Logged, Rationale
from incident_cockpit.incident.facts.roles import HandoffTaken
from incident_cockpit.incident.facts.severity import SystemChanged, peak_figures
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.history import impacts
from incident_cockpit.times.format import duration, stamp


def details(incident: Incident, event: Event) -> str:
    """Return in Markdown what more is known of an action or a decision than its line: effect, grounds, reversal."""
    fact = event.fact
    if not isinstance(fact, Logged) or fact.now is None:
        return ""
    ground = incident.decisions.get(fact.note)
    if ground is not None:
        parts = list(_grounds(ground, fact.now.by))
        parts += [f"**no longer holds**: {say(ground.reversed)}"] if ground.reversed else []
        return f": {'; '.join(parts)}" if parts else ""
    effect = incident.effects.get(fact.note)
    if effect is None:
        return ""
    return f" → **{effect.verdict.value}**" + (f": {say(effect.found)}" if effect.found else "")


def _grounds(ground: Rationale, by: str) -> Iterator[str]:
    if ground.why:
        yield f"because {say(ground.why)}"
    if ground.risk:
        yield f"risk: {say(ground.risk)}"
    if ground.who and ground.who != by:
        yield f"decided by {say(ground.who)}"
    if ground.objections:
        yield f"objections: {say(ground.objections)}"


def weighed(one: Hypothesis) -> list[str]:
    """Return what spoke for a cause and against it, as items below the cause's own."""
    return [f"  - {'for' if each.speaks_for else 'against'}: {say(each.text)}" for each in one.evidence]


def worst(record: Record, *, past: bool = False) -> Iterator[str]:
    """Yield how large the harm was at its worst in numbers; with `past` only what the last impact does not say."""
    peaks = [one for one in peak_figures(impacts(record)) if one.past or not past]
    told = [f"{say(one.figure.said)} from {stamp(one.since)}" for one in peaks]
    if told:
        yield f"At its worst: {', '.join(told)}."


def systems(record: Record) -> Iterator[str]:
    """Yield how the affected systems stood over time."""
    rows = [
        (stamp(event.happened), say(event.fact.now.name), event.fact.now.health.value, cell(event.fact.now.note))
        for event in record.effective()
        if isinstance(event.fact, SystemChanged) and event.fact.now is not None
    ]
    if rows:
        yield table(("From", "System", "Status", "What was said of it"), rows)


def needs(record: Record, now: datetime) -> list[str]:
    """Return what was lacking and for how long; nothing where nothing was."""
    incident = record.incident
    end = incident.ended or now
    rows = [
        (
            cell(one.text),
            stamp(one.raised),
            f"{stamp(one.met)}, by {say(one.met_by)}" if one.met else "**never**" if incident.ended else "not yet",
            duration(max((one.met or end) - one.raised, timedelta(0))),
        )
        for one in incident.needs.values()
    ]
    return [table(("What was lacking", "Since", "Met", "For how long"), rows)] if rows else []


def hand_overs(record: Record) -> Iterator[str]:
    """Yield who took command from whom, and what was read back before."""
    taken = [event for event in record.effective() if isinstance(event.fact, HandoffTaken)]
    if taken:
        yield "Command was handed over:"
        yield "\n".join(_hand_over(event) for event in taken)


def _hand_over(event: Event) -> str:
    held = event.fact.was if isinstance(event.fact, HandoffTaken) else None
    if held is None or not isinstance(event.fact, HandoffTaken):
        return ""
    although = f", without {', '.join(held.left)}: {say(event.fact.although)}" if event.fact.although else ""
    rows = [f"- {stamp(event.happened)}: {say(held.outgoing or 'nobody')} → {say(held.incoming)}{although}"]
    rows += [f"  - read back ({point}): {say(words)}" for point, words in held.read_back]
    return "\n".join(rows)


def commands(record: Record, _now: datetime) -> list[str]:
    """Return which commands were run as evidence, how each ended, and where its output is; nothing without one."""
    rows = [
        (
            stamp(event.happened),
            say(event.who),
            cell(run.command),
            str(run.code),
            duration(timedelta(seconds=round(run.seconds))) if run.seconds >= 1 else "under 1s",
            cell(run.file),
        )
        for event in record.effective()
        if isinstance(event.fact, CommandLogged) and (run := event.fact.now) is not None
    ]
    return [table(("When", "Who", "Command", "Exit", "Took", "Whole output"), rows)] if rows else []


def pins(record: Record, _now: datetime) -> list[str]:
    """Return what was pinned to which line, of a file also what it is known by and where it lies; nothing without."""
    rows = [
        (
            stamp(pin.when),
            say(pin.by),
            cell(pin.link or pin.words),
            cell(pin.to),
            f"`{pin.file.sha256}`" if pin.file else "",
            say(pin.file.where) if pin.file else "",
        )
        for on_one in record.incident.attachments.values()
        for pin in on_one.values()
    ]
    heads = ("When", "Who", "What", "Pinned to", "SHA-256", "Copy")
    return [table(heads, sorted(rows, key=lambda row: row[0]))] if rows else []


def tried_well(incident: Incident) -> Iterator[str]:
    """Yield what helped, for the review to keep."""
    for one in incident.effects.values():
        if one.verdict is ActionOutcome.HELPED:
            yield f"“{say(one.text)}” helped" + (f": {say(one.found)}." if one.found else ".")


def tried_poorly(incident: Incident, now: datetime, slow: timedelta) -> Iterator[str]:
    """Yield what made it worse, was decided and taken back, and was lacking for long."""
    for one in incident.effects.values():
        if one.verdict is ActionOutcome.WORSE:
            yield f"“{say(one.text)}” made it worse" + (f": {say(one.found)}." if one.found else ".")
    for ground in incident.decisions.values():
        if ground.reversed:
            yield f"“{say(ground.text)}” was decided and taken back: {say(ground.reversed)}."
    end = incident.ended or now
    for need in incident.needs.values():
        lacking = (need.met or end) - need.raised
        if lacking > slow:
            then = "" if need.met else ", and never came" if incident.ended else " so far"
            yield f"“{say(need.text)}” was lacking for {duration(lacking)}{then}."


def untold(incident: Incident) -> Iterator[str]:
    """Yield the actions of which nobody wrote down what they did."""
    for key, note in incident.notes.actions.items():
        if key not in incident.effects:
            yield f"What “{say(note.text)}” did: `effect ACTION VERDICT`."
