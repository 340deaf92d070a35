"""Asks for what an action still needs, with what there is to choose from and what each choice means here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from incident_cockpit.actions.action import Action, Arg, Kind
from incident_cockpit.actions.foresee import foreseen, warnings
from incident_cockpit.actions.grammar import Reading
from incident_cockpit.actions.options import Option, options
from incident_cockpit.actions.refs import Here, fitted, people, unreadable
from incident_cockpit.actions.registry import find
from incident_cockpit.errors import Refused
from incident_cockpit.incident.brought import NOTHING, Brought
from incident_cockpit.incident.envelope import Event
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.timeline import line
from incident_cockpit.tui.begun import answers_for
from incident_cockpit.tui.current import current
from incident_cockpit.tui.meaning import beside, likely, meaning
from incident_cockpit.tui.pages import Page
from incident_cockpit.tui.screens.form import FormScreen
from incident_cockpit.tui.screens.wording import Guidance
from incident_cockpit.tui.stage import Stage

# So far back somebody looks for a line that shows something; older ones are named by their number.
_LINES = 300
Act = Callable[[Action, dict[str, str], Reading | None], Awaitable[str]]


class Asking:
    """Opens the form of an action; `act` has it done and returns why not."""

    def __init__(self, screen: Stage, act: Act, here: Callable[[], Here]) -> None:
        """Work for this screen; `here` is the present and the zone in which words are read."""
        self._screen = screen
        self._act = act
        self._here = here
        # The other incidents of the store, read when a form is opened that asks for one.
        self._others: tuple[Option, ...] = ()
        # What comes along with an action that brings something, as far as it is known before that is done.
        self._brought = NOTHING

    def wanted(self, action: Action, values: Mapping[str, str]) -> bool:
        """Return whether something has to be asked for first, or should be known: what the action would leave open."""
        if any(arg.required and not values.get(arg.name) and not arg.default for arg in action.args):
            return True
        if _names_a_file(action):
            return False
        try:
            return bool(warnings(action, self._screen.following.record, self._here(), values))
        except Refused:
            # What is wrong with the words is said when it is tried.
            return False

    async def ask(self, action: Action, known: Mapping[str, str], reading: Reading | None = None) -> bool:
        """Ask for what is missing in one box; return whether it was answered. `reading` says when it happened."""
        if any(arg.kind is Kind.INCIDENT for arg in action.args):
            await self._read_others()
        if action.brings is not None:
            self._brought = Brought(channels=await self._screen.following.channels())
        following = self._screen.following
        answers = answers_for(
            self._screen,
            action.name,
            known,
            lambda name, given: current(action.name, name, given, following.record.incident, following.zone),
        )
        form = FormScreen(
            action,
            known,
            self._choices,
            lambda values: self._act(action, values, reading),
            says=partial(self._foreseen, action) if action.grave and not _names_a_file(action) else None,
            guidance=Guidance(
                self._meaning,
                self._beside,
                self._likely,
                partial(self._fitted, action),
                partial(self._unreadable, action),
            ),
            answers=answers,
        )
        done = await self._screen.app.push_screen_wait(form)
        if done is not None:
            answers.clear()
        if done is False:
            self._screen.say(f"{action.name} unchanged: nothing was logged")
        return done is not None

    async def ask_all(self, name: str, known: dict[str, str]) -> None:
        """Ask for everything that is not known yet, what may stay empty too."""
        await self.ask(find(name), known)

    async def _read_others(self) -> None:
        own = self._screen.following.record.id
        listed = await self._screen.around.listed()
        self._others = tuple(Option(one.name, " ".join(one.title.split())) for one in listed if one.id != own)

    def _foreseen(self, action: Action, values: Mapping[str, str]) -> str:
        following = self._screen.following
        return foreseen(action, following.record, following.who, self._here(), values, self._brought)

    def _meaning(self, arg: Arg, key: str, values: Mapping[str, str]) -> Page:
        return meaning(arg.kind, key, self._screen.following.view(), values)

    def _beside(self, arg: Arg) -> Mapping[str, str]:
        return beside(arg.kind, self._screen.following.record.incident)

    def _likely(self, arg: Arg) -> str | None:
        return likely(arg.kind, self._screen.following.record.incident, self._screen.meant(Kind.PERSON))

    def _fitted(self, action: Action, arg: Arg, values: Mapping[str, str]) -> Arg:
        return fitted(action, arg, self._screen.following.record, self._here(), values)

    def _unreadable(self, action: Action, arg: Arg, word: str) -> str:
        # A file or another incident is looked for when it is done.
        elsewhere = arg.kind in (Kind.RUNBOOK, Kind.PLAN, Kind.INCIDENT)
        return (
            "" if elsewhere or not word else unreadable(action, arg, self._screen.following.record, self._here(), word)
        )

    def _choices(self, arg: Arg) -> Sequence[Option]:
        record, around = self._screen.following.record, self._screen.around
        match arg.kind:
            case Kind.RUNBOOK:
                return [Option(name, name) for name in around.runbooks()]
            case Kind.PLAN:
                return [Option(name, name) for name in around.plans()]
            case Kind.INCIDENT:
                return self._others
            case Kind.PERSON | Kind.PEOPLE | Kind.TAKER:
                return [*options(arg.kind, record.incident), *(Option(name, name) for name in people(record))]
            case Kind.LINE | Kind.ENTRY:
                newest = [event for event in record.standing() if not event.fact.quiet][-_LINES:]
                return [Option(f"#{event.seq}", _on_one_line(record, event)) for event in reversed(newest)]
            case _:
                return options(arg.kind, record.incident)


def _on_one_line(record: Record, event: Event) -> str:
    said = line(record, event)
    return f"{said.sort}: {' '.join(said.text.split())}"


def _names_a_file(action: Action) -> bool:
    """Return whether a file is read for it, which is known only when it is done: nothing is foreseen of it."""
    return any(arg.kind in (Kind.PLAN, Kind.RUNBOOK, Kind.PINNED) for arg in action.args)
