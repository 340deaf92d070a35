"""Updates, messages, briefs, scripts and pages about the incident."""

from __future__ import annotations

from incident_cockpit.actions.action import Action
from incident_cockpit.actions.arguments.of_plan import AudienceArg, MessageArg, ScriptArg

ACTIONS = (
    Action("update", "Write a status update; copy it and start the next countdown", "Texts",
           (AudienceArg("audience", "Audience", required=False),), keys=("u",), label="update"),
    Action("copy-message", "Copy a message; such as the first one, an invitation or the all-clear", "Texts",
           (MessageArg("message", "Message", required=False),), keys=("C",), label="message"),
    Action("plan", "Show the response plan", "Texts"),
    Action("adherence", "Show plan compliance; met, missed, and by how much", "Texts"),
    Action("breach-record", "Show the breach record; copies it too", "Texts"),
    Action("invitation", "Write the invitation to the review; a calendar file", "Texts"),
    Action("copy-sitrep", "Copy the situation report", "Texts", keys=("y",), label="copy"),
    Action("join-brief", "Copy the brief for new responders", "Texts", keys=("o",)),
    Action("stand-down", "Copy the stand-down list; responders and last contact", "Texts",
           keys=("W",)),
    Action("script", "Read a script aloud; the one for this moment comes first",
           "Texts", (ScriptArg("script", "Script", required=False),), keys=("V",)),
    Action("situation", "Show the situation; impact, systems, needs, decision reviews, open outcomes",
           "Texts", keys=("v",)),
    Action("postmortem", "Write the postmortem draft to a file", "Texts", keys=("P",)),
)  # fmt: skip
