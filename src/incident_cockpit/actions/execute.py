"""Doing an action: words become values, values become facts; nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from incident_cockpit.actions.action import Action
from incident_cockpit.actions.arguments.argument import Arg, Here, with_article
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
    """Return the facts that the action makes of the record; raises Refused with the rule that forbids it.

    `brought` are inputs from outside the incident, for an action that brings something.
    """
    if action.decide is None:
        raise Refused(f"`{action.name}` works only in the cockpit", "run: incident open")
    resolved = resolve(action, record, here, values)
    if action.brings is not None:
        resolved["brought"] = brought
    return action.decide(record, moment, **resolved)


def resolve(action: Action, record: Record, here: Here, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that the action's rule takes; raises Refused about an argument that is missing or unreadable.

    Text is read by its argument; other values (a runbook that was read, a time that was computed) pass unchanged.
    """
    unknown = set(values) - {arg.name for arg in action.args}
    if unknown:
        raise Refused(
            f"`{action.name}` has no argument {', '.join(sorted(unknown))}",
            f"usage: :{action.usage}",
            about=min(unknown),
        )
    resolved = {}
    for arg in action.args:
        value = values.get(arg.name) or arg.default
        resolved[arg.name] = _read(action, arg, record, here, value) if isinstance(value, str) else value
    return resolved


def fitted(action: Action, arg: Arg, record: Record, here: Here, values: Mapping[str, Any]) -> Arg:
    """Return an argument as adapted to this incident and the values before it."""
    if arg.fit is None:
        return arg
    try:
        known = {
            before.name: _read(action, before, record, here, values.get(before.name) or before.default)
            for before in action.args[: action.args.index(arg)]
        }
        return arg.fit(arg, record.incident, known, here)
    except Refused:
        # What is wrong with the values before it is reported when the action is tried.
        return arg


def unreadable(action: Action, arg: Arg, record: Record, here: Here, word: str) -> str:
    """Return why a word cannot be read as this argument, or nothing."""
    try:
        _read(action, arg, record, here, word)
    except Refused as refused:
        return str(refused)
    return ""


def _read(action: Action, arg: Arg, record: Record, here: Here, word: str) -> Any:
    text = arg.clean(word)
    if not text:
        # For words without a value, the rules say best what they are needed for.
        if arg.required and arg.empty is None:
            raise Refused(f"`{action.name}` needs {with_article(arg.word)}", f"usage: :{action.usage}", about=arg.name)
        return arg.empty
    try:
        return arg.read(text, record, here)
    except Refused as refused:
        refused.about = refused.about or arg.name
        raise
