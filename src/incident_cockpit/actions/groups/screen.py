"""What belongs to the screen alone: moving about, composing, copying, asking for help."""

from __future__ import annotations

from incident_cockpit.actions.action import Action, Arg, Kind, Scope

ACTIONS = (
    Action("next", "Do what NEXT says.", "Screen", keys=("g",), label="do next"),
    Action("entry", "Go to the entry line.", "Screen", keys=("n",), label="log"),
    Action("command", "Go to the entry line to type a command.", "Screen", keys=("colon",)),
    Action("update", "Write a status update from the facts, copy it and start the next countdown.", "Screen",
           (Arg("audience", Kind.AUDIENCE, "For whom?", required=False),), keys=("u",), label="update"),
    Action("triage", "Say what a report is: an incident, a false alarm, a duplicate, or no hurry.", "Screen"),
    Action("copy-message", "Look at a message (the first one, an invitation, the all-clear ...) and copy it.", "Screen",
           (Arg("message", Kind.MESSAGE, "Which message?", required=False),), keys=("C",), label="message"),
    Action("plan", "Read the plan that is followed: who is told when, roles, contacts, systems.", "Screen"),
    Action("adherence", "Read how the incident keeps to its plan: met, missed, and by how much.", "Screen"),
    Action("breach-record", "Read the record of a data breach as it stands, and copy it.", "Screen"),
    Action("invitation", "Write the invitation to the review to a calendar file.", "Screen"),
    Action("copy-situation", "Copy the situation as it stands.", "Screen", keys=("y",), label="copy"),
    Action("postmortem", "Write the postmortem draft to a file.", "Screen", keys=("P",)),
    Action("finish", "Do what is due: answer the ask, end the timer, write the update, tell somebody.", "Screen",
           keys=("space", "x"), scope=Scope.DUE, label="done"),
    Action("give-up", "Drop the ask, cancel the timer, or say why what the plan asks for is not needed.", "Screen",
           keys=("minus",), scope=Scope.DUE, label="cancel"),
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
    Action("new", "Declare a new incident, or report what may be one.", "Screen", keys=("d",), scope=Scope.LIST,
           label="new"),
)  # fmt: skip
