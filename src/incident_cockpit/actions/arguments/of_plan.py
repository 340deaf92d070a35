"""Arguments that name something the response plan declares, or the plan itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from incident_cockpit.actions.arguments.argument import (
    NOTHING_OUTSIDE,
    Arg,
    Choice,
    FileArg,
    Here,
    Named,
    Outside,
    View,
    help_blocks,
)
from incident_cockpit.incident.facts.classification import held_types, type_name
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.checklist import checklist_sections
from incident_cockpit.incident.views.due import DueKind
from incident_cockpit.plan.render import row_details
from incident_cockpit.plan.schema import Phase, Plan
from incident_cockpit.text.blocks import Blocks


class PlanArg(FileArg, frozen=True):
    """A response plan: its name or file, which is loaded before the rule sees it."""

    word = "plan"
    value = Plan
    free = True

    @classmethod
    def choices(cls, record: Record, outside: Outside = NOTHING_OUTSIDE) -> Sequence[Choice]:  # noqa: ARG003
        """Return the plans that can be adopted."""
        return [Choice(name, name) for name in outside.plans()]


class SeverityArg(Arg, frozen=True):
    """A severity of the plan."""

    word = "severity"

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:
        """Return the severities, highest first."""
        return severity_choices(incident.plan)

    @classmethod
    def help(cls, key: str, view: View, values: Mapping[str, str]) -> Blocks:  # noqa: ARG003
        """Return the criteria of the severity, and what it requires."""
        level = next((level for level in view.record.incident.plan.severities if level.id == key), None)
        return tuple(row_details(level)) if level is not None else ()


def severity_choices(plan: Plan) -> list[Choice]:
    """Return the severities of a plan, highest first."""
    return [Choice(level.id, level.name, level.means, rank=rank) for rank, level in enumerate(plan.severities, 1)]


class PhaseArg(Arg, frozen=True):
    """A phase of the plan."""

    word = "phase"

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:
        """Return the phases in order, each with the open steps of its checklist."""
        return (
            Choice(phase.id, phase.name, phase.means, _open_steps(phase, incident), hide_id=True)
            for phase in incident.plan.phases
        )

    @classmethod
    def likely(cls, incident: Incident, who: str | None) -> str | None:  # noqa: ARG003
        """Return the phase that follows the current one."""
        order = [phase.id for phase in incident.plan.phases]
        if incident.phase is None or incident.phase.value not in order:
            return None
        following = order[order.index(incident.phase.value) + 1 :]
        return following[0] if following else None

    @classmethod
    def help(cls, key: str, view: View, values: Mapping[str, str]) -> Blocks:  # noqa: ARG003
        """Return the milestone that is set with the phase."""
        phase = next((phase for phase in view.record.incident.plan.phases if phase.id == key), None)
        return help_blocks((), f"Also sets: {phase.milestone}") if phase is not None and phase.milestone else ()


def _open_steps(phase: Phase, incident: Incident) -> str:
    """Return how many steps of a phase's checklist are open: of the sections that have the name of the phase."""
    name = " ".join(phase.name.split()).casefold()
    sections = [
        part
        for runbook in incident.steps.runbooks
        for part in checklist_sections(incident, runbook)
        if " ".join(part.title.split()).casefold() == name
    ]
    total, closed = sum(part.total for part in sections), sum(part.closed for part in sections)
    if not phase.checklist or not total:
        return ""
    return f"{total - closed} of {total} steps open" if closed < total else "steps done"


class TypeArg(Arg, frozen=True):
    """An incident type of the plan."""

    word = "incident type"

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:
        """Return the types of the plan."""
        return (Choice(kind.id, kind.name, kind.means) for kind in incident.plan.types)

    @classmethod
    def help(cls, key: str, view: View, values: Mapping[str, str]) -> Blocks:  # noqa: ARG003
        """Return the first steps of the type, and what setting it adds."""
        kind = view.record.incident.plan.type_named(key)
        if kind is None:
            return ()
        adds = [
            *(["restricted to those who need to know"] if kind.restricted else []),
            *(["deadlines that start when the organisation becomes aware"] if kind.aware else []),
            *(["the breach record"] if kind.breach else []),
            *([f"runbook {kind.runbook}"] if kind.runbook else []),
        ]
        return help_blocks(kind.steps, f"Adds: {', '.join(adds)}" if adds else "")


class HeldTypeArg(Named, frozen=True):
    """A type that the incident has."""

    word = "type of this incident"

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:
        """Return the types of the incident."""
        return (Choice(type_id, type_name(incident, type_id)) for type_id in held_types(incident))

    @classmethod
    def help(cls, key: str, view: View, values: Mapping[str, str]) -> Blocks:
        """Return what the type set."""
        return TypeArg.help(key, view, values)


class DetectionArg(Arg, frozen=True):
    """A detection method of the plan."""

    word = "detection method"

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:
        """Return the detection methods of the plan."""
        return (Choice(detection.id, detection.name) for detection in incident.plan.detections)

    @classmethod
    def help(cls, key: str, view: View, values: Mapping[str, str]) -> Blocks:  # noqa: ARG003
        """Return the channel by which it comes in."""
        detections = view.record.incident.plan.detections
        route = next((detection.route for detection in detections if detection.id == key), "")
        return help_blocks((), route)


class TriggerArg(Arg, frozen=True):
    """A reason for escalation that the plan defines."""

    word = "reason to escalate"

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:
        """Return the reasons of the plan."""
        return (Choice(trigger.id, trigger.text) for trigger in incident.plan.triggers)

    @classmethod
    def help(cls, key: str, view: View, values: Mapping[str, str]) -> Blocks:  # noqa: ARG003
        """Return who is paged, and how they are reached."""
        triggers = view.record.incident.plan.triggers
        paged = next((trigger.tell for trigger in triggers if trigger.id == key), "")
        if not paged:
            return ()
        reached = view.reach(paged)
        return help_blocks((), f"Pages {paged}" + (f" ({reached})" if reached else ""))


class AudienceArg(Arg, frozen=True):
    """An audience of updates."""

    word = "audience"
    due = DueKind.UPDATE

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:
        """Return the audiences of the plan."""
        return (Choice(cadence.audience, cadence.name) for cadence in incident.plan.cadences)


class FollowUpTypeArg(Named, frozen=True):
    """A type of follow-up; a plan that declares none takes any words."""

    word = "follow-up type"
    free = True

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:
        """Return the types of the plan."""
        return (Choice(kind, kind) for kind in incident.plan.follow_up_kinds)

    def read(self, text: str, record: Record, here: Here) -> str:
        """Return the type; raises Refused if the plan declares others."""
        return super().read(text, record, here) if record.incident.plan.follow_up_kinds else text


class MessageArg(Arg, frozen=True):
    """A message to copy."""

    word = "message"

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:
        """Return the messages that are built in, and those of the plan."""
        from incident_cockpit.plan.templates import MOMENTS, SCRIPT

        own = {message.id: message.name for message in incident.plan.messages if not message.id.startswith(SCRIPT)}
        return (Choice(message, name) for message, name in (MOMENTS | own).items())


class ScriptArg(Arg, frozen=True):
    """A script to read aloud."""

    word = "script"

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:  # noqa: ARG003
        """Return the scripts."""
        from incident_cockpit.plan.templates import SCRIPT, SCRIPTS

        return (Choice(script.removeprefix(SCRIPT), about) for script, about in SCRIPTS.items())
