"""What outlives the incident, and updates that went out."""

from __future__ import annotations

from incident_cockpit.actions.action import Action, Arg, Kind, rule, text
from incident_cockpit.incident.topics import followups, updates

ACTIONS = (
    Action(
        "follow-up", "Note work for after the incident.", "After", (text("text", "What has to be done?"),),
        keys=("f",), decide=rule(followups.note),
    ),
    Action(
        "follow-up-done", "Mark a follow-up as done.", "After",
        (Arg("follow_up", Kind.FOLLOW_UP, "Which follow-up?"),), decide=rule(followups.finish),
    ),
    Action(
        "follow-up-owner", "Give a follow-up to somebody.", "After",
        (Arg("follow_up", Kind.FOLLOW_UP, "Which follow-up?"), Arg("who", Kind.PERSON, "Who takes it?")),
        decide=rule(followups.give),
    ),
    # Recorded when a text was copied; the composer and `incident update --copy` call it, nobody types it.
    Action(
        "sent", "Record that an update went out.", "After",
        (Arg("audience", Kind.AUDIENCE, "To whom?"), Arg("route", Kind.TEXT, "By which route?"),
         text("text", "What did it say?"),
         Arg("promised", Kind.TIME, "When did it promise the next?", required=False)),
        decide=rule(updates.send),
    ),
)  # fmt: skip
