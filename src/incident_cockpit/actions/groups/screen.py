"""Navigation and help: actions that only the screen does."""

from __future__ import annotations

from incident_cockpit.actions.action import Action, Scope

ACTIONS = (
    Action("next", "Go to the NEXT item", "Screen", keys=("g",), label="next"),
    Action("entry", "Go to the entry line", "Screen", keys=("n",), label="log"),
    Action("command", "Type an action", "Screen", keys=("colon",)),
    Action("triage", "Triage the report; declare, dismiss, duplicate or not urgent", "Screen",
           command="incident declare{}, or incident dismiss{}"),
    Action("put-back", "Put back lost events; from the rescue copies", "Screen",
           command="incident put-back"),
    Action("shell", "Open a shell for this incident; ctrl+d returns", "Screen",
           keys=("exclamation_mark",)),
    Action("finish", "Complete the due item; answers the ask, ends the timer or writes the update", "Screen",
           keys=("space", "x"), scope=Scope.DUE, label="complete"),
    Action("drop-item", "Drop, cancel or waive the due item", "Screen",
           keys=("minus",), scope=Scope.DUE, label="drop"),
    Action("detail", "Open the details of the row", "Screen", keys=("enter",), label="details"),
    Action("links", "Open a link in the step; to a section or a web page", "Screen", keys=("l",),
           scope=Scope.RUNBOOK),
    Action("pinned", "Open an attachment of the entry; for a file, copies its path",
           "Screen", keys=("l",), scope=Scope.TIMELINE),
    Action("copy-code", "Copy the code of the step", "Screen", keys=("c",), scope=Scope.RUNBOOK),
    Action("filter", "Filter the pane", "Screen", keys=("slash",)),
    Action("pane-1", "Go to Runbook", "Screen", keys=("1",)),
    Action("pane-2", "Go to Timeline", "Screen", keys=("2",)),
    Action("pane-3", "Go to Due", "Screen", keys=("3",)),
    Action("pane-4", "Go to People", "Screen", keys=("4",)),
    Action("pane-5", "Go to Hypotheses", "Screen", keys=("5",)),
    Action("maximise", "Toggle full screen for the pane", "Screen", keys=("m",)),
    Action("palette", "Find an action", "Screen", keys=("ctrl+p",), label="palette"),
    Action("help", "Show keys and actions; enter runs one", "Screen", keys=("question_mark",), label="help",
           command="incident do"),
    Action("back", "Go back to the list of incidents", "Screen", keys=("q",), label="back"),
    Action("quit", "Quit; the incident stays open", "Screen", keys=("ctrl+q",)),
    Action("new", "Declare an incident, or report one", "Screen", keys=("d",), scope=Scope.LIST,
           label="declare",
           command="incident new TITLE"),
)  # fmt: skip
