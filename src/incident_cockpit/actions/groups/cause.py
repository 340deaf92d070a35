"""Possible causes and what became of them."""

from __future__ import annotations

from functools import partial

from incident_cockpit.actions.action import Action, Scope, rule
from incident_cockpit.actions.arguments.of_incident import HypothesisArg
from incident_cockpit.actions.arguments.people import PersonArg
from incident_cockpit.actions.arguments.texts import Observation, ObservationArg, TextArg
from incident_cockpit.incident.event import Moment
from incident_cockpit.incident.facts import hypotheses
from incident_cockpit.incident.facts.hypotheses import HypothesisWeighed
from incident_cockpit.incident.state import Incident


def _add_evidence(
    incident: Incident, moment: Moment, hypothesis: str, text: Observation, *, speaks_for: bool
) -> HypothesisWeighed:
    return hypotheses.add_evidence(incident, moment, hypothesis, text.text, text.line, speaks_for=speaks_for)


_HYPOTHESIS = HypothesisArg("hypothesis", "Which hypothesis?")

ACTIONS = (
    Action(
        "hypothesis", "Name a possible cause.", "Cause", (TextArg("text", "What could be the cause?"),), sign="?",
        keys=("h",), decide=rule(hypotheses.add_hypothesis), early=True,
    ),
    Action(
        "test", "Say who tests the hypothesis.", "Cause",
        (_HYPOTHESIS, PersonArg("who", "Who tests it? (empty: you)", required=False)),
        keys=("space",), scope=Scope.HYPOTHESES, label="test", decide=rule(hypotheses.assign_test),
    ),
    Action(
        "rule-out", "Rule the hypothesis out, with what showed it.", "Cause",
        (_HYPOTHESIS, TextArg("found", "What showed it?")), keys=("minus",), scope=Scope.HYPOTHESES, label="rule out",
        decide=rule(hypotheses.rule_out),
    ),
    Action(
        "confirm", "Confirm the hypothesis, with what showed it.", "Cause",
        (_HYPOTHESIS, TextArg("found", "What showed it?")), keys=("plus",), scope=Scope.HYPOTHESES, label="confirm",
        decide=rule(hypotheses.confirm),
    ),
    Action("reopen-hypothesis", "Open the hypothesis again.", "Cause", (_HYPOTHESIS,),
        decide=rule(hypotheses.reopen_hypothesis)),
    Action(
        "supports", "Log evidence for a hypothesis: words, or a timeline entry.", "Cause",
        (_HYPOTHESIS, ObservationArg("text", "What was seen? (words, or #LINE)")),
        keys=("plus",), scope=Scope.TIMELINE, label="supports",
        decide=rule(partial(_add_evidence, speaks_for=True)), early=True,
    ),
    Action(
        "contradicts", "Log evidence against a hypothesis: words, or a timeline entry.", "Cause",
        (_HYPOTHESIS, ObservationArg("text", "What was seen? (words, or #LINE)")),
        keys=("minus",), scope=Scope.TIMELINE, label="against",
        decide=rule(partial(_add_evidence, speaks_for=False)), early=True,
    ),
)  # fmt: skip
