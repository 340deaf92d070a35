"""Possible causes and what became of them."""

from __future__ import annotations

from functools import partial

from incident_cockpit.actions.action import Action, Arg, ArgKind, Scope, rule, text
from incident_cockpit.incident.facts import hypotheses

_HYPOTHESIS = Arg("hypothesis", ArgKind.HYPOTHESIS, "Which hypothesis?")

ACTIONS = (
    Action(
        "hypothesis", "Name a possible cause.", "Cause", (text("text", "What could be the cause?"),), sign="?",
        keys=("h",), decide=rule(hypotheses.add_hypothesis), early=True,
    ),
    Action(
        "test", "Say who tests the hypothesis.", "Cause",
        (_HYPOTHESIS, Arg("who", ArgKind.PERSON, "Who tests it? (empty: you)", required=False)),
        keys=("space",), scope=Scope.HYPOTHESES, label="test", decide=rule(hypotheses.assign_test),
    ),
    Action(
        "rule-out", "Rule the hypothesis out, with what showed it.", "Cause",
        (_HYPOTHESIS, text("found", "What showed it?")), keys=("minus",), scope=Scope.HYPOTHESES, label="rule out",
        decide=rule(hypotheses.rule_out),
    ),
    Action(
        "confirm", "Confirm the hypothesis, with what showed it.", "Cause",
        (_HYPOTHESIS, text("found", "What showed it?")), keys=("plus",), scope=Scope.HYPOTHESES, label="confirm",
        decide=rule(hypotheses.confirm),
    ),
    Action("reopen-hypothesis", "Open the hypothesis again.", "Cause", (_HYPOTHESIS,),
        decide=rule(hypotheses.reopen_hypothesis)),
    Action(
        "supports", "Note what speaks for a hypothesis: in words, or a line of the timeline.", "Cause",
        (_HYPOTHESIS, Arg("text", ArgKind.LINE, "What was seen? (words, or #LINE)")),
        keys=("plus",), scope=Scope.TIMELINE, label="for a cause", decide=rule(hypotheses.add_evidence), early=True,
    ),
    Action(
        "contradicts", "Note what speaks against a hypothesis: in words, or a line of the timeline.", "Cause",
        (_HYPOTHESIS, Arg("text", ArgKind.LINE, "What was seen? (words, or #LINE)")),
        keys=("minus",), scope=Scope.TIMELINE, label="against",
        decide=rule(partial(hypotheses.add_evidence, speaks_for=False)), early=True,
    ),
)  # fmt: skip
