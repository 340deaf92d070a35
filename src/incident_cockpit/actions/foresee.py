"""What an action would say in the timeline, before it is done: the same rules and the same words as afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from incident_cockpit.actions.action import Action
from incident_cockpit.actions.invoke import invoke
from incident_cockpit.actions.refs import Here, resolve
from incident_cockpit.incident import topics
from incident_cockpit.incident.envelope import Draft, Moment
from incident_cockpit.incident.record import Record


def foreseen(action: Action, record: Record, who: str, here: Here, values: Mapping[str, Any]) -> str:
    """Return the first line it would add, as "severity: SEV2 → SEV1: worse", and below it what it leaves open.

    Raises Refused as doing it would.
    """
    drafts = invoke(action, record, Moment(who, here.now, here.now, record.seq + 1), here, values)
    return "\n".join((_first(action, record, drafts), *warnings(action, record, here, values)))


def warnings(action: Action, record: Record, here: Here, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what the action would leave open, a sentence each; raises Refused for wrong words."""
    if action.warns is None:
        return ()
    return tuple(action.warns(record.incident, resolve(action, record, here, values)))


def _first(action: Action, record: Record, drafts: Sequence[Draft]) -> str:
    for draft in drafts:
        line = topics.TOPIC_OF[type(draft.fact)].words(draft.fact, record.incident)
        return f"{line.sort}: {line.text}"
    return action.about
