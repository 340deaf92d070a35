"""Everything a person can do, declared once."""

from __future__ import annotations

from functools import partial

from incident_cockpit.actions.action import Action, Arg, Kind, Scope, rule
from incident_cockpit.errors import Refused
from incident_cockpit.incident import milestone, undo
from incident_cockpit.incident.topics import (
    asks,
    followups,
    gates,
    hypotheses,
    impact,
    notes,
    opening,
    phase,
    roles,
    runbooks,
    severity,
    steps,
    timers,
    updates,
)

_STEP = Arg("step", Kind.STEP, "Which step?")
_ASK = Arg("ask", Kind.ASK, "Which ask?")
_TIMER = Arg("timer", Kind.TIMER, "Which timer?")
_HYPOTHESIS = Arg("hypothesis", Kind.HYPOTHESIS, "Which hypothesis?")


def _text(name: str, ask: str, required: bool = True) -> Arg:
    return Arg(name, Kind.TEXT, ask, required)


_LOG = (
    Action(
        "note", "Log what happened.", "Log", (_text("text", "What happened?"),), decide=rule(notes.log),
    ),
    Action(
        "action", "Log an action that was taken.", "Log", (_text("text", "What was done?"),), sign="!",
        decide=rule(partial(notes.log, sort=notes.Sort.ACTION)),
    ),
    Action(
        "decision", "Log a decision.", "Log", (_text("text", "What was decided?"),), sign="=",
        decide=rule(partial(notes.log, sort=notes.Sort.DECISION)),
    ),
    Action(
        "finding", "Log what was found out.", "Log", (_text("text", "What was found?"),),
        decide=rule(partial(notes.log, sort=notes.Sort.FINDING)),
    ),
    Action("undo", "Take back your last action.", "Log", keys=("z",), label="undo", decide=undo.undo),
    Action("redo", "Bring back what you have just undone.", "Log", keys=("Z",), decide=undo.redo),
)  # fmt: skip

_RUNBOOK = (
    Action(
        "tick", "Mark the step as done, or open it again.", "Runbook", (_STEP,), keys=("space", "x"),
        scope=Scope.RUNBOOK, label="tick", decide=rule(steps.tick),
    ),
    Action(
        "skip", "Skip the step, with the reason.", "Runbook", (_STEP, _text("reason", "Why is it skipped?")),
        keys=("minus",), scope=Scope.RUNBOOK, label="skip", decide=rule(steps.skip),
    ),
    Action("begin", "Mark the step as in progress.", "Runbook", (_STEP,), keys=("b",), scope=Scope.RUNBOOK,
           decide=rule(steps.begin)),
    Action("tick-off", "Mark the step as done.", "Runbook", (_STEP,), decide=rule(steps.done)),
    Action("reopen-step", "Open the step again.", "Runbook", (_STEP,), decide=rule(steps.reopen)),
    Action(
        "give", "Give the step to somebody, or to a role: whoever holds it.", "Runbook",
        (_STEP, Arg("who", Kind.TAKER, "Who takes it?")), keys=("a",), scope=Scope.RUNBOOK, decide=rule(steps.give),
    ),
    Action(
        "reply", "Answer the question, which is done with that.", "Runbook",
        (_STEP, _text("answer", "What is the answer? (empty: only tick it)", required=False)), scope=Scope.RUNBOOK,
        decide=rule(steps.reply),
    ),
    Action(
        "tick-all", "Mark the step as done with everything under it.", "Runbook", (_STEP,), keys=("X",),
        scope=Scope.RUNBOOK, decide=rule(steps.done_with_all),
    ),
    Action(
        "box", "Give the step a time in which it should be done, or take that away.", "Runbook",
        (_STEP, Arg("within", Kind.CADENCE, "Within what time? (10m, off)")), keys=("T",), scope=Scope.RUNBOOK,
        decide=rule(steps.box),
    ),
    Action(
        "add-step", "Add a step behind this one, for this incident.", "Runbook",
        (_STEP, _text("text", "What is to be done?")), keys=("plus",), scope=Scope.RUNBOOK, decide=rule(steps.add),
    ),
    Action(
        "gate", "Take a way on where the runbook has a decision.", "Runbook",
        (Arg("gate", Kind.GATE, "Which decision?"), _text("choice", "Which way? (its number or its words)")),
        decide=rule(gates.decide),
    ),
    Action(
        "attach", "Attach a runbook: a Markdown file, or the name of one.", "Runbook",
        (Arg("runbook", Kind.RUNBOOK, "Which runbook?"),
         Arg("rule", Kind.RULE, "By which rule? (empty: the first that finds steps)", required=False)),
        decide=rule(runbooks.attach),
    ),
    Action(
        "merge-runbook", "Put a newer file in the place of an attached runbook; ticks stay.", "Runbook",
        (Arg("runbook", Kind.ATTACHED, "Which attached runbook?"), Arg("newer", Kind.RUNBOOK, "Which file is newer?")),
        decide=rule(runbooks.merge_in),
    ),
)  # fmt: skip

_COMMAND = (
    Action(
        "severity", "Change the severity, with the reason.", "Command",
        (Arg("severity", Kind.SEVERITY, "How bad is it?"), _text("reason", "Why?")), keys=("s",), label="severity",
        decide=rule(severity.change), grave=True,
    ),
    Action(
        "phase", "Move the incident to another phase.", "Command",
        (Arg("phase", Kind.PHASE, "Which phase?"), _text("reason", "Why? (to end or reopen)", required=False)),
        keys=("p",), label="phase", decide=rule(phase.enter), grave=True,
    ),
    Action(
        "resolve", "Declare the incident resolved, with what verified it.", "Command",
        (_text("verified", "What did you see that says so?"),), decide=rule(phase.resolve), grave=True,
    ),
    Action(
        "close", "Close the incident.", "Command", (_text("reason", "Anything to add?", required=False),),
        decide=rule(phase.close), grave=True,
    ),
    Action(
        "impact", "Describe who is hurt and how.", "Command", (_text("impact", "Who is hurt, and how?"),), keys=("i",),
        label="impact", decide=rule(impact.describe),
    ),
    Action(
        "title", "Put the title right.", "Command", (_text("title", "What is broken, for whom?"),),
        decide=rule(opening.retitle),
    ),
    Action(
        "milestone", "Correct when something happened: started, detected, mitigated ...", "Command",
        (Arg("name", Kind.MILESTONE, "Which milestone?"), Arg("at", Kind.TIME, "When was it?")),
        decide=milestone.correct,
    ),
)  # fmt: skip

_PEOPLE = (
    Action(
        "assign", "Give a role to somebody; it changes hands where somebody holds it.", "People",
        (Arg("role", Kind.ROLE, "Which role?"), Arg("who", Kind.PERSON, "Who takes it?")), keys=("r",), label="roles",
        decide=rule(roles.assign),
    ),
    Action(
        "release", "Free a role.", "People",
        (Arg("role", Kind.ROLE, "Which role?"), Arg("who", Kind.PERSON, "Who leaves it?", required=False)),
        keys=("minus",), scope=Scope.PEOPLE, decide=rule(roles.release),
    ),
    Action(
        "ask", "Ask somebody for something within a time.", "People",
        (
            Arg("who", Kind.PERSON, "Whom do you ask?"),
            Arg("within", Kind.DURATION, "Within what time?", default="10m"),
            _text("text", "What do you ask for?"),
        ),
        keys=("at",), sign="@", label="ask", decide=rule(asks.ask),
    ),
    Action(
        "escalate", "Log that somebody was brought in, and why.", "People",
        (Arg("who", Kind.PERSON, "Whom do you bring in?"), _text("reason", "Why?")), keys=("e",), label="escalate",
        decide=rule(notes.escalate),
    ),
    Action("answer", "Close an ask with what was found.", "People", (_ASK, _text("answer", "What was found?")),
           decide=rule(asks.answer)),
    Action("drop", "Drop an ask that is no longer wanted.", "People",
           (_ASK, _text("reason", "Why? (may stay empty)", required=False)), decide=rule(asks.drop)),
)  # fmt: skip

_CLOCK = (
    Action(
        "timer", "Start a countdown.", "Clocks",
        (Arg("within", Kind.DURATION, "In what time?"), _text("text", "To think of what?", required=False)),
        keys=("t",), label="timer", decide=rule(timers.set_timer),
    ),
    Action("done", "End a timer: what it reminds of is done.", "Clocks", (_TIMER,), decide=rule(timers.finish)),
    Action("cancel", "End a timer that is no longer wanted.", "Clocks", (_TIMER,), decide=rule(timers.cancel)),
    Action(
        "snooze", "Put off what is due.", "Clocks",
        (Arg("item", Kind.DUE, "Which one?"), Arg("within", Kind.DURATION, "For how long?", default="5m")),
        keys=("w",), scope=Scope.DUE, label="snooze", decide=rule(timers.put_off),
    ),
    Action(
        "cadence", "Change how often an audience hears from us, or switch it off.", "Clocks",
        (Arg("audience", Kind.AUDIENCE, "Which audience?"), Arg("every", Kind.CADENCE, "How often? (15m, off)")),
        decide=rule(updates.set_cadence),
    ),
)  # fmt: skip

_CAUSE = (
    Action(
        "hypothesis", "Name a possible cause.", "Cause", (_text("text", "What could be the cause?"),), sign="?",
        keys=("h",), decide=rule(hypotheses.suppose),
    ),
    Action(
        "test", "Say who tests the hypothesis.", "Cause",
        (_HYPOTHESIS, Arg("who", Kind.PERSON, "Who tests it? (empty: you)", required=False)),
        keys=("space",), scope=Scope.HYPOTHESES, label="test", decide=rule(hypotheses.try_out),
    ),
    Action(
        "rule-out", "Rule the hypothesis out, with what showed it.", "Cause",
        (_HYPOTHESIS, _text("found", "What showed it?")), keys=("minus",), scope=Scope.HYPOTHESES, label="rule out",
        decide=rule(hypotheses.rule_out),
    ),
    Action(
        "confirm", "Confirm the hypothesis, with what showed it.", "Cause",
        (_HYPOTHESIS, _text("found", "What showed it?")), keys=("plus",), scope=Scope.HYPOTHESES, label="confirm",
        decide=rule(hypotheses.confirm),
    ),
    Action("reopen-hypothesis", "Open the hypothesis again.", "Cause", (_HYPOTHESIS,), decide=rule(hypotheses.doubt)),
)  # fmt: skip

_AFTER = (
    Action(
        "follow-up", "Note work for after the incident.", "After", (_text("text", "What has to be done?"),),
        keys=("f",), decide=rule(followups.note),
    ),
    Action(
        "follow-up-done", "Mark a follow-up as done.", "After",
        (Arg("follow_up", Kind.FOLLOW_UP, "Which follow-up?"),), decide=rule(followups.finish),
    ),
    Action(
        "follow-up-owner", "Give a follow-up to somebody.", "After",
        (Arg("follow_up", Kind.FOLLOW_UP, "Which follow-up?"), Arg("who", Kind.PERSON, "Who takes it?")),
        decide=rule(followups.give),
    ),
    # Recorded when a text was copied; the composer and `incident update --copy` call it, nobody types it.
    Action(
        "sent", "Record that an update went out.", "After",
        (Arg("audience", Kind.AUDIENCE, "To whom?"), Arg("route", Kind.TEXT, "By which route?"),
         _text("text", "What did it say?"),
         Arg("promised", Kind.TIME, "When did it promise the next?", required=False)),
        decide=rule(updates.send),
    ),
)  # fmt: skip

# What belongs to the screen alone: moving about, composing, copying, asking for help.
_SCREEN = (
    Action("next", "Do what NEXT says.", "Screen", keys=("g",), label="do next"),
    Action("entry", "Go to the entry line.", "Screen", keys=("n",), label="log"),
    Action("command", "Go to the entry line to type a command.", "Screen", keys=("colon",)),
    Action("update", "Write a status update from the facts, copy it and start the next countdown.", "Screen",
           (Arg("audience", Kind.AUDIENCE, "For whom?", required=False),), keys=("u",), label="update"),
    Action("copy-situation", "Copy the situation as it stands.", "Screen", keys=("y",), label="copy"),
    Action("postmortem", "Write the postmortem draft to a file.", "Screen", keys=("P",)),
    Action("finish", "Do what is due: answer the ask, end the timer, write the update.", "Screen",
           keys=("space", "x"), scope=Scope.DUE, label="done"),
    Action("give-up", "Drop the ask or cancel the timer.", "Screen", keys=("minus",), scope=Scope.DUE, label="cancel"),
    Action("detail", "Show everything about the line under the cursor.", "Screen", keys=("enter",), label="detail"),
    Action("links", "Go to what the step links to: a section, or an address.", "Screen", keys=("l",),
           scope=Scope.RUNBOOK),
    Action("copy-code", "Copy the code block of the step.", "Screen", keys=("c",), scope=Scope.RUNBOOK),
    Action("filter", "Show only lines with these words.", "Screen", keys=("slash",)),
    Action("pane-1", "Go to the Runbook pane.", "Screen", keys=("1",)),
    Action("pane-2", "Go to the Timeline pane.", "Screen", keys=("2",)),
    Action("pane-3", "Go to the Due pane.", "Screen", keys=("3",)),
    Action("pane-4", "Go to the People pane.", "Screen", keys=("4",)),
    Action("pane-5", "Go to the Hypotheses pane.", "Screen", keys=("5",)),
    Action("maximise", "Give the pane the whole screen, or give it back.", "Screen", keys=("m",)),
    Action("palette", "Find an action by its words.", "Screen", keys=("ctrl+p",), label="palette"),
    Action("help", "Show every key and command; enter runs one.", "Screen", keys=("question_mark",), label="help"),
    Action("back", "Go back to the list of incidents.", "Screen", keys=("q",)),
    Action("leave", "Leave the cockpit; the incident goes on.", "Screen", keys=("ctrl+q",)),
    Action("declare", "Declare a new incident.", "Screen", keys=("d",), scope=Scope.LIST, label="declare"),
)  # fmt: skip

ACTIONS: dict[str, Action] = {
    action.name: action for group in (_LOG, _RUNBOOK, _COMMAND, _PEOPLE, _CLOCK, _CAUSE, _AFTER, _SCREEN)
    for action in group
}  # fmt: skip


# What the footer shows where it fits, the most wanted first; the keys of the pane in use come before these.
FOOTER = (
    "update", "entry", "ask", "next", "assign", "severity", "phase", "copy-situation", "undo", "timer", "impact",
    "help",
)  # fmt: skip


def find(name: str) -> Action:
    """Return the action with this name; raises Refused with the nearest names."""
    action = ACTIONS.get(name)
    if action is None:
        from difflib import get_close_matches

        near = get_close_matches(name, ACTIONS, n=3, cutoff=0.5)
        raise Refused(f"there is no action '{name}'", "did you mean: " + ", ".join(near) if near else "see: ? help")
    return action
