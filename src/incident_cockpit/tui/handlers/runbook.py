"""Everything about a step of a runbook: its guidance, and which of its code is meant."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from incident_cockpit.actions.action import Action, ArgKind, Scope
from incident_cockpit.actions.arguments import Option
from incident_cockpit.incident.facts import runbooks
from incident_cockpit.incident.facts.roles import assignee_name
from incident_cockpit.incident.facts.steps import is_question
from incident_cockpit.runbook.model import Runbook, Step, step_path
from incident_cockpit.runbook.prose import prose
from incident_cockpit.times.format import clock
from incident_cockpit.tui.handlers.context import Stage, copy_and_say
from incident_cockpit.tui.handlers.timeline import visit
from incident_cockpit.tui.panes.runbook import ways_on
from incident_cockpit.tui.screens.pick import PickScreen
from incident_cockpit.tui.screens.reader import ReaderScreen


async def show_step(screen: Stage, key: str) -> str:
    """Show a step with its guidance; return the code to copy if that was asked for, else an empty string."""
    view = screen.live.view()
    steps = view.incident.steps
    step = steps.find(key)
    if step is None:
        return ""
    mark = steps.marks.get(key)
    facts = [("state", steps.status(key).value)]
    if mark is not None:
        facts.append(("since", f"{clock(mark.when, view.zone, view.now)} by {mark.who}"))
        facts += [("reason", mark.reason)] if mark.reason else []
    facts += [("answer", mark.answer)] if mark is not None and mark.answer else []
    given = steps.assignees.get(key)
    facts += [("with", assignee_name(view.incident, given))] if given else []
    runbook = steps.runbooks[key.partition(".")[0]]
    facts.append(("where", f"{_where(runbook, step)} (line {step.line})"))
    code = "\n".join(block.text for block in step.code)
    reader = ReaderScreen(step.text, lambda width: prose(step.guidance or "No guidance.", width), facts, code)
    return await choose_code(screen, step) if await screen.app.push_screen_wait(reader) else ""


def _where(runbook: Runbook, step: Step) -> str:
    """Return the headings and steps above a step; one that was added here stands in no file."""
    try:
        return " › ".join(step_path(runbook, step.key))
    except KeyError:
        return runbook.sections[step.section].title if step.section < len(runbook.sections) else runbook.title


async def choose_code(screen: Stage, step: Step) -> str:
    """Return the code block of a step that is meant; asks where it has several, empty where it has none."""
    if len(step.code) < 2:
        return step.code[0].text if step.code else ""
    ways = [Option(str(at), " ⏎ ".join(block.text.split("\n"))) for at, block in enumerate(step.code)]
    chosen = await screen.app.push_screen_wait(PickScreen("Which code?", ways))
    return step.code[int(chosen)].text if chosen else ""


async def copy_code(screen: Stage, key: str | None) -> None:
    """Copy a code block of a step; of several the one that is chosen."""
    step = screen.live.record.incident.steps.find(key) if key else None
    if step is None or not step.code:
        screen.say("this step has no code to copy", "warn")
        return
    code = await choose_code(screen, step)
    if code:
        await copy_and_say(screen, code)


# -- working: What the keys of the Runbook pane ask beyond a rule: what stands under a step, ways on at a decision,
# links.

Do = Callable[[str, dict[str, str]], Awaitable[None]]


class Working:
    """The hands for the lines of the runbooks.

    `rule` has a rule of the registry done, asking for what it still needs; `ask` asks also for what may stay empty.
    """

    def __init__(self, screen: Stage, rule: Do, ask: Do) -> None:
        """Work for this screen."""
        self._ask = ask
        self._screen = screen
        self._rule = rule

    def stands_on_a_decision(self, action: Action, values: dict[str, str]) -> bool:
        """Say so where a key for steps is pressed on a decision: a choice among all steps would hit a wrong one."""
        wants_step = action.scope is Scope.RUNBOOK and bool(action.args) and action.args[0].kind is ArgKind.STEP
        if not wants_step or values.get("step") or self._screen.cursor(ArgKind.GATE) is None:
            return False
        self._screen.say("this is a decision, not a step: space shows its ways on", "warn")
        return True

    async def look(self) -> None:
        """Show what stands behind the line under the cursor: a step's guidance, or the ways on at a decision."""
        step, gate = self._screen.cursor(ArgKind.STEP), self._screen.cursor(ArgKind.GATE)
        if gate is not None:
            await self.take_way(gate)
        elif step is not None:
            await copy_and_say(self._screen, await show_step(self._screen, step))

    async def tick(self, values: dict[str, str]) -> None:
        """Tick a step: a question asks for its answer, a step with open ones under it whether they are meant too."""
        step, gate = values.get("step") or self._screen.cursor(ArgKind.STEP), self._screen.cursor(ArgKind.GATE)
        if not values and gate is not None:
            await self.take_way(gate)
            return
        steps = self._screen.live.record.incident.steps
        found = steps.find(step) if step and not values else None
        if step is None or found is None or steps.closed(step):
            await self._rule("tick", {"step": step} if step else values)
            return
        waiting = [one for one in steps.under(step) if not steps.closed(one)]
        if is_question(found):
            await self._ask("answer-step", {"step": step})
        elif waiting:
            count = "1 step" if len(waiting) == 1 else f"{len(waiting)} steps"
            ways = [Option("tick-off", "only this step"), Option("tick-all", f"this and the {count} open under it")]
            chosen = await self._screen.app.push_screen_wait(PickScreen(found.text, ways))
            if chosen:
                await self._rule(chosen, {"step": step})
        else:
            await self._rule("tick", {"step": step})

    async def take_way(self, key: str) -> None:
        """Ask which way to take at a decision, log it, and go where it leads."""
        incident = self._screen.live.record.incident
        gate = runbooks.find_gate(incident, key)
        if gate is None:
            return
        runbook_id = key.partition(".")[0]
        runbook = incident.steps.runbooks[runbook_id]
        labels = ways_on(runbook, gate)
        ways = [
            Option(str(number), f"{choice.words}  → {label}" if label != choice.words else label)
            for number, (choice, label) in enumerate(zip(gate.choices, labels, strict=True), 1)
        ]
        chosen = await self._screen.app.push_screen_wait(PickScreen(runbooks.gate_question(gate), ways))
        if not chosen:
            return
        await self._rule("branch", {"gate": key, "choice": chosen})
        way = gate.choices[int(chosen) - 1]
        if way.section is not None:
            self.go_to_section(runbook_id, way.section)
        if way.escalate:
            await self._rule("escalate", {})

    def go_to_section(self, runbook_id: str, section: int) -> None:
        """Put the cursor on the first step of a section, or of the next one that has any."""
        steps = self._screen.live.record.incident.steps
        behind = [step for step in steps.of(runbook_id) if step.section >= section]
        if behind:
            self._screen.go_to(1)
            self._screen.panes[0].move_to(f"{runbook_id}.{behind[0].key}", lead=True)

    async def links(self, values: dict[str, str]) -> None:
        """Ask which link of the step is meant: a section is gone to, an address is opened or copied on request."""
        step = values.get("step") or self._screen.cursor(ArgKind.STEP)
        found = self._screen.live.record.incident.steps.find(step) if step else None
        if step is None or found is None or not found.links:
            self._screen.say("this step links to nothing", "warn")
            return
        ways = [
            Option(str(number), f"{one.text}  {one.url}" if one.text != one.url else one.url)
            for number, one in enumerate(found.links)
        ]
        chosen = ways[0].id if len(ways) == 1 else await self._screen.app.push_screen_wait(PickScreen("Links", ways))
        if not chosen:
            return
        link = found.links[int(chosen)]
        if link.section is not None:
            self.go_to_section(step.partition(".")[0], link.section)
        elif link.url.startswith("#"):
            self._screen.say(f"the runbook has no section {link.url}", "warn")
        else:
            await visit(self._screen, link.url)
