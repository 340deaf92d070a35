"""The form of an action on the open incident."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from incident_cockpit.actions.action import Action
from incident_cockpit.actions.arguments.argument import Arg, Choice, FileArg
from incident_cockpit.actions.arguments.of_incident import IncidentArg
from incident_cockpit.actions.arguments.people import PersonArg
from incident_cockpit.actions.execute import fitted, unreadable
from incident_cockpit.actions.preview import preview
from incident_cockpit.incident.declare import NO_INPUTS, RuleInputs
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
    args = {arg.name: arg for arg in action.args}

    def current_value(name: str, values: Mapping[str, str]) -> str | None:
        current = args[name].current
        return current(live.record.incident, values, live.zone) if current is not None else None

    answers = context.answers(action.name, known, current_value)
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
