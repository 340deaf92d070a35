"""Handlers of the Runbook pane: ticking, decision points, links, code blocks, and a step with its guidance."""

from __future__ import annotations

from incident_cockpit.actions.arguments.argument import Choice
from incident_cockpit.actions.arguments.of_incident import GateArg, StepArg
from incident_cockpit.incident.facts import runbooks
from incident_cockpit.incident.facts.roles import assignee_name
from incident_cockpit.incident.facts.steps import StepId, is_question
from incident_cockpit.runbook.model import Runbook, Step, step_path
from incident_cockpit.runbook.prose import prose
from incident_cockpit.text.plurals import counted
from incident_cockpit.times.format import clock
from incident_cockpit.tui.handlers.context import Context
from incident_cockpit.tui.handlers.dispatch import Values, handles, opens
from incident_cockpit.tui.handlers.timeline import visit
from incident_cockpit.tui.panes.runbook import RunbookPane, branches


@handles("tick")
async def tick(context: Context, values: Values) -> None:
    """Tick or reopen a step: a question asks for its answer, a step with open substeps whether they are included."""
    key = values.get("step") or context.cursor(StepArg)
    if key is None and (gate := context.cursor(GateArg)):
        await choose_branch(context, gate)
        return
    steps = context.incident.steps
    step = steps.find(key) if key and not values else None
    if key is None or step is None:
        await context.ask("tick", values)
        return
    open_substeps = [substep for substep in steps.under(key) if not steps.closed(substep)]
    if steps.closed(key):
        await context.act("tick", {"step": key})
    elif is_question(step):
        await context.ask("answer-step", {"step": key}, optional=True)
    elif open_substeps:
        ways = (
            Choice("tick-off", "this step only"),
            Choice("tick-all", f"this step and {counted(len(open_substeps), 'open substep')}"),
        )
        if chosen := await context.choose(step.text, ways):
            await context.act(chosen, {"step": key})
    else:
        await context.act("tick", {"step": key})


@opens(RunbookPane)
async def open_row(context: Context, key: str) -> None:
    """Show a step with its guidance, or the branches of a decision point."""
    step, gate = context.cursor(StepArg), context.cursor(GateArg)
    if gate is not None:
        await choose_branch(context, gate)
    elif step is not None:
        await read_step(context, step)


async def choose_branch(context: Context, key: str) -> None:
    """Ask for the branch to take at a decision point, log it, and go where it leads."""
    gate = runbooks.find_gate(context.incident, key)
    if gate is None:
        return
    runbook_id = StepId.parse(key).runbook
    labels = branches(context.incident.steps.runbooks[runbook_id], gate)
    options = [
        Choice(str(number), f"{choice.words}  → {label}" if label != choice.words else label)
        for number, (choice, label) in enumerate(zip(gate.choices, labels, strict=True), 1)
    ]
    number = await context.choose(runbooks.gate_question(gate), options)
    if not number:
        return
    await context.act("branch", {"gate": key, "choice": number})
    choice = gate.choices[int(number) - 1]
    if choice.section is not None:
        go_to_section(context, runbook_id, choice.section)
    if choice.escalate:
        await context.ask("escalate")


def go_to_section(context: Context, runbook_id: str, section: int) -> None:
    """Put the cursor on the first step of a section, or of the next section with steps."""
    steps = [step for step in context.incident.steps.of(runbook_id) if step.section >= section]
    if steps:
        context.screen.go_to(RunbookPane).move_to(f"{runbook_id}.{steps[0].key}", lead=True)


@handles("links")
async def links(context: Context, values: Values) -> None:
    """Follow a link of the step: go to the section, or open or copy the address."""
    key = values.get("step") or context.cursor(StepArg)
    step = context.incident.steps.find(key) if key else None
    if key is None or step is None or not step.links:
        context.say("This step has no links", "warn")
        return
    options = [
        Choice(str(index), f"{link.text}  {link.url}" if link.text != link.url else link.url)
        for index, link in enumerate(step.links)
    ]
    index = options[0].id if len(options) == 1 else await context.choose("Links", options)
    if not index:
        return
    link = step.links[int(index)]
    if link.section is not None:
        go_to_section(context, StepId.parse(key).runbook, link.section)
    elif link.url.startswith("#"):
        context.say(f'The runbook has no section "{link.url}"', "warn")
    else:
        await visit(context, link.url)


@handles("copy-code")
async def copy_code(context: Context, values: Values) -> None:
    """Copy a code block of the step."""
    key = context.cursor(StepArg)
    step = context.incident.steps.find(key) if key else None
    if step is None or not step.code:
        context.say("This step has no code", "warn")
    else:
        await _copy_block(context, step)


async def read_step(context: Context, key: str) -> None:
    """Show a step with its guidance, and copy its code on request."""
    view, steps = context.view, context.incident.steps
    step = steps.find(key)
    if step is None:
        return
    mark, assignee = steps.marks.get(key), steps.assignees.get(key)
    facts = [("state", steps.status(key).value)]
    if mark is not None:
        facts.append(("since", f"{clock(mark.when, view.zone, view.now)} by {mark.who}"))
        facts += [("reason", mark.reason)] if mark.reason else []
        facts += [("answer", mark.answer)] if mark.answer else []
    facts += [("assigned to", assignee_name(view.incident, assignee))] if assignee else []
    section = " › ".join(_path(steps.runbooks[StepId.parse(key).runbook], step))
    facts.append(("section", f"{section} (line {step.line})"))
    code = "\n".join(block.text for block in step.code)
    guidance = step.guidance or "No guidance."
    if await context.read(step.text, lambda width: prose(guidance, width), facts, code=code):
        await _copy_block(context, step)


def _path(runbook: Runbook, step: Step) -> tuple[str, ...]:
    """Return the headings and steps above a step; a step added to this incident is in no file."""
    try:
        return step_path(runbook, step.key)
    except KeyError:
        return (runbook.sections[step.section].title if step.section < len(runbook.sections) else runbook.title,)


async def _copy_block(context: Context, step: Step) -> None:
    """Copy the only code block of a step, or the one that is chosen."""
    options = [Choice(str(index), " ⏎ ".join(block.text.split("\n"))) for index, block in enumerate(step.code)]
    index = options[0].id if len(options) == 1 else await context.choose("Code block", options)
    if index:
        await context.copy(step.code[int(index)].text)
