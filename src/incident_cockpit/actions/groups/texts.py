"""Updates, messages, briefs, scripts and pages about the incident."""

from __future__ import annotations

from incident_cockpit.actions.action import Action
from incident_cockpit.actions.arguments.of_plan import AudienceArg, MessageArg, ScriptArg

ACTIONS = (
    Action("update", "Write a status update; copy it and start the next countdown", "Texts",
           (AudienceArg("audience", "Audience", required=False),), keys=("u",), label="update",
           command="incident update --for AUDIENCE{}"),
    Action("copy-message", "Copy a message; such as the first message, a request to join or the all-clear", "Texts",
           (MessageArg("message", "Message", required=False),), keys=("C",), label="message",
           command="incident message MESSAGE{}"),
    Action("plan", "Show the response plan", "Texts", command="incident plan show"),
    Action("adherence", "Show plan compliance; what was met or missed, and by how much", "Texts"),
    Action("breach-record", "Show the breach record; also copies it", "Texts"),
    Action("invitation", "Write the review invitation; an iCalendar file", "Texts"),
    Action("copy-sitrep", "Copy the situation report", "Texts", keys=("y",), label="copy",
           command="incident show{}"),
    Action("join-brief", "Copy the brief for new responders", "Texts", keys=("o",),
           command="incident join{}"),
    Action("stand-down", "Copy the stand-down list; responders and last contact", "Texts",
           keys=("W",),
           command="incident stand-down{}"),
    Action("script", "Show a script to read aloud; the one that fits now comes first",
           "Texts", (ScriptArg("script", "Script", required=False),), keys=("V",),
           command="incident script{}"),
    Action("situation", "Show the situation; impact, systems, needs, decision reviews, actions without outcome",
           "Texts", keys=("v",),
           command="incident show{}"),
    Action("postmortem", "Write the postmortem draft to a file", "Texts", keys=("P",),
           command="incident postmortem{}"),
)  # fmt: skip
