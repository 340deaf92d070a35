"""What whoever is in command decides: severity, phase, impact, title, milestones."""

from __future__ import annotations

from incident_cockpit.actions.action import Action, Arg, Kind, rule, text
from incident_cockpit.incident import milestone
from incident_cockpit.incident.topics import impact, opening, phase, plan, severity

ACTIONS = (
    Action(
        "severity", "Change the severity, with the reason.", "Command",
        (Arg("severity", Kind.SEVERITY, "How bad is it?"), text("reason", "Why?")), keys=("s",), label="severity",
        decide=rule(severity.change), grave=True,
    ),
    Action(
        "phase", "Move the incident to another phase.", "Command",
        (Arg("phase", Kind.PHASE, "Which phase?"), text("reason", "Why? (to end or reopen)", required=False)),
        keys=("p",), label="phase", decide=rule(phase.enter), grave=True,
    ),
    Action(
        "resolve", "Declare the incident resolved, with what verified it.", "Command",
        (text("verified", "What did you see that says so?"),), decide=rule(phase.resolve), grave=True,
    ),
    Action(
        "close", "Close the incident.", "Command", (text("reason", "Anything to add?", required=False),),
        decide=rule(phase.close), grave=True,
    ),
    Action(
        "impact", "Describe who is hurt and how.", "Command", (text("impact", "Who is hurt, and how?"),), keys=("i",),
        label="impact", decide=rule(impact.describe),
    ),
    Action(
        "title", "Put the title right.", "Command", (text("title", "What is broken, for whom?"),),
        decide=rule(opening.retitle),
    ),
    Action(
        "milestone", "Correct when something happened: started, detected, mitigated ...", "Command",
        (Arg("name", Kind.MILESTONE, "Which milestone?"), Arg("at", Kind.TIME, "When was it?")),
        decide=milestone.correct,
    ),
    Action(
        "adopt-plan", "Follow another response plan, or the newer version of this one, from now on.", "Command",
        (Arg("plan", Kind.PLAN, "Which plan?"),), decide=rule(plan.adopt), grave=True,
    ),
)  # fmt: skip
