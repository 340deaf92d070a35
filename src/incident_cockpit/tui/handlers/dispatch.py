"""The hands of the loop: ask, learn, decide, hand over; what the cockpit does with them beyond a rule."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from incident_cockpit.actions.action import Action, ArgKind, Scope
from incident_cockpit.actions.arguments import Here, Option
from incident_cockpit.actions.grammar import ParsedLine
from incident_cockpit.actions.preview import warnings
from incident_cockpit.actions.registry import ACTIONS, find
from incident_cockpit.errors import Refused, StoreError
from incident_cockpit.incident.declare import NO_INPUTS, RuleInputs
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts.followups import ReviewScheduled
from incident_cockpit.incident.facts.phase import PhaseChanged
from incident_cockpit.incident.facts.roles import HandoffOffered
from incident_cockpit.incident.facts.steps import StepMarked
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views.timeline import timeline_entry
from incident_cockpit.service.session import ActionResult
from incident_cockpit.tui.app.live import LiveIncident
from incident_cockpit.tui.handlers.action_fields import ActionFields, answers_for, current_value, reads_a_file
from incident_cockpit.tui.handlers.context import Stage
from incident_cockpit.tui.handlers.declare import TriageHandler
from incident_cockpit.tui.handlers.documents import read_adherence, read_breach, read_situation
from incident_cockpit.tui.handlers.due import Duties
from incident_cockpit.tui.handlers.hypotheses import judge
from incident_cockpit.tui.handlers.outside import bring_in, lend_to_a_shell, offer_start
from incident_cockpit.tui.handlers.people import Asked, Handing, copy_join_brief, copy_stand_down
from incident_cockpit.tui.handlers.plan_page import read_plan
from incident_cockpit.tui.handlers.runbook import Working, copy_code
from incident_cockpit.tui.handlers.timeline import Recorded, go_to
from incident_cockpit.tui.handlers.updates import (
    OFFERED,
    VERDICTS,
    copy_message,
    copy_situation,
    copy_verdict,
    of_the_end,
    open_composer,
    say_this,
    write_invitation,
    write_postmortem,
)
from incident_cockpit.tui.screens.form import FormScreen
from incident_cockpit.tui.screens.text_prompt import TextPrompt

Do = Callable[[str, dict[str, str]], Awaitable[None]]
Act = Callable[[Action, dict[str, str]], Awaitable[str]]
Hand = Callable[[dict[str, str]], Awaitable[None]]


class Loop:
    """Knows a hand for each action of the loop that is more than a rule.

    `rule` does an action of the registry and asks for what it still needs, `ask` asks also for what may stay empty,
    `act` does one as it is and returns why not, or nothing.
    """

    def __init__(self, screen: Stage, rule: Do, ask: Do, act: Act) -> None:
        """Work for this screen."""
        self._screen = screen
        self._rule = rule
        self._act = act
        self._asked = Asked(screen, rule, ask)
        self._recorded = Recorded(screen, rule)
        handing = Handing(screen, rule, self._attempt)
        self.own: Mapping[str, Hand] = {
            "handoff": handing.hand_over,
            "read-back": handing.read_back,
            "take-command": handing.take,
            "revisit": self._recorded.revisit,
            "release": self._asked.release,
            "chat": self._chat,
            "join-brief": lambda _values: copy_join_brief(screen),
            "stand-down": lambda _values: copy_stand_down(screen),
            "script": lambda values: say_this(screen, values.get("script", "")),
            "situation": lambda _values: read_situation(screen),
            "pinned": self._pinned,
            "shell": lambda _values: lend_to_a_shell(screen),
        }

    def by_hand(self, action: Action, values: Mapping[str, str]) -> bool:
        """Return whether a typed action needs its hand: words that say all there is to say go by the rule."""
        if action.name not in self.own:
            return False
        complete = bool(values) and all(values.get(arg.name) for arg in action.args if arg.required)
        return action.decide is None or not complete

    async def look(self) -> bool:
        """Show everything about the line under the cursor where this knows it; return whether it does."""
        pane = self._screen.pane
        if pane is None or pane.cursor_key is None:
            return False
        ask, decision = self._screen.cursor(ArgKind.ASK), self._screen.cursor(ArgKind.DECISION)
        match pane.scope:
            case Scope.TIMELINE:
                await self._recorded.look(int(pane.cursor_key))
            case Scope.HYPOTHESES:
                chosen = await judge(self._screen, pane.cursor_key)
                if chosen:
                    await self._rule(chosen, {"hypothesis": pane.cursor_key})
            case _ if ask is not None:
                await self._asked.look(ask)
            case _ if decision is not None:
                await self._recorded.look_at_decision(decision)
            case _:
                return False
        return True

    async def bring_in(self, values: Mapping[str, str]) -> str:
        """Bring in a chat thread after a preview; return why it was not kept, or nothing."""
        return await bring_in(self._screen, values.get("thread", ""))

    async def _chat(self, values: dict[str, str]) -> None:
        words, answers = values.get("thread"), answers_for(self._screen, "chat", {})
        if not words:
            asked = TextPrompt(
                "Paste a chat thread",
                placeholder="with names and times",
                enter="preview",
                answers=answers,
                arg="thread",
            )
            words = await self._screen.app.push_screen_wait(asked)
        if words:
            problem = await bring_in(self._screen, words)
            if problem:
                self._screen.say(problem, "warn")
            elif not values.get("thread"):
                answers.clear()

    async def _pinned(self, _values: dict[str, str]) -> None:
        line = self._screen.cursor(ArgKind.ENTRY)
        if line is None:
            self._screen.say("go to a line of the timeline first", "warn")
        else:
            await go_to(self._screen, int(line.removeprefix("#")))

    async def _attempt(self, name: str, values: dict[str, str]) -> str:
        return await self._act(find(name), values)


# -- asking: Asks for what an action still needs, with what there is to choose from and what each choice means here.

ActOnLine = Callable[[Action, dict[str, str], ParsedLine | None], Awaitable[str]]


class Asking:
    """Opens the form of an action; `act` has it done and returns why not."""

    def __init__(self, screen: Stage, act: ActOnLine, here: Callable[[], Here]) -> None:
        """Work for this screen; `here` is the present and the zone in which words are read."""
        self._screen = screen
        self._act = act
        self._here = here
        # The other incidents of the store, read when a form is opened that asks for one.
        self._others: tuple[Option, ...] = ()
        # What comes along with an action that brings something, as far as it is known before that is done.
        self._brought = NO_INPUTS

    def wanted(self, action: Action, values: Mapping[str, str]) -> bool:
        """Return whether something has to be asked for first, or should be known: what the action would leave open."""
        if any(arg.required and not values.get(arg.name) and not arg.default for arg in action.args):
            return True
        if reads_a_file(action):
            return False
        try:
            return bool(warnings(action, self._screen.live.record, self._here(), values))
        except Refused:
            # What is wrong with the words is said when it is tried.
            return False

    async def ask(self, action: Action, known: Mapping[str, str], reading: ParsedLine | None = None) -> bool:
        """Ask for what is missing in one box; return whether it was answered. `reading` says when it happened."""
        if any(arg.kind is ArgKind.INCIDENT for arg in action.args):
            await self._read_others()
        if action.brings is not None:
            self._brought = RuleInputs(channels=await self._screen.live.channels())
        live = self._screen.live
        answers = answers_for(
            self._screen,
            action.name,
            known,
            lambda name, values: current_value(action.name, name, values, live.record.incident, live.zone),
        )
        fields = ActionFields(
            self._screen,
            action,
            lambda values: self._act(action, values, reading),
            self._here,
            self._others,
            self._brought,
        )
        form = FormScreen(action, known, fields, answers)
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
        own = self._screen.live.record.id
        listed = await self._screen.around.listed()
        self._others = tuple(Option(one.name, " ".join(one.title.split())) for one in listed if one.id != own)


# -- doing: What the cockpit screen does when an action is chosen: by key, entry line, palette, help or NEXT.


class Doing:
    """The screen's hands: finds what an action still needs, asks for it, has it done, says how it went."""

    def __init__(self, screen: Stage) -> None:
        """Work for this screen."""
        self._screen = screen
        self._asking = Asking(screen, self._act, lambda: self.here)
        self._working = Working(screen, self._rule, self._asking.ask_all)
        self._duties = Duties(screen, self._do, self._rule, self._asking.ask_all)
        self._triage = TriageHandler(screen, self._asking.ask_all)
        self._loop = Loop(screen, self._rule, self._asking.ask_all, self._act)
        # What belongs to the screen alone; every other action is a rule of the registry.
        self._own: Mapping[str, Callable[[dict[str, str]], Awaitable[None]]] = {
            "next": self._duties.next,
            "triage": self._triage.decide,
            "update": self._update,
            "copy-message": self._copy_message,
            "plan": self._reads(read_plan),
            "adherence": self._reads(read_adherence),
            "breach-record": self._reads(read_breach),
            "invitation": self._reads(write_invitation),
            "copy-sitrep": self._reads(copy_situation),
            "postmortem": self._reads(write_postmortem),
            "finish": self._duties.finish,
            "drop-item": self._duties.give_up,
            "detail": self._detail,
            "copy-code": self._copy_code,
            "filter": self._filter,
            "tick": self._working.tick,
            "links": self._working.links,
            "put-back": lambda _values: _put_back(screen, self._said),
            "help": self._help,
            **self._loop.own,
        }
        # The message that goes with what was done last.
        self._offered = ""
        # These happen within the key itself: whatever is typed right after them is meant for where they lead.
        self._at_once: Mapping[str, Callable[[], object]] = {
            "entry": self._entry,
            "command": partial(self._entry, ":"),
            "maximise": screen.maximise,
            "palette": self._palette,
            "back": self._back,
            "quit": self._leave,
            **{f"pane-{number}": partial(screen.go_to, number) for number in range(1, 6)},
        }

    @property
    def _following(self) -> LiveIncident:
        return self._screen.live

    @property
    def here(self) -> Here:
        """The present and the zone in which words are read."""
        view = self._following.view()
        return Here(view.now, self._following.zone)

    def _entry(self, text: str = "") -> None:
        self._screen.entry.start(text)

    def _palette(self) -> None:
        self._screen.app.action_command_palette()

    def _back(self) -> None:
        self._screen.app.call_later(self._screen.app.run_action, "back")

    def _leave(self) -> None:
        self._screen.app.exit()

    def do(self, name: str, values: dict[str, str]) -> None:
        """Do an action; in the background where it may ask, or the store may take its time."""
        at_once = self._at_once.get(name)
        if at_once is not None:
            at_once()
            return
        self._screen.type_ahead.hold()
        self._screen.run_worker(self._then_release(self._do(name, values)), group="doing", exit_on_error=True)

    async def _then_release(self, work: Awaitable[None]) -> None:
        try:
            await work
        finally:
            self._screen.type_ahead.release()

    def keep(self, reading: ParsedLine, typed: str) -> None:
        """Keep a line as it was read; it leaves the draft only once it is on the disk."""
        work = self._keep(reading, typed)
        if self._stays_in_the_line(reading):
            self._screen.run_worker(work, group="doing", exit_on_error=True)
        else:
            self._screen.type_ahead.hold()
            self._screen.run_worker(self._then_release(work), group="doing", exit_on_error=True)

    def _stays_in_the_line(self, reading: ParsedLine) -> bool:
        """Return whether nothing is asked or opened for this line, so that the keys behind it are the next line."""
        action = find(reading.action)
        if self._by_hand(action, reading.values):
            return False
        return not self._asking.wanted(action, reading.values)

    def _by_hand(self, action: Action, values: Mapping[str, str]) -> bool:
        """Return whether a typed action is done by a hand of its own, and not by the rule alone."""
        if action.name in self._loop.own:
            return action.name == "chat" or self._loop.by_hand(action, values)
        return action.name in self._own or action.name in self._at_once

    async def _do(self, name: str, values: dict[str, str]) -> None:
        own = self._own.get(name)
        await (own(values) if own is not None else self._rule(name, values))

    async def _rule(self, name: str, values: dict[str, str]) -> None:
        """Have a rule of the registry done; the cursor or a box gives what it still needs."""
        action = find(name)
        if self._working.stands_on_a_decision(action, values):
            return
        known = self._with_cursor(action, values)
        if action.grave or self._asking.wanted(action, known):
            await self._asking.ask(action, known)
        else:
            problem = await self._act(action, known)
            if problem:
                self._screen.say(problem, "late")

    async def _keep(self, reading: ParsedLine, typed: str) -> None:
        action, values, entry = find(reading.action), dict(reading.values), self._screen.entry
        if action.name == "chat" and values:
            entry.settle(typed, await self._loop.bring_in(values))
        elif self._by_hand(action, values):
            entry.settle(typed)
            self.do(action.name, values)
        elif self._asking.wanted(action, values):
            entry.settle(typed, "" if await self._asking.ask(action, values, reading) else "not done")
        else:
            try:
                await self._done(action, values, reading)
                entry.settle(typed)
            except Refused as refused:
                entry.settle(typed, str(refused), refused=not isinstance(refused, StoreError))

    def _with_cursor(self, action: Action, values: Mapping[str, str]) -> dict[str, str]:
        """Fill the first argument from what the cursor is on, for keys that belong to the pane in use."""
        known = dict(values)
        pane = self._screen.pane
        if action.args and pane is not None and action.scope in (pane.scope, Scope.EVERYWHERE):
            first = action.args[0]
            meant = self._screen.cursor(first.kind)
            if meant and not known.get(first.name) and first.kind not in (ArgKind.PERSON, ArgKind.PEOPLE):
                known[first.name] = meant
            # A line that is linked or pinned to is the one under the cursor, whichever place it has in the arguments.
            linked = self._screen.cursor(ArgKind.LINE)
            for arg in action.args:
                if arg.kind in (ArgKind.LINE, ArgKind.ENTRY) and linked and not known.get(arg.name):
                    known[arg.name] = linked
        return known

    async def _act(self, action: Action, values: dict[str, str], reading: ParsedLine | None = None) -> str:
        """Have it done; return why not, or nothing."""
        try:
            await self._done(action, values, reading)
        except Refused as refused:
            return str(refused)
        return ""

    async def _done(self, action: Action, values: dict[str, str], reading: ParsedLine | None) -> None:
        """Have it done and say so; raises Refused."""
        when = reading.when.at if reading and reading.when else None
        done = await self._following.act(action.name, values, when)
        self._said(done, OFFERED.get(action.name, ""))
        if action.name in VERDICTS:
            await copy_verdict(self._screen, action.name)

    def _said(self, done: ActionResult, offered: str = "") -> None:
        """Say what was kept, and which message there is to copy now."""
        offered = offered or of_the_end(done.own, self._following.record.incident)
        self._offered = offered or self._offered
        self._screen.paint()
        if done.warning:
            self._screen.say(done.warning, "warn")
            return
        record = self._following.record
        if done.own:
            # What was done to a step comes before what that did to the steps under it, also when it is taken back.
            first = min(done.own, key=lambda event: event.undoes or event.seq)
            more = sum(isinstance(event.fact, StepMarked) and not event.fact.quiet for event in done.own) - 1
            words = f"{_became(first, record)}, and {more} more" if more > 0 else _became(first, record)
            self._screen.say(words, "ok", _offer(self._screen, offered, done))

    # Moving about

    async def _filter(self, values: dict[str, str]) -> None:
        from incident_cockpit.tui.screens.text_prompt import TextPrompt

        words = values.get("words")
        if words is None:
            words = await self._screen.app.push_screen_wait(
                TextPrompt("Show only lines with", self._screen.filter_text)
            )
        if words is not None:
            self._screen.filter_text = words
            self._screen.go_to(2)
            self._screen.paint()

    async def _help(self, _values: dict[str, str]) -> None:
        from incident_cockpit.tui.screens.help import HelpScreen

        chosen = await self._screen.app.push_screen_wait(
            HelpScreen(tuple(ACTIONS.values()), self._screen.around.keys.of)
        )
        if chosen:
            self.do(chosen, {})

    # Reading

    async def _detail(self, _values: dict[str, str]) -> None:
        pane = self._screen.pane
        if pane is None or pane.cursor_key is None:
            return
        if await self._loop.look():
            return
        match pane.scope:
            case Scope.RUNBOOK:
                await self._working.look()
            case Scope.DUE:
                await self._duties.look()
            case Scope.PEOPLE:
                await self._do("assign", {})

    # Texts that leave

    async def _update(self, values: dict[str, str]) -> None:
        await open_composer(self._screen, values.get("audience", ""))

    async def _copy_message(self, values: dict[str, str]) -> None:
        await copy_message(self._screen, values.get("message", ""), self._offered)

    async def _copy_code(self, _values: dict[str, str]) -> None:
        await copy_code(self._screen, self._screen.cursor(ArgKind.STEP))

    def _reads(self, show: Callable[[Stage], Awaitable[None]]) -> Callable[[dict[str, str]], Awaitable[None]]:
        """Return what shows or writes something and takes no words."""
        return lambda _values: show(self._screen)


def _offer(screen: Stage, offered: str, done: ActionResult) -> str:
    """Return what can be done with what was kept: a message about it, an entry for the calendar."""
    if any(isinstance(event.fact, ReviewScheduled) for event in done.own):
        return "(:invitation writes it for the calendar)"
    keys, incident = screen.around.keys, screen.live.record.incident
    over = not incident.live and any(isinstance(event.fact, PhaseChanged) for event in done.own)
    ways = [(keys.label("copy-message"), "copies a message about it")] if offered else []
    ways += [(keys.label("stand-down"), "who may rest")] if over and "closed" not in incident.milestones else []
    offers = any(isinstance(event.fact, HandoffOffered) for event in done.own)
    ways += [(keys.label("handoff"), "reads it back")] if offers and incident.handoff else []
    if start := offer_start(screen, done):
        return start
    told = ", ".join(f"{key} {about}" for key, about in ways if key)
    # A key that is named works only behind the line that is still open.
    return f"({'esc, then ' if screen.entry.typing else ''}{told})" if told else ""


def _became(event: Event, record: Record) -> str:
    """Return what an event did, in one line: it was kept, or it took back or brought back what is named."""
    verb, meant = "kept", event
    while meant.undoes is not None:
        verb = "taken back" if verb != "taken back" else "brought back"
        meant = record.events[meant.undoes - 1]
    return f"{verb}: {timeline_entry(record, meant).text}".splitlines()[0]


async def _put_back(screen: Stage, said: Callable[[ActionResult], None]) -> None:
    """Put back what the rescue copies hold and the store lacks, and say how much that was."""
    try:
        done = await screen.live.put_back()
    except Refused as refused:
        screen.say(str(refused), "late")
    else:
        said(done)
