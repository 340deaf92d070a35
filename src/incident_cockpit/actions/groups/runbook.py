"""What is done with steps, gates and runbooks."""

from __future__ import annotations

from incident_cockpit.actions.action import Action, Arg, ArgKind, Scope, rule, text
from incident_cockpit.incident.facts import runbooks, steps

_STEP = Arg("step", ArgKind.STEP, "Which step?")

ACTIONS = (
    Action(
        "tick", "Mark the step as done, or open it again.", "Runbook", (_STEP,), keys=("space", "x"),
        scope=Scope.RUNBOOK, label="tick", decide=rule(steps.tick),
    ),
    Action(
        "skip", "Skip the step, with the reason.", "Runbook", (_STEP, text("reason", "Why is it skipped?")),
        keys=("minus",), scope=Scope.RUNBOOK, label="skip", decide=rule(steps.skip),
    ),
    Action("start-step", "Mark the step as in progress.", "Runbook", (_STEP,), keys=("b",), scope=Scope.RUNBOOK,
           decide=rule(steps.start_step)),
    Action("tick-off", "Mark the step as done.", "Runbook", (_STEP,), decide=rule(steps.complete)),
    Action("reopen-step", "Open the step again.", "Runbook", (_STEP,), decide=rule(steps.reopen)),
    Action(
        "assign-step", "Give the step to somebody, or to a role: whoever holds it.", "Runbook",
        (_STEP, Arg("who", ArgKind.TAKER, "Who takes it?")), keys=("a",), scope=Scope.RUNBOOK,
        decide=rule(steps.assign_step),
    ),
    Action(
        "answer-step", "Answer the question, which is done with that.", "Runbook",
        (_STEP, text("answer", "What is the answer? (empty: only tick it)", required=False)), scope=Scope.RUNBOOK,
        decide=rule(steps.answer_question),
    ),
    Action(
        "tick-all", "Mark the step as done with everything under it.", "Runbook", (_STEP,), keys=("X",),
        scope=Scope.RUNBOOK, decide=rule(steps.complete_with_substeps),
    ),
    Action(
        "timebox", "Give the step a time in which it should be done, or take that away.", "Runbook",
        (_STEP, Arg("within", ArgKind.CADENCE, "Within what time? (10m, off)")), keys=("T",), scope=Scope.RUNBOOK,
        decide=rule(steps.set_time_limit),
    ),
    Action(
        "add-step", "Add a step behind this one, for this incident.", "Runbook",
        (_STEP, text("text", "What is to be done?")), keys=("plus",), scope=Scope.RUNBOOK, decide=rule(steps.add_step),
    ),
    Action(
        "branch", "Take a way on where the runbook has a decision.", "Runbook",
        (Arg("gate", ArgKind.GATE, "Which decision?"), text("choice", "Which way? (its number or its words)")),
        decide=rule(runbooks.choose_branch),
    ),
    Action(
        "attach", "Attach a runbook: a Markdown file, or the name of one.", "Runbook",
        (Arg("runbook", ArgKind.RUNBOOK, "Which runbook?"),
         Arg("rule", ArgKind.RULE, "By which rule? (empty: the first that finds steps)", required=False)),
        decide=rule(runbooks.attach_runbook),
    ),
    Action(
        "update-runbook", "Put a newer file in the place of an attached runbook; ticks stay.", "Runbook",
        (Arg("runbook", ArgKind.ATTACHED, "Which attached runbook?"), Arg("newer", ArgKind.RUNBOOK,
        "Which file is newer?")),
        decide=rule(runbooks.update_runbook),
    ),
)  # fmt: skip
