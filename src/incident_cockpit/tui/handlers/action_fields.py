"""The form of an action on the open incident: choices with their help, and current values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from incident_cockpit.actions.action import Action
from incident_cockpit.actions.arguments.argument import Arg, Choice, FileArg
from incident_cockpit.actions.arguments.of_incident import (
    IncidentArg,
)
from incident_cockpit.actions.arguments.people import PersonArg
from incident_cockpit.actions.execute import fitted, unreadable
from incident_cockpit.actions.preview import preview
from incident_cockpit.incident.declare import NO_INPUTS, RuleInputs
from incident_cockpit.incident.facts.followups import FollowUp
from incident_cockpit.incident.facts.updates import current_interval
from incident_cockpit.incident.state import Incident
from incident_cockpit.times.format import duration
from incident_cockpit.tui.handlers.context import reads_a_file
from incident_cockpit.tui.screens.fields import FormFields, Values
from incident_cockpit.tui.screens.form import FormScreen
from incident_cockpit.tui.widgets.rich_text import Page

if TYPE_CHECKING:
    from incident_cockpit.tui.handlers.context import Context


async def fill_form(context: Context, action: Action, known: Mapping[str, str], when: datetime | None) -> bool:
    """Ask in one form for every argument that is not known, and do the action; return whether it was answered."""
    live = context.live
    others: tuple[Choice, ...] = ()
    if any(isinstance(arg, IncidentArg) for arg in action.args):
        rows = await context.app.listed()
        others = tuple(Choice(row.name, " ".join(row.title.split())) for row in rows if row.id != live.record.id)
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
        others: Sequence[Choice] = (),
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

    def choices(self, arg: Arg) -> Sequence[Choice]:
        """Return what the argument can name: in the incident, in the store, or among the user's files."""
        return arg.choices(self._context.record, self)

    def runbooks(self) -> Sequence[str]:
        """Return the names of the runbooks that can be attached."""
        return self._context.app.runbooks()

    def plans(self) -> Sequence[str]:
        """Return the names of the plans that can be adopted."""
        return self._context.app.plans()

    def incidents(self) -> Sequence[Choice]:
        """Return the other incidents of the store."""
        return self._others

    def summary(self, action: Action, values: Mapping[str, str]) -> str:
        """Return what the action will do and what follows from it; may raise Refused."""
        if reads_a_file(action):
            return super().summary(action, values)
        live = self._context.live
        return preview(action, live.record, live.who, self._context.here, values, self._inputs)

    def help(self, arg: Arg, key: str, values: Mapping[str, str]) -> Page:
        """Return the help on an option, such as the criteria of a severity."""
        return Page(arg.help(key, self._context.view, values))

    def likely(self, arg: Arg) -> str | None:
        """Return the option on which the cursor starts."""
        return arg.likely(self._context.record.incident, self._context.cursor(PersonArg))

    def adapted(self, arg: Arg, values: Mapping[str, str]) -> Arg:
        """Return the argument as it has to be asked for in this incident after these answers."""
        return fitted(self._action, arg, self._context.record, self._context.here, values)

    def problem(self, arg: Arg, value: str) -> str:
        """Return why the value cannot be read; files and other incidents are looked up when the action runs."""
        if not value or isinstance(arg, FileArg | IncidentArg):
            return ""
        return unreadable(self._action, arg, self._context.record, self._context.here, value)


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
