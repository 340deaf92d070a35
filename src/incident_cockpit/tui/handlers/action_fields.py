"""The form of an action on the open incident: choices with their help, and current values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from incident_cockpit.actions.action import Action, Arg, ArgKind
from incident_cockpit.actions.arguments import Option, fitted, options, people, unreadable
from incident_cockpit.actions.preview import foreseen
from incident_cockpit.documents.history import tenures
from incident_cockpit.incident.declare import NO_INPUTS, RuleInputs
from incident_cockpit.incident.facts.asks import open_asks
from incident_cockpit.incident.facts.followups import FollowUp
from incident_cockpit.incident.facts.hypotheses import Belief
from incident_cockpit.incident.facts.notes import actions_without_outcome
from incident_cockpit.incident.facts.updates import current_interval
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.checklist import checklist_sections
from incident_cockpit.incident.views.due import due_items
from incident_cockpit.incident.views.timeline import timeline_entry
from incident_cockpit.plan.schema import Phase, Role
from incident_cockpit.times.format import clock, duration
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.handlers.context import reads_a_file
from incident_cockpit.tui.handlers.due import reach
from incident_cockpit.tui.handlers.plan_page import severity_page
from incident_cockpit.tui.screens.fields import FormFields, Values
from incident_cockpit.tui.screens.form import FormScreen
from incident_cockpit.tui.widgets.rich_text import Page

if TYPE_CHECKING:
    from incident_cockpit.tui.handlers.context import Context

# Older timeline entries are not offered, but can be named by their number.
_ENTRIES_OFFERED = 300


async def fill_form(context: Context, action: Action, known: Mapping[str, str], when: datetime | None) -> bool:
    """Ask in one form for every argument that is not known, and do the action; return whether it was answered."""
    live = context.live
    others: tuple[Option, ...] = ()
    if any(arg.kind is ArgKind.INCIDENT for arg in action.args):
        rows = await context.app.listed()
        others = tuple(Option(row.name, " ".join(row.title.split())) for row in rows if row.id != live.record.id)
    inputs = NO_INPUTS if action.brings is None else RuleInputs(channels=await live.channels())
    answers = context.answers(
        action.name,
        known,
        lambda name, values: current_value(action.name, name, values, live.record.incident, live.zone),
    )
    done = await context.push(FormScreen(action, known, ActionFields(context, action, when, others, inputs), answers))
    if done is not None:
        answers.clear()
    if done is False:
        context.say(f"{action.name}: unchanged, nothing logged")
    return done is not None


class ActionFields(FormFields):
    """The fields of one action's form, on an incident that goes on changing while it is filled in.

    `others` are the other incidents of the store, `inputs` what the rule gets besides the values, as far as it is known
    before it is run.
    """

    def __init__(
        self,
        context: Context,
        action: Action,
        when: datetime | None,
        others: Sequence[Option] = (),
        inputs: RuleInputs = NO_INPUTS,
    ) -> None:
        """Ask about the incident of this context; `when` is the time at which the action happened."""
        self._context = context
        self._action = action
        self._when = when
        self._others = others
        self._inputs = inputs

    async def submit(self, values: Values) -> str:
        """Do the action; return why it was refused, or nothing."""
        return await self._context.attempt(self._action.name, values, self._when)

    def choices(self, arg: Arg) -> Sequence[Option]:
        """Return what the argument can name: in the incident, in the store, or among the user's files."""
        record, app = self._context.record, self._context.app
        match arg.kind:
            case ArgKind.RUNBOOK:
                return [Option(name, name) for name in app.runbooks()]
            case ArgKind.PLAN:
                return [Option(name, name) for name in app.plans()]
            case ArgKind.INCIDENT:
                return self._others
            case ArgKind.PERSON | ArgKind.PEOPLE | ArgKind.TAKER:
                return [*options(arg.kind, record.incident), *(Option(name, name) for name in people(record))]
            case ArgKind.LINE | ArgKind.ENTRY:
                newest = [event for event in record.effective() if not event.fact.quiet][-_ENTRIES_OFFERED:]
                entries = [(event.seq, timeline_entry(record, event)) for event in reversed(newest)]
                return [Option(f"#{seq}", f"{entry.sort}: {' '.join(entry.text.split())}") for seq, entry in entries]
            case _:
                return options(arg.kind, record.incident)

    def summary(self, action: Action, values: Mapping[str, str]) -> str:
        """Return what the action will do and what follows from it; may raise Refused."""
        if reads_a_file(action):
            return super().summary(action, values)
        live = self._context.live
        return foreseen(action, live.record, live.who, self._context.here, values, self._inputs)

    def help(self, arg: Arg, key: str, values: Mapping[str, str]) -> Page:
        """Return the help on an option, such as the criteria of a severity."""
        return choice_help(arg.kind, key, self._context.view, values)

    def notes(self, arg: Arg) -> Mapping[str, str]:
        """Return a short note for the rows of options, such as the steps left in a phase."""
        return choice_notes(arg.kind, self._context.incident)

    def likely(self, arg: Arg) -> str | None:
        """Return the option on which the cursor starts."""
        return likely_choice(arg.kind, self._context.incident, self._context.cursor(ArgKind.PERSON))

    def adapted(self, arg: Arg, values: Mapping[str, str]) -> Arg:
        """Return the argument as it has to be asked for in this incident after these answers."""
        return fitted(self._action, arg, self._context.record, self._context.here, values)

    def problem(self, arg: Arg, value: str) -> str:
        """Return why the value cannot be read; files and other incidents are looked up when the action runs."""
        if not value or arg.kind in (ArgKind.RUNBOOK, ArgKind.PLAN, ArgKind.INCIDENT):
            return ""
        return unreadable(self._action, arg, self._context.record, self._context.here, value)


# Help on choices


def choice_help(kind: ArgKind, key: str, view: View, values: Mapping[str, str]) -> Page:
    """Return the help on the option with this id; `values` are the answers given before it."""
    page = Page()
    if kind is ArgKind.PERSON and values.get("role"):
        _role_help(values["role"], view, page, criteria=True)
    elif key and (write_help := _HELP.get(kind)) is not None:
        write_help(key, view, page)
    return page


def choice_notes(kind: ArgKind, incident: Incident) -> Mapping[str, str]:
    """Return a short note for each option, by its id: the steps left in a phase, the status of a hypothesis."""
    match kind:
        case ArgKind.PHASE:
            return {phase.id: note for phase in incident.plan.phases if (note := _steps_left(phase, incident))}
        case ArgKind.HYPOTHESIS:
            return {key: hypothesis.belief.value for key, hypothesis in incident.hypotheses.items()}
        case ArgKind.TAKEN:
            return {key: effect.verdict.value for key, effect in incident.effects.items()}
        case ArgKind.DECISION:
            return {key: "reversed" for key, decision in incident.decisions.items() if decision.reversed}
    return {}


def likely_choice(kind: ArgKind, incident: Incident, who: str | None = None) -> str | None:
    """Return the most likely option: the phase after this one, the newest action without an outcome.

    Of the asks it is the next one due of `who`, the person under the cursor.
    """
    if kind is ArgKind.ASK and who:
        return min(asks := open_asks(incident, who), key=lambda key: asks[key].due, default=None)
    if kind is ArgKind.TAKEN:
        return next(reversed(actions_without_outcome(incident)), None)
    if kind is ArgKind.HYPOTHESIS:
        undecided = (Belief.TESTING, Belief.OPEN)
        return next((key for key, each in incident.hypotheses.items() if each.belief in undecided), None)
    phases = [phase.id for phase in incident.plan.phases]
    if kind is not ArgKind.PHASE or incident.phase is None or incident.phase.value not in phases:
        return None
    following = phases.index(incident.phase.value) + 1
    return phases[following] if following < len(phases) else None


def _steps_left(phase: Phase, incident: Incident) -> str:
    """Return how many steps of a phase's checklist are open: of the sections with the name of the phase."""
    sections = [
        part
        for runbook in incident.steps.runbooks
        for part in checklist_sections(incident, runbook)
        if " ".join(part.title.split()).casefold() == " ".join(phase.name.split()).casefold()
    ]
    total, closed = sum(part.total for part in sections), sum(part.closed for part in sections)
    if not phase.checklist or not total:
        return ""
    return f"{total - closed} of {total} steps open" if closed < total else "steps done"


def _severity_help(key: str, view: View, page: Page) -> None:
    for level in view.incident.plan.severities:
        if level.id == key:
            page.add(severity_page(level))


def _role_help(key: str, view: View, page: Page, *, criteria: bool = False) -> None:
    """Write the duties of a role and its holders so far; with `criteria`, first how to choose a holder."""
    role_id = key.removeprefix("@")
    role = next((role for role in view.incident.plan.roles if role.id == role_id), None)
    if role is None:
        return
    page.bullets((*(role.criteria if criteria else ()), *role.duties))
    if holders := _holders(role, view):
        page.quiet(f"Held by {', '.join(holders)}")


def _holders(role: Role, view: View) -> list[str]:
    return [
        f"{tenure.who} since {clock(tenure.since, view.zone, view.now)}"
        if tenure.until is None
        else f"{tenure.who} {clock(tenure.since, view.zone, view.now)} to {clock(tenure.until, view.zone, view.now)}"
        for tenure in tenures(view.record)
        if tenure.role == role.id
    ]


def _phase_help(key: str, view: View, page: Page) -> None:
    phase = next((phase for phase in view.incident.plan.phases if phase.id == key), None)
    if phase is not None and phase.milestone:
        page.quiet(f"Also sets: {phase.milestone}")


def _type_help(key: str, view: View, page: Page) -> None:
    incident_type = view.incident.plan.type_named(key)
    if incident_type is None:
        return
    page.bullets(incident_type.steps)
    consequences = [
        *(["restricted to those who need to know"] if incident_type.restricted else []),
        *(["deadlines that start when the organisation becomes aware"] if incident_type.aware else []),
        *(["the breach record"] if incident_type.breach else []),
        *([f"runbook {incident_type.runbook}"] if incident_type.runbook else []),
    ]
    if consequences:
        page.quiet(f"Adds: {', '.join(consequences)}")


def _trigger_help(key: str, view: View, page: Page) -> None:
    trigger = next((trigger for trigger in view.incident.plan.triggers if trigger.id == key), None)
    if trigger is not None and trigger.tell:
        contact = reach(view, trigger.tell)
        page.quiet(f"Pages {trigger.tell}" + (f" ({contact})" if contact else ""))


def _detection_help(key: str, view: View, page: Page) -> None:
    detection = next((detection for detection in view.incident.plan.detections if detection.id == key), None)
    if detection is not None and detection.route:
        page.quiet(detection.route)


def _due_help(key: str, view: View, page: Page) -> None:
    item = next((item for item in due_items(view.incident) if item.key == key), None)
    if item is not None:
        page.quiet(" · ".join(part for part in (item.detail, item.route, reach(view, item.who)) if part))


_HELP: Mapping[ArgKind, Callable[[str, View, Page], None]] = {
    ArgKind.SEVERITY: _severity_help,
    ArgKind.ROLE: _role_help,
    ArgKind.TAKER: _role_help,
    ArgKind.PHASE: _phase_help,
    ArgKind.TYPE: _type_help,
    ArgKind.TYPE_HELD: _type_help,
    ArgKind.TRIGGER: _trigger_help,
    ArgKind.DETECTION: _detection_help,
    ArgKind.DUE: _due_help,
    ArgKind.DEED: _due_help,
}


# Current values

_Reader = Callable[[Incident, Mapping[str, str], tzinfo], str | None]


def current_value(action: str, arg: str, values: Mapping[str, str], incident: Incident, zone: tzinfo) -> str | None:
    """Return the value that this argument would change, as it is typed; None if there is none.

    `values` are the answers before it: which system, which follow-up.
    """
    read = _CURRENT.get((action, arg))
    return read(incident, values, zone) if read is not None else None


def _follow_up(value: Callable[[FollowUp], str]) -> _Reader:
    def read(incident: Incident, values: Mapping[str, str], _zone: tzinfo) -> str | None:
        follow_up = incident.followups.get(values.get("follow_up", ""))
        return (value(follow_up) or None) if follow_up is not None else None

    return read


def _follow_up_due(incident: Incident, values: Mapping[str, str], zone: tzinfo) -> str | None:
    follow_up = incident.followups.get(values.get("follow_up", ""))
    return _minute(follow_up.due, zone) if follow_up is not None and follow_up.due is not None else None


def _breach(incident: Incident, values: Mapping[str, str], _zone: tzinfo) -> str | None:
    field = incident.breach.get(values.get("field", ""))
    return field.value if field is not None else None


def _health(incident: Incident, values: Mapping[str, str], _zone: tzinfo) -> str | None:
    system = incident.systems.get(" ".join(values.get("system", "").split()).casefold())
    return system.health.value if system is not None else None


def _system_note(incident: Incident, values: Mapping[str, str], zone: tzinfo) -> str | None:
    system = incident.systems.get(" ".join(values.get("system", "").split()).casefold())
    # A note belongs to the status it was logged with.
    return system.note if system is not None and _health(incident, values, zone) == values.get("health") else None


def _verdict(incident: Incident, values: Mapping[str, str], _zone: tzinfo) -> str | None:
    effect = incident.effects.get(values.get("action", ""))
    return effect.verdict.value if effect is not None else None


def _effect_evidence(incident: Incident, values: Mapping[str, str], zone: tzinfo) -> str | None:
    effect = incident.effects.get(values.get("action", ""))
    return effect.found if effect is not None and _verdict(incident, values, zone) == values.get("verdict") else None


def _cadence(incident: Incident, values: Mapping[str, str], _zone: tzinfo) -> str | None:
    audience = values.get("audience", "")
    if all(row.audience != audience for row in incident.plan.cadences):
        return None
    every = current_interval(incident, audience)
    return duration(every) if every is not None else "off"


def _milestone(incident: Incident, values: Mapping[str, str], zone: tzinfo) -> str | None:
    reached = incident.milestones.get(values.get("name", ""))
    return _minute(reached, zone) if reached is not None else None


def _step_answer(incident: Incident, values: Mapping[str, str], _zone: tzinfo) -> str | None:
    mark = incident.steps.marks.get(values.get("step", ""))
    return (mark.answer or None) if mark is not None else None


def _read_back(incident: Incident, values: Mapping[str, str], _zone: tzinfo) -> str | None:
    return dict(incident.handoff.read_back).get(values.get("point", "")) if incident.handoff is not None else None


def _minute(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


_CURRENT: Mapping[tuple[str, str], _Reader] = {
    ("impact", "impact"): lambda incident, _values, _zone: incident.impact.value if incident.impact else None,
    ("title", "title"): lambda incident, _values, _zone: incident.title,
    ("severity", "severity"): lambda incident, _values, _zone: incident.severity.value if incident.severity else None,
    ("restrict", "codename"): lambda incident, _values, _zone: incident.codename or None,
    ("breach", "text"): _breach,
    ("system", "health"): _health,
    ("system", "note"): _system_note,
    ("effect", "verdict"): _verdict,
    ("effect", "found"): _effect_evidence,
    ("cadence", "every"): _cadence,
    ("milestone", "at"): _milestone,
    ("answer-step", "answer"): _step_answer,
    ("read-back", "words"): _read_back,
    ("follow-up-priority", "priority"): _follow_up(lambda follow_up: follow_up.priority),
    ("follow-up-success", "success"): _follow_up(lambda follow_up: follow_up.success),
    ("follow-up-due", "due"): _follow_up_due,
    ("schedule-review", "at"): lambda incident, _values, zone: (
        _minute(incident.review.at, zone) if incident.review else None
    ),
    ("schedule-review", "minutes"): lambda incident, _values, _zone: (
        f"{incident.review.minutes}m" if incident.review else None
    ),
    ("schedule-review", "where"): lambda incident, _values, _zone: incident.review.where if incident.review else None,
}
