"""Steps, decision points and runbooks."""

from __future__ import annotations

from incident_cockpit.actions.action import Action, Scope, rule
from incident_cockpit.actions.arguments import current
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

_STEP = StepArg("step", "Step")

ACTIONS = (
    Action(
        "tick", "Tick or reopen the step", "Runbook", (_STEP,), keys=("space", "x"),
        scope=Scope.RUNBOOK, label="tick", decide=rule(steps.tick),
    ),
    Action(
        "skip", "Skip the step", "Runbook", (_STEP, TextArg("reason", "Reason")),
        keys=("minus",), scope=Scope.RUNBOOK, label="skip", decide=rule(steps.skip),
    ),
    Action("start-step", "Start the step", "Runbook", (_STEP,), keys=("b",), scope=Scope.RUNBOOK,
           decide=rule(steps.start_step)),
    Action("tick-off", "Tick the step", "Runbook", (_STEP,), decide=rule(steps.complete)),
    Action("reopen-step", "Reopen the step", "Runbook", (_STEP,), decide=rule(steps.reopen)),
    Action(
        "assign-step", "Assign the step; to a person or a role", "Runbook",
        (_STEP, AssigneeArg("who", "Assign to")), keys=("a",), scope=Scope.RUNBOOK,
        decide=rule(steps.assign_step),
    ),
    Action(
        "answer-step", "Answer a question step", "Runbook",
        (_STEP, TextArg("answer", "Answer", required=False, current=current.step_answer)), scope=Scope.RUNBOOK,
        decide=rule(steps.answer_question),
    ),
    Action(
        "tick-all", "Tick the step and its substeps", "Runbook", (_STEP,), keys=("X",),
        scope=Scope.RUNBOOK, decide=rule(steps.complete_with_substeps),
    ),
    Action(
        "timebox", "Set a time limit for the step; off clears it", "Runbook",
        (_STEP, DurationOrOffArg("within", "Time limit (10m, off)")), keys=("T",), scope=Scope.RUNBOOK,
        decide=rule(steps.set_time_limit),
    ),
    Action(
        "add-step", "Add a step below; for this incident only", "Runbook",
        (_STEP, TextArg("text", "Step")), keys=("plus",), scope=Scope.RUNBOOK,
        decide=rule(steps.add_step),
    ),
    Action(
        "branch", "Choose a branch at a decision point", "Runbook",
        (GateArg("gate", "Decision point"), TextArg("choice", "Branch (number or text)")),
        decide=rule(runbooks.choose_branch),
    ),
    Action(
        "attach", "Attach a runbook; by name, or a Markdown file", "Runbook",
        (RunbookArg("runbook", "Runbook"),
         StepFormatArg("rule", "Step format (default: detected)", required=False)),
        decide=rule(runbooks.attach_runbook),
    ),
    Action(
        "update-runbook", "Update an attached runbook; ticks are kept", "Runbook",
        (AttachedRunbookArg("runbook", "Attached runbook"), RunbookArg("newer", "Newer file")),
        decide=rule(runbooks.update_runbook),
    ),
)  # fmt: skip
