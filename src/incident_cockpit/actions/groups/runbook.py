"""What is done with steps, gates and runbooks."""

from __future__ import annotations

from incident_cockpit.actions.action import Action, Scope, rule
from incident_cockpit.actions.arguments.of_incident import (
    AttachedRunbookArg,
    GateArg,
    RunbookArg,
    StepArg,
    StepFormatArg,
)
from incident_cockpit.actions.arguments.people import AssigneeArg
from incident_cockpit.actions.arguments.texts import TextArg
from incident_cockpit.actions.arguments.times import DurationOrOffArg
from incident_cockpit.incident.facts import runbooks, steps

_STEP = StepArg("step", "Which step?")

ACTIONS = (
    Action(
        "tick", "Mark the step as done, or open it again.", "Runbook", (_STEP,), keys=("space", "x"),
        scope=Scope.RUNBOOK, label="tick", decide=rule(steps.tick),
    ),
    Action(
        "skip", "Skip the step, with the reason.", "Runbook", (_STEP, TextArg("reason", "Why is it skipped?")),
        keys=("minus",), scope=Scope.RUNBOOK, label="skip", decide=rule(steps.skip),
    ),
    Action("start-step", "Mark the step as in progress.", "Runbook", (_STEP,), keys=("b",), scope=Scope.RUNBOOK,
           decide=rule(steps.start_step)),
    Action("tick-off", "Mark the step as done.", "Runbook", (_STEP,), decide=rule(steps.complete)),
    Action("reopen-step", "Open the step again.", "Runbook", (_STEP,), decide=rule(steps.reopen)),
    Action(
        "assign-step", "Give the step to somebody, or to a role: whoever holds it.", "Runbook",
        (_STEP, AssigneeArg("who", "Who takes it?")), keys=("a",), scope=Scope.RUNBOOK,
        decide=rule(steps.assign_step),
    ),
    Action(
        "answer-step", "Answer the question, which is done with that.", "Runbook",
        (_STEP, TextArg("answer", "What is the answer? (empty: only tick it)", required=False)), scope=Scope.RUNBOOK,
        decide=rule(steps.answer_question),
    ),
    Action(
        "tick-all", "Mark the step as done with everything under it.", "Runbook", (_STEP,), keys=("X",),
        scope=Scope.RUNBOOK, decide=rule(steps.complete_with_substeps),
    ),
    Action(
        "timebox", "Give the step a time in which it should be done, or take that away.", "Runbook",
        (_STEP, DurationOrOffArg("within", "Within what time? (10m, off)")), keys=("T",), scope=Scope.RUNBOOK,
        decide=rule(steps.set_time_limit),
    ),
    Action(
        "add-step", "Add a step behind this one, for this incident.", "Runbook",
        (_STEP, TextArg("text", "What is to be done?")), keys=("plus",), scope=Scope.RUNBOOK,
        decide=rule(steps.add_step),
    ),
    Action(
        "branch", "Take a way on where the runbook has a decision.", "Runbook",
        (GateArg("gate", "Which decision?"), TextArg("choice", "Which way? (its number or its words)")),
        decide=rule(runbooks.choose_branch),
    ),
    Action(
        "attach", "Attach a runbook: a Markdown file, or the name of one.", "Runbook",
        (RunbookArg("runbook", "Which runbook?"),
         StepFormatArg("rule", "By which rule? (empty: the first that finds steps)", required=False)),
        decide=rule(runbooks.attach_runbook),
    ),
    Action(
        "update-runbook", "Put a newer file in the place of an attached runbook; ticks stay.", "Runbook",
        (AttachedRunbookArg("runbook", "Which attached runbook?"), RunbookArg("newer", "Which file is newer?")),
        decide=rule(runbooks.update_runbook),
    ),
)  # fmt: skip
