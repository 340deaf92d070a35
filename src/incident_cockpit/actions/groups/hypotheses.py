"""Hypotheses, and the evidence for and against them."""

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


_HYPOTHESIS = HypothesisArg("hypothesis", "Hypothesis")

ACTIONS = (
    Action(
        "hypothesis", "Log a hypothesis", "Hypotheses", (TextArg("text", "Possible cause"),), prefix="?",
        keys=("h",), decide=rule(hypotheses.add_hypothesis), early=True,
    ),
    Action(
        "test", "Assign someone to test a hypothesis", "Hypotheses",
        (_HYPOTHESIS, PersonArg("who", "Tested by (default: you)", required=False)),
        keys=("space",), scope=Scope.HYPOTHESES, label="test", decide=rule(hypotheses.assign_test),
    ),
    Action(
        "rule-out", "Rule out a hypothesis", "Hypotheses",
        (_HYPOTHESIS, TextArg("evidence", "Evidence")), keys=("minus",), scope=Scope.HYPOTHESES, label="rule out",
        decide=rule(hypotheses.rule_out),
    ),
    Action(
        "confirm", "Confirm a hypothesis", "Hypotheses",
        (_HYPOTHESIS, TextArg("evidence", "Evidence")), keys=("plus",), scope=Scope.HYPOTHESES, label="confirm",
        decide=rule(hypotheses.confirm),
    ),
    Action("reopen-hypothesis", "Reopen a hypothesis", "Hypotheses", (_HYPOTHESIS,),
        decide=rule(hypotheses.reopen_hypothesis)),
    Action(
        "supports", "Log evidence for a hypothesis", "Hypotheses",
        (_HYPOTHESIS, ObservationArg("text", "Evidence (text or #ENTRY)")),
        keys=("plus",), scope=Scope.TIMELINE, label="supports",
        decide=rule(partial(_add_evidence, speaks_for=True)), early=True,
    ),
    Action(
        "contradicts", "Log evidence against a hypothesis", "Hypotheses",
        (_HYPOTHESIS, ObservationArg("text", "Evidence (text or #ENTRY)")),
        keys=("minus",), scope=Scope.TIMELINE, label="contradicts",
        decide=rule(partial(_add_evidence, speaks_for=False)), early=True,
    ),
)  # fmt: skip
