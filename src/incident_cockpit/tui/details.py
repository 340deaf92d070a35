"""Everything about a step of a runbook: its guidance, and which of its code is meant."""

from __future__ import annotations

from incident_cockpit.actions.options import Option
from incident_cockpit.incident.topics.roles import taker
from incident_cockpit.runbook.model import Runbook, Step, path
from incident_cockpit.runbook.prose import prose
from incident_cockpit.timewords import clock
from incident_cockpit.tui.screens.pick import PickScreen
from incident_cockpit.tui.screens.reader import ReaderScreen
from incident_cockpit.tui.stage import Stage


async def show_step(screen: Stage, key: str) -> str:
    """Show a step with its guidance; return the code to copy if that was asked for, else an empty string."""
    view = screen.following.view()
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
    given = steps.given.get(key)
    facts += [("with", taker(view.incident, given))] if given else []
    runbook = steps.runbooks[key.partition(".")[0]]
    facts.append(("where", f"{_where(runbook, step)} (line {step.line})"))
    code = "\n".join(block.text for block in step.code)
    reader = ReaderScreen(step.text, lambda width: prose(step.guidance or "No guidance.", width), facts, code)
    return await choose_code(screen, step) if await screen.app.push_screen_wait(reader) else ""


def _where(runbook: Runbook, step: Step) -> str:
    """Return the headings and steps above a step; one that was added here stands in no file."""
    try:
        return " › ".join(path(runbook, step.key))
    except KeyError:
        return runbook.sections[step.section].title if step.section < len(runbook.sections) else runbook.title


async def choose_code(screen: Stage, step: Step) -> str:
    """Return the code block of a step that is meant; asks where it has several, empty where it has none."""
    if len(step.code) < 2:
        return step.code[0].text if step.code else ""
    ways = [Option(str(at), " ⏎ ".join(block.text.split("\n"))) for at, block in enumerate(step.code)]
    chosen = await screen.app.push_screen_wait(PickScreen("Which code?", ways))
    return step.code[int(chosen)].text if chosen else ""
