"""What an argument of each kind can name now: for reading, completing and picking. One line a kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from incident_cockpit.actions.action import Kind
from incident_cockpit.incident.clocks import unmet
from incident_cockpit.incident.due import due_items
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.topics.asks import open_asks
from incident_cockpit.incident.topics.breach import FIELDS
from incident_cockpit.incident.topics.effects import Verdict
from incident_cockpit.incident.topics.followups import PRIORITIES
from incident_cockpit.incident.topics.gates import question
from incident_cockpit.incident.topics.handoff import POINTS
from incident_cockpit.incident.topics.milestones import NAMES
from incident_cockpit.incident.topics.nature import held_types, type_name
from incident_cockpit.incident.topics.needs import open_needs
from incident_cockpit.incident.topics.systems import Health
from incident_cockpit.incident.topics.timers import TimerStatus


class Option(Struct, frozen=True):
    """Something an argument can name: its id, and the words that find it."""

    id: str
    words: str


def options(kind: Kind, incident: Incident) -> list[Option]:
    """Return what an argument of this kind can name now; nothing where any words will do."""
    find = _FINDERS.get(kind)
    return [Option(key, words) for key, words in find(incident)] if find is not None else []


Pairs = Iterable[tuple[str, str]]


def _steps(incident: Incident) -> Pairs:
    for runbook in incident.steps.runbooks:
        yield from ((f"{runbook}.{step.key}", step.text) for step in incident.steps.of(runbook))


def _gates(incident: Incident) -> Pairs:
    for key, runbook in incident.steps.runbooks.items():
        yield from ((f"{key}.{gate.key}", question(gate)) for gate in runbook.gates)


def _deeds(incident: Incident) -> Pairs:
    yield from ((item.key, item.text) for item in due_items(incident) if item.deeds)
    yield from ((f"gate:{gate.id}", gate.text) for gate in unmet(incident))


def _timers(incident: Incident) -> Pairs:
    timers = incident.timers.timers.items()
    return ((key, timer.text) for key, timer in timers if timer.status is TimerStatus.RUNNING)


def _messages(incident: Incident) -> Pairs:
    from incident_cockpit.plan.templates import MOMENTS, SCRIPT

    named = {one.id: one.name for one in incident.plan.messages if not one.id.startswith(SCRIPT)}
    return (MOMENTS | named).items()


def _scripts(_: Incident) -> Pairs:
    from incident_cockpit.plan.templates import SCRIPT, SCRIPTS

    return ((word.removeprefix(SCRIPT), about) for word, about in SCRIPTS.items())


def _rules(_: Incident) -> Pairs:
    # Late: the parser of Markdown comes with it.
    from incident_cockpit.runbook.rules import RULES

    return ((rule, rule) for rule in RULES)


def _systems(incident: Incident) -> Pairs:
    names = (*(one.name for one in incident.systems.values()), *(one.name for one in incident.plan.systems))
    return ((name, name) for name in dict.fromkeys(names))


_FINDERS: Mapping[Kind, Callable[[Incident], Pairs]] = {
    Kind.STEP: _steps,
    Kind.GATE: _gates,
    Kind.ATTACHED: lambda one: ((key, f"{book.name}: {book.title}") for key, book in one.steps.runbooks.items()),
    Kind.RULE: _rules,
    Kind.ASK: lambda one: ((key, f"{ask.who}: {ask.text}") for key, ask in open_asks(one).items()),
    Kind.TIMER: _timers,
    Kind.DUE: lambda one: ((item.key, item.text) for item in due_items(one)),
    Kind.DEED: _deeds,
    Kind.HYPOTHESIS: lambda one: ((key, held.text) for key, held in one.hypotheses.items()),
    Kind.FOLLOW_UP: lambda one: ((key, held.text) for key, held in one.followups.items() if not held.done),
    Kind.FOLLOW_UP_KIND: lambda one: ((word, word) for word in one.plan.follow_up_kinds),
    Kind.PRIORITY: lambda _: ((word, word) for word in PRIORITIES),
    Kind.MILESTONE: lambda _: ((name, name) for name in NAMES),
    Kind.DECISION: lambda one: ((key, note.text) for key, note in one.notes.decisions.items()),
    Kind.TAKEN: lambda one: ((key, note.text) for key, note in one.notes.actions.items()),
    Kind.NEED: lambda one: ((key, need.text) for key, need in open_needs(one).items()),
    Kind.POINT: lambda _: POINTS.items(),
    Kind.SYSTEM: _systems,
    Kind.HEALTH: lambda _: ((health.value, health.value) for health in Health),
    Kind.VERDICT: lambda _: ((verdict.value, verdict.value) for verdict in Verdict),
    Kind.SEVERITY: lambda one: ((level.id, f"{level.name}: {level.means}") for level in one.plan.severities),
    Kind.PHASE: lambda one: ((phase.id, f"{phase.name}: {phase.means}") for phase in one.plan.phases),
    Kind.ROLE: lambda one: ((role.id, role.name) for role in one.plan.roles),
    Kind.TAKER: lambda one: ((f"@{role.id}", role.name) for role in one.plan.roles),
    Kind.AUDIENCE: lambda one: ((cadence.audience, cadence.name) for cadence in one.plan.cadences),
    Kind.MESSAGE: _messages,
    Kind.SCRIPT: _scripts,
    Kind.TYPE_HELD: lambda one: ((type_id, type_name(one, type_id)) for type_id in held_types(one)),
    Kind.TYPE: lambda one: ((sort.id, f"{sort.name}: {sort.means}".rstrip(": ")) for sort in one.plan.types),
    Kind.DETECTION: lambda one: ((way.id, way.name) for way in one.plan.detections),
    Kind.REPORTER: lambda one: ((sort.id, sort.name) for sort in one.plan.reporters),
    Kind.FIELD: lambda _: FIELDS.items(),
    Kind.EVIDENCE: lambda one: ((key, kept.text) for key, kept in one.evidence.items()),
    Kind.TRIGGER: lambda one: ((trigger.id, trigger.text) for trigger in one.plan.triggers),
}
