"""Doing an action: words become values, values become facts; nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from incident_cockpit.actions.action import Action
from incident_cockpit.actions.arguments import Here, resolve
from incident_cockpit.errors import Refused
from incident_cockpit.incident.declare import NO_INPUTS, RuleInputs
from incident_cockpit.incident.event import Moment, PendingFact
from incident_cockpit.incident.record import Record


def invoke(
    action: Action,
    record: Record,
    moment: Moment,
    here: Here,
    values: Mapping[str, Any],
    brought: RuleInputs = NO_INPUTS,
) -> Sequence[PendingFact]:
    """Return the facts the action makes of the record as it stands; raises Refused with the rule that says no.

    `brought` is what comes along from outside of the incident, for an action that brings something.
    """
    if action.decide is None:
        raise Refused(f"'{action.name}' belongs to the screen", "open the cockpit: incident open")
    resolved = resolve(action, record, here, values)
    if action.brings is not None:
        resolved["brought"] = brought
    return action.decide(record, moment, **resolved)
