"""What an action would say in the timeline, before it is done: the same rules and the same words as afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from incident_cockpit.actions.action import Action
from incident_cockpit.actions.invoke import invoke
from incident_cockpit.actions.refs import Here
from incident_cockpit.incident import topics
from incident_cockpit.incident.envelope import Moment
from incident_cockpit.incident.record import Record


def foreseen(action: Action, record: Record, who: str, here: Here, values: Mapping[str, Any]) -> str:
    """Return the first line it would add, as "severity: SEV2 → SEV1: worse"; raises Refused as doing it would."""
    drafts = invoke(action, record, Moment(who, here.now, here.now, record.seq + 1), here, values)
    for draft in drafts:
        line = topics.TOPIC_OF[type(draft.fact)].words(draft.fact, record.incident)
        return f"{line.sort}: {line.text}"
    return action.about
